"""The Python client: one method per tool that agents have, over one edition of one release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry import store as stores
from canonry.errors import StoreError
from canonry.published import TABLES
from canonry.serve import conflicts, questions
from canonry.serve.errors import AgentError, bad_argument, not_found
from canonry.serve.explain import explained
from canonry.serve.facts import resolved
from canonry.serve.filters import FIELDS
from canonry.serve.pack import CANDIDATES, OnConflict, Request, packed
from canonry.serve.results import (
    BatchAnswer,
    ConflictView,
    ContextPack,
    Explanation,
    FactResult,
    Hit,
    SearchResult,
    SourceView,
    StoreDescription,
)
from canonry.serve.search import Searcher, by_cite, hit, status_of
from canonry.serve.snapshot import Snapshot
from canonry.serve.sql import SqlResult, queried

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from canonry.similarity import Encoder
    from canonry.store import Manifest

_BATCH_KEYS = frozenset({"id", "query", "k", "filter"})
_NO_RELEASE = "Publish one with `canonry run`, or name the right store."


class Client:
    """Read access to one edition of one release; the release stays the same for the client's life.

    Example::

        client = Client("store", edition="staff")
        pack = client.get_context("How long do refunds take?", budget_tokens=3000)
    """

    def __init__(self, store: str | Path, edition: str = "full", *, release: str | None = None, encoder: Encoder | None = None) -> None:
        """Open an edition.

        Args:
            store: The store's folder.
            edition: Which edition to read.
            release: A release id; default: the current one.
            encoder: Turns queries into vectors; default: the shipped model, loaded when first needed.

        Raises:
            AgentError: RELEASE_GONE, NO_RELEASE or UNKNOWN_EDITION.
        """
        folder = Path(store)
        manifest = _manifest(folder, release)
        if edition not in manifest.editions:
            raise AgentError("UNKNOWN_EDITION", "This release has no such edition.", "Ask the operator which editions there are.")
        file = stores.edition_file(folder, manifest, edition)
        self._open(Snapshot(manifest.release_id, edition, _reader(folder, manifest, edition), file), encoder)

    @classmethod
    def over(cls, tables: Mapping[str, pl.DataFrame], *, encoder: Encoder | None = None, release: str = "memory") -> Client:
        """Serve frames in memory instead of a published store; tables that are absent are empty."""
        client = cls.__new__(cls)
        client._open(Snapshot(release, "full", lambda name: tables.get(name, TABLES[name].empty())), encoder)  # noqa: SLF001
        return client

    def _open(self, snapshot: Snapshot, encoder: Encoder | None) -> None:
        self._snapshot, self._searcher = snapshot, Searcher(snapshot, encoder)

    @property
    def release(self) -> str:
        """The release that this client reads."""
        return self._snapshot.release

    def search(self, query: str, k: int = 5, filter: str | None = None) -> SearchResult:  # noqa: A002  (the contract's word)
        """Find the best items for a query.

        Args:
            query: Words, a question, or a phrase.
            k: At most so many items, of different families.
            filter: A condition on the items, as in `canonry.serve.filters`, applied before ranking.

        Raises:
            AgentError: BAD_FILTER with the position, BAD_ARGUMENT, MODEL_UNAVAILABLE.
        """
        items = self._searcher.hits(query, k, filter)
        return SearchResult(status=status_of(i.status for i in items), items=items, release=self.release)

    def search_batch(self, queries: Sequence[Mapping[str, Any]], k: int = 5) -> tuple[BatchAnswer, ...]:
        """Answer many queries; all are checked first and encoded at once.

        Args:
            queries: ``{"id", "query", "k"?, "filter"?}`` each.
            k: Number of items for queries that name none.
        """
        asked = [_batch_line(n, q, k) for n, q in enumerate(queries)]
        found = self._searcher.batch([(query, size, condition) for _, query, size, condition in asked])
        return tuple(
            BatchAnswer(id=line[0], status=status_of(i.status for i in items), items=items)
            for line, items in zip(asked, found, strict=True)
        )

    def get_context(
        self,
        query: str,
        budget_tokens: int = 4000,
        filter: str | None = None,  # noqa: A002
        *,
        min_quality: float | None = None,
        on_conflict: OnConflict = "winner",
    ) -> ContextPack:
        """Pack whole items for a query within a budget.

        Args:
            query: What is to be answered.
            budget_tokens: At most so many UTF-8 bytes in the whole result, `ContextPack.as_json` (500 to 16,000).
            filter: As in `search`.
            min_quality: Items below are left out, and said so.
            on_conflict: ``winner`` serves the better side where both are found, ``both`` all, ``abstain`` no contested item.
        """
        request = Request(budget_tokens, min_quality, on_conflict)
        request.check()
        return packed(self._snapshot, self._searcher.ranked(query, CANDIDATES, filter), request)

    def resolve_fact(self, subject: str, attribute: str, as_of: date | None = None) -> FactResult:
        """Look up what stands for a subject and an attribute, by exact and then by fuzzy names.

        Args:
            subject: Name, key or id of what it is about.
            attribute: Which property.
            as_of: The day on which it was true; default: the run date.
        """
        return resolved(self._snapshot, subject, attribute, as_of)

    def get_item(self, cites: str | Sequence[str]) -> tuple[Hit, ...]:
        """Fetch whole served items by cite, in the order asked for.

        Raises:
            AgentError: NOT_FOUND when none of them is served.
        """
        rows = by_cite(self._snapshot, [cites] if isinstance(cites, str) else cites)
        if not rows:
            wanted = [cites] if isinstance(cites, str) else cites
            raise not_found("served item of that cite", next(filter(None, map(self._snapshot.instead_of, wanted)), None))
        return tuple(hit(row, 1.0) for row in rows)

    def explain(self, id: str) -> Explanation:  # noqa: A002  (the contract's word)
        """Tell everything that bears on an item, document, record, claim, fact, conflict, entity or ruling.

        Args:
            id: Its id or cite; a fact as ``<subject id> <attribute>``.

        Raises:
            AgentError: NOT_FOUND.
        """
        return explained(self._snapshot, id)

    def query_sql(self, sql: str, max_rows: int = 100, budget_tokens: int = 4000) -> SqlResult:
        """Run one SQL query that reads this edition, shut in; see `canonry.serve.sql.queried`.

        Raises:
            AgentError: BAD_ARGUMENT, RELEASE_GONE, or a code that begins with SQL_; SQL_UNAVAILABLE where none can be shut in.
        """
        return queried(self._snapshot, sql, max_rows, budget_tokens)

    def list_conflicts(self, status: str | None = None) -> tuple[ConflictView, ...]:
        """List conflicts with all their sides, open ones first, then by severity.

        Args:
            status: open, decided_by_policy, decided_by_person or dismissed; default: all.
        """
        return conflicts.listed(self._snapshot, status)

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

    def describe_store(self) -> StoreDescription:
        """Say what is in this edition, and what can be asked of it."""
        table = self._snapshot.table
        release = next(iter(table("release").to_dicts()), {})
        sources = table("sources").select("source", "kind", "status", "items", "owner", "authority").to_dicts()
        names = [n for n in TABLES if not n.startswith("_")]
        return StoreDescription(
            release=self.release,
            edition=self._snapshot.edition,
            run_date=release.get("run_date"),
            model=release.get("model"),
            degraded=tuple(release.get("degraded") or ()),
            items=_counts(table("context"), "status"),
            excluded=_counts(table("excluded"), "reason"),
            tables={n: table(n).height for n in names},
            sources=tuple(SourceView(**s) for s in sources),
            filter_fields=FIELDS,
        )


def _manifest(folder: Path, release: str | None) -> Manifest:
    """Read the manifest, or raise an error that names neither a path nor the reason why a file cannot be read."""
    try:
        found = stores.manifest(folder, release) if release else stores.current(folder)
    except StoreError as e:
        if release:
            raise AgentError("RELEASE_GONE", "This release is not kept.", "Ask again without naming a release.") from e
        raise AgentError("STORE_UNREADABLE", "The store cannot be read.", "Tell the operator: `canonry verify`.") from e
    if found is None:
        raise AgentError("NO_RELEASE", "The store holds no release yet.", _NO_RELEASE, retryable=True)
    return found


def _reader(folder: Path, manifest: Manifest, edition: str) -> Callable[[str], pl.DataFrame]:
    def read(name: str) -> pl.DataFrame:
        try:
            return stores.read_table(folder, manifest, edition, name)
        except StoreError as e:
            raise AgentError("RELEASE_GONE", "This release cannot be read any more.", "Open the store again.", retryable=True) from e

    return read


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
