"""A release small enough to read: two sources, one open conflict, one correction, one stale page, one excluded copy."""

from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace
from zlib import crc32

import numpy as np
import polars as pl
import pytest

from canonry.publish.index import postings
from canonry.published import TABLES
from canonry.serve import Client
from canonry.similarity import quantised
from canonry.text import terms


class BagOfWords:
    """A real encoder, only small: terms hashed into 512 counts."""

    name, dimensions = "bag-of-words", 512

    def __init__(self):
        self.calls = []

    def encode(self, texts, progress=None):
        self.calls.append(list(texts))
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in terms(text):
                out[row, crc32(term.encode()) % self.dimensions] += 1
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)

    def encode_query(self, text):
        return self.encode([text])[0]


def table(name, rows):
    """A published table from rows that name only what matters."""
    return pl.DataFrame([{c: r.get(c) for c in TABLES[name].names} for r in rows], schema=TABLES[name].schema)


def context(rows, encoder=None):
    """Context items with defaults, and vectors where there is an encoder."""
    filled = {"kind": "passage", "status": "current", "date_basis": "none", "date_kind": "unknown", "audience": ["staff"], "flags": []}
    filled |= {"corrections": [], "conflict_ids": [], "quality": 0.8, "source": "live", "tokens": 0}
    rows = [filled | {"cite": r["item_id"], **r} for r in rows]
    if encoder is not None:
        texts = [" ".join(r.get(c) or "" for c in ("title", "heading", "text")) for r in rows]
        made = quantised([r["item_id"] for r in rows], encoder.encode(texts))
        for row, vector in zip(rows, made.to_dicts(), strict=True):
            row |= {k: vector[k] for k in ("embedding", "embedding_scale")}
    return table("context", rows)


def client_over(items, encoder=None, **tables):
    """A client over context items and whatever other tables."""
    served = context(items, encoder)
    release = table("release", [{"model": encoder.name if encoder else None, "run_date": date(2024, 12, 31), "degraded": ["drive"]}])
    return Client.over({"context": served, "_postings": postings(served), "release": release, **tables}, encoder=encoder, release="r1")


ITEMS = [
    {
        "item_id": "i-refund",
        "cite": "live/refunds.md#window",
        "document_id": "live/refunds.md",
        "title": "Refunds",
        "heading": "Window",
        "text": "A refund takes 30 days.",
        "status": "contested",
        "conflict_ids": ["c-refund"],
        "dated_on": date(2024, 5, 1),
    },
    {
        "item_id": "i-old",
        "cite": "wiki/refunds.md#window",
        "document_id": "wiki/refunds.md",
        "source": "wiki",
        "title": "Refunds",
        "text": "A refund takes 14 days when you ask for the refund in writing.",
        "status": "contested",
        "conflict_ids": ["c-refund"],
    },
    {
        "item_id": "i-price",
        "cite": "wiki/prices.md#plan",
        "document_id": "wiki/prices.md",
        "source": "wiki",
        "title": "Prices",
        "text": "The team plan costs $20 a month.",
        "status": "corrected",
        "quality": 0.5,
        "corrections": [{"start": 21, "end": 24, "says": "$20", "stands": "$25", "cite": "live/prices.md#plan", "conflict_id": "c-price"}],
    },
    {
        "item_id": "i-leave",
        "cite": "live/leave.md#parental",
        "document_id": "live/leave.md",
        "title": "Leave",
        "heading": "Parental",
        "text": "Parental leave is 16 weeks.",
        "status": "stale",
        "flags": ["review_overdue", "owner_gone"],
        "dated_on": date(2019, 2, 3),
    },
    {
        "item_id": "i-travel",
        "cite": "live/travel.md#booking",
        "document_id": "live/travel.md",
        "title": "Travel",
        "heading": "Booking",
        "text": "Book flights through the portal two weeks ahead.",
        "family_id": "f-travel",
        "dated_on": date(2024, 1, 1),
    },
    {
        "item_id": "i-travel-copy",
        "cite": "live/trips.md#booking",
        "document_id": "live/trips.md",
        "title": "Travel",
        "heading": "Booking",
        "text": "Book flights through the portal two weeks ahead!",
        "family_id": "f-travel",
    },
]

CLAIM = {
    "subject_kind": "entity",
    "subject_id": "policy/refunds",
    "subject": "Refunds",
    "attribute": "refund_window",
    "value_type": "duration",
}
CLAIM |= {"scope": "", "date_kind": "exact", "modality": "is", "standing": "contested"}


def _tables():
    claims = [
        CLAIM
        | {
            "claim_id": "k-new",
            "value": "P30D",
            "verbatim": "30 days",
            "source": "live",
            "item_id": "i-refund",
            "document_id": "live/refunds.md",
            "sentence": "A refund takes 30 days.",
        },
        CLAIM
        | {
            "claim_id": "k-old",
            "value": "P14D",
            "verbatim": "14 days",
            "source": "wiki",
            "item_id": "i-old",
            "document_id": "wiki/refunds.md",
            "sentence": "A refund takes 14 days when you ask for the refund in writing.",
        },
        CLAIM
        | {
            "claim_id": "k-price",
            "attribute": "price",
            "value": "25.00 USD",
            "verbatim": "$25",
            "source": "crm",
            "record_id": "7",
            "standing": "stands",
        },
        CLAIM
        | {
            "claim_id": "k-price-old",
            "attribute": "price",
            "value": "20.00 USD",
            "verbatim": "$20",
            "source": "wiki",
            "item_id": "i-price",
            "standing": "loses",
        },
    ]
    fact = {"subject_id": "policy/refunds", "subject": "Refunds", "scope": "", "known_from": date(2024, 1, 1), "is_current": True}
    facts = [
        fact
        | {
            "attribute": "refund_window",
            "value": "P30D",
            "verbatim": "30 days",
            "value_type": "duration",
            "decision": "open",
            "claim_id": "k-new",
            "runner_up_claim_id": "k-old",
            "conflict_id": "c-refund",
            "confidence": 0.6,
        },
        fact
        | {
            "attribute": "price",
            "value": "25.00 USD",
            "verbatim": "$25",
            "value_type": "money",
            "unit": "USD",
            "decision": "policy",
            "claim_id": "k-price",
            "runner_up_claim_id": "k-price-old",
            "conflict_id": "c-price",
            "confidence": 0.9,
            "valid_from": date(2024, 1, 1),
        },
        fact
        | {
            "attribute": "price",
            "value": "15.00 USD",
            "verbatim": "$15",
            "value_type": "money",
            "decision": "alone",
            "claim_id": "k-price-2020",
            "valid_from": date(2020, 1, 1),
            "valid_to": date(2023, 12, 31),
            "is_current": False,
        },
        fact
        | {
            "subject_id": "person/ada",
            "subject": "Ada Lovelace",
            "attribute": "email",
            "value": "ada@example.org",
            "verbatim": "ada@example.org",
            "value_type": "email",
            "decision": "alone",
            "claim_id": "k-ada",
        },
    ]
    conflict = {"type": "value_conflict", "kind": "texts", "subject_id": "policy/refunds", "subject": "Refunds", "sides": 2}
    conflict |= {"independent_sources": 2, "exposure": 0, "audience": ["staff"], "spans_audiences": False}
    conflicts = [
        conflict | {"conflict_id": "c-refund", "attribute": "refund_window", "status": "open", "severity": 0.4},
        conflict
        | {
            "conflict_id": "c-price",
            "attribute": "price",
            "status": "decided_by_policy",
            "severity": 0.9,
            "rule": "authority",
            "winner_claim_id": "k-price",
            "reason": "crm has the better rank.",
        },
    ]
    sides = [
        {"conflict_id": "c-refund", "claim_id": "k-new", "side": 1, "value": "P30D", "verbatim": "30 days", "source": "live"},
        {"conflict_id": "c-refund", "claim_id": "k-old", "side": 2, "value": "P14D", "verbatim": "14 days", "source": "wiki"},
        {"conflict_id": "c-price", "claim_id": "k-price", "side": 1, "wins": True, "verbatim": "$25", "source": "crm"},
        {
            "conflict_id": "c-price",
            "claim_id": "k-price-old",
            "side": 2,
            "wins": False,
            "verbatim": "$20",
            "source": "wiki",
            "reason": "wiki has the worse rank.",
        },
    ]
    document = {"date_basis": "none", "date_kind": "unknown", "status": "served", "audience": ["staff"]}
    excluded = {
        "item_id": "i-gone",
        "cite": "wiki/office.md#door",
        "kind": "passage",
        "document_id": "wiki/office.md",
        "source": "wiki",
        "text": "The door code is with Bob.",
        "tokens": 26,
        "status": "current",
        "date_basis": "none",
        "date_kind": "unknown",
        "audience": ["staff"],
        "reason": "superseded",
        "superseded_by": "live/office.md#door",
        "evidence": "replaced_by in the sidecar",
    }
    return {
        "claims": table("claims", claims),
        "facts": table("facts", facts),
        "conflicts": table("conflicts", conflicts),
        "conflict_claims": table("conflict_claims", sides),
        "documents": table(
            "documents",
            [
                document | {"document_id": i["document_id"], "source": i["source"], "path": "p"}
                for i in ({"source": "live"} | item for item in ITEMS)
            ],
        ),
        "excluded": table("excluded", [excluded]),
        "entities": table("entities", [{"entity_id": "policy/refunds", "entity_type": "policy", "name": "Refund policy", "records": 1}]),
        "entity_members": table("entity_members", [{"entity_id": "policy/refunds", "source": "crm", "record_id": "7"}]),
        "records": table(
            "records",
            [
                {
                    "record_id": "7",
                    "source": "crm",
                    "entity_type": "policy",
                    "entity_id": "policy/refunds",
                    "values": json.dumps({"price": "$25"}),
                    "date_basis": "none",
                    "date_kind": "unknown",
                    "status": "served",
                    "audience": ["staff"],
                }
            ],
        ),
        "staleness": table(
            "staleness",
            [
                {
                    "target_kind": "passage",
                    "target_id": "i-leave",
                    "document_id": "live/leave.md",
                    "source": "live",
                    "signal": "review_overdue",
                    "is_stale": True,
                    "score": 0.8,
                }
            ],
        ),
        "quality_components": table(
            "quality_components", [{"item_id": "i-refund", "freshness": 1.0, "freshness_contribution": 0.25, "quality": 0.8}]
        ),
        "lineage": table("lineage", [{"item_id": "i-refund", "input_kind": "document", "input_id": "live/refunds.md", "source": "live"}]),
        "families": table(
            "families",
            [
                {
                    "family_id": "f-travel",
                    "member_kind": "passage",
                    "member_id": i,
                    "relation": "near",
                    "canonical_id": "i-travel",
                    "similarity": 0.99,
                }
                for i in ("i-travel", "i-travel-copy")
            ],
        ),
        "rulings": table(
            "rulings",
            [
                {
                    "ruling_id": "r-1",
                    "target_kind": "conflict",
                    "verdict": "ask_owner",
                    "anchors": "{}",
                    "status": "applies",
                    "applied_to": "c-refund",
                }
            ],
        ),
    }


@pytest.fixture
def encoder():
    return BagOfWords()


@pytest.fixture
def client(encoder):
    return client_over(ITEMS, encoder, **_tables())


@pytest.fixture(scope="session")
def build():
    """The makers of this file, for tests that need a release of their own (a conftest cannot be imported)."""
    return SimpleNamespace(table=table, context=context, client_over=client_over, encoder=BagOfWords, claim=CLAIM)
