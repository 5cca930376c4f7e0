"""The truth file of the example company, compared with what a run published: per section what was found, missed and found falsely."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl


@dataclass
class Score:
    """What became of one section.

    Attributes:
        right: Cases that are as the truth says.
        missed: Cases that are not, with what was found instead.
        false: What was found and should not have been.
    """

    right: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the section's cases that are right."""
        return len(self.right) / max(len(self.right) + len(self.missed), 1)

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return len(self.right) / max(len(self.right) + len(self.false), 1)

    def told(self) -> str:
        """Say it in full, for a failure's message."""
        lines = [f"recall {self.recall:.2f}, precision {self.precision:.2f}"]
        return "\n".join([*lines, *(f"missed: {m}" for m in self.missed), *(f"false:  {f}" for f in self.false)])

    def case(self, name: str, problem: str | None) -> None:
        """Count a case: right when there is no problem."""
        if problem is None:
            self.right.append(name)
        else:
            self.missed.append(f"{name} — {problem}")


def same_sentence(claim: Mapping[str, Any], side: Mapping[str, Any]) -> bool:
    """Tell whether a claim is the sentence that the truth speaks of."""
    wanted = side.get("says") if "value" in side or "sentence" not in side else side["sentence"]
    return claim["document_id"] == side["document"] and normal(claim["sentence"] or "") == normal(str(wanted))


class Found:
    """What a run published, arranged by conflict."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self.tables = tables
        claims = {r["claim_id"]: r for r in tables["claims"].iter_rows(named=True)}
        self.conflicts = {r["conflict_id"]: r for r in tables["conflicts"].iter_rows(named=True)}
        self.sides: dict[str, list[dict[str, Any]]] = {c: [] for c in self.conflicts}
        for r in tables["conflict_claims"].iter_rows(named=True):
            if r["conflict_id"] in self.conflicts:
                self.sides[r["conflict_id"]].append({**claims[r["claim_id"]], **r})

    def holding(self, side: Mapping[str, Any]) -> list[str]:
        """The conflicts in which a sentence takes part."""
        return [c for c, sides in self.sides.items() if any(same_sentence(s, side) for s in sides)]

    def about(self, subject: str, attribute: str) -> list[str]:
        """The conflicts about an attribute of a thing."""
        wanted = subject.casefold()  # ids hold keys in normal form
        return [
            c for c, r in self.conflicts.items()
            if wanted in (r["subject_id"].casefold(), r["subject"].casefold()) and r["attribute"] == attribute
        ]  # fmt: skip

    def told(self, conflict: str) -> str:
        """Describe a conflict for a failure's message."""
        r = self.conflicts[conflict]
        sides = " | ".join(f"{s['source']}: {s['verbatim']!r} in {s['sentence'] or s['record_id']!r}" for s in self.sides[conflict])
        return f"{r['kind']} {r['type']} {r['status']} by {r['rule']} on {r['subject']} . {r['attribute']}: {sides}"


def text_text(found: Found, truth: Mapping[str, Any]) -> Score:
    """Statements of two pages: found, typed, decided, and won by the right side."""
    score, true = Score(), set()
    for case in truth["text_text"]:
        both = set(found.holding(case["a"])) & set(found.holding(case["b"]))
        true |= both
        score.case(f"{case['a']['says']} ≠ {case['b']['says']}", _wrong(found, sorted(both), case) if both else "no conflict between them")
    score.false += [found.told(c) for c, r in found.conflicts.items() if r["kind"] == "texts" and c not in true]
    return score


def _wrong(found: Found, both: list[str], case: Mapping[str, Any]) -> str | None:
    conflict = found.conflicts[both[0]]
    wins = {s["wins"] for s in found.sides[both[0]] if case["winner"] and same_sentence(s, case[case["winner"]])}
    told = (conflict["type"], conflict["status"], wins)
    wanted = (case["type"], case["status"], {True} if case["winner"] else set())
    spans = conflict["spans_audiences"] == case.get("spans_audiences", False)
    return (
        None
        if told == wanted and spans
        else f"is {told}, spans {conflict['spans_audiences']}, not {wanted} ({case['basis']}; {conflict['reason']})"
    )


def not_text_text(found: Found, truth: Mapping[str, Any]) -> Score:
    """Statements that look alike and do not contradict each other."""
    score = Score()
    for case in truth["not_text_text"]:
        both = set(found.holding(case["a"])) & set(found.holding(case["b"]))
        score.case(f"{case['a']['says']} / {case['b']['says']}", found.told(min(both)) if both else None)
    for case in truth["single_text"]:
        hits = found.holding({"document": case["document"], "says": case["sentence"]})
        score.case(case["sentence"], found.told(hits[0]) if hits else None)
    return score


def record_record(found: Found, truth: Mapping[str, Any]) -> Score:
    """Differences between exports and between asserting sites; precision over all conflicts in which no text takes part."""
    score, true = Score(), set()
    cases = [(c["entity"], c["attribute"], c["values"], c["winner_source"]) for c in truth["record_record"]]
    cases += [
        (c["subject"], c["attribute"], {f"reagent_sites/{s}": v for s, v in c["values"].items()}, f"reagent_sites/{c['winner']}")
        for c in truth["claims"]
    ]
    for subject, attribute, values, winner in cases:
        hits = found.about(subject, attribute)
        true |= set(hits)
        score.case(f"{subject} {attribute} {values}", _records_wrong(found, hits, values, winner))
    score.false += [found.told(c) for c, r in found.conflicts.items() if r["kind"] == "records" and c not in true]
    return score


def _records_wrong(found: Found, hits: list[str], values: Mapping[str, str], winner: str) -> str | None:
    if len(hits) != 1:
        return f"{len(hits)} conflicts"
    sides = {s["source"]: s for s in found.sides[hits[0]] if s["document_id"] is None}
    if not set(values) <= set(sides):
        return f"only {sorted(sides)} take part"
    return None if sides[winner]["wins"] else f"{winner} does not win: {found.told(hits[0])}"


def form_only(found: Found, truth: Mapping[str, Any]) -> Score:
    """Differences of form are no conflicts."""
    score = Score()
    for case in (*truth["form_only"], *truth["claims_form_only"]):
        subject = case.get("entity") or case["subject"]
        hits = found.about(subject, case["attribute"])
        score.case(f"{subject} {case['attribute']} {case['values']}", found.told(hits[0]) if hits else None)
    return score


def text_record(found: Found, truth: Mapping[str, Any]) -> Score:
    """A sentence against a record: found, decided, and the right value stands; precision over all conflicts of that kind."""
    score, true = Score(), set()
    for case in truth["text_record"]:
        hits = [
            c
            for c in found.holding(case)
            if found.conflicts[c]["subject_id"].casefold() == case["entity"].casefold()
            and found.conflicts[c]["attribute"] == case["attribute"]
        ]
        true |= set(hits)
        score.case(f"{case['sentence']} ({case['entity']}.{case['attribute']}: {case['stands']})", _text_wrong(found, hits, case))
    score.false += [found.told(c) for c, r in found.conflicts.items() if r["kind"] == "text_and_record" and c not in true]
    return score


def _text_wrong(found: Found, hits: list[str], case: Mapping[str, Any]) -> str | None:
    if len(hits) != 1:
        claims = [f"{r['subject_id']}.{r['attribute']}={r['value']} ({r['modality']}, {r['link']} {r['link_confidence']})"
                  for r in found.tables["claims"].iter_rows(named=True) if same_sentence(r, case)]  # fmt: skip
        return f"{len(hits)} conflicts; claims of the sentence: {claims or 'none'}"
    conflict = found.conflicts[hits[0]]
    winner = next((s["verbatim"] for s in found.sides[hits[0]] if s["claim_id"] == conflict["winner_claim_id"]), None)
    stands = {s["verbatim"] for s in found.sides[hits[0]] if s["wins"]}
    right = conflict["status"] == case["status"] and (case["stands"] in stands if case["stands"] else winner is None)
    return None if right else f"{conflict['status']} with {winner}: {conflict['reason']}"


def near_misses(found: Found, truth: Mapping[str, Any]) -> Score:
    """Sentences that contradict no record."""
    score = Score()
    for case in truth["near_misses"]:
        hits = found.holding({"document": case["document"], "says": case["sentence"]})
        score.case(f"{case['sentence']} ({case['why']})", found.told(hits[0]) if hits else None)
    return score


def _families(tables: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, Any]]:
    return {r["member_id"]: r for r in tables["families"].filter(member_kind="document").iter_rows(named=True)}


def families(found: Found, truth: Mapping[str, Any]) -> Score:
    """Copies, versions with their direction, one page twice without one, and pages that only look alike."""
    score, of = Score(), _families(found.tables)

    def together(a: str, b: str) -> bool:
        return a in of and b in of and of[a]["family_id"] == of[b]["family_id"]

    older = set(found.tables["staleness"].filter(signal="older_version")["target_id"]) | set(
        found.tables["staleness"].filter(signal="replaced")["target_id"]
    )
    for a, b in truth["copies"]:
        score.case(
            f"copies {a}, {b}", None if together(a, b) and "exact" in (of[a]["relation"], of[b]["relation"]) else f"{of.get(a)} {of.get(b)}"
        )
    for a, b in truth["near_copies"]:
        score.case(f"near copies {a}, {b}", None if together(a, b) else "not in one family")
    for case in truth["versions"]:
        a, b = case["old"], case["new"]
        right = together(a, b) and a in older and b not in older
        score.case(
            f"versions {a} → {b} ({case['direction']})",
            None if right else f"together {together(a, b)}, old side stale {a in older}, new side stale {b in older}",
        )
    for a, b in truth["near_pairs"]:
        score.case(
            f"near {a}, {b}",
            None
            if together(a, b) and a not in older and b not in older
            else f"together {together(a, b)}, older {[d for d in (a, b) if d in older]}",
        )
    for case in truth["not_versions"]:
        a, b = case["pair"]
        score.case(f"no versions {a}, {b} ({case['why']})", "in one family" if together(a, b) else None)
    return score


def stale(found: Found, truth: Mapping[str, Any]) -> Score:
    """Signals on documents and records; hard ones found elsewhere are false."""
    score, rows = Score(), found.tables["staleness"]
    told = {
        (r["target_id"] if r["target_kind"] != "record" else f"{r['source']}/{r['target_id']}", r["signal"])
        for r in rows.iter_rows(named=True)
    }
    for case in truth["stale"]:
        target = case.get("document") or case["record"]
        score.case(
            f"{target} {case['signal']}", None if (target, case["signal"]) in told else f"signals are {[s for t, s in told if t == target]}"
        )
    wanted = {(c.get("document") or c["record"], c["signal"]) for c in truth["stale"]}
    wanted |= {(v["old"], s) for v in truth["versions"] for s in ("older_version", "replaced")}
    watched = ("expired", "replaced", "older_version", "absent_from_authority", "review_overdue", "owner_gone", "broken_link")
    score.false += [f"{t} {s}" for t, s in sorted(told - wanted) if s in watched]
    return score


def corrected(found: Found, truth: Mapping[str, Any]) -> Score:
    """Documents that are served with a claim in them that lost."""
    score = Score()
    context = found.tables["context"].filter(kind="passage")
    told = set(context.filter(status="corrected")["document_id"]) | {
        d for d, c in context.select("document_id", "corrections").iter_rows() if c
    }  # fmt: skip
    lost = set(found.tables["excluded"].filter(reason="lost_conflict")["document_id"])
    for document in truth["corrected"]:
        score.case(document, None if document in told | lost else "no passage of it is corrected or left out for it")
    score.false += sorted(told - set(truth["corrected"]))
    return score


SECTIONS: dict[str, Callable[[Found, Mapping[str, Any]], Score]] = {
    f.__name__: f for f in (text_text, not_text_text, record_record, form_only, text_record, near_misses, families, stale, corrected)
}
