"""The template process: small, without threads, environment or secrets; forks a child per query, ends it in time, says how it ended.

It is started as a program of its own, so that what a server holds in memory (other editions, tokens) is in no child. It reads messages from
one socket: what a query may use, and four descriptors: the store file, the answer, the query and the report. It never reads the query, so
that no child inherits another's.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from canonry.sandbox import child, kernel

if TYPE_CHECKING:
    import duckdb

_MESSAGE = 4096  # bytes


class _Utc(tzinfo):
    """What DuckDB asks of a zone of pytz."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        return timedelta()

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, _: datetime | None) -> str:
        return "UTC"

    def localize(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC)


@dataclass(frozen=True)
class _Running:
    report: int
    started: float
    deadline: float


def main(handle: int) -> None:
    """Serve one socket until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a person's Ctrl-C is for the program that started this one
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):  # no right to: then the filter of system calls stands alone
            kernel.own_network()
    engine = child.engine()
    _warm_up(engine)
    wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker)
    with socket.socket(fileno=handle) as control:
        _serve(control, wake, engine)


def _warm_up(engine: duckdb.DuckDBPyConnection) -> None:
    """Load what the engine loads when first used: a child can open no file for it."""
    # DuckDB makes instants through pytz, which nothing else here needs; all is in UTC, so one zone does.
    sys.modules["pytz"] = SimpleNamespace(timezone=lambda _: _Utc(), utc=_Utc())  # type: ignore[assignment]
    connection = engine.cursor()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(
        "SELECT now(), current_date, localtime, current_timestamp::TIMESTAMP, uuid(), 1.5, 1::HUGEINT, INTERVAL 1 DAY, 'x'::BLOB,"
        " {'a': [1]}, MAP {'a': 1}, '1'::JSON, [1.5]::DOUBLE[1], '10:00:00+01'::TIMETZ, '101'::BIT"
    ).fetchall()
    connection.extract_statements("SELECT 1")
    child.written(str(connection.description))
    connection.close()


def _serve(control: socket.socket, wake: int, engine: duckdb.DuckDBPyConnection) -> None:
    running: dict[int, _Running] = {}
    waiting = select.poll()
    waiting.register(control, select.POLLIN)
    waiting.register(wake, select.POLLIN)
    while True:
        ready = {handle for handle, _ in waiting.poll(_patience(running))}
        if wake in ready:
            os.read(wake, 4096)
        _end_late(running)
        _reap(running)
        if control.fileno() in ready and not _start(control, running, engine):
            break
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _patience(running: dict[int, _Running]) -> float | None:
    """Milliseconds until the next deadline."""
    if not running:
        return None
    return max(0.0, min(job.deadline for job in running.values()) - time.monotonic()) * 1000 + 1


def _end_late(running: dict[int, _Running]) -> None:
    now = time.monotonic()
    for pid, job in running.items():
        if now >= job.deadline:
            for kill in (os.killpg, os.kill):  # not reaped yet, so the number is still its own
                with contextlib.suppress(ProcessLookupError, PermissionError):  # no group yet; no right to: its own alarm ends it
                    kill(pid, signal.SIGKILL)


def _reap(running: dict[int, _Running]) -> None:
    for pid, job in list(running.items()):
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if not ended:
            continue
        seconds = time.monotonic() - job.started
        told: dict[str, Any] = {
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            "late": time.monotonic() >= job.deadline,
            "seconds": seconds,
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "memory_bytes": used.ru_maxrss * 1024,
        }
        with contextlib.suppress(OSError):  # nobody waits for it any more
            os.write(job.report, json.dumps(told).encode())
        os.close(job.report)
        del running[pid]


def _start(control: socket.socket, running: dict[int, _Running], engine: duckdb.DuckDBPyConnection) -> bool:
    """Take one task and fork; False when the other end is gone."""
    message, handles, _, _ = socket.recv_fds(control, _MESSAGE, 4)
    if not message:
        return False
    *mine, report = handles
    started = time.monotonic()
    task = child.Task(**json.loads(message))
    pid = os.fork()
    if pid == 0:
        _become_child(task, engine, mine)
    for handle in mine:
        os.close(handle)
    running[pid] = _Running(report, started, started + task.seconds)
    return True


def _become_child(task: child.Task, engine: duckdb.DuckDBPyConnection, handles: list[int]) -> None:
    """Carry the task out with three descriptors and nothing else; never comes back."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        aside = [os.dup2(handle, 100 + at) for at, handle in enumerate(handles)]  # out of each other's way
        for handle, place in zip(aside, (child.STORE, child.ANSWER, child.QUERY), strict=True):
            os.dup2(handle, place, inheritable=False)
        os.closerange(3, child.STORE)
        os.closerange(child.QUERY + 1, 1 << 16)
        with open(child.QUERY, encoding="utf-8", newline="") as query:  # noqa: PTH123  (a descriptor)
            sql = query.read()
        told = child.written(child.answer(task, sql, engine))
        while told:
            told = told[os.write(child.ANSWER, told) :]
    finally:
        os._exit(0)
