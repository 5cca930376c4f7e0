"""A few new records, matched by what a reference has taught."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
import scipy.sparse as sp

from canonry.match.entities import candidates, clusters, levels, pairing, terms, told
from canonry.match.entities.columns import laid_out_like
from canonry.match.entities.comparisons import of_columns, of_numbers
from canonry.operating import RECORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from canonry.match.entities.reference import Place, Reference
    from canonry.match.entities.table import Table


class Joined(NamedTuple):
    """Records of tonight, matched.

    Attributes:
        links: Pairs as likely as a published one; columns as of `told.links`, by numbers of tonight's records.
        group: First record of the thing of each record.
        considered, capped: Pairs that were compared, near ones left out.
    """

    links: pl.DataFrame
    group: NDArray[np.int64]
    considered: int
    capped: int


def joined(reference: Reference, place: Place, records: pl.DataFrame) -> Joined | None:
    """Match tonight's records; None where new ones have attributes that the reference knows nothing of.

    Args:
        reference: What is known.
        place: Where tonight's records stand in it.
        records: Columns ``source``, ``record_id``, ``values``, ordered by source and id.
    """
    fresh = np.flatnonzero(place.known < 0)
    said = _read(records, fresh)
    if any(not v.keys() <= set(reference.headings[s]) for s, _, v in said):
        return None
    left, right = (place.now[e] for e in (reference.left, reference.right))
    stays = (left >= 0) & (right >= 0)
    pair = reference.links["pair"].to_numpy()
    known = reference.links.drop("pair").with_columns(left=left[pair], right=right[pair]).filter(stays[pair])
    pairs, capped = _near(reference, place, _laid_out(reference, said), fresh)
    links = pl.concat([known.select(list(told.LINKS)), _judged(reference, records, pairs)]).sort("left", "right")
    return Joined(
        links,
        clusters.average(clusters.Links.of(links), records.height, RECORDS.threshold),
        int(stays.sum()) + len(pairs.left),
        reference.capped + capped,
    )


class _Pairs(NamedTuple):
    """Numbers of tonight's records, left before right, each pair once."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]


def _read(records: pl.DataFrame, rows: NDArray[np.int64]) -> list[tuple[str, str, dict[str, str]]]:
    return [(s, r, json.loads(v)) for s, r, v in records[rows].select("source", "record_id", "values").iter_rows()]


def _laid_out(reference: Reference, said: Sequence[tuple[str, str, dict[str, str]]]) -> Table:
    return laid_out_like(reference.columns, reference.renamed, tuple(reference.headings), said)


def _near(reference: Reference, place: Place, table: Table, fresh: NDArray[np.int64]) -> tuple[_Pairs, int]:
    """Find the nearest of each new record among those that are known, and among the new ones.

    As many multiplications are spent on a new record as were on one that was learnt from.
    """
    n, height = len(place.known), reference.records.height
    of_source = np.r_[np.searchsorted(table.sources, reference.records["source"].to_numpy()), table.source]
    numbers = np.r_[place.now, fresh]  # of the records that are known and of the new ones
    reach = candidates.reaching(len(table.sources), candidates.budget(height) * table.height / height)
    counted = candidates.counts(table, reference.keys, [i.weights.terms for i in reference.indices])
    found, capped = [np.zeros(0, dtype=np.int64)], 0
    for index, counts in zip(reference.indices, counted, strict=True):
        mine = index.weights.of(counts)
        every = sp.vstack([index.matrix(mine.shape[1]), mine], format="csr")
        for g in range(len(table.sources)):
            rows = np.flatnonzero(table.source == g)
            for theirs, far in zip((np.flatnonzero(of_source == g), np.flatnonzero(of_source != g)), reach, strict=True):
                if not len(rows) or not len(theirs):
                    continue
                b = every if len(theirs) == len(of_source) else every[theirs]
                x, y, left_out = terms.nearest(mine[rows], b, far, np.searchsorted(theirs, height + rows))
                one, other = fresh[rows[x]], numbers[theirs[y]]
                found.append((np.minimum(one, other) * n + np.maximum(one, other))[other >= 0])
                capped += left_out
    pairs = np.unique(np.concatenate(found))
    return _Pairs(pairs // n, pairs % n), capped


def _judged(reference: Reference, records: pl.DataFrame, pairs: _Pairs) -> pl.DataFrame:
    rows, ends = np.unique(np.r_[pairs.left, pairs.right], return_inverse=True)
    left, right = ends[: len(pairs.left)], ends[len(pairs.left) :]
    table = _laid_out(reference, _read(records, rows))
    said = levels.levels(of_columns(table, reference.counts, left, right) + of_numbers(table, left, right))
    links = pairing.judged(reference.model, said, left, right)
    return links.with_columns(left=rows[links["left"]], right=rows[links["right"]])
