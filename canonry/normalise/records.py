"""Rows of exports and of claims tables: whose they are, from which day, and what of them an edition may read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from canonry.days import order_of, parse_day
from canonry.frames import NORMALISED, shaped
from canonry.normalise.sources import with_origin
from canonry.protect import column_cleared
from canonry.values import is_null

if TYPE_CHECKING:
    from canonry.config import Config

TOLD = pl.Struct({"detail": pl.String, "excerpt": pl.String})
_EXCERPT = 200  # characters, as in the quarantine of ingest


def records_of(config: Config, known: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Rows with what their source lends them."""
    out = with_origin(config, known, _cleared(records, "values"))
    return out.with_columns(entity_type="lent_type", parent="source")


def assertions_of(config: Config, known: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Asserting sources are sources of their own, named parent/asserter, with a rank of their own where one is declared."""
    ranks = [(f"{n}/{a}", r) for n, s in config.sources.items() for a, r in s.authorities.items()]
    ranked = pl.DataFrame(ranks, schema={"source": pl.String, "own_rank": pl.Int64}, orient="row")
    out = with_origin(config, known, _cleared(claims, "value", "subject", "attribute")).with_columns(
        entity_type="lent_type",
        parent="source",
        source=pl.when(pl.col("asserter").is_null()).then("source").otherwise(pl.concat_str("source", "asserter", separator="/")),
    )
    return out.join(ranked, on="source", how="left").with_columns(authority=pl.coalesce("own_rank", "authority"))


def _cleared(items: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Take out characters that nobody sees; `unseen` says what of them hid something: detail and excerpt."""
    told: dict[int, dict[str, str]] = {}
    for name in columns:
        column, found = column_cleared(items[name])
        items = items.with_columns(column.alias(name))
        told |= {n: c.told for n, c in found.items() if c.hides}
    unseen = pl.Series("unseen", [told.get(n) for n in range(items.height)], dtype=TOLD)
    return items.with_columns(unseen)


def unseen(items: pl.DataFrame) -> pl.DataFrame:
    """Quarantine rows for characters that hid something; the rows themselves are kept without them."""
    wrong = items.filter(pl.col("unseen").struct.field("detail").is_not_null() & pl.col("removed_on").is_null())
    rows = wrong.select("audience", "location", "unseen", source="parent", rule=pl.lit("hidden_characters")).unnest("unseen")
    return shaped(rows, NORMALISED["quarantine"]).unique(["source", "location"], keep="first", maintain_order=True)


def own_date(items: pl.DataFrame) -> pl.DataFrame:
    """The row's own date, from its `observed_at` text; day or month first is told by the texts of its source."""
    texts = items.select("parent", "observed_at").drop_nulls().unique().sort("parent", "observed_at")
    orders = {s: order_of(g["observed_at"]) for (s,), g in texts.group_by("parent")}
    days = pl.Series("own_on", [parse_day(t, orders[s]) for s, t in texts.iter_rows()], dtype=pl.Date)
    return items.join(texts.with_columns(days), on=["parent", "observed_at"], how="left").with_columns(own_basis=pl.lit("item"))


def bad_dates(items: pl.DataFrame) -> pl.DataFrame:
    """Quarantine rows for dates that are no day or could be two; the rows themselves are kept."""
    told = pl.col("observed_at").map_elements(lambda t: not is_null(t), return_dtype=pl.Boolean)
    wrong = items.filter(pl.col("observed_at").is_not_null() & pl.col("own_on").is_null() & pl.col("removed_on").is_null()).filter(told)
    rows = wrong.with_columns(
        source="parent",
        rule=pl.lit("bad_date"),
        detail=pl.lit("No day, or one that can be read in two ways; the row is kept without it."),
        excerpt=pl.col("observed_at").str.slice(0, _EXCERPT),
    )
    return shaped(rows.unique(["source", "location"], keep="first", maintain_order=True), NORMALISED["quarantine"])


def without_attributes(
    config: Config, records: pl.DataFrame, assertions: pl.DataFrame, may: frozenset[str] | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out the attributes whose own audience the edition does not serve."""
    declared = [(t, a, s.audience) for t, e in config.entities.items() for a, s in e.attributes.items() if s.audience]
    hidden = {(t, a) for t, a, audience in declared if may is not None and not may.intersection(audience)}
    if not hidden:
        return records, assertions
    kept = [
        (_less(values, gone), _less(headings, gone))
        for kind, values, headings in records.select("entity_type", "values", "headings").iter_rows()
        for gone in [{a for t, a in hidden if t == kind}]
    ]
    told = pl.DataFrame(kept, schema={"values": pl.String, "headings": pl.String}, orient="row")
    out = pl.DataFrame(sorted(hidden), schema={"entity_type": pl.String, "attribute": pl.String}, orient="row")
    return records.with_columns(told["values"], told["headings"]), assertions.join(out, on=["entity_type", "attribute"], how="anti")


def _less(told: str | None, gone: set[str]) -> str | None:
    """A JSON object without some of its keys."""
    return json.dumps({k: v for k, v in json.loads(told).items() if k not in gone}, ensure_ascii=False) if told else told
