"""What somebody probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import click
from rapidfuzz import process

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIKE = 60.0  # rapidfuzz ratio from which a name is worth suggesting


def nearest(word: str, valid: Iterable[str], limit: int = 3) -> list[str]:
    """Find the names that are most like a word, best first; empty when none is.

    >>> nearest("refnds", ["refunds", "prices"])
    ['refunds']
    """
    return [name for name, _, _ in process.extract(word, sorted(valid), limit=limit, score_cutoff=_LIKE)]


def meant(word: str, valid: Iterable[str]) -> str:
    """End a sentence about an unknown name with those that come close.

    >>> meant("refnds", ["refunds", "prices"]), meant("x", [])
    ("; did you mean 'refunds'?", '.')
    """
    close = nearest(word, valid)
    return f"; did you mean {' or '.join(repr(n) for n in close)}?" if close else "."


class OneOf(click.Choice[str]):
    """A closed list of words; an unknown one is answered with the one that was probably meant."""

    def fail(self, message: str, param: click.Parameter | None = None, ctx: click.Context | None = None) -> NoReturn:
        """Add what comes close."""
        word = message.split("'")[1] if "'" in message else ""
        super().fail(f"{message.rstrip('.')}{meant(word, self.choices)}", param, ctx)
