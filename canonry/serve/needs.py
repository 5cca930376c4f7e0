"""Tasks: what a decision needs, what of it there is today, and why the rest is not met."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from canonry.serve.answers import Blocked, TaskState
from canonry.serve.choosing import CANDIDATES, Asked, OnConflict, chosen, open_conflicts
from canonry.serve.errors import AgentError
from canonry.serve.packing import Candidate, Found, task_status
from canonry.serve.results import PackItem, Unmet
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from canonry.serve.search import Searcher
    from canonry.serve.snapshot import Snapshot

NEAR = 0.8  # a passage that scores less than this share of the best one is not needed (right passages scored ≥ 0.8 on the development set)
PER_QUERY = 3  # passages packed for a need that is a query
BLOCKED = 20  # entities told per task
_KEY = ["subject_id", "attribute"]
_WHY = {
    "unknown_entity": "Name one {entity} that is known.",
    "missing": "Nothing is known of it.",
    "other_source": "None of the sources that the task names says so.",
    "conflicting": "Sources disagree and nobody has decided.",
    "stale": "What says so is out of date.",
    "undated": "It is not known how old it is; it may be {max_age} days old at most.",
    "too_old": "It is of {dated_on}; it may be {max_age} days old at most.",
    "low_confidence": "Its confidence is {confidence}; {min_confidence} is needed.",
    "low_quality": "Nothing found is good enough; {min_quality} is needed.",
}
_ORDER = {r: n for n, r in enumerate(("conflicting", "stale", "too_old"))}


@dataclass(frozen=True)
class Need:
    """One need of a task, as the configuration says: attributes of an entity, or a query."""

    number: int
    entity: str | None = None
    attributes: tuple[str, ...] = ()
    query: str | None = None
    sources: tuple[str, ...] | None = None
    min_confidence: float | None = None
    min_quality: float | None = None
    max_age: int | None = None

    def unmet(self, asks: str, reason: str, row: dict[str, Any] | None = None) -> Unmet:
        """Say that the need, or one of its attributes, is not met."""
        told = {
            "entity": self.entity or "thing",
            "max_age": self.max_age,
            "min_confidence": self.min_confidence,
            "min_quality": self.min_quality,
        }
        found = {k: (row or {}).get(k) for k in ("dated_on", "confidence", "conflict_id", "cite", "source")}
        why = _WHY[reason].format(**told, **found)
        open_one = found["conflict_id"] if reason == "conflicting" else None
        return Unmet.model_validate(
            {
                "need": self.number,
                "asks": asks,
                "reason": reason,
                "why": why,
                "conflict_id": open_one,
                "cite": found["cite"],
                "source": found["source"],
            }
        )


@dataclass(frozen=True)
class Task:
    """A task of a release, as the table `tasks` holds it."""

    name: str
    principals: tuple[str, ...]
    needs: tuple[Need, ...]
    on_conflict: Literal["winner", "both", "abstain"]
    budget_tokens: int


def tasks(snapshot: Snapshot) -> tuple[Task, ...]:
    """The tasks of this edition, in the order of their names."""
    return tuple(_task(row) for row in snapshot.table("tasks").to_dicts())


def task_of(snapshot: Snapshot, name: str) -> Task:
    """Find a task.

    Raises:
        AgentError: NOT_FOUND.
    """
    rows = snapshot.rows("tasks", "task", [name])
    if not rows:
        known = snapshot.table("tasks")["task"].to_list()
        raise AgentError(
            "NOT_FOUND", "There is no such task here.", f"There are: {', '.join(known)}." if known else "There is none at all."
        )
    return _task(rows[0])


def _task(row: dict[str, Any]) -> Task:
    needs = tuple(_need(n, told) for n, told in enumerate(json.loads(row["needs"]), 1))
    return Task(row["task"], tuple(row["principals"] or ()), needs, row["on_conflict"], row["budget_tokens"])


def _need(number: int, told: dict[str, Any]) -> Need:
    sources = told.pop("sources", None)
    return Need(number, attributes=tuple(told.pop("attributes", ())), sources=None if sources is None else tuple(sources), **told)


def found(snapshot: Snapshot, searcher: Searcher, task: Task, asked: Asked) -> Found:
    """Find exactly what a task needs: a fact per attribute, the passages per query; and say which needs are not met.

    A need that is a query is judged by the best passage that its sources hold: where that is contested or out of date, a lesser one does
    not make up for it.
    """
    result = Found(unmet=[])
    on_conflict = asked.on_conflict or task.on_conflict
    things = [_thing(snapshot, name) for name in asked.entities]
    for need in task.needs:
        if need.query is None:
            mine = [i for i in things if i and _kind(snapshot, i) == need.entity]
            _facts(snapshot, result, need, (mine, asked.as_of, on_conflict))
        else:
            _passages(searcher, result, need, asked)
    result.unmet = sorted(result.unmet or [], key=lambda u: (u.need, u.asks))
    result.candidates = _needed_first(result.candidates)
    return result


def _needed_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Put what a need cannot do without before what only adds to it."""
    order = sorted(range(len(candidates)), key=lambda n: (candidates[n].item.kind != "fact" and not candidates[n].needed, n))
    place = {old: new for new, old in enumerate(order)}
    return [replace(candidates[n], partners=tuple(place[p] for p in candidates[n].partners)) for n in order]


def _thing(snapshot: Snapshot, name: str) -> str | None:
    ids = snapshot.names.find(name).ids
    return next(iter(ids)) if len(ids) == 1 else None


def _kind(snapshot: Snapshot, entity_id: str) -> str | None:
    return next((r["entity_type"] for r in snapshot.rows("entities", "entity_id", [entity_id])), None)


def _facts(snapshot: Snapshot, result: Found, need: Need, how: tuple[Sequence[str], date | None, OnConflict]) -> None:
    """Pack the facts of a need with attributes, and say which of them do not meet it."""
    entity_ids, as_of, on_conflict = how
    if not entity_ids:
        result.unmet = [*(result.unmet or ()), *(need.unmet(f"{need.entity} {a}", "unknown_entity") for a in need.attributes)]
        return
    for row in judged(snapshot, need, entity_ids, as_of).to_dicts():
        row["cite"] = snapshot.claims([row["claim_id"]]).get(row["claim_id"], {}).get("cite")
        if row["reason"]:
            result.unmet = [*(result.unmet or ()), need.unmet(f"{row['subject_id']} {row['asks']}", row["reason"], row)]
        if row["claim_id"] is None:
            continue
        if row["decision"] == "open" and on_conflict == "abstain":
            result.leave("open_conflict", row["cite"] or row["subject_id"])
        else:
            _stated(snapshot, result, (need, row), both=on_conflict == "both")


def _stated(snapshot: Snapshot, result: Found, judgement: tuple[Need, dict[str, Any]], *, both: bool) -> None:
    """Make candidates of a fact: what stands, and of an open one, where both are asked for, the runner-up beside it."""
    need, row = judgement
    is_open = row["decision"] == "open"
    sides = [row["claim_id"], *([row["runner_up_claim_id"]] if is_open and both else [])]
    first, claims = len(result.candidates), snapshot.claims(sides)
    items = [_fact_item(row, claims[c]) for c in sides if c in claims]
    for n, item in enumerate(items):
        partners = tuple(first + m for m in range(len(items)) if m != n)
        result.candidates.append(Candidate(item, partners, 0 if row["reason"] else need.number, f"{row['subject_id']} {row['asks']}"))
    if is_open:
        result.about |= open_conflicts(snapshot, [{"conflict_ids": [row["conflict_id"]]}])


def _fact_item(row: dict[str, Any], claim: dict[str, Any]) -> PackItem:
    is_open = row["decision"] == "open"
    return PackItem(
        cite=claim["cite"] or row["subject_id"],
        kind="fact",
        title=row["subject"],
        heading=row["attribute"],
        text=claim["verbatim"],
        value=claim["value"] if claim["value"] != claim["verbatim"] else None,
        unit=claim["unit"],
        status="contested" if is_open else "stale" if row["is_stale"] else "current",
        dated_on=claim["dated_on"],
        valid_from=claim["valid_from"],
        valid_to=claim["valid_to"],
        conflict_ids=(row["conflict_id"],) if is_open else None,
    )


def judged(snapshot: Snapshot, need: Need, entity_ids: Sequence[str], as_of: date | None = None) -> pl.DataFrame:
    """Judge the facts that a need asks for.

    Args:
        snapshot: The release.
        need: A need with attributes.
        entity_ids: The things that it is asked for.
        as_of: The day on which it was true; default: the run date.

    Returns:
        One row per entity and attribute, in this order: ``subject_id, asks`` (the attribute as the task writes it), ``reason`` (null when
        it is met, else the first that applies of missing, other_source, conflicting, stale, undated, too_old, low_confidence),
        ``is_stale``, the columns of the fact that stands, and ``source, dated_on`` of its claim.
    """
    asks = pl.DataFrame({"asks": list(need.attributes), "plain": [_plain(a) for a in need.attributes]})
    wanted = pl.DataFrame({"subject_id": sorted(set(entity_ids))}, schema={"subject_id": pl.String}).join(asks, how="cross")
    facts = snapshot.table("facts")[snapshot.row_numbers("facts", "subject_id", wanted["subject_id"].unique())]
    plain = facts.select(pl.col("attribute").unique()).with_columns(plain=pl.col("attribute").map_elements(_plain, return_dtype=pl.String))
    stands = (
        facts.filter(_holds(as_of))
        .join(plain, on="attribute")
        .sort(pl.col("scope") != "", -pl.col("confidence").fill_null(0.0), "scope", "value", "claim_id")
        .unique(["subject_id", "plain"], keep="first", maintain_order=True)
    )
    said = ("item_id", "record_id", "source", "dated_on", "date_kind")
    claims = snapshot.table("claims")[snapshot.row_numbers("claims", "claim_id", stands["claim_id"])].select("claim_id", *said)
    day = as_of or next(iter(snapshot.table("release")["run_date"]), None) or date.max
    return (
        wanted.join(stands, on=["subject_id", "plain"], how="left")
        .join(claims, on="claim_id", how="left")
        .with_columns(is_stale=_stale(snapshot, stands.join(claims, on="claim_id")))
        .with_columns(reason=_reason(need, day))
        .sort("subject_id", "asks")
    )


def _plain(attribute: str) -> str:
    return normal(attribute.replace("_", " "))


def _holds(as_of: date | None) -> pl.Expr:
    """The same as `facts.holding`, over a frame."""
    if as_of is None:
        return pl.col("is_current")
    begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= as_of)
    lasts = pl.col("valid_to").is_null() | (pl.col("valid_to") >= as_of)
    past = pl.col("valid_from").is_null() & pl.col("valid_to").is_null() & pl.col("known_to").is_not_null()
    return begun & lasts & ~past


def _stale(snapshot: Snapshot, stands: pl.DataFrame) -> pl.Expr:
    """True for the claims that stand in a stale item, or have a sign themselves or on their record; null items are none."""
    items = snapshot.table("context")[snapshot.row_numbers("context", "item_id", stands["item_id"].drop_nulls().unique())]
    stale_items = items.filter(pl.col("status") == "stale")["item_id"].to_list()
    signs = snapshot.table("staleness").filter("is_stale")
    of_claims = signs.filter(pl.col("target_kind") == "claim")["target_id"]
    of_records = signs.filter(pl.col("target_kind") == "record").select("source", record_id="target_id")
    gone = stands.join(of_records, on=["source", "record_id"], how="semi")["claim_id"]
    stale_claims = stands.filter(pl.col("claim_id").is_in(of_claims.to_list()))["claim_id"]
    return pl.col("item_id").is_in(stale_items).fill_null(value=False) | pl.col("claim_id").is_in([*gone, *stale_claims]).fill_null(
        value=False
    )


def _reason(need: Need, day: date) -> pl.Expr:
    """The first that applies."""
    checks: list[tuple[str, pl.Expr]] = [("missing", pl.col("claim_id").is_null())]
    if need.sources is not None:
        checks.append(("other_source", ~_from(pl.col("sources"), need.sources)))
    checks += [("conflicting", pl.col("decision") == "open"), ("stale", pl.col("is_stale"))]
    if need.max_age is not None:
        # an export says on the day it was taken what is in it; a page without a date of its own may be of any day before
        is_dated = pl.col("dated_on").is_not_null() & (pl.col("record_id").is_not_null() | (pl.col("date_kind") == "exact"))
        checks += [("undated", ~is_dated), ("too_old", pl.col("dated_on") < _earliest(day, need.max_age))]
    if need.min_confidence is not None:
        checks.append(("low_confidence", pl.col("confidence").fill_null(0.0) < need.min_confidence))
    return pl.coalesce(pl.when(test).then(pl.lit(reason)) for reason, test in checks)


def _from(sources: pl.Expr, wanted: Sequence[str]) -> pl.Expr:
    """Whether one of a list of sources is one of those wanted, or was found in one of them (flights/airline in flights)."""
    return sources.list.eval(pl.element().is_in(list(wanted)) | pl.element().str.split("/").list.first().is_in(list(wanted))).list.any()


def _earliest(day: date, max_age: int) -> date:
    return date.min if max_age >= (day - date.min).days else day - timedelta(days=max_age)


def _passages(searcher: Searcher, result: Found, need: Need, asked: Asked) -> None:
    """Pack the passages of a need that is a query, and judge it by the best of them."""
    assert need.query is not None  # noqa: S101  (the caller asked)
    ranked = searcher.ranked(need.query, CANDIDATES, _filter(need))
    rows = [(r, s) for r, s in zip(searcher.snapshot.served_rows(ranked.rows), ranked.scores, strict=True) if s >= NEAR * ranked.scores[0]]
    good = [(r, s) for r, s in rows if need.min_quality is None or (r["quality"] or 0.0) >= need.min_quality]
    reason = _doubt(searcher.snapshot, need, good[0][0], asked.as_of) if good else "low_quality" if rows else "missing"
    best = (good or rows or [({}, 0.0)])[0][0]
    if reason:
        row = {**best, "conflict_id": next(iter(best.get("conflict_ids") or ()), None)}
        result.unmet = [*(result.unmet or ()), need.unmet(need.query, reason, row)]
    before = len(result.candidates)
    chosen(searcher, result, _new(result, good[:PER_QUERY]), asked)
    if reason is None and len(result.candidates) > before:
        first = result.candidates[before]
        result.candidates[before] = Candidate(first.item, first.partners, need.number, need.query)


def _new(result: Found, rows: Iterable[tuple[dict[str, Any], float]]) -> list[tuple[dict[str, Any], float]]:
    """What is not packed for a need before."""
    there = {c.item.cite for c in result.candidates if c.item.kind != "fact"}
    return [(r, s) for r, s in rows if r["cite"] not in there]


def _filter(need: Need) -> str | None:
    if need.sources is None:
        return None
    return f"source in ({', '.join(_quoted(s) for s in need.sources)})" if need.sources else "source is null and source is not null"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _doubt(snapshot: Snapshot, need: Need, row: dict[str, Any], as_of: date | None) -> str | None:
    """What is wrong with a passage, by the same order as facts are judged."""
    if row["status"] in ("contested", "stale"):
        return "conflicting" if row["status"] == "contested" else "stale"
    if need.max_age is None:
        return None
    day = as_of or next(iter(snapshot.table("release")["run_date"]), None) or date.max
    if row["dated_on"] is None or row["date_kind"] != "exact":
        return "undated"
    return "too_old" if row["dated_on"] < _earliest(day, need.max_age) else None


def states(searcher: Searcher) -> tuple[TaskState, ...]:
    """Tell of every task of this edition whether it can be served today, for which things it cannot, and what blocks it."""
    return tuple(_state(searcher, task) for task in tasks(searcher.snapshot))


def _state(searcher: Searcher, task: Task) -> TaskState:
    """Judge the needs of a task for all things of the types that it asks for."""
    snapshot = searcher.snapshot
    entities = snapshot.table("entities")
    general = Found(unmet=[])
    lacking: dict[str, list[Unmet]] = {}
    subjects: set[str] = set()
    for need in task.needs:
        if need.query is not None:
            _passages(searcher, general, need, Asked(query=need.query))
            continue
        ids = entities.filter(pl.col("entity_type") == need.entity)["entity_id"].to_list()
        subjects.update(ids)
        for row in judged(snapshot, need, ids).filter(pl.col("reason").is_not_null()).to_dicts():
            lacking.setdefault(row["subject_id"], []).append(need.unmet(f"{row['subject_id']} {row['asks']}", row["reason"], row))
    blocked = sorted(lacking.items(), key=lambda b: (min(_ORDER.get(u.reason, 9) for u in b[1]), b[0]))
    everyone = [Blocked(unmet=tuple(general.unmet or ()))] if general.unmet else []
    each = [Blocked(entity_id=i, unmet=tuple(unmet)) for i, unmet in blocked]
    reasons = Counter(r for unmet in lacking.values() for r in {u.reason for u in unmet}) + Counter(u.reason for u in general.unmet or ())
    return TaskState(
        task=task.name,
        principals=task.principals,
        status=task_status([u for b in (*everyone, *each) for u in b.unmet])[0],
        subjects=len(subjects) or 1,
        ready=0 if general.unmet else (len(subjects) or 1) - len(lacking),
        blocked=tuple([*everyone, *each][:BLOCKED]),
        reasons=dict(sorted(reasons.items())),
    )
