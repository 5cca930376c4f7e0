"""The published store as its readers see it: the pointer, the manifests, the editions' files. Nothing here writes."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from canonry import published
from canonry.context import History
from canonry.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

POINTER = "CURRENT"
RELEASES = "releases"
COPIES = "copies"
MANIFEST = "manifest.json"
FULL = "full"
HISTORY = ("claims", "facts", "conflicts", "observations", "id_changes", "entity_members", "match_models")
READ_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
}
_ATTEMPTS = 5  # how often a reader may find that the release it was sent to has been collected meanwhile
_RELEASE_ID = re.compile(r"\d{4}-\d{2}-\d{2}-(\d+)-[0-9a-f]{8}")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Input(_Frozen):
    """One source on the night of a release.

    Attributes:
        hash: Hash of the copy in use; null when there is none.
        status: ok, held (the last good copy stands in) or missing.
        observed_on: The day the copy was taken.
        last_seen_on: The last run date on which the source was ok.
        held_since: The first run date in a row on which it was not.
        items: Documents, records or claims in the copy.
        message: Why it is held or missing, or what was noticed.
    """

    hash: str | None = None
    status: Literal["ok", "held", "missing"] = "ok"
    observed_on: date | None = None
    last_seen_on: date | None = None
    held_since: date | None = None
    items: int = 0
    message: str | None = None


class TableEntry(_Frozen):
    """What a manifest says about one table: how many rows, and the digest of their content."""

    rows: int
    digest: str


class EditionEntry(_Frozen):
    """What a manifest says about one edition: its file below the store, and what is in it."""

    file: str
    sha256: str
    bytes: int
    tables: dict[str, TableEntry]


class Manifest(_Frozen):
    """What a release is: the five inputs that it is a function of, and the files that came out.

    Attributes:
        release_id: ``<run date>-<sequence>-<8 hex digits of the content digest>``.
        sequence: Its number; orders releases.
        parent: The release that was current before; null for the first.
        published_at: When (UTC).
        run_date: The day that counted as today.
        schema_version: Version of the published tables.
        duckdb_version: The DuckDB that wrote the files.
        code_version: The canonry that made it.
        config_hash: Hash of the effective configuration.
        journal: Per file of the journal ``{offset, head}``.
        inputs: Per source what was used of it.
        model: The embedding model.
        editions: Per edition its file and tables.
        degraded: Sources that were held or missing.
        erased: Ids of the erasures that took something out of it later: with them it is not what was published, and is said to be so.
    """

    release_id: str
    sequence: int
    parent: str | None
    published_at: datetime
    run_date: date
    schema_version: int
    duckdb_version: str
    code_version: str
    config_hash: str
    journal: dict[str, dict[str, Any]]
    inputs: dict[str, Input]
    model: str
    editions: dict[str, EditionEntry]
    degraded: list[str]
    erased: list[str] = []

    def to_json(self) -> str:
        """Write it as JSON with dates in ISO form; `from_json` reads it back unchanged."""
        return self.model_dump_json(indent=1, exclude=None if self.erased else {"erased"}) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Read what `to_json` wrote.

        Raises:
            ValueError: The text is no manifest.
        """
        return cls.model_validate_json(text)


def current(store: Path) -> Manifest | None:
    """Say which release is current; None when nothing was published yet.

    Raises:
        StoreError: The pointer exists but cannot be read.
    """
    return _manifest_in(store / POINTER)


def needed(store: Path) -> Manifest:
    """Say which release is current, for callers that cannot go on without one.

    Raises:
        StoreError: There is no release yet.
    """
    found = current(store)
    if found is None:
        raise StoreError(f"the store {store} holds no release yet.", "Run `canonry run` first.")
    return found


def manifest(store: Path, release_id: str) -> Manifest:
    """Read the manifest of one release.

    Raises:
        StoreError: There is no such release, or it was collected.
    """
    found = _manifest_in(release_folder(store, release_id) / MANIFEST) if is_release_id(release_id) else None
    if found is None:
        raise StoreError(f"there is no release {release_id!r} in the store.", "List those that are kept with `canonry releases`.")
    return found


def releases(store: Path) -> list[Manifest]:
    """List the releases that are kept, in the order in which they were made."""
    found = (_manifest_in(release_folder(store, name) / MANIFEST) for name in release_ids(store))
    return sorted((m for m in found if m is not None), key=lambda m: m.sequence)


def release_ids(store: Path) -> list[str]:
    """List the names of the release folders, without opening them."""
    places = (store / RELEASES).iterdir() if (store / RELEASES).is_dir() else ()
    return sorted(place.name for place in places if is_release_id(place.name))


def is_release_id(name: str) -> bool:
    """Tell whether a name has the form of a release id."""
    return _RELEASE_ID.fullmatch(name) is not None


def release_folder(store: Path, release_id: str) -> Path:
    """Give the folder of a release."""
    return store / RELEASES / release_id


def edition_file(store: Path, release: Manifest, edition: str) -> Path:
    """Give the immutable file of an edition.

    Raises:
        StoreError: The release has no such edition.
    """
    if edition not in release.editions:
        names = ", ".join(sorted(release.editions))
        raise StoreError(f"release {release.release_id} has no edition {edition!r}.", f"It has: {names}.")
    return store / release.editions[edition].file


def connect(store: Path, edition: str, release: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open an edition read-only, of the current release or of a named one.

    The connection sees nothing but that file: no extension is loaded, no other file can be read. Instants come back in UTC. A connection
    answers one statement at a time: give every thread, and every query whose result is still being read, its own ``connection.cursor()``.
    DuckDB keeps one instance per file and process: a file that is open here cannot be opened with other settings in the same process.

    Args:
        store: The store's folder.
        edition: Name of the edition.
        release: Id of a release; default: the one that is current now, looked up again when it is collected before it could be opened.

    Raises:
        StoreError: There is no such release or edition, or its file is missing or damaged.
    """
    tried = ""
    for _ in range(_ATTEMPTS):
        found = manifest(store, release) if release else needed(store)
        if found.release_id == tried:
            break
        tried = found.release_id
        path = edition_file(store, found, edition)
        if path.exists():
            return _checked(path, found)
    raise StoreError(
        f"the file of edition {edition!r} of release {tried} is missing.", "Run `canonry verify`, then `canonry rollback` or `canonry run`."
    )


def open_file(path: Path) -> duckdb.DuckDBPyConnection:
    """Open one store file read-only with the settings of `connect`, without asking the pointer.

    Raises:
        StoreError: The file is missing or is no DuckDB file.
    """
    try:
        connection = duckdb.connect(str(path), read_only=True, config=READ_SETTINGS)
        connection.execute("SET TimeZone = 'UTC'")
    except duckdb.Error as e:
        raise StoreError(f"cannot open {path.parent.name}/{path.name}: it is missing or damaged.", "Run `canonry verify`.") from e
    return connection


def read_table(store: Path, release: Manifest, edition: str, table: str) -> pl.DataFrame:
    """Read a published table with exactly the types that `canonry.published` declares, rows in key order.

    Raises:
        StoreError: The release has no such edition or table, or its file is missing or damaged.
    """
    return dict(read_tables(edition_file(store, release, edition), (table,)))[table]


def read_tables(path: Path, tables: Iterable[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Read tables of one store file one after the other; see `read_table`."""
    with open_file(path) as connection:
        for name in tables:
            yield name, _rows(connection, name)


def history(store: Path, release: Manifest | None, edition: str) -> History:
    """Read what the parent release of the same edition knew: the tables of `HISTORY`.

    Args:
        store: The store's folder.
        release: The parent release; None on the first night.
        edition: The edition; one that did not exist then has an empty history.
    """
    if release is None or edition not in release.editions:
        return History()
    names = tuple(t for t in HISTORY if t in release.editions[edition].tables)
    return History(dict(read_tables(edition_file(store, release, edition), names)))


def column(store: Path, table: str, name: str) -> set[str]:
    """What stands in a column of a published table, in any edition of any release that is there; nulls left out."""
    files = [edition_file(store, r, e) for r in releases(store) for e in r.editions if table in r.editions[e].tables]
    return {value for file in files for value in dict(read_tables(file, (table,)))[table][name].drop_nulls()}


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    if name not in published.TABLES:
        raise StoreError(f"there is no published table {name!r}.", f"There are: {', '.join(sorted(published.TABLES))}.")
    try:
        return published.TABLES[name].conform(connection.sql(f'SELECT * FROM "{name}"').pl())  # noqa: S608  (a declared name)
    except (duckdb.Error, pl.exceptions.PolarsError) as e:
        raise StoreError(f"the table {name!r} of the store cannot be read.", "Run `canonry verify`.") from e


def _checked(path: Path, release: Manifest) -> duckdb.DuckDBPyConnection:
    """Open a file and make sure that it is of the release that its name promises."""
    connection = open_file(path)
    try:
        inside = connection.execute("SELECT release_id FROM release").fetchall()
    except duckdb.Error:
        inside = []
    if inside != [(release.release_id,)]:
        connection.close()
        raise StoreError(
            f"the file of release {release.release_id} holds something else.", "Run `canonry verify`, then `canonry rollback`."
        )
    return connection


def _manifest_in(path: Path) -> Manifest | None:
    try:
        return Manifest.from_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as e:
        raise StoreError(f"cannot read {path}: {e.strerror}.", "Only the owner of the store may open it.") from e
    except ValidationError as e:
        raise StoreError(
            f"{path} is no manifest: it was changed by something else.", "Run `canonry verify`, then `canonry rollback ID`."
        ) from e
