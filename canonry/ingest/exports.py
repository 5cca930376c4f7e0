"""The files of an export, read as tables: what records and claims have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canonry.errors import SourceError
from canonry.ingest.files import find, read_bytes
from canonry.ingest.formats import read_table
from canonry.ingest.reading import Fault, UnreadableFileError, excerpt
from canonry.ingest.rows import Options, Rows, column

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.config import Source


@dataclass(frozen=True)
class Export:
    """One file of an export.

    Attributes:
        file: Its path inside the source.
        rows: Its rows; those without any value are already set aside.
    """

    file: str
    rows: Rows

    @property
    def locations(self) -> pl.Series:
        """``file:line`` of each row."""
        return pl.Series("location", [f"{self.file}:{place}" for place in self.rows.locations], dtype=pl.String)

    def column(self, wanted: str, key: str) -> str:
        """Find a configured column; see `canonry.ingest.rows.column`."""
        return column(wanted, self.rows.cells.columns, key, self.file)


def read_exports(source: Source, base: Path) -> tuple[list[Export], list[Fault]]:
    """Read every file of an export.

    Returns:
        The files with rows, in order of path, and what was set aside.

    Raises:
        SourceError: The path does not exist, its only file cannot be read, or there is no row in it.
    """
    found, options = find(source, base), Options(source.csv, source.xlsx)
    exports, faults = list[Export](), list(found.faults)
    for name, path in found.files:
        try:
            rows, blank = _filled(read_table(name, read_bytes(path), options, source.format))
        except UnreadableFileError as e:
            if found.single:
                raise SourceError(f"{source.path} cannot be read. {e.message}", e.hint) from e
            faults.append(e.fault(name))
            continue
        faults.extend(f.within(name) for f in (*rows.faults, *blank))
        exports.append(Export(name, rows))
    if not faults and not any(e.rows.locations for e in exports):
        raise SourceError(f"There is no row in {source.path}.", "Look at the system that writes the export.")
    return [e for e in exports if e.rows.locations], faults


def _filled(rows: Rows) -> tuple[Rows, list[Fault]]:
    """Set rows aside in which no cell holds anything."""
    if not rows.locations:
        return rows, []
    filled = rows.cells.select(pl.any_horizontal(pl.all().str.strip_chars() != "")).to_series()
    if filled.all():
        return rows, []
    empty = rows.only(~filled)
    return rows.only(filled), [Fault(place, "empty_row", "No cell holds anything.") for place in empty.locations]


def faults_of(rows: pl.DataFrame, rule: str, detail: str) -> list[Fault]:
    """Turn rows with the columns ``location`` and ``excerpt`` into faults."""
    return [Fault(place, rule, detail, excerpt(text or "")) for place, text in rows.select("location", "excerpt").iter_rows()]
