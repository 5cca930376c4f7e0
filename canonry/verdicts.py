"""What people ruled on pages, records and single claims, found again among what there is tonight.

Rulings on conflicts are attached in `canonry.arbitrate.rulings`, where conflicts are known; these here are needed by several stages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

from canonry import anchors
from canonry.groups import grouped
from canonry.published import STALENESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Key: TypeAlias = "tuple[str, str]"  # source and record_id
VERDICTS: Mapping[str, tuple[str, ...]] = {
    "conflict": ("keep", "both", "scope", "not-a-conflict", "ask-owner"),
    "document": ("still-valid", "retire", "canonical"),
    "entity": ("same", "different"),
    "claim": ("withhold",),
}
"""What a ruling is about → what can be ruled."""
_OVERRULED = {  # verdict → signals that count for nothing against the page
    "still-valid": (
        "expired", "review_overdue", "age", "contradicted", "owner_gone", "broken_link", "dead_reference", "dependency_stale",
        "source_silent",
    ),
    "canonical": ("replaced", "older_version"),
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What one ruling comes to tonight.

    Attributes:
        ruling: The line of the journal.
        target: What it takes effect on: a conflict, document, entity or claim; None when it fits nothing.
        remark: What belongs to it (successor, edition, scope), or why it has no effect.
        is_replaced: Whether a later ruling took its place.
        side: The side of the conflict that a ruling keeps.
        successor: The document that stands in the place of a retired one.
    """

    ruling: Mapping[str, Any]
    target: str | None = None
    remark: str | None = None
    is_replaced: bool = False
    side: int | None = None
    successor: str | None = None

    @property
    def status(self) -> str:
        """As in the published table: applies, lapsed or withdrawn."""
        return "withdrawn" if self.is_replaced else "applies" if self.target else "lapsed"

    @property
    def verdict(self) -> str:
        """What was ruled."""
        return str(self.ruling["verdict"])

    @property
    def said(self) -> str:
        """Who ruled, when, and why, for evidence."""
        why = f" ({self.ruling['because']})" if self.ruling.get("because") else ""
        return f"{self.ruling.get('by') or 'somebody'} ruled so on {str(self.ruling['at'])[:10]}{why}"


def over(ruling: Mapping[str, Any], run_date: date) -> str | None:
    """Say that the day has passed until which a ruling held; None while it holds."""
    until = date.fromisoformat(ruling["until"]) if ruling.get("until") else None
    return f"it held until {until}" if until and until < run_date else None


def replaced(found: Sequence[Outcome], keys: Sequence[Iterable[object]]) -> list[Outcome]:
    """Let the later of two rulings on the same question take the place of the earlier.

    Args:
        found: Outcomes, oldest first.
        keys: For each the questions that it answers; those of one without a target are not looked at.
    """
    taken: dict[object, str] = {}
    out: list[Outcome] = []
    for outcome, mine in zip(reversed(found), reversed(keys), strict=True):
        if outcome.target is None:
            out.append(outcome)
            continue
        questions = sorted(mine, key=repr)
        later = next((taken[k] for k in questions if k in taken), None)
        for k in questions:
            taken.setdefault(k, str(outcome.ruling["ruling_id"]))
        gone = later is not None
        out.append(Outcome(outcome.ruling, remark=f"{later} took its place", is_replaced=True) if gone else outcome)
    return out[::-1]


def _about(rulings: Iterable[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [r for r in rulings if r["target_kind"] == kind]


def on_documents(
    rulings: Iterable[Mapping[str, Any]], run_date: date, documents: pl.DataFrame, families: Mapping[str, str] | None = None
) -> list[Outcome]:
    """Attach the rulings on pages; the later of two on the same question holds.

    Args:
        rulings: Standing rulings, oldest first; those on other things are left aside.
        run_date: Rulings with an earlier `until` have lapsed.
        documents: Columns ``document_id``, ``source``, ``path``, ``content_hash``, ``title``, ``removed_on``.
        families: document_id → family_id: one page only is the canonical one of its family. Without them only rulings on the same page
            meet.
    """
    there = documents.filter(pl.col("removed_on").is_null())
    found = [_page(r, run_date, there) for r in _about(rulings, "document")]
    return replaced(found, [_questions(o, families or {}) for o in found])


def _page(ruling: Mapping[str, Any], run_date: date, documents: pl.DataFrame) -> Outcome:
    if remark := over(ruling, run_date):
        return Outcome(ruling, remark=remark)
    target = anchors.page(ruling["anchors"][0], documents)
    if target is None:
        return Outcome(ruling, remark="its page is not found any more")
    if len(ruling["anchors"]) == 1:
        return Outcome(ruling, target)
    successor = anchors.page(ruling["anchors"][1], documents)
    if successor in (None, target):
        return Outcome(ruling, target, remark="the page that stands instead is not found any more")
    return Outcome(ruling, target, remark=f"replaced by {successor}", successor=successor)


def _questions(outcome: Outcome, families: Mapping[str, str]) -> set[tuple[str, str]]:
    page = outcome.target or ""
    family = ("family", families.get(page, page))
    return {
        "still-valid": {("age", page)}, "retire": {("age", page), ("page", page)}, "canonical": {("page", page), family},
    }[outcome.verdict]  # fmt: skip


def judged(staleness: pl.DataFrame, outcomes: Iterable[Outcome]) -> pl.DataFrame:
    """Let people have the last word on what is out of date.

    A retired page is replaced by its successor, or has expired; the signals that a ruling denies keep their row and lose their force.

    Args:
        staleness: Shape of the published table.
        outcomes: As `on_documents` returns them.

    Returns:
        The same shape with ``is_overruled``.
    """
    pages = [o for o in outcomes if o.status == "applies"]
    denied = [(o.target, s, o.said) for o in pages for s in _OVERRULED.get(o.verdict, ())]
    shape = {"document_id": pl.String, "signal": pl.String, "ruled": pl.String}
    by_person = pl.DataFrame(denied, schema=shape, orient="row").unique(["document_id", "signal"], keep="first", maintain_order=True)
    out = staleness.join(by_person, on=["document_id", "signal"], how="left").with_columns(
        is_stale=pl.col("is_stale") & pl.col("ruled").is_null(),
        evidence=pl.when(pl.col("ruled").is_null()).then("evidence").otherwise(pl.format("{} It does not count: {}.", "evidence", "ruled")),
        is_overruled=pl.col("ruled").is_not_null(),
    )
    rows = [
        {
            "target_kind": "document", "target_id": o.target, "document_id": o.target, "source": str(o.ruling["anchors"][0]["source"]),
            "signal": "replaced" if o.successor else "expired", "is_stale": True, "score": 1.0, "superseded_by": o.successor,
            "evidence": f"It is retired{f' in favour of {o.successor}' if o.successor else ''}: {o.said}.", "is_overruled": False,
        }
        for o in pages
        if o.verdict == "retire"
    ]  # fmt: skip
    retired = pl.DataFrame(rows, schema={**STALENESS.schema, "is_overruled": pl.Boolean})
    key = list(STALENESS.key)
    return pl.concat([retired, out.join(retired, on=key, how="anti").select(retired.columns)])


@dataclass(frozen=True)
class Links:
    """Which records are one thing, and which are not, as people ruled.

    Attributes:
        same: Pairs of records that are one thing.
        apart: Pairs of records that are not.
        outcomes: What became of each ruling; the target is the first record as ``source/record_id``.
    """

    same: tuple[tuple[Key, Key], ...] = ()
    apart: tuple[tuple[Key, Key], ...] = ()
    outcomes: tuple[Outcome, ...] = field(default=())


def on_records(rulings: Iterable[Mapping[str, Any]], run_date: date, records: pl.DataFrame) -> Links:
    """Attach the rulings on records; one that contradicts later ones, also by way of third records, gives way.

    Args:
        rulings: Standing rulings, oldest first; those on other things are left aside.
        run_date: Rulings with an earlier `until` have lapsed.
        records: Columns ``source``, ``record_id``, ``entity_type``.

    Returns:
        The pairs agree with each other: no chain of `same` leads from one end of a pair in `apart` to the other.
    """
    mine = _about(rulings, "entity")
    if not mine:
        return Links()
    named = {(a["record"]["source"], a["record"]["id"]) for r in mine for a in r["anchors"]}
    wanted = pl.DataFrame(sorted(named), schema={"source": pl.String, "record_id": pl.String}, orient="row")
    kinds = {(s, i): t for s, i, t in records.join(wanted, on=["source", "record_id"]).select("source", "record_id", "entity_type").rows()}
    same: list[tuple[Key, Key]] = []
    apart: list[tuple[Key, Key]] = []
    out = []
    for ruling in reversed(mine):
        outcome, sides = _records(ruling, run_date, kinds)
        if outcome.target is not None:
            more_same = [*same, *(pairwise([*sides[0], *sides[1]]) if outcome.verdict == "same" else ())]
            more_apart = [*apart, *(product(*sides) if outcome.verdict == "different" else ())]
            if _agree(more_same, more_apart):
                same, apart = more_same, more_apart
            else:
                outcome = Outcome(ruling, remark="later rulings say the contrary", is_replaced=True)
        out.append(outcome)
    return Links(tuple(sorted(set(same))), tuple(sorted(set(apart))), tuple(out[::-1]))


def _agree(same: Iterable[tuple[Key, Key]], apart: Iterable[tuple[Key, Key]]) -> bool:
    """Whether no chain of `same` joins what is apart."""
    of = {k: first for first, members in grouped(same).items() for k in members}
    return all(of.get(a, a) != of.get(b, b) for a, b in apart)


def _records(ruling: Mapping[str, Any], run_date: date, kinds: Mapping[Key, str]) -> tuple[Outcome, tuple[list[Key], list[Key]]]:
    sides: tuple[list[Key], list[Key]] = ([], [])
    for a in ruling["anchors"]:
        sides[int(a["side"]) - 1].append((a["record"]["source"], a["record"]["id"]))
    records = [*sides[0], *sides[1]]
    gone = [f"{s}/{i}" for s, i in records if (s, i) not in kinds]
    remark = over(ruling, run_date) or (f"there is no record {', '.join(gone)} any more" if gone else None)
    if remark is None and len({kinds[k] for k in records}) > 1:
        remark = "its records are things of different kinds"
    return Outcome(ruling, None if remark else "/".join(sides[0][0]), remark), sides


def withheld(rulings: Iterable[Mapping[str, Any]], run_date: date, edition: str) -> list[Mapping[str, Any]]:
    """Give the rulings that withhold a claim from an edition; the claim is the anchor that says so."""
    return [r for r in _about(rulings, "claim") if r["edition"] == edition and not over(r, run_date)]


def claim_of(ruling: Mapping[str, Any]) -> Mapping[str, Any]:
    """The anchor of the claim that a ruling withholds."""
    return next(a for a in ruling["anchors"] if a.get("withhold"))


def beside_withheld(
    rulings: Iterable[Mapping[str, Any]], run_date: date, edition: str, sentences: pl.DataFrame
) -> tuple[set[str], set[Key], set[tuple[str, str]]]:
    """Find what contradicts a claim that a person withholds from an edition: its readers should know that there is more.

    Args:
        rulings: Standing rulings.
        run_date: Rulings with an earlier `until` have lapsed.
        edition: The edition.
        sentences: Columns ``source``, ``item_id``, ``norm``; what is left of a conflict need not be a claim any more.

    Returns:
        The items in which such sentences stand; records; (source, subject) of rows of claims tables.
    """
    items: set[str] = set()
    records: set[Key] = set()
    rows: set[tuple[str, str]] = set()
    for ruling in withheld(rulings, run_date, edition):
        for a in (a for a in ruling["anchors"] if a["value"] != claim_of(ruling)["value"]):
            if quote := a.get("quote"):
                own = sentences.filter(source=a["source"])
                norm = anchors.said_again(quote["sentence"], own["norm"].unique().sort().to_list())
                items.update(own.filter(pl.col("norm") == norm)["item_id"] if norm is not None else ())
            elif record := a.get("record"):
                records.add((record["source"], record["id"]))
            else:
                rows.add((a["source"], a["subject"]))
    return items, records, rows
