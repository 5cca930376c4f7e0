"""Context packs: whole items, best first, never over the budget counted on everything that is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from canonry.serve.conflicts import viewed
from canonry.serve.errors import bad_argument
from canonry.serve.results import ContextPack, LeftOut, PackConflict, PackItem, Status, Tokens
from canonry.serve.search import corrections, status_of

if TYPE_CHECKING:
    from canonry.serve.index import Ranked
    from canonry.serve.results import ConflictView, Side
    from canonry.serve.snapshot import Snapshot

OnConflict = Literal["winner", "both", "abstain"]
LEAST_BUDGET, MOST_BUDGET = 500, 16_000
CANDIDATES = 40  # items looked at for one pack
RELATIVE = 0.5  # an item that scores less than this share of the best one is noise (right passages scored ≥ 0.8 on the development set)
_DIGITS = 2  # a larger budget is written with up to so many more digits
_SHOWN = 3  # cites named per reason of what was left out
_REASONS = {
    "conflicting": "An open conflict touches an item; conflicts names the values on each side.",
    "stale": "An item is out of date by several signals.",
    "ok": "Every item is current or carries its corrections.",
    "insufficient": "Nothing that may be served answers this.",
}
_TOO_SMALL = "The budget is too small for any item; smallest_budget would do."


@dataclass(frozen=True)
class Request:
    """What was asked of a pack."""

    budget_tokens: int = 4000
    min_quality: float | None = None
    on_conflict: OnConflict = "winner"

    def check(self) -> None:
        """Refuse what a pack cannot be made for."""
        if not LEAST_BUDGET <= self.budget_tokens <= MOST_BUDGET:
            raise bad_argument("budget_tokens is out of range.", f"Ask for {LEAST_BUDGET} to {MOST_BUDGET}.")
        if self.on_conflict not in get_args(OnConflict):
            raise bad_argument("on_conflict is not known.", f"Use one of {', '.join(get_args(OnConflict))}.")
        if self.min_quality is not None and not 0.0 <= self.min_quality <= 1.0:
            raise bad_argument("min_quality is out of range.", "Ask for 0 to 1.")


@dataclass
class _Draft:
    """A pack in the making."""

    release: str
    asked: int
    about: dict[str, PackConflict]
    items: list[PackItem] = field(default_factory=list)
    left: dict[str, list[str]] = field(default_factory=dict)

    def leave(self, reason: str, cite: str) -> None:
        self.left.setdefault(reason, []).append(cite)

    def smallest(self, items: list[PackItem]) -> ContextPack:
        """Build the least that is sent with these items: what is left out is counted, not named."""
        return self._built(items, None, named=False)

    def finished(self, smallest: int | None) -> ContextPack:
        """Build the pack, naming what is left out as long as that fits."""
        named = self._built(self.items, smallest, named=True)
        return named if named.tokens.used <= self.asked else self._built(self.items, smallest, named=False)

    def _built(self, items: list[PackItem], smallest: int | None, *, named: bool) -> ContextPack:
        status, why = self._status(items, smallest)
        touching = sorted({c for i in items for c in i.conflict_ids or ()} & self.about.keys())
        pack = ContextPack(
            status=status,
            status_reason=why,
            items=tuple(items),
            conflicts=tuple(self.about[c] for c in touching),
            left_out=tuple(_left_out(reason, cites, named=named) for reason, cites in sorted(self.left.items()) if cites),
            smallest_budget=smallest,
            tokens=Tokens(asked=self.asked, used=0),
            release=self.release,
        )
        return _counted(pack)

    def _status(self, items: list[PackItem], smallest: int | None) -> tuple[Status, str]:
        if not items and "open_conflict" in self.left:
            return "conflicting", "Everything found is contested, and the request says to abstain."
        status = status_of(i.status for i in items)
        return status, _TOO_SMALL if smallest is not None else _REASONS[status]


def packed(snapshot: Snapshot, found: Ranked, request: Request) -> ContextPack:
    """Fill a pack from ranked items.

    Args:
        snapshot: Where the items are from.
        found: Rows of the table context, best first.
        request: Budget and conditions; checked already.

    Returns:
        The pack; ``tokens.used`` is the number of UTF-8 bytes of `ContextPack.as_json`, at most the budget.
    """
    rows = snapshot.served_rows(found.rows)
    draft = _Draft(snapshot.release, request.budget_tokens, _about(snapshot, rows))
    fitting = _conditions(draft, rows, found.scores, request)
    if request.on_conflict == "winner":
        fitting = _winners(snapshot, draft, fitting)
    draft.left["budget"] = [i.cite for i in fitting]  # so that the room for saying so is reserved
    for item in fitting:
        draft.left["budget"].remove(item.cite)
        if draft.smallest([*draft.items, item]).tokens.used <= request.budget_tokens:
            draft.items.append(item)
        else:
            draft.leave("budget", item.cite)
    nothing_fits = bool(fitting) and not draft.items
    return draft.finished(min(draft.smallest([i]).tokens.used for i in fitting) + _DIGITS if nothing_fits else None)


def _conditions(draft: _Draft, rows: list[dict[str, Any]], scores: list[float], request: Request) -> list[PackItem]:
    """Keep the items that meet the conditions of the request, best first; the others are noted with the reason."""
    kept = []
    for row, score in zip(rows, scores, strict=True):
        reason = _refusal(row, score / scores[0], request)
        if reason:
            draft.leave(reason, row["cite"])
        else:
            kept.append(_item(row, score))
    return kept


def _refusal(row: dict[str, Any], share: float, request: Request) -> str:
    if share < RELATIVE:
        return "less_relevant"
    if request.min_quality is not None and (row["quality"] is None or row["quality"] < request.min_quality):
        return "below_min_quality"
    return "open_conflict" if request.on_conflict == "abstain" and row["status"] == "contested" else ""


def _winners(snapshot: Snapshot, draft: _Draft, items: list[PackItem]) -> list[PackItem]:
    """Leave out the weaker side of an open conflict where the better side (the fact's) is among the items."""
    contested = {c for i in items if i.status == "contested" for c in i.conflict_ids or ()}
    better = {r["conflict_id"]: r["claim_id"] for r in snapshot.rows("facts", "conflict_id", contested)}
    sides = snapshot.rows("conflict_claims", "conflict_id", better)
    claims = snapshot.claims(s["claim_id"] for s in sides)
    number = {(s["conflict_id"], s["claim_id"]): s["side"] for s in sides}
    stands, falls = dict[str, set[str | None]](), dict[str, set[str | None]]()
    for s in sides:
        best = number.get((s["conflict_id"], better[s["conflict_id"]]))
        (stands if s["side"] == best else falls).setdefault(s["conflict_id"], set()).add(claims.get(s["claim_id"], {}).get("cite"))
    here = {i.cite for i in items}
    weak = {c for conflict, cites in falls.items() if stands.get(conflict, set()) & here for c in cites - stands[conflict]}
    for item in items:
        if item.cite in weak:
            draft.leave("other_side", item.cite)
    return [i for i in items if i.cite not in weak]


def _about(snapshot: Snapshot, rows: list[dict[str, Any]]) -> dict[str, PackConflict]:
    """Collect the open conflicts that touch these items, in short."""
    ids = {i for r in rows for i in r["conflict_ids"] or ()}
    return {c.conflict_id: _in_short(c) for c in viewed(snapshot, ids) if c.status == "open"}


def _in_short(conflict: ConflictView) -> PackConflict:
    """Quote one claim of each side."""
    first: dict[int, Side] = {}
    for s in conflict.sides:
        first.setdefault(s.side, s)
    return PackConflict(
        conflict_id=conflict.conflict_id,
        status=conflict.status,
        attribute=conflict.attribute,
        values=tuple(s.verbatim or s.value or "" for s in first.values()),
        cites=tuple(s.cite or s.source or "" for s in first.values()),
    )


def _item(row: dict[str, Any], score: float) -> PackItem:
    plain = {k: row[k] for k in ("cite", "title", "heading", "text", "status", "dated_on", "quality")}
    listed = {"flags": tuple(row["flags"] or ()), "corrections": corrections(row), "conflict_ids": tuple(row["conflict_ids"] or ())}
    return PackItem(**plain, score=score, **{k: v or None for k, v in listed.items()})


def _left_out(reason: str, cites: list[str], *, named: bool) -> LeftOut:
    return LeftOut.model_validate({"reason": reason, "items": len(cites), "cites": tuple(cites[:_SHOWN]) if named else None})


def _counted(pack: ContextPack) -> ContextPack:
    """Fill in the size of the whole, its own digits included."""
    used, size = -1, 0
    while used != size:
        used = size
        pack = pack.model_copy(update={"tokens": Tokens(asked=pack.tokens.asked, used=used)})
        size = len(pack.as_json().encode())
    return pack
