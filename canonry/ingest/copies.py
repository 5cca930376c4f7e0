"""The last good copies: Parquet under the hash of their content, written once and never changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import polars as pl

from canonry.errors import RunFailedError, StoreError
from canonry.frames import INGESTED, shaped
from canonry.ingest.reading import KINDS, Reading

# The order in which rows are hashed and kept, whatever the order in which they were read.
_ORDER: dict[str, tuple[str, ...]] = {
    "documents": ("path",),
    "records": ("record_id",),
    "claims": ("subject", "attribute", "asserter", "value", "observed_at", "location", "removed_on"),
    "quarantine": ("location", "rule"),
}


def copy_hash(kind: str, rows: pl.DataFrame, quarantine: pl.DataFrame) -> str:
    """Hash the state of a source: rows and quarantine in key order, as JSON lines.

    Args:
        kind: documents, records or claims.
        rows: In the shape of ``INGESTED[kind]``.
        quarantine: In the shape of ``INGESTED["quarantine"]``.

    Returns:
        32 hexadecimal digits; equal for equal content in any order.
    """
    state = hashlib.blake2b(kind.encode(), digest_size=16)
    for name, frame in ((kind, rows), ("quarantine", quarantine)):
        told = _ordered(name, frame)
        if name in ("records", "claims"):
            told = told.drop("location")  # where a row stands in the file is no part of what it says
        state.update(b"\n\n" + told.write_ndjson().encode())
    return state.hexdigest()


class CopyStore:
    """A folder of copies, ``<source>/<hash>/<kind>.parquet`` and ``quarantine.parquet``, for its owner's eyes only."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made with the first copy.

        Args:
            folder: ``store/copies``.
        """
        self.folder = folder

    def put(self, kind: str, rows: pl.DataFrame, quarantine: pl.DataFrame) -> str:
        """Keep a copy; one that is already there is left alone.

        Args:
            kind: documents, records or claims.
            rows: In the shape of ``INGESTED[kind]``, of one source, not empty.
            quarantine: In the shape of ``INGESTED["quarantine"]``.

        Returns:
            The hash to get it by.

        Raises:
            RunFailedError: The disk is full or refuses.
        """
        name = copy_hash(kind, rows, quarantine)
        place = self.folder / str(rows["source"].unique().item()) / name
        if place.is_dir():
            return name
        try:
            self._write(place, {kind: rows, "quarantine": quarantine})
        except (OSError, pl.exceptions.PolarsError) as e:
            reason = getattr(e, "strerror", None) or str(e)
            raise RunFailedError(f"A copy could not be written to {self.folder}: {reason}.", "Free space there and run again.") from e
        return name

    def has(self, source: str, name: str) -> bool:
        """Whether a copy is there."""
        return bool(name) and (self.folder / source / name).is_dir()

    def get(self, source: str, name: str) -> Reading:
        """Read a copy back.

        Raises:
            StoreError: It is not there, or damaged.
        """
        place = self.folder / source / name
        try:
            kind = next(k for k in KINDS if (place / f"{k}.parquet").is_file())
            rows, quarantine = (pl.read_parquet(place / f"{n}.parquet") for n in (kind, "quarantine"))
        except (StopIteration, OSError, pl.exceptions.PolarsError) as e:
            message = f"The copy {name} of the source {source} is missing or damaged."
            raise StoreError(message, "Remove that folder under store/copies, and run again while the source is there.") from e
        return Reading.of(kind, shaped(rows, INGESTED[kind]), shaped(quarantine, INGESTED["quarantine"]))

    def names(self) -> list[tuple[str, str]]:
        """List source and hash of every copy that is there."""
        return [(p.parent.name, p.name) for p in sorted(self.folder.glob("*/*")) if p.is_dir() and not p.name.startswith(".")]

    def rewrite(self, source: str, name: str, reading: Reading) -> None:
        """Put another content in the place of a copy, under the name that manifests call it by: only for what people had erased.

        Each file is replaced whole; killed in between, the same call again finishes.
        """
        place = self.folder / source / name
        kind = next(k for k in KINDS if (place / f"{k}.parquet").is_file())
        for part, frame in ((kind, reading.rows(kind)), ("quarantine", reading.quarantine)):
            staged = place / f".{part}.tmp"
            _ordered(part, frame).write_parquet(staged)
            _sync(staged)
            staged.replace(place / f"{part}.parquet")
        _sync(place)

    def _write(self, place: Path, frames: dict[str, pl.DataFrame]) -> None:
        """Write aside, make sure it is on disk, rename: a copy is there whole or not at all."""
        for folder in (self.folder, place.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        aside = Path(tempfile.mkdtemp(prefix=".tmp-", dir=place.parent))
        try:
            for name, frame in frames.items():
                _ordered(name, frame).write_parquet(aside / f"{name}.parquet")
                _sync(aside / f"{name}.parquet")
            _sync(aside)
            if not place.is_dir():
                aside.rename(place)
            _sync(place.parent)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _ordered(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return shaped(frame, INGESTED[name]).sort(_ORDER[name])


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
