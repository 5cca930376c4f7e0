"""The memo store: results of pure steps, kept as Parquet under a key that says what they are a function of."""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import polars as pl

from canonry.errors import StoreError
from canonry.ids import digest, digest_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_COMPACT_ABOVE = 24  # files of one step; more make opening slower than reading


@dataclass(frozen=True)
class Step:
    """A memoised step: its results depend on the key, on its version and on the settings it is given, on nothing else.

    Attributes:
        name: Folder name, `stage` or `stage-part`.
        version: To be counted up whenever the code of the step changes what it returns.
        settings: The configuration values that the step reads (JSON-like).
    """

    name: str
    version: int
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def fingerprint(self) -> str:
        """Hash of everything but the key."""
        return digest_json([self.name, self.version, self.settings])


class Memo(Protocol):
    """Rows per key, computed once."""

    hits: Counter[str]
    misses: Counter[str]

    def kept(self, step: Step, key: str) -> pl.DataFrame | None:
        """Give the rows of a key if they are there."""
        ...

    def rows(self, step: Step, keys: Sequence[str], compute: Callable[[list[str]], pl.DataFrame]) -> pl.DataFrame:
        """Give the rows of all keys, computing those that are not there yet.

        Args:
            step: What the rows are a result of.
            keys: Content hashes; repeated ones count once.
            compute: Called once with the missing keys; returns rows with a column ``key``. A key may have no row.

        Returns:
            The rows of all keys, ordered by key, rows of one key in the order in which they were computed.
        """
        ...


class NoMemo:
    """Computes everything every time (tests, `compare_statements`)."""

    def __init__(self) -> None:
        """Start counting."""
        self.hits: Counter[str] = Counter()
        self.misses: Counter[str] = Counter()

    def kept(self, step: Step, key: str) -> pl.DataFrame | None:  # noqa: ARG002  (nothing is kept)
        """See `Memo.kept`."""
        return None

    def rows(self, step: Step, keys: Sequence[str], compute: Callable[[list[str]], pl.DataFrame]) -> pl.DataFrame:
        """See `Memo.rows`."""
        wanted = sorted(set(keys))
        self.misses[step.name] += len(wanted)
        return compute(wanted).sort("key", maintain_order=True)


class FileMemo:
    """A folder of Parquet files per step and fingerprint: ``rows-*`` with the results, ``keys-*`` with what was computed.

    A part counts when its keys are there; a key that stands in two parts, because a run died between writing and tidying, counts once.
    """

    def __init__(self, folder: Path, *, is_cache: bool = True, refresh: bool = False, writes: bool = True) -> None:
        """Open or make the store.

        Args:
            folder: Where it lies.
            is_cache: What is damaged is forgotten and made anew; otherwise what is there is the value, and damage is an error.
            refresh: Compute everything anew; what was there goes when the new rows are written, not before.
            writes: Whether new rows are kept on disk; without it the folder stays as it is.
        """
        self.folder, self.is_cache, self.refresh, self.writes = folder, is_cache, refresh, writes
        self.hits: Counter[str] = Counter()
        self.misses: Counter[str] = Counter()
        self._loaded: dict[str, tuple[set[str], pl.DataFrame | None]] = {}

    def kept(self, step: Step, key: str) -> pl.DataFrame | None:
        """See `Memo.kept`."""
        known, rows = self._opened(step)
        there = key in known
        self.hits[step.name] += there
        return rows.filter(pl.col("key") == key) if there and rows is not None else None

    def _opened(self, step: Step) -> tuple[set[str], pl.DataFrame | None]:
        if step.fingerprint not in self._loaded:
            self._loaded[step.fingerprint] = self._open(self.folder / step.name / step.fingerprint)
        return self._loaded[step.fingerprint]

    def rows(self, step: Step, keys: Sequence[str], compute: Callable[[list[str]], pl.DataFrame]) -> pl.DataFrame:
        """See `Memo.rows`."""
        place = self.folder / step.name / step.fingerprint
        known, kept = self._opened(step)
        wanted = sorted(set(keys))
        missing = [k for k in wanted if k not in known]
        self.hits[step.name] += len(wanted) - len(missing)
        self.misses[step.name] += len(missing)
        if missing or kept is None:
            fresh = compute(missing)
            kept = fresh if kept is None else pl.concat([kept, fresh.cast(dict(kept.schema))])  # type: ignore[arg-type]
            self._loaded[step.fingerprint] = (known | set(missing), kept)
            if missing and self.writes:
                self._write(place, missing, fresh, alone=self.refresh and not known)
        return kept.filter(pl.col("key").is_in(wanted)).sort("key", maintain_order=True)

    def _open(self, place: Path) -> tuple[set[str], pl.DataFrame | None]:
        parts = [] if self.refresh else sorted(place.glob("keys-*.parquet"))
        try:
            keys, rows = _read(parts)
        except (OSError, pl.exceptions.PolarsError) as e:
            if not self.is_cache:
                raise _damaged(place) from e
            shutil.rmtree(place, ignore_errors=True)  # a damaged cache costs time, never a wrong result
            return set(), None
        if rows is not None and len(parts) > _COMPACT_ABOVE and self.writes:
            self._write(place, sorted(keys), rows, alone=True)
        return keys, rows

    @staticmethod
    def _write(place: Path, keys: list[str], rows: pl.DataFrame, *, alone: bool) -> None:
        """Rows first, keys last: a key counts only when its rows are complete. A part that is to stand alone lets the others go then."""
        for folder in (place.parent.parent, place.parent, place):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # what is kept serves every edition
        name = digest(*keys)
        for kind, frame in (("rows", rows), ("keys", pl.DataFrame({"key": keys}))):
            target = place / f"{kind}-{name}.parquet"
            staged = target.with_suffix(".tmp")
            try:
                frame.write_parquet(staged)
                staged.replace(target)
            finally:
                with contextlib.suppress(OSError):
                    staged.unlink(missing_ok=True)
        if alone:
            _remove_others(place, name)


def _read(parts: Sequence[Path]) -> tuple[set[str], pl.DataFrame | None]:
    """Put parts together: all their keys, and the rows of each key from the first part that has it."""
    known: set[str] = set()
    frames = []
    for part in parts:
        keys = set(pl.read_parquet(part)["key"])
        rows = pl.read_parquet(part.with_name(part.name.replace("keys-", "rows-")))
        frames.append(rows.filter(~pl.col("key").is_in(list(keys & known))) if keys & known else rows)
        known |= keys
    return known, pl.concat(frames) if frames else None


def _remove_others(place: Path, name: str) -> None:
    """Remove all parts but one, keys before rows, so that no key is ever left without its rows."""
    for kind in ("keys", "rows"):
        for path in place.glob(f"{kind}-*.parquet"):
            if path.name != f"{kind}-{name}.parquet":
                path.unlink(missing_ok=True)


def retain(folder: Path, step: str, keys: set[str]) -> int:
    """Let go of everything that is kept of a step but the rows of some keys.

    Args:
        folder: The folder of the store.
        step: Name of the step.
        keys: What stays.

    Returns:
        How many keys went.
    """
    gone = 0
    for part in sorted((folder / step).glob("*/keys-*.parquet")):
        known = pl.read_parquet(part)
        kept = known.filter(pl.col("key").is_in(list(keys)))
        rows = part.with_name(part.name.replace("keys-", "rows-"))
        if kept.height == known.height:
            continue
        gone += known.height - kept.height
        for path, frame in ((part, kept), (rows, pl.read_parquet(rows).filter(pl.col("key").is_in(list(keys))))):  # keys first, as above
            staged = path.with_suffix(".tmp")
            frame.write_parquet(staged)
            staged.replace(path)
    return gone


def _damaged(place: Path) -> StoreError:
    return StoreError(
        f"what is frozen in {place} is damaged or cannot be read.",
        "Bring the folder back from a backup or mend its rights; `canonry run --refit` makes everything in it anew.",
    )


def counts(memos: Sequence[Memo]) -> Mapping[str, tuple[int, int]]:
    """Hits and misses per step over several stores."""
    names = sorted({n for m in memos for n in (*m.hits, *m.misses)})
    return {n: (sum(m.hits[n] for m in memos), sum(m.misses[n] for m in memos)) for n in names}
