"""Things found by matching, in the shape of the published tables."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from canonry.ids import digest, entity_id
from canonry.match.entities.columns import laid_out
from canonry.match.entities.pairing import paired
from canonry.text import normal

if TYPE_CHECKING:
    from canonry.match.entities.pairing import OneToOne, Paired
    from canonry.match.entities.table import Table

WHOLE = "the whole record"
_PAIRS = {
    "left_source": pl.String, "left_record_id": pl.String, "right_source": pl.String, "right_record_id": pl.String,
    "match_weight": pl.Float64, "match_probability": pl.Float64, "comparisons": pl.String,
}  # fmt: skip
_MEMBERS = {"source": pl.String, "record_id": pl.String, "entity_id": pl.String}


def matched_records(
    entity_type: str, records: pl.DataFrame, one_to_one: OneToOne
) -> tuple[pl.DataFrame, pl.DataFrame, list[dict[str, Any]]]:
    """Find which records of one type are one thing.

    Args:
        entity_type: The type.
        records: Columns ``source``, ``record_id``, ``values`` (JSON object attribute → verbatim text).
        one_to_one: Whether each source names each thing at most once.

    Returns:
        ``source``, ``record_id``, ``entity_id`` of every record; the scored pairs (published columns without the decision); rows of
        `coverage`, which say what was left out and why nothing was matched.
    """
    told = [(s, r, json.loads(v)) for s, r, v in records.select("source", "record_id", "values").iter_rows()]
    table = laid_out(told)
    result = paired(table, one_to_one)
    ids = _named(entity_type, table, result)
    source = [table.sources[s] for s in table.source]
    members = pl.DataFrame({"source": source, "record_id": table.record_ids, "entity_id": ids}, schema=_MEMBERS)
    return members, _pairs(table, result), _coverage(entity_type, table, result)


def _named(entity_type: str, table: Table, result: Paired) -> list[str]:
    """Name each thing by the key of its first record; by its source too where another thing has a record of that key."""
    keys = [normal(r) for r in table.record_ids]
    holders = Counter(key for key, _ in set(zip(keys, result.group.tolist(), strict=True)))
    names = {}
    for group in np.unique(result.group).tolist():
        key = keys[group]
        alone = holders[key] == 1
        names[group] = entity_id(entity_type, key if alone else f"{key}.{digest(table.sources[table.source[group]], key, size=8)}")
    return [names[g] for g in result.group.tolist()]


def _pairs(table: Table, result: Paired) -> pl.DataFrame:
    order = {name: name or WHOLE for name in result.parts}
    added = {shown: np.round(result.parts[name], 3).tolist() for name, shown in order.items()}
    told = []
    for values in zip(*added.values(), strict=True) if added else ():
        ranked = sorted(zip(added, values, strict=True), key=lambda e: (-abs(e[1]), e[0]))
        told.append(json.dumps(dict(ranked), ensure_ascii=False))
    ids, sources = np.array(table.record_ids, dtype=object), np.array(table.sources, dtype=object)
    return pl.DataFrame(
        {
            "left_source": sources[table.source[result.left]].tolist(),
            "left_record_id": ids[result.left].tolist(),
            "right_source": sources[table.source[result.right]].tolist(),
            "right_record_id": ids[result.right].tolist(),
            "match_weight": np.round(result.weight, 4),
            "match_probability": result.probability,
            "comparisons": told,
        },
        schema=_PAIRS,
    )


def _coverage(entity_type: str, table: Table, result: Paired) -> list[dict[str, Any]]:
    detector = f"entities.match.{entity_type}"
    if result.reason:
        remark = f"nothing was matched: {result.reason}"
    elif len(table.sources) == 1:
        remark = "one source, which may hold duplicates"
    else:
        remark = "one to one" if result.is_one_to_one else "sources may hold duplicates"
    rows = [_row(f"{detector} ({remark})", result.possible, result.considered, result.capped, result.capped > 0 or bool(result.reason))]
    if not result.reason:
        rows.append(_row(f"{detector}.below_0.05", result.considered, result.unlikely))
    for source, names in sorted(table.renamed.items()):
        rows += [_row(f"{detector} ({source}: {theirs} taken for {ours})") for theirs, ours in sorted(names.items())]
    return rows


def _row(detector: str, possible: int = 0, considered: int = 0, capped: int = 0, partial: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
    return {"detector": detector, "pairs_possible": possible, "pairs_considered": considered, "pairs_capped": capped, "partial": partial}
