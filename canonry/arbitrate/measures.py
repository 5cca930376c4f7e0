"""Truth discovery on measured numbers, of which hardly two sources give the same: the weighted median.

Li et al. (CRH, SIGMOD 2014): a source weighs by how near it comes to the others, and the value taken for true minimises the weighted
absolute distance. The value that somebody gave nearest to that median wins: a number that nobody gave is no claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from canonry.arbitrate.votes import Floats, Ints, Votes

_TYPES = ["number", "money", "percent", "quantity"]
_SHARED = 0.3  # where fewer of the votes are for a value that another source gives too, numbers are measured and not repeated
_VOICES = 3.0  # votes per thing
_SOURCE = 5.0  # things that the mean distance of all sources counts for in that of one
_FAR = 1.0  # a distance beyond the value itself tells no more
_NEAR = 0.01  # sources so near, as a share of the value, say the same
_STEPS = 10


def are_measured(votes: Votes, types: pl.Series) -> bool:
    """Whether the values of an attribute are numbers that sources hardly ever give alike."""
    repeated = np.bincount(votes.v, minlength=votes.values)[votes.v] > 1
    is_number = (
        bool(types.is_in(_TYPES).all()) and votes.of_value["value"].cast(pl.Float64, strict=False).is_finite().fill_null(value=False).all()
    )
    return is_number and len(votes.v) >= _VOICES * votes.things and float(repeated.mean()) < _SHARED


def measures(votes: Votes) -> Floats:
    """How much speaks for each value: the best one has the weighted share of the sources that come near it, the others less.

    Args:
        votes: Who says what; all values read as numbers.
    """
    number = votes.of_value["value"].cast(pl.Float64).to_numpy()
    order = np.lexsort((votes.s, number[votes.v], votes.g))
    weight = votes.share
    middle = _medians(votes, number, weight, order)
    for _ in range(_STEPS):
        far = _distance(number[votes.v], middle[votes.g])
        count = votes.over_sources(votes.share)
        mean = float((votes.share * far).sum() / votes.share.sum())
        spread = (votes.over_sources(votes.share * far) + _SOURCE * mean) / (count + _SOURCE)
        weight = votes.share / np.maximum(spread, 1e-6)[votes.s]  # Laplace errors: the weight that makes the median most likely
        before, middle = middle, _medians(votes, number, weight, order)
        if np.array_equal(before, middle):
            break
    near = _distance(number[votes.v], middle[votes.g]) <= _NEAR
    share = np.bincount(votes.g, weight * near, minlength=votes.things) / np.bincount(votes.g, weight, minlength=votes.things)
    off = _distance(number, middle[votes.thing_of])
    best = off <= np.minimum.reduceat(off, votes.first)[votes.thing_of]
    out: Floats = share[votes.thing_of] * np.where(best, 1.0, 0.5 / (1.0 + off))
    return out


def _distance(number: Floats, middle: Floats) -> Floats:
    size = np.maximum(np.abs(middle), 1e-9)
    out: Floats = np.minimum(np.abs(number - middle) / size, _FAR)
    return out


def _medians(votes: Votes, number: Floats, weight: Floats, order: Ints) -> Floats:
    """The weighted median of each thing (the lower one of two)."""
    thing, mass = votes.g[order], weight[order]
    summed = np.cumsum(mass)
    total = np.bincount(votes.g, weight, minlength=votes.things)
    start = np.cumsum(total) - total
    enough = summed - start[thing] >= total[thing] / 2.0 - 1e-9
    first = np.full(votes.things, len(order))
    np.minimum.at(first, thing[enough], np.flatnonzero(enough))
    found: Floats = number[votes.v[order[first]]]
    return found
