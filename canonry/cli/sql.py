"""``canonry sql``: a query over one edition, shut in as an agent's is."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from canonry import store as stores
from canonry.cli import output
from canonry.cli.reading import edition_of
from canonry.cli.session import Session, command
from canonry.serve import AgentError
from canonry.serve.sql import answered, shown

if TYPE_CHECKING:
    from canonry.serve.sql import SqlResult

_MOST_BYTES = 4_000_000  # of columns and rows; a person has no budget of tokens, but an end


@command(
    "sql",
    "canonry sql \"SELECT subject, attribute, verbatim FROM facts WHERE decision = 'open'\"",
    'canonry sql "SELECT reason, count(*) FROM excluded GROUP BY reason" --edition staff --json',
)
@click.argument("query")
@click.option("--edition", metavar="NAME", help="Read this edition; default: full.")
@click.option("--max-rows", type=int, default=100, show_default=True, help="At most so many rows (1 to 10000).")
@click.option("--release", metavar="ID", help="A release that is kept; default: the current one.")
def sql_command(session: Session, query: str, edition: str | None, max_rows: int, release: str | None) -> None:
    """Run one SQL query that reads an edition, in a process that can do nothing else."""
    manifest, name = edition_of(session, edition, release)
    file = stores.edition_file(session.store, manifest, name)
    try:
        result = shown(answered(file, query, max_rows, _MOST_BYTES), manifest.release_id)
    except AgentError as e:
        if e.code == "SQL_UNAVAILABLE":
            fix = f"The edition is a DuckDB file, open it yourself: duckdb -readonly {shlex.quote(str(file))}"
            raise AgentError(e.code, "this machine cannot shut a query in.", fix) from e
        where = "" if e.position is None else f" At character {e.position + 1}: {output.short(query[e.position :], 40) or 'the end'}"
        raise AgentError(e.code, e.message + where, e.fix, retryable=e.retryable, position=e.position) from e
    session.answer(result.as_dict(), lambda: _told(result))


def _told(result: SqlResult) -> None:
    if result.rows:
        output.table([c.name for c in result.columns], [list(row) for row in result.rows])
    output.remark(output.number(len(result.rows), "row") + (f" and more: {result.warning}" if result.truncated else ""))
    output.remark(f"release {result.release}")
