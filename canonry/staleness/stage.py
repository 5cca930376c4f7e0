"""The stage `staleness`: signs that something is out of date, before anything is decided."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from canonry.frames import COVERAGE, Signals, frame, stack
from canonry.links import now_at, successors
from canonry.published import NO_RANK, STALENESS
from canonry.rhythm import age_of_pages, fitted, rhythms
from canonry.signals import heard
from canonry.staleness.owners import orphaned
from canonry.staleness.references import broken, dead, dependent, local_links
from canonry.staleness.rows import of_documents
from canonry.validity import of_passages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canonry.config import Config
    from canonry.context import RunContext
    from canonry.frames import Matched, Normalised

_OVERLAP = 0.2  # share of a register's ids that a better one must know before an absence means anything


def staleness(run: RunContext, normalised: Normalised, matched: Matched) -> Signals:
    """Collect the signals that do not depend on how conflicts are decided.

    Args:
        run: Reads sources.*.review_every, max_age and signals; the run date is "now"; the parent release for pages that moved.
        normalised: Documents and records with their dates.
        matched: Directions between versions, entities.
    """
    documents = normalised.documents
    by_itself = [
        _expired(run, documents),
        _worded(run, normalised),
        _replaced(documents),
        _older(documents, matched),
        _removed(documents, normalised.records, now_at(documents, run.history.table("id_changes"))),
        _absent(normalised, matched),
        _overdue(run, documents),
        _aged(run, documents),
        _aged_rows(run, normalised),
        _stamped(documents),
        _held(documents),
        _unrevised(run, documents),
        _silent(run, normalised),
    ]
    found = heard(run.config, stack(by_itself, STALENESS.schema))
    links = local_links(documents, normalised.links)
    owners, looked_up = orphaned(normalised)
    by_others = [
        broken(documents, links, run.history.table("id_changes")),
        dependent(documents, links, found),
        dead(normalised, matched, found),
        owners,
    ]
    signals = stack([found, heard(run.config, stack(by_others, STALENESS.schema))], STALENESS.schema)
    return Signals(
        signals=STALENESS.conform(signals.unique(list(STALENESS.key), keep="first", maintain_order=True)),
        coverage=_coverage(run, documents, looked_up),
    )


def _expired(run: RunContext, documents: pl.DataFrame) -> pl.DataFrame:
    rows = documents.filter(pl.col("expires_on") < run.run_date)
    said = rows.with_columns(since="expires_on", evidence=pl.format("It says itself that it expires on {}.", "expires_on"))
    return of_documents(said, "expired", score=1.0, is_stale=True)


def _worded(run: RunContext, normalised: Normalised) -> pl.DataFrame:
    """Pages and passages that say in their text until when they hold; or that they are over: without a day, one sign among others."""
    told = of_passages(normalised).filter((pl.col("valid_to") < run.run_date) | pl.col("has_ended"))
    named = told.join(normalised.documents.select("document_id", "source"), on="document_id")
    dated = ~pl.col("has_ended")
    return named.with_columns(
        target_kind=pl.when("is_whole").then(pl.lit("document")).otherwise(pl.lit("passage")),
        target_id=pl.when("is_whole").then("document_id").otherwise("item_id"),
        signal=pl.lit("expired"),
        is_stale=dated,
        score=pl.when(dated).then(0.9).otherwise(0.5),
        since="valid_to",
        evidence=pl.format("It says itself: “{}”.", "words"),
    )


def _replaced(documents: pl.DataFrame) -> pl.DataFrame:
    """Pages that name a successor. Where the names lead back to the page, nobody stands in its place."""
    rows = documents.filter(pl.col("replaced_by").is_not_null())
    after = successors(documents)
    said = rows.with_columns(
        evidence=pl.format("It says itself that it was replaced by {}.", "replaced_by"),
        superseded_by=pl.col("document_id").replace_strict(after, default=None, return_dtype=pl.String),
    )
    circular = pl.col("document_id").is_in([d for d in after if _leads_back(d, after)])
    return of_documents(said, "replaced", score=1.0, is_stale=True).with_columns(is_stale=~circular)


def _leads_back(document: str, after: Mapping[str, str]) -> bool:
    at, seen = after.get(document), set[str]()
    while at is not None and at != document and at not in seen:
        seen.add(at)
        at = after.get(at)
    return at == document


def _older(documents: pl.DataFrame, matched: Matched) -> pl.DataFrame:
    """The older document of each directed pair whose newer one is still there; of several that supersede it, one is named."""
    there = documents.filter(pl.col("removed_on").is_null())["document_id"].to_list()
    pairs = matched.page_pairs.filter(pl.col("newer_id").is_in(there) & ~pl.col("is_copy"))
    older = pl.when(pl.col("newer_id") == pl.col("left_id")).then("right_id").otherwise("left_id")
    rows = pairs.with_columns(document_id=older).sort("document_id", -pl.col("containment"), "newer_id").unique("document_id", keep="first")
    said = rows.with_columns(source=pl.col("document_id").str.split("/").list.first(), superseded_by="newer_id")
    return of_documents(said, "older_version", score=0.95, is_stale=True)


def _removed(documents: pl.DataFrame, records: pl.DataFrame, moved: Mapping[str, str]) -> pl.DataFrame:
    """What is gone from its source; of a page that moved, where to."""
    evidence = pl.format("It is absent from its source since {}.", "removed_on")
    gone = documents.filter(pl.col("removed_on").is_not_null()).with_columns(
        since="removed_on", superseded_by=pl.col("document_id").replace_strict(moved, default=None, return_dtype=pl.String)
    )
    told = pl.format("It moved to {}; it is gone from here since {}.", "superseded_by", "removed_on")
    gone = gone.with_columns(evidence=pl.coalesce(told, evidence))
    rows = records.filter(pl.col("removed_on").is_not_null()).with_columns(
        target_kind=pl.lit("record"), target_id="record_id", signal=pl.lit("removed"), is_stale=pl.lit(value=True), score=pl.lit(1.0),
        since="removed_on", evidence=evidence,
    )  # fmt: skip
    return stack([of_documents(gone, "removed", score=1.0, is_stale=True), rows], STALENESS.schema)


def _absent(normalised: Normalised, matched: Matched) -> pl.DataFrame:
    """Records whose key is gone from a register of better authority that is no older and knows a fifth of their source's keys."""
    members = matched.entity_members.join(
        normalised.records.filter(pl.col("removed_on").is_null()).select("source", "record_id", "entity_type", "authority"),
        on=["source", "record_id"],
    )
    taken = normalised.sources.select("source", "observed_at", "status")
    registers = (
        members.group_by("source", "entity_type")
        .agg(pl.col("authority").first(), keys=pl.col("entity_id").unique())
        .join(taken, on="source")
    )
    both = registers.join(registers, on="entity_type", suffix="_best").filter(
        (pl.col("authority_best") < pl.col("authority").fill_null(NO_RANK))
        & (pl.col("observed_at_best") >= pl.col("observed_at")).fill_null(value=True)
        & (pl.col("status_best") == "ok")
    )
    both = both.filter(pl.col("keys").list.set_intersection("keys_best").list.len() >= _OVERLAP * pl.col("keys").list.len())
    gone = (
        both.select("source", best="source_best", entity_id=pl.col("keys").list.set_difference("keys_best"))
        .explode("entity_id", empty_as_null=True, keep_nulls=True)
        .drop_nulls("entity_id")
    )
    return (
        members.join(gone, on=["source", "entity_id"])
        .sort("source", "record_id", "best")
        .unique(["source", "record_id"], keep="first")
        .with_columns(
            target_kind=pl.lit("record"),
            target_id="record_id",
            signal=pl.lit("absent_from_authority"),
            is_stale=pl.lit(value=True),
            score=pl.lit(0.9),
            evidence=pl.format("Its key does not stand in {}, which ranks better and is no older.", "best"),
        )
    )


def _overdue(run: RunContext, documents: pl.DataFrame) -> pl.DataFrame:
    every = _per_source(run.config, "review_every")
    due = documents.join(every, on="source", how="left").with_columns(
        due=pl.coalesce("review_on", pl.when(pl.col("date_kind") == "exact").then(pl.col("dated_on") + pl.duration(days="days")))
    )
    rows = due.filter(pl.col("due") < run.run_date).with_columns(since="due", evidence=pl.format("Its review was due on {}.", "due"))
    return of_documents(rows, "review_overdue", score=0.4, is_stale=False)


def _aged(run: RunContext, documents: pl.DataFrame) -> pl.DataFrame:
    """A copy older than `max_age` makes everything in it stale, by itself."""
    limits = _per_source(run.config, "max_age").drop_nulls("days")
    rows = (
        documents.join(limits, on="source")
        .with_columns(until=pl.col("observed_on") + pl.duration(days="days"))
        .filter(pl.col("until") < run.run_date)
    )
    return of_documents(_outlived(rows), "age", score=1.0, is_stale=True)


def _aged_rows(run: RunContext, normalised: Normalised) -> pl.DataFrame:
    """The same for the rows of an export, and for a claims table as a whole: its rows have no id of their own."""
    limits = _per_source(run.config, "max_age").drop_nulls("days")
    taken = normalised.sources.join(limits, on="source").with_columns(observed_on=pl.col("observed_at").cast(pl.Date))
    copies = taken.with_columns(until=pl.col("observed_on") + pl.duration(days="days")).filter(pl.col("until") < run.run_date)
    said = _outlived(copies).with_columns(signal=pl.lit("age"), is_stale=pl.lit(value=True), score=pl.lit(1.0))
    present = normalised.records.filter(pl.col("removed_on").is_null()).select("source", target_id="record_id")
    rows = said.join(present, on="source").with_columns(target_kind=pl.lit("record"))
    tables = said.filter(pl.col("kind") == "claims").with_columns(target_kind=pl.lit("source"), target_id="source")
    return stack([rows, tables], STALENESS.schema)


def _outlived(copies: pl.DataFrame) -> pl.DataFrame:
    return copies.with_columns(
        since=pl.col("until").cast(pl.Date) + timedelta(days=1),
        evidence=pl.format("Its copy is from {}, older than the {} days that its source allows.", "observed_on", "days"),
    )


def _per_source(config: Config, field: str) -> pl.DataFrame:
    rows = [{"source": n, "days": getattr(s, field)} for n, s in config.sources.items()]
    return frame({"source": pl.String, "days": pl.Int64}, rows)


def _stamped(documents: pl.DataFrame) -> pl.DataFrame:
    rows = documents.filter("is_stamped").with_columns(
        evidence=pl.format("It shares the date {} with many others: a bulk edit or a migration.", "dated_on")
    )
    return of_documents(rows, "stamped_date", score=0.1, is_stale=False)


def _held(documents: pl.DataFrame) -> pl.DataFrame:
    rows = documents.filter("is_held").with_columns(evidence=pl.lit("Its source could not be read; the last good copy stands in."))
    return of_documents(rows, "source_held", score=0.2, is_stale=False)


def _unrevised(run: RunContext, documents: pl.DataFrame) -> pl.DataFrame:
    """Pages untouched for longer than all but one in twenty of their source, by the source's own rhythm of change."""
    fits = [
        {"source": s, "half_life": f.half_life, "low": f.interval[0], "high": f.interval[1], "seldom": f.seldom, "n": f.n}
        for s, f in sorted(rhythms(documents, run.run_date).items())
    ]
    shape = {"source": pl.String, **dict.fromkeys(("half_life", "low", "high", "seldom"), pl.Float64), "n": pl.Int64}
    dated = documents.filter(pl.col("removed_on").is_null() & (pl.col("date_basis") != "observed"))
    aged = dated.join(frame(shape, fits), on="source").with_columns(age=age_of_pages(run.run_date))
    rows = aged.filter(pl.col("age") > pl.col("seldom"))
    days = [pl.col(c).round(0).cast(pl.Int64) for c in ("half_life", "low", "high", "seldom")]
    said = rows.with_columns(
        since=pl.col("dated_on") + pl.duration(days=pl.col("seldom").ceil().cast(pl.Int64)),
        evidence=pl.format(
            "It is unchanged for {} days. In {} half of the pages changed within {} days ({} to {}, from {} dates), nearly all within {}.",
            "age", "source", *days[:3], "n", days[3],
        ),
    )  # fmt: skip
    return of_documents(said, "age", score=0.4)


def _silent(run: RunContext, normalised: Normalised) -> pl.DataFrame:
    """Sources in which nothing has changed for longer than nearly every wait between two of their days of change."""
    day = pl.col("observed_at").cast(pl.Date)
    taken = normalised.sources.select("source", until=pl.min_horizontal(day.fill_null(run.run_date), pl.lit(run.run_date)))
    own = (pl.col("date_kind") == "exact") & pl.col("removed_on").is_null()
    dates = [f.filter(own).select("source", "dated_on") for f in (normalised.documents, normalised.records, normalised.assertions)]
    days = pl.concat(dates).unique().join(taken, on="source").filter(pl.col("dated_on") <= pl.col("until")).sort("source", "dated_on")
    rows = []
    for (source,), group in days.group_by("source", maintain_order=True):
        last, until = group["dated_on"][-1], group["until"][0]
        rhythm = fitted(group["dated_on"].diff().dt.total_days().drop_nulls().to_list(), different=1)
        if rhythm and (until - last).days > rhythm.unusual:
            usual = f"half of its changes came within {rhythm.half_life:.0f} days of the one before, nearly all within {rhythm.unusual:.0f}"
            evidence = f"Nothing in it has changed since {last}; {usual}."
            rows.append({"source": source, "since": last + timedelta(days=math.ceil(rhythm.unusual)), "evidence": evidence})
    silent = frame({"source": pl.String, "since": pl.Date, "evidence": pl.String}, rows)
    return silent.with_columns(
        target_kind=pl.lit("source"), target_id="source", signal=pl.lit("source_silent"), is_stale=pl.lit(value=False), score=pl.lit(0.3)
    )


def _coverage(run: RunContext, documents: pl.DataFrame, owners: tuple[int, int]) -> pl.DataFrame:
    """What the signals that need a yardstick had one for: owners in a directory, pages in a source with a rhythm."""
    present = documents.filter(pl.col("removed_on").is_null())
    measured = present.filter(pl.col("source").is_in(sorted(rhythms(documents, run.run_date))))
    counted = {"staleness.owner_gone": owners, "staleness.age": (present.height, measured.height)}
    rows = [
        {"detector": d, "pairs_possible": n, "pairs_considered": seen, "pairs_capped": 0, "partial": seen < n}
        for d, (n, seen) in counted.items()
    ]
    return frame(COVERAGE, rows)
