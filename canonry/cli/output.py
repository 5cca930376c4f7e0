"""How results look to a person: tables and text on standard output, remarks on standard error."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WIDE = 160  # columns where nobody looks at a terminal
_READABLE = 20  # characters a line of running text needs at least
_COLOURS = {
    "ok": "green", "current": "green", "published": "green", "applies": "green", "right": "green",
    "held": "yellow", "stale": "yellow", "corrected": "yellow", "lapsed": "yellow", "withdrawn": "dim", "insufficient": "yellow",
    "missing": "red", "open": "red", "contested": "red", "conflicting": "red", "wrong": "red",
}  # fmt: skip


def console() -> Console:
    """Standard output, as wide as it is; text is never taken for markup."""
    return Console(markup=False, highlight=False, emoji=False, width=None if sys.stdout.isatty() else _WIDE)


def plain(value: Any) -> str:
    r"""Write a value of unknown origin so that it cannot move the cursor or hide text.

    >>> plain("a\x1b[2Jb"), plain(None), plain(0.25)
    ('a�[2Jb', '–', '0.25')
    """
    if value is None:
        return "–"
    text = f"{value:.3g}" if isinstance(value, float) else str(value)
    return _UNSEEN.sub("\ufffd", text)


def short(value: Any, length: int = 100) -> str:
    r"""Write a text on one line, cut where it is too long.

    >>> short("a  b\nc", 4)
    'a b…'
    """
    text = " ".join(plain(value).split())
    return text if len(text) <= length else text[: length - 1] + "…"


def coloured(value: Any) -> Text:
    """Write a status word in its colour."""
    text = plain(value)
    return Text(text, style=_COLOURS.get(text, ""))


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]], *, keep: Sequence[str] = ()) -> None:
    """Print a table; on a terminal too narrow for its columns, each row as a block of names and values.

    Args:
        headings: One a column; those that end in ``#`` hold numbers and stand to the right.
        rows: Cells; `Text` keeps its style.
        keep: Headings of columns that are never broken over lines.
    """
    cells = [[cell if isinstance(cell, Text) else plain(cell) for cell in row] for row in rows]
    out = console()
    if out.is_terminal and _room(_least(headings, cells, keep)) > out.width:
        full = [n for n in range(len(headings)) if any(str(row[n]) for row in cells)]
        headings, cells = [headings[n] for n in full], [[row[n] for n in full] for row in cells]
        if _room(_least(headings, cells, keep)) > out.width:
            _blocks(headings, cells)
            return
    least = _least(headings, cells, keep) if out.is_terminal else [None] * len(headings)
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading, wide in zip(headings, least, strict=True):
        right = heading.endswith("#")
        fixed = right or heading in keep
        shown.add_column(heading.rstrip("#"), justify="right" if right else "left", no_wrap=fixed, overflow="fold", min_width=wide)
    for row in cells:
        shown.add_row(*row)
    _printed(shown)


def _least(headings: Sequence[str], cells: Sequence[Sequence[str | Text]], keep: Sequence[str]) -> list[int]:
    """How many characters each column needs so that no id, path or address is broken, and running text stays readable."""
    least = []
    for n, heading in enumerate(headings):
        texts = [heading.rstrip("#"), *(str(row[n]) for row in cells)]
        longest = max(cell_len(line) for text in texts for line in text.split("\n"))
        word = max((cell_len(word) for text in texts for word in text.split()), default=0)
        least.append(longest if heading.endswith("#") or heading in keep else min(longest, max(word, _READABLE)))
    return least


def _room(least: Sequence[int]) -> int:
    """How wide a table of such columns is, with the gaps between them."""
    return sum(least) + 2 * (len(least) - 1)


def _blocks(headings: Sequence[str], cells: Sequence[Sequence[str | Text]]) -> None:
    """Print each row as names and values under each other, a blank line above each; empty cells are left out."""
    wide = max(len(heading.rstrip("#")) for heading in headings)
    for row in cells:
        line()
        pairs((heading.rstrip("#").ljust(wide), cell) for heading, cell in zip(headings, row, strict=True) if str(cell))


def pairs(rows: Iterable[tuple[str, Any]]) -> None:
    """Print names and values under each other; values that are None are left out."""
    shown = Table.grid(padding=(0, 2, 0, 0))
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column(overflow="fold")
    for name, value in rows:
        if value is not None and value != "":
            shown.add_row(name, value if isinstance(value, Text) else plain(value))
    _printed(shown)


def _printed(shown: Table) -> None:
    """Print without the blanks that fill lines up to the edge, where it goes to a file."""
    out = console()
    if out.is_terminal:
        out.print(shown)
        return
    with out.capture() as kept:
        out.print(shown)
    click.echo("\n".join(line.rstrip() for line in kept.get().splitlines()))


def heading(text: str) -> None:
    """Print a heading with a blank line above it."""
    out = console()
    out.print()
    out.print(Text(plain(text), style="bold underline"))


def line(text: Any = "", style: str = "") -> None:
    """Print one paragraph."""
    console().print(Text(plain(text), style=style), soft_wrap=not sys.stdout.isatty())


def capped(shown: int, total: int, how: str = "--limit") -> None:
    """Say that a list was cut, and how to see the rest."""
    if shown < total:
        remark(f"{shown} of {total} shown; see more with {how} {total}.")


def remark(text: str) -> None:
    """Say something beside the result, on standard error."""
    click.echo(plain(text), err=True)


def number(count: int, one: str, many: str = "") -> str:
    """Write a count with its noun.

    >>> number(1, "page"), number(1200, "entity", "entities")
    ('1 page', '1,200 entities')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
