"""A release for the report: conflicts of every type, kind and status, with what real texts bring along."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from canonry.published import TABLES
from tests.report.cases import MARKUP, RECORDS, TEXTS

FOUND = datetime(2026, 2, 27, tzinfo=UTC)


def frame(name: str, rows: list[dict]) -> pl.DataFrame:
    return pl.DataFrame([{c: r.get(c) for c in TABLES[name].names} for r in rows], schema=TABLES[name].schema)


def tables(copies: int = 3) -> dict[str, pl.DataFrame]:
    """About ten conflicts per copy, and the other sections."""
    conflicts, members, claims, documents, items = [], [], [], {}, []
    for n in range(copies):
        for m, case in enumerate([*TEXTS, *RECORDS]):
            subject, attribute, type_, kind, status, said, winner = case
            key = f"k{n:02}{m:02}"
            suffix = "" if n == 0 else f" > Part {n + 1}" if "____" in attribute else f" {n + 1}"
            sides = {v: i for i, v in enumerate(dict.fromkeys(s[0] for s in said), 1)}
            for i, (value, source, where, sentence, when, date_kind) in enumerate(said):
                document = f"{source}/{where}" if sentence else None
                record = where if sentence is None and where else None
                claim = f"{key}c{i}"
                wins = None if winner is None else sides[value] == sides[said[winner][0]]
                if document:
                    url = 'javascript:alert("u")' if MARKUP in value else f"https://{source}.example/{i}"
                    documents[document] = {
                        "document_id": document,
                        "source": source,
                        "path": where,
                        "title": where.rsplit("/", 1)[-1].rsplit(".", 1)[0],
                        "url": url,
                        "date_basis": "content",
                        "date_kind": date_kind,
                        "status": "served",
                        "audience": ["staff"],
                    }
                    items.append({"item_id": f"i-{claim}", "cite": f"{document}#{m}", "document_id": document})
                members.append(
                    {
                        "conflict_id": key,
                        "claim_id": claim,
                        "side": sides[value],
                        "wins": wins,
                        "value": value.casefold(),
                        "verbatim": value,
                        "source": source,
                        "document_id": document,
                        "record_id": record,
                    }
                )
                claims.append(
                    {
                        "claim_id": claim,
                        "source": source,
                        "item_id": f"i-{claim}" if document else None,
                        "sentence": sentence,
                        "verbatim": value,
                        "dated_on": when,
                        "date_kind": date_kind,
                    }
                )
            conflicts.append(
                {
                    "conflict_id": key,
                    "type": type_,
                    "kind": kind,
                    "subject_id": f"s{key}",
                    "subject": subject + suffix,
                    "attribute": attribute,
                    "sides": len(sides),
                    "independent_sources": len({s[1] for s in said}),
                    "severity": 1.0 - m / 20,
                    "status": status,
                    "winner_claim_id": None if winner is None else f"{key}c{winner}",
                    "rule": None if winner is None else "ruling" if status == "decided_by_person" else "authority",
                    "confidence": None if winner is None else 0.92,
                    "reason": None
                    if winner is None
                    else f"“{said[winner][0]}” ({said[winner][1]}) stands against “{said[1][0]}” ({said[1][1]}): it has the better rank.",
                    "exposure": n * 7,
                    "owner": "people-ops@brightwater.example",
                    "audience": ["hr", "staff"] if m == 0 else ["staff"],
                    "spans_audiences": m == 0 and n == 0,
                    "detected_at": FOUND,
                    "decided_at": FOUND if winner is not None else None,
                    "decided_by": "mara" if status == "decided_by_person" else None,
                }
            )
    return {
        "conflicts": frame("conflicts", conflicts),
        "conflict_claims": frame("conflict_claims", members),
        "claims": frame("claims", claims),
        "documents": frame("documents", list(documents.values())),
        "context": frame("context", items),
        **_others(),
    }


def _others() -> dict[str, pl.DataFrame]:
    source = {
        "kind": "documents",
        "status": "ok",
        "items": 21,
        "removed": 0,
        "quarantined": 0,
        "audience": ["staff"],
        "owner": "people-ops@brightwater.example",
    }
    ranks = {"handbook": 1, "wiki": 3, "minutes": 2, "crm": 1, "prices": 1, "prices_2023": 3, "directory": None}
    sources = [source | {"source": s, "authority": r, "observed_at": FOUND} for s, r in ranks.items()]
    sources.append(source | {"source": "drive", "status": "missing", "items": 0, "message": "Cannot be read: no such folder."})
    sources[2] |= {"status": "held", "held_since": FOUND, "message": f"The folder is empty {MARKUP}."}
    rows = [
        {
            "target_kind": "document",
            "target_id": "wiki/HR/Holiday-policy.md",
            "document_id": "wiki/HR/Holiday-policy.md",
            "source": "wiki",
            "signal": s,
            "is_stale": h,
            "score": 1.0 if h else 0.1,
            "since": date(2025, 11, 3) if h else None,
            "evidence": e,
            "superseded_by": "handbook/people/leave.md" if h else None,
        }
        for s, h, e in (
            ("replaced", True, "It says itself that it was replaced by handbook/people/leave.md."),
            ("stamped_date", False, "It shares the date 2024-06-15 with many others: a bulk edit or a migration."),
        )
    ]
    rows += [
        {
            "target_kind": "record",
            "target_id": "CS-100",
            "source": "prices_2023",
            "signal": "absent_from_authority",
            "is_stale": True,
            "score": 0.9,
            "evidence": "Its key does not stand in prices, which ranks better and is no older.",
        },
        {
            "target_kind": "document",
            "target_id": "handbook/travel.md",
            "document_id": "handbook/travel.md",
            "source": "handbook",
            "signal": "review_overdue",
            "is_stale": False,
            "score": 0.4,
            "since": date(2025, 9, 1),
            "evidence": "Its review was due on 2025-09-01.",
        },
    ]
    families = [
        {
            "family_id": "f1",
            "member_kind": "document",
            "member_id": m,
            "relation": r,
            "canonical_id": "handbook/people/leave.md",
            "similarity": s,
        }
        for m, r, s in (
            ("handbook/people/leave.md", "exact", 1.0),
            ("wiki/HR/Holiday-policy.md", "version", 0.83),
            ("wiki/HR/Leave-copy.md", "near", 0.997),
        )
    ]
    quarantine = [
        {
            "source": "crm",
            "location": "customers.csv:9",
            "rule": "ragged_row",
            "detail": "It has 7 cells; the heading has 6.",
            "excerpt": f"1009,{MARKUP},x",
            "audience": ["staff"],
        },
        {"source": "wiki", "location": "broken.md", "rule": "undecodable", "detail": None, "excerpt": None, "audience": ["hr"]},
    ]
    coverage = [{"detector": "conflicts.claims", "pairs_possible": 4321, "pairs_considered": 4321, "pairs_capped": 0, "partial": False}]
    rulings = [
        {
            "ruling_id": "r1",
            "target_kind": "conflict",
            "verdict": "keep",
            "anchors": "{}",
            "by": "mara",
            "because": "Asked the airport.",
            "at": FOUND,
            "status": "applies",
            "applied_to": "k0003",
        },
        {
            "ruling_id": "r2",
            "target_kind": "conflict",
            "verdict": "not-a-conflict",
            "anchors": "{}",
            "by": "jo",
            "at": FOUND,
            "until": date(2026, 1, 1),
            "status": "lapsed",
        },
    ]
    release = {"release_id": "2026-03-02-7-0badcafe", "run_date": date(2026, 3, 2), "edition": "full", "degraded": ["minutes", "drive"]}
    observation = {
        "kind": "records",
        "subject_id": "s",
        "subject": "s",
        "attribute": "a",
        "sides": 1,
        "independent_sources": 2,
        "status": "dismissed",
        "exposure": 0,
        "audience": ["staff"],
        "spans_audiences": False,
    }
    return {
        "sources": frame("sources", sources),
        "staleness": frame("staleness", rows),
        "families": frame("families", families),
        "quarantine": frame("quarantine", quarantine),
        "coverage": frame("coverage", coverage),
        "rulings": frame("rulings", rulings),
        "release": frame("release", [release]),
        "observations": frame("observations", [observation | {"conflict_id": f"o{n}", "type": "format_or_unit"} for n in range(12)]),
    }


def publishable() -> dict[str, pl.DataFrame]:
    """The same with every column that a stage would have filled."""
    made = {n: t for n, t in tables().items() if n not in {"release", "sources"}}
    item = {"kind": "passage", "text": "", "tokens": 0, "status": "current", "date_basis": "none", "date_kind": "unknown"}
    claim = {
        "subject_kind": "topic",
        "subject_id": "t",
        "subject": "t",
        "attribute": "a",
        "value_type": "text",
        "modality": "is",
        "standing": "stands",
    }
    for name, values in {"context": item, "claims": claim}.items():
        made[name] = made[name].with_columns(pl.lit(v).alias(c) for c, v in values.items())
    made["context"] = made["context"].with_columns(audience=pl.lit(["staff"]))
    return made
