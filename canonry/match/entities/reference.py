"""What a large register taught, kept so that a few new records are matched without learning anew.

All that is counted over all records is kept as it was when they were learnt from: how rare terms and values are, levels by chance, the
model. So what becomes of a record depends on the reference and on the records of tonight, never on the nights between; and nothing needs
to be compared again but pairs with a new record in them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
import scipy.sparse as sp

from canonry.ids import digest
from canonry.match.entities import levels, null, terms
from canonry.match.entities.candidates import Keys
from canonry.match.entities.comparisons import Counts
from canonry.match.entities.differing import Errors
from canonry.match.entities.linked import Linked, Scored
from canonry.match.entities.model import Scale
from canonry.match.entities.table import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from canonry.match.entities.candidates import Kind
    from canonry.match.entities.pairing import OneToOne, Paired
    from canonry.match.entities.table import Table

VERSION = 1  # to be counted up whenever what is learnt changes: what was learnt before is not used then
LEAST = 10_000  # records from which what was learnt is kept; fewer are learnt from in seconds
_CHANGED = 0.1  # share of records that came and went from which all is learnt anew
ROW = ["source", "record_id", "values"]


class Index(NamedTuple):
    """Which records hold which terms, and how much these weigh there.

    Attributes:
        weights: How rare the terms are.
        data, columns, starts: A sparse matrix of a row per record and a column per term.
    """

    weights: terms.Weights
    data: NDArray[np.float32]
    columns: NDArray[np.int32]
    starts: NDArray[np.int32]

    @classmethod
    def of(cls, kind: Kind) -> Index:
        """Keep the terms of records by their parts."""
        return cls(kind.weights, kind.weighted.data, kind.weighted.indices, kind.weighted.indptr)

    def matrix(self, width: int) -> sp.csr_matrix:
        """The matrix, with columns for further terms up to a number of them."""
        return sp.csr_matrix((self.data, self.columns, self.starts), shape=(len(self.starts) - 1, width))


@dataclass(frozen=True)
class Reference:
    """Records, and what they taught.

    Attributes:
        name: Hash of the records, of what was declared and of the version: what was learnt follows from them.
        one_to_one: What was declared of the sources.
        records: Columns ``source``, ``record_id``, ``values``, ordered by source and id.
        headings: Source → its attributes.
        renamed: Source → its heading → name of the column that it was taken for.
        columns: The columns that tell records apart.
        counts: How often values and words are said.
        indices: Terms of whole records: words, runs of three characters and, where there are ``keys``, pairs of values.
        keys: Columns whose pairs of values are terms.
        model: What judges pairs; one for each two sources where these meet one to one.
        left, right: Rows of all pairs that were compared.
        links: Of those as likely as a published pair: ``pair`` (which), ``match_weight``, ``match_probability``, ``comparisons``.
        capped: Near neighbours that were left out.
        farther: How many times farther than at first was looked for neighbours.
        recall: Estimated share of the pairs that are one thing which was compared.
    """

    name: str
    one_to_one: OneToOne
    records: pl.DataFrame
    headings: Mapping[str, tuple[str, ...]]
    renamed: Mapping[str, Mapping[str, str]]
    columns: tuple[Shape, ...]
    counts: Counts
    indices: tuple[Index, ...]
    keys: Keys | None
    model: levels.Model | tuple[Linked, ...]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    links: pl.DataFrame
    capped: int
    farther: int
    recall: float | None

    @property
    def is_one_to_one(self) -> bool:
        """Whether each source names each thing at most once."""
        return not isinstance(self.model, levels.Model)


CLASSES = (
    Reference, Index, Shape, Counts, Keys, terms.Weights, levels.Model, levels.Mixture,
    Linked, Scored, Scale, Errors, null.Judge, null.Estimate, null.Curve,
)  # fmt: skip


def reference(records: pl.DataFrame, table: Table, result: Paired, one_to_one: OneToOne) -> Reference | None:
    """Keep what records have taught; None where they are few, or taught nothing.

    Args:
        records: Columns ``source``, ``record_id``, ``values``, ordered by source and id.
        table: The same records.
        result: What became of them.
        one_to_one: What is declared of the sources.
    """
    if result.taught is None or records.height < LEAST:
        return None
    found, counts, model = result.taught
    n = records.height
    pair = np.searchsorted(found.left * n + found.right, result.links["left"].to_numpy() * n + result.links["right"].to_numpy())
    return Reference(
        name=digest("reference", str(VERSION), str(one_to_one), *(part for column in ROW for part in records[column].to_list())),
        one_to_one=one_to_one,
        records=records.select(ROW),
        headings=_headings(records),
        renamed=table.renamed,
        columns=tuple(c.shape for c in table.columns),
        counts=counts,
        indices=tuple(Index.of(kind) for kind in found.kinds),
        keys=found.keys,
        model=model,
        left=found.left.astype(np.int32),
        right=found.right.astype(np.int32),
        links=result.links.drop("left", "right").with_columns(pair=pair),
        capped=result.capped,
        farther=found.farther,
        recall=result.recall,
    )


def _headings(records: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    out: dict[str, set[str]] = {}
    for source, values in records.select("source", "values").iter_rows():
        out.setdefault(source, set()).update(json.loads(values))
    return {s: tuple(sorted(names)) for s, names in sorted(out.items())}


class Place(NamedTuple):
    """Where the records of tonight stand in a reference.

    Attributes:
        known: Row in the reference of each record of tonight, negative for new ones.
        now: Number tonight of each row of the reference, negative for those that are gone.
    """

    known: NDArray[np.int64]
    now: NDArray[np.int64]


def placed(reference: Reference, records: pl.DataFrame, one_to_one: OneToOne) -> Place | None:
    """Find tonight's records in a reference; None where they differ too much from those that it was learnt from.

    Args:
        reference: What is known.
        records: Columns ``source``, ``record_id``, ``values``, ordered by source and id.
        one_to_one: What is declared of the sources tonight.
    """
    if one_to_one != reference.one_to_one or set(records["source"].unique()) != set(reference.headings):
        return None
    told = reference.records.with_row_index("row")
    row = records.select(ROW).join(told, on=ROW, how="left", maintain_order="left")["row"].cast(pl.Int64).fill_null(-1).to_numpy()
    now = np.full(reference.records.height, -1, dtype=np.int64)
    held = row >= 0
    now[row[held]] = np.flatnonzero(held)
    if (row < 0).sum() + (now < 0).sum() > _CHANGED * len(now):
        return None
    return Place(row, now)
