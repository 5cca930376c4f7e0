"""SQL over one edition's file: each query in a sandbox of its own, the answer bounded by rows and by budget, errors as codes.

The whole file may be read, internal tables too: an edition's file holds only what its readers may see. The sandbox is there for everything
else: other editions, the journal, the environment, other files, the network, other processes. See `canonry.sandbox`.
"""

from __future__ import annotations

import atexit
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from canonry.sandbox.parent import LONGEST_SQL, Answer, Sandbox
from canonry.serve.choosing import LEAST_BUDGET, MOST_BUDGET
from canonry.serve.errors import AgentError, bad_argument
from canonry.serve.results import Result, Tokens

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.serve.snapshot import Snapshot

MOST_ROWS = 10_000
_FRAME = 400  # bytes of a result around its columns and rows, a warning included
_WARNINGS = {
    "rows": "There are more rows than max_rows: add ORDER BY and LIMIT, or aggregate.",
    "bytes": "There are more rows than fit the budget: name fewer columns, shorten text with left(text, 200), or aggregate.",
}
_NONE_FITS = "Not one row fits the budget: name fewer columns, shorten text with left(text, 200), or ask for a larger budget."
_TABLES = "SELECT table_name, column_name, data_type FROM information_schema.columns"
# Code → message, what to do, whether the same query may succeed later. Constants: nothing of the engine's text or of a path comes through.
_ERRORS = {
    "SQL_SYNTAX": ("The query cannot be parsed.", "Mend it where position says; the dialect is DuckDB's.", False),
    "SQL_UNKNOWN_NAME": ("A table, column or function is not known.", f"See what there is: {_TABLES}.", False),
    "SQL_INVALID": ("The query does not fit together: types, arguments or grouping.", f"Check the types: {_TABLES}.", False),
    "SQL_VALUE": ("A value cannot be converted or is out of range.", "Use TRY_CAST, or narrow the rows first.", False),
    "SQL_REFUSED": ("Only one statement that reads the tables of this edition is answered.", "Ask with one SELECT.", False),
    "SQL_TOO_WIDE": ("The names of the columns alone are over the budget.", "Name fewer columns.", False),
    "SQL_TIMEOUT": ("The query took too long and was ended.", "Narrow it, or aggregate in smaller parts.", False),
    "SQL_MEMORY": ("The query needs more memory than it may have.", "Narrow it, or aggregate in smaller parts.", False),
    "SQL_FAILED": ("The query ended without an answer.", "Make it smaller or simpler.", False),
    "SQL_BUSY": ("Too many queries run at the moment.", "Ask again later.", True),
    "SQL_UNAVAILABLE": (
        "SQL is not served here: this machine cannot shut a query in.",
        "Serve it from Linux with seccomp on x86-64 or ARM64, or use the other tools.",
        False,
    ),
    "RELEASE_GONE": ("This release cannot be read any more.", "Open the store again.", True),
}


class SqlColumn(Result):
    """A column of an answer: its name, and its type in DuckDB's words."""

    name: str
    type: str


class SqlResult(Result):
    """The rows of one query.

    Values are as JSON has them: decimals and floats are numbers (NaN and infinity text), dates, times and instants (UTC) ISO text, blobs
    hexadecimal, structs and maps objects; what JSON has not is text.

    Attributes:
        columns: Names and types.
        rows: At most ``max_rows``, whole or absent.
        truncated: Whether there are more.
        warning: Why there are more, and what to do.
        tokens: The budget; ``used`` is the number of UTF-8 bytes of `as_json`. None where there is none.
        release: The release that was read.
    """

    columns: tuple[SqlColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool
    warning: str | None = None
    tokens: Tokens | None = None
    release: str


@cache
def sandbox() -> Sandbox:
    """Give the sandbox of this process, started when first asked and ended with the process."""
    made = Sandbox()
    atexit.register(made.close)
    return made


def queried(snapshot: Snapshot, sql: str, max_rows: int, budget_tokens: int) -> SqlResult:
    """Answer one query within a budget.

    Args:
        snapshot: What is read; one over frames in memory has no file, and so no SQL.
        sql: One statement that reads, in DuckDB's dialect.
        max_rows: At most so many rows (1 to 10,000).
        budget_tokens: At most so many UTF-8 bytes in the whole result, `SqlResult.as_json` (500 to 16,000).

    Raises:
        AgentError: BAD_ARGUMENT, RELEASE_GONE, or a code that begins with ``SQL_``.
    """
    if not LEAST_BUDGET <= budget_tokens <= MOST_BUDGET:
        raise bad_argument("budget_tokens is out of range.", f"Ask for {LEAST_BUDGET} to {MOST_BUDGET}.")
    answer = answered(snapshot.file, sql, max_rows, budget_tokens - _FRAME)
    return _within(answer, budget_tokens, snapshot.release)


def answered(file: Path | None, sql: str, max_rows: int, max_bytes: int) -> Answer:
    """Run one query in the sandbox, bounded by rows and bytes; see `queried`."""
    if not sql.strip() or len(sql) > LONGEST_SQL or not _encodable(sql):
        raise bad_argument("The query is empty, too long or no text.", f"Ask in at most {LONGEST_SQL} characters.")
    if not 1 <= max_rows <= MOST_ROWS:
        raise bad_argument("max_rows is out of range.", f"Ask for 1 to {MOST_ROWS}.")
    answer = Answer("SQL_UNAVAILABLE") if file is None else sandbox().run(file, sql, max_rows=max_rows, max_bytes=max_bytes)
    if answer.code:
        code = answer.code if answer.code in _ERRORS else "SQL_FAILED"
        message, fix, retryable = _ERRORS[code]
        raise AgentError(code, message, fix, retryable=retryable, position=answer.position)
    return answer


def shown(answer: Answer, release: str, rows: int | None = None) -> SqlResult:
    """Make a result of an answer, of its first rows only where a number is given."""
    kept = answer.rows if rows is None else answer.rows[:rows]
    why = "bytes" if len(kept) < len(answer.rows) else answer.more
    return SqlResult(
        columns=tuple(SqlColumn(name=name, type=kind) for name, kind in answer.columns),
        rows=kept,
        truncated=bool(why),
        warning=_NONE_FITS if why == "bytes" and not kept else _WARNINGS.get(why),
        release=release,
    )


def _encodable(sql: str) -> bool:
    try:
        sql.encode()
    except UnicodeEncodeError:
        return False
    return True


def _within(answer: Answer, budget: int, release: str) -> SqlResult:
    """Keep as many rows as fit, from the first on, the whole counted as it is sent."""
    rows, size = 0, len(_counted(shown(answer, release, 0), budget).as_json().encode())
    for row in answer.rows:
        size += len(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()) + 1
        if size > budget:
            break
        rows += 1
    while True:
        made = _counted(shown(answer, release, rows), budget)
        if made.tokens and made.tokens.used <= budget:
            return made
        if rows == 0:
            message, fix, retryable = _ERRORS["SQL_TOO_WIDE"]
            raise AgentError("SQL_TOO_WIDE", message, fix, retryable=retryable)
        rows -= 1


def _counted(result: SqlResult, budget: int) -> SqlResult:
    """Fill in the size of the whole, its own digits included."""
    used, size = -1, 0
    while used != size:
        used = size
        result = result.model_copy(update={"tokens": Tokens(asked=budget, used=used)})
        size = len(result.as_json().encode())
    return result
