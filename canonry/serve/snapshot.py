"""One edition of one release, read table by table when first needed, and kept."""

from __future__ import annotations

import re
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from canonry.ids import record_cite
from canonry.published import CONTEXT, EXCLUDED
from canonry.serve import names
from canonry.serve.index import Exact, Index
from canonry.text import shown, terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from canonry.serve.names import Names


_QUOTED = re.compile(r'"([^"]{1,300})"|“([^”]{1,300})”')
_RARE = 1000  # a code in more items than that tells them apart no better than a word
_CODE = re.compile(r"(?=.*[^\W\d_])(?=.*\d)\S{3,64}")  # letters and digits in one word: AS-240, ERR42, 18f.gov


class Snapshot:
    """The tables of one edition of one release, and what is looked up in them over and over.

    Attributes:
        release: The release id.
        edition: The edition.
        file: The edition's file, for SQL; None over frames in memory.
        vectors: Vectors of short texts that are compared over and over, names of attributes above all.
    """

    def __init__(
        self, release: str, edition: str, read: Callable[[Sequence[str]], Mapping[str, pl.DataFrame]], file: Path | None = None
    ) -> None:
        self.release, self.edition, self.file = release, edition, file
        self._read, self._tables = read, dict[str, pl.DataFrame]()
        self._keys: dict[tuple[str, str], tuple[dict[str, int], NDArray[np.int64], NDArray[np.int64]]] = {}
        self.vectors: dict[str, NDArray[np.float32]] = {}
        self._words: dict[int, str] = {}

    def table(self, name: str) -> pl.DataFrame:
        """Give a published table in its declared shape and key order."""
        self.load((name,))
        return self._tables[name]

    def load(self, names: Iterable[str]) -> None:
        """Read tables that are needed soon, all at once: opening the file costs more than reading most of them."""
        missing = [n for n in names if n not in self._tables]
        if missing:
            self._tables.update(self._read(missing))

    def rows(self, name: str, column: str, values: Iterable[str | None]) -> list[dict[str, Any]]:
        """Select the rows of a table whose column has one of these values, in key order; the column is indexed when first asked for."""
        wanted = sorted({v for v in values if v})
        found = self.row_numbers(name, column, wanted) if wanted else ()
        return self.table(name)[found].to_dicts() if len(found) else []

    def row_numbers(self, name: str, column: str, values: Iterable[str]) -> NDArray[np.int64]:
        """Row numbers of the rows whose column has one of these values, in order."""
        if (name, column) not in self._keys:
            self._keys[name, column] = _indexed(self.table(name)[column])
        places, starts, order = self._keys[name, column]
        parts = [order[starts[n] : starts[n + 1]] for v in values if (n := places.get(v)) is not None]
        return np.sort(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)

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

    @cached_property
    def names(self) -> Names:
        """What subjects of facts and entities are called."""
        return names.subjects(self.table("facts").select("subject_id", "subject"), self.table("entities").select("entity_id", "name"))

    @cached_property
    def by_cite(self) -> dict[str, str]:
        """Cite → id of the item that is served."""
        return dict(self.served.select("cite", "item_id").iter_rows())

    @cached_property
    def cards(self) -> dict[str, str]:
        """Entity → item id of its card."""
        return dict(self.served.filter(pl.col("kind") == "entity").select("entity_id", "item_id").iter_rows())

    def exactly(self, query: str) -> Exact:
        """Find what a query asks for letter by letter: what stands in double quotes, codes, and the name or cite of an item."""
        quoted = [p for p in (a or b for a, b in _QUOTED.findall(query)) if terms(p)]
        held = reduce(np.intersect1d, (self.holding(p) for p in quoted)) if quoted else None
        codes = [self.holding(code) for code in _codes(query) if len(self.index.holding(terms(code))) <= _RARE]
        return Exact([rows for rows in codes if len(rows)], held, self._called(query.strip().strip('"')))

    def holding(self, phrase: str) -> NDArray[np.int64]:
        """Rows of the served items in which these words stand one after the other, as a reader sees them."""
        wanted = f" {shown(phrase)} "
        found = [n for n in self.index.holding(terms(phrase)).tolist() if wanted in self._shown(n)]
        return np.asarray(found, dtype=np.int64)

    def _shown(self, row: int) -> str:
        """The words of an item as a reader sees them, kept: a phrase is looked for only in items that have all its terms."""
        if row not in self._words:
            title, heading, text = self.served.select("title", "heading", "text").row(row)
            self._words[row] = f" {' | '.join(shown(part or '') for part in (title, heading, text))} "
        return self._words[row]

    def _called(self, query: str) -> list[int]:
        """Row of the item that a query names and says nothing else of: by cite, or by the id, key or name of an entity."""
        named = [self.by_cite.get(query.removesuffix(f"@{self.release}"))]
        if named == [None] and self.cards:
            ids = self.names.exactly(query)
            named = [self.cards.get(i) for i in sorted(ids)] if len(ids) == 1 else []
        return [int(n) for n in self.row_numbers("context", "item_id", [n for n in named if n])]

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


def _indexed(column: pl.Series) -> tuple[dict[str, int], NDArray[np.int64], NDArray[np.int64]]:
    """Value → its number, where each number's rows begin, and the rows in the order of the numbers."""
    rows = column.to_frame("value").with_row_index("row").drop_nulls().sort("value", "row")
    counts = rows.group_by("value", maintain_order=True).len()
    starts = np.concatenate([[0], np.cumsum(counts["len"].to_numpy())]).astype(np.int64)
    return {v: n for n, v in enumerate(counts["value"])}, starts, rows["row"].to_numpy().astype(np.int64)


def _codes(query: str) -> list[str]:
    """Words of a query that are codes; a code may be cut by `words`, so that blanks part them here."""
    found = (w.strip(".,;:!?()[]{}\"'“”‘’") for w in query.split())
    return [w for w in dict.fromkeys(found) if _CODE.fullmatch(w) and terms(w)]
