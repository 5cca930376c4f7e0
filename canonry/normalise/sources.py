"""What a source lends its items, and what is published about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canonry.errors import ConfigError
from canonry.frames import TEXTS, frame
from canonry.published import SOURCES

if TYPE_CHECKING:
    from canonry.config import Config

EVERYONE = "everyone"  # the audience where none is declared and there is one edition


def readable(items: pl.DataFrame, may: frozenset[str] | None) -> pl.DataFrame:
    """Keep the items that one of these audiences may read; None means all."""
    if may is None:
        return items
    return items.filter(pl.col("audience").list.eval(pl.element().is_in(list(may))).list.any())


def known_sources(config: Config, seen: pl.DataFrame) -> pl.DataFrame:
    """One row per configured source, with what the configuration says about it."""
    rows = [
        {
            "source": name, "authority": s.authority, "owner": s.owner, "audience": s.audience or config.default_audience,
            "entity_type": s.entity or name,
        }
        for name, s in config.sources.items()
    ]  # fmt: skip
    schema = {"source": pl.String, "authority": pl.Int64, "owner": pl.String, "audience": TEXTS, "entity_type": pl.String}
    return frame(schema, rows).join(seen, on="source", how="inner").with_columns(is_held=pl.col("status") == "held")


def with_origin(config: Config, known: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Add what a source lends its items: authority, audience, owner, the date of its copy."""
    lent = known.select(
        "source", "authority", "is_held", "observed_on", "copy_hash", lent_audience="audience", lent_owner="owner", lent_type="entity_type"
    )
    own = pl.col("audience") if "audience" in items.columns else pl.lit(None, dtype=TEXTS)
    out = items.join(lent, on="source", how="inner").with_columns(audience=pl.coalesce(own, "lent_audience"))
    bare = out.filter(pl.col("audience").is_null())
    if bare.height and len(config.editions) > 1:
        source = bare["source"][0]
        msg = f"sources.{source}: {bare.height} items have no audience, but there are {len(config.editions)} editions"
        raise ConfigError(msg, f"Set `audience` on the source {source}, or `default_audience`.", key=f"sources.{source}.audience")
    return out.with_columns(pl.col("audience").fill_null([EVERYONE]))


def published_sources(
    known: pl.DataFrame, documents: pl.DataFrame, records: pl.DataFrame, assertions: pl.DataFrame, may: frozenset[str] | None
) -> pl.DataFrame:
    """The sources that an edition may know of, asserting ones included, counted by what it may read."""
    inside = assertions.filter(pl.col("source") != pl.col("parent")).select("removed_on", source="parent")
    items = pl.concat([*(rows.select("removed_on", "source") for rows in (documents, records, assertions)), inside])
    is_gone = pl.col("removed_on").is_not_null()
    counted = items.group_by("source").agg(n=pl.len(), there=(~is_gone).sum(), gone=is_gone.sum())
    own = known.with_columns(pl.col("audience").fill_null([EVERYONE]), parent=pl.lit(None, dtype=pl.String))
    inner = (
        assertions.filter(pl.col("source") != pl.col("parent"))
        .group_by("source")
        .agg(pl.col("parent", "authority", "audience").first())
        .join(
            own.select(pl.col("source").alias("parent"), "kind", "owner", "status", "observed_on", "last_seen_on", "held_since", "message"),
            on="parent",
        )
        if assertions.height
        else pl.DataFrame()
    )
    out = pl.concat([own, inner], how="diagonal_relaxed").join(counted, on="source", how="left")
    if may is not None:
        out = out.filter(pl.col("audience").list.eval(pl.element().is_in(list(may))).list.any() | (pl.col("n") > 0))
        out = out.with_columns(message=pl.lit(None, dtype=pl.String))  # it may count what this edition may not read
    out = out.with_columns(
        items=pl.col("there").fill_null(0),
        removed=pl.col("gone").fill_null(0),
        quarantined=pl.lit(0, dtype=pl.Int64),
        observed_at=_instant("observed_on"),
        last_seen_at=_instant("last_seen_on"),
        held_since=_instant("held_since"),
    )
    return SOURCES.conform(out)


def _instant(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
