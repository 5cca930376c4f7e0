"""The tables below the conflicts: what is stale, copied, set aside, where it comes from, and how much was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.report import words
from canonry.report.differences import LONGEST_VALUE, cut
from canonry.report.lookup import table
from canonry.report.model import Family, Looked, Member, Place, RulingLine, Section, SetAside, Sign, SourceLine, Stale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canonry.report.lookup import Lookup

MEMBERS = 20  # of one family
_TARGET = ("target_kind", "target_id", "source")
_RELATIONS = ("version", "exact", "near", "shared")
_PAIRS = "conflicts.claims"  # the detector that compares claims; the others count how they got there


def stale(tables: Mapping[str, pl.DataFrame], known: Lookup, limit: int, *, is_stale: bool) -> Section[Stale]:
    """Pages, passages and records that are stale, or only have signs of it; the strongest signs first."""
    signals = table(tables, "staleness").with_columns(any_stale=pl.col("is_stale").any().over(_TARGET))
    mine = signals.filter(pl.col("any_stale") == is_stale).with_columns(top=pl.col("score").fill_null(0.0).max().over(_TARGET))
    ordered = mine.sort(-pl.col("top"), *_TARGET, ~pl.col("is_stale"), -pl.col("score").fill_null(0.0), "signal")
    targets: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for r in ordered.iter_rows(named=True):
        targets.setdefault(tuple(r[k] for k in _TARGET), []).append(r)
    return Section(tuple(_stale(rows, known) for rows in list(targets.values())[:limit]), len(targets))


def stale_pages(tables: Mapping[str, pl.DataFrame]) -> int:
    """Count the documents that are stale, wholly or in a passage."""
    of_pages = pl.col("is_stale") & pl.col("target_kind").is_in(["document", "passage"])
    return table(tables, "staleness").filter(of_pages).select(pl.coalesce("document_id", "target_id").n_unique()).item() or 0


def _stale(rows: list[dict[str, Any]], known: Lookup) -> Stale:
    first = rows[0]
    instead = next((r["superseded_by"] for r in rows if r["superseded_by"]), None)
    return Stale(
        what=_target(first, known),
        kind="page" if first["target_kind"] == "document" else first["target_kind"],
        source=first["source"],
        owner=known.owner(first["document_id"], first["source"]),
        signs=tuple(Sign(words.plain(r["signal"]), words.day(r["since"]), r["evidence"]) for r in rows),
        instead=known.anything(instead) if instead else None,
    )


def _target(row: Mapping[str, Any], known: Lookup) -> Place:
    if row["target_kind"] == "record":
        return known.record(row["source"], row["target_id"])
    if row["target_kind"] == "passage":
        return known.passage(row["target_id"], row["document_id"])
    if row["target_kind"] == "claim" and row["document_id"]:
        return known.passage(None, row["document_id"])
    return known.passage(None, row["target_id"])


def families(tables: Mapping[str, pl.DataFrame], known: Lookup, limit: int) -> Section[Family]:
    """Families of pages first, then of passages; versions before copies."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for r in table(tables, "families").sort("member_kind", "family_id", "member_id").iter_rows(named=True):
        found.setdefault((r["member_kind"], r["family_id"]), []).append(r)
    real = {k: rows for k, rows in found.items() if any(r["member_id"] != r["canonical_id"] for r in rows)}
    ordered = sorted(
        real.items(),
        key=lambda f: (f[0][0] != "document", min(_relation(r) for r in _others(f[1])), _others(f[1])[0]["canonical_id"], f[0]),
    )
    return Section(tuple(_family(kind, rows, known) for (kind, _), rows in ordered[:limit]), len(real))


def _others(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(
        (r for r in rows if r["member_id"] != r["canonical_id"]), key=lambda r: (_relation(r), -(r["similarity"] or 0.0), r["member_id"])
    )


def _relation(row: Mapping[str, Any]) -> int:
    return _RELATIONS.index(row["relation"]) if row["relation"] in _RELATIONS else len(_RELATIONS)


def _family(kind: str, rows: list[dict[str, Any]], known: Lookup) -> Family:
    others = _others(rows)

    def place(member: str) -> Place:
        return known.passage(None, member) if kind == "document" else known.passage(member, None)

    names = {r["member_id"] for r in rows} | {rows[0]["canonical_id"]}
    documents = {m if kind == "document" else known.items.get(m, {}).get("document_id") or "" for m in names}
    return Family(
        kind="page" if kind == "document" else kind,
        canonical=place(others[0]["canonical_id"]),
        members=tuple(
            Member(place(r["member_id"]), words.RELATIONS.get(r["relation"], r["relation"]), words.share(r["similarity"]))
            for r in others[:MEMBERS]
        ),
        unlisted=max(0, len(others) - MEMBERS),
        sources=tuple(sorted({d.split("/", 1)[0] for d in documents if d})),
    )


def quarantine(tables: Mapping[str, pl.DataFrame], limit: int) -> Section[SetAside]:
    """Rows and files that were set aside, with the rule they broke."""
    rows = table(tables, "quarantine").sort("source", "location", "rule")
    shown = (
        SetAside(
            **{k: r[k] for k in ("source", "location", "detail")},
            rule=words.plain(r["rule"]),
            excerpt=cut(r["excerpt"], "", LONGEST_VALUE) if r["excerpt"] else None,
            audience=tuple(sorted(r["audience"] or ())),
        )
        for r in rows.head(limit).iter_rows(named=True)
    )
    return Section(tuple(shown), rows.height)


def sources(tables: Mapping[str, pl.DataFrame]) -> list[SourceLine]:
    """All sources by name."""
    return [
        SourceLine(
            **{k: r[k] for k in ("source", "parent", "kind", "owner", "status", "items", "removed", "quarantined", "message")},
            rank=r["authority"],
            audience=tuple(sorted(r["audience"] or ())),
            observed=words.day(r["observed_at"]),
            held_since=words.day(r["held_since"]),
        )
        for r in table(tables, "sources").sort("source").iter_rows(named=True)
    ]


def rulings(tables: Mapping[str, pl.DataFrame], limit: int) -> Section[RulingLine]:
    """What people decided: first what lapsed and so asks again, then what applies, the newest first."""
    rows = table(tables, "rulings").sort(
        pl.col("status") != "lapsed", pl.col("status") != "applies", -pl.col("at").dt.epoch("us").fill_null(0), "ruling_id"
    )
    shown = (
        RulingLine(
            **{k: r[k] for k in ("ruling_id", "target_kind", "by", "because", "status", "applied_to", "remark")},
            verdict=words.plain(r["verdict"]),
            at=words.day(r["at"]),
            until=words.day(r["until"]),
        )
        for r in rows.head(limit).iter_rows(named=True)
    )
    return Section(tuple(shown), rows.height)


def coverage(tables: Mapping[str, pl.DataFrame], limit: int) -> Section[Looked]:
    """What each detector looked at, out of how much."""
    rows = table(tables, "coverage").sort("detector")
    shown = (
        Looked(r["detector"], r["pairs_possible"], r["pairs_considered"], r["pairs_capped"], bool(r["partial"]))
        for r in rows.head(limit).iter_rows(named=True)
    )
    return Section(tuple(shown), rows.height)


def out_of(tables: Mapping[str, pl.DataFrame]) -> str:
    """Say how many conflicts were found out of how many pairs, and whether anything was left out."""
    rows = table(tables, "coverage")
    if rows.is_empty():
        return "This release does not say how many pairs were considered."
    own = rows.filter(pl.col("detector") == _PAIRS)
    considered, what = int((own if own.height else rows)["pairs_considered"].sum()), "pair of claims" if own.height else "pair"
    conflicts, harmless = table(tables, "conflicts").height, table(tables, "observations").height
    found = f"{words.counted(conflicts, 'conflict')} and {words.counted(harmless, 'harmless difference')}"
    capped, partial = int(rows["pairs_capped"].sum()), int(rows["partial"].sum())
    left = (
        f" {words.counted(capped, 'pair')} left out by a cap, in {words.counted(partial, 'detector')}."
        if capped or partial
        else " Nothing was capped."
    )
    return f"{found} out of {words.counted(considered, what, what.replace('pair', 'pairs'))} considered.{left}"
