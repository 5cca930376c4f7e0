"""Truth discovery on values that lie in one another: the deepest place that is supported well enough wins.

Jung, Kim and Shim (TDH, EDBT 2019): a source says the exact place, or one above it, or a wrong one, each with a rate of its own. So an
ancestor supports its descendants. Wrong values are drawn from how often each is found wrong anywhere, so that a value that turns up
everywhere in place of the truth (a default, a word mistaken for a place) counts for little, whoever says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from canonry.arbitrate.votes import Floats, Votes
    from canonry.hierarchy import Hierarchy

_EXACT, _ABOVE, _WRONG = 0, 1, 2
_SOURCE = 10.0  # votes that the mean of all sources counts for in one of them
_WORD = 50.0  # votes that an even spread over all words counts for in how often each is wrong
_AT_MOST = 60  # values of one thing that are weighed against each other: those said most
_STEPS = 60
_SETTLED = 1e-6


def places(votes: Votes, tree: Hierarchy) -> Floats:
    """Probability of each value; the same whatever the order of the claims.

    Args:
        votes: Who says what, of things on which there is more than one value.
        tree: What lies above what.
    """
    pairs = _pairs(votes, tree)
    said = votes.table.select("s", said="v").join(pairs, on="said").sort("s", "said", "v")
    source, value, relation, word = (said[c].to_numpy() for c in ("s", "v", "relation", "word"))
    above = np.bincount(pairs["v"], (pairs["relation"] == _ABOVE).to_numpy(), minlength=votes.values)
    width = int(votes.of_value["value"].n_unique())
    candidate = np.bincount(value, minlength=votes.values) > 0
    first = np.bincount(value, np.select([relation == _EXACT, relation == _ABOVE], [1.0, 0.7], 0.0), minlength=votes.values)
    truth = first / np.add.reduceat(first, votes.first)[votes.thing_of]
    for _ in range(_STEPS):
        seen = truth[value]
        counts = np.stack([np.bincount(source, seen * (relation == k), minlength=votes.sources) for k in (_EXACT, _ABOVE, _WRONG)], axis=1)
        mean = counts.sum(axis=0) / counts.sum()
        rates = (counts + _SOURCE * mean) / (counts.sum(axis=1, keepdims=True) + _SOURCE)
        wrong = np.bincount(word, seen * (relation == _WRONG), minlength=width)
        spread = (wrong + _WORD / width) / (wrong.sum() + _WORD)
        likely = np.select(
            [relation == _EXACT, relation == _ABOVE],
            [rates[source, _EXACT], rates[source, _ABOVE] / np.maximum(above[value], 1)],
            rates[source, _WRONG] * spread[word],
        )
        scores = np.bincount(value, np.log(np.clip(likely, 1e-9, 1.0)), minlength=votes.values)
        before, truth = truth, votes.normalised(np.where(candidate, scores, -np.inf))
        if np.abs(truth - before).max() < _SETTLED:
            break
    return truth


def _pairs(votes: Votes, tree: Hierarchy) -> pl.DataFrame:
    """Every value said of a thing (``said``, ``word``) beside every value that may be true (``v``), and how it relates to it."""
    voices = pl.Series("voices", np.bincount(votes.v, minlength=votes.values))
    values = votes.of_value.with_columns(voices, word=pl.col("value").rank("dense").cast(pl.Int64) - 1)
    may_be = values.sort("g", "voices", "v", descending=[False, True, False]).group_by("g", maintain_order=True).head(_AT_MOST)
    both = values.select("g", "word", said="v", coarse="value").join(may_be.select("g", "v", fine="value"), on="g")
    distinct = both.filter(pl.col("said") != pl.col("v")).select("coarse", "fine").unique()
    lies_in = [tree.is_above(c, f) for c, f in distinct.iter_rows()]
    inside = distinct.filter(pl.Series(lies_in, dtype=pl.Boolean)).with_columns(lies=pl.lit(value=True))
    return both.join(inside, on=["coarse", "fine"], how="left").select(
        "said",
        "word",
        "v",
        relation=pl.when(pl.col("said") == pl.col("v")).then(_EXACT).when("lies").then(_ABOVE).otherwise(_WRONG).cast(pl.Int64),
    )
