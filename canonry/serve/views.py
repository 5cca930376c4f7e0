"""Results that explain: everything that bears on one thing, and what a store holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from canonry.serve.results import ConflictView, Correction, Result


class ItemView(Result):
    """An item, served or not."""

    item_id: str
    cite: str
    kind: str
    document_id: str | None = None
    entity_id: str | None = None
    source: str | None = None
    title: str | None = None
    heading: str | None = None
    text: str
    status: str
    is_served: bool
    reason: str | None = None
    superseded_by: str | None = None
    evidence: str | None = None
    quality: float | None = None
    p_current: float | None = None
    authority: int | None = None
    dated_on: date | None = None
    date_basis: str
    date_kind: str
    valid_from: date | None = None
    valid_to: date | None = None
    family_id: str | None = None
    flags: tuple[str, ...]
    corrections: tuple[Correction, ...]
    conflict_ids: tuple[str, ...]


class Component(Result):
    """One part of an item's quality: its value, and what it adds to the total."""

    name: str
    value: float | None = None
    contribution: float | None = None


class DocumentView(Result):
    """A document and what became of it."""

    document_id: str
    source: str
    path: str | None = None
    url: str | None = None
    title: str | None = None
    owner: str | None = None
    dated_on: date | None = None
    date_basis: str
    date_kind: str
    family_id: str | None = None
    status: str
    served_items: int
    excluded_items: int


class MatchView(Result):
    """Two records that matching compared: probability that they are one thing, and what each comparison adds to the weight, in bits."""

    left: str
    right: str
    decision: str
    match_probability: float
    match_weight: float
    comparisons: dict[str, float]


class EntityView(Result):
    """An entity, the records behind it, and the pairs of them, or of them and others, that matching scored; the surest first."""

    entity_id: str
    entity_type: str
    name: str | None = None
    cohesion: float | None = None
    records: tuple[str, ...]
    matches: tuple[MatchView, ...] = ()


class ClaimView(Result):
    """A claim and where it stands."""

    claim_id: str
    subject: str
    attribute: str
    scope: str | None = None
    value: str | None = None
    verbatim: str
    source: str
    cite: str | None = None
    sentence: str | None = None
    dated_on: date | None = None
    modality: str
    standing: str


class FactView(Result):
    """A fact and how it was decided."""

    subject_id: str
    subject: str
    attribute: str
    scope: str | None = None
    value: str | None = None
    verbatim: str
    confidence: float | None = None
    decision: str
    claim_id: str
    conflict_id: str | None = None
    is_current: bool


class Signal(Result):
    """A sign that something is out of date."""

    target_kind: str
    target_id: str
    signal: str
    is_stale: bool
    score: float | None = None
    since: date | None = None
    evidence: str | None = None
    superseded_by: str | None = None


class FamilyMember(Result):
    """A copy or version of the same thing."""

    family_id: str
    member_id: str
    relation: str
    canonical_id: str
    similarity: float | None = None


class Origin(Result):
    """What an item was made from."""

    item_id: str
    input_kind: str
    input_id: str
    source: str
    copy_hash: str | None = None


class RulingView(Result):
    """What a person decided."""

    ruling_id: str
    target_kind: str
    verdict: str
    by: str | None = None
    because: str | None = None
    at: datetime | None = None
    until: date | None = None
    status: str
    applied_to: str | None = None
    remark: str | None = None


class Explanation(Result):
    """Everything that bears on one thing; the parts that do not apply are empty."""

    kind: Literal["item", "document", "record", "claim", "fact", "conflict", "entity", "ruling"]
    id: str
    items: tuple[ItemView, ...] = ()
    document: DocumentView | None = None
    entity: EntityView | None = None
    quality: tuple[Component, ...] = ()
    claims: tuple[ClaimView, ...] = ()
    facts: tuple[FactView, ...] = ()
    conflicts: tuple[ConflictView, ...] = ()
    signals: tuple[Signal, ...] = ()
    family: tuple[FamilyMember, ...] = ()
    lineage: tuple[Origin, ...] = ()
    rulings: tuple[RulingView, ...] = ()
    release: str


class SourceView(Result):
    """A source tonight."""

    source: str
    kind: str
    status: str
    items: int
    owner: str | None = None
    authority: int | None = None


class StoreDescription(Result):
    """What is in this edition of this release, and what can be asked of it."""

    release: str
    edition: str
    run_date: date | None = None
    model: str | None = None
    degraded: tuple[str, ...]
    items: dict[str, int]
    excluded: dict[str, int]
    tables: dict[str, int]
    sources: tuple[SourceView, ...]
    filter_fields: dict[str, str]
