"""What must hold of files: whole or absent, on disk before they are named, and one publisher at a time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import threading
from typing import TYPE_CHECKING

from canonry import store as stores
from canonry.errors import LockedError, RunFailedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = ".lock"
STAGING = ".staging-"
FOLDER_MODE = 0o711  # others may reach an edition whose name they were given, and list nothing


class _Held(threading.local):
    """The stores that this thread has locked."""

    def __init__(self) -> None:
        self.stores: set[Path] = set()


_held = _Held()


@contextlib.contextmanager
def lock(store: Path) -> Iterator[None]:
    """Hold the store for writing; inside the same thread it may be taken again, as `publish` does inside a run.

    Raises:
        LockedError: Another process or thread holds it; the message names the process.
        RunFailedError: The store's folder cannot be made or written.
    """
    place = store.resolve()
    if place in _held.stores:
        yield
        return
    handle = _open_lock(store)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise LockedError(
                f"another run (process {holder}) holds the lock of {store}.", "Wait until it has ended, then run again."
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        _held.stores.add(place)
        try:
            yield
        finally:
            _held.stores.discard(place)
    finally:
        os.close(handle)


def _open_lock(store: Path) -> int:
    try:
        store.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        return os.open(store / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as e:
        raise RunFailedError(
            f"cannot write to the store {store}: {e.strerror}.", "Make the folder writable for the user that runs canonry."
        ) from e


def sync(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_file(path: Path, text: str) -> None:
    """Put a text in the place of a file, so that a reader sees the old one or the new one and nothing else."""
    staged = path.with_name(f".{path.name}.tmp")
    try:
        handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
        staged.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
        raise
    with contextlib.suppress(OSError):  # the file is in place; only whether the name outlives a power cut is open
        sync(path.parent)


def sha256(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def orphans(store: Path) -> list[Path]:
    """Find what dead runs left: staging folders, half-written pointers, release folders that never got their manifest."""
    kept = stores.current(store)
    folder = store / stores.RELEASES
    places = sorted(folder.iterdir()) if folder.is_dir() else []
    bare = [p for p in places if stores.is_release_id(p.name) and not (p / stores.MANIFEST).exists()]
    return [
        *sorted(store.glob(f"{STAGING}*")),
        *store.glob(f".{stores.POINTER}.tmp"),
        *(p for p in bare if kept is None or p.name != kept.release_id),
    ]


def remove(path: Path) -> None:
    """Remove a file or a whole folder; one that is gone already is fine."""
    if path.is_dir() and not path.is_symlink():
        (path / stores.MANIFEST).unlink(missing_ok=True)  # first, so that a half-removed release counts as none
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
