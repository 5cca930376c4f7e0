"""Context packs: what a query, an entity or a task is about, within a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canonry.serve import needs
from canonry.serve.choosing import BUDGET, CANDIDATES, Asked, chosen
from canonry.serve.errors import bad_argument
from canonry.serve.packing import Draft, Found, counted
from canonry.serve.results import ContextPack, Tokens

if TYPE_CHECKING:
    from canonry.serve.search import Searcher
    from canonry.serve.snapshot import Snapshot

_DENIED = "This task is not yours to take."


def packed(snapshot: Snapshot, searcher: Searcher, asked: Asked, cursor: str | None = None) -> ContextPack:
    """Answer a request with a pack; see `Client.get_context`.

    Returns:
        The pack; ``tokens.used`` is the number of UTF-8 bytes of `ContextPack.as_json`, at most the budget.
    """
    asked.check()
    task = needs.task_of(snapshot, asked.task) if asked.task else None
    budget = asked.budget_tokens or (task.budget_tokens if task else BUDGET)
    if task and asked.principal is not None and task.principals and asked.principal not in task.principals:
        empty = Tokens(asked=budget, used=0)
        denied = ContextPack(
            status="denied", status_reason=_DENIED, items=(), conflicts=(), left_out=(), tokens=empty, release=snapshot.release
        )
        return counted(denied)
    found = needs.found(snapshot, searcher, task, asked) if task else _found(snapshot, searcher, asked)
    return Draft(found, budget, snapshot.release, [snapshot.edition, *asked.request()]).fill(cursor)


def _found(snapshot: Snapshot, searcher: Searcher, asked: Asked) -> Found:
    """Find what a query, an entity, or both are about."""
    found = Found()
    if asked.entities:
        rows = _of_entity(snapshot, searcher, asked, found)
    else:
        ranked = searcher.ranked(asked.query or "", CANDIDATES, asked.filter)
        rows = list(zip(snapshot.served_rows(ranked.rows), ranked.scores, strict=True))
        for row in snapshot.served_rows(ranked.others):
            found.leave("same_family", row["cite"])
    return chosen(searcher, found, rows, asked)


def _of_entity(snapshot: Snapshot, searcher: Searcher, asked: Asked, found: Found) -> list[tuple[dict[str, Any], float]]:
    """The card of a thing first, then what speaks of it: passages with a claim about it or with its name, the best for the query first."""
    if len(asked.entities) > 1:
        raise bad_argument("Several entities are named.", "Name one, or a task that needs several.")
    named = snapshot.names.find(asked.entities[0])
    if len(named.ids) != 1:
        close = sorted(named.ids) or named.close
        found.why = "No single thing is called so." + (f" Close: {', '.join(c[:20] for c in close[:2])}." if close else "")
        return []
    entity_id = next(iter(named.ids))
    card = snapshot.cards.get(entity_id)
    called = next((str(r["name"]) for r in snapshot.rows("entities", "entity_id", [entity_id]) if r["name"]), asked.entities[0])
    about = {c["item_id"] for c in snapshot.rows("claims", "subject_id", [entity_id]) if c["item_id"]}
    ranked = searcher.about(asked.query or called, called, about, (CANDIDATES, asked.filter))
    rows = [(r, s) for r, s in zip(snapshot.served_rows(ranked.rows), ranked.scores, strict=True) if r["item_id"] != card]
    best = max((s for _, s in rows), default=1.0)
    own = [r for r in snapshot.rows("context", "item_id", [card]) if searcher.keeps(r["item_id"], asked.filter)]
    return [*((r, best) for r in own), *rows]
