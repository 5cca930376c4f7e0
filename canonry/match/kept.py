"""Entities that were found before keep their ids while records come, go and change."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import polars as pl

from canonry.ids import digest, entity_id
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Collection

_RECORD = ["source", "record_id"]


def with_kept_ids(members: pl.DataFrame, before: pl.DataFrame, kinds: Collection[str]) -> pl.DataFrame:
    """Name each entity as the parent release did, if it is the largest part of what was called so.

    An entity that was split leaves its id to the part with most of its records; one that was made of several takes the id of the one that
    most of its records come from. Where two are as many, the id that it would get without a parent release goes first, then the smaller.

    Args:
        members: Columns ``source``, ``record_id``, ``entity_type``, ``entity_id`` (as named without a parent release).
        before: Columns ``source``, ``record_id``, ``entity_id`` of the parent release.
        kinds: Types whose records are matched; other entities are named by their keys alone.

    Returns:
        The members; ``entity_id`` may differ.
    """
    mine = members.filter(pl.col("entity_type").is_in(list(kinds)))
    shared = mine.join(before.select(*_RECORD, old="entity_id"), on=_RECORD)
    # an id of another type is none of its own: the records were called something else then
    shared = shared.filter(pl.col("old").str.starts_with(pl.col("entity_type") + "/"))
    pairs = shared.group_by(new="entity_id", old="old").len()
    stays = (pl.col("new") == pl.col("old")) & ~pl.col("new").is_duplicated() & ~pl.col("old").is_duplicated()
    pairs = pairs.filter(~stays)  # as nearly all do
    names = _paired_off(pairs.sort(pl.col("len") * -1, pl.col("old") != pl.col("new"), "old", "new"))
    names = _freed(mine, names)
    if all(new == old for new, old in names.items()):
        return members
    # one type's ids never meet another's, so that all can be replaced at once
    told = pl.DataFrame(sorted(names.items()), schema={"entity_id": pl.String, "now": pl.String}, orient="row")
    joined = members.join(told, on="entity_id", how="left", maintain_order="left")
    return joined.with_columns(entity_id=pl.coalesce("now", "entity_id")).drop("now")


def _paired_off(pairs: pl.DataFrame) -> dict[str, str]:
    """Give new entities old ids, each once, in the order of the pairs."""
    out: dict[str, str] = {}
    while pairs.height:
        chosen = pairs.filter(pl.col("old").is_first_distinct() & pl.col("new").is_first_distinct())
        out |= dict(chosen.select("new", "old").iter_rows())
        pairs = pairs.filter(~pl.col("old").is_in(chosen["old"].implode()) & ~pl.col("new").is_in(chosen["new"].implode()))
    return out


def _freed(members: pl.DataFrame, names: dict[str, str]) -> dict[str, str]:
    """Give entities whose own name is kept by another a name that is free: their first record's key with its source hashed."""
    kept, out = set(names.values()), dict(names)
    firsts = members.sort(*_RECORD).unique("entity_id", keep="first", maintain_order=True)
    taken = kept | set(firsts["entity_id"].to_list())
    without = firsts.filter(pl.col("entity_id").is_in(sorted(kept)) & ~pl.col("entity_id").is_in(sorted(names)))
    for name, kind, source, record_id in without.select("entity_id", "entity_type", *_RECORD).iter_rows():
        key = normal(record_id)
        tries = (entity_id(kind, f"{key}.{digest(source, key, *([str(n)] if n else []), size=8)}") for n in count())
        out[name] = next(t for t in tries if t not in taken)
        taken.add(out[name])
    return out
