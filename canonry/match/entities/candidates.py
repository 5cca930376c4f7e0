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
    by_word = terms.weighted(terms.by_word(whole))
    by_gram = terms.weighted(terms.by_gram(whole))
    kinds = [by_word, by_gram]
    keys = _value_pairs(table)
    if keys is not None:
        kinds.append(terms.weighted(keys))
    found: list[NDArray[np.int64]] = []
    capped = 0
    within = _ALONE if len(table.sources) == 1 else _ACROSS  # as many as across: the best of more would be nearer
    groups = [np.flatnonzero(table.source == s) for s in range(int(table.source.max()) + 1)]
    for x in kinds:
        for g, rows in enumerate(groups):
            for others, k in ((rows, within), (np.flatnonzero(table.source != g), _ACROSS)):
                if len(others):
                    a, b, left_out = terms.nearest(x, rows, others, terms.Reach(k, _NEAR, _MOST, max(_FREE, _COST * n)))
                    found.append(np.minimum(a, b) * n + np.maximum(a, b))
                    capped += left_out
    pairs = np.unique(np.concatenate(found))
    return Candidates(pairs // n, pairs % n, capped, by_word, by_gram)


def _value_pairs(table: Table) -> sp.csr_matrix | None:
    """Pairs of values of short columns as terms: two that are common may be rare together."""
    short = [c for c in table.columns if not c.is_long and c.words < 4]  # noqa: PLR2004
    coded = []
    for c in short:
        rank = pl.Series(list(c.texts), dtype=pl.String).rank("dense").to_numpy().astype(np.int64)
        rank[c.texts == ""] = -1
        held = rank[rank >= 0]
        share = np.bincount(held) / len(held)
        share = share[share > 0]
        told = float(-(share * np.log(share)).sum()) * len(held) / table.height
        coded.append((told, rank))
    coded.sort(key=lambda e: -e[0])
    coded = [c for c in coded[:_KEYS] if c[0] > 0]
    if len(coded) < 2:  # noqa: PLR2004
        return None
    codes: list[Any] = []
    offset = 0
    for (_, a), (_, b) in combinations(coded, 2):
        joint = np.where((a >= 0) & (b >= 0), a * (int(b.max()) + 1) + b, -1)
        _, dense = np.unique(joint, return_inverse=True)
        codes.append(np.where(joint >= 0, dense + offset, -1))
        offset += int(dense.max()) + 1
    return terms.by_code(np.column_stack(codes), table.height)
