"""Which exports are rows of one kind of thing, and which of their columns mean the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canonry.groups import grouped
from canonry.ingest.rows import attribute
from canonry.match.entities.alike import SURE, alike, shared
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from canonry.cli.profile import Export
    from canonry.match.entities.alike import Alike, Rows

_SHARED_IDS = 0.2  # share of the ids from which two exports are taken to describe the same things
_FEWEST_IDS = 2  # ids that they have to share at least
_ANY_ID = re.compile(r"id|no|number|key|code|ref", re.IGNORECASE)  # headings that say nothing of what is numbered
_FEWEST_ROWS = 20  # as in matching, which takes no fewer records
_FEWEST_COLUMNS = 3  # that mean the same, of exports of one kind
_COLUMNS = 0.5  # share of the columns of the narrower export that have to
_SHARED_ROWS = 0.05  # share of the rows of the smaller export that have to stand in the other
_SHARED_WORDS = 0.15  # share of the words of the smaller export below which its columns are not looked at
_TELLING = 0.5  # share of different values from which the words of a column count
_VALUES = 2000  # rows whose words are looked at
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Same:
    """A column that means the same as one of an export before it.

    Attributes:
        column: Its heading.
        attribute: The attribute that the other one is.
        path: The other export.
        heading: What the column is called there.
        likeness: Probability that it is so, from 0 to 1.
        is_sure: Whether it is likely and clear enough to be proposed; else a person should look at it.
    """

    column: str
    attribute: str
    path: str
    heading: str
    likeness: float
    is_sure: bool


@dataclass(frozen=True)
class Kind:
    """Exports of one kind of thing.

    Attributes:
        exports: In the order of their paths.
        is_matched: Whether their rows are found to be one thing by likeness; else by equal ids.
        same: Per path of an export its columns that mean the same as one of another name in an export before it.
    """

    exports: tuple[Export, ...]
    is_matched: bool
    same: dict[str, tuple[Same, ...]]


def kinds(exports: Sequence[Export]) -> tuple[Kind, ...]:
    """Group exports that describe the same things: by their ids, else by columns and rows that are alike.

    Exports that share ids need a fifth of them. The others need three columns that mean the same, and half of those of the narrower one;
    and rows that stand in both, or customers would be taken for employees, who have the same columns.
    """
    keyed = _groups(exports, _share_ids)
    held = {e.path for group in keyed for e in group}
    others = [e for e in exports if e.path not in held and _may_match(e)]
    words = {e.path: _telling_words(e) for e in others}
    matched = _groups(others, lambda a, b: _share_words(words[a.path], words[b.path]) and _share_rows(a, b))
    return tuple(
        Kind(group, is_matched, _same_columns(group)) for groups, is_matched in ((keyed, False), (matched, True)) for group in groups
    )


def _groups(exports: Sequence[Export], related: Callable[[Export, Export], bool]) -> list[tuple[Export, ...]]:
    """Exports of a group; also those that are related by way of a third one."""
    pairs = ((a.path, b.path) for a, b in combinations(exports, 2) if related(a, b))
    return [tuple(e for e in exports if e.path in paths) for paths in grouped(pairs).values()]


def _share_ids(one: Export, other: Export) -> bool:
    """Whether a fifth of the ids of one stands in the other. Plain numbers are counted up everywhere: they need the same heading too."""
    common = one.ids & other.ids
    told = one.id == other.id and not _ANY_ID.fullmatch(str(one.id))
    if len(common) < _FEWEST_IDS or (all(i.isdigit() for i in common) and not told):
        return False
    return len(common) >= _SHARED_IDS * min(len(one.ids), len(other.ids))


def _may_match(export: Export) -> bool:
    return not export.claims and export.rows >= _FEWEST_ROWS and len(_compared(export)) >= _FEWEST_COLUMNS


def _compared(export: Export) -> dict[str, str]:
    """Attribute → column of what an export says of its things; ids and the day of the row say nothing of them."""
    return {attribute(c): c for c in reversed(export.columns) if c not in (export.id, export.observed_at)}


def _share_words(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= _SHARED_WORDS * max(1, min(len(one), len(other)))


def _share_rows(one: Export, other: Export) -> bool:
    """Whether two exports have enough columns and rows in common."""
    mine, theirs = _compared(one), _compared(other)
    common = [(mine[a], theirs[a]) for a in sorted(mine.keys() & theirs.keys())]
    found = [
        (p.left, p.right) for p in _alike(one, other, set(mine) - set(theirs), set(theirs) - set(mine)) if p.is_clear and p.likeness >= SURE
    ]
    columns = [*common, *found]
    enough = len(columns) >= max(_FEWEST_COLUMNS, _COLUMNS * min(len(mine), len(theirs)))
    return enough and shared(one.cells, other.cells, columns) >= _SHARED_ROWS


def _telling_words(export: Export) -> set[str]:
    """Words of the columns that tell rows apart, of as many values as are enough to see whether two exports have anything in common."""
    out = set[str]()
    for column in _compared(export).values():
        values = export.cells[column].str.strip_chars().unique()
        if len(values) >= _TELLING * export.rows:
            out |= {w for v in values.sort().head(_VALUES) for w in _WORD.findall(v.lower())}
    return out


def _alike(one: Export, other: Export, mine: set[str], theirs: set[str]) -> list[Alike]:
    left, right = _compared(one), _compared(other)
    return alike(one.cells, other.cells, ([left[a] for a in sorted(mine)], [right[a] for a in sorted(theirs)]), _rows_by_id(one, other))


def _rows_by_id(one: Export, other: Export) -> Rows | None:
    """Which rows of two exports have the same id; None when they share none to speak of."""
    if one.id is None or other.id is None or not _share_ids(one, other):
        return None
    left, right = _numbered(one.cells[one.id]), _numbered(other.cells[other.id])
    both = left.join(right, on="id").sort("id")
    return both["row"].to_numpy(), both["row_right"].to_numpy()


def _numbered(ids: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"id": [normal(v) for v in ids], "row": np.arange(len(ids))}).unique("id", keep="first")


def _same_columns(group: Sequence[Export]) -> dict[str, tuple[Same, ...]]:
    """Find for each export the columns that mean the same as one of an export before it; each attribute is given once."""
    named = {e.path: _compared(e) for e in group}  # attribute → column, with the attributes that are proposed
    out: dict[str, list[Same]] = {}
    for first, second in combinations(group, 2):
        mine, theirs = named[first.path], named[second.path]
        doubted = {s.column for s in out.get(second.path, ())}
        left = {c: a for a, c in mine.items() if a not in theirs}
        right = [c for a, c in theirs.items() if a not in mine and c not in doubted]
        for pair in alike(first.cells, second.cells, (sorted(left), sorted(right)), _rows_by_id(first, second)):
            is_sure = pair.is_clear and pair.likeness >= SURE
            out.setdefault(second.path, []).append(Same(pair.right, left[pair.left], first.path, pair.left, pair.likeness, is_sure))
        sure = {s.column: s.attribute for s in out.get(second.path, ()) if s.is_sure}
        named[second.path] = {sure.get(c, a): c for a, c in theirs.items()}
    return {path: tuple(same) for path, same in out.items()}
