"""The tools: a name, a constant description, what it takes and gives, the call, and who may make it. Everything else is the desk's.

To add one: its arguments in `arguments`, one entry here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from canonry.mcp import arguments as takes
from canonry.mcp.answers import Conflicts
from canonry.serve.answers import Changes, FetchedItems, GapReceipt
from canonry.serve.results import ContextPack, FactResult, Result, SearchResult
from canonry.serve.sql import SqlResult
from canonry.serve.views import Explanation, StoreDescription

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from canonry.serve import Client


@dataclass(frozen=True)
class Tool:
    """One tool.

    Attributes:
        name: What agents call it.
        title: What people read.
        description: When to use it; a constant.
        takes: The model of its arguments.
        gives: The model of its result.
        call: Client, checked arguments and principal → result.
        said: The result in one line: counts and ids of ours, no text of a document.
        cites: What of the result was served.
        scope: The scope that it belongs to; its own name is a scope too.
        is_read_only: Whether it changes nothing.
    """

    name: str
    title: str
    description: str
    takes: type[takes.Arguments]
    gives: type[Result]
    call: Callable[[Client, Any, str], Result]
    said: Callable[[Any], str]
    cites: Callable[[Any], Iterable[str | None]]
    scope: str = "read"
    is_read_only: bool = True


def _get_context(client: Client, asked: takes.GetContext, principal: str) -> ContextPack:
    given = {name: getattr(asked, name) for name in type(asked).model_fields if name != "release"}
    return client.get_context(**given, principal=principal)


def _report_gap(client: Client, asked: takes.ReportGap, principal: str) -> GapReceipt:
    return client.report_gap(asked.kind, asked.note, asked.cites, principal=principal)


def _list_conflicts(client: Client, asked: takes.ListConflicts, _: str) -> Conflicts:
    found = client.list_conflicts(asked.status)
    return Conflicts(conflicts=found[: asked.limit], total=len(found), release=client.release)


def _of_items(result: Any) -> Iterator[str]:
    return (i.cite for i in result.items)


def _of_sides(result: Any) -> Iterator[str | None]:
    return (s.cite for c in result.conflicts for s in c.sides)


def _of_pack(pack: ContextPack) -> list[str]:
    return [*_of_items(pack), *(cite for c in pack.conflicts for cite in c.cites)]


def _of_fact(fact: FactResult) -> tuple[str | None, ...]:
    return fact.cite, fact.runner_up.cite if fact.runner_up else None


def _of_explanation(told: Explanation) -> list[str | None]:
    return [*_of_items(told), *_of_sides(told), *(c.cite for c in told.claims)]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


TOOLS: tuple[Tool, ...] = (
    Tool(
        "get_context",
        "Get context",
        "Get whole, current, cited items that answer a question, within a budget. Call it first. Branch on `status`: answer only on ok; "
        "on conflicting or stale say so; on insufficient or denied do not answer. With `task`: exactly what that decision needs.",
        takes.GetContext,
        ContextPack,
        _get_context,
        lambda r: f"{r.status}: {_counted(len(r.items), 'item')}, {_counted(len(r.conflicts), 'open conflict')}, {r.tokens.used} tokens.",
        _of_pack,
    ),
    Tool(
        "resolve_fact",
        "Resolve a fact",
        "Look up the one value that stands for a subject and an attribute, with its cite, the runner-up and why that lost. "
        "Use it for prices, dates, names, limits and other single values.",
        takes.ResolveFact,
        FactResult,
        lambda client, a, _: client.resolve_fact(a.subject, a.attribute, a.as_of),
        lambda r: f"{r.status}: {'a value with its cite' if r.value is not None else 'no value'}.",
        _of_fact,
    ),
    Tool(
        "search",
        "Search",
        "Find items by words, meaning, exact phrase or code, best first, with their status and flags.",
        takes.Search,
        SearchResult,
        lambda client, a, _: client.search(a.query, a.k, a.filter),
        lambda r: f"{r.status}: {_counted(len(r.items), 'item')}.",
        _of_items,
    ),
    Tool(
        "get_item",
        "Get items",
        "Fetch whole items by cite, or of one long item a slice that says so.",
        takes.GetItem,
        FetchedItems,
        lambda client, a, _: client.get_item(a.cites, start=a.start, end=a.end),
        lambda r: f"{r.status}: {_counted(len(r.items), 'item')}.",
        _of_items,
    ),
    Tool(
        "explain",
        "Explain",
        "Tell all that bears on one item, document, record, claim, fact, conflict, entity or ruling: sources, quality, age, decisions.",
        takes.Explain,
        Explanation,
        lambda client, a, _: client.explain(a.id),
        lambda r: f"Explained one {r.kind}.",
        _of_explanation,
    ),
    Tool(
        "list_conflicts",
        "List conflicts",
        "List where sources contradict each other, with every side; those that nobody has decided come first.",
        takes.ListConflicts,
        Conflicts,
        _list_conflicts,
        lambda r: f"{len(r.conflicts)} of {_counted(r.total, 'conflict')}.",
        _of_sides,
    ),
    Tool(
        "changes_since",
        "Changes since",
        "Tell what changed since a release that you read: items, facts and conflicts, new, gone or different.",
        takes.ChangesSince,
        Changes,
        lambda client, a, _: client.changes_since(a.since, limit=a.limit, cursor=a.cursor),
        lambda r: f"{_counted(sum(r.totals.values()), 'change')} since {r.since}.",
        lambda r: (*_of_items(r), *(f.cite for f in r.facts)),
    ),
    Tool(
        "query_sql",
        "Query with SQL",
        "Run one SQL query over the tables of the store, for counts and joins that the other tools do not give. It can only read.",
        takes.QuerySql,
        SqlResult,
        lambda client, a, _: client.query_sql(a.sql, a.max_rows, a.budget_tokens),
        lambda r: f"{_counted(len(r.rows), 'row')}{' of more' if r.truncated else ''}.",
        lambda _: (),
        scope="sql",
    ),
    Tool(
        "report_gap",
        "Report a gap",
        "Tell the people who review that something is missing, incorrect, conflicting, outdated or unsafe. It changes nothing at once.",
        takes.ReportGap,
        GapReceipt,
        _report_gap,
        lambda r: f"{r.status.capitalize()}: gap {r.gap_id}.",
        lambda _: (),
        scope="report",
        is_read_only=False,
    ),
    Tool(
        "describe_store",
        "Describe the store",
        "Say what can be asked here: sources, numbers of items, age, and the fields that filters know.",
        takes.DescribeStore,
        StoreDescription,
        lambda client, _, __: client.describe_store(),
        lambda r: f"Release {r.release}, {_counted(sum(r.items.values()), 'item')}.",
        lambda _: (),
    ),
)
BY_NAME = {tool.name: tool for tool in TOOLS}


def granted(scopes: Iterable[str]) -> frozenset[str]:
    """Give the names of the tools that scopes open."""
    given = frozenset(scopes)
    return frozenset(t.name for t in TOOLS if t.scope in given or t.name in given)
