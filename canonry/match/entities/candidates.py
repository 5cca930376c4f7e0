"""Pairs of records that are worth comparing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from canonry.match.entities import terms

if TYPE_CHECKING:
    import scipy.sparse as sp
    from numpy.typing import NDArray

    from canonry.match.entities.table import Table

_COST, _FREE = 300.0, 6e6  # multiplications per record and kind of term; as many as are spent in any case
_ACROSS, _ALONE, _MOST = 6, 10, 60  # neighbours in each of several sources, in the only one, at most
_NEAR = 0.6
_KEYS = 6  # columns whose pairs of values make keys
_BITS = 28  # of the number of a value in a term


@dataclass(frozen=True)
class Candidates:
    """Pairs of rows, left before right, each once.

    Attributes:
        left, right: Row numbers.
        capped: Near neighbours that were left out.
        by_word, by_gram: Weighted terms of whole records.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    capped: int
    by_word: sp.csr_matrix
    by_gram: sp.csr_matrix


def candidates(table: Table) -> Candidates:
    """Find for each record its nearest ones, by words, by runs of three characters and by pairs of values.

    The nearest in other sources and in its own are looked for apart: those show how near records are that are different things.
    """
    n = table.height
    whole = [" ".join(parts) for parts in zip(*(c.texts for c in table.columns), strict=True)]
    by_word = terms.weighted(terms.by_word(whole).counts)
    by_gram = terms.weighted(terms.by_gram(whole).counts)
    kinds = [by_word, by_gram]
    keys = keys_of(table)
    if keys is not None:
        kinds.append(terms.weighted(by_keys(table, keys).counts))
    found: list[NDArray[np.int64]] = []
    capped = 0
    within = _ALONE if len(table.sources) == 1 else _ACROSS  # as many as across: the best of more would be nearer
    groups = [np.flatnonzero(table.source == s) for s in range(int(table.source.max()) + 1)]
    for x in kinds:
        for g, rows in enumerate(groups):
            for others, k in ((rows, within), (np.flatnonzero(table.source != g), _ACROSS)):
                if len(others):
                    same = np.arange(len(rows)) if others is rows else None
                    a, b, left_out = terms.nearest(x[rows], x[others], terms.Reach(k, _NEAR, _MOST, max(_FREE, _COST * n)), same)
                    a, b = rows[a], others[b]
                    found.append(np.minimum(a, b) * n + np.maximum(a, b))
                    capped += left_out
    pairs = np.unique(np.concatenate(found))
    return Candidates(pairs // n, pairs % n, capped, by_word, by_gram)


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
        counts = pl.Series(list(c.texts), dtype=pl.String).value_counts().filter(pl.nth(0) != "").sort(pl.nth(0))
        share = counts["count"].to_numpy() / counts["count"].sum()
        told.append((float(-(share * np.log(share)).sum()) * int(counts["count"].sum()) / table.height, c.name, counts.to_series(0)))
    told = [t for t in sorted(told, key=lambda t: -t[0])[:_KEYS] if t[0] > 0]
    return Keys(tuple(t[1] for t in told), tuple(t[2] for t in told)) if len(told) > 1 else None


def by_keys(table: Table, keys: Keys, known: pl.Series | None = None) -> terms.Counted:
    """Count pairs of values; a term is the number of the pair of columns and those of both values."""
    texts = {c.name: c.texts for c in table.columns if c.name in keys.columns}
    numbers = []
    for name, values in zip(keys.columns, keys.values, strict=True):
        said = texts.get(name)
        numbers.append(np.full(table.height, -1) if said is None else _numbers(said, values))
    codes = [
        np.where((a >= 0) & (b >= 0), (place << 2 * _BITS) | (a << _BITS) | b, -1) for place, (a, b) in enumerate(combinations(numbers, 2))
    ]
    return terms.by_code(np.column_stack(codes), known)


def _numbers(said: NDArray[Any], values: pl.Series) -> NDArray[np.int64]:
    """Places of values, for new ones further numbers; negative where nothing is said."""
    texts = pl.Series(list(said), dtype=pl.String)
    fresh = texts.unique().sort()
    every = pl.concat([values, fresh.filter(~fresh.is_in(values.implode()) & (fresh != ""))])
    numbers = pl.DataFrame({"text": every, "number": np.arange(len(every))})
    found = pl.DataFrame({"text": texts}).join(numbers, on="text", how="left", maintain_order="left")["number"]
    return found.fill_null(-1).to_numpy().astype(np.int64)
