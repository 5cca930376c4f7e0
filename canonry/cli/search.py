"""``canonry search``: one query for a person, or a file of them for a program."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from canonry.cli import output
from canonry.cli.reading import client
from canonry.cli.session import Session, command
from canonry.errors import UsageError
from canonry.serve import AgentError
from canonry.serve.filters import expression
from canonry.serve.search import check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canonry.serve import Client, Hit, SearchResult

_KEYS = ("id", "query", "k", "filter")


@command(
    "search",
    'canonry search "How long do refunds take?"',
    'canonry search "parental leave" --k 3 --filter "source = \'handbook\'"',
    "canonry search --batch questions.jsonl --json > answers.jsonl",
)
@click.argument("query", required=False)
@click.option(
    "--batch", metavar="FILE", help='JSON lines {"id", "query", "k"?, "filter"?}; - is standard input. One JSON line out per line in.'
)
@click.option("--k", type=int, default=5, show_default=True, help="At most so many items.")
@click.option("--edition", metavar="NAME", help="Read as this edition; default: full.")
@click.option(
    "--filter", "condition", metavar="TEXT", help="A condition on the items, like \"source = 'live' and dated_on >= '2024-01-01'\"."
)
@click.option("--release", metavar="ID", help="A release that is kept; default: the current one.")
def search_command(session: Session, query: str | None, batch: str | None, k: int, condition: str | None, **where: str | None) -> None:
    """Find items for a query, or for every line of a file; no agent is shown more than this."""
    if (query is None) == (batch is None):
        raise UsageError("give either a query or --batch FILE.", 'For example: canonry search "How long do refunds take?"')
    lines = _lines(batch) if batch is not None else []
    reader = client(session, where["edition"], where["release"])
    if batch is not None:
        _answer_all(reader, lines, k, condition)
        return
    result = reader.search(query or "", k, condition)
    session.answer(result.as_dict(), lambda: _told(result))


def _lines(name: str) -> list[bytes]:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as e:
        raise UsageError(f"--batch: cannot read {name}: {e.strerror}.", "Name a file of JSON lines, or - for standard input.") from e
    return raw.rstrip().split(b"\n") if raw.strip() else []


def _answer_all(reader: Client, lines: list[bytes], k: int, condition: str | None) -> None:
    """Answer every line in its place; one that cannot be answered says so there."""
    asked = [_asked(raw, n, k, condition) for n, raw in enumerate(lines, 1)]
    good = [q for q in asked if "status" not in q]
    answers = iter(reader.search_batch([{**q, "id": str(n)} for n, q in enumerate(good)], k))
    for query in asked:
        found = query if "status" in query else {**next(answers).as_dict(), "id": query["id"]}
        click.echo(json.dumps(found, ensure_ascii=False))
    if bad := len(asked) - len(good):
        output.remark(f'{bad} of {output.number(len(asked), "line")} could not be answered: look for "status": "error".')


def _asked(raw: bytes, number: int, k: int, condition: str | None) -> dict[str, Any]:
    """Read one line; what is wrong with it is its answer."""
    try:
        line = json.loads(raw.decode("utf-8"))
    except ValueError:
        return _refused(None, number, "The line is no JSON.")
    if not isinstance(line, dict):
        return _refused(None, number, "The line is no JSON object.")
    query = {"k": k, "filter": condition} | {key: v for key, v in line.items() if v is not None}
    if wrong := _wrong(query):
        return _refused(line.get("id"), number, wrong)
    try:
        check(query["query"], query["k"])
        if query["filter"]:
            expression(query["filter"])
    except AgentError as e:
        return _refused(query["id"], number, e.message, e.as_dict())
    return query


def _wrong(query: dict[str, Any]) -> str:
    if unknown := sorted(query.keys() - set(_KEYS)):
        return f"Unknown key {unknown[0]!r}; known are {', '.join(_KEYS)}."
    if "id" not in query or not isinstance(query.get("query"), str):
        return "An id and a query are needed."
    if not isinstance(query["k"], int) or isinstance(query["k"], bool):
        return "k is a whole number."
    return "" if query["filter"] is None or isinstance(query["filter"], str) else "filter is a text."


def _refused(id_: Any, number: int, message: str, error: dict[str, Any] | None = None) -> dict[str, Any]:
    told = error or {"code": "BAD_ARGUMENT", "message": message, "fix": 'Write {"id", "query", "k"?, "filter"?}.', "retryable": False}
    return {"id": id_, "status": "error", "line": number, "error": told, "items": []}


def _told(result: SearchResult) -> None:
    if not result.items:
        output.line("Nothing that may be served answers this.")
        output.remark("next: ask in other words, or look at `canonry status` for what is left out")
    for rank, hit in enumerate(result.items, 1):
        _hit(rank, hit)
    output.remark(f"{result.status} · {output.number(len(result.items), 'item')} · release {result.release}")


def _hit(rank: int, hit: Hit) -> None:
    out = output.console()
    out.print(Text.assemble((f"{rank}. {output.plain(hit.cite)}", "bold"), "  ", output.coloured(hit.status), _marks(hit)), soft_wrap=True)
    out.print(output.plain(hit.text.strip()), style="default")
    for c in hit.corrections:
        out.print(f"says {output.plain(c.says)}; what stands: {output.plain(c.stands)} ({output.plain(c.cite)})", style="yellow")
    for conflict_id in hit.conflict_ids:
        out.print(f"in conflict {conflict_id}: canonry explain {conflict_id}", style="dim")
    out.print()


def _marks(hit: Hit) -> str:
    marks: Iterable[str] = (f"quality {hit.quality:.2f}" if hit.quality is not None else "", f"score {hit.score:.2f}", *hit.flags)
    return "  " + " · ".join(m for m in marks if m)
