"""Which columns of two exports mean the same, by their headings, their values, and rows that are likely about one thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from canonry.days import parse_day
from canonry.match.entities import terms
from canonry.match.entities.table import without_nulls, words
from canonry.values import infer, locale_of
from canonry.values.written import numeral

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from canonry.values import Locale

SURE = 0.5
"""Likeness from which `canonry init` proposes a pair that is clear."""
LIKELY = 0.3
"""Likeness from which matching lays the columns of a clear pair side by side; that serves the matching and nothing else."""
DOUBTFUL = 0.2
"""Likeness from which a pair is worth a person's look."""
_CLEAR = 2.0  # log-odds by which a pair leads every other pair of either column

# Weights of the features in log-odds: logistic regression over generated exports (`python -m benchmarks.columns --fit`), rounded. Each
# feature is a number from 0 to 1. Days and numbers have weights of their own: two columns of them share digits and mean different things.
WEIGHTS = {
    "text": -8.5, "counted": -7.5,
    "heading": 3.3, "agreement": 3.6, "best agreement": 5.7,
    "text: terms": 4.8, "text: shapes": 4.8, "text: same kind": 0.8,
    "counted: terms": 1.5, "counted: shapes": 0.6, "counted: distribution": 6.0,
}  # fmt: skip

_VALUES = 2000  # distinct values of a column that are looked at
_TYPED = 200  # of them whose type is inferred
_ROWS = 1000  # rows of one export for which the nearest one of the other is looked for
_MOST_ROWS = 20_000  # of the other export
_LONGEST = 200  # characters of a value whose words are counted
_LONG = 60  # characters of a cell that are compared
_FEWEST = 5  # pairs of rows below which agreement says nothing
_ENOUGH = 20  # pairs of rows that are known to be about one thing from which it speaks against two columns that they never agree
_CHANCE = 0.05  # agreement that is none
_DIFFERS = 4.0  # log-odds against them then
_FEW_VALUES = 10  # different values up to which a column finds no row
_DAMPING = 10  # pairs of rows that are taken to have agreed no more than by chance
_WEAK = 0.2  # the best agreement of any two columns counts as at least this
_NEAREST = terms.Reach(k=1, relative=1.0, least=1.0, most=1, budget=3e6)
_SAME_TEXT = 90  # likeness in per cent from which two cells say the same
_TELLING = 0.5  # share of different values from which a column tells rows apart
_COUNTED = {"number": "number", "money": "number", "percent": "number", "quantity": "number", "date": "date", "datetime": "date"}
_WORDLIKE = 0.5  # likeness of headings that is no more than chance
_PART = 0.9  # likeness of headings of which one holds all words of the other, or its initials
_CUT = 0.85  # likeness of headings whose words are cut short, as in *dept* and *department*
_SHORTEST_CUT = 3

Rows = tuple["NDArray[np.int64]", "NDArray[np.int64]"]


@dataclass(frozen=True)
class Alike:
    """Two columns that are each other's likeliest.

    Attributes:
        left, right: Their headings.
        likeness: Probability that they mean the same, from 0 to 1, four decimals.
        is_clear: Whether no other pair of either column comes near.
    """

    left: str
    right: str
    likeness: float
    is_clear: bool


def alike(left: pl.DataFrame, right: pl.DataFrame, among: tuple[Sequence[str], Sequence[str]], rows: Rows | None = None) -> list[Alike]:
    """Find columns of two exports that mean the same.

    Three things speak for it: headings with the same words, initials or beginnings; values with the same words, runs of characters
    and shapes, of numbers and days the same distribution; and agreement in rows that are likely about one thing, compared with rows
    drawn at random (after Bilke and Naumann, Schema matching using duplicates, 2005). The last tells two columns apart whose values
    look the same. The order of the rows does not matter.

    Args:
        left: All columns of one export as text; empty or null where nothing is said.
        right: Those of the other.
        among: The columns of each that are compared; the others only help to find rows about one thing.
        rows: Row numbers of both that are known to be about one thing; else the rows nearest to each other by their words are taken.

    Returns:
        Pairs from `DOUBTFUL` on, likeliest first.
    """
    sides = [columns_of(frame, names) for frame, names in zip((left, right), among, strict=True)]
    if not sides[0] or not sides[1]:
        return []
    told = features(sides[0], sides[1], together(left, right) if rows is None else _drawn(left, right, rows))
    odds = told @ np.array(list(WEIGHTS.values()))
    if rows is not None and len(rows[0]) >= _ENOUGH:
        place = list(WEIGHTS).index
        odds -= _DIFFERS * ((told[..., place("heading")] == 0) & (told[..., place("agreement")] < _CHANCE))
    return _each_others_best([c.name for c in sides[0]], [c.name for c in sides[1]], np.round(odds, 6))


def shared(left: pl.DataFrame, right: pl.DataFrame, columns: Sequence[tuple[str, str]]) -> float:
    """Estimate how many things two exports both describe, as far as the likest rows show it.

    A row is taken to be in both when in the nearest row of the other export half of the columns agree that both fill, two at least, and one
    of those that tell rows apart is among them: the orders of one customer share the customer, and are not one order.

    Args:
        left: All columns of one export as text.
        right: Those of the other.
        columns: Those that mean the same.

    Returns:
        Share of the rows of the smaller export.
    """
    if left.height > right.height:
        return shared(right, left, [(b, a) for a, b in columns])
    rows = together(left, right)
    looked = min(left.height, _ROWS)
    if not len(rows[0]) or not columns:
        return 0.0
    filled, agree, telling = (np.zeros(len(rows[0]), dtype=np.int64) for _ in range(3))
    for a, b in ((Column(a, left[a]), Column(b, right[b])) for a, b in columns):
        x, y = a.cells(rows[0]), b.cells(rows[1])
        both = ((x != "") & (y != "")).to_numpy()
        likeness = process.cpdist(x.to_list(), y.to_list(), scorer=fuzz.token_sort_ratio)
        same = both & ((x == y).to_numpy() if a.is_counted else likeness >= _SAME_TEXT)
        filled, agree = filled + both, agree + same
        telling += same & (min(a.tells_apart, b.tells_apart) >= _TELLING)
    found = (agree >= np.maximum(2, filled / 2)) & (telling > 0)
    return float(found.sum()) / looked


def _each_others_best(left: Sequence[str], right: Sequence[str], odds: NDArray[np.float64]) -> list[Alike]:
    out = []
    for i, j in zip(range(len(left)), odds.argmax(axis=1).tolist(), strict=True):
        likeness = round(float(1 / (1 + np.exp(-odds[i, j]))), 4)
        if likeness < DOUBTFUL or odds[:, j].argmax() != i:
            continue
        rest = np.concatenate([np.delete(odds[i], j), np.delete(odds[:, j], i), [-np.inf]])
        out.append(Alike(left[i], right[j], likeness, bool(odds[i, j] - rest.max() > _CLEAR)))
    return sorted(out, key=lambda p: (-p.likeness, p.left, p.right))


def columns_of(frame: pl.DataFrame, names: Sequence[str]) -> list[Column]:
    """Prepare columns; those that say nothing are left out."""
    made = [Column(name, frame[name]) for name in names]
    return [c for c in made if len(c.said)]


class Column:
    """One column of one export, with what is compared of it worked out once."""

    def __init__(self, name: str, values: pl.Series) -> None:
        """Take a heading and its cells as text."""
        self.name = name
        self.held = without_nulls(values.cast(pl.String).fill_null("").str.strip_chars())
        self.said = self.held.filter(self.held != "").unique().sort()
        self.some = self.said.gather(_spread(len(self.said), _VALUES))

    @cached_property
    def kind(self) -> str:
        """Type of its values; numbers and days of any sort are one each."""
        kind = infer(self.some.gather(_spread(len(self.some), _TYPED)).to_list())
        return _COUNTED.get(kind, kind)

    @property
    def tells_apart(self) -> float:
        """Share of different values among the filled cells."""
        return len(self.said) / max(1, int((self.held != "").sum()))

    @property
    def is_counted(self) -> bool:
        """Whether it holds numbers or days."""
        return self.kind in ("number", "date")

    @cached_property
    def locale(self) -> Locale:
        """How it writes its numbers or days, as far as its values show it."""
        return locale_of(self.some.to_list(), self.kind)

    @cached_property
    def amounts(self) -> NDArray[np.float64]:
        """Of its filled cells, as many as are looked at, the numbers, or the numbers of the days, ascending; empty for other kinds."""
        if not self.is_counted:
            return np.zeros(0)
        filled = self.held.filter(self.held != "").sort()
        found = self._counted(filled.gather(_spread(len(filled), _VALUES)))
        return np.sort(found[~np.isnan(found)])

    def _counted(self, cells: pl.Series) -> NDArray[np.float64]:
        """Cells as numbers; NaN where they are none."""
        read = {v: self._amount(v) for v in cells.unique().to_list()}
        return np.array([read[v] for v in cells.to_list()], dtype=np.float64)

    def _amount(self, text: str) -> float:
        if self.kind == "date":
            day = parse_day(text, self.locale.order)
            return float(day.toordinal()) if day else float("nan")
        made = numeral(re.sub(r"[^\d.,()-]", "", text), self.locale.mark)
        return float("nan") if made is None else float(made)

    @cached_property
    def text(self) -> str:
        """Its first values as one text: of two columns that hold the same values the same ones."""
        told = words(self.said).unique().sort()
        return " ".join(told.filter(told != "").head(_VALUES).str.slice(0, _LONGEST).to_list())

    @cached_property
    def shapes(self) -> pl.DataFrame:
        """Share of its values with each shape: letters run together, digits one by one."""
        shape = self.some.str.replace_all(r"\p{L}+", "a").str.replace_all(r"\d", "9").alias("shape")
        return shape.value_counts(normalize=True, name="share")

    def cells(self, rows: NDArray[np.int64]) -> pl.Series:
        """What some rows say, in the form in which it is compared."""
        held = self.held.gather(rows)
        if self.is_counted:
            found = self._counted(held)
            return pl.Series([v if np.isnan(x) else f"{x:.6g}" for v, x in zip(held.to_list(), found, strict=True)], dtype=pl.String)
        return words(held).str.slice(0, _LONG)


def _spread(height: int, most: int) -> NDArray[np.int64]:
    """At most so many places, evenly spread."""
    return np.unique(np.linspace(0, height - 1, min(height, most)).astype(np.int64)) if height else np.zeros(0, dtype=np.int64)


def features(left: Sequence[Column], right: Sequence[Column], rows: Rows) -> NDArray[np.float64]:
    """What speaks for two columns meaning the same: shape (left, right, features), in the order of `WEIGHTS`."""

    def each(of: Callable[[Column, Column], float]) -> NDArray[np.float64]:
        return np.array([[of(a, b) for b in right] for a in left], dtype=np.float64)

    counted = each(lambda a, b: a.kind == b.kind and a.is_counted)
    agree = _agreement(left, right, rows)
    said = _same_terms(left, right) * each(lambda a, _: a.kind != "boolean")  # yes and no stand everywhere
    shapes = each(lambda a, b: _same_shapes(a.shapes, b.shapes))
    found = {
        "text": 1 - counted,
        "counted": counted,
        "heading": each(lambda a, b: headings_alike(a.name, b.name)),
        "agreement": agree,
        "best agreement": agree / max(_WEAK, float(agree.max())),
        "text: terms": said * (1 - counted),
        "text: shapes": shapes * (1 - counted),
        "text: same kind": each(lambda a, b: a.kind == b.kind) * (1 - counted),
        "counted: terms": said * counted,
        "counted: shapes": shapes * counted,
        "counted: distribution": each(lambda a, b: _same_spread(a.amounts, b.amounts) if a.kind == b.kind else 0.0),
    }
    return np.stack([found[name] for name in WEIGHTS], axis=-1)


def headings_alike(one: str, other: str) -> float:
    """Likeness of two headings from 0 (no more than by chance) to 1 (the same words); headings with different numbers are not alike."""
    a, b = _spoken(one), _spoken(other)
    numbers = [re.findall(r"\d+", t) for t in (a, b)]
    if all(numbers) and numbers[0] != numbers[1]:
        return 0.0
    best = max(fuzz.token_sort_ratio(a, b), _PART * fuzz.token_set_ratio(a, b)) / 100
    for short, long in ((a.split(), b.split()), (b.split(), a.split())):
        if len(short) == 1 < len(long) and short[0] == "".join(w[0] for w in long):
            best = max(best, _PART)
        if len(short) == len(long) and all(_is_cut(s, t) for s, t in zip(short, long, strict=True)):
            best = max(best, _CUT)
    return max(0.0, best - _WORDLIKE) / (1 - _WORDLIKE)


def _is_cut(short: str, long: str) -> bool:
    """Whether one word is the other cut short: its beginning, or letters of it in order from its first to its last."""
    if len(short) < _SHORTEST_CUT:
        return False
    letters = iter(long)
    return long.startswith(short) or (short[0] == long[0] and short[-1] == long[-1] and all(c in letters for c in short))


def _spoken(heading: str) -> str:
    """A heading as words in lower case."""
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)).casefold().split())


def _same_spread(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """One less the greatest distance of the two distributions (Kolmogorov and Smirnov)."""
    if not len(a) or not len(b):
        return 0.0
    at = np.concatenate([a, b])
    apart = np.abs(np.searchsorted(a, at, side="right") / len(a) - np.searchsorted(b, at, side="right") / len(b))
    return 1 - float(apart.max())


def _same_shapes(a: pl.DataFrame, b: pl.DataFrame) -> float:
    """Share of the values whose shapes two columns have in common."""
    both = a.join(b, on="shape")
    return float(both.select(pl.min_horizontal("share", "share_right").sum()).item())


def _same_terms(left: Sequence[Column], right: Sequence[Column]) -> NDArray[np.float64]:
    """Cosine of what the columns say, the mean of that of words and that of runs of three characters."""
    texts = [c.text for c in (*left, *right)]
    out = np.zeros((len(left), len(right)))
    for counts, _ in (terms.by_word(texts), terms.by_gram(texts)):
        counts.data = np.log1p(counts.data)
        length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
        cosine = (counts @ counts.T).toarray() / np.maximum(np.outer(length, length), 1e-9)
        out += cosine[: len(left), len(left) :] / 2
    return out


def _agreement(left: Sequence[Column], right: Sequence[Column], rows: Rows) -> NDArray[np.float64]:
    """How much more two columns agree in rows about one thing than in rows drawn at random: from 0 to 1."""
    out = np.zeros((len(left), len(right)))
    if len(rows[0]) < _FEWEST:
        return out
    mine, theirs = [c.cells(rows[0]) for c in left], [c.cells(rows[1]) for c in right]
    for i, a in enumerate(mine):
        for j, b in enumerate(theirs):
            both = (a != "") & (b != "")
            n = int(both.sum())
            if n < _FEWEST:
                continue
            exactly = left[i].kind == right[j].kind and left[i].is_counted
            x, y = a.filter(both), b.filter(both)
            chance = (_agreeing(x, _turned(y, n // 3), exactly=exactly) + _agreeing(x, _turned(y, n // 2), exactly=exactly)) / 2
            gain = (_agreeing(x, y, exactly=exactly) - chance) / max(1 - chance, 1e-3)
            out[i, j] = max(0.0, gain) * n / (n + _DAMPING)
    return out


def _turned(values: pl.Series, by: int) -> pl.Series:
    return pl.concat([values[by:], values[:by]])


def _agreeing(a: pl.Series, b: pl.Series, *, exactly: bool) -> float:
    if exactly:
        return float((a == b).sum()) / len(a)
    return float(np.mean(process.cpdist(a.to_list(), b.to_list(), scorer=fuzz.token_sort_ratio))) / 100


def together(left: pl.DataFrame, right: pl.DataFrame) -> Rows:
    """For some rows of one export the row of the other with the likest words.

    Numbers, and columns of a few values, are left out: they find no row, and whether they agree is then by no choice of ours.
    """
    texts = [_rows_of(frame) for frame in (left, right)]
    orders = [t.arg_sort().to_numpy().astype(np.int64) for t in texts]  # rows in the order of what they say
    some = [order[_spread(len(order), most)] for order, most in zip(orders, (_ROWS, _MOST_ROWS), strict=True)]
    bare = [_words_of(frame[s]) for frame, s in zip((left, right), some, strict=True)]
    x = terms.weighted(terms.by_word(pl.concat(bare).to_list()).counts)
    height = len(some[0])
    mine, theirs, _ = terms.nearest(x[:height], x[height:], _NEAREST)
    return _drawn(left, right, (some[0][mine], some[1][theirs]))


def _words_of(rows: pl.DataFrame) -> pl.Series:
    """The words of rows, without numbers and without columns of a few values."""
    telling = [c for c in rows.columns if rows[c].n_unique() > min(_FEW_VALUES, rows.height / 2)]
    if not telling:
        return pl.Series([""] * rows.height, dtype=pl.String)
    return words(_rows_of(rows.select(telling))).str.replace_all(r"\b\d+\b", "")


def _drawn(left: pl.DataFrame, right: pl.DataFrame, rows: Rows) -> Rows:
    """At most so many pairs of rows, in an order that has to do with nothing: rows that stand together must not be alike."""
    at = np.lexsort([_rows_of(f).rank("ordinal").to_numpy()[r] for f, r in ((right, rows[1]), (left, rows[0]))])
    some = at[_spread(len(at), _ROWS)]
    drawn = np.random.default_rng(0).permutation(some)
    return rows[0][drawn], rows[1][drawn]


def _rows_of(frame: pl.DataFrame) -> pl.Series:
    return frame.select(pl.concat_str(pl.all().cast(pl.String).fill_null(""), separator=" \x1f ").alias("row"))["row"]
