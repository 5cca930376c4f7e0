"""Which items hold the sides of open conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from canonry.serve.snapshot import Snapshot

_MOST_PARTNERS = 4  # sides shown beside an item; `conflicts` names them all


def sides(snapshot: Snapshot, conflict_ids: Iterable[str]) -> dict[str, dict[int, set[str]]]:
    """Open conflict → side → the served items that hold it: the passage of a claim, or the card of the entity that a record is about."""
    wanted = [r["conflict_id"] for r in snapshot.rows("conflicts", "conflict_id", conflict_ids) if r["status"] == "open"]
    joined = snapshot.rows("conflict_claims", "conflict_id", wanted)
    claims = snapshot.claims(j["claim_id"] for j in joined)
    found: dict[str, dict[int, set[str]]] = {}
    for j in joined:
        claim = claims.get(j["claim_id"], {})
        item = claim.get("item_id") or snapshot.cards.get(str(claim.get("subject_id")))
        if item in snapshot.places and snapshot.places[item][1]:
            found.setdefault(j["conflict_id"], {}).setdefault(j["side"], set()).add(item)
    return found


def weaker(snapshot: Snapshot, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Items that hold only weaker sides of an open conflict whose better side (the fact's) is among these rows."""
    here = {r["item_id"] for r in rows}
    contested = {c for r in rows if r["status"] == "contested" for c in r["conflict_ids"] or ()}
    held = sides(snapshot, contested)
    better = {f["conflict_id"]: f["claim_id"] for f in snapshot.rows("facts", "conflict_id", held)}
    numbers = {(s["conflict_id"], s["claim_id"]): s["side"] for s in snapshot.rows("conflict_claims", "conflict_id", better)}
    weak: set[str] = set()
    for conflict, claim in better.items():
        stands = held[conflict].get(numbers.get((conflict, claim), -1), set())
        if stands & here:
            weak |= {i for items in held[conflict].values() for i in items - stands}
    return weak


def other_sides(
    snapshot: Snapshot, rows: Sequence[dict[str, Any]], may: Callable[[dict[str, Any]], bool]
) -> tuple[list[dict[str, Any]], list[tuple[int, ...]]]:
    """What should be served beside each of these items: one item for each other side of the open conflicts that touch it.

    Args:
        snapshot: The release.
        rows: The items, in the order in which they are served.
        may: Whether an item that is not among them may be served too.

    Returns:
        The items that are not among the rows already, in order; and for each row, then for each of them, the numbers of its partners,
        the additional items counting on after the rows.
    """
    held = sides(snapshot, {c for r in rows for c in r["conflict_ids"] or ()})
    place = {r["item_id"]: n for n, r in enumerate(rows)}
    others = {i for by_side in held.values() for items in by_side.values() for i in items} - place.keys()
    served = {r["item_id"]: r for r in snapshot.rows("context", "item_id", others) if may(r)}
    partners: list[tuple[int, ...]] = []
    more: list[str] = []
    for row in rows:
        own: list[int] = []
        for conflict in sorted(set(row["conflict_ids"] or ()) & held.keys()):
            for items in held[conflict].values():
                there = items & (place.keys() | served.keys())
                if row["item_id"] in items or not there:
                    continue
                nearest = min(there, key=lambda i: (place.get(i, len(rows) + len(more)), snapshot.places[i][0]))
                if nearest not in place:
                    place[nearest] = len(rows) + len(more)
                    more.append(nearest)
                own.append(place[nearest])
        partners.append(tuple(dict.fromkeys(own))[:_MOST_PARTNERS])
    return [served[i] for i in more], [*partners, *[()] * len(more)]
