"""Rulings of people, and how they find again what they were about. They hold no id of canonry's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from rapidfuzz import fuzz, process

from canonry.frames import frame
from canonry.published import RULINGS
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ALIKE = 90.0  # likeness from which a changed sentence is still the quoted one, when it is the only one
VERDICTS = ("keep", "both", "scope", "not-a-conflict", "ask-owner", "still-valid", "retire", "canonical")


@dataclass(frozen=True)
class Ruled:
    """What the rulings come to tonight.

    Attributes:
        conflicts: conflict_id → the ruling that applies to it, with ``winner_side`` for the verdict keep.
        documents: document_id → the ruling that applies to it.
        table: Shape of the published `rulings`.
    """

    conflicts: Mapping[str, dict[str, Any]]
    documents: Mapping[str, dict[str, Any]]
    table: pl.DataFrame


def anchor(claim: Mapping[str, Any], item_text: str | None) -> dict[str, Any]:
    """Describe a claim by what it says and where, so that it can be found again after any re-ingestion.

    Args:
        claim: A row of the published claims.
        item_text: The text of the item it stands in; None for records.

    Returns:
        ``{source, subject, attribute, value, record | quote {sentence, before, after}}``.
    """
    found: dict[str, Any] = {k: claim[k] for k in ("source", "subject", "attribute", "value")}
    if claim["record_id"]:
        return {**found, "record": {"source": claim["source"], "id": claim["record_id"]}}
    if claim["sentence"] is None:
        return found
    text, at, until = item_text or "", claim["span_start"] or 0, claim["span_end"] or 0
    return {**found, "quote": {"sentence": claim["sentence"], "before": text[max(0, at - 32) : at], "after": text[until : until + 32]}}


def attached(anchored: Mapping[str, Any], claims: pl.DataFrame, families: Mapping[str, str]) -> list[str]:
    """Find the claims that an anchor is about tonight.

    The same attribute (of entities) and value, and: the same record; or a sentence equal to the quote in normal form, or the single best
    one of likeness 0.9 and more, in the same source or in a family with a page of it.

    Args:
        anchored: As `anchor` made it.
        claims: The claims of tonight with ``source``, ``subject``, ``attribute``, ``value``, ``record_id``, ``sentence``, ``document_id``.
        families: document_id → family_id.

    Returns:
        claim_ids; empty when nothing fits.
    """
    same = claims.filter(pl.col("value") == anchored["value"])
    if record := anchored.get("record"):
        same = same.filter((pl.col("source") == record["source"]) & (pl.col("record_id") == record["id"]))
        return same.filter(pl.col("attribute") == anchored["attribute"])["claim_id"].to_list()
    if not (quote := anchored.get("quote")):
        fits = (pl.col("source") == anchored["source"]) & (pl.col("subject") == anchored["subject"])
        return same.filter(fits & (pl.col("attribute") == anchored["attribute"]))["claim_id"].to_list()
    fits = (pl.col("subject_kind") == "topic") | (pl.col("attribute") == anchored["attribute"])  # a topic's changes with its words
    texts = same.filter(pl.col("sentence").is_not_null() & fits)
    own_families = {families[d] for d, s in texts.select("document_id", "source").iter_rows() if s == anchored["source"] and d in families}
    near: dict[str, list[tuple[str, str]]] = {}
    for claim, text, document, source, subject in texts.select("claim_id", "sentence", "document_id", "source", "subject").iter_rows():
        if source == anchored["source"] or families.get(document) in own_families:
            near.setdefault(normal(text), []).append((claim, subject))
    if (wanted := normal(quote["sentence"])) in near:
        return _of_subject(near[wanted], anchored["subject"])
    best = process.extract(wanted, list(near), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=2)
    return _of_subject(near[best[0][0]], anchored["subject"]) if best and (len(best) == 1 or best[0][1] > best[1][1]) else []


def _of_subject(claims: list[tuple[str, str]], subject: str) -> list[str]:
    """Of equal sentences about several subjects those about the anchored one; all of them where the subject was renamed."""
    same = [c for c, s in claims if normal(s) == normal(subject)]
    return same or [c for c, _ in claims]


def applied(rulings: Sequence[Mapping[str, Any]], withdrawn: Sequence[Mapping[str, Any]], tonight: Tonight) -> Ruled:
    """Attach every ruling to tonight's conflicts and documents; one that fits no more lapses, and is listed so.

    A ruling on a conflict holds while the sides have the values that they had; a changed or new value reopens the question. Later
    rulings on the same thing take the place of earlier ones.
    """
    conflicts: dict[str, dict[str, Any]] = {}
    documents: dict[str, dict[str, Any]] = {}
    rows = []
    for ruling in rulings:
        until = date.fromisoformat(ruling["until"]) if ruling.get("until") else None
        target, side = (None, None)
        if until is None or until >= tonight.run_date:
            target, side = tonight.document(ruling) if ruling["target_kind"] == "document" else tonight.conflict(ruling)
        if target is None and not tonight.is_full:
            continue  # it may be about what this edition may not read, and would tell that something exists
        if target and ruling["target_kind"] == "document":
            documents[target] = dict(ruling)
        elif target:
            conflicts[target] = {**ruling, "winner_side": side}
        told = {**ruling, "anchors": ruling["anchors"] if tonight.is_full else tonight.readable(ruling, target)}
        rows.append(_row(told, "applies" if target else "lapsed", target))
    rows.extend(_row(r, "withdrawn", None) for r in withdrawn if tonight.is_full)
    return Ruled(conflicts, documents, RULINGS.conform(frame(RULINGS.schema, rows)))


@dataclass(frozen=True)
class Tonight:
    """What rulings can be attached to.

    Attributes:
        run_date: Rulings with an earlier `until` have lapsed.
        claims: All claims.
        members: Claims of the conflicts: conflict_id, claim_id, side, value.
        documents: document_id, source, title, content_hash, path.
        families: document_id → family_id.
        is_full: Whether everything may be read; only then lapsed and withdrawn rulings are listed.
    """

    run_date: date
    claims: pl.DataFrame
    members: pl.DataFrame
    documents: pl.DataFrame
    families: Mapping[str, str]
    is_full: bool

    def conflict(self, ruling: Mapping[str, Any]) -> tuple[str | None, int | None]:
        """Find the conflict of a ruling and the side that it keeps."""
        found = [(a, attached(a, self.claims, self.families)) for a in ruling["anchors"]]
        hits = self.members.filter(pl.col("claim_id").is_in([c for _, ids in found for c in ids]))
        fitting: dict[str, int | None] = {}
        for conflict_id in sorted(hits["conflict_id"].unique().to_list()):
            sides = self.members.filter(pl.col("conflict_id") == conflict_id)
            if set(sides["value"].to_list()) == {a["value"] for a in ruling["anchors"]}:
                kept = next((a["value"] for a in ruling["anchors"] if a.get("keep")), None)
                fitting[conflict_id] = int(sides.filter(pl.col("value") == kept)["side"][0]) if kept is not None else None
        return next(iter(fitting.items())) if len(fitting) == 1 else (None, None)  # one that fits several fits none for sure

    def readable(self, ruling: Mapping[str, Any], target: str | None) -> list[dict[str, Any]]:
        """Make the anchors anew from what they hang on here: those in the journal may quote what this edition may not read."""
        if ruling["target_kind"] == "document":
            return self.documents.filter(document_id=target).select("source", "path", "content_hash", "title").to_dicts()
        ids = {c for a in ruling["anchors"] for c in attached(a, self.claims, self.families)}
        mine = self.members.filter(pl.col("claim_id").is_in(sorted(ids)) & (pl.col("conflict_id") == target)).select("claim_id")
        return [anchor(c, None) for c in self.claims.join(mine, on="claim_id").sort("claim_id").iter_rows(named=True)]

    def document(self, ruling: Mapping[str, Any]) -> tuple[str | None, int | None]:
        """Find the document of a ruling: the same path, else the same content or title in the same source, when that is one."""
        about = ruling["anchors"][0]
        mine = self.documents.filter(pl.col("source") == about["source"])
        for column in ("path", "content_hash", "title"):
            same = mine.filter(pl.col(column) == about.get(column))
            if same.height == 1:
                return str(same["document_id"][0]), None
        return None, None


def _row(ruling: Mapping[str, Any], status: str, target: str | None) -> dict[str, Any]:
    return {
        **{k: ruling.get(k) for k in ("ruling_id", "target_kind", "verdict", "by", "because")},
        "anchors": json.dumps(ruling["anchors"], sort_keys=True, ensure_ascii=False),
        "at": datetime.fromisoformat(ruling["at"]),
        "until": date.fromisoformat(ruling["until"]) if ruling.get("until") else None,
        "status": status,
        "applied_to": target,
    }
