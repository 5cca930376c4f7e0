"""Which signals are heard, and when soft ones agree: what the two passes of staleness share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from canonry.config import Config

# What a soft signal rests on. Two of one kind are one piece of evidence: an old page is overdue for review because it is old.
_RESTS_ON = {
    "expired": "words",
    "review_overdue": "time",
    "age": "time",
    "contradicted": "content",
    "owner_gone": "owner",
    "broken_link": "references",
    "dead_reference": "references",
    "dependency_stale": "references",
}
_KINDS_TOGETHER = 2
_COMMON = 1 / 3  # a signal that more of a source's pages show says something of the source, and nothing of a page
_FEW = 10  # pages of a source below which nothing is common


def heard(config: Config, signals: pl.DataFrame) -> pl.DataFrame:
    """Leave out the signals that are switched off for their source.

    Args:
        config: Reads sources.*.signals.
        signals: Rows of the published `staleness`; a source inside another (parent/name) follows its parent.
    """
    off = {(name, signal) for name, s in config.sources.items() for signal, is_on in s.signals if not is_on}
    if not off:
        return signals
    table = pl.DataFrame(sorted(off), schema={"configured": pl.String, "signal": pl.String}, orient="row")
    named = signals.with_columns(configured=pl.col("source").str.split("/").list.first())
    return named.join(table, on=["configured", "signal"], how="anti", maintain_order="left").drop("configured")


def agreeing(signals: pl.DataFrame, pages: pl.DataFrame) -> pl.DataFrame:
    """Make soft signals stale where two that rest on different kinds of evidence meet on one target.

    Time (age, review), references (links, dependencies, names), content, owner and the page's own words ("this page is
    deprecated", without a day) are the kinds. A signal that more than a third of a
    source's pages show does not count: a source whose links were broken by a migration is no source of stale pages.

    Args:
        signals: Rows of the published `staleness`.
        pages: Columns ``source``, ``document_id``: all that could show a signal.
    """
    sizes = pages.group_by("source").agg(of=pl.len())
    kind = pl.col("signal").replace_strict(_RESTS_ON, default=None, return_dtype=pl.String)
    target = ["target_kind", "target_id", "source"]
    shown = pl.len().over("source", "signal")
    common = (pl.col("of").fill_null(0) >= _FEW) & (shown > _COMMON * pl.col("of")) & (pl.col("target_kind") == "document")
    rows = signals.join(sizes, on="source", how="left", maintain_order="left").with_columns(
        kind=pl.when(pl.col("is_stale") | common).then(None).otherwise(kind)
    )
    together = (pl.col("kind").drop_nulls().n_unique().over(target) >= _KINDS_TOGETHER) & pl.col("kind").is_not_null()
    return rows.with_columns(is_stale=pl.col("is_stale") | together.fill_null(value=False)).drop("of", "kind")
