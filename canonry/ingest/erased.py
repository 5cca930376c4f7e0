"""A reading without what people had erased: it stays out, also while the source still has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.ingest.reading import Reading

if TYPE_CHECKING:
    from canonry.erasures import Erasures

_TEXTS = {
    "documents": ("text", "title", "url", "owner", "replaced_by"),
    "records": ("headings", "observed_at"),
    "claims": ("subject", "attribute", "asserter", "value", "observed_at"),
    "quarantine": ("location", "detail", "excerpt"),
}
_REPEATS = ("repeated_row", "duplicate_id")  # their excerpt is the row, and nothing tells whose it is


def without_erased(reading: Reading, erasures: Erasures) -> Reading:
    """Take out of a reading what people had erased.

    Args:
        reading: What was read, or a copy.
        erasures: The tombstones.

    Returns:
        The reading itself when nothing of it was erased.
    """
    if not erasures:
        return reading
    documents = reading.documents.filter(_kept(reading.documents, erasures))
    records = reading.records.filter(_named(reading.records, "record_id", erasures))
    claims = reading.claims.filter(_named(reading.claims, "subject", erasures, whole=True))
    return Reading(
        _cleaned("documents", documents, erasures),
        _cleaned("records", records, erasures).with_columns(values=_cells(records["values"], erasures)),
        _cleaned("claims", claims, erasures),
        _aside(reading, documents, erasures),
        erasures.cleaned(reading.message),
    )


def _kept(documents: pl.DataFrame, erasures: Erasures) -> pl.Series:
    rows = documents.select("source", "path", "text").iter_rows()
    return _mask(not erasures.names(s, p) and not erasures.holds(s, t) for s, p, t in rows)


def _named(items: pl.DataFrame, column: str, erasures: Erasures, *, whole: bool = False) -> pl.Series:
    """Which rows stay; of a claims table only a whole source goes by name."""
    if whole:
        return _mask(not any(e.kind == "source" and e.source == s for e in erasures.every) for s in items["source"])
    return _mask(not erasures.names(s, n) for s, n in items.select("source", column).iter_rows())


def _mask(flags: Any) -> pl.Series:
    return pl.Series(list(flags), dtype=pl.Boolean)


def _cleaned(kind: str, rows: pl.DataFrame, erasures: Erasures) -> pl.DataFrame:
    return rows.with_columns(_texts(rows[c], erasures) for c in _TEXTS[kind])


def _texts(column: pl.Series, erasures: Erasures) -> pl.Series:
    return pl.Series(column.name, [None if t is None else erasures.cleaned(t) for t in column], dtype=pl.String)


def _cells(values: pl.Series, erasures: Erasures) -> pl.Series:
    out = []
    for text in values:
        row = json.loads(text)
        clean = erasures.cleaned_json(row)
        out.append(text if clean == row else json.dumps(clean, ensure_ascii=False, separators=(",", ":")))
    return pl.Series("values", out, dtype=pl.String)


def _aside(reading: Reading, documents: pl.DataFrame, erasures: Erasures) -> pl.DataFrame:
    """What was set aside, without that of erased documents, and without excerpts of rows that may be erased ones."""
    gone = set(reading.documents["path"]) - set(documents["path"])
    rows = reading.quarantine
    kept = rows.filter(
        _mask(p not in gone and not erasures.names(s, p, "document", "source") for s, p in rows.select("source", "location").iter_rows())
    )
    sources = [e.source for e in erasures.every if e.kind == "record"]
    nameless = pl.col("source").is_in(sources) & pl.col("rule").is_in(_REPEATS)
    return _cleaned("quarantine", kept, erasures).with_columns(excerpt=pl.when(nameless).then(pl.lit("")).otherwise("excerpt"))
