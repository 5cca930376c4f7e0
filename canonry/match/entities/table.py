"""Records of one type as columns of plain text, with the columns of different sources laid side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from canonry.match.entities.terms import places
from canonry.values import NULLS, is_null

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_LONG = 60.0  # mean characters from which a column holds prose
_NUMERIC = 0.9  # share of numbers that makes a column one of numbers


class Values(NamedTuple):
    """What a column says.

    Attributes:
        codes: Which of the values each record has; -1 where nothing is said.
        texts: The values, each once, in ascending order.
        often: How many records have each.
    """

    codes: NDArray[np.int64]
    texts: pl.Series
    often: NDArray[np.int64]

    def among(self, known: pl.Series) -> tuple[NDArray[np.int64], pl.Series]:
        """The codes of the records where known values come first, and all these values."""
        number = places(self.texts, known)
        fresh = number < 0
        number[fresh] = len(known) + np.arange(fresh.sum())
        return np.r_[number, -1][self.codes], pl.concat([known, self.texts.filter(fresh)])


@dataclass(frozen=True)
class Column:
    """One property of all records.

    Attributes:
        name: As the first source by name calls it.
        texts: Words in lower case without marks, parted by single blanks; empty where nothing is said.
        numbers: The value as a number; NaN where it is none. None for columns that do not hold numbers.
        words: Mean number of words of a value.
        is_long: Whether it holds prose.
        holds_numbers: Whether values hold numbers among words, as addresses and names of series do, and dates and telephones do not.
    """

    name: str
    texts: NDArray[Any]
    numbers: NDArray[np.float64] | None
    words: float
    is_long: bool
    holds_numbers: bool

    @cached_property
    def values(self) -> Values:
        """The values, each once, and which record has which."""
        said = pl.Series(list(self.texts), dtype=pl.String)
        texts = said.unique().sort()
        texts = texts.filter(texts != "")
        codes = places(said, texts)
        return Values(codes, texts, np.bincount(codes[codes >= 0], minlength=len(texts)))

    @property
    def shape(self) -> Shape:
        """What is known of it apart from what it holds."""
        return Shape(self.name, self.numbers is not None, self.words, self.is_long, self.holds_numbers)


class Shape(NamedTuple):
    """What is known of a column apart from what it holds; see `Column`."""

    name: str
    is_number: bool
    words: float
    is_long: bool
    holds_numbers: bool


@dataclass(frozen=True)
class Table:
    """The records of one type, ordered by source and id.

    Attributes:
        sources, record_ids: Which records; sources are numbered in ``source`` in the order of their names.
        columns: What is said of them, without columns that say nothing.
        renamed: source → its heading → name of the column that it was taken for, where they differ.
    """

    sources: list[str]
    record_ids: list[str]
    source: NDArray[np.int64]
    columns: list[Column]
    renamed: Mapping[str, Mapping[str, str]]

    @property
    def height(self) -> int:
        """Number of records."""
        return len(self.record_ids)


def words(values: pl.Series) -> pl.Series:
    """The form in which texts are compared: letters and digits in lower case without accents, words parted by single blanks."""
    bare = values.str.normalize("NFKD").str.to_lowercase().str.replace_all(r"[\p{M}'’`\\]", "")
    return bare.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars(" ")


def without_nulls(values: pl.Series) -> pl.Series:
    """Empty text for what asserts nothing."""
    held = values.fill_null("")
    short = held.filter(held.str.len_chars() <= _NULL_LENGTH).unique()
    plain = short.str.contains(_PLAIN)  # most are, and need no more than their case and blanks folded
    null = short.filter(plain & short.str.to_lowercase().str.replace_all(" +", " ").str.strip_chars(" ").is_in(sorted(NULLS))).to_list()
    null += [v for v in short.filter(~plain).to_list() if is_null(v)]
    return held.replace(null, [""] * len(null)) if null else held


_NULL_LENGTH = 24
_PLAIN = r"^[0-9A-Za-z @./+,-]*$"


def column(name: str, values: pl.Series) -> Column | None:
    """Prepare one column; None when no record says anything in it."""
    held = without_nulls(values)
    texts = words(held)
    said = texts.filter(texts != "")
    if said.is_empty():
        return None
    is_number = float(_plain(held).is_not_null().sum()) >= _NUMERIC * len(said)
    with_number = said.filter(said.str.contains(r"\d"))
    holds_numbers = with_number.str.contains(r"(?:^| )[^\d ]+(?: |$)").sum() > len(with_number) / 2
    is_long = float(said.str.len_chars().mean() or 0) > _LONG  # type: ignore[arg-type]
    mean_words = float((said.str.count_matches(" ", literal=True) + 1).mean() or 0)  # type: ignore[arg-type]
    return _column(Shape(name, is_number, mean_words, is_long, holds_numbers), held, texts)


def column_like(shape: Shape, values: pl.Series) -> Column:
    """Prepare further values of a column whose shape is known."""
    held = without_nulls(values)
    return _column(shape, held, words(held))


def _column(shape: Shape, held: pl.Series, texts: pl.Series) -> Column:
    numbers = _plain(held).fill_null(float("nan")).to_numpy().astype(np.float64) if shape.is_number else None
    return Column(shape.name, texts.to_numpy(), numbers, shape.words, shape.is_long, shape.holds_numbers)


def _plain(held: pl.Series) -> pl.Series:
    return held.str.replace_all(r"[\s,$£€¥]", "").cast(pl.Float64, strict=False)
