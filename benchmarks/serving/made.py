"""A store of generated items, as large as wanted, published as any other; and what `canonry serve` needs to serve it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from canonry import mcp
from canonry import store as stores
from canonry.publish import About, publish
from canonry.published import TABLES
from canonry.similarity import DEFAULT_MODEL, quantised
from canonry.store import Input

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 3, 2)
WORDS, DIMENSIONS = 20_000, 384
ATTRIBUTES = ("list_price", "warranty", "owner", "opened_on")
EDITION = "agents"


class Maker:
    """Words by Zipf's law, from a seed."""

    def __init__(self, seed: int = 7) -> None:
        self.chance = np.random.default_rng(seed)
        letters = list("abcdefghilmnoprstu")
        self.words = ["".join(self.chance.choice(letters, size=n)) for n in self.chance.integers(3, 11, size=WORDS)]
        weights = 1 / np.arange(1, WORDS + 1)
        self.weights = weights / weights.sum()

    def text(self, words: int) -> str:
        """So many words."""
        return " ".join(self.words[i] for i in self.chance.choice(WORDS, size=words, p=self.weights))

    def questions(self, number: int) -> list[str]:
        """Questions of three to eight words."""
        return [self.text(int(n)) for n in self.chance.integers(3, 9, size=number)]


def frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A published table out of rows that name only what matters."""
    return pl.DataFrame([{c: r.get(c) for c in TABLES[name].names} for r in rows], schema=TABLES[name].schema)


def tables(maker: Maker, items: int) -> dict[str, pl.DataFrame]:
    """Context items with vectors, and a third as many facts."""
    plain = {"kind": "passage", "source": "docs", "status": "current", "date_basis": "none", "date_kind": "unknown", "audience": ["staff"]}
    plain |= {"flags": [], "corrections": [], "conflict_ids": [], "quality": 0.8, "p_current": 0.9}
    rows = [
        plain | {"item_id": f"{n:016x}", "cite": f"docs/p{n // 8}.md#h{n % 8}", "document_id": f"docs/p{n // 8}.md", "title": maker.text(4),
                 "heading": maker.text(3), "text": maker.text(int(maker.chance.integers(30, 160))), "tokens": 500}
        for n in range(items)
    ]  # fmt: skip
    vectors = maker.chance.normal(size=(items, DIMENSIONS)).astype(np.float32)
    made = quantised([r["item_id"] for r in rows], vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    for row, vector in zip(rows, made.to_dicts(), strict=True):
        row |= {k: vector[k] for k in ("embedding", "embedding_scale")}
    return {"context": frame("context", rows), **_facts(maker, items // 12)}


def _facts(maker: Maker, things: int) -> dict[str, pl.DataFrame]:
    facts, entities, claims = [], [], []
    for n in range(things):
        name = maker.text(2).title() + f" {n}"
        entities.append({"entity_id": f"thing/{n}", "entity_type": "thing", "name": name, "records": 1, "sources": 1})
        for attribute in ATTRIBUTES:
            about = {"subject_id": f"thing/{n}", "subject": name, "attribute": attribute, "scope": "", "value": str(n), "verbatim": str(n)}
            claim = f"{attribute}-{n}"
            typed = {"value_type": "number", "claim_id": claim}
            facts.append(about | typed | {"decision": "alone", "confidence": 0.8, "is_current": True,
                                  "known_from": DAY, "sources": 1})  # fmt: skip
            claims.append(about | typed | {"subject_kind": "entity", "source": "docs", "record_id": str(n),
                                   "date_kind": "unknown", "modality": "is", "standing": "alone"})  # fmt: skip
    return {"facts": frame("facts", facts), "entities": frame("entities", entities), "claims": frame("claims", claims)}


def night(store: Path, content: dict[str, pl.DataFrame], day: date) -> str:
    """Publish; give the release."""
    inputs = {"docs": Input(hash=day.isoformat(), observed_on=day, last_seen_on=day, items=1)}
    about = About(day, "made", "0", DEFAULT_MODEL, {}, inputs, parent=stores.current(store))
    return publish({"full": {}, EDITION: content}, about, store, now=datetime.now(UTC)).manifest.release_id


def workspace(folder: Path, agents: int) -> dict[str, str]:
    """Write the configuration; give the tokens of the principals."""
    tokens = {f"agent-{n}": mcp.made() for n in range(agents)}
    ends = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    told = [{"principal": p, "sha256": mcp.fingerprint(t), "expires_on": ends} for p, t in tokens.items()]
    config = {
        "sources": {"docs": {"kind": "documents", "path": "docs"}}, "default_audience": ["staff"],
        "editions": {EDITION: {"audiences": ["staff"], "principals": list(tokens)}},
        "serve": {"tokens": told, "limits": {"per_minute": 1_000_000}},
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "canonry.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    (folder / "tokens.json").write_text(json.dumps(tokens), encoding="utf-8")
    return tokens
