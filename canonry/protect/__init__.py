"""What protects readers from text that nobody should trust: secrets and personal data, what cannot be seen, what speaks to agents."""

from canonry.protect.instructions import speaks_to_agents
from canonry.protect.invisible import Cleared, cleared, column_cleared
from canonry.protect.masking import Guard, holds_secret
from canonry.protect.policy import set_aside
from canonry.protect.trust import doubts

__all__ = ["Cleared", "Guard", "cleared", "column_cleared", "doubts", "holds_secret", "set_aside", "speaks_to_agents"]
