"""How alike two records are, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from canonry.match.entities import terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import scipy.sparse as sp
    from numpy.typing import NDArray

    from canonry.match.entities.table import Column, Table

_SEVERAL = 1.5  # mean words of a value from which words are compared
_COMES_AGAIN = 20  # pairs of values there are, for each pair of records, up to which each is compared once


@dataclass(frozen=True)
class Comparison:
    """One number per pair.

    Attributes:
        column: Name of the column; None for whole records.
        kind: spelling, words, rarity, amount, numbers; of whole records words, grams, contained or codes.
        values: From 0 (unlike) to 1; NaN where a side says nothing. The rarity is the negative logarithm of the share of records that
            say what both say, 0 where they differ. Numbers: see `of_numbers`.
    """

    column: str | None
    kind: str
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """How often what is said in records.

    Attributes:
        values: Column → ``text``, in ascending order, and ``count``; nothing of records that say nothing.
        words: Column whose words are compared → the weights of its words.
        codes: Weights of words with a digit in whole records; None where there are none.
    """

    values: Mapping[str, pl.DataFrame]
    words: Mapping[str, terms.Weights]
    codes: terms.Weights | None


def counted(table: Table) -> Counts:
    """Count what the records of a table say."""
    values = {c.name: pl.DataFrame({"text": c.values.texts, "count": c.values.often}) for c in table.columns}
    codes = terms.by_word(_codes(table))
    return Counts(
        values,
        {c.name: terms.weights(terms.by_word(c.texts)) for c in table.columns if c.is_long or c.words >= _SEVERAL},
        terms.weights(codes) if len(codes.terms) else None,
    )


def of_columns(table: Table, counts: Counts, left: NDArray[np.int64], right: NDArray[np.int64]) -> list[Comparison]:
    """Compare pairs of rows in every column: how it is spelt (prose: its words), and how rare it is to say the same.

    Args:
        table: The records.
        counts: How often values and words are said, by these records or by those that they are measured against.
        left: Row numbers of one end of the pairs.
        right: Row numbers of the other.
    """
    return [comparison for column in table.columns for comparison in _of_column(column, counts, left, right)]


def of_numbers(table: Table, left: NDArray[np.int64], right: NDArray[np.int64]) -> list[Comparison]:
    """Compare the numbers (words with a digit) of columns that hold them among words: 1 where each side holds one that the other lacks."""
    out = []
    for column in table.columns:
        if column.is_long or not column.holds_numbers:
            continue
        held = pl.Series(list(column.texts), dtype=pl.String).str.extract_all(r"[^ ]*\d[^ ]*").list.unique()
        by_number = terms.by_word(held.list.join(" ").to_list()).counts
        many = np.diff(by_number.indptr)
        asked = np.flatnonzero((many[left] > 0) & (many[right] > 0))
        a, b = left[asked], right[asked]
        differ = np.zeros(len(left))
        differ[asked] = terms.shared(by_number, a, b) < np.minimum(many[a], many[b])
        out.append(Comparison(column.name, "numbers", differ))
    return out


def in_detail(
    table: Table, counts: Counts, whole: Sequence[sp.csr_matrix], left: NDArray[np.int64], right: NDArray[np.int64]
) -> list[Comparison]:
    """Compare pairs of rows further: words and amounts in columns, and whole records.

    Args:
        table: The records.
        counts: How often words are said.
        whole: Weighted words, and weighted runs of three characters, of whole records.
        left: Row numbers of one end of the pairs.
        right: Row numbers of the other.
    """
    out = []
    for column in table.columns:
        said = column.values.codes >= 0
        null = ~(said[left] & said[right])
        if not column.is_long and column.words >= _SEVERAL:
            out.append(_words(column, counts, left, right, null))
        if column.numbers is not None:
            p, q = column.numbers[left], column.numbers[right]
            apart: NDArray[np.float64]
            with np.errstate(invalid="ignore", divide="ignore"):
                apart = np.abs(p - q) / np.maximum(np.abs(p), np.abs(q))
            apart[p == q] = 0.0
            out.append(Comparison(column.name, "amount", np.asarray(np.round(1 - np.clip(apart, 0, 1), 6), dtype=np.float64)))
    out.append(Comparison(None, "words", terms.cosine(whole[0], left, right)))
    out.append(Comparison(None, "grams", terms.cosine(whole[1], left, right)))
    if counts.codes is not None:
        codes = counts.codes.of(terms.by_word(_codes(table), counts.codes.terms))
        said = np.diff(codes.indptr) > 0
        alike = terms.cosine(codes, left, right)
        alike[~(said[left] & said[right])] = np.nan
        out.append(Comparison(None, "codes", alike))
    return out


def _codes(table: Table) -> list[str]:
    """Words of records that hold a digit, numbers of columns of numbers left out."""
    texts = [c.texts for c in table.columns if c.numbers is None]
    whole = pl.Series([" ".join(row) for row in zip(*texts, strict=True)] if texts else [""] * table.height, dtype=pl.String)
    return whole.str.extract_all(r"\S*\d\S*").list.join(" ").to_list()


def _words(column: Column, counts: Counts, left: NDArray[np.int64], right: NDArray[np.int64], null: NDArray[np.bool_]) -> Comparison:
    known = counts.words[column.name]
    alike = terms.cosine(known.of(terms.by_word(column.texts, known.terms)), left, right)
    alike[null] = np.nan
    return Comparison(column.name, "words", alike)


def _of_column(column: Column, counts: Counts, left: NDArray[np.int64], right: NDArray[np.int64]) -> list[Comparison]:
    known = counts.values[column.name]
    codes, texts = column.values.among(known["text"])
    often = np.r_[known["count"].to_numpy(), np.ones(len(texts) - known.height)]
    a, b = codes[left], codes[right]
    null = (a < 0) | (b < 0)
    equal = (a == b) & ~null
    out = []
    if not column.is_long:
        asked = np.flatnonzero(~null & ~equal)
        alike = np.where(equal, 1.0, 0.0)
        alike[asked] = _spelling(column, texts, a[asked], b[asked])
        alike[null] = np.nan
        out.append(Comparison(column.name, "spelling", alike))
    else:
        out.append(_words(column, counts, left, right, null))
    rare = np.where(equal, np.round(np.log(known["count"].sum() / np.r_[often, 1]), 6)[a], 0.0)
    rare[null] = np.nan
    out.append(Comparison(column.name, "rarity", rare))
    return out


def _spelling(column: Column, texts: pl.Series, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    """Likeness of spelling: by words in any order; for short values also from their beginning."""
    first, back = _once(a, b, len(texts))
    if not len(first):
        return np.zeros(0)
    used, ends = np.unique(np.r_[a[first], b[first]], return_inverse=True)
    a, b = ends[: len(first)], ends[len(first) :]
    plain = texts.gather(used).to_numpy()
    in_order = np.array([" ".join(sorted(text.split(" "))) for text in plain], dtype=object)  # once per value, not per pair
    out = process.cpdist(in_order[a].tolist(), in_order[b].tolist(), scorer=fuzz.ratio, dtype=np.float32).astype(np.float64) / 100
    if column.words < 2.5:  # noqa: PLR2004
        begun = process.cpdist(plain[a].tolist(), plain[b].tolist(), scorer=JaroWinkler.normalized_similarity, dtype=np.float32)
        out = np.maximum(0.97 * out, 0.98 * begun.astype(np.float64))
    return np.asarray(np.round(out, 6)[back])


def _once(a: NDArray[np.int64], b: NDArray[np.int64], values: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each pair of values stands first, and which of these each pair is; all, where values are too many to come again."""
    if values * values > _COMES_AGAIN * len(a):
        every = np.arange(len(a))
        return every, every
    pair = np.minimum(a, b) * values + np.maximum(a, b)
    first = np.full(values * values, -1)
    first[pair[::-1]] = np.arange(len(a))[::-1]
    held = np.flatnonzero(first >= 0)
    place = np.empty(values * values, dtype=np.int64)
    place[held] = np.arange(len(held))
    return first[held], place[pair]
