"""Everything that stands in the files below a folder, whatever packs it: Parquet and DuckDB are read, other files taken as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from polars import selectors as cs

from canonry.store import open_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def contents(*folders: Path) -> Iterator[tuple[Path, str]]:
    """Every file with all its text."""
    for path in sorted(p for folder in folders for p in folder.rglob("*") if p.is_file()):
        raw = path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":
            frames = [pl.read_parquet(path)]
        elif path.suffix == ".duckdb":
            with open_file(path) as connection:
                tables = [t for (t,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
                frames = [connection.sql(f'SELECT * FROM "{t}"').pl() for t in tables]
        else:
            frames = []
        blobs = [data.decode("utf-8", "replace") for f in frames for column in f.select(cs.binary()) for data in column]
        yield path, "\n".join([str(path), raw, *blobs, *(f.drop(cs.binary()).write_ndjson() for f in frames)])


def places_of(texts: list[str], *folders: Path) -> list[tuple[str, str]]:
    """Where one of some texts stands, in any of these folders."""
    return [(str(path), text) for path, content in contents(*folders) for text in texts if text in content]
