"""Builders by hand: a run without a company, the copies of its sources, and what `normalise` makes of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from canonry.config import Config, parse
from canonry.context import History, RunContext
from canonry.frames import INGESTED, Ingested, Normalised, frame
from canonry.journal import Journal
from canonry.normalise import normalise
from canonry.state import Memo, NoMemo
from tests.flow.company import BagOfWords

TODAY = date(2024, 12, 31)


def configured(**more: Any) -> Config:
    """A configuration with the sources live, wiki and register, and what a test adds or replaces."""
    sources = {
        "live": {"kind": "documents", "path": "live", "authority": 1},
        "wiki": {"kind": "documents", "path": "wiki", "authority": 1},
        "register": {"kind": "records", "path": "register.csv", "entity": "product", "authority": 1},
        "shop": {"kind": "records", "path": "shop.csv", "entity": "product", "authority": 2},
        "sites": {"kind": "claims", "path": "sites.csv", "entity": "product", "authority": 3, "authorities": {"maker": 1},
                  "columns": {"subject": "s", "attribute": "a", "value": "v", "source": "w"}},
    }  # fmt: skip
    return parse({"sources": sources, **more})


def context(config: Config | None = None, *, memo: Memo | None = None, edition: str = "", history: History | None = None) -> RunContext:
    """A run on `TODAY` with nothing remembered."""
    config = config or configured()
    return RunContext(TODAY, config, Journal(), memo or NoMemo(), BagOfWords(), NoMemo(), history or History(), edition)


def document(path: str, text: str, source: str = "live", **more: Any) -> dict[str, Any]:
    """One document of a copy."""
    return {"source": source, "path": path, "media": "markdown", "text": text, **more}


def record(source: str, record_id: str, values: str, **more: Any) -> dict[str, Any]:
    """One row of an export; `values` is JSON."""
    return {"source": source, "record_id": record_id, "location": f"{source}.csv:{record_id}", "values": values, **more}


def claim(asserter: str, subject: str, attribute: str, value: str, **more: Any) -> dict[str, Any]:
    """One row of the claims table `sites`."""
    return {
        "source": "sites",
        "location": "sites.csv:1",
        "asserter": asserter,
        "subject": subject,
        "attribute": attribute,
        "value": value,
        **more,
    }


def copies(
    documents: list[dict[str, Any]] | None = None,
    records: list[dict[str, Any]] | None = None,
    claims: list[dict[str, Any]] | None = None,
    **observed: date | None,
) -> Ingested:
    """The copies of all sources; `observed` says when the copy of a source was taken."""
    kinds = {"live": "documents", "wiki": "documents", "register": "records", "shop": "records", "sites": "claims"}
    sources = [
        {
            "source": s,
            "kind": k,
            "status": "ok",
            "copy_hash": f"copy of {s}",
            "observed_on": observed.get(s),
            "last_seen_on": TODAY,
            "items": 1,
        }
        for s, k in kinds.items()
    ]
    parts = {"sources": sources, "documents": documents or [], "records": records or [], "claims": claims or [], "quarantine": []}
    return Ingested(**{name: frame(INGESTED[name], rows) for name, rows in parts.items()})


def normalised(*documents: dict[str, Any], run: RunContext | None = None, **more: Any) -> Normalised:
    """What the stage makes of some documents and rows."""
    return normalise(run or context(), copies(list(documents), **more))
