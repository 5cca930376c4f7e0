"""How a release becomes current: built aside, checked, named, and then one pointer is replaced. See ARCHITECTURE, "Publishing"."""

from __future__ import annotations

import contextlib
import errno
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from canonry import store as stores
from canonry.errors import RunFailedError, StoreError
from canonry.publish.about import GateFailedError, Published, held_back, inputs_fingerprint, same_inputs
from canonry.publish.content import content
from canonry.publish.files import FOLDER_MODE, STAGING, lock, orphans, remove, replace_file, sha256, sync
from canonry.publish.writing import differences, write
from canonry.store import FULL, EditionEntry, Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    import polars as pl

    from canonry.publish.about import About, Gate, GateResult
    from canonry.publish.content import Content

STORE_FILE = "store.duckdb"
_UNCHANGED = "The release before stays current."


def publish(
    editions: Mapping[str, Mapping[str, pl.DataFrame]], about: About, store: Path, *, now: datetime, gate: Gate | None = None
) -> Published:
    """Make a release of the tables of all editions, and make it current.

    Nothing is published when the inputs and every table are those of the parent release, or when a rollback holds the inputs back. At any
    moment, also when the process is killed, readers find either the release before or the new one, whole.

    Args:
        editions: Edition → table → rows; `full` must be among them, tables that are missing are empty.
        about: The inputs of the run.
        store: The store's folder; made when it is not there.
        now: The moment that is noted as that of publishing (UTC).
        gate: Judges the staged files before they become current.

    Returns:
        The release that is current now, and whether it is new.

    Raises:
        LockedError: Another run holds the lock.
        GateFailedError: The gate refused; the release before stays current.
        RunFailedError: A table breaks its contract, another run published meanwhile, or the disk is full; the release before stays current.
    """
    with lock(store):
        _check_parent(store, about)
        if about.parent and inputs_fingerprint(about) in held_back(about.rollbacks):
            return Published(about.parent, published=False, reason="held after rollback")
        made = content(editions, about)
        if about.parent and same_inputs(about, about.parent) and _same_tables(made, about.parent):
            return Published(about.parent, published=False, reason="nothing changed")
        with _failing_cleanly(store):
            for leftover in orphans(store):
                remove(leftover)
            return _release(made, about, store, now, gate)


def _check_parent(store: Path, about: About) -> None:
    found, expected = stores.current(store), about.parent
    if (found.release_id if found else None) != (expected.release_id if expected else None):
        raise RunFailedError("another run published while this one was working.", f"Run again. {_UNCHANGED}")


def _same_tables(made: Content, parent: Manifest) -> bool:
    return made.tables == {name: edition.tables for name, edition in parent.editions.items()}


@contextlib.contextmanager
def _failing_cleanly(store: Path) -> Iterator[None]:
    """Whatever goes wrong, leave nothing behind, and say it in one sentence."""
    try:
        yield
    except BaseException as e:
        with contextlib.suppress(OSError, StoreError):
            for leftover in orphans(store):
                remove(leftover)
        if isinstance(e, (OSError, duckdb.Error, StoreError)):
            raise _explained(e, store) from e
        raise


def _explained(error: Exception, store: Path) -> RunFailedError:
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or "no space left" in str(error).lower():
        return RunFailedError(
            f"the disk of the store {store} is full.",
            f"Free some space, for example with a smaller keep.releases, and run again. {_UNCHANGED}",
        )
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return RunFailedError(f"the release could not be written: {first}", f"Mend that and run again. {_UNCHANGED}")


def _release(made: Content, about: About, store: Path, now: datetime, gate: Gate | None) -> Published:
    sequence = max((m.sequence for m in stores.releases(store)), default=0) + 1
    release_id = f"{about.run_date.isoformat()}-{sequence}-{made.digest}"
    (store / stores.RELEASES).mkdir(exist_ok=True, mode=FOLDER_MODE)
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=store))
    staged = {edition: _stage(staging / edition, frames) for edition, frames in made.named(release_id, sequence, now).frames.items()}
    for edition, path in staged.items():
        if wrong := differences(path, made.tables[edition]):
            raise RunFailedError(f"edition {edition!r} was not written as it was computed: {'; '.join(wrong)}.", f"Run again. {_UNCHANGED}")
    judged = _judged(staged, gate)
    entries = {edition: _sealed(path, release_id, made) for edition, path in staged.items()}
    manifest = _manifest(about, release_id, sequence, now, entries)
    _commit(store, staging, manifest)
    return Published(manifest, published=True, reason="published", gate=judged)


def _stage(folder: Path, frames: Mapping[str, pl.DataFrame]) -> Path:
    folder.mkdir()
    folder.chmod(0o700 if folder.name == FULL else 0o755)  # the mode given to mkdir passes through the umask
    path = folder / STORE_FILE
    write(path, frames)
    return path


def _judged(staged: Mapping[str, Path], gate: Gate | None) -> GateResult | None:
    result = gate(staged) if gate else None
    if result is not None and not result.passed:
        raise GateFailedError(result)
    return result


def _sealed(path: Path, release_id: str, made: Content) -> EditionEntry:
    """Bring a file to disk, take away its write permission, and describe it."""
    path.chmod(0o444)
    sync(path)
    sync(path.parent)
    edition = path.parent.name
    return EditionEntry(
        file=f"{stores.RELEASES}/{release_id}/{edition}/{STORE_FILE}",
        sha256=sha256(path),
        bytes=path.stat().st_size,
        tables=dict(made.tables[edition]),
    )


def _manifest(about: About, release_id: str, sequence: int, now: datetime, editions: dict[str, EditionEntry]) -> Manifest:
    return Manifest(
        release_id=release_id,
        sequence=sequence,
        parent=about.parent.release_id if about.parent else None,
        published_at=now,
        run_date=about.run_date,
        schema_version=about.schema_version,
        duckdb_version=duckdb.__version__,
        code_version=about.code_version,
        config_hash=about.config_hash,
        journal={name: dict(head) for name, head in about.journal.items()},
        inputs=dict(about.inputs),
        model=about.model,
        editions=editions,
        degraded=sorted(about.degraded),
    )


def _commit(store: Path, staging: Path, manifest: Manifest) -> None:
    """Name the release, write its manifest, and replace the pointer: the last step alone makes it current."""
    target = stores.release_folder(store, manifest.release_id)
    staging.chmod(FOLDER_MODE)
    sync(staging)
    staging.rename(target)
    sync(target.parent)
    try:
        replace_file(target / stores.MANIFEST, manifest.to_json())
        replace_file(store / stores.POINTER, manifest.to_json())
    except BaseException:
        if not _may_be_current(store, manifest):
            remove(target)
        raise


def _may_be_current(store: Path, manifest: Manifest) -> bool:
    """Say whether the pointer names the release; an interrupt may come after it was replaced, and then the release must stay."""
    try:
        found = stores.current(store)
    except StoreError:
        return True  # nobody knows what it names: nothing is taken away
    return found is not None and found.release_id == manifest.release_id
