"""What a server calls: one query over one file in, rows or a code out."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from canonry.sandbox import kernel

if TYPE_CHECKING:
    from types import TracebackType

LONGEST_SQL = 20_000  # characters
SECONDS = 3.5  # wall clock for one query, opening the file included; freeing 2 GiB on a busy machine takes another one
AT_ONCE = 4  # queries; each may take 2 GiB
_WAIT = 30.0  # seconds that a query waits for its turn
_START = "import sys; sys.path[1:1] = sys.argv[2:]; from canonry.sandbox.template import main; main(int(sys.argv[1]))"
_GRACE = 3.0  # seconds after the deadline that the template process is given before it counts as dead
_REPORT = 4096  # bytes
_GONE = "RELEASE_GONE"
_SURPLUS = 1024  # bytes of an answer around its columns and rows


@dataclass(frozen=True)
class Usage:
    """What one query took.

    Attributes:
        seconds: Wall clock in the child, from fork to end.
        cpu_seconds: Processor time.
        memory_bytes: Most physical memory.
        signal: Which signal ended the child; 0 for none.
        late: Whether it was ended at its deadline.
    """

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    memory_bytes: int = 0
    signal: int = 0
    late: bool = False


@dataclass(frozen=True)
class Answer:
    """What came of one query: rows, or a code.

    Attributes:
        code: Why there are no rows; empty when there are.
        position: Where in the query the error stands, in characters, where that is known.
        columns: Name and type of each column.
        rows: Values as JSON has them.
        more: What cut the rows off: ``rows``, ``bytes``, or nothing.
        usage: What it took.
    """

    code: str = ""
    position: int | None = None
    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    more: str = ""
    usage: Usage = field(default_factory=Usage)


class Sandbox:
    """Runs queries, each in a process of its own that is shut in; safe to use from several threads.

    Args:
        seconds: Wall-clock limit per query.
        at_once: How many queries run at once; others wait.
        gate: Refuse what is no single reading statement. A courtesy: it gives clearer answers, and nothing rests on it.
        locks: Set the engine's own locks too. Only measurements switch gate or locks off, to show what the kernel's walls hold alone.
    """

    def __init__(self, *, seconds: float = SECONDS, at_once: int = AT_ONCE, gate: bool = True, locks: bool = True) -> None:
        self.seconds, self._gate, self._locks = seconds, gate, locks
        self._turns, self._lock = threading.BoundedSemaphore(at_once), threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._holds = False

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """End the template process and what it runs; the next query would start it again."""
        with self._lock:
            self._stop()

    def holes(self, file: Path) -> tuple[str, ...]:
        """Say what keeps the sandbox from holding on this machine: doors that open, or the code that trying ended with.

        Empty when it holds; found out by trying, and kept once it does.

        Args:
            file: A store file to try with.
        """
        if not self._holds:
            found = self._tried(file)
            self._holds = not found
            return found
        return ()

    def _tried(self, file: Path) -> tuple[str, ...]:
        if not kernel.supported():
            return ("no known kernel",)
        told = self._asked(file, "", {"max_rows": 1, "max_bytes": 1, "probe": True, "locks": False})[0]
        opened = told.get("opened")
        return tuple(map(str, opened)) if isinstance(opened, list) else (str(told.get("code", "no answer")),)

    def run(self, file: Path, sql: str, *, max_rows: int, max_bytes: int) -> Answer:
        """Run one query over one store file.

        Args:
            file: The store file.
            sql: The query, of at most `LONGEST_SQL` characters.
            max_rows: At most so many rows come back.
            max_bytes: At most so many bytes of columns and rows, as JSON, come back.

        Returns:
            Rows or a code. ``RELEASE_GONE`` when the file cannot be opened, ``SQL_BUSY`` when no turn came up, ``SQL_UNAVAILABLE`` when the
            sandbox does not hold here.
        """
        if holes := self.holes(file):
            return Answer(_GONE if _GONE in holes else "SQL_UNAVAILABLE")
        if not self._turns.acquire(timeout=_WAIT):
            return Answer("SQL_BUSY")
        try:
            told, usage = self._asked(file, sql, {"max_rows": max_rows, "max_bytes": max_bytes})
        finally:
            self._turns.release()
        return _understood(told, usage)

    def _asked(self, file: Path, sql: str, task: dict[str, Any]) -> tuple[dict[str, Any], Usage]:
        whole = {"seconds": self.seconds, "gate": self._gate, "locks": self._locks, **task}
        with contextlib.ExitStack() as stack:
            answer, report = _Pipe(), _Pipe()
            stack.enter_context(answer)
            stack.enter_context(report)
            try:
                store = stack.enter_context(file.open("rb", buffering=0))
            except OSError:
                return {"code": _GONE}, Usage()
            query = stack.enter_context(open(os.memfd_create("query"), "r+b", buffering=0))  # noqa: PTH123  (a descriptor)
            query.write(sql.encode())
            query.seek(0)
            process = self._send(json.dumps(whole).encode(), [f.fileno() for f in (store, answer.far, query, report.far)])
            if process is None:
                return {"code": "SQL_UNAVAILABLE"}, Usage()
            answer.far.close()
            report.far.close()
            until = time.monotonic() + self.seconds + _GRACE
            told = answer.read(task["max_bytes"] + _SURPLUS, until)
            usage = _usage(report.read(_REPORT, until))
        if usage is None:  # the template process is gone or stuck: a new one next time
            with self._lock:
                if self._process is process:
                    self._stop()
            return {"code": "SQL_FAILED"}, Usage()
        return _parsed(told), usage

    def _send(self, message: bytes, handles: list[int]) -> subprocess.Popen[bytes] | None:
        """Hand a task over, starting the template process where there is none, and give that process; a dead one is replaced once."""
        with self._lock:
            for _ in range(2):
                try:
                    socket.send_fds(self._started(), [message], handles)
                except OSError:
                    self._stop()
                else:
                    return self._process
        return None

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with far:
                engine = importlib.util.find_spec("duckdb")
                places = [str(Path(__file__).parents[2]), *([str(Path(engine.origin).parents[1])] if engine and engine.origin else [])]
                self._process = subprocess.Popen(  # noqa: S603  (this very Python)
                    [sys.executable, "-I", "-c", _START, str(far.fileno()), *places],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env={},
                    pass_fds=[far.fileno()],
                    start_new_session=True,
                )
        return self._control

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._control = self._process = None


class _Pipe:
    """A pipe whose far end is handed over."""

    def __init__(self) -> None:
        near, far = os.pipe()
        self._near, self.far = open(near, "rb", buffering=0), open(far, "wb", buffering=0)  # noqa: PTH123, SIM115  (descriptors)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._near.close()
        self.far.close()

    def read(self, most: int, until: float) -> bytes:
        """Read to the end, at most so many bytes and so long."""
        waiting, found = select.poll(), bytearray()
        waiting.register(self._near, select.POLLIN | select.POLLHUP)
        while len(found) <= most and waiting.poll(max(0.0, until - time.monotonic()) * 1000):
            piece = self._near.read(1 << 16)
            if not piece:
                break
            found += piece
        return bytes(found)


def _usage(report: bytes) -> Usage | None:
    try:
        return Usage(**json.loads(report))
    except (ValueError, TypeError):
        return None


def _parsed(told: bytes) -> dict[str, Any]:
    """Read an answer; whatever is none counts as none, for it comes from where the query ran."""
    try:
        found = json.loads(told)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _understood(told: dict[str, Any], usage: Usage) -> Answer:
    try:
        if "code" in told:
            position = told.get("position")
            return Answer(str(told["code"]), position if isinstance(position, int) else None, usage=usage)
        columns = tuple((str(name), str(kind)) for name, kind in told["columns"])
        rows = tuple(tuple(row) for row in told["rows"])
        return Answer(columns=columns, rows=rows, more=str(told["more"]), usage=usage)
    except (KeyError, TypeError, ValueError):
        return Answer(_ended_by(usage), usage=usage)


def _ended_by(usage: Usage) -> str:
    """Say why a child left no answer."""
    if usage.late or usage.signal in {signal.SIGXCPU, signal.SIGALRM}:
        return "SQL_TIMEOUT"
    return "SQL_MEMORY" if usage.signal == signal.SIGKILL else "SQL_FAILED"
