"""Rows of exports as records: ids, attribute names, verbatim values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from canonry.frames import INGESTED, shaped
from canonry.ids import digest
from canonry.ingest.exports import Export, faults_of, read_exports
from canonry.ingest.reading import Reading, quarantined
from canonry.ingest.rows import attributes

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.config import Source
    from canonry.ingest.reading import Fault

_DERIVED = "no id is configured: ids are derived from what the rows say, so a changed row counts as a new one"
_ROW = {"record_id": pl.String, "location": pl.String, "values": pl.String, "headings": pl.String, "observed_at": pl.String}


def read_records(name: str, source: Source, base: Path) -> Reading:
    """Read a source of kind records.

    Returns:
        Its reading; a row without an id or with a repeated one is in the quarantine.

    Raises:
        SourceError: The export is missing, cannot be read, has no rows, or a configured column does not exist.
    """
    exports, faults = read_exports(source, base)
    rows = pl.concat([pl.DataFrame(schema=_ROW), *(_records(source, export) for export in exports)])
    if source.id:
        rows, broken = _identified(rows)
        faults += broken
    else:
        rows = _numbered(rows)
    table = shaped(rows.with_columns(source=pl.lit(name)), INGESTED["records"]).sort("record_id")
    return Reading.of("records", table, quarantined(name, faults), "" if source.id else _DERIVED)


def _records(source: Source, export: Export) -> pl.DataFrame:
    """One file's rows in the shape of `_ROW`."""
    cells = export.rows.cells
    for wanted in source.fields:
        export.column(wanted, "fields")
    names = attributes(cells.columns, source.fields)
    ids = [pl.col(export.column(c, "id")).str.strip_chars() for c in source.id or ()]
    seen = pl.col(export.column(source.observed_at, "observed_at")) if source.observed_at else pl.lit("")
    held = {a: c for c, a in names.items()}
    return cells.select(
        record_id=pl.concat_str(ids, separator="|") if ids else _content_id(held),
        location=export.locations,
        values=pl.struct(pl.col(c).alias(a) for a, c in held.items()).struct.json_encode(),
        headings=pl.lit(json.dumps(held, ensure_ascii=False)),
        observed_at=pl.when(seen.str.strip_chars() != "").then(seen),
    )


def _content_id(held: dict[str, str]) -> pl.Expr:
    """Make an id out of the values, whatever the order of the columns."""
    content = pl.struct(pl.col(held[a]).alias(a) for a in sorted(held)).struct.json_encode()
    return content.map_batches(lambda texts: pl.Series([digest(t) for t in texts], dtype=pl.String), return_dtype=pl.String)


def _identified(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    """Keep the first row of each id; set aside the others and those without one."""
    marked = rows.with_columns(
        excerpt=pl.col("values"),
        missing=pl.col("record_id").str.strip_chars("|") == "",
        later=~pl.col("record_id").is_first_distinct(),
        same=pl.col("values") == pl.col("values").first().over("record_id"),
    )
    there, missing = marked.filter(~pl.col("missing")), marked.filter("missing")
    faults = [
        *faults_of(missing, "missing_id", "The id is empty."),
        *faults_of(there.filter(pl.col("later") & pl.col("same")), "repeated_row", "The same row stands further up."),
        *faults_of(there.filter(pl.col("later") & ~pl.col("same")), "duplicate_id", "Another row further up has the same id."),
    ]
    return there.filter(~pl.col("later")), faults


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Tell exact repeats apart by a number: they are equal, so it does not matter which is which."""
    nth = pl.int_range(pl.len()).over("record_id") + 1
    return rows.with_columns(record_id=pl.when(nth > 1).then(pl.format("{}.{}", "record_id", nth)).otherwise("record_id"))
