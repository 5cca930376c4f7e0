"""What can be done with releases that exist: check them, go back to one, let old ones go."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canonry import journal
from canonry import store as stores
from canonry.errors import RunFailedError, StoreError, UsageError
from canonry.publish.about import inputs_fingerprint
from canonry.publish.files import lock, orphans, remove, replace_file, sha256
from canonry.publish.writing import differences
from canonry.store import COPIES, FULL, Manifest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from pathlib import Path

_HASH = re.compile(r"[0-9a-f]{16,64}")


@dataclass(frozen=True)
class Problem:
    """Something in the store that is not as it was published.

    Attributes:
        release_id: The release.
        place: The file or edition.
        message: What is wrong, in one sentence.
    """

    release_id: str
    place: str
    message: str


@dataclass(frozen=True)
class Collected:
    """What garbage collection removed.

    Attributes:
        releases: Ids of releases.
        copies: Copies of sources that no release names any more, relative to the store.
        orphans: What dead runs had left, relative to the store.
    """

    releases: tuple[str, ...]
    copies: tuple[str, ...]
    orphans: tuple[str, ...]


def verify(store: Path, release_id: str | None = None) -> list[Problem]:
    """Check that releases are what was published: bytes, modes, and the content of every table.

    Args:
        store: The store's folder.
        release_id: Which release; default: all that are kept, and the pointer.

    Returns:
        What is wrong; empty when everything is in order.

    Raises:
        StoreError: There is no such release, or none at all.
    """
    if release_id:
        return _problems(store, stores.manifest(store, release_id))
    names = stores.release_ids(store)
    if not names:
        stores.needed(store)
    return [*_pointer_problems(store), *(p for name in names for p in _release_problems(store, name))]


def rollback(store: Path, release_id: str | None, journal_folder: Path, *, now: datetime) -> Manifest:
    """Make another release current, and hold back the inputs of those that are left behind until they change.

    Args:
        store: The store's folder.
        release_id: Where to go; default: the parent of the current release. Going forward again sets held inputs free.
        journal_folder: Where the line ``{from, to, held, freed, at}`` is added to ``rollbacks.jsonl``.
        now: The moment to note (UTC).

    Returns:
        The release that is current now.

    Raises:
        UsageError: There is nowhere to go back to, or the release is current already.
        StoreError: The release does not exist, or is not what was published.
        LockedError: A run is under way.
    """
    with lock(store):
        here = _here(store, release_id)
        there = _target(store, here, release_id)
        if problems := _problems(store, there):
            listed = "; ".join(p.message for p in problems)
            raise StoreError(f"release {there.release_id} cannot be trusted: {listed}.", "Choose another one from `canonry releases`.")
        _note(journal_folder, {**_passed(store, here, there), "to": there.release_id, "at": now.isoformat()})
        _point(store, there)
        return there


def collect(
    store: Path, keep_releases: int, keep_days: int | None = None, run_date: date | None = None, *, dry_run: bool = False
) -> Collected:
    """Remove old releases, copies of sources that no kept release names, and what dead runs left.

    The current release, its parent and the newest one always stay. Age is counted in sequence numbers, never in file times.

    Args:
        store: The store's folder.
        keep_releases: How many of the newest releases stay.
        keep_days: With `run_date`: releases of an older run date go too, even when they are among the newest.
        run_date: The day that counts as today.
        dry_run: Say what would go, remove nothing.

    Raises:
        LockedError: A run is under way.
        StoreError: There is no release yet.
    """
    with lock(store):
        here, kept = stores.needed(store), stores.releases(store)
        always = {here.release_id, here.parent, *(m.release_id for m in kept[-1:])}
        young = kept[-keep_releases:] if keep_releases > 0 else []
        if keep_days is not None and run_date is not None:
            young = [m for m in young if (run_date - m.run_date).days <= keep_days]
        stay = [m for m in kept if m in young or m.release_id in always]
        gone = [m.release_id for m in kept if m not in stay]
        left = [*orphans(store), *(store / COPIES).glob("*/.tmp-*")]
        copies = _unnamed_copies(store, [*stay, here])
        found = Collected(tuple(gone), _relative(store, copies), _relative(store, left))
        if dry_run:
            return found
        asides = [copy.rename(copy.with_name(f".tmp-{copy.name}")) for copy in copies]  # a copy is there whole or not at all
        for path in (*(stores.release_folder(store, r) for r in gone), *left, *asides):
            remove(path)
        return found


def _here(store: Path, release_id: str | None) -> Manifest | None:
    """Say which release is current; None when the pointer is lost or damaged and the caller says where to go."""
    try:
        return stores.needed(store)
    except StoreError:
        if release_id is None:
            raise
        return None


def _note(journal_folder: Path, line: dict[str, str | list[str] | None]) -> None:
    """Write a rollback down first: a pointer that moved without its line would let the next night publish the same inputs again."""
    try:
        journal.append(journal_folder, "rollbacks", line)
    except OSError as e:
        raise RunFailedError(
            f"the rollback could not be written to {journal_folder / 'rollbacks.jsonl'}: {e.strerror}.",
            "Mend that and call it again; the pointer was not touched.",
        ) from e


def _point(store: Path, there: Manifest) -> None:
    try:
        replace_file(store / stores.POINTER, there.to_json())
    except OSError as e:
        raise RunFailedError(
            f"the pointer could not be replaced: {e.strerror}.",
            "Mend that and call it again: the journal has the line about this rollback already, the pointer is where it was.",
        ) from e


def _target(store: Path, here: Manifest | None, release_id: str | None) -> Manifest:
    wanted = release_id or (here.parent if here else None)
    if wanted is None:
        raise UsageError("the current release is the first: there is none to go back to.", "List releases with `canonry releases`.")
    if here and wanted == here.release_id:
        raise UsageError(f"release {wanted} is current already.", "List releases with `canonry releases`.")
    return stores.manifest(store, wanted)


def _passed(store: Path, here: Manifest | None, there: Manifest) -> dict[str, str | list[str] | None]:
    """Name the inputs of all releases between the two: held when going back, freed when going forward."""
    if here is None:
        return {"from": None}
    low, high = sorted((here.sequence, there.sequence))
    inputs = sorted({inputs_fingerprint(m) for m in [*stores.releases(store), here, there] if low < m.sequence <= high})
    return {"from": here.release_id, "held" if there.sequence < here.sequence else "freed": inputs}


def _pointer_problems(store: Path) -> list[Problem]:
    try:
        pointed = stores.needed(store)
        agrees = stores.manifest(store, pointed.release_id) == pointed
    except StoreError:
        return [Problem("", stores.POINTER, "the pointer is lost, damaged, or names no release that is kept")]
    return [] if agrees else [Problem(pointed.release_id, stores.POINTER, "the pointer does not agree with the manifest of its release")]


def _release_problems(store: Path, release_id: str) -> list[Problem]:
    try:
        return _problems(store, stores.manifest(store, release_id))
    except StoreError:
        return [Problem(release_id, stores.MANIFEST, "the manifest is missing or damaged")]


def _problems(store: Path, release: Manifest) -> list[Problem]:
    found = [
        Problem(release.release_id, edition, f"edition {edition}: {message}")
        for edition in sorted(release.editions)
        for message in _edition_problems(store, release, edition)
    ]
    if FULL not in release.editions:
        found.append(Problem(release.release_id, stores.MANIFEST, f"the edition {FULL} is missing from the manifest"))
    return found


def _edition_problems(store: Path, release: Manifest, edition: str) -> list[str]:
    path, entry = stores.edition_file(store, release, edition), release.editions[edition]
    if not path.is_file():
        return ["its file is missing"]
    found = []
    if stat.S_IMODE(path.stat().st_mode) & 0o222:
        found.append("its file can be written to")
    if edition == FULL and stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        found.append("its folder is open to others than its owner")
    if path.stat().st_size != entry.bytes or sha256(path) != entry.sha256:
        return [*found, "its file was changed after it was published"]  # DuckDB is not shown what somebody else wrote
    try:
        return [*found, *differences(path, entry.tables)]
    except StoreError as e:
        return [*found, e.message]


def _unnamed_copies(store: Path, kept: Iterable[Manifest]) -> list[Path]:
    """Find the copies ``copies/<source>/<hash>`` that no kept release names; anything whose name is no hash is left alone."""
    named = {(source, used.hash) for m in kept for source, used in m.inputs.items()}
    places = sorted((store / COPIES).glob("*/*"))
    return [p for p in places if _HASH.fullmatch(p.name) and (p.parent.name, p.name) not in named]


def _relative(store: Path, paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(p.relative_to(store).as_posix() for p in paths)
