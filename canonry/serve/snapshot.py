"""One edition of one release, read table by table when first needed, and kept."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.ids import record_cite
from canonry.published import CONTEXT, EXCLUDED, TABLES
from canonry.serve.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path


class Snapshot:
    """The tables of one edition of one release, and what is looked up in them over and over.

    Attributes:
        release: The release id.
        edition: The edition.
        file: The edition's file, for SQL; None over frames in memory.
    """

    def __init__(self, release: str, edition: str, read: Callable[[str], pl.DataFrame], file: Path | None = None) -> None:
        self.release, self.edition, self.file = release, edition, file
        self._read, self._tables = read, dict[str, pl.DataFrame]()

    def table(self, name: str) -> pl.DataFrame:
        """Give a published table in its declared shape and key order."""
        if name not in self._tables:
            self._tables[name] = TABLES[name].conform(self._read(name))
        return self._tables[name]

    def rows(self, name: str, column: str, values: Iterable[str | None]) -> list[dict[str, Any]]:
        """Select the rows of a table whose column has one of these values, in key order."""
        wanted = sorted({v for v in values if v})
        return self.table(name).filter(pl.col(column).is_in(wanted)).to_dicts() if wanted else []

    @cached_property
    def index(self) -> Index:
        """The ranking index over the served items; its rows are rows of the table context."""
        return Index.open(self.table("context"), self.table("_postings"))

    @cached_property
    def served(self) -> pl.DataFrame:
        """The table context without the vectors."""
        return self.table("context").drop("embedding", "embedding_scale")

    @cached_property
    def items(self) -> pl.DataFrame:
        """Every item, served or not: the columns both tables have, `is_served`, and why not."""
        shared = [c for c in CONTEXT.names if c in EXCLUDED.names]
        left = self.table("excluded").with_columns(pl.lit(value=False).alias("is_served"))
        return pl.concat([self.served.select(shared).with_columns(pl.lit(value=True).alias("is_served")), left], how="diagonal")

    @cached_property
    def places(self) -> dict[str, tuple[str, bool]]:
        """Item id → its cite, and whether it is served."""
        return {i: (c, s) for i, c, s in self.items.select("item_id", "cite", "is_served").iter_rows()}

    def claims(self, claim_ids: Iterable[str | None]) -> dict[str, dict[str, Any]]:
        """Claims by id, each with the cite of the item or record it stands in."""
        return {r["claim_id"]: {**r, "cite": self.claim_cite(r)} for r in self.rows("claims", "claim_id", claim_ids)}

    def claim_cite(self, claim: dict[str, Any]) -> str | None:
        """Where a claim can be read: its passage, its record, or the entity it is about."""
        if claim.get("item_id") in self.places:
            return self.places[claim["item_id"]][0]
        if claim.get("record_id"):
            return record_cite(claim["source"], claim["record_id"])
        return claim["subject_id"] if claim.get("subject_kind") == "entity" else claim.get("document_id")

    def instead_of(self, cite: str) -> str | None:
        """What stands in the place of a cite or document that is not served, or that moved before this release."""
        wanted = cite.removesuffix(f"@{self.release}")
        left = [r["superseded_by"] for r in self.rows("excluded", "cite", [wanted]) if r["superseded_by"]]
        page, mark, anchor = wanted.partition("#")
        return next(iter([*left, *(r["new_id"] + mark + anchor for r in self.rows("id_changes", "old_id", [page]))]), None)

    def served_rows(self, rows: Sequence[int]) -> list[dict[str, Any]]:
        """Fetch served items by row number, in the order asked for."""
        return self.served[list(rows)].to_dicts() if rows else []
