"""Claims as numbers: which source says which value of which thing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

THING = ["subject_id", "attribute", "scope"]


@dataclass(frozen=True)
class Votes:
    """One row per (source, thing, value), in the order of the names, whatever the order of the claims.

    Attributes:
        table: Columns of `THING`, ``value``, ``source``, ``volume`` and the numbers ``g`` (thing), ``v`` (value of a thing), ``s``
            (source), ``a`` (attribute).
    """

    table: pl.DataFrame

    @classmethod
    def of(cls, claims: pl.DataFrame) -> Votes:
        """Number the claims.

        Args:
            claims: Columns of `THING`, ``value``, ``source`` and ``volume`` (how much the source claims in all).
        """
        rows = claims.select(*THING, "value", "source", "volume").unique().sort(*THING, "value", "source")
        number = {"g": pl.struct(THING), "v": pl.struct([*THING, "value"]), "s": pl.col("source"), "a": pl.col("attribute")}
        return cls(rows.with_columns((e.rank("dense").cast(pl.Int64) - 1).alias(n) for n, e in number.items()))

    @cached_property
    def g(self) -> Ints:
        """The thing of each vote."""
        return self.table["g"].to_numpy()

    @cached_property
    def v(self) -> Ints:
        """The value of each vote."""
        return self.table["v"].to_numpy()

    @cached_property
    def s(self) -> Ints:
        """The source of each vote."""
        return self.table["s"].to_numpy()

    @cached_property
    def a(self) -> Ints:
        """The attribute of each vote."""
        return self.table["a"].to_numpy()

    @cached_property
    def sources(self) -> int:
        """How many sources there are."""
        return int(self.s.max()) + 1

    @cached_property
    def values(self) -> int:
        """How many values, of all things together."""
        return int(self.v.max()) + 1

    @cached_property
    def things(self) -> int:
        """How many things."""
        return int(self.g.max()) + 1

    @cached_property
    def of_value(self) -> pl.DataFrame:
        """One row per value: columns of `THING`, ``value``, ``g``, ``v``."""
        return self.table.select(*THING, "value", "g", "v").unique("v").sort("v")

    @cached_property
    def thing_of(self) -> Ints:
        """The thing of each value."""
        return self.of_value["g"].to_numpy()

    @cached_property
    def first(self) -> Ints:
        """The first value of each thing."""
        return np.searchsorted(self.thing_of, np.arange(self.things))

    @cached_property
    def share(self) -> Floats:
        """A source that contradicts itself splits its vote."""
        said = np.unique(self.g * self.sources + self.s, return_inverse=True, return_counts=True)
        shares: Floats = 1.0 / said[2][said[1]]
        return shares

    @cached_property
    def volume(self) -> Ints:
        """How much each source claims in all."""
        return self.table.select("s", "volume").unique("s").sort("s")["volume"].to_numpy()

    def over_values(self, weights: Floats) -> Floats:
        """Sum weights of votes per value."""
        return np.bincount(self.v, weights, minlength=self.values).astype(np.float64)

    def over_sources(self, weights: Floats) -> Floats:
        """Sum weights of votes per source."""
        return np.bincount(self.s, weights, minlength=self.sources).astype(np.float64)

    def normalised(self, scores: Floats) -> Floats:
        """Turn log scores of values into probabilities that add up to one per thing."""
        top = np.maximum.reduceat(scores, self.first)[self.thing_of]
        parts = np.exp(scores - top)
        out: Floats = parts / np.add.reduceat(parts, self.first)[self.thing_of]
        return out
