"""What is asked of a pack, and which of the items found may be in it, in the order of their usefulness."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from canonry.ids import slug
from canonry.serve.conflicts import viewed
from canonry.serve.errors import bad_argument
from canonry.serve.facts import holding
from canonry.serve.packing import Candidate, Found
from canonry.serve.results import PackConflict, PackItem
from canonry.serve.search import corrections
from canonry.serve.sides import other_sides, weaker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from canonry.serve.results import ConflictView, Side
    from canonry.serve.search import Searcher
    from canonry.serve.snapshot import Snapshot

OnConflict = Literal["winner", "both", "abstain"]
Detail = Literal["concise", "detailed"]
LEAST_BUDGET, MOST_BUDGET, BUDGET = 500, 16_000, 4000
CANDIDATES = 64  # items looked at for one request, over all its packs
RELATIVE = 0.5  # an item that scores less than this share of the best one is noise (right passages scored ≥ 0.8 on the development set)

# Usefulness = (score / best score) ** STEEP * quality / bytes ** BRIEF. How likely an item is to hold the answer falls steeply with its
# score, so that words and meaning decide, and quality and length only between items that score nearly the same; the best one is tried
# first, whatever its length. Measured in ADR 0023: flatter curves (STEEP 2, BRIEF 1: as many items as possible) lose up to half of the
# right ones at small budgets.
STEEP, BRIEF = 64.0, 0.25
_UNKNOWN_QUALITY = 0.5
_CONCISE = ("cite", "text", "status")
_DETAILED = (*_CONCISE, "title", "dated_on", "kind", "source", "heading", "valid_from", "valid_to", "quality")


@dataclass(frozen=True)
class Asked:
    """What was asked of a pack; see `Client.get_context`. What is None is the task's, or the usual."""

    query: str | None = None
    budget_tokens: int | None = None
    filter: str | None = None
    entity: str | Sequence[str] | None = None
    task: str | None = None
    as_of: date | None = None
    min_quality: float | None = None
    on_conflict: OnConflict | None = None
    detail: Detail = "concise"
    principal: str | None = None

    def check(self) -> None:
        """Refuse what a pack cannot be made for."""
        if not (self.query or self.entity or self.task):
            raise bad_argument("Nothing is asked for.", "Give a query, an entity or a task.")
        if self.budget_tokens is not None and not LEAST_BUDGET <= self.budget_tokens <= MOST_BUDGET:
            raise bad_argument("budget_tokens is out of range.", f"Ask for {LEAST_BUDGET} to {MOST_BUDGET}.")
        if self.on_conflict not in (None, *get_args(OnConflict)):
            raise bad_argument("on_conflict is not known.", f"Use one of {', '.join(get_args(OnConflict))}.")
        if self.detail not in get_args(Detail):
            raise bad_argument("detail is not known.", f"Use one of {', '.join(get_args(Detail))}.")
        if self.min_quality is not None and not 0.0 <= self.min_quality <= 1.0:
            raise bad_argument("min_quality is out of range.", "Ask for 0 to 1.")

    @property
    def entities(self) -> tuple[str, ...]:
        """The things that are named."""
        if self.entity is None:
            return ()
        return (self.entity,) if isinstance(self.entity, str) else tuple(self.entity)

    def request(self) -> list[Any]:
        """Give what a cursor is tied to: everything but the cursor."""
        day = self.as_of.isoformat() if self.as_of else None
        return [
            "get_context", self.query, self.budget_tokens, self.filter, self.entities, self.task, day, self.min_quality, self.on_conflict,
            self.detail,
        ]  # fmt: skip


def chosen(searcher: Searcher, found: Found, rows: Sequence[tuple[dict[str, Any], float]], asked: Asked) -> Found:
    """Note which of the items found may be packed, in the order of their usefulness, and why the others may not."""
    snapshot = searcher.snapshot
    best = max((score for _, score in rows), default=1.0)
    on_conflict = asked.on_conflict or "winner"
    kept = []
    for row, score in rows:
        reason = _refusal(snapshot, row, score / best, asked)
        if reason:
            found.leave(reason, row["cite"])
        else:
            kept.append((row, score))
    kept.sort(key=lambda r: (r[1] < best, -_usefulness(r[0], r[1] / best), r[0]["cite"]))
    if on_conflict == "winner":
        weak = weaker(snapshot, [row for row, _ in kept])
        for row, _ in kept:
            if row["item_id"] in weak:
                found.leave("other_side", row["cite"])
        kept = [(row, score) for row, score in kept if row["item_id"] not in weak]
    partners: list[tuple[int, ...]] = [()] * len(kept)
    if on_conflict == "both":
        wanted = [row for row, _ in kept]
        more, partners = other_sides(
            snapshot, wanted, lambda row: searcher.keeps(row["item_id"], asked.filter) and not _refusal(snapshot, row, 1.0, asked)
        )
        kept += [(row, 0.0) for row in more]
    found.candidates += [Candidate(item_of(row, score, asked.detail), p) for (row, score), p in zip(kept, partners, strict=True)]
    found.about |= open_conflicts(snapshot, [row for row, _ in kept])
    return found


def _refusal(snapshot: Snapshot, row: dict[str, Any], share: float, asked: Asked) -> str:
    if share < RELATIVE:
        return "less_relevant"
    if asked.as_of and not _valid_on(snapshot, row, asked.as_of):
        return "not_valid_then"
    if asked.min_quality is not None and (row["quality"] is None or row["quality"] < asked.min_quality):
        return "below_min_quality"
    return "open_conflict" if asked.on_conflict == "abstain" and row["status"] == "contested" else ""


def _valid_on(snapshot: Snapshot, row: dict[str, Any], day: date) -> bool:
    """Whether an item was true on a day: a passage by its bounds, a card when every value on it held then and none that did is missing."""
    if (row["valid_from"] and row["valid_from"] > day) or (row["valid_to"] and row["valid_to"] < day):
        return False
    if row["kind"] != "entity":
        return True
    facts = snapshot.rows("facts", "subject_id", [row["entity_id"]])
    return {f["claim_id"] for f in holding(facts, day)} == {f["claim_id"] for f in holding(facts, None)}


def _usefulness(row: dict[str, Any], share: float) -> float:
    """Logarithm of the usefulness, to nine digits: sums of floats must not decide an order."""
    quality = max(_UNKNOWN_QUALITY if row["quality"] is None else row["quality"], 0.01)
    return round(STEEP * math.log(share) + math.log(quality) - BRIEF * math.log(max(len(row["text"].encode()), 1)), 9)


def open_conflicts(snapshot: Snapshot, rows: Sequence[dict[str, Any]]) -> dict[str, PackConflict]:
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


def item_of(row: dict[str, Any], score: float, detail: Detail) -> PackItem:
    """Show a row of the table context in the detail asked for; what is empty is left out."""
    plain = {k: row[k] for k in (_CONCISE if detail == "concise" else _DETAILED)}
    listed = {"flags": tuple(row["flags"] or ()), "corrections": corrections(row), "conflict_ids": tuple(row["conflict_ids"] or ())}
    more: dict[str, Any] = {"score": score} if detail == "detailed" and score else {}
    if detail == "concise":
        more = {"title": None if _is_said(row) else row["title"], "dated_on": None if row["status"] == "current" else row["dated_on"]}
    return PackItem(**plain, **more, **{k: v or None for k, v in listed.items()})


def _is_said(row: dict[str, Any]) -> bool:
    """Whether the cite says all that the title says: ``handbook/travel.md#booking`` of the page Travel."""
    return slug(row["title"] or "").replace("-", "") in slug(row["cite"].replace("/", " ").replace(".", " ")).replace("-", "")
