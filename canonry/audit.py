"""The record of every call that agents make: one line each, every line bound to the one before it by a hash."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.errors import StoreError
from canonry.journal import head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

FILE, HEAD = "audit.jsonl", "audit.head"
START = "0" * 32  # what the first row is bound to
_BLOCK = 1 << 16
_HEAD_BYTES = 256
_SHOWN = 50  # problems named; the others are counted


@dataclass(frozen=True)
class Call:
    """One call, as it is noted.

    Attributes:
        at: When it was answered (UTC).
        principal: Who asked.
        tool: What was called; as it was named, also when there is no such tool.
        arguments: Hash of the arguments (`hashed`).
        status: The status of the result, or the code of the error.
        ms: Milliseconds from question to answer.
        edition: What was read; None for who may read nothing.
        release: The release that answered.
        cites: What was served, without repetition.
        tokens: Size of the result, by `counter`.
        acting_for: On whose behalf.
        query: The arguments themselves, where the configuration says so.
    """

    at: datetime
    principal: str
    tool: str
    arguments: str
    status: str
    ms: float
    edition: str | None = None
    release: str | None = None
    cites: tuple[str, ...] = ()
    tokens: int = 0
    acting_for: str | None = None
    query: Mapping[str, Any] | None = None

    def row(self) -> dict[str, Any]:
        """Give the fields that are filled, as JSON-like values."""
        told = {**vars(self), "at": self.at.isoformat(timespec="milliseconds"), "cites": list(self.cites), "ms": round(self.ms, 1)}
        return {k: v for k, v in told.items() if v is not None}


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was written.

    Attributes:
        line: The line of the file, from 1; 0 where it is the file as a whole.
        message: What is wrong, in one sentence.
    """

    line: int
    message: str


@dataclass(frozen=True)
class Checked:
    """What a check of the record found.

    Attributes:
        rows: Lines in the file.
        anchors: Releases whose manifest was compared.
        problems: What is wrong, at most fifty; empty when nothing is.
        more: Problems beyond these.
    """

    rows: int
    anchors: int
    problems: tuple[Problem, ...]
    more: int = 0


def hashed(arguments: Mapping[str, Any]) -> str:
    """Hash the arguments of a call; whoever guesses them can check the guess, so this hides nothing from who may read the record."""
    text = json.dumps(arguments, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass
class Log:
    """The record, open for adding; several threads and several processes may add at once.

    A row is handed to the system before `note` returns, so it survives the end of the process. It survives a power cut once the file is
    forced to disk: before `note` returns with ``each_call``, else when `sync` is called.

    Attributes:
        folder: The journal's folder; made when it is not there.
        each_call: Whether every row is forced to disk.
    """

    folder: Path
    each_call: bool = False
    _end: int = field(default=-1, init=False)
    _chain: str = field(default=START, init=False)
    _number: int = field(default=0, init=False)
    _is_dirty: bool = field(default=False, init=False)
    _here: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        """Open the two files."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(self.folder / FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._head = os.open(self.folder / HEAD, os.O_RDWR | os.O_CREAT, 0o600)

    def note(self, call: Call) -> None:
        """Add a row behind the last one, whoever wrote that.

        Raises:
            OSError: It could not be written; the caller must not answer then.
        """
        with self._here, _locked(self._file):
            size = os.fstat(self._file).st_size
            lost = self._caught_up(size) if size != self._end else 0
            row = {"n": self._number + 1, **call.row(), **({"lost": lost} if lost else {}), "before": self._chain}
            body = json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode()
            self._chain, self._number = _hash(body), self._number + 1
            _write(self._file, body[:-1] + _seal(self._chain) + b"\n")
            self._end = os.fstat(self._file).st_size
            os.pwrite(self._head, f'{{"offset":{self._end:>15},"rows":{self._number:>12},"hash":"{self._chain}"}}\n'.encode(), 0)
            self._is_dirty = True
        if self.each_call:
            self.sync()

    def _caught_up(self, size: int) -> int:
        """Go on from the last row, which another process or an earlier one wrote; say how many bytes are missing behind it."""
        self._chain, self._number, is_cut = _last(self._file, size)
        if is_cut:
            _write(self._file, b"\n")  # a line that was cut short stays a line of its own, and is told of
        told = _parsed(os.pread(self._head, _HEAD_BYTES, 0), ("offset",))
        return max(told["offset"] - size, 0) if told else 0

    def sync(self) -> None:
        """Force what was added to disk."""
        if self._is_dirty:
            self._is_dirty = False
            os.fsync(self._file)
            os.fsync(self._head)

    def close(self) -> None:
        """Force the rest to disk and let go."""
        self.sync()
        os.close(self._file)
        os.close(self._head)


def check(folder: Path, anchors: Mapping[str, Mapping[str, Any]]) -> Checked:
    """Compare the record with itself, with its own head and with what releases say of it.

    Found are rows that were edited, removed, moved or added in between, wherever they stand, and rows cut off at the end. Whoever can write
    to the journal *and* to the store can forge all three.

    Args:
        folder: The journal's folder.
        anchors: Release → ``{offset, head}`` of the file ``audit`` in its manifest.

    Raises:
        StoreError: The file cannot be read.
    """
    try:
        problems = [*_broken_links(folder), *_cut_off(folder), *_not_anchored(folder, anchors)]
        rows = sum(1 for _ in _lines(folder / FILE))
    except OSError as e:
        raise StoreError(f"the record of calls cannot be read: {e.strerror}.", "Only the owner of the journal may read it.") from e
    problems.sort(key=lambda p: p.line)
    return Checked(rows, len(anchors), tuple(problems[:_SHOWN]), max(len(problems) - _SHOWN, 0))


def served(folder: Path, upto: int) -> pl.DataFrame:
    """Read what was served to whom: call (its number in the frame), edition, cite; one row each, no cite twice in a call.

    Lines that cannot be read are left out; `check` tells of them.

    Args:
        folder: The journal's folder.
        upto: So many bytes of the file, as a release's manifest says.
    """
    raw = b""
    if (folder / FILE).exists():
        with (folder / FILE).open("rb") as file:
            raw = file.read(upto)
    wanted: dict[str, pl.DataType] = {"edition": pl.String(), "cites": pl.List(pl.String)}
    try:
        calls = pl.read_ndjson(io.BytesIO(raw), schema=wanted)
    except pl.exceptions.PolarsError:
        rows = [row for line in raw.split(b"\n") if (row := _parsed(line, wanted)) is not None]
        calls = pl.DataFrame([{k: row[k] for k in wanted} for row in rows], schema=wanted, strict=False)
    told = calls.with_row_index("call").filter(pl.col("edition").is_not_null())
    return told.explode("cites").select("call", "edition", cite="cites").drop_nulls("cite").unique(maintain_order=True)


def _broken_links(folder: Path) -> Iterator[Problem]:
    """Follow the rows from the first to the last."""
    expected, number = START, 0
    for at, line in enumerate(_lines(folder / FILE), 1):
        row = _parsed(line)
        if row is None:
            yield Problem(at, "This line is no whole row.")
            continue
        seal = _seal(row["hash"]) + b"\n"
        if not line.endswith(seal) or row["hash"] != _hash(line.removesuffix(seal) + b"}"):
            yield Problem(at, "This row was changed after it was written.")
        if "lost" in row:
            yield Problem(at, f"When this row was added, {row['lost']} bytes were missing at the end: rows were removed before it.")
        if row["before"] != expected or row["n"] != number + 1:
            yield Problem(at, f"Row {row['n']} does not follow row {number}: rows were removed, moved or added before it.")
        expected, number = row["hash"], row["n"]


def _cut_off(folder: Path) -> Iterator[Problem]:
    """Compare the end of the file with the head beside it, which names the last row that was written."""
    told = _parsed((folder / HEAD).read_bytes(), ("offset", "hash")) if (folder / HEAD).exists() else None
    if told is None:
        if (folder / FILE).exists() and (folder / FILE).stat().st_size:
            yield Problem(0, f"{HEAD} is missing or unreadable: rows at the end may have been removed.")
        return
    size = (folder / FILE).stat().st_size if (folder / FILE).exists() else 0
    if size < told["offset"]:
        yield Problem(0, f"The file is shorter than its head says: the last {told['offset'] - size} bytes were removed.")
    elif size > told["offset"]:
        yield Problem(0, "Rows stand behind the last one that was noted.")
    elif not _ends_with(folder / FILE, _seal(told["hash"]) + b"\n"):
        yield Problem(0, "The last row is not the last one that was noted.")


def _not_anchored(folder: Path, anchors: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    for release, told in sorted(anchors.items(), key=lambda a: a[1].get("offset", 0)):
        if not told.get("offset"):
            continue
        found = head(folder / FILE, told["offset"])
        if found["offset"] < told["offset"]:
            yield Problem(0, f"Release {release} saw {told['offset']} bytes of it, and there are {found['offset']}: rows were removed.")
        elif found["head"] != told["head"]:
            yield Problem(0, f"The first {told['offset']} bytes are not those that release {release} saw.")


def _lines(path: Path) -> Iterator[bytes]:
    if path.exists():
        with path.open("rb") as file:
            yield from file


def _parsed(line: bytes, needed: Iterable[str] = ("n", "before", "hash")) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and all(k in row for k in needed) else None


def _seal(chain: str) -> bytes:
    """How a row ends."""
    return f',"hash":"{chain}"}}'.encode()


def _hash(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _last(handle: int, size: int) -> tuple[str, int, bool]:
    """Hash and number of the last whole row, and whether something that is no whole line stands behind it."""
    tail, start = b"", size
    while start > 0:
        step = min(_BLOCK, start)
        start -= step
        tail = os.pread(handle, step, start) + tail
        lines = tail.split(b"\n")
        for line in reversed(lines[1:-1] if start else lines[:-1]):
            row = _parsed(line)
            if row is not None:
                return str(row["hash"]), int(row["n"]), bool(lines[-1])
    return START, 0, bool(tail) and not tail.endswith(b"\n")


def _ends_with(path: Path, end: bytes) -> bool:
    with path.open("rb") as file:
        file.seek(-len(end), os.SEEK_END)
        return file.read() == end


def _write(handle: int, raw: bytes) -> None:
    """Write all of it, or raise."""
    while raw:
        raw = raw[os.write(handle, raw) :]


class _locked:  # noqa: N801  (reads as a statement)
    """Hold a file against other processes."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __enter__(self) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._handle, fcntl.LOCK_UN)
