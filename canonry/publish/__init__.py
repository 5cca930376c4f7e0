"""Building a release, the gate before it, the pointer to it, and going back."""

from canonry.publish.about import About, Gate, GateFailedError, GateResult, Published, held_back, inputs_fingerprint
from canonry.publish.comparison import TableDiff, diff
from canonry.publish.erasing import Rewritten, erase
from canonry.publish.files import lock
from canonry.publish.index import postings
from canonry.publish.protocol import publish
from canonry.publish.scrubbing import Held, said, unanchored
from canonry.publish.tasks import tasks
from canonry.publish.upkeep import Collected, Problem, collect, rollback, verify

__all__ = [
    "About",
    "Collected",
    "Gate",
    "GateFailedError",
    "GateResult",
    "Held",
    "Problem",
    "Published",
    "Rewritten",
    "TableDiff",
    "collect",
    "diff",
    "erase",
    "held_back",
    "inputs_fingerprint",
    "lock",
    "postings",
    "publish",
    "rollback",
    "said",
    "tasks",
    "unanchored",
    "verify",
]
