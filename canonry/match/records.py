"""Key identity: records and assertions with the same normalised id are one entity."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.ids import entity_id
from canonry.text import normal

if TYPE_CHECKING:
    from canonry.config import Config

_NAMES = ("name", "title", "organization", "organisation", "company", "organization_name", "full_name", "product", "product_name")


def keyed(config: Config, records: pl.DataFrame, assertions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Group records and assertions by the normal form of their key.

    Args:
        config: Reads entities.*.names.
        records: Columns ``source``, ``record_id``, ``entity_type``, ``values``, ``removed_on``.
        assertions: Columns ``source``, ``subject``, ``entity_type``.

    Returns:
        Entities and members in the shape of the published tables, and ``subjects``: entity_type, subject (as given), entity_id.
    """
    members = records.select("source", "record_id", "entity_type", "values").with_columns(entity_id=_entity("record_id"))
    given = assertions.select("entity_type", "subject").unique()
    subjects = given.with_columns(entity_id=_entity("subject")).sort("entity_type", "subject")
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
