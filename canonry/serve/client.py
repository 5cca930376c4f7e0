"""The Python client: one method per tool that agents have, over one edition of one release."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.published import TABLES
from canonry.serve import changes, conflicts, cursors, gaps, needs, questions
from canonry.serve.choosing import Asked, Detail, OnConflict
from canonry.serve.errors import bad_argument
from canonry.serve.explain import explained
from canonry.serve.facts import resolved
from canonry.serve.fetch import fetched
from canonry.serve.filters import FIELDS
from canonry.serve.opened import Releases, gone
from canonry.serve.pack import packed
from canonry.serve.results import BatchAnswer, ConflictView, ContextPack, FactResult, SearchResult
from canonry.serve.search import Searcher, status_of
from canonry.serve.snapshot import Snapshot
from canonry.serve.sql import SqlResult, queried
from canonry.serve.views import Explanation, SourceView, StoreDescription
from canonry.similarity import SentenceEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from canonry.serve.answers import Changes, FetchedItems, GapReceipt, TaskState
    from canonry.similarity import Encoder

_BATCH_KEYS = frozenset({"id", "query", "k", "filter"})


class Client:
    """Read access to one edition; every call reads the release that the client was opened with, unless it names another that is kept.

    Example::

        client = Client("store", edition="staff")
        pack = client.get_context("How long do refunds take?", budget_tokens=3000)
        later = client.search(
            "refunds", release=pack.release
        )  # the same answers, whatever was published meanwhile
    """

    def __init__(
        self,
        store: str | Path,
        edition: str = "full",
        *,
        release: str | None = None,
        encoder: Encoder | None = None,
        journal: str | Path | None = None,
    ) -> None:
        """Open an edition.

        Args:
            store: The store's folder.
            edition: Which edition to read.
            release: A release id; default: the current one.
            encoder: Turns queries into vectors; default: the shipped model, loaded when first needed.
            journal: The journal's folder, for `report_gap`; without one no reports are taken.

        Raises:
            AgentError: RELEASE_GONE, NO_RELEASE or UNKNOWN_EDITION.
        """
        releases = Releases(store, edition)
        self._open(releases.named(release) if release else releases.current(), encoder, journal, releases.named)

    @classmethod
    def over(
        cls,
        tables: Mapping[str, pl.DataFrame],
        *,
        encoder: Encoder | None = None,
        release: str = "memory",
        journal: str | Path | None = None,
    ) -> Client:
        """Serve frames in memory instead of a published store; tables that are absent are empty."""
        client = cls.__new__(cls)
        snapshot = Snapshot(release, "full", lambda names: {n: TABLES[n].conform(tables.get(n, TABLES[n].empty())) for n in names})
        client._open(snapshot, encoder, journal, None)  # noqa: SLF001
        return client

    def _open(
        self, snapshot: Snapshot, encoder: Encoder | None, journal: str | Path | None, named: Callable[[str], Snapshot] | None
    ) -> None:
        self._snapshot, self._encoder, self._named = snapshot, encoder or SentenceEncoder(), named
        self._journal = Path(journal) if journal is not None else None

    @property
    def release(self) -> str:
        """The release that this client reads."""
        return self._snapshot.release

    @property
    def edition(self) -> str:
        """The edition that this client reads."""
        return self._snapshot.edition

    def search(self, query: str, k: int = 5, filter: str | None = None, *, release: str | None = None) -> SearchResult:  # noqa: A002  (the contract's word)
        """Find the best items for a query.

        Args:
            query: Words or a question. What stands in double quotes must stand in the item, word by word.
            k: At most so many items, of different families.
            filter: A condition on the items, as in `canonry.serve.filters`, applied before ranking.
            release: A release that is kept; default: the client's.

        Raises:
            AgentError: BAD_FILTER with the position, BAD_ARGUMENT, MODEL_UNAVAILABLE, RELEASE_GONE.
        """
        snapshot = self._at(release)
        items = self._searcher(snapshot).hits(query, k, filter)
        return SearchResult(status=status_of(i.status for i in items), items=items, release=snapshot.release)

    def search_batch(self, queries: Sequence[Mapping[str, Any]], k: int = 5) -> tuple[BatchAnswer, ...]:
        """Answer many queries; all are checked first and encoded at once.

        Args:
            queries: ``{"id", "query", "k"?, "filter"?}`` each.
            k: Number of items for queries that name none.
        """
        asked = [_batch_line(n, q, k) for n, q in enumerate(queries)]
        found = self._searcher(self._snapshot).batch([(query, size, condition) for _, query, size, condition in asked])
        return tuple(
            BatchAnswer(id=line[0], status=status_of(i.status for i in items), items=items)
            for line, items in zip(asked, found, strict=True)
        )

    def get_context(  # noqa: PLR0913  (the contract's arguments)
        self,
        query: str | None = None,
        budget_tokens: int | None = None,
        filter: str | None = None,  # noqa: A002
        *,
        entity: str | None = None,
        task: str | None = None,
        as_of: date | None = None,
        min_quality: float | None = None,
        on_conflict: OnConflict | None = None,
        detail: Detail = "concise",
        release: str | None = None,
        cursor: str | None = None,
        principal: str | None = None,
    ) -> ContextPack:
        """Pack whole items within a budget, for a query, an entity, a task, or several of them.

        Args:
            query: What is to be answered.
            budget_tokens: At most so many UTF-8 bytes in the whole result, `ContextPack.as_json` (500 to 16,000); default: the task's,
                else 4000.
            filter: As in `search`.
            entity: Name, key or id of a thing: its card, and what speaks of it; with a task, the thing that the task is about.
            task: Name of a task of the configuration: exactly what it needs is packed, and ``unmet`` says what is not there.
            as_of: The day on which it was true; items that were not valid then are left out.
            min_quality: Items below are left out, and said so.
            on_conflict: ``winner`` serves the better side of an open conflict, ``both`` all sides together, ``abstain`` no contested item;
                default: the task's, else ``winner``.
            detail: ``concise``: text, cite, status and what qualifies them; ``detailed``: source, heading, dates, quality and score too.
            release: A release that is kept; default: the cursor's, else the client's.
            cursor: ``next_cursor`` of the pack before: the rest of the same request.
            principal: Who asks; a task that is not theirs is ``denied``. None stands for the operator.

        Raises:
            AgentError: BAD_ARGUMENT, BAD_FILTER, BAD_CURSOR, NOT_FOUND (no such task or entity), RELEASE_GONE, MODEL_UNAVAILABLE.
        """
        if release is None and cursor is not None:
            release = cursors.release_of(cursor)
        asked = Asked(query, budget_tokens, filter, entity, task, as_of, min_quality, on_conflict, detail, principal)
        snapshot = self._at(release)
        return packed(snapshot, self._searcher(snapshot), asked, cursor)

    def resolve_fact(self, subject: str, attribute: str, as_of: date | None = None, *, release: str | None = None) -> FactResult:
        """Look up what stands for a subject and an attribute: by exact names, by names that are spelt alike, then by meaning.

        Args:
            subject: Name, key or id of what it is about.
            attribute: Which property.
            as_of: The day on which it was true; default: the run date.
            release: A release that is kept; default: the client's.
        """
        snapshot = self._at(release)
        return resolved(snapshot, self._searcher(snapshot), (subject, attribute), as_of)

    def get_item(
        self, cites: str | Sequence[str], *, start: int | None = None, end: int | None = None, release: str | None = None
    ) -> FetchedItems:
        """Fetch served items by cite, in the order asked for: whole, or of one item a slice that says so.

        Args:
            cites: One cite or several (at most 50), with or without ``@release``.
            start: First character of the slice, from 0; with one cite only.
            end: One past its last character.
            release: A release that is kept; default: the client's.

        Raises:
            AgentError: NOT_FOUND when none of them is served; BAD_ARGUMENT.
        """
        return fetched(self._at(release), [cites] if isinstance(cites, str) else cites, start, end)

    def explain(self, id: str, *, release: str | None = None) -> Explanation:  # noqa: A002  (the contract's word)
        """Tell everything that bears on an item, document, record, claim, fact, conflict, entity or ruling.

        Args:
            id: Its id or cite; a fact as ``<subject id> <attribute>``.
            release: A release that is kept; default: the client's.

        Raises:
            AgentError: NOT_FOUND, RELEASE_GONE.
        """
        return explained(self._at(release), id)

    def query_sql(self, sql: str, max_rows: int = 100, budget_tokens: int = 4000, *, release: str | None = None) -> SqlResult:
        """Run one SQL query that reads this edition, shut in; see `canonry.serve.sql.queried`.

        Raises:
            AgentError: BAD_ARGUMENT, RELEASE_GONE, or a code that begins with SQL_; SQL_UNAVAILABLE where none can be shut in.
        """
        return queried(self._at(release), sql, max_rows, budget_tokens)

    def list_conflicts(self, status: str | None = None, *, release: str | None = None) -> tuple[ConflictView, ...]:
        """List conflicts with all their sides, open ones first, then by severity.

        Args:
            status: open, decided_by_policy, decided_by_person or dismissed; default: all.
            release: A release that is kept; default: the client's.
        """
        return conflicts.listed(self._at(release), status)

    def changes_since(self, since: str, *, limit: int = 100, release: str | None = None, cursor: str | None = None) -> Changes:
        """Tell what changed for a reader of this edition since a release.

        Args:
            since: The id of a release that is kept.
            limit: At most so many changes in one answer (1 to 500).
            release: The release to compare with it; default: the cursor's, else the client's.
            cursor: ``next_cursor`` of the answer before.

        Raises:
            AgentError: RELEASE_GONE, BAD_ARGUMENT, BAD_CURSOR.
        """
        if release is None and cursor is not None:
            release = cursors.release_of(cursor)
        return changes.changed(self._at(since), self._at(release), limit, cursor)

    def report_gap(  # noqa: PLR0913  (the contract's arguments, who and when)
        self,
        kind: str,
        note: str,
        cites: Sequence[str] = (),
        *,
        principal: str | None = None,
        release: str | None = None,
        at: datetime | None = None,
    ) -> GapReceipt:
        """Tell the people who review that something is missing or wrong; the store stays as it is.

        Args:
            kind: missing, incorrect, conflicting, outdated or unsafe.
            note: What is wrong, in words (at most 2,000 characters).
            cites: What was served and is meant (at most 20).
            principal: Who reports.
            release: The release that was read; default: the client's.
            at: When; default: now.

        Raises:
            AgentError: BAD_ARGUMENT; GAPS_OFF when the client was opened without a journal.
        """
        moment = at or datetime.now(UTC)  # noqa: TID251  (a report is made when it is made; nothing that is published depends on it)
        return gaps.reported(self._at(release), self._journal, (kind, note, tuple(cites)), principal, moment)

    def _at(self, release: str | None) -> Snapshot:
        if release in (None, self._snapshot.release, cursors.short(self._snapshot.release)):
            return self._snapshot
        if self._named is None or release is None:
            raise gone()
        return self._named(release)

    def _searcher(self, snapshot: Snapshot) -> Searcher:
        return Searcher(snapshot, self._encoder)

    def tasks(self, *, release: str | None = None) -> tuple[TaskState, ...]:
        """Tell of every task of this edition whether it can be served today, and what blocks it; see `canonry.serve.needs`."""
        return needs.states(self._searcher(self._at(release)))

    def list(self, kind: str) -> pl.DataFrame:
        """List a table for people, what matters most first.

        Args:
            kind: conflicts, stale, families, entities, rulings, attributes or quarantine.
        """
        if kind not in _LISTS:
            raise bad_argument(f"There is no list {kind[:40]}.", f"Use one of {', '.join(_LISTS)}.")
        table, arrange = _LISTS[kind]
        return arrange(self._snapshot.table(table))

    def make_questions(self) -> tuple[dict[str, Any], ...]:
        """Make golden questions of the facts that changed or are open; see `canonry.serve.questions`."""
        return questions.made(self._snapshot)

    def describe_store(self, *, release: str | None = None) -> StoreDescription:
        """Say what is in this edition, and what can be asked of it."""
        snapshot, names = self._at(release), [n for n in TABLES if not n.startswith("_")]
        snapshot.load(TABLES)
        table = snapshot.table
        about = next(iter(table("release").to_dicts()), {})
        sources = table("sources").select("source", "kind", "status", "items", "owner", "authority").to_dicts()
        return StoreDescription(
            release=snapshot.release,
            edition=snapshot.edition,
            run_date=about.get("run_date"),
            model=about.get("model"),
            degraded=tuple(about.get("degraded") or ()),
            items=_counts(table("context"), "status"),
            excluded=_counts(table("excluded"), "reason"),
            tables={n: table(n).height for n in names},
            sources=tuple(SourceView(**s) for s in sources),
            filter_fields=FIELDS,
        )


def _batch_line(number: int, line: Mapping[str, Any], k: int) -> tuple[str, str, int, str | None]:
    if not isinstance(line.get("query"), str) or "id" not in line or line.keys() - _BATCH_KEYS:
        raise bad_argument(f"Line {number + 1} of the batch is no query.", 'Write {"id", "query", "k"?, "filter"?}.')
    return str(line["id"]), line["query"], int(line.get("k") or k), line.get("filter")


def _counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    return dict(frame.group_by(column).len().sort(column).iter_rows())


_LISTS: dict[str, tuple[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "conflicts": ("conflicts", conflicts.ordered),
    "stale": (
        "staleness",
        lambda t: t.sort(~pl.col("is_stale"), -pl.col("score").fill_null(0.0), "target_kind", "target_id", "source", "signal"),
    ),
    "families": ("families", lambda t: t.sort("member_kind", "family_id", "member_id")),
    "entities": ("entities", lambda t: t.sort("entity_type", "entity_id")),
    "rulings": ("rulings", lambda t: t.sort("at", "ruling_id", descending=[True, False])),
    "attributes": ("attributes", lambda t: t.sort(pl.col("note").is_null(), "entity_type", "attribute")),
    "quarantine": ("quarantine", lambda t: t.sort("source", "location", "rule")),
}
