"""Truth discovery on values that are lists in one cell (authors, members): a value stands by its elements.

Zhao, Rubinstein, Gemmell and Han (LTM, VLDB 2012): an element is true or not by itself, and a source has two rates, of naming a true
one and of naming a false one, so that a shop that lists the first author only does not vote against the others. Elements are words, for
one source writes "Knuth, D." and another "Donald Knuth". Then the value whose words fit best wins, among equals the one said most.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from canonry.arbitrate.votes import Floats, Ints, Votes

_SEPARATOR = r"[;,/&|]|\band\b"
_LISTS = 0.2  # of the distinct values must have a separator
_VOICES = 3.0  # votes per thing without which elements tell no more than values
_BETWEEN = frozenset(
    ("and", "with", "et", "al", "the", "by", "of", "ed", "eds", "editor", "editors", "author", "authors", "dr", "jr", "sr", "prof", "phd")
)
_SOURCE = 20.0  # elements that the mean of all sources counts for in one of them, in the rate of naming true ones
_INVENTS = (10.0, 90.0)  # prior of naming false ones: seldom, for a source that leaves many out must not make the others look inventive
_NAMED = 1.0  # log-odds that an element is true because somebody names it
_RANGE = (0.01, 0.99)
_MOST = 3.0  # log-odds that one word can bring
_STEPS = 40
_SETTLED = 1e-5


def are_lists(votes: Votes) -> bool:
    """Whether the values of an attribute read like lists that enough sources give to compare them by element."""
    values = votes.table["value"].unique()
    return len(votes.v) >= _VOICES * votes.things and float(values.str.contains(_SEPARATOR).mean() or 0.0) >= _LISTS  # type: ignore[arg-type]


def elements(value: str) -> list[str]:
    """The words of a list that tell its elements apart: no initials, no titles, no accents.

    >>> elements("Knuth, Donald E.; Peña, J. and others")
    ['donald', 'knuth', 'others', 'pena']
    """
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode() or value
    words = re.findall(r"[^\W\d_]+", plain.casefold().replace("'", ""))
    return sorted({w for w in words if len(w) > 1} - _BETWEEN)


def lists(votes: Votes) -> Floats:
    """Probability of each value; the same whatever the order of the claims.

    Args:
        votes: Who says what, of things on which there is more than one value.
    """
    naming, asked = _tables(votes)
    source, word, named_it = asked["s"].to_numpy(), asked["m"].to_numpy(), asked["named"].to_numpy()
    voices = votes.over_values(np.ones(len(votes.v)))
    if not len(word):
        return votes.normalised(np.zeros(votes.values) + np.log(voices))
    width = int(word.max()) + 1
    true = np.bincount(word, named_it, minlength=width) / np.bincount(word, minlength=width)
    odds: Floats = np.zeros(width)
    for _ in range(_STEPS):
        hit, miss = true[word], 1.0 - true[word]
        finds, invents = _finds(votes, source, hit * named_it, hit), _invents(votes, source, miss * named_it, miss)
        finds = np.maximum(finds, invents + 0.01)
        gain = np.where(named_it, np.log(finds / invents)[source], np.log((1.0 - finds).clip(0.005) / (1.0 - invents))[source])
        odds = _NAMED + np.bincount(word, gain, minlength=width).astype(np.float64)
        before, true = true, 1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))
        if np.abs(true - before).max() < _SETTLED:
            break
    fit: Floats = np.bincount(naming["v"], np.clip(odds, -_MOST, _MOST)[naming["m"]], minlength=votes.values).astype(np.float64)
    scores: Floats = fit + np.log(voices)
    return votes.normalised(scores)


def _invents(votes: Votes, source: Ints, hits: Floats, tries: Floats) -> Floats:
    own = np.bincount(source, hits, minlength=votes.sources), np.bincount(source, tries, minlength=votes.sources)
    rate: Floats = np.clip((own[0] + _INVENTS[0]) / (own[1] + sum(_INVENTS)), *_RANGE)
    return rate


def _finds(votes: Votes, source: Ints, hits: Floats, tries: Floats) -> Floats:
    mean = hits.sum() / max(tries.sum(), 1e-12)
    own = np.bincount(source, hits, minlength=votes.sources), np.bincount(source, tries, minlength=votes.sources)
    rate: Floats = np.clip((own[0] + _SOURCE * mean) / (own[1] + _SOURCE), *_RANGE)
    return rate


def named(votes: Votes) -> pl.Series:
    """What each value names, however it is spelt: its elements, in order; the value itself where it has none."""
    return pl.Series([" ".join(elements(v)) or v for v in votes.of_value["value"]], dtype=pl.String)


def _tables(votes: Votes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Which value has which word (``v``, ``m``); of which words of a thing each source names which (``s``, ``m``, ``named``)."""
    spelt = votes.of_value.select("g", "v", "value")
    words = (
        spelt.select("g", "v", word=pl.Series([elements(v) for v in spelt["value"]], dtype=pl.List(pl.String)))
        .explode("word")
        .drop_nulls("word")
    )
    words = words.with_columns(m=pl.struct("g", "word").rank("dense").cast(pl.Int64) - 1)
    naming = words.select("v", "m").sort("v", "m")
    asked = (
        votes.table.select("g", "s", "v")
        .join(words.select("g", "m").unique(), on="g")
        .join(naming.with_columns(named=pl.lit(value=True)), on=["v", "m"], how="left")
        .select("s", "m", pl.col("named").fill_null(value=False))
        .sort("s", "m", "named")
    )
    return naming, asked
