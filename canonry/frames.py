"""What the stages hand to each other: one dataclass of frames per stage, each frame declared with its columns.

Every field is a polars frame, so that a result can lie in memory (command line) or as Parquet (Dagster) without either noticing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from canonry.published import ATTRIBUTES, CLAIMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

T = TypeVar("T")
TEXTS = pl.List(pl.String)

QUARANTINE: dict[str, Any] = {"source": pl.String, "location": pl.String, "rule": pl.String, "detail": pl.String, "excerpt": pl.String}
COVERAGE: dict[str, Any] = {
    "detector": pl.String, "pairs_possible": pl.Int64, "pairs_considered": pl.Int64, "pairs_capped": pl.Int64, "partial": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True)
class Ingested:
    r"""The copies of all sources tonight.

    Attributes:
        sources: One row per configured source: source, kind, status (ok, held, missing), copy_hash, observed_on (date, of the copy),
            last_seen_on (date of the last run in which it was ok), held_since (date), items (int), message.
        documents: source, path, media (markdown, html, text), text (decoded, line ends \\n), title, url, owner, audience (list or null),
            modified_on (date from the sidecar), has_sidecar_date (bool), expires_on, review_on (dates), replaced_by, removed_on
            (the run date on which it was first absent from an ok source; null while it is there).
        records: source, record_id, location, values (JSON object attribute → verbatim text, in column order), headings (JSON object
            attribute → column heading), observed_at (verbatim or null), removed_on.
        claims: source, location, asserter (name inside the source, or null), subject, attribute, value, observed_at, removed_on.
        quarantine: see `QUARANTINE`.
    """

    sources: pl.DataFrame
    documents: pl.DataFrame
    records: pl.DataFrame
    claims: pl.DataFrame
    quarantine: pl.DataFrame


INGESTED: dict[str, dict[str, Any]] = {
    "sources": {
        "source": pl.String, "kind": pl.String, "status": pl.String, "copy_hash": pl.String, "observed_on": pl.Date,
        "last_seen_on": pl.Date, "held_since": pl.Date, "items": pl.Int64, "message": pl.String,
    },
    "documents": {
        "source": pl.String, "path": pl.String, "media": pl.String, "text": pl.String, "title": pl.String, "url": pl.String,
        "owner": pl.String, "audience": TEXTS, "modified_on": pl.Date, "expires_on": pl.Date,
        "review_on": pl.Date, "replaced_by": pl.String, "removed_on": pl.Date,
    },
    "records": {
        "source": pl.String, "record_id": pl.String, "location": pl.String, "values": pl.String, "headings": pl.String,
        "observed_at": pl.String, "removed_on": pl.Date,
    },
    "claims": {
        "source": pl.String, "location": pl.String, "asserter": pl.String, "subject": pl.String, "attribute": pl.String,
        "value": pl.String, "observed_at": pl.String, "removed_on": pl.Date,
    },
    "quarantine": QUARANTINE,
}  # fmt: skip


_DATED: dict[str, Any] = {"dated_on": pl.Date, "date_basis": pl.String, "date_kind": pl.String}
_ORIGIN: dict[str, Any] = {
    "audience": TEXTS, "removed_on": pl.Date, "is_held": pl.Boolean, "authority": pl.Int64, "copy_hash": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Normalised:
    """What one edition may read, in canonical form.

    Attributes:
        sources: Shape of the published table, without the counts of rows set aside.
        documents: document_id, source, path, media, title, url, dated_on, date_basis, date_kind, is_stamped, told_on (the day that
            its own text names), owner, content_hash, audience, expires_on, review_on, replaced_by, removed_on, observed_on, is_held,
            authority, is_hidden, copy_hash, key (of the parse).
        passages: item_id, cite, document_id, source, path, title, heading, anchor, ordinal, text, start, end, speaks, is_secret (a secret
            was found in it).
        sentences: document_id, item_id, ordinal, start, end, text, norm, kind.
        links: document_id, target.
        records: source, record_id, entity_type, values, headings, dated_on, date_basis, date_kind, audience, removed_on, is_held,
            authority, copy_hash.
        assertions: source (parent/asserter), location, subject, attribute, value, entity_type, dated_on, date_basis, date_kind,
            audience, removed_on, is_held, authority, copy_hash.
        quarantine: source, location, rule, detail, excerpt, audience.
    """

    sources: pl.DataFrame
    documents: pl.DataFrame
    passages: pl.DataFrame
    sentences: pl.DataFrame
    links: pl.DataFrame
    records: pl.DataFrame
    assertions: pl.DataFrame
    quarantine: pl.DataFrame


NORMALISED: dict[str, dict[str, Any]] = {
    "documents": {
        "document_id": pl.String,
        "source": pl.String,
        "path": pl.String,
        "media": pl.String,
        "title": pl.String,
        "url": pl.String,
        **_DATED,
        "is_stamped": pl.Boolean,
        "told_on": pl.Date,
        "owner": pl.String,
        "content_hash": pl.String,
        "expires_on": pl.Date,
        "review_on": pl.Date,
        "replaced_by": pl.String,
        "observed_on": pl.Date,
        "is_hidden": pl.Boolean,
        "key": pl.String,
        **_ORIGIN,
    },
    "passages": {
        "item_id": pl.String,
        "cite": pl.String,
        "document_id": pl.String,
        "source": pl.String,
        "path": pl.String,
        "title": pl.String,
        "heading": pl.String,
        "anchor": pl.String,
        "ordinal": pl.Int64,
        "text": pl.String,
        "start": pl.Int64,
        "end": pl.Int64,
        "speaks": pl.Boolean,
        "is_secret": pl.Boolean,
    },
    "sentences": {
        "document_id": pl.String,
        "item_id": pl.String,
        "ordinal": pl.Int64,
        "start": pl.Int64,
        "end": pl.Int64,
        "text": pl.String,
        "norm": pl.String,
        "kind": pl.String,
    },
    "links": {"document_id": pl.String, "target": pl.String},
    "records": {
        "source": pl.String,
        "record_id": pl.String,
        "entity_type": pl.String,
        "values": pl.String,
        "headings": pl.String,
        **_DATED,
        **_ORIGIN,
    },
    "assertions": {
        "source": pl.String,
        "location": pl.String,
        "subject": pl.String,
        "attribute": pl.String,
        "value": pl.String,
        "entity_type": pl.String,
        **_DATED,
        **_ORIGIN,
    },
    "quarantine": {**QUARANTINE, "audience": TEXTS},
}


@dataclass(frozen=True)
class Matched:
    """What belongs together.

    Attributes:
        families: Shape of the published table; documents and passages.
        page_pairs: Pairs of documents that are one page: left_id, right_id, containment, similarity, is_copy, is_kin (alike enough to
            compare what they say, not to be versions), newer_id (null where no
            direction is established), basis, evidence.
        entities, entity_members, match_links, match_models: Shapes of the published tables.
        operating_points: Shape of the published table: what rulings say of how records were matched.
        subjects: entity_type, subject (as an assertion writes it), entity_id.
        coverage: Shape of the published table.
    """

    families: pl.DataFrame
    page_pairs: pl.DataFrame
    entities: pl.DataFrame
    entity_members: pl.DataFrame
    match_links: pl.DataFrame
    match_models: pl.DataFrame
    operating_points: pl.DataFrame
    subjects: pl.DataFrame
    coverage: pl.DataFrame


MATCHED: dict[str, dict[str, Any]] = {
    "page_pairs": {
        "left_id": pl.String, "right_id": pl.String, "containment": pl.Float64, "similarity": pl.Float64, "is_copy": pl.Boolean,
        "is_kin": pl.Boolean, "newer_id": pl.String, "basis": pl.String, "evidence": pl.String,
    },
    "subjects": {"entity_type": pl.String, "subject": pl.String, "entity_id": pl.String},
    "coverage": COVERAGE,
}  # fmt: skip


@dataclass(frozen=True)
class Claimed:
    """What is asserted.

    Attributes:
        claims: The published columns (standing still `alone`), and ``entity_type``, ``audience``, ``is_held``, ``authority``,
            ``date_basis`` of where it stands.
        statement_pairs: Sentences of two versions that differ in a value.
        attributes: Shape of the published table.
        coverage: Shape of the published table.
    """

    claims: pl.DataFrame
    statement_pairs: pl.DataFrame
    attributes: pl.DataFrame
    coverage: pl.DataFrame


CLAIMED: dict[str, dict[str, Any]] = {
    "claims": {
        **CLAIMS.schema, "entity_type": pl.String, "audience": TEXTS, "is_held": pl.Boolean, "authority": pl.Int64,
        "date_basis": pl.String,
    },
    "statement_pairs": {
        "left_id": pl.String, "right_id": pl.String, "left": pl.Int64, "right": pl.Int64, "likeness": pl.Float64, "kind": pl.String,
        "left_start": pl.Int64, "left_end": pl.Int64, "right_start": pl.Int64, "right_end": pl.Int64, "pattern": pl.String,
    },
    "attributes": ATTRIBUTES.schema,
    "coverage": COVERAGE,
}  # fmt: skip


@dataclass(frozen=True)
class Clashes:
    """Differences between claims, undecided.

    Attributes:
        differences: One row per (subject, attribute, scope) with more than one value or spelling; `is_observation` tells those that are
            no error.
        members: The claims in it with the number of their side (equal canonical values are one side; 1 is the smallest value), and
            whether each stands in an older version of what another side stands in.
        coverage: Shape of the published table.
    """

    differences: pl.DataFrame
    members: pl.DataFrame
    coverage: pl.DataFrame


CLASHES: dict[str, dict[str, Any]] = {
    "differences": {
        "conflict_id": pl.String,
        "type": pl.String,
        "kind": pl.String,
        "subject_id": pl.String,
        "subject": pl.String,
        "attribute": pl.String,
        "scope": pl.String,
        "entity_type": pl.String,
        "sides": pl.Int64,
        "independent_sources": pl.Int64,
        "severity": pl.Float64,
        "audience": TEXTS,
        "spans_audiences": pl.Boolean,
        "signature": pl.String,
        "is_observation": pl.Boolean,
    },
    "members": {
        "conflict_id": pl.String,
        "claim_id": pl.String,
        "side": pl.Int64,
        "is_coarser": pl.Boolean,
        "value": pl.String,
        "verbatim": pl.String,
        "source": pl.String,
        "document_id": pl.String,
        "record_id": pl.String,
        "is_superseded": pl.Boolean,
    },
    "coverage": COVERAGE,
}


@dataclass(frozen=True)
class Signals:
    """Signs that something is out of date, before arbitration.

    Attributes:
        signals: Shape of the published `staleness`.
        coverage: Shape of the published table: how much had the yardstick that a signal needs.
    """

    signals: pl.DataFrame
    coverage: pl.DataFrame


@dataclass(frozen=True)
class Decided:
    """What stands.

    Attributes:
        claims: Shape of the published table, with standings.
        facts, conflicts, conflict_claims, observations, rulings: Shapes of the published tables.
    """

    claims: pl.DataFrame
    facts: pl.DataFrame
    conflicts: pl.DataFrame
    conflict_claims: pl.DataFrame
    observations: pl.DataFrame
    rulings: pl.DataFrame


@dataclass(frozen=True)
class Scored:
    """How good each item is.

    Attributes:
        items: All passages and entity cards: item_id, cite, kind, document_id, entity_id, source, path, title, heading, text, audience,
            authority, the date columns, conflict_ids, corrections, has_open, lost_sentences, sentences, stands_on (of cards: the
            sources behind their standing values).
        components: Shape of the published `quality_components`, for all items.
    """

    items: pl.DataFrame
    components: pl.DataFrame


@dataclass(frozen=True)
class Curated:
    """What is served, what is left out, and the tables that say why.

    Attributes:
        context, excluded, documents, records, staleness, families, quality_components, lineage, id_changes, quarantine, sources: Shapes of
            the published tables.
    """

    context: pl.DataFrame
    excluded: pl.DataFrame
    documents: pl.DataFrame
    records: pl.DataFrame
    staleness: pl.DataFrame
    families: pl.DataFrame
    quality_components: pl.DataFrame
    lineage: pl.DataFrame
    id_changes: pl.DataFrame
    quarantine: pl.DataFrame
    sources: pl.DataFrame


def frame(schema: Mapping[str, Any], rows: Iterable[Mapping[str, Any]] = ()) -> pl.DataFrame:
    """Make a frame of a declared shape from rows; absent keys become null."""
    return pl.DataFrame([{k: r.get(k) for k in schema} for r in rows], schema=dict(schema))


def shaped(frame: pl.DataFrame, schema: Mapping[str, Any]) -> pl.DataFrame:
    """Bring a frame into a declared shape: columns in order and cast, missing ones null, others dropped."""
    return frame.select((pl.col(k) if k in frame.columns else pl.lit(None)).cast(t).alias(k) for k, t in schema.items())


def stack(parts: Iterable[pl.DataFrame], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Put frames of one shape under each other; no parts give an empty frame."""
    return pl.concat([pl.DataFrame(schema=dict(schema)), *(shaped(p, schema) for p in parts)])


def save(result: Any, folder: Path) -> None:
    """Write a stage's result as one Parquet file per frame."""
    folder.mkdir(parents=True, exist_ok=True)
    for f in fields(result):
        getattr(result, f.name).write_parquet(folder / f"{f.name}.parquet")


def load(kind: type[T], folder: Path) -> T:
    """Read a stage's result back."""
    return kind(**{f.name: pl.read_parquet(folder / f"{f.name}.parquet") for f in fields(kind)})  # type: ignore[arg-type]
