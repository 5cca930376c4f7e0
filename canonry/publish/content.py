"""From the stages' frames to the content of each edition: every table in its declared shape, checked and digested."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from canonry import published
from canonry.errors import RunFailedError
from canonry.ids import digest, digest_json
from canonry.publish.index import postings
from canonry.store import FULL, TableEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from canonry.publish.about import About

_OF_USE = ("audit", "gaps")  # how much other audiences asked is none of an edition's business
_MADE_HERE = (published.RELEASE.name, published.POSTINGS.name)
_OUR_FAULT = "This is a fault of canonry or of a reader, not of your data: please report it; the release before stays current."


@dataclass(frozen=True)
class Content:
    """What is going to be published.

    Attributes:
        frames: Edition → table → rows, in the declared shape.
        tables: Edition → table → rows and digest.
    """

    frames: Mapping[str, Mapping[str, pl.DataFrame]]
    tables: Mapping[str, Mapping[str, TableEntry]]

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits over everything that counts as content."""
        return digest_json({e: {t: entry.digest for t, entry in tables.items()} for e, tables in self.tables.items()})[:8]

    def named(self, release_id: str, sequence: int, now: datetime) -> Content:
        """Write into each edition which release it is; these columns stand outside the digest."""
        stamp = [
            pl.lit(release_id).alias("release_id"),
            pl.lit(sequence, dtype=pl.Int64).alias("sequence"),
            pl.lit(now).cast(pl.Datetime("us", "UTC")).alias("published_at"),
        ]
        name = published.RELEASE.name
        return replace(self, frames={e: {**tables, name: tables[name].with_columns(stamp)} for e, tables in self.frames.items()})


def content(editions: Mapping[str, Mapping[str, pl.DataFrame]], about: About) -> Content:
    """Bring all tables of all editions into their declared shape and digest them.

    Args:
        editions: Edition → table → rows; a table that is missing is empty. `release` and `_postings` are made here.
        about: The inputs of the run.

    Raises:
        RunFailedError: A table breaks its contract, is unknown, or the edition `full` is missing.
    """
    if FULL not in editions:
        raise RunFailedError(f"the edition {FULL!r} is missing.", _OUR_FAULT)
    frames = {edition: _edition(edition, given, about) for edition, given in sorted(editions.items())}
    return Content(frames, {edition: {name: entry(name, frame) for name, frame in tables.items()} for edition, tables in frames.items()})


def entry(name: str, frame: pl.DataFrame) -> TableEntry:
    """Count and digest the rows of a table."""
    return TableEntry(rows=frame.height, digest=published.TABLES[name].digest(frame))


def _edition(edition: str, given: Mapping[str, pl.DataFrame], about: About) -> dict[str, pl.DataFrame]:
    if unknown := set(given) - set(published.TABLES) | set(given) & set(_MADE_HERE):
        raise RunFailedError(
            f"edition {edition!r}: {', '.join(sorted(unknown))} cannot be published: no stage makes such a table.", _OUR_FAULT
        )
    frames = {name: _conformed(edition, name, given.get(name)) for name in published.TABLES if name not in _MADE_HERE}
    broken = [f"{name}: {rule} ({n} rows)" for name, frame in frames.items() for rule, n in published.TABLES[name].breaches(frame).items()]
    if broken:
        raise RunFailedError(f"edition {edition!r} breaks the contract of its tables: {'; '.join(broken)}.", _OUR_FAULT)
    made = {published.RELEASE.name: _release(edition, frames, about), published.POSTINGS.name: postings(frames["context"])}
    return {name: made[name] if name in made else frames[name] for name in published.TABLES}


def _conformed(edition: str, name: str, frame: pl.DataFrame | None) -> pl.DataFrame:
    table = published.TABLES[name]
    if frame is None:
        return table.empty()
    try:
        return table.conform(frame)
    except pl.exceptions.PolarsError as e:
        raise RunFailedError(f"edition {edition!r}: the rows of {name} do not fit their declared types: {e}.", _OUR_FAULT) from e


def _release(edition: str, frames: Mapping[str, pl.DataFrame], about: About) -> pl.DataFrame:
    """Make the row that says in the file itself what it was made of, as far as its readers may know."""
    readable = about.readable.get(edition, frozenset(about.inputs) if edition == FULL else frozenset())
    inputs = {
        name: {"hash": used.hash if edition == FULL else _readable_hash(name, frames), "status": used.status}
        for name, used in sorted(about.inputs.items())
        if name in readable
    }
    row = {
        "parent": about.parent.release_id if about.parent else None,
        "run_date": about.run_date,
        "schema_version": about.schema_version,
        "duckdb_version": duckdb.__version__,
        "code_version": about.code_version,
        "config_hash": about.config_hash,
        "journal": _json({name: dict(head) for name, head in about.journal.items() if edition == FULL or name not in _OF_USE}),
        "inputs": _json(inputs),
        "model": about.model,
        "degraded": sorted(set(about.degraded) & readable),
        "edition": edition,
    }
    return published.RELEASE.conform(pl.DataFrame([row], schema_overrides={"degraded": pl.List(pl.String)}))


def _readable_hash(source: str, frames: Mapping[str, pl.DataFrame]) -> str:
    """Hash what an edition holds of a source; the hash of the whole copy would change with items that it may not read."""
    own = pl.col("source") == source
    parts = (
        frames["documents"].filter(own).select("document_id", "content_hash"),
        frames["records"].filter(own).select("record_id", "values"),
        frames["claims"].filter(own | pl.col("source").str.starts_with(f"{source}/")).select("claim_id"),
    )
    return digest(*(part.sort(part.columns).write_ndjson() for part in parts))


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
