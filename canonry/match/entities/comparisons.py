"""How alike two records are, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from canonry.match.entities import terms

if TYPE_CHECKING:
    import scipy.sparse as sp
    from numpy.typing import NDArray

    from canonry.match.entities.candidates import Candidates
    from canonry.match.entities.table import Column, Table

_COMES_AGAIN = 20  # pairs of values there are, for each pair of records, up to which each is compared once


@dataclass(frozen=True)
class Comparison:
    """One number per pair.

    Attributes:
        column: Name of the column; None for whole records.
        kind: spelling, words, rarity, amount; of whole records words, grams, contained or codes.
        values: From 0 (unlike) to 1; NaN where a side says nothing. The rarity is the negative logarithm of the share of records that
            say what both say, 0 where they differ.
    """

    column: str | None
    kind: str
    values: NDArray[np.float64]


def of_columns(table: Table, left: NDArray[np.int64], right: NDArray[np.int64]) -> list[Comparison]:
    """Compare pairs of rows in every column: how it is spelt (prose: its words), and how rare it is to say the same."""
    return [comparison for column in table.columns for comparison in _of_column(column, left, right)]


def in_detail(table: Table, found: Candidates, left: NDArray[np.int64], right: NDArray[np.int64]) -> list[Comparison]:
    """Compare pairs of rows further: words and amounts in columns, and whole records."""
    out = []
    for column in table.columns:
        null = (column.texts[left] == "") | (column.texts[right] == "")
        if not column.is_long and column.words >= 1.5:  # noqa: PLR2004
            out.append(_words(column, left, right, null))
        if column.numbers is not None:
            p, q = column.numbers[left], column.numbers[right]
            apart: NDArray[np.float64]
            with np.errstate(invalid="ignore", divide="ignore"):
                apart = np.abs(p - q) / np.maximum(np.abs(p), np.abs(q))
            apart[p == q] = 0.0
            out.append(Comparison(column.name, "amount", np.asarray(np.round(1 - np.clip(apart, 0, 1), 6), dtype=np.float64)))
    out.append(Comparison(None, "words", terms.cosine(found.by_word, left, right)))
    out.append(Comparison(None, "grams", terms.cosine(found.by_gram, left, right)))
    codes = _codes(table)
    if codes is not None:
        said = np.diff(codes.indptr) > 0
        alike = terms.cosine(codes, left, right)
        alike[~(said[left] & said[right])] = np.nan
        out.append(Comparison(None, "codes", alike))
    return out


def _codes(table: Table) -> sp.csr_matrix | None:
    """Words of records that hold a digit, numbers of columns of numbers left out."""
    texts = [c.texts for c in table.columns if c.numbers is None]
    whole = pl.Series([" ".join(row) for row in zip(*texts, strict=True)], dtype=pl.String)
    codes = whole.str.extract_all(r"\S*\d\S*").list.join(" ")
    return terms.weighted(terms.by_word(codes.to_list()).counts) if (codes != "").any() else None


def _words(column: Column, left: NDArray[np.int64], right: NDArray[np.int64], null: NDArray[np.bool_]) -> Comparison:
    alike = terms.cosine(terms.weighted(terms.by_word(column.texts).counts), left, right)
    alike[null] = np.nan
    return Comparison(column.name, "words", alike)


def _of_column(column: Column, left: NDArray[np.int64], right: NDArray[np.int64]) -> list[Comparison]:
    texts = column.texts
    codes = pl.Series(list(texts), dtype=pl.String).rank("dense").to_numpy().astype(np.int64)
    null = (texts[left] == "") | (texts[right] == "")
    equal = (codes[left] == codes[right]) & ~null
    often = np.bincount(codes)
    total = float((texts != "").sum())
    out = []
    if not column.is_long:
        asked = np.flatnonzero(~null & ~equal)
        first, back = _once(codes[left[asked]], codes[right[asked]], len(often))
        rows = asked[first]
        alike = np.where(equal, 1.0, 0.0)
        if len(rows):
            alike[asked] = _spelling(texts[left[rows]].tolist(), texts[right[rows]].tolist(), column)[back]
        alike[null] = np.nan
        out.append(Comparison(column.name, "spelling", alike))
    else:
        out.append(_words(column, left, right, null))
    rare: NDArray[np.float64] = np.where(equal, np.log(total / np.maximum(often[codes[left]], 1)), 0.0)
    rare[null] = np.nan
    out.append(Comparison(column.name, "rarity", np.round(rare, 6)))
    return out


def _once(a: NDArray[np.int64], b: NDArray[np.int64], values: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each pair of values stands first, and which of these each pair is; all, where values are too many to come again."""
    if values * values > _COMES_AGAIN * len(a):
        every = np.arange(len(a))
        return every, every
    _, first, back = np.unique(np.minimum(a, b) * values + np.maximum(a, b), return_index=True, return_inverse=True)
    return first, back


def _spelling(x: list[str], y: list[str], column: Column) -> NDArray[Any]:
    """Likeness of spelling: by words in any order; for short values also from their beginning."""
    out = process.cpdist(x, y, scorer=fuzz.token_sort_ratio, dtype=np.float32).astype(np.float64) / 100
    if column.words < 2.5:  # noqa: PLR2004
        begun = process.cpdist(x, y, scorer=JaroWinkler.normalized_similarity, dtype=np.float32).astype(np.float64)
        out = np.maximum(0.97 * out, 0.98 * begun)
    return np.round(out, 6)
