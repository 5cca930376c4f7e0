"""What changed between two releases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canonry import published
from canonry import store as stores
from canonry.store import FULL

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.store import Manifest

ITEMS = "items"
_PARTS = ("context", "excluded")
_KEYED = (ITEMS, "facts", "conflicts")


@dataclass(frozen=True)
class TableDiff:
    """What changed in one table.

    Attributes:
        added: Rows whose key is new.
        removed: Rows whose key is gone.
        changed: Rows of the same key with other content.
        keys: For items, facts and conflicts the keys concerned: columns change (added, removed, changed) and those of the key; else None.
    """

    added: int
    removed: int
    changed: int
    keys: pl.DataFrame | None = None


def diff(store: Path, before: str, after: str, edition: str = FULL) -> dict[str, TableDiff]:
    """Compare two releases of an edition, table by table and as a whole over the view `items`.

    Columns outside the digest (when it was published, and the like) are not compared.

    Args:
        store: The store's folder.
        before: Id of one release.
        after: Id of the other.
        edition: Which edition.

    Returns:
        Table → what changed; every published table is there, and `items`, but no internal table.

    Raises:
        StoreError: There is no such release or edition.
    """
    old, new = (_Side(store, stores.manifest(store, release), edition) for release in (before, after))
    return {name: _table_diff(old, new, name) for name in (*published.TABLES, ITEMS) if not name.startswith("_")}


@dataclass(frozen=True)
class _Side:
    """One edition of one of the two releases."""

    store: Path
    release: Manifest
    edition: str

    def digests(self, name: str) -> list[str | None]:
        stores.edition_file(self.store, self.release, self.edition)  # says so when there is no such edition
        tables = self.release.editions[self.edition].tables
        return [tables[part].digest if part in tables else None for part in (_PARTS if name == ITEMS else (name,))]

    def rows(self, name: str) -> pl.DataFrame:
        """Give the key of every row and all its content as one text, without the columns outside the digest."""
        if name == ITEMS:
            return pl.concat([self.rows(part).select(*_key(ITEMS), "content", pl.lit(part).alias("part")) for part in _PARTS]).select(
                *_key(ITEMS), pl.concat_str("part", "content").alias("content")
            )
        table = published.TABLES[name]
        kept = [c.name for c in table.columns if not c.volatile]
        have = name in self.release.editions[self.edition].tables
        frame = stores.read_table(self.store, self.release, self.edition, name) if have else table.empty()
        labels = [*table.key, *(c for c in _key(ITEMS) if name in _PARTS and c not in table.key)]
        return frame.select(*labels, pl.struct(kept).struct.json_encode().alias("content"))


def _key(name: str) -> tuple[str, ...]:
    return ("item_id", "cite") if name == ITEMS else published.TABLES[name].key


def _table_diff(old: _Side, new: _Side, name: str) -> TableDiff:
    key = list(_key(name))
    if old.digests(name) == new.digests(name):
        empty = pl.DataFrame(schema={"change": pl.String, **dict.fromkeys(key, pl.String)})
        return TableDiff(0, 0, 0, empty if name in _KEYED else None)
    if not key:
        return TableDiff(0, 0, 1)  # the one row of `release`
    before, after = (side.rows(name).select(*key, "content") for side in (old, new))
    change = (
        pl.when(pl.col("content").is_null())
        .then(pl.lit("added"))
        .when(pl.col("now").is_null())
        .then(pl.lit("removed"))
        .otherwise(pl.lit("changed"))
    )
    keys = (
        before.join(after.rename({"content": "now"}), on=key, how="full", coalesce=True)
        .filter(pl.col("content").ne_missing(pl.col("now")))
        .select(change.alias("change"), *key)
        .sort("change", *key)
    )
    count = dict(keys.group_by("change").len().iter_rows())
    return TableDiff(count.get("added", 0), count.get("removed", 0), count.get("changed", 0), keys if name in _KEYED else None)
