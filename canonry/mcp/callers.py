"""Who asks: a principal, the one edition that it reads, and the tools that it may call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canonry.mcp.tools import granted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canonry.config import Config
    from canonry.mcp.tools import Tool


@dataclass(frozen=True)
class Caller:
    """Whoever makes a call.

    Attributes:
        principal: Its name.
        edition: What it reads; None for a principal that belongs to no edition, which is denied everything.
        tools: The names of the tools that it may call.
        acting_for: On whose behalf it asks.
    """

    principal: str
    edition: str | None
    tools: frozenset[str]
    acting_for: str | None = None

    def refusal(self, tool: Tool | None) -> str | None:
        """Say why it may not call a tool, or any where it is none of ours, if it may not: of the caller, never of an item."""
        if self.edition is None and self.acting_for is not None:
            return "This principal and the one it acts for do not read one and the same edition."
        if self.edition is None:
            return "This principal belongs to no edition."
        return None if tool is None or tool.name in self.tools else "This principal may not call this tool."


def caller(config: Config, principal: str, acting_for: str | None = None, scopes: Iterable[str] | None = None) -> Caller:
    """Look a principal up.

    Args:
        config: Says who reads which edition, and who may do what.
        principal: Who asks, with its own token.
        acting_for: On whose behalf; if that one does not read the same edition, neither is served: otherwise one could borrow the eyes of
            the other.
        scopes: What the token is good for; None where a token does not say. What counts is what both it and the configuration open.
    """
    edition = _edition(config, principal)
    if acting_for is not None and _edition(config, acting_for) != edition:
        edition = None
    tools = granted(config.serve.scopes_of(principal))
    return Caller(principal, edition, tools if scopes is None else tools & granted(scopes), acting_for)


def _edition(config: Config, principal: str) -> str | None:
    return next((name for name, edition in config.editions.items() if principal in edition.principals), None)
