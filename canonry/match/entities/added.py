"""A few new records, matched by what a reference has taught."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
import scipy.sparse as sp

from canonry.match.entities import candidates, clusters, levels, pairing, terms, told
from canonry.match.entities.columns import laid_out_like
from canonry.match.entities.comparisons import in_detail, of_columns, of_numbers
from canonry.match.entities.linked import Scored, merged, of_pairs
from canonry.operating import RECORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from canonry.match.entities.comparisons import Comparison
    from canonry.match.entities.linked import Linked
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
    if isinstance(reference.model, levels.Model):
        links = told.together([known.select(list(told.LINKS)), _judged(reference, reference.model, records, pairs)])
        group = clusters.average(clusters.Links.of(links), records.height, RECORDS.threshold)
    else:
        source = _sources(reference, records)
        links = _judged_by_lead(reference, reference.model, place, _Tonight(records, source, known), pairs)
        group = clusters.one_to_one(clusters.Links.of(links), source, RECORDS.threshold)
    return Joined(links, group, int(stays.sum()) + len(pairs.left), reference.capped + capped)


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
    reach = candidates.reaching(len(table.sources), candidates.budget(height) * table.height / height, reference.farther)
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


def _judged(reference: Reference, model: levels.Model, records: pl.DataFrame, pairs: _Pairs) -> pl.DataFrame:
    """Judge pairs each by itself."""
    table, rows, left, right = _ends(reference, records, pairs)
    said = levels.levels(of_columns(table, reference.counts, left, right) + of_numbers(table, left, right))
    links = pairing.judged(model, said, left, right)
    return links.with_columns(left=rows[links["left"]], right=rows[links["right"]])


def _ends(
    reference: Reference, records: pl.DataFrame, pairs: _Pairs
) -> tuple[Table, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Lay out the records of some pairs: them, their numbers, and the rows of both ends among them."""
    rows, ends = np.unique(np.r_[pairs.left, pairs.right], return_inverse=True)
    return _laid_out(reference, _read(records, rows)), rows, ends[: len(pairs.left)], ends[len(pairs.left) :]


class _Tonight(NamedTuple):
    """Tonight's records, numbers of their sources, and the links among those that are known, as they were when they were learnt from."""

    records: pl.DataFrame
    source: NDArray[np.int64]
    known: pl.DataFrame


def _sources(reference: Reference, records: pl.DataFrame) -> NDArray[np.int64]:
    number = {s: i for i, s in enumerate(reference.headings)}
    return records["source"].replace_strict(number, return_dtype=pl.Int64).to_numpy()


def _judged_by_lead(reference: Reference, model: Sequence[Linked], place: Place, tonight: _Tonight, pairs: _Pairs) -> pl.DataFrame:
    """Judge all pairs anew by what else is near: a new record may take the place of another's nearest, one that went may leave it."""
    source = tonight.source
    is_across = source[pairs.left] != source[pairs.right]
    pairs = _Pairs(pairs.left[is_across], pairs.right[is_across])
    compared = _compared(reference, tonight.records, pairs)
    every = [told.links(pairs.left[:0], pairs.right[:0], np.zeros(0), {})]
    for linked in model:
        scored = _with_further(linked, place, source, pairs, compared)
        p = linked.probabilities(scored, source)
        kept = np.flatnonzero(p >= pairing.KEPT)
        every.append(_told(reference, linked, tonight, _Pairs(scored.left[kept], scored.right[kept]), p[kept]))
    return told.together(every)


def _compared(reference: Reference, records: pl.DataFrame, pairs: _Pairs) -> list[Comparison]:
    table, _, left, right = _ends(reference, records, pairs)
    counted = candidates.counts(table, None, [i.weights.terms for i in reference.indices])
    whole = [index.weights.of(counts) for index, counts in zip(reference.indices[:2], counted, strict=True)]
    return of_columns(table, reference.counts, left, right) + in_detail(table, reference.counts, whole, left, right)


def _with_further(linked: Linked, place: Place, source: NDArray[np.int64], pairs: _Pairs, compared: list[Comparison]) -> Scored:
    """All pairs across two sources: those that are known and still there, and those of new records."""
    left, right = place.now[linked.scored.left], place.now[linked.scored.right]
    stays = np.flatnonzero((left >= 0) & (right >= 0))
    own = np.flatnonzero(np.isin(source[pairs.left], linked.sources) & np.isin(source[pairs.right], linked.sources))
    further = linked.further(of_pairs(compared, own), pairs.left[own], pairs.right[own])
    known = Scored(left[stays], right[stays], linked.scored.score[stays], linked.scored.is_ruled_out[stays])
    return merged(known, further)[0]


def _told(reference: Reference, linked: Linked, tonight: _Tonight, pairs: _Pairs, p: NDArray[np.float64]) -> pl.DataFrame:
    """Say what speaks for pairs: as it was said before, else by comparing them."""
    links = pl.DataFrame({"left": pairs.left, "right": pairs.right, "p": p})
    before = tonight.known.select("left", "right", "match_weight", "comparisons")
    joined = links.join(before, on=["left", "right"], how="left", maintain_order="left")
    known = joined.filter(pl.col("comparisons").is_not_null()).with_columns(match_probability="p").select(list(told.LINKS))
    ends = joined.filter(pl.col("comparisons").is_null())
    left, right = ends["left"].to_numpy(), ends["right"].to_numpy()
    if not len(left):
        return known
    compared = _compared(reference, tonight.records, _Pairs(left, right))
    return told.together([known, told.links(left, right, ends["p"].to_numpy(), linked.parts(compared))])
