"""Long tables of asserted values: one claim per row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canonry.errors import SourceError
from canonry.frames import INGESTED, shaped
from canonry.ingest.exports import Export, faults_of, read_exports
from canonry.ingest.reading import Reading, quarantined

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.config import ClaimColumns, Source

_SAYS = ("subject", "attribute", "asserter", "value", "observed_at")


def read_claims(name: str, source: Source, base: Path) -> Reading:
    """Read a source of kind claims.

    Returns:
        Its reading; exact repeats are left out and counted in the message, rows without subject or attribute are in the quarantine.

    Raises:
        SourceError: The export is missing, cannot be read, has no rows, or a configured column does not exist.
    """
    if source.columns is None:
        raise SourceError("A source of kind claims needs the key columns.", "Say which columns hold subject, attribute and value.")
    exports, faults = read_exports(source, base)
    text = {"location": pl.String, "excerpt": pl.String, **dict.fromkeys(_SAYS, pl.String)}
    rows = pl.concat([pl.DataFrame(schema=text), *(_claims(source.columns, e).select(list(text)) for e in exports)])
    nameless = (pl.col("subject").str.strip_chars() == "") | (pl.col("attribute").str.strip_chars() == "")
    faults += faults_of(rows.filter(nameless), "missing_subject", "Subject or attribute is empty.")
    named = rows.filter(~nameless)
    kept = named.unique(_SAYS, keep="first", maintain_order=True)
    table = shaped(kept.with_columns(source=pl.lit(name)), INGESTED["claims"]).sort(*_SAYS)
    repeats = named.height - kept.height
    return Reading.of("claims", table, quarantined(name, faults), f"{repeats} exact repeats are left out" if repeats else "")


def _claims(columns: ClaimColumns, export: Export) -> pl.DataFrame:
    """One file's rows as claims; a source or date that is blank becomes null."""

    def given(wanted: str | None, key: str) -> pl.Expr:
        if wanted is None:
            return pl.lit(None, dtype=pl.String)
        found = pl.col(export.column(wanted, f"columns.{key}"))
        return pl.when(found.str.strip_chars() != "").then(found)

    whole = {k: pl.col(export.column(getattr(columns, k), f"columns.{k}")) for k in ("subject", "attribute", "value")}
    return export.rows.cells.select(
        **whole,
        asserter=given(columns.source, "source"),
        observed_at=given(columns.observed_at, "observed_at"),
        location=export.locations,
        excerpt=pl.concat_str(pl.all(), separator=", "),
    )
