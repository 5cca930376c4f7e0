"""Pairs of records that are worth comparing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from canonry.match.entities import terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    import scipy.sparse as sp
    from numpy.typing import NDArray

    from canonry.match.entities.table import Table

_COST, _FREE = 300.0, 6e6  # multiplications per record and kind of term; as many as are spent in any case
_ACROSS, _ALONE, _MOST = 6, 10, 60  # neighbours in each of several sources, in the only one, at most
_NEAR = 0.6  # share of the best cosine from which more are taken
_LEAST = 0.35  # cosine from which more are taken in the only source: further ones are strangers, of which enough is known by chance
_NEARER, _MORE = 0.7, 2  # what the shares and the numbers of neighbours are multiplied by, each time that is looked farther
_KEYS = 6  # columns whose pairs of values make keys
_BITS = 28  # of the number of a value in a term


@dataclass(frozen=True)
class Candidates:
    """Pairs of rows, left before right, each once.

    Attributes:
        left, right: Row numbers.
        capped: Near neighbours that were left out.
        keys: Columns whose pairs of values were looked at; None where there are none.
        kinds: The terms that were looked at: words, runs of three characters and, where there are ``keys``, pairs of values.
        farther: How many times farther than at first was looked; see `reaching`.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    capped: int
    keys: Keys | None
    kinds: tuple[Kind, ...]
    farther: int


class Kind(NamedTuple):
    """Terms of whole records.

    Attributes:
        weights: How rare each is.
        weighted: A row of length one per record.
    """

    weights: terms.Weights
    weighted: sp.csr_matrix


def candidates(table: Table, farther: int = 0) -> Candidates:
    """Find for each record its nearest ones, by words, by runs of three characters and by pairs of values.

    The nearest in other sources and in its own are looked for apart: those show how near records are that are different things.

    Args:
        table: The records.
        farther: How many times farther than at first to look; see `reaching`.
    """
    n = table.height
    keys = keys_of(table)
    counted = counts(table, keys)
    weights = tuple(terms.weights(c) for c in counted)
    kinds = tuple(Kind(w, w.of(c)) for w, c in zip(weights, counted, strict=True))
    found: list[NDArray[np.int64]] = []
    capped = 0
    reach = reaching(len(table.sources), budget(n), farther)
    for kind in kinds:
        x = kind.weighted
        for g in range(len(table.sources)):
            rows = np.flatnonzero(table.source == g)
            for others, far in zip((rows, np.flatnonzero(table.source != g)), reach, strict=True):
                if len(others):
                    a, b, left_out = terms.nearest(x[rows], x[others], far, np.arange(len(rows)) if others is rows else None)
                    a, b = rows[a], others[b]
                    found.append(np.minimum(a, b) * n + np.maximum(a, b))
                    capped += left_out
    pairs = np.concatenate(found)
    pairs.sort()  # many times as fast as looking up which are new
    pairs = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]
    return Candidates(pairs // n, pairs % n, capped, keys, kinds, farther)


def counts(table: Table, keys: Keys | None, known: Sequence[pl.Series | None] = (None, None, None)) -> list[terms.Counted]:
    """Count the terms of whole records: words, runs of three characters and pairs of values; ``known`` are those that come first."""
    whole = [" ".join(parts) for parts in zip(*(c.texts for c in table.columns), strict=True)]
    out = [terms.by_word(whole, known[0]), terms.by_gram(whole, known[1])]
    return out if keys is None else [*out, by_keys(table, keys, known[2])]


def budget(height: int) -> float:
    """How many multiplications may be spent on so many records and one kind of term."""
    return max(_FREE, _COST * height)


def reaching(sources: int, budget: float, farther: int = 0) -> tuple[terms.Reach, terms.Reach]:
    """How far to look for neighbours within the source, and in the others; things that have many records need it farther."""
    k, least = (_ALONE, _LEAST) if sources == 1 else (_ACROSS, 0.0)  # as many as across: the best of more would be nearer
    near, more = _NEAR * _NEARER**farther, _MORE**farther
    one, other = (terms.Reach(n * more, near, at * _NEARER**farther, _MOST * more, budget) for n, at in ((k, least), (_ACROSS, 0.0)))
    return one, other


@dataclass(frozen=True)
class Keys:
    """Columns whose pairs of values are terms: two values that are common may be rare together.

    Attributes:
        columns: Names, the most telling first.
        values: What each column says, in ascending order; the place of a value is its number.
    """

    columns: tuple[str, ...]
    values: tuple[pl.Series, ...]


def keys_of(table: Table) -> Keys | None:
    """Choose the short columns that tell most; None where there are no two."""
    told = []
    for c in table.columns:
        if c.is_long or c.words >= 4:  # noqa: PLR2004
            continue
        often = c.values.often
        share = often / often.sum()
        told.append((float(-(share * np.log(share)).sum()) * int(often.sum()) / table.height, c.name, c.values.texts))
    told = [t for t in sorted(told, key=lambda t: -t[0])[:_KEYS] if t[0] > 0]
    return Keys(tuple(t[1] for t in told), tuple(t[2] for t in told)) if len(told) > 1 else None


def by_keys(table: Table, keys: Keys, known: pl.Series | None = None) -> terms.Counted:
    """Count pairs of values; a term is the number of the pair of columns and those of both values."""
    held = {c.name: c.values for c in table.columns}
    nothing = np.full(table.height, -1)
    numbers = [held[name].among(values)[0] if name in held else nothing for name, values in zip(keys.columns, keys.values, strict=True)]
    codes = [
        np.where((a >= 0) & (b >= 0), (place << 2 * _BITS) | (a << _BITS) | b, -1) for place, (a, b) in enumerate(combinations(numbers, 2))
    ]
    return terms.by_code(np.column_stack(codes), known)
