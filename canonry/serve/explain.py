"""Everything that bears on one thing, found by its id or cite."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from canonry.ids import record_cite
from canonry.published import COMPONENTS
from canonry.serve.conflicts import viewed
from canonry.serve.errors import not_found
from canonry.serve.results import Result
from canonry.serve.search import corrections
from canonry.serve.views import (
    ClaimView,
    Component,
    DocumentView,
    EntityView,
    Explanation,
    FactView,
    FamilyMember,
    ItemView,
    MatchView,
    Origin,
    RulingView,
    Signal,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canonry.serve.snapshot import Snapshot

V = TypeVar("V", bound=Result)


def explained(snapshot: Snapshot, asked: str) -> Explanation:
    """Explain an item, document, record, claim, fact, conflict, entity or ruling.

    Args:
        snapshot: The release.
        asked: Its id or cite, with or without ``@release``; a fact as ``subject id + blank + attribute``.

    Raises:
        AgentError: NOT_FOUND.
    """
    wanted = asked.strip().removesuffix(f"@{snapshot.release}")
    for look in (_item, _entity, _document, _record, _claim, _conflict, _ruling, _fact):
        found = look(snapshot, wanted)
        if found is not None:
            return found
    raise not_found("item, document, record, claim, fact, conflict, entity or ruling of that id or cite", snapshot.instead_of(wanted))


def _item(snapshot: Snapshot, wanted: str) -> Explanation | None:
    found = snapshot.items.filter((pl.col("item_id") == wanted) | ((pl.col("cite") == wanted) & (pl.col("kind") == "passage"))).to_dicts()
    if not found:
        return None
    ids = [r["item_id"] for r in found]
    claims = snapshot.rows("claims", "item_id", ids)
    conflict_ids = {c for r in found for c in r["conflict_ids"] or ()} | _conflicts_of(snapshot, claims)
    return Explanation(
        kind="item",
        id=found[0]["item_id"],
        items=tuple(_item_view(r) for r in found),
        document=_document_view(snapshot, found[0]["document_id"]),
        quality=_quality(snapshot, ids),
        claims=_claim_views(snapshot, claims),
        conflicts=viewed(snapshot, conflict_ids),
        signals=_signals(snapshot, [*ids, *(r["document_id"] for r in found), *(c["claim_id"] for c in claims)]),
        family=_family(snapshot, [r["family_id"] for r in found]),
        lineage=_views(Origin, snapshot.rows("lineage", "item_id", ids)),
        rulings=_rulings(snapshot, [*conflict_ids, *(r["document_id"] for r in found)]),
        release=snapshot.release,
    )


def _entity(snapshot: Snapshot, wanted: str) -> Explanation | None:
    found = snapshot.rows("entities", "entity_id", [wanted])
    if not found:
        return None
    members = snapshot.rows("entity_members", "entity_id", [wanted])
    items = snapshot.items.filter((pl.col("entity_id") == wanted) & (pl.col("kind") == "entity")).to_dicts()
    ids = [r["item_id"] for r in items]
    claims = snapshot.rows("claims", "subject_id", [wanted])
    conflict_ids = {c["conflict_id"] for t in ("conflicts", "observations") for c in snapshot.rows(t, "subject_id", [wanted])}
    return Explanation(
        kind="entity",
        id=wanted,
        items=tuple(_item_view(r) for r in items),
        entity=_entity_view(snapshot, wanted),
        quality=_quality(snapshot, ids),
        claims=_claim_views(snapshot, claims),
        facts=_views(FactView, snapshot.rows("facts", "subject_id", [wanted])),
        conflicts=viewed(snapshot, conflict_ids),
        signals=_signals(snapshot, [*(m["record_id"] for m in members), *(c["claim_id"] for c in claims)], {m["source"] for m in members}),
        lineage=_views(Origin, snapshot.rows("lineage", "item_id", ids)),
        rulings=_rulings(snapshot, [wanted, *conflict_ids]),
        release=snapshot.release,
    )


def _document(snapshot: Snapshot, wanted: str) -> Explanation | None:
    view = _document_view(snapshot, wanted)
    if view is None:
        return None
    items = snapshot.items.filter(pl.col("document_id") == wanted).to_dicts()
    claims = snapshot.rows("claims", "document_id", [wanted])
    conflict_ids = {c for r in items for c in r["conflict_ids"] or ()} | _conflicts_of(snapshot, claims)
    return Explanation(
        kind="document",
        id=wanted,
        items=tuple(_item_view(r) for r in items),
        document=view,
        claims=_claim_views(snapshot, claims),
        conflicts=viewed(snapshot, conflict_ids),
        signals=_views(Signal, snapshot.rows("staleness", "document_id", [wanted]) or snapshot.rows("staleness", "target_id", [wanted])),
        family=_family(snapshot, [view.family_id]),
        rulings=_rulings(snapshot, [wanted, *conflict_ids]),
        release=snapshot.release,
    )


def _record(snapshot: Snapshot, wanted: str) -> Explanation | None:
    source, _, record_id = wanted.partition("/")
    found = snapshot.table("records").filter((pl.col("source") == source) & (pl.col("record_id") == record_id)).to_dicts()
    if not found:
        return None
    claims = [c for c in snapshot.rows("claims", "record_id", [record_id]) if c["source"] == source]
    conflict_ids = _conflicts_of(snapshot, claims)
    return Explanation(
        kind="record",
        id=wanted,
        entity=_entity_view(snapshot, found[0]["entity_id"]),
        claims=_claim_views(snapshot, claims),
        conflicts=viewed(snapshot, conflict_ids),
        signals=_signals(snapshot, [record_id, *(c["claim_id"] for c in claims)], {source}),
        rulings=_rulings(snapshot, conflict_ids),
        release=snapshot.release,
    )


def _claim(snapshot: Snapshot, wanted: str) -> Explanation | None:
    claims = snapshot.rows("claims", "claim_id", [wanted])
    if not claims:
        return None
    conflict_ids, held = _conflicts_of(snapshot, claims), [c["item_id"] for c in claims if c["item_id"]]
    return Explanation(
        kind="claim",
        id=wanted,
        items=tuple(_item_view(r) for r in snapshot.items.filter(pl.col("item_id").is_in(held)).to_dicts()),
        claims=_claim_views(snapshot, claims),
        facts=_facts_of(snapshot, claims[0]["subject_id"], claims[0]["attribute"]),
        conflicts=viewed(snapshot, conflict_ids),
        signals=_signals(snapshot, [wanted]),
        rulings=_rulings(snapshot, conflict_ids),
        release=snapshot.release,
    )


def _conflict(snapshot: Snapshot, wanted: str) -> Explanation | None:
    found = viewed(snapshot, [wanted])
    if not found:
        return None
    claims = snapshot.rows("claims", "claim_id", [s.claim_id for s in found[0].sides])
    items = snapshot.items.filter(pl.col("item_id").is_in(sorted({c["item_id"] for c in claims if c["item_id"]}))).to_dicts()
    return Explanation(
        kind="conflict",
        id=wanted,
        items=tuple(_item_view(r) for r in items),
        claims=_claim_views(snapshot, claims),
        facts=_views(FactView, snapshot.rows("facts", "conflict_id", [wanted])),
        conflicts=found,
        rulings=_rulings(snapshot, [wanted]),
        release=snapshot.release,
    )


def _ruling(snapshot: Snapshot, wanted: str) -> Explanation | None:
    found = snapshot.rows("rulings", "ruling_id", [wanted])
    if not found:
        return None
    target = found[0]["applied_to"]
    return Explanation(
        kind="ruling",
        id=wanted,
        document=_document_view(snapshot, target),
        conflicts=viewed(snapshot, [target]),
        rulings=_views(RulingView, found),
        release=snapshot.release,
    )


def _fact(snapshot: Snapshot, wanted: str) -> Explanation | None:
    subject_id, _, attribute = wanted.partition(" ")
    facts = _facts_of(snapshot, subject_id, attribute)
    if not facts:
        return None
    claims = [c for c in snapshot.rows("claims", "subject_id", [subject_id]) if c["attribute"] == attribute]
    conflict_ids = {f.conflict_id for f in facts if f.conflict_id} | _conflicts_of(snapshot, claims)
    return Explanation(
        kind="fact",
        id=wanted,
        claims=_claim_views(snapshot, claims),
        facts=facts,
        conflicts=viewed(snapshot, conflict_ids),
        rulings=_rulings(snapshot, conflict_ids),
        release=snapshot.release,
    )


def _views(kind: type[V], rows: Iterable[dict[str, Any]]) -> tuple[V, ...]:
    """Rows as results of one kind; columns that the kind does not have are left off."""
    return tuple(kind(**{k: r[k] for k in kind.model_fields if k in r}) for r in rows)


def _item_view(row: dict[str, Any]) -> ItemView:
    own = {k: row.get(k) for k in ItemView.model_fields}
    listed = {"flags": tuple(row["flags"] or ()), "conflict_ids": tuple(row["conflict_ids"] or ()), "corrections": corrections(row)}
    return ItemView.model_validate(own | listed)


def _document_view(snapshot: Snapshot, document_id: str | None) -> DocumentView | None:
    rows = snapshot.rows("documents", "document_id", [document_id])
    if not rows:
        return None
    served = snapshot.items.filter(pl.col("document_id") == document_id)["is_served"]
    own = {k: rows[0][k] for k in DocumentView.model_fields if k in rows[0]}
    return DocumentView(**own, served_items=int(served.sum()), excluded_items=len(served) - int(served.sum()))


def _entity_view(snapshot: Snapshot, entity_id: str | None) -> EntityView | None:
    rows = snapshot.rows("entities", "entity_id", [entity_id])
    if not rows:
        return None
    members = snapshot.rows("entity_members", "entity_id", [entity_id])
    records = tuple(record_cite(m["source"], m["record_id"]) for m in members)
    shown = {k: rows[0][k] for k in ("entity_id", "entity_type", "name", "cohesion")}
    return EntityView(**shown, records=records, matches=_matches(snapshot, members))


def _matches(snapshot: Snapshot, members: list[dict[str, Any]]) -> tuple[MatchView, ...]:
    end = {"source": pl.String, "record_id": pl.String}
    keys = pl.DataFrame([(m["source"], m["record_id"]) for m in members], schema=end, orient="row")
    links = snapshot.table("match_links")
    ends = [
        links.join(keys, left_on=[f"{side}_source", f"{side}_record_id"], right_on=["source", "record_id"], how="semi")
        for side in ("left", "right")
    ]
    pair = ["left_source", "left_record_id", "right_source", "right_record_id"]
    found = pl.concat(ends).unique(pair).sort(-pl.col("match_probability"), *pair)
    return tuple(
        MatchView(
            left=record_cite(r["left_source"], r["left_record_id"]),
            right=record_cite(r["right_source"], r["right_record_id"]),
            comparisons=json.loads(r["comparisons"]),
            **{k: r[k] for k in ("decision", "match_probability", "match_weight")},
        )
        for r in found.to_dicts()
    )


def _quality(snapshot: Snapshot, item_ids: list[str]) -> tuple[Component, ...]:
    rows = snapshot.rows("quality_components", "item_id", item_ids)
    return tuple(Component(name=c, value=r[c], contribution=r[f"{c}_contribution"]) for r in rows for c in COMPONENTS)


def _claim_views(snapshot: Snapshot, claims: Iterable[dict[str, Any]]) -> tuple[ClaimView, ...]:
    return _views(ClaimView, ({**c, "cite": snapshot.claim_cite(c)} for c in claims))


def _facts_of(snapshot: Snapshot, subject_id: str, attribute: str) -> tuple[FactView, ...]:
    return _views(FactView, (f for f in snapshot.rows("facts", "subject_id", [subject_id]) if f["attribute"] == attribute))


def _conflicts_of(snapshot: Snapshot, claims: Iterable[dict[str, Any]]) -> set[str]:
    return {r["conflict_id"] for r in snapshot.rows("conflict_claims", "claim_id", [c["claim_id"] for c in claims])}


def _signals(snapshot: Snapshot, target_ids: Iterable[str | None], sources: set[str] | None = None) -> tuple[Signal, ...]:
    """Signals about these targets; record ids repeat between sources, so those are asked for with their sources."""
    rows = snapshot.rows("staleness", "target_id", target_ids)
    return _views(Signal, (r for r in rows if sources is None or r["source"] in sources))


def _family(snapshot: Snapshot, family_ids: Iterable[str | None]) -> tuple[FamilyMember, ...]:
    return _views(FamilyMember, snapshot.rows("families", "family_id", family_ids))


def _rulings(snapshot: Snapshot, targets: Iterable[str | None]) -> tuple[RulingView, ...]:
    return _views(RulingView, snapshot.rows("rulings", "applied_to", targets))
