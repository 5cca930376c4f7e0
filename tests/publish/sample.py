"""A small store that grows night by night."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry import journal, store
from canonry.publish import About, publish
from canonry.store import Input

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2024, 12, 31, 3, 0, tzinfo=UTC)


def documents(*names: str, source: str = "live") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "document_id": [f"{source}/{n}" for n in names],
            "source": [source] * len(names),
            "path": list(names),
            "title": [f"About {n}" for n in names],
            "dated_on": [date(2024, 1, 1)] * len(names),
            "date_basis": ["content"] * len(names),
            "date_kind": ["exact"] * len(names),
            "content_hash": [f"hash of {n}" for n in names],
            "status": ["served"] * len(names),
            "audience": [["staff"]] * len(names),
        }
    )


def context(texts: dict[str, str]) -> pl.DataFrame:
    n = len(texts)
    return pl.DataFrame(
        {
            "item_id": list(texts),
            "cite": [f"live/{i}#a" for i in texts],
            "kind": ["passage"] * n,
            "title": ["Handbook"] * n,
            "heading": ["Handbook > Leave"] * n,
            "text": list(texts.values()),
            "tokens": [len(t) for t in texts.values()],
            "status": ["corrected"] * n,
            "corrections": [[{"start": 0, "end": 2, "says": "a", "stands": "b", "cite": "c", "conflict_id": "d"}]] * n,
            "date_basis": ["none"] * n,
            "date_kind": ["unknown"] * n,
            "conflict_ids": [["d"]] * n,
            "audience": [["staff"]] * n,
            "embedding": pl.Series([[1, -128, 127]] * n, dtype=pl.List(pl.Int8)),
            "embedding_scale": [0.01] * n,
        }
    )


def conflicts(*ids: str, detected_at: datetime = NOW) -> pl.DataFrame:
    n = len(ids)
    return pl.DataFrame(
        {
            "conflict_id": list(ids),
            "type": ["value_conflict"] * n,
            "kind": ["records"] * n,
            "subject_id": ["domain/a"] * n,
            "subject": ["a"] * n,
            "attribute": ["contact"] * n,
            "sides": [2] * n,
            "independent_sources": [2] * n,
            "severity": [0.5] * n,
            "status": ["open"] * n,
            "exposure": [0] * n,
            "audience": [["staff"]] * n,
            "spans_audiences": [False] * n,
            "detected_at": [detected_at] * n,
        }
    )


def tables(night: int = 1) -> dict[str, pl.DataFrame]:
    """The tables of a small release; each night has a document more."""
    return {
        "documents": documents(*(f"page-{i}.md" for i in range(night))),
        "context": context({"i1": "Book leave with your manager.", "i2": f"Night {night}: the refund window is 30 days."}),
        "conflicts": conflicts("k1"),
    }


@dataclass
class Nights:
    """Publishes one release after the other into one store, as a run does."""

    root: Path
    at: int = 0
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    def inputs(self, night: int = 1, **more: Any) -> About:
        said = journal.read(self.journal)
        base = About(
            run_date=date(2024, 12, 1) + timedelta(days=night),
            config_hash="c0",
            code_version="0.1.0",
            model="all-MiniLM-L6-v2",
            journal=said.heads,
            inputs={"live": Input(hash=f"{night:032x}", status="ok", observed_on=date(2024, 12, 1), items=night)},
            parent=store.current(self.store),
            rollbacks=said.rollbacks,
        )
        return replace(base, **more)

    def publish(self, night: int = 1, editions: Any = None, **more: Any) -> Any:
        gate = more.pop("gate", None)
        return publish(editions or {"full": tables(night)}, self.inputs(night, **more), self.store, now=NOW, gate=gate)
