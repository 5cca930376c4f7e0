"""Rulings of people on conflicts, and the table of all rulings with what each comes to tonight."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry import verdicts
from canonry.anchors import PAGE, anchor, attached
from canonry.frames import frame
from canonry.journal import instant
from canonry.published import RULINGS
from canonry.verdicts import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHOWN = 3  # values that a remark names


@dataclass(frozen=True)
class Ruled:
    """What the rulings come to tonight.

    Attributes:
        conflicts: conflict_id → the ruling that applies to it, with ``winner_side`` for the verdict keep.
        lapsed: conflict_id → what became of the last ruling on it that holds no more, in words; of the edition `full` only.
        documents: What became of the rulings on documents.
        table: Shape of the published `rulings`.
    """

    conflicts: Mapping[str, dict[str, Any]]
    lapsed: Mapping[str, str]
    documents: Sequence[Outcome]
    table: pl.DataFrame


@dataclass(frozen=True)
class Tonight:
    """What rulings can be attached to.

    Attributes:
        run_date: Rulings with an earlier `until` have lapsed.
        claims: All claims.
        members: Claims of the conflicts: conflict_id, claim_id, side, value, verbatim.
        documents: document_id, source, title, content_hash, path, removed_on.
        families: document_id → family_id.
        records: source, record_id, entity_type.
        entity_members: source, record_id, entity_id.
        is_full: Whether everything may be read; only then lapsed and withdrawn rulings are listed.
    """

    run_date: date
    claims: pl.DataFrame
    members: pl.DataFrame
    documents: pl.DataFrame
    families: Mapping[str, str]
    records: pl.DataFrame
    entity_members: pl.DataFrame
    is_full: bool

    def conflict(self, ruling: Mapping[str, Any]) -> tuple[Outcome, str | None]:
        """Attach a ruling to its conflict.

        It holds while every value there is was on the table when it was made, and the one that it keeps is still among them; a side that
        is gone, or that this edition may not read, changes nothing for those that are left, but takes the words of the person with it,
        except in `full`.

        Returns:
            The outcome, and where it lapsed the conflict in which its claims stand now.
        """
        if remark := verdicts.over(ruling, self.run_date):
            return Outcome(ruling, remark=remark), None
        found = [attached(a, self.claims, self.families) for a in ruling["anchors"]]
        if not self.is_full and not all(found):  # a reason may quote the side that is not here: one that this edition may not read
            ruling = {**ruling, "because": None, "scope": None}
        ids = {c for claims in found for c in claims}
        hits = self.members.filter(pl.col("claim_id").is_in(sorted(ids)))
        known = {a["value"] for a in ruling["anchors"]}
        kept = next((a["value"] for a in ruling["anchors"] if a.get("keep")), None)
        fitting, near = [], []
        for conflict_id in sorted(hits["conflict_id"].unique().to_list()):
            sides = self.members.filter(pl.col("conflict_id") == conflict_id)
            values = set(sides["value"].to_list())
            if values <= known and (kept is None or kept in values):
                side = int(sides.filter(pl.col("value") == kept)["side"][0]) if kept is not None else None
                fitting.append(Outcome(ruling, conflict_id, ruling.get("scope"), side=side))
            else:
                new = sides.filter(~pl.col("value").is_in(sorted(known))).sort("side")["verbatim"].unique(maintain_order=True)
                near.append(
                    (conflict_id, f"a value appeared: {', '.join(new[:_SHOWN])}" if len(new) else "the value that it keeps is gone")
                )
        if len(fitting) == 1:
            return fitting[0], None
        if fitting:  # one that fits several fits none for sure
            return Outcome(ruling, remark=f"it fits {len(fitting)} conflicts equally"), None
        return (Outcome(ruling, remark=near[0][1]), near[0][0]) if near else (Outcome(ruling, remark="its conflict is gone"), None)

    def claim(self, ruling: Mapping[str, Any]) -> Outcome:
        """Attach a ruling that withholds a claim; told in `full`, where the claim stands."""
        if remark := verdicts.over(ruling, self.run_date):
            return Outcome(ruling, remark=remark)
        ids = sorted(attached(verdicts.claim_of(ruling), self.claims, self.families))
        return Outcome(ruling, ids[0] if ids else None, f"withheld from {ruling['edition']}" if ids else "its claim is gone")

    def readable(self, outcome: Outcome) -> list[dict[str, Any]]:
        """Make the anchors anew from what they hang on here: those in the journal may quote what this edition may not read."""
        kind, given = outcome.ruling["target_kind"], outcome.ruling["anchors"]
        if kind == "entity":
            return list(given)  # keys of records, all of which stand here
        if kind == "document":
            pages = [p for p in (outcome.target, outcome.successor) if p]
            return [self.documents.filter(document_id=p).select(PAGE).row(0, named=True) for p in pages]
        ids = {c for a in given for c in attached(a, self.claims, self.families)}
        mine = self.members.filter(pl.col("claim_id").is_in(sorted(ids)) & (pl.col("conflict_id") == outcome.target)).select("claim_id")
        return [anchor(c, None) for c in self.claims.join(mine, on="claim_id").sort("claim_id").iter_rows(named=True)]


def applied(rulings: Sequence[Mapping[str, Any]], withdrawn: Sequence[Mapping[str, Any]], tonight: Tonight) -> Ruled:
    """Attach every ruling to what there is tonight; one that fits no more lapses, one that a later one replaced is withdrawn.

    Args:
        rulings: Those that nobody withdrew, oldest first.
        withdrawn: Those that somebody withdrew.
        tonight: What there is.
    """
    found = [tonight.conflict(r) for r in rulings if r["target_kind"] == "conflict"]
    conflicts = verdicts.replaced([o for o, _ in found], [{o.target} for o, _ in found])
    documents = verdicts.on_documents(rulings, tonight.run_date, tonight.documents, tonight.families)
    links = verdicts.on_records(rulings, tonight.run_date, tonight.records)
    claims = [tonight.claim(r) for r in rulings if r["target_kind"] == "claim"] if tonight.is_full else []
    claims = verdicts.replaced(claims, [{(o.target, o.ruling["edition"])} for o in claims])
    rows = [_row(o, tonight) for o in (*conflicts, *documents, *links.outcomes, *claims) if o.status == "applies" or tonight.is_full]
    gone = [Outcome(r, remark=_taken_back(r), is_replaced=True) for r in withdrawn if tonight.is_full]
    lapsed = {near: _lapse(o) for o, near in found if near and tonight.is_full}
    return Ruled(
        {str(o.target): {**o.ruling, "winner_side": o.side} for o in conflicts if o.status == "applies"},
        lapsed,
        documents,
        RULINGS.conform(frame(RULINGS.schema, [*rows, *(_row(o, tonight) for o in gone)])),
    )


def _lapse(outcome: Outcome) -> str:
    return f"The ruling “{outcome.verdict}” of {outcome.ruling.get('by') or 'somebody'} lapsed: {outcome.remark}."


def _taken_back(ruling: Mapping[str, Any]) -> str | None:
    said = ruling.get("withdrawn") or {}
    why = f": {said['because']}" if said.get("because") else ""
    return f"withdrawn by {said.get('by') or 'somebody'}{why}" if said else None


def _row(outcome: Outcome, tonight: Tonight) -> dict[str, Any]:
    ruling, target = outcome.ruling, outcome.target
    if ruling["target_kind"] == "entity" and target is not None:
        record = ruling["anchors"][0]["record"]
        target = tonight.entity_members.filter(source=record["source"], record_id=record["id"])["entity_id"][0]
    told = ruling["anchors"] if tonight.is_full else tonight.readable(outcome)
    return {
        **{k: ruling.get(k) for k in ("ruling_id", "target_kind", "verdict", "by", "because")},
        "anchors": json.dumps(told, sort_keys=True, ensure_ascii=False),
        "at": instant(ruling["at"]),
        "until": date.fromisoformat(ruling["until"]) if ruling.get("until") else None,
        "status": outcome.status,
        "applied_to": target,
        "remark": outcome.remark,
    }
