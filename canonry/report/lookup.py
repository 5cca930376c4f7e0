"""What is known about sources, documents and items, for finding the words and the address of a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.published import TABLES
from canonry.report.model import Place
from canonry.report.words import linkable

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Lookup:
    """Rows by id.

    Attributes:
        sources: source → its row.
        documents: document_id → its row.
        items: item_id → cite, document_id, title.
    """

    sources: Mapping[str, dict[str, Any]]
    documents: Mapping[str, dict[str, Any]]
    items: Mapping[str, dict[str, Any]]

    def source(self, name: str) -> dict[str, Any]:
        """Give a source's row; empty when it is not listed."""
        return self.sources.get(name, {})

    def owner(self, document_id: str | None, source: str) -> str | None:
        """Say who answers for a document, or else for its source."""
        found = self.documents.get(document_id or "", {}).get("owner") or self.source(source).get("owner")
        return None if found is None else str(found)

    def record(self, source: str, record_id: str) -> Place:
        """Name a row of an export as agents cite it."""
        return Place(f"{source}/{record_id}", is_record=True)

    def passage(self, item_id: str | None, document_id: str | None) -> Place:
        """Name a passage by its cite, or else its document."""
        item = self.items.get(item_id or "", {})
        document = self.documents.get(document_id or item.get("document_id") or "", {})
        text = item.get("cite") or document_id or item_id or ""
        return Place(text, document.get("title") or item.get("title"), linkable(document.get("url")))

    def anything(self, name: str) -> Place:
        """Name whatever an id or cite stands for."""
        return self.passage(name, None) if name in self.items else self.passage(None, name)


def lookup(tables: Mapping[str, pl.DataFrame]) -> Lookup:
    """Index the frames; of `context` and `excluded` only ``item_id, cite, document_id, title`` are read."""
    wanted = ("item_id", "cite", "document_id", "title")
    items = pl.concat([table(tables, name).select(wanted) for name in ("excluded", "context")])
    documents = table(tables, "documents").select("document_id", "title", "url", "owner", "audience")
    return Lookup(
        {r["source"]: r for r in table(tables, "sources").iter_rows(named=True)},
        {r["document_id"]: r for r in documents.iter_rows(named=True)},
        {r["item_id"]: r for r in items.iter_rows(named=True)},
    )


def table(tables: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
    """Give a frame; one that is absent is empty."""
    found = tables.get(name)
    return TABLES[name].empty() if found is None else found
