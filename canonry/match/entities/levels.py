"""What agreement in each column says, without labels: record linkage after Fellegi and Sunter (1969), weights by expectation–maximisation.

How often values agree by chance is counted on pairs drawn at random. Pairs that were found as candidates are not random: many are
related without being one thing (a household, the products of one series). They get a class of their own where the columns that tell
things apart agree in it no more than by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import expit, logsumexp

from canonry.match.entities.telling import Telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from canonry.match.entities.comparisons import Comparison

_CUTS = {"spelling": np.array([0.6, 0.75, 0.85, 0.93, 0.9999]), "words": np.array([0.15, 0.3, 0.45, 0.6, 0.75, 0.9])}
_LEVELS = 12  # nothing said, unlike, spelling that is alike apart from its numbers, all other by likeness
_ALIKE = 4  # levels of spelling between unlike and the same
_ROUNDS = 40
_STILL = 1e-4  # change of all probabilities, as a share of their sum, at which rounds end
_FEWEST = 10  # pairs that make a class of related things
_AS_BY_CHANCE = 0.12  # agreement beyond chance, against that of one thing, below which it is chance
_EXPLAINED = 3.0  # times as many pairs as errors of one thing explain that make a class of related things
_FEWER, _MORE = 0.9, 1.5  # matches that the second estimate may find for each of the first
_PUT_ASIDE = 4  # classes of related things that are put aside in search of matches
_DOUBTFUL = 0.49  # most that a pair gets where what is taken for matches looks like related things: it goes to review


class Levels(NamedTuple):
    """Levels of agreement of pairs.

    Attributes:
        columns: Names, one per column of ``codes``.
        codes: From 0 (a side says nothing) and 1 (unlike) up; a row per pair.
        often: Where both say the same, the share of records that say it; else NaN.
    """

    columns: tuple[str, ...]
    codes: NDArray[np.int8]
    often: NDArray[np.float64]

    def of(self, pairs: NDArray[np.int64]) -> Levels:
        """The levels of some pairs."""
        return Levels(self.columns, self.codes[pairs], self.often[pairs])


def levels(compared: Sequence[Comparison]) -> Levels:
    """Bring the comparisons of columns to levels: of each its spelling, or else its words."""
    spelt = {c.column for c in compared if c.kind == "spelling"}
    mine = [c for c in compared if c.column is not None and (c.kind == "spelling" or (c.kind == "words" and c.column not in spelt))]
    rarity = {c.column: c.values for c in compared if c.kind == "rarity"}
    numbers = {c.column: c.values == 1 for c in compared if c.kind == "numbers"}
    codes = [_codes(c, numbers.get(c.column, np.zeros(len(c.values), dtype=bool))) for c in mine]
    often = [np.where((c.kind == "spelling") & (c.values == 1), np.exp(-rarity[c.column]), np.nan) for c in mine]
    return Levels(tuple(str(c.column) for c in mine), np.column_stack(codes), np.column_stack(often))


def _codes(one: Comparison, other_numbers: NDArray[np.bool_]) -> NDArray[np.int8]:
    level = np.where(np.isnan(one.values), 0, np.digitize(np.nan_to_num(one.values, nan=-1.0), _CUTS[one.kind]) + 1)
    apart = other_numbers & (level < _ALIKE + 2)
    level = np.where((level > 1) & ~apart, level + _ALIKE, level)
    return level.astype(np.int8)


@dataclass(frozen=True)
class Mixture:
    """Classes of pairs whose columns agree independently of each other.

    Attributes:
        sizes: Share of each class among pairs.
        shares: Share of each level in each class: class, column, level.
    """

    sizes: NDArray[np.float64]
    shares: NDArray[np.float64]

    def odds(self, codes: NDArray[np.int8]) -> NDArray[np.float64]:
        """Logarithm of how probable levels are together with each class; a row per class."""
        likely = np.vstack([_likelihood(codes, shares) for shares in self.shares])
        return np.asarray(likely + np.log(np.maximum(self.sizes, 1e-12))[:, None])


@dataclass(frozen=True)
class Model:
    """What pairs have taught. A pair is judged by this and its own levels alone, so it gets the same figures whatever else is judged.

    Attributes:
        columns: Names.
        chance: Share of each level among pairs drawn at random; a row per column.
        split: What is no match, matches, and related things where there are any; the first class is as pairs drawn at random are.
        near: Candidates that are no match, and matches.
        ours, others: Share of each level among pairs that are one thing and among those that they are compared with; a row per column.
        by_value: Whether agreement counts by the frequency of what is said: the classes of ``split`` alone judge.
        is_clear: Whether what was taken for matches agrees as one thing does; else no pair is surer than .49.
    """

    columns: tuple[str, ...]
    chance: NDArray[np.float64]
    split: Mixture
    near: Mixture
    ours: NDArray[np.float64]
    others: NDArray[np.float64]
    by_value: bool
    is_clear: bool

    def judged(self, found: Levels) -> NDArray[np.float64]:
        """Probability that both of a pair are one thing, in [0, 1]."""
        related = len(self.split.sizes) > 2  # noqa: PLR2004  (what is no match, and matches)
        if self.by_value:
            out = self._with_often(found)
        else:
            odds = self.near.odds(found.codes)
            out = np.exp(odds - logsumexp(odds, axis=0))[1]
            if related:  # both know something of pairs that are neither: how alike they are, and how rare what they share
                out = (out + self._with_often(found)) / 2
        return np.asarray(np.round(np.clip(out, 0, 1 if self.is_clear else _DOUBTFUL), 6), dtype=np.float64)

    def parts(self, found: Levels) -> dict[str, NDArray[np.float64]]:
        """What each column adds to the log-odds of pairs, against the others."""
        often = found.often if self.by_value else np.full(found.often.shape, np.nan)
        return {name: _part(found.codes[:, i], self.ours[i], self.others[i], often[:, i]) for i, name in enumerate(self.columns)}

    def _with_often(self, found: Levels) -> NDArray[np.float64]:
        """Probability with the frequency of the values: to agree in a rare one says more."""
        odds = self.split.odds(found.codes)[1:]
        others = np.full(len(found.codes), np.log(self.split.sizes[0]))
        for i, share in enumerate(self.chance):
            others -= _part(found.codes[:, i], np.ones(_LEVELS), share, found.often[:, i])
        for one in odds[1:]:
            others = np.logaddexp(others, one)
        return np.asarray(expit(np.clip(odds[0] - others, -30, 30)))


class _Patterns(NamedTuple):
    """Each combination of levels once."""

    codes: NDArray[np.int8]
    counts: NDArray[np.float64]
    of_pair: NDArray[np.int64]


def _patterns(codes: NDArray[np.int8]) -> _Patterns:
    mixed = np.zeros(len(codes), dtype=np.uint64)
    for column in codes.T:
        mixed = (mixed + column.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _, first, back = np.unique(mixed, return_index=True, return_inverse=True)
    return _Patterns(codes[first], np.bincount(back).astype(np.float64), back)


def learnt(found: Levels, drawn: Levels, start: NDArray[np.float64], possible: int) -> Model:
    """Learn from levels what tells pairs that are one thing from others.

    Two estimates are made: one takes what is no match from pairs drawn at random, the other from the candidates that are no match. The
    second knows how alike different things can be, but may take something else for matches, and where few columns tell things apart it
    misses some, as pairs were found by what they agree in; it counts if it finds about as many.

    What is taken for matches and is like related things is put aside, and matches are looked for again in what is nowhere unlike.

    Args:
        found: Levels of the candidates.
        drawn: Levels of pairs drawn at random, in the same columns.
        start: Likeness of the candidates as a whole; the most alike are where estimation starts.
        possible: How many pairs there are.
    """
    patterns = _patterns(found.codes)
    chance = np.vstack([_shares(column, np.ones(len(column)), 0.5) for column in drawn.codes.T])
    sure = np.zeros(len(start))
    sure[np.argsort(-start, kind="stable")[: max(20, round(0.1 * np.sqrt(2 * possible)))]] = 1
    first = np.bincount(patterns.of_pair, sure, minlength=len(patterns.counts)) / patterns.counts
    classes = _refined(patterns, np.vstack([1 - first, first]), chance, possible)[0]
    telling = Telling.of(patterns.codes, patterns.counts, chance)
    of_record = telling.of_record(classes[1])
    apart = telling.differ(of_record)
    split = _refined(patterns, np.vstack([classes[0], classes[1] * ~apart, classes[1] * apart]), chance, possible)[0]
    if _beyond_chance(patterns, chance, split[2]) > _beyond_chance(patterns, chance, split[1]):
        split = split[[0, 2, 1]]  # one thing is what agrees in more that is rare
    if not _are_related(patterns, chance, split):
        split = np.vstack([split[0], split[1] + split[2]])
    if telling.are_related(split[1], of_record):
        of_record = telling.of_record(split[1])
        apart = telling.differ(of_record)
    for _ in range(_PUT_ASIDE):
        if not telling.are_related(split[1], of_record):
            break
        split = _refined(patterns, np.vstack([split[0], split[1:].sum(axis=0) * ~apart, split[1:] * apart]), chance, possible)[0]
    near, judge = _refined(patterns, split)
    counts = [float((c[1] * patterns.counts).sum()) for c in (split, near)]
    by_value = not _FEWER * counts[0] <= counts[1] <= _MORE * counts[0] or telling.are_related(near[1], of_record)
    ours, others = (_all_shares(patterns, split[1]), chance) if by_value else (_all_shares(patterns, near[k]) for k in (1, 0))
    is_clear = not telling.are_related(split[1], of_record)
    return Model(found.columns, chance, _mixture(patterns, split, chance, possible), judge, ours, others, by_value, is_clear)


def _shares(codes: NDArray[np.int8], weight: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    out = np.bincount(codes, weight, minlength=_LEVELS) + least
    out[0] = 0.0
    return np.asarray(out / out.sum())


def _all_shares(patterns: _Patterns, p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.vstack([_shares(column, p * patterns.counts, 0.1) for column in patterns.codes.T])


def _part(
    codes: NDArray[np.int8], ours: NDArray[np.float64], others: NDArray[np.float64], often: NDArray[np.float64]
) -> NDArray[np.float64]:
    top, bottom = (np.log(np.maximum(s, 1e-6)) for s in (ours, others))
    out = top[codes] - np.where(np.isnan(often), bottom[codes], np.log(np.maximum(np.nan_to_num(often, nan=1.0), 1e-9)))
    return np.where(codes == 0, 0.0, out)  # nothing said is no evidence


def _likelihood(codes: NDArray[np.int8], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.zeros(len(codes))
    for column, share in zip(codes.T, shares, strict=True):
        logs = np.log(np.maximum(share, 1e-6))
        logs[0] = 0.0
        out += logs[column]
    return out


def _mixture(
    patterns: _Patterns, classes: NDArray[np.float64], chance: NDArray[np.float64] | None = None, possible: int | None = None
) -> Mixture:
    """What patterns that belong to classes say of these; the arguments are those of `_refined`."""
    sizes = (classes * patterns.counts).sum(axis=1) / (patterns.counts.sum() if possible is None else possible)
    sizes[0] = 1 - sizes[1:].sum()
    return Mixture(sizes, np.stack([chance if chance is not None and k == 0 else _all_shares(patterns, c) for k, c in enumerate(classes)]))


def _refined(
    patterns: _Patterns, classes: NDArray[np.float64], chance: NDArray[np.float64] | None = None, possible: int | None = None
) -> tuple[NDArray[np.float64], Mixture]:
    """Refine classes of patterns by expectation–maximisation.

    Args:
        patterns: The patterns.
        classes: How far each pattern belongs to each class; a row per class.
        chance: Levels of pairs drawn at random: the first class agrees as they do, and all pairs that are no candidates belong to it.
            None: every class is as its candidates are.
        possible: How many pairs there are; with ``chance``.

    Returns:
        The refined classes, and what they were judged by.
    """
    turn = 0
    while True:
        turn += 1
        judge = _mixture(patterns, classes, chance, possible)
        odds = judge.odds(patterns.codes)
        fresh = np.exp(odds - logsumexp(odds, axis=0))
        moved = np.abs((fresh - classes) * patterns.counts)[1:].sum()
        classes = fresh
        if moved <= _STILL * max(1.0, (classes[1:] * patterns.counts).sum()) or turn == _ROUNDS:
            return classes, judge


def _beyond_chance(patterns: _Patterns, chance: NDArray[np.float64], p: NDArray[np.float64]) -> float:
    """How much more agreement the pairs of a class show than pairs by chance, in log-odds of a pair; 0 for a class of few."""
    counts = p * patterns.counts
    if counts.sum() < _FEWEST:
        return 0.0
    shown = _likelihood(patterns.codes, _all_shares(patterns, p)) - _likelihood(patterns.codes, chance)
    return float((shown * counts).sum() / counts.sum())


def _are_related(patterns: _Patterns, chance: NDArray[np.float64], classes: NDArray[np.float64]) -> bool:
    """Whether the third class holds related things: errors of one thing do not explain that many pairs that differ where these differ.

    A column differs in the class where it agrees no more than by chance. If matches say something else there by error, in each column
    apart from the others, as few pairs differ in all of them as the product of their rates of error says.
    """
    third = classes[2] * patterns.counts
    if third.sum() < _FEWEST:
        return False
    one, other = _all_shares(patterns, classes[1]), _all_shares(patterns, classes[2])
    explained, differs = 0.0, False
    for i, (share, top) in enumerate(zip(chance, patterns.codes.max(axis=0), strict=True)):
        high = [top - 1, top]
        beyond = float(one[i][high].sum() - share[high].sum())
        if beyond > 0 and float(other[i][high].sum() - share[high].sum()) < _AS_BY_CHANCE * beyond:
            said = float(third[patterns.codes[:, i] > 0].sum() / third.sum())
            explained += said * np.log(1 - one[i][top])
            differs = True
    return differs and np.log(third.sum() / (classes[1] * patterns.counts).sum()) - explained > np.log(_EXPLAINED)
