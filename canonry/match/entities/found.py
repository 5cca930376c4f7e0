"""Things found by matching, in the shape of the published tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from canonry.ids import digest
from canonry.match.entities.added import joined
from canonry.match.entities.columns import laid_out
from canonry.match.entities.levels import Model
from canonry.match.entities.pairing import paired
from canonry.match.entities.reference import ROW, placed, reference
from canonry.text import normals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from canonry.match.entities.pairing import OneToOne
    from canonry.match.entities.reference import Reference


class Matches(NamedTuple):
    """Records of one type, matched.

    Attributes:
        members: ``source``, ``record_id``, ``entity_id`` of every record.
        pairs: The scored pairs: published columns without the decision.
        coverage: Rows of the published table, which say what was left out and why nothing was matched.
        reference: What the records taught, where it is worth keeping; the one that was given, where it was enough.
        recall: Estimated share of the pairs that are one thing which was compared; None where nothing was learnt.
        learnt_from: How many records were learnt from.
        added: Records that came since.
        gone: Records that went since.
    """

    members: pl.DataFrame
    pairs: pl.DataFrame
    coverage: list[dict[str, Any]]
    reference: Reference | None
    recall: float | None
    learnt_from: int
    added: int = 0
    gone: int = 0


def matched_records(entity_type: str, records: pl.DataFrame, one_to_one: OneToOne, known: Reference | None = None) -> Matches:
    """Find which records of one type are one thing.

    Args:
        entity_type: The type.
        records: Columns ``source``, ``record_id``, ``values`` (JSON object attribute → verbatim text).
        one_to_one: Whether each source names each thing at most once.
        known: What most of these records taught before; new ones are judged by it.
    """
    ordered = records.select(ROW).sort("source", "record_id")
    if known and (place := placed(known, ordered, one_to_one)) and (found := joined(known, place, ordered)):
        fresh, gone = int((place.known < 0).sum()), int((place.now < 0).sum())
        how = "one to one" if known.is_one_to_one else _may_repeat(len(known.headings), known.model)
        remark = f"{how}; {fresh:,} records added and {gone:,} gone since matching was learnt"
        about = _About(entity_type, remark, ordered.height, found.considered, found.capped)
        coverage = _coverage(about, found.links.height, known.renamed)
        return Matches(
            _members(entity_type, ordered, found.group),
            _pairs(ordered, found.links),
            coverage,
            known,
            known.recall,
            len(place.now),
            fresh,
            gone,
        )
    table = laid_out([(s, r, json.loads(v)) for s, r, v in ordered.iter_rows()])
    result = paired(table, one_to_one)
    remark = (
        f"nothing was matched: {result.reason}" if result.reason
        else "one to one" if result.is_one_to_one
        else _may_repeat(len(table.sources), result.taught and result.taught.model)
    )  # fmt: skip
    about = _About(entity_type, remark, ordered.height, result.considered, result.capped, partial=bool(result.reason))
    coverage = _coverage(about, result.links.height, table.renamed)
    taught = reference(ordered, table, result, one_to_one)
    return Matches(
        _members(entity_type, ordered, result.group), _pairs(ordered, result.links), coverage, taught, result.recall, ordered.height
    )


def _may_repeat(sources: int, model: object) -> str:
    told = "one source, which may hold duplicates" if sources == 1 else "sources may hold duplicates"
    is_clear = not isinstance(model, Model) or model.is_clear
    return told if is_clear else f"{told}; nothing was merged, as what is most alike looks related at most"


def _members(entity_type: str, records: pl.DataFrame, group: NDArray[np.int64]) -> pl.DataFrame:
    """Name each thing by the key of its first record; by its source too where another thing has a record of that key."""
    keyed = records.select("source", "record_id", key=normals(records["record_id"]), group=pl.Series(group))
    holders = keyed.group_by("key").agg(holders=pl.col("group").n_unique())
    things = keyed[np.unique(group)].join(holders, on="key", how="left", maintain_order="left")
    told_apart = things.filter(pl.col("holders") > 1)
    names = [f"{k}.{digest(s, k, size=8)}" for s, k in told_apart.select("source", "key").iter_rows()]
    renamed = told_apart.select("group", name=pl.Series(names, dtype=pl.String))
    things = things.join(renamed, on="group", how="left").select("group", name=pl.coalesce("name", "key"))
    named = keyed.join(things, on="group", how="left", maintain_order="left")
    return named.select("source", "record_id", entity_id=pl.concat_str(pl.lit(f"{entity_type}/"), "name"))


def _pairs(records: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    ends = {f"{side}_{column}": records[column].gather(links[side]) for side in ("left", "right") for column in ("source", "record_id")}
    return links.select(*(s.alias(name) for name, s in ends.items()), *("match_weight", "match_probability", "comparisons"))


class _About(NamedTuple):
    """What stands in the first row of coverage."""

    entity_type: str
    remark: str
    records: int
    considered: int
    capped: int
    partial: bool = False


def _coverage(about: _About, likely: int, renamed: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    detector = f"entities.match.{about.entity_type}"
    possible = about.records * (about.records - 1) // 2
    rows = [_row(f"{detector} ({about.remark})", possible, about.considered, about.capped, about.capped > 0 or about.partial)]
    if about.considered:
        rows.append(_row(f"{detector}.below_0.05", about.considered, about.considered - likely))
    for source, names in sorted(renamed.items()):
        rows += [_row(f"{detector} ({source}: {theirs} taken for {ours})") for theirs, ours in sorted(names.items())]
    return rows


def _row(detector: str, possible: int = 0, considered: int = 0, capped: int = 0, partial: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
    return {"detector": detector, "pairs_possible": possible, "pairs_considered": considered, "pairs_capped": capped, "partial": partial}
