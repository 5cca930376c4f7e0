"""Small hand-made results of the stages before: a row names only what matters to the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from canonry.anchors import PAGE, anchor
from canonry.arbitrate import arbitrate
from canonry.config import parse
from canonry.conflicts import conflicts
from canonry.context import History, RunContext
from canonry.curate import curate
from canonry.frames import CLAIMED, MATCHED, NORMALISED, Claimed, Clashes, Curated, Decided, Matched, Normalised, Scored, Signals, frame
from canonry.ids import digest
from canonry.journal import Journal
from canonry.published import ENTITIES, ENTITY_MEMBERS, FAMILIES, MATCH_LINKS, MATCH_MODELS, OPERATING_POINTS, SOURCES
from canonry.score import score
from canonry.staleness import staleness
from canonry.state import NoMemo
from tests.flow.company import BagOfWords

if TYPE_CHECKING:
    import polars as pl

TONIGHT = date(2024, 12, 31)
EXACT = {"date_kind": "exact", "date_basis": "content"}
UNDATED = {"dated_on": None, "date_kind": "unknown", "date_basis": "none"}
ORIGIN = {"audience": ["staff"], "removed_on": None, "is_held": False, "authority": None, "copy_hash": "c0"}


def dated(day: str) -> dict[str, Any]:
    return {"dated_on": date.fromisoformat(day), **EXACT}


def no_later_than(day: str) -> dict[str, Any]:
    return {"dated_on": date.fromisoformat(day), "date_kind": "no_later_than", "date_basis": "observed"}


def asserted(value: str | None, source: str = "a", **more: Any) -> dict[str, Any]:
    """A claim of a record; `more` names what the test is about."""
    base = {
        "subject_kind": "entity", "subject_id": "domain/x.gov", "subject": "x.gov", "attribute": "contact", "value": value,
        "verbatim": value or "", "value_type": "text", "precision": "exact", "source": source, "record_id": "x.gov", "modality": "is",
        "standing": "alone", "entity_type": "domain", "known_from": TONIGHT, **UNDATED, **ORIGIN,
    }  # fmt: skip
    row = {**base, **more}
    named = (str(row[k]) for k in ("subject_id", "attribute", "value", "verbatim", "source", "record_id", "item_id") if k in row)
    return {"claim_id": digest("claim", *named, str(row.get("span_start")), str(row.get("document_id"))), **row}


def stated(value: str, sentence: str, document: str = "live/leave.md", **more: Any) -> dict[str, Any]:
    """A claim of a sentence, which is the only one of its passage unless `more` says otherwise."""
    at = sentence.find(value)
    said = {
        "source": document.split("/", maxsplit=1)[0], "record_id": None, "document_id": document, "item_id": f"i:{document}",
        "sentence": sentence, "span_start": at, "span_end": at + len(value), "link": "name", "link_confidence": 0.95,
    }  # fmt: skip
    return asserted(value, **{**said, **more})


@dataclass
class World:
    """What the stages are given: rows of frames, and what a run is a function of."""

    claims: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    passages: list[dict[str, Any]] = field(default_factory=list)
    sentences: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    page_pairs: list[dict[str, Any]] = field(default_factory=list)
    families: list[dict[str, Any]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)
    rulings: list[dict[str, Any]] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    history: dict[str, pl.DataFrame] = field(default_factory=dict)
    run_date: date = TONIGHT
    edition: str = "full"

    @property
    def run(self) -> RunContext:
        settings = {"sources": {"live": {"kind": "documents", "path": "live"}}, **self.config}
        memo = NoMemo()
        return RunContext(
            self.run_date, parse(settings), Journal(tuple(self.rulings)), memo, BagOfWords(), memo, History(self.history), self.edition
        )

    def page(self, document_id: str, text: str = "", **more: Any) -> World:
        """Add a document of one passage, whose sentences end with a full stop."""
        source, path = document_id.split("/", maxsplit=1)
        lent = {k: v for k, v in more.items() if k in NORMALISED["documents"]}
        here = {"document_id": document_id, "source": source, "path": path, "title": path, "item_id": f"i:{document_id}"}
        base = {**here, "media": "markdown", "content_hash": digest(text), "is_stamped": False, "is_hidden": False, **UNDATED, **ORIGIN}
        self.documents.append({**base, **lent})
        if text:
            cite = {"cite": f"{document_id}#top", "heading": "Top", "anchor": "top", "ordinal": 0, "text": text, "start": 0}
            self.passages.append({**here, **cite, "end": len(text), "speaks": more.get("speaks", False)})
            parts = [f"{s.strip().rstrip('.')}." for s in text.split(". ")]
            self.sentences += [{**here, "ordinal": n, "text": s, "norm": s.casefold(), "kind": "text"} for n, s in enumerate(parts)]
        return self

    def record(self, source: str, record_id: str, entity_id: str | None = None, **more: Any) -> World:
        """Add a row of an export, which belongs to an entity."""
        entity_id = entity_id or f"domain/{record_id}"
        row = {"source": source, "record_id": record_id, "entity_type": "domain", "values": "{}", **UNDATED, **ORIGIN, **more}
        self.records.append({"headings": "{}", **row})
        self.members.append({"entity_id": entity_id, "source": source, "record_id": record_id, "match_probability": 1.0})
        if entity_id not in [e["entity_id"] for e in self.entities]:
            self.entities.append({"entity_id": entity_id, "entity_type": "domain", "name": record_id, "records": 1, "sources": [source]})
        return self

    def claim(self, *claims: dict[str, Any]) -> World:
        self.claims += claims
        return self

    @property
    def normalised(self) -> Normalised:
        used = {r["source"] for r in (*self.documents, *self.records, *self.claims)}
        base = {"kind": "records", "audience": ["staff"], "status": "ok", "items": 1, "removed": 0, "quarantined": 0}
        ranks = {r["source"]: r["authority"] for r in (*self.documents, *self.records, *self.claims)}
        sources = [{"source": n, **base, "authority": ranks.get(n), **self.sources.get(n, {})} for n in sorted(used | set(self.sources))]
        return Normalised(
            sources=frame(SOURCES.schema, sources),
            documents=frame(NORMALISED["documents"], self.documents),
            passages=frame(NORMALISED["passages"], self.passages),
            sentences=frame(NORMALISED["sentences"], self.sentences),
            links=frame(NORMALISED["links"], self.links),
            records=frame(NORMALISED["records"], self.records),
            assertions=frame(NORMALISED["assertions"]),
            quarantine=frame(NORMALISED["quarantine"]),
        )

    @property
    def matched(self) -> Matched:
        pair = {"containment": 0.9, "similarity": 0.9, "is_copy": False, "is_kin": False}
        return Matched(
            families=frame(FAMILIES.schema, self.families),
            page_pairs=frame(MATCHED["page_pairs"], [{**pair, **p} for p in self.page_pairs]),
            entities=frame(ENTITIES.schema, self.entities),
            entity_members=frame(ENTITY_MEMBERS.schema, self.members),
            match_links=frame(MATCH_LINKS.schema),
            match_models=frame(MATCH_MODELS.schema),
            operating_points=OPERATING_POINTS.empty(),
            subjects=frame(MATCHED["subjects"]),
            coverage=frame(MATCHED["coverage"]),
        )

    @property
    def claimed(self) -> Claimed:
        shapes = CLAIMED
        rest = (frame(shapes[n]) for n in ("statement_pairs", "attributes", "coverage"))
        return Claimed(frame(shapes["claims"], self.claims), *rest)

    def clashes(self) -> Clashes:
        return conflicts(self.run, self.matched, self.claimed)

    def decided(self) -> Decided:
        return arbitrate(self.run, self.normalised, self.matched, self.claimed, self.clashes())

    def signals(self) -> Signals:
        return staleness(self.run, self.normalised, self.matched)

    def scored(self) -> Scored:
        return score(self.run, self.normalised, self.matched, self.decided())

    def curated(self) -> Curated:
        decided = self.decided()
        scored = score(self.run, self.normalised, self.matched, decided)
        return curate(self.run, self.normalised, self.matched, decided, self.signals(), scored)

    def next_night(self, run_date: date, decided: Decided) -> World:
        """The same world a day later, with what was decided as its parent release."""
        self.history = {"conflicts": decided.conflicts, "observations": decided.observations}
        self.run_date = run_date
        return self

    def rule(self, verdict: str, keep: str | None = None, **more: Any) -> World:
        """Enter a ruling on the one conflict that there is tonight, as `canonry rule` does."""
        texts = {p["item_id"]: p["text"] for p in self.passages}
        members = self.clashes().members["claim_id"].to_list()
        about = [c for c in self.claims if c["claim_id"] in members]
        anchors = [
            {**anchor({"record_id": None, "sentence": None, **c}, texts.get(c.get("item_id"))), "keep": c["value"] == keep} for c in about
        ]
        return self.said("conflict", verdict, anchors, **more)

    def rule_on_page(self, verdict: str, document_id: str, successor: str | None = None, **more: Any) -> World:
        """Enter a ruling on a document."""
        rows = [next(d for d in self.documents if d["document_id"] == i) for i in (document_id, successor) if i]
        return self.said("document", verdict, [{k: row[k] for k in PAGE} for row in rows], **more)

    def said(self, kind: str, verdict: str, anchors: list[dict[str, Any]], **more: Any) -> World:
        at = datetime(2024, 12, 1, 12, len(self.rulings), tzinfo=UTC).isoformat()
        base = {"ruling_id": f"r-{len(self.rulings)}", "target_kind": kind, "verdict": verdict, "anchors": anchors, "at": at}
        self.rulings.append({**base, "by": "ana", "because": None, "until": None, **more})
        return self


def policy(*words: str, otherwise: str = "person", **more: Any) -> dict[str, Any]:
    """A configuration whose one rule tries these words."""
    return {"policy": [{"decide_by": list(words), "else": otherwise, **more}]}


def only(rows: pl.DataFrame) -> dict[str, Any]:
    """The one row that there must be."""
    return rows.row(0, named=True) if rows.height == 1 else dict.fromkeys(rows.columns, f"{rows.height} rows")
