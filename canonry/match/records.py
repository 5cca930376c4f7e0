"""Key identity: records and assertions with the same normalised id are one entity."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.ids import entity_id
from canonry.match.ruled import regrouped
from canonry.text import normal

if TYPE_CHECKING:
    from canonry.config import Config
    from canonry.verdicts import Links

_NAMES = ("name", "title", "organization", "organisation", "company", "organization_name", "full_name", "product", "product_name")


def keyed(
    config: Config, records: pl.DataFrame, assertions: pl.DataFrame, links: Links | None = None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Group records and assertions by the normal form of their key, and as people ruled.

    Args:
        config: Reads entities.*.names.
        records: Columns ``source``, ``record_id``, ``entity_type``, ``values``, ``removed_on``; with links ``authority`` too.
        assertions: Columns ``source``, ``subject``, ``entity_type``.
        links: Which records are one thing and which are not, by rulings. A key whose records all went to another entity takes the
            assertions about it along.

    Returns:
        Entities and members in the shape of the published tables, and ``subjects``: entity_type, subject (as given), entity_id.
    """
    members = records.select("source", "record_id", "entity_type", "values").with_columns(entity_id=_entity("record_id"))
    given = assertions.select("entity_type", "subject").unique()
    subjects = given.with_columns(entity_id=_entity("subject")).sort("entity_type", "subject")
    if links and (links.same or links.apart):
        members, subjects = _ruled(links, records, members, subjects)
    named = _names(config, members)
    asserted = assertions.select("source", "entity_type", "subject").unique().join(subjects, on=["entity_type", "subject"])
    both = pl.concat(
        [
            members.select("entity_id", "entity_type", "source", key="record_id", records=pl.lit(1)),
            asserted.select("entity_id", "entity_type", "source", key="subject", records=pl.lit(0)),
        ]
    )
    entities = (
        both.group_by("entity_id")
        .agg(
            pl.col("entity_type").first(),
            pl.col("key").min(),
            pl.col("records").sum(),
            sources=pl.col("source").unique().sort(),
        )
        .join(named, on="entity_id", how="left")
        .with_columns(name=pl.coalesce("name", "key"), cohesion=pl.lit(1.0))
    )
    return entities, members.select("entity_id", "source", "record_id", match_probability=pl.lit(1.0)), subjects


def _ruled(links: Links, records: pl.DataFrame, members: pl.DataFrame, subjects: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    ranked = members.join(records.select("source", "record_id", "authority"), on=["source", "record_id"])
    rows = [(*k, e) for k, e in sorted(regrouped(links, ranked).items())]
    now = pl.DataFrame(rows, schema={"source": pl.String, "record_id": pl.String, "now": pl.String}, orient="row")
    moved = members.join(now, on=["source", "record_id"], how="left")
    there = moved.select(pl.coalesce("now", "entity_id")).to_series().unique()
    gone = moved.filter(pl.col("now") != pl.col("entity_id"), ~pl.col("entity_id").is_in(there.implode()))
    follows = dict(gone.select("entity_id", "now").sort("entity_id", "now").unique("entity_id", keep="first").iter_rows())
    return moved.with_columns(entity_id=pl.coalesce("now", "entity_id")).drop("now"), subjects.with_columns(
        pl.col("entity_id").replace(follows)
    )


def _entity(column: str) -> pl.Expr:
    return pl.struct("entity_type", column).map_batches(
        lambda s: pl.Series([entity_id(r["entity_type"], normal(r[column])) for r in s.to_list()], dtype=pl.String), return_dtype=pl.String
    )


def _names(config: Config, members: pl.DataFrame) -> pl.DataFrame:
    """How people call each entity: the first declared name attribute that has a value, else a column that looks like one."""
    declared = {t: list(e.names) for t, e in config.entities.items()}
    rows: dict[str, str] = {}
    for entity, kind, values in members.sort("source", "record_id").select("entity_id", "entity_type", "values").iter_rows():
        said: dict[str, Any] = json.loads(values)
        for attribute in declared.get(kind) or _NAMES:
            if said.get(attribute):
                rows.setdefault(entity, str(said[attribute]))
                break
    return pl.DataFrame(sorted(rows.items()), schema={"entity_id": pl.String, "name": pl.String}, orient="row")
