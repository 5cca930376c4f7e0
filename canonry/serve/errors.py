"""What an agent is told when a request cannot be carried out: a code to branch on and what to do, never engine text or a path."""

from __future__ import annotations

from typing import Any, ClassVar

from canonry.errors import CanonryError


class AgentError(CanonryError):
    """A request that cannot be carried out.

    Attributes:
        code: What kind of error, in capitals; stable.
        fix: What the caller can do about it.
        retryable: Whether the same request may succeed later.
        position: Where in the argument the error stands, counted from 0, or None.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, code: str, message: str, fix: str = "", *, retryable: bool = False, position: int | None = None) -> None:
        super().__init__(message, fix)
        self.code, self.fix, self.retryable, self.position = code, fix, retryable, position

    def as_dict(self) -> dict[str, Any]:
        """Give the error as an agent gets it."""
        body = {"code": self.code, "message": self.message, "fix": self.fix, "retryable": self.retryable}
        return body if self.position is None else {**body, "position": self.position}


def bad_argument(message: str, fix: str) -> AgentError:
    """Refuse an argument outside what a tool takes."""
    return AgentError("BAD_ARGUMENT", message, fix)


def not_found(what: str, instead: str | None = None) -> AgentError:
    """Answer an id or cite that is not in this edition of this release; `instead` stands in its place."""
    fix = f"Ask for {instead}, which stands in its place." if instead else "Take ids and cites from a result of the same release."
    return AgentError("NOT_FOUND", f"There is no {what} in this release.", fix)
