"""How likely the nearest record of another source is the same thing, judged by how near records are that are not.

A record without a partner also has a nearest one in the other source; but the next one is about as near, since both are the best of many
that are by chance. So what is judged is how far the nearest stands out: its score and its lead over the next, together. How far the nearest
stands out that is no partner, is told by records of which it is known that they are different: within a source that is free of
duplicates; and for records that have a partner by their second nearest. The share of records without a partner is estimated from the lower
end, as for false discovery rates (Storey 2002); the probability of a pair is one minus its local false discovery rate (Efron 2004).

Two such estimates are made. The strict one reads the share off the upper half of what is by chance: right where partners stand clear of
it, but too high where near things that differ lie among them (a shop that lists many of a kind). It says so itself: then it leaves pairs
in doubt, and as far as it does, the lenient one counts, which reads the share off the lower end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_WITHIN = 0.25  # weight of the nearest within the source, while a model is learnt
_LEAD = 0.5  # weight of the lead over the next, against the score; a first likeness has none
_ROUNDS = 16  # of judging, each by the weights of what the one before found
_STILL = 1e-9  # change of probabilities at which rounds end; they may start to rise from very little
_LEAST = 0.05  # weight that a record with a partner keeps among those without
_GOLDEN = 0.6180339887
_UNSURE = 0.94  # most that a pair gets of an estimate that leaves much in doubt: from .95 on links are relied upon
_DECIDED, _UNDECIDED = 0.05, 0.2  # doubt up to which an estimate is taken at its word, and from which it is not


class Ends:
    """The best scores of each record that has pairs."""

    def __init__(self, row: NDArray[np.int64], rows: int) -> None:
        """Sort the ends of pairs by record.

        Args:
            row: Record per end.
            rows: Number of records.
        """
        self.order = np.argsort(row, kind="stable")
        ordered = row[self.order]
        self.starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(row) else np.zeros(0, dtype=np.int64)
        self.records = ordered[self.starts]
        self.sizes = np.diff(np.r_[self.starts, len(row)])
        self.rows = rows

    def best(self, score: NDArray[np.float64], many: int) -> NDArray[np.float64]:
        """So many best scores per record, the highest first; NaN where there are fewer."""
        out = np.full((self.rows, many), np.nan)
        if not len(self.starts):
            return out
        left = score[self.order]
        which = np.repeat(np.arange(len(self.starts)), self.sizes)
        for k in range(many):
            top = np.maximum.reduceat(left, self.starts)
            out[self.records, k] = np.where(np.isneginf(top), np.nan, top)
            at = np.flatnonzero(left == top[which])
            left[at[np.r_[True, which[at[1:]] != which[at[:-1]]]]] = -np.inf  # one of them, where several are equal
        return out


class Sides(NamedTuple):
    """Pairs of two sources, sorted once.

    Attributes:
        left, right: Rows of the pairs.
        across: Which pairs join the two sources.
        sources: Numbers of the two.
        of_row: Number of the source of each row.
        beyond, within: Ends of pairs across and within, of both sources.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    across: NDArray[np.bool_]
    sources: tuple[int, int]
    of_row: NDArray[np.int64]
    beyond: Ends
    within: Ends


def sides(left: NDArray[np.int64], right: NDArray[np.int64], of_row: NDArray[np.int64]) -> Sides:
    """Sort the pairs of two sources by their ends."""
    across = of_row[left] != of_row[right]
    first, second = np.unique(of_row[np.r_[left, right]]).tolist()
    beyond, within = (Ends(np.r_[left[part], right[part]], len(of_row)) for part in (across, ~across))
    return Sides(left, right, across, (first, second), of_row, beyond, within)


def near(score: NDArray[np.float64], pairs: Sides) -> NDArray[np.bool_]:
    """Pairs that are among the two best of an end."""
    out = np.zeros(len(score), dtype=bool)
    for part, ends in ((pairs.across, pairs.beyond), (~pairs.across, pairs.within)):
        best = ends.best(np.r_[score[part], score[part]], 2)
        least = np.where(np.isnan(best[:, 1]), best[:, 0], best[:, 1])
        out[part] = (score[part] >= least[pairs.left[part]]) | (score[part] >= least[pairs.right[part]])
    return out


@dataclass(frozen=True)
class Curve:
    """Probability of the nearest by how far it stands out; between the points it runs straight, beyond them level."""

    at: NDArray[np.float64]
    p: NDArray[np.float64]

    def __call__(self, out: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability at some points."""
        return np.interp(out, self.at, self.p)


@dataclass(frozen=True)
class Estimate:
    """Curves of both sources under each null, and how much each null counts.

    Attributes:
        curves: A pair of curves per null: of the first source and of the second.
        counts: Weights of the nulls; their sum is 1.
        is_strict: Whether the less sure source decides; otherwise the geometric mean of both.
    """

    curves: tuple[tuple[Curve, Curve], ...]
    counts: tuple[float, ...]
    is_strict: bool

    def __call__(self, out: tuple[NDArray[np.float64], NDArray[np.float64]]) -> NDArray[np.float64]:
        """Probability of pairs by how far each stands out among the pairs of its end in either source."""
        total = np.zeros(len(out[0]))
        for (one, other), count in zip(self.curves, self.counts, strict=True):
            p, q = one(out[0]), other(out[1])
            total += count * (np.minimum(p, q) if self.is_strict else np.sqrt(p * q))
        return total


@dataclass(frozen=True)
class Judge:
    """What was found out about near records that differ: plain curves, which tell the probability of each pair.

    Attributes:
        lead: How much the lead over the next counts, against the score.
        low: Score of a next record where there is none.
        strict, lenient: The two estimates.
        doubt: How much the lenient one counts, since the strict one is in doubt.
        reserve: How far the lenient one is in doubt itself, so that nothing is sure that only it finds.
    """

    lead: float
    low: float
    strict: Estimate
    lenient: Estimate
    doubt: float
    reserve: float

    def probabilities(self, score: NDArray[np.float64], pairs: Sides, *, to_learn: bool = False) -> NDArray[np.float64]:
        """Probability of the pairs; 0 for pairs within a source and for pairs that are not each other's best.

        Args:
            score: Likeness of the pairs, as it was judged.
            pairs: Their rows.
            to_learn: Whether a model learns from them, which needs no caution at the upper end.
        """
        best = pairs.beyond.best(np.r_[score[pairs.across], score[pairs.across]], 3)
        mutual, out = _best_of_both(score, pairs, best, _stands_out(best, self.low, self.lead)[:, 0])
        p = np.zeros(len(score))
        strict = self.strict(out)
        found = self.doubt * self.lenient(out) + (1 - self.doubt) * strict
        p[mutual] = found if to_learn else found - self.reserve * np.maximum(found - np.maximum(_UNSURE, strict), 0)
        return p


def judge(score: NDArray[np.float64], pairs: Sides, before: NDArray[np.float64], *, is_start: bool) -> Judge:
    """Find out how near records are that differ.

    Args:
        score: Likeness of pairs across and within the two sources; any scale.
        pairs: Their rows.
        before: Probability of the pairs as far as it is known: records that have a partner may differ from those that have none, and
            how near those without one are to others is told by their like.
        is_start: Whether the score is a first likeness, which no model has learnt from known pairs.
    """
    lead = 0.0 if is_start else _LEAD
    low = float(np.quantile(score, 0.02))
    best = pairs.beyond.best(np.r_[score[pairs.across], score[pairs.across]], 3)
    siblings = pairs.within.best(np.r_[score[~pairs.across], score[~pairs.across]], 3)
    beyond, within = (_stands_out(b, low, lead) for b in (best, siblings))
    within[np.isnan(within)] = np.nanmin(np.r_[within[:, 0], low])
    paired = np.zeros(len(pairs.of_row))
    np.maximum.at(paired, pairs.left, before)
    np.maximum.at(paired, pairs.right, before)
    seen = _Seen(beyond, within, ~np.isnan(siblings[:, 0]), np.maximum(1 - paired, _LEAST))
    both = []
    for one in (0, 1):
        mine, other = (pairs.of_row == pairs.sources[s] for s in (one, 1 - one))
        asked = mine & ~np.isnan(beyond[:, 0])
        both.append(_Side(mine, other, beyond[asked, 0], beyond[asked, 1]))
    _, out = _best_of_both(score, pairs, best, beyond[:, 0])
    strict, lenient = (_at_start(seen, both, how) if is_start else _estimate(seen, both, how, out) for how in (_STRICT, _LENIENT))
    return Judge(lead, low, strict, lenient, _doubt(strict(out)), _doubt(lenient(out)))


def _doubt(p: NDArray[np.float64]) -> float:
    """How far an estimate is in doubt: 0 where what it finds it finds sure, 1 where much of it may be something else."""
    left = float((p * (1 - p)).sum() / p.sum()) if p.sum() > 0 else 1.0
    return _smooth((left - _DECIDED) / (_UNDECIDED - _DECIDED))


def _stands_out(best: NDArray[np.float64], low: float, lead: float) -> NDArray[np.float64]:
    """How far the nearest and the second nearest stand out of what follows them."""
    full = best.copy()
    for k in range(1, best.shape[1]):
        full[:, k] = np.where(np.isnan(best[:, k]), np.fmin(low, full[:, k - 1]), best[:, k])
    return np.asarray(full[:, :2] + lead * (full[:, :2] - full[:, 1:3]))


def _best_of_both(
    score: NDArray[np.float64], pairs: Sides, best: NDArray[np.float64], stands: NDArray[np.float64]
) -> tuple[NDArray[np.int64], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Pairs that are each other's best, and how far they stand out in the first source and in the second."""
    left, right = pairs.left, pairs.right
    mutual = np.flatnonzero(pairs.across & (score >= best[left, 0]) & (score >= best[right, 0]))
    a, b = left[mutual], right[mutual]
    is_first = pairs.of_row[a] == pairs.sources[0]
    return mutual, (stands[np.where(is_first, a, b)], stands[np.where(is_first, b, a)])


def _smooth(x: float) -> float:
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


class _How(NamedTuple):
    """Quantiles of non-matches at which their share is read off, and whether both sources must find a pair sure, and as many of them."""

    low: float
    high: float
    is_strict: bool


_STRICT, _LENIENT = _How(0.5, 0.9, is_strict=True), _How(0.1, 0.7, is_strict=False)


class _Seen(NamedTuple):
    """How far the two nearest per row stand out across and within, who has any within, and how far a row counts as without a partner."""

    beyond: NDArray[np.float64]
    within: NDArray[np.float64]
    has_siblings: NDArray[np.bool_]
    alone: NDArray[np.float64]


class _Side(NamedTuple):
    """Which rows are of a source and which of the other; how far the two nearest of those stand out that have pairs across."""

    mine: NDArray[np.bool_]
    other: NDArray[np.bool_]
    top: NDArray[np.float64]
    second: NDArray[np.float64]


class _Null(NamedTuple):
    """How far the nearest stand out that are something else.

    Attributes:
        value: How far.
        weigh: Probability of the nearest of each record → weights of the values, for counting who has a partner and for judging.
        rounds: How often to judge; once where the weights do not hang on the probabilities.
    """

    value: NDArray[np.float64]
    weigh: Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]]
    rounds: int = _ROUNDS


def _at_start(seen: _Seen, both: list[_Side], how: _How) -> Estimate:
    return Estimate((_settled(both, [_by_gaps(seen, side) for side in both], how),), (1.0,), how.is_strict)


def _estimate(seen: _Seen, both: list[_Side], how: _How, out: tuple[NDArray[np.float64], NDArray[np.float64]]) -> Estimate:
    """Judge by two nulls; where many have a partner, their second nearest tell more than what is near within the source."""
    by_source = _settled(both, [_by_source(seen, side) for side in both], how)
    by_second = _settled(both, [_by_second(seen, side) for side in both], how)
    found = float(Estimate((by_source,), (1.0,), how.is_strict)(out).sum())
    most = _smooth(found / min(int(side.mine.sum()) for side in both))
    return Estimate((by_source, by_second), (1 - most, most), how.is_strict)


def _near_in_source(seen: _Seen, side: _Side, counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far the nearest in the other source stands out by chance: values and their weights.

    As far as records of the other source among each other; and, for its size, as records of the own source among each other.
    """
    nearest = seen.within[:, 0]
    times = side.other.sum() / max(1, side.mine.sum() - 1)  # the best of so many times as many
    own = np.flatnonzero(side.mine)[np.argsort(nearest[side.mine], kind="stable")]
    place = (np.cumsum(counts[own]) - counts[own] / 2) / counts[own].sum()
    of_own = counts[own] * times * place ** (times - 1)
    of_other = counts[side.other]
    weight = np.r_[of_other / of_other.sum() * side.other.sum(), of_own / of_own.sum() * side.mine.sum()]
    return np.r_[nearest[side.other], nearest[own]], weight / weight.sum()


def _by_source(seen: _Seen, side: _Side) -> _Null:
    """Judge by how near records of one source are to each other.

    Those without a partner tell how many there are of them; all tell how near things are that differ, or the few that are left over
    because something else is nearer to them would set the measure.
    """
    value, alone = _near_in_source(seen, side, seen.alone)
    _, every = _near_in_source(seen, side, np.ones(len(seen.alone)))
    return _Null(value, lambda _: (alone, every), rounds=1)


def _by_second(seen: _Seen, side: _Side) -> _Null:
    """Judge records that have a partner by their second nearest, the others as `_by_source` does."""
    value, alone = _near_in_source(seen, side, seen.alone)
    _, every = _near_in_source(seen, side, np.ones(len(seen.alone)))

    def weigh(p: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        one, other = (np.r_[weight * (1 - p).sum(), p] + 1e-9 for weight in (alone, every))
        return one, other

    return _Null(np.r_[value, side.second], weigh)


def _by_gaps(seen: _Seen, side: _Side) -> _Null:
    """Judge by the second nearest, plus the gap that lies between the first and the second where no partner can be."""
    within = seen.within[side.mine & seen.has_siblings]
    sibling = within[:, 0]
    gap = np.sort(sibling - within[:, 1]) if len(within) else np.zeros(1)
    # gaps are spread evenly over the records, whatever their order
    spread = gap[((np.argsort(np.argsort(side.second, kind="stable")) * _GOLDEN) % 1 * len(gap)).astype(int)]
    siblings = np.full(len(sibling), _WITHIN * len(side.top) / max(1, len(sibling)))
    value = np.r_[side.second, side.second + spread, sibling]
    return _Null(value, lambda p: (np.r_[p, 1 - p, siblings] + 1e-6,) * 2)


def _settled(both: list[_Side], nulls: list[_Null], how: _How) -> tuple[Curve, Curve]:
    """Judge both sources where the weights of what is no match hang on the judgement; nothing has a partner until shown."""
    ratios = [_Ratio(side.top, null.value) for side, null in zip(both, nulls, strict=True)]
    p = [np.zeros(len(side.top)) for side in both]
    one = other = Curve(np.zeros(1), np.zeros(1))
    for _ in range(nulls[0].rounds):
        weights = [null.weigh(q) for null, q in zip(nulls, p, strict=True)]
        shares = [_unmatched(side.top, null.value, w[0], how) for side, null, w in zip(both, nulls, weights, strict=True)]
        if how.is_strict:  # each pair has two ends, so both sources have as many partners
            partners = min((1 - share) * len(side.top) for share, side in zip(shares, both, strict=True))
            shares = [1 - partners / len(side.top) for side in both]
        one, other = (ratio.curve(w[1], share) for ratio, w, share in zip(ratios, weights, shares, strict=True))
        before, p = p, [one(both[0].top), other(both[1].top)]
        if all(float(np.abs(now - was).max(initial=0.0)) < _STILL for now, was in zip(p, before, strict=True)):
            break
    return one, other


def _unmatched(top: NDArray[np.float64], null: NDArray[np.float64], weight: NDArray[np.float64], how: _How) -> float:
    """Share of records without a partner: how much of the null's lower end the nearest fill."""
    order = np.argsort(null, kind="stable")
    values, filled = null[order], np.cumsum(weight[order]) / weight.sum()
    at = values[np.minimum(len(values) - 1, np.searchsorted(filled, np.linspace(how.low, how.high, 25)))]
    expected = filled[np.searchsorted(values, at, side="right") - 1]
    seen = np.searchsorted(np.sort(top), at, side="right") / len(top)
    error = np.sqrt(seen * (1 - seen) / len(top)) + 0.5 / len(top)
    return float(min(1.0, ((seen + error) / expected).min()))


class _Ratio:
    """Density of non-matches over density of the nearest, falling the further they stand out (isotonic)."""

    def __init__(self, top: NDArray[np.float64], null: NDArray[np.float64]) -> None:
        self.unique, self.at_unique = np.unique(np.r_[top, null], return_inverse=True)
        self.tops = len(top)

    def curve(self, weight: NDArray[np.float64], share: float) -> Curve:
        """Probability of the nearest where non-matches have these weights, and this share of the records has no partner."""
        ours = np.r_[np.full(self.tops, 1 / self.tops), np.zeros(len(weight))]
        total = np.bincount(self.at_unique, ours + np.r_[np.zeros(self.tops), weight / weight.sum()])
        of_top = np.bincount(self.at_unique, ours) / np.maximum(total, 1e-12)
        rising = np.clip(isotonic_regression(of_top, weights=np.maximum(total, 1e-12)).x, 1e-4, 1 - 1e-4)
        return Curve(self.unique, np.clip(1 - share * (1 - rising) / rising, 0, 1))
