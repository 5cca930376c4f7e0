"""The child: open one store file, shut every door behind, run one query, write the answer.

The order matters. What needs a path comes first: the engine is inherited, started but with nothing open; the child becomes another user and
opens the store by its descriptor, the only file that Landlock leaves it. Then all paths are forbidden, then every system call that is not
needed to compute. The engine reads the query only after that.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import signal
import socket
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from canonry.sandbox import kernel

if TYPE_CHECKING:
    from collections.abc import Callable

STORE, ANSWER, QUERY = 9, 10, 11  # the descriptors that are left; the query's is closed once it is read
MEMORY = 2 * 1024**3  # bytes of address space
_ENGINE_MEMORY = "1200MiB"  # below MEMORY, so that the engine refuses before the kernel does; the rest is code and single large values
_USERS = (61_184, 65_519)  # user ids that belong to nobody
_ALARM = 0.25  # seconds after the deadline at which the child ends by itself
_BATCH = 16  # rows turned into values at once
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    "async_threads": "0",
    "memory_limit": _ENGINE_MEMORY,
    "temp_directory": "",
    "python_enable_replacements": "false",
}
_OPEN = f"ATTACH '/proc/self/fd/{STORE}' AS store (READ_ONLY); USE store; SET TimeZone = 'UTC'; SET errors_as_json = true"
_LOCK = (
    "SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; SET allow_community_extensions = false;"
    " SET allow_persistent_secrets = false; SET enable_external_access = false; SET lock_configuration = true"
)
_READING = {"SELECT", "EXPLAIN"}  # kinds of statement that only read; DESCRIBE, SHOW, SUMMARIZE, VALUES and FROM count as SELECT


@dataclass(frozen=True)
class Task:
    """What one query may use; the query itself goes from the server to the child and through nothing that outlives it.

    Attributes:
        max_rows: At most so many rows are answered.
        max_bytes: At most so many bytes of rows are answered, columns included.
        seconds: Wall-clock limit; the template process keeps it.
        gate: Refuse what is no single reading statement before running it.
        locks: Set the engine's own locks; without them the walls of the kernel stand alone, which is how they are measured.
        probe: Try the doors instead of running the query.
    """

    max_rows: int
    max_bytes: int
    seconds: float
    gate: bool = True
    locks: bool = True
    probe: bool = False


class Refused(Exception):  # noqa: N818  (an answer, not a fault)
    """The query cannot be answered; `code` says why."""

    def __init__(self, code: str, position: int | None = None) -> None:
        super().__init__(code)
        self.code, self.position = code, position


def engine() -> duckdb.DuckDBPyConnection:
    """Start the engine without a file or a thread, so that children can inherit it: starting costs more than most queries."""
    return duckdb.connect(":memory:", config=_SETTINGS)


def answer(task: Task, sql: str, inherited: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Shut this process in and carry the task out; what comes back is made of plain values."""
    try:
        connection = _shut_in(task, inherited)
        return _probed(connection) if task.probe else _rows(connection, task, sql)
    except Refused as e:
        return {"code": e.code, "position": e.position}
    except MemoryError:
        return {"code": "SQL_MEMORY", "position": None}
    except Exception as e:  # noqa: BLE001  (whatever the engine raises becomes a code; its text stays here)
        return {"code": _code(e), "position": _position(e, sql)}


def written(value: Any) -> bytes:
    """Write plain values as compact JSON: the form that is counted and sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _shut_in(task: Task, inherited: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    _limits(task)
    _another_user()
    kernel.no_new_privileges()
    landlocked = kernel.landlock_version() > 0
    if landlocked:
        kernel.only_files([STORE])
    kernel.no_calls(["readlink", "readlinkat"])  # the engine would ask where the file lies, and tell
    try:
        connection = inherited.cursor()  # of its own, so that chance differs from child to child
        connection.execute(_OPEN)
    except duckdb.IOException as e:
        raise Refused("RELEASE_GONE") from e
    if task.locks:
        connection.execute(_LOCK)
    if landlocked:
        kernel.only_files([])
    kernel.only_calls(kernel.QUERY_CALLS)
    return connection


def _limits(task: Task) -> None:
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123  (no pathlib in the child)
        file.write("1000")  # when the machine runs out of memory, this process goes first
    seconds = math.ceil(task.seconds) + 1
    bounds = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    for what, most in bounds.items():
        resource.setrlimit(what, (most, most))
    signal.setitimer(signal.ITIMER_REAL, task.seconds + _ALARM)  # should the template process be gone: nothing is left to unset it


def _another_user() -> None:
    """Become a user who owns nothing, where we may; several children at once are several users."""
    if os.geteuid() != 0:
        return
    user = _USERS[0] + os.getpid() % (_USERS[1] - _USERS[0])
    with contextlib.suppress(OSError):  # a container may have taken that right away; the other walls stand
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def _rows(connection: duckdb.DuckDBPyConnection, task: Task, sql: str) -> dict[str, Any]:
    if task.gate:
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type.name not in _READING:
            raise Refused("SQL_REFUSED")
    connection.execute(sql)
    columns = [[name, str(kind)] for name, kind, *_ in connection.description or ()]
    left = task.max_bytes - len(written(columns))
    if left < 0:
        raise Refused("SQL_TOO_WIDE")
    rows = list[list[Any]]()
    while True:
        batch = connection.fetchmany(min(_BATCH, task.max_rows + 1 - len(rows)))
        for row in batch:
            plain = [_plain(value) for value in row]
            left -= len(written(plain)) + len(",")
            if left < 0 or len(rows) == task.max_rows:
                return {"columns": columns, "rows": rows, "more": "rows" if left >= 0 else "bytes"}
            rows.append(plain)
        if not batch:
            return {"columns": columns, "rows": rows, "more": ""}


def _plain(value: Any) -> Any:  # noqa: PLR0911  (a line per kind of value)
    """Give a value as JSON has it; what JSON has not, as text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() | Decimal():
            number = float(value)
            return number if math.isfinite(number) else str(value)
        case date() | time():
            return value.isoformat()
        case bytes() | bytearray():
            return value.hex()
        case list() | tuple():
            return [_plain(v) for v in value]
        case dict():
            return {str(k): _plain(v) for k, v in value.items()}
        case _:
            return str(value)


_CODES: tuple[tuple[type[Exception], str], ...] = (
    (duckdb.ParserException, "SQL_SYNTAX"),
    (duckdb.SyntaxException, "SQL_SYNTAX"),
    (duckdb.CatalogException, "SQL_UNKNOWN_NAME"),
    (duckdb.OutOfMemoryException, "SQL_MEMORY"),
    (duckdb.PermissionException, "SQL_REFUSED"),
    (duckdb.IOException, "SQL_REFUSED"),
    (duckdb.HTTPException, "SQL_REFUSED"),
    (duckdb.NotSupportedError, "SQL_INVALID"),
    (duckdb.BinderException, "SQL_INVALID"),
    (duckdb.ConversionException, "SQL_VALUE"),
    (duckdb.OutOfRangeException, "SQL_VALUE"),
    (duckdb.InvalidInputException, "SQL_VALUE"),
    (duckdb.DataError, "SQL_VALUE"),
    (duckdb.ProgrammingError, "SQL_INVALID"),
    (duckdb.Error, "SQL_FAILED"),
    (OSError, "SQL_REFUSED"),
)
_UNKNOWN = {"COLUMN_NOT_FOUND", "MISSING_ENTRY"}


def _code(error: Exception) -> str:
    told = _told(error)
    if told.get("error_subtype") in _UNKNOWN:
        return "SQL_UNKNOWN_NAME"
    if told.get("exception_type") in {"Settings", "Not implemented"} or "configuration has been locked" in str(error):
        return "SQL_REFUSED"
    return next((code for kind, code in _CODES if isinstance(error, kind)), "SQL_VALUE")


def _position(error: Exception, sql: str) -> int | None:
    """Where in the query the error stands, in characters; the engine counts bytes."""
    told = str(_told(error).get("position", ""))
    if not told.isdigit() or int(told) > len(sql.encode()):
        return None
    return len(sql.encode()[: int(told)].decode(errors="ignore"))


def _told(error: Exception) -> dict[str, Any]:
    """What the engine says about an error, apart from its text."""
    with contextlib.suppress(ValueError):
        told = json.loads(str(error).partition(": ")[2])
        if isinstance(told, dict):
            return told
    return {}


def _probed(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Try each door; name those that open, and the walls that stand."""
    doors: dict[str, Callable[[], Any]] = {
        "list a folder": lambda: os.open("/", os.O_RDONLY),
        "read a file": lambda: os.open("/proc/self/stat", os.O_RDONLY),
        "look at a file": lambda: os.stat("/"),  # noqa: PTH116
        "write to the store": lambda: os.open(f"/proc/self/fd/{STORE}", os.O_WRONLY),
        "write to the open store": lambda: os.write(STORE, b" "),
        "write elsewhere": lambda: os.open("/dev/null", os.O_WRONLY),
        "a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "a local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "a new process": os.fork,
        "another program": lambda: os.execv("/proc/self/exe", ["python"]),  # noqa: S606
        "signals": lambda: os.kill(os.getppid(), 0),
        "changing modes": lambda: os.fchmod(STORE, 0o644),
        "raising limits": lambda: resource.setrlimit(resource.RLIMIT_CPU, (9, 9)),
    }
    opened = [name for name, door in doors.items() if _opens(door)]
    connection.execute("SELECT count(*) FROM information_schema.tables").fetchall()
    return {"opened": opened}


def _opens(door: Callable[[], Any]) -> bool:
    try:
        door()
    except (OSError, ValueError):  # limits are refused as a wrong value
        return False
    return True
