"""One edition as one DuckDB file, and reading it back to see that it holds what it should."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb

from canonry import published
from canonry.errors import RunFailedError
from canonry.publish.content import entry
from canonry.store import read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from canonry.store import TableEntry

STORAGE_VERSION = "v1.0.0"  # clients from DuckDB 1.1 on can read it; the default of 2.0 is unreadable to all of 1.x
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_VIEW_DOC = "All items: what is served (context) and what is left out (excluded)."
_VIEW_COLUMNS = {
    "is_served": "Whether agents may be served it.",
    **{c.name: c.doc for c in published.EXCLUDED.columns},
}


def write(path: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """Write the tables of an edition, with contracts and comments, into a new file; close it so that no write-ahead log is left.

    Args:
        path: The file; it must not exist.
        frames: Table → rows in the declared shape, for every table of `canonry.published`.

    Raises:
        duckdb.Error: The file cannot be written.
        RunFailedError: A write-ahead log is left.
    """
    with duckdb.connect(config=_SETTINGS) as connection:
        connection.execute(f"ATTACH {_literal(str(path))} AS release_file (STORAGE_VERSION '{STORAGE_VERSION}')")
        connection.execute("USE release_file")
        connection.execute("BEGIN")
        for name, frame in frames.items():
            _table(connection, name, frame)
        _view(connection)
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT release_file")
        connection.execute("USE memory")
        connection.execute("DETACH release_file")
    if path.with_name(f"{path.name}.wal").exists():
        raise RunFailedError(f"DuckDB left a write-ahead log beside {path.name}.", "Run again; the release before stays current.")


def _table(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    table = published.TABLES[name]
    # Internal tables are made here, unique and in order: an index over millions of postings would cost more than it tells.
    connection.execute(replace(table, key=()).ddl() if name.startswith("_") else table.ddl())
    if frame.height:
        connection.register("incoming", frame)
        connection.execute(f'INSERT INTO "{name}" SELECT * FROM incoming')
        connection.unregister("incoming")
    connection.execute(";".join(table.comments()))


def _view(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(published.ITEMS_VIEW)
    connection.execute(f"COMMENT ON VIEW items IS {_literal(_VIEW_DOC)}")
    for column, doc in _VIEW_COLUMNS.items():
        connection.execute(f'COMMENT ON COLUMN items."{column}" IS {_literal(doc)}')


def differences(path: Path, expected: Mapping[str, TableEntry]) -> list[str]:
    """Read a file back and compare every table with what it should hold.

    Returns:
        One sentence per table that differs; empty when all are as expected.

    Raises:
        StoreError: The file cannot be read.
    """
    found = []
    for name, frame in read_tables(path, expected):
        wanted, have = expected[name], entry(name, frame)
        if have.rows != wanted.rows:
            found.append(f"table {name} has {have.rows} rows, not {wanted.rows}")
        elif have.digest != wanted.digest:
            found.append(f"table {name} holds other content than was published")
    return found


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
