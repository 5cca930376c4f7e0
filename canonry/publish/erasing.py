"""Writing the releases that are kept anew, without what people had erased: the one exception to "immutable".

A release is rewritten aside first. Then a file says what will be true of it, and from that moment on the work is only finished, never
undone: whoever is killed in between leaves what the next call needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canonry import published
from canonry import store as stores
from canonry.errors import StoreError
from canonry.publish.content import entry
from canonry.publish.files import lock, replace_file, sha256, sync
from canonry.publish.scrubbing import scrubbed
from canonry.publish.writing import differences, write
from canonry.store import Manifest

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.erasures import Erasures
    from canonry.publish.scrubbing import Tables
    from canonry.store import EditionEntry, TableEntry

_ASIDE = ".new"
_INTENT = "erasing.json"


@dataclass(frozen=True)
class Rewritten:
    """What erasing did to one release.

    Attributes:
        release_id: The release.
        rows: Edition → table → rows that went or changed.
    """

    release_id: str
    rows: dict[str, dict[str, int]]


def erase(store: Path, erasures: Erasures, *, dry_run: bool = False) -> list[Rewritten]:
    """Take what was erased out of every release that is kept.

    Args:
        store: The store's folder.
        erasures: The tombstones.
        dry_run: Say what would change, and change nothing.

    Returns:
        The releases in which something did, oldest first.

    Raises:
        StoreError: A release is not what was published; nothing was changed in it.
        LockedError: A run is under way.
    """
    with lock(store):
        found = []
        for name in stores.release_ids(store):
            if not dry_run:
                _finish(store, name)
            found.append(_rewritten(store, stores.manifest(store, name), erasures, dry_run=dry_run))
        return [r for r in found if r.rows]


def _rewritten(store: Path, release: Manifest, erasures: Erasures, *, dry_run: bool) -> Rewritten:
    changed: dict[str, Tables] = {}
    rows: dict[str, dict[str, int]] = {}
    for edition, told in release.editions.items():
        path = stores.edition_file(store, release, edition)
        if not path.is_file() or sha256(path) != told.sha256:
            message = f"release {release.release_id} is not what was published."
            raise StoreError(message, "Look at it with `canonry verify`, remove its folder if it is beyond repair, and erase again.")
        before = dict(stores.read_tables(path, told.tables))
        after = scrubbed(before, erasures)
        tables = {n: entry(n, f) for n, f in after.items()}
        if differing := {n for n, t in tables.items() if t != told.tables[n]}:
            changed[edition] = after
            rows[edition] = {n: _touched(before, after, n) for n in sorted(differing) if not n.startswith("_")}
    if changed and not dry_run:
        _replace(store, release, changed, erasures)
    return Rewritten(release.release_id, rows)


def _touched(before: Tables, after: Tables, name: str) -> int:
    """Count the rows of a table that went or changed."""
    kept = [c.name for c in published.TABLES[name].columns]
    same = set(after[name].select(kept).write_ndjson().splitlines())
    return sum(line not in same for line in before[name].select(kept).write_ndjson().splitlines())


def _replace(store: Path, release: Manifest, changed: dict[str, Tables], erasures: Erasures) -> None:
    editions = dict(release.editions)
    for edition, tables in changed.items():
        editions[edition] = _aside(store, editions[edition], tables)
    known = [*release.erased, *(e.erasure_id for e in erasures.every if e.erasure_id not in release.erased)]
    replace_file(stores.release_folder(store, release.release_id) / _INTENT,
                 release.model_copy(update={"editions": editions, "erased": known}).to_json())  # fmt: skip
    _finish(store, release.release_id)


def _aside(store: Path, told: EditionEntry, tables: Tables) -> EditionEntry:
    """Write an edition beside the one that is read."""
    place = store / told.file
    path = place.with_name(place.name + _ASIDE)
    path.unlink(missing_ok=True)
    write(path, tables)
    counts: dict[str, TableEntry] = {n: entry(n, f) for n, f in tables.items()}
    if wrong := differences(path, counts):
        raise StoreError(f"{place.name} could not be written anew: {'; '.join(wrong)}.", "Call it again.")
    path.chmod(0o444)
    sync(path)
    sync(path.parent)
    return told.model_copy(update={"sha256": sha256(path), "bytes": path.stat().st_size, "tables": counts})


def _finish(store: Path, release_id: str) -> None:
    """Put in place what was prepared, if something was; throw away what nobody vouched for."""
    folder = stores.release_folder(store, release_id)
    intent = folder / _INTENT
    asides = sorted(folder.glob(f"*/*{_ASIDE}*"))
    if not intent.exists():
        for path in asides:
            path.unlink(missing_ok=True)
        return
    manifest = Manifest.from_json(intent.read_bytes())
    for told in manifest.editions.values():
        place = store / told.file
        aside = place.with_name(place.name + _ASIDE)
        if aside.exists() and sha256(aside) == told.sha256:
            aside.replace(place)
            sync(place.parent)
    replace_file(folder / stores.MANIFEST, manifest.to_json())
    current = stores.current(store)
    if current is not None and current.release_id == release_id:
        replace_file(store / stores.POINTER, manifest.to_json())
    intent.unlink()
    sync(folder)
