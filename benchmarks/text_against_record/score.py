"""What a run of the product made of the cases."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

import canonry
from canonry.text import normal

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.text_against_record.build import Case

# Claims of text about things, in conflicts; without those that say what a record on the other side of the same conflict says too.
_CLAIMS = """
SELECT c.document_id, c.subject_id, c.attribute, c.verbatim, c.sentence
FROM conflict_claims m JOIN conflicts k USING (conflict_id) JOIN claims c USING (claim_id)
WHERE c.document_id IS NOT NULL AND c.subject_kind = 'entity' AND NOT EXISTS (
    SELECT 1 FROM conflict_claims r WHERE r.conflict_id = m.conflict_id AND r.document_id IS NULL AND r.side = m.side)
ORDER BY ALL
"""
Claim = tuple[str, str, str, str, str]


@dataclass
class Score:
    """Found and false, by kind of case.

    Attributes:
        found, missed: Planted conflicts.
        false: Claims in a conflict that were not planted, with the case that they come from.
        near_misses: Cases that contradict nothing, by kind.
    """

    found: list[Case] = field(default_factory=list)
    missed: list[Case] = field(default_factory=list)
    false: list[tuple[str, Claim]] = field(default_factory=list)
    near_misses: dict[str, int] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """Precision and recall overall, recall per kind of conflict, false claims per kind of near miss."""
        found, missed = [c.kind for c in self.found], [c.kind for c in self.missed]
        wrong = sorted({k for k, _ in self.false})
        return {
            "conflicts": len(self.found) + len(self.missed),
            "near_misses": sum(self.near_misses.values()),
            "precision": round(len(self.found) / max(len(self.found) + len(self.false), 1), 3),
            "recall": round(len(self.found) / max(len(self.found) + len(self.missed), 1), 3),
            "recall_by_kind": {k: f"{found.count(k)}/{(found + missed).count(k)}" for k in sorted({*found, *missed})},
            "false_by_kind": {k: f"{sum(f == k for f, _ in self.false)}/{self.near_misses.get(k, 0)}" for k in wrong},
        }  # fmt: skip

    def told(self) -> list[str]:
        """Each failure in a line."""
        missed = [f"missed {c.kind}: {c.text!r} {c.claims}" for c in self.missed]
        return [*missed, *(f"false {kind}: {claim}" for kind, claim in self.false)]


def scored(folder: Path, cases: list[Case]) -> Score:
    """Run the product over a workspace and compare its conflicts with the cases."""
    canonry.run(folder / "canonry.yaml")
    current = json.loads((folder / "store" / "CURRENT").read_text(encoding="utf-8"))
    files = list((folder / "store" / "releases" / current["release_id"]).glob("full/store.duckdb"))
    with duckdb.connect(str(files[0]), read_only=True) as store:
        claims: list[Claim] = store.sql(_CLAIMS).fetchall()
    return compared(cases, claims)


def compared(cases: list[Case], claims: list[Claim]) -> Score:
    """Tell which planted conflicts are among the claims, and which claims were not planted."""
    score = Score()
    left = list(claims)
    for case in cases:
        if not case.is_conflict:
            score.near_misses[case.kind] = score.near_misses.get(case.kind, 0) + 1
            continue
        hits = [c for c in left if any(_is(c, case.document, planted) for planted in case.claims)]
        (score.found if hits else score.missed).append(case)
        left = [c for c in left if c not in hits]
    score.false = [(_kind(cases, c), c) for c in left]
    return score


def _is(claim: Claim, document: str, planted: tuple[str, str, str]) -> bool:
    said, wanted = normal(claim[3]), normal(planted[2])
    return claim[:3] == (document, *planted[:2]) and (said in wanted or wanted in said)


def _kind(cases: list[Case], claim: Claim) -> str:
    """The kind of the case that a claim comes from."""
    words = set(normal(claim[4]).replace("|", " ").split())
    near = [(len(words & set(normal(c.text).split())), not c.is_conflict, c.kind) for c in cases if c.document == claim[0]]
    return max(near)[2] if near else "none"
