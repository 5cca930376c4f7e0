"""How likely the nearest record of another source is the same thing, judged by how near records are that are not.

A record without a partner also has a nearest one in the other source. How near that is, is told by records of which it is known that they
are different: within a source that is free of duplicates. For records that have a partner it is told by their second nearest. The share of
records without a partner is estimated from the lower end, as for false discovery rates (Storey 2002); the probability of a pair is one
minus its local false discovery rate (Efron 2004).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_WITHIN = 0.25  # weight of the nearest within the source, while a model is learnt
_ROUNDS = 15
_LOW, _HIGH = 0.1, 0.7  # quantiles of non-matches at which their share is read off
_LEAST = 0.05  # weight that a record with a partner keeps among those without
_GOLDEN = 0.6180339887


class Ends:
    """The two best scores of each record that has pairs."""

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

    def two_best(self, score: NDArray[np.float64]) -> NDArray[np.float64]:
        """Best and second best score per record; NaN where there is none."""
        out = np.full((self.rows, 2), np.nan)
        if not len(self.starts):
            return out
        s = score[self.order]
        top = np.maximum.reduceat(s, self.starts)
        is_top = s == np.repeat(top, self.sizes)
        ties = np.add.reduceat(is_top.astype(np.int64), self.starts)
        second = np.maximum.reduceat(np.where(is_top, -np.inf, s), self.starts)
        second = np.where(ties > 1, top, np.where(np.isneginf(second), np.nan, second))
        out[self.records, 0], out[self.records, 1] = top, second
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
        best = ends.two_best(np.r_[score[part], score[part]])
        least = np.where(np.isnan(best[:, 1]), best[:, 0], best[:, 1])
        out[part] = (score[part] >= least[pairs.left[part]]) | (score[part] >= least[pairs.right[part]])
    return out


def probabilities(score: NDArray[np.float64], pairs: Sides, before: NDArray[np.float64], *, is_start: bool) -> NDArray[np.float64]:
    """Probability per pair of records of two sources that it is one thing.

    Args:
        score: Likeness of pairs across and within the two sources; any scale.
        pairs: Their rows.
        before: Probability of the pairs as far as it is known: records that have a partner may differ from those that have none, and
            how near those without one are to others is told by their like.
        is_start: Whether the score is a first likeness, which no model has learnt from known pairs.

    Returns:
        Probability, 0 for pairs within a source and for pairs that are not each other's best.
    """
    across = score[pairs.across]
    beyond = pairs.beyond.two_best(np.r_[across, across])
    within = pairs.within.two_best(np.r_[score[~pairs.across], score[~pairs.across]])
    low = float(np.quantile(score, 0.02))
    paired = np.zeros(len(pairs.of_row))
    np.maximum.at(paired, pairs.left, before)
    np.maximum.at(paired, pairs.right, before)
    seen = _Seen(score, beyond, within, np.maximum(1 - paired, _LEAST), low)
    best = beyond[:, 0]
    mutual = pairs.across & (score >= best[pairs.left]) & (score >= best[pairs.right])
    if is_start:
        return np.where(mutual, _both_sides(seen, pairs, _by_gaps), 0.0)
    by_source, by_second = (np.where(mutual, _both_sides(seen, pairs, way), 0.0) for way in (_by_source, _by_second))
    fewer = min(int((pairs.of_row == source).sum()) for source in pairs.sources)
    share = min(1.0, float(by_source.sum()) / fewer)
    most = share * share * (3 - 2 * share)
    return most * by_second + (1 - most) * by_source  # the second nearest tells of records that have a partner


class _Seen(NamedTuple):
    """Scores of pairs, the two best per row across and within, how far a row counts as one without a partner, and a low score."""

    score: NDArray[np.float64]
    beyond: NDArray[np.float64]
    within: NDArray[np.float64]
    alone: NDArray[np.float64]
    low: float


class _Side(NamedTuple):
    """Which rows are of a source and which of the other, and the best and second best score of those that have pairs across."""

    mine: NDArray[np.bool_]
    other: NDArray[np.bool_]
    top: NDArray[np.float64]
    second: NDArray[np.float64]


def _both_sides(seen: _Seen, pairs: Sides, way: Callable[[_Seen, _Side], NDArray[np.float64]]) -> NDArray[np.float64]:
    chances = []
    for side in (0, 1):
        mine, other = (pairs.of_row == pairs.sources[s] for s in (side, 1 - side))
        asked = mine & ~np.isnan(seen.beyond[:, 0])
        top, second = seen.beyond[asked, 0], seen.beyond[asked, 1]
        chances.append(way(seen, _Side(mine, other, top, np.where(np.isnan(second), np.fmin(seen.low, top), second))))
    return np.sqrt(chances[0] * chances[1])  # what only one side finds sure is not


def _near_in_source(seen: _Seen, side: _Side, counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How near the nearest in the other source is by chance: scores and their weights.

    As near as records of the other source are to each other; and, for its size, as records of the own source are to each other.
    """
    nearest = np.where(np.isnan(seen.within[:, 0]), seen.low, seen.within[:, 0])
    times = side.other.sum() / max(1, side.mine.sum() - 1)  # the best of so many times as many
    own = np.flatnonzero(side.mine)[np.argsort(nearest[side.mine], kind="stable")]
    place = (np.cumsum(counts[own]) - counts[own] / 2) / counts[own].sum()
    of_own = counts[own] * times * place ** (times - 1)
    of_other = counts[side.other]
    weight = np.r_[of_other / of_other.sum() * side.other.sum(), of_own / of_own.sum() * side.mine.sum()]
    return np.r_[nearest[side.other], nearest[own]], weight / weight.sum()


def _by_source(seen: _Seen, side: _Side) -> NDArray[np.float64]:
    """Judge by how near records of one source are to each other.

    Those without a partner tell how many there are of them; all tell how near things are that differ, or the few that are left over
    because something else is nearer to them would set the measure.
    """
    value, alone = _near_in_source(seen, side, seen.alone)
    _, every = _near_in_source(seen, side, np.ones(len(seen.alone)))
    return np.clip(1 - unmatched(side.top, value, alone) * _Ratio(side.top, value).at(every, seen.score), 0, 1)


def _by_second(seen: _Seen, side: _Side) -> NDArray[np.float64]:
    """Judge records that have a partner by their second nearest, the others as `_by_source` does."""
    value, alone = _near_in_source(seen, side, seen.alone)
    _, every = _near_in_source(seen, side, np.ones(len(seen.alone)))

    def weigh(p: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        one, other = (np.r_[weight * (1 - p).sum(), p] + 1e-9 for weight in (alone, every))
        return one, other

    return _settled(seen.score, side.top, np.r_[value, side.second], weigh)


def _by_gaps(seen: _Seen, side: _Side) -> NDArray[np.float64]:
    """Judge by the second nearest, plus the gap that lies between the first and the second where no partner can be."""
    within = seen.within[side.mine & ~np.isnan(seen.within[:, 0])]
    sibling = within[:, 0]
    gap = np.sort(sibling - np.where(np.isnan(within[:, 1]), np.fmin(seen.low, sibling), within[:, 1])) if len(within) else np.zeros(1)
    # gaps are spread evenly over the records, whatever their order
    spread = gap[((np.argsort(np.argsort(side.second, kind="stable")) * _GOLDEN) % 1 * len(gap)).astype(int)]
    siblings = np.full(len(sibling), _WITHIN * len(side.top) / max(1, len(sibling)))
    null = np.r_[side.second, side.second + spread, sibling]
    return _settled(seen.score, side.top, null, lambda p: (np.r_[p, 1 - p, siblings] + 1e-6,) * 2)


def _settled(
    score: NDArray[np.float64],
    top: NDArray[np.float64],
    null: NDArray[np.float64],
    weigh: Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> NDArray[np.float64]:
    """Judge where the weights of what is no match hang on the judgement; nothing has a partner until shown."""
    odds, p, share, weight = _Ratio(top, null), np.zeros(len(top)), 1.0, np.zeros(0)
    for _ in range(_ROUNDS):
        alone, weight = weigh(p)
        share = unmatched(top, null, alone)
        p = np.clip(1 - share * odds.at(weight, top), 0, 1)
    return np.clip(1 - share * odds.at(weight, score), 0, 1)


def unmatched(top: NDArray[np.float64], null: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Share of records without a partner: how much of the null's lower end the best scores fill."""
    order = np.argsort(null, kind="stable")
    values, filled = null[order], np.cumsum(weight[order]) / weight.sum()
    at = values[np.minimum(len(values) - 1, np.searchsorted(filled, np.linspace(_LOW, _HIGH, 25)))]
    expected = filled[np.searchsorted(values, at, side="right") - 1]
    seen = np.searchsorted(np.sort(top), at, side="right") / len(top)
    error = np.sqrt(seen * (1 - seen) / len(top)) + 0.5 / len(top)
    return float(min(1.0, ((seen + error) / expected).min()))


class _Ratio:
    """Density of non-matches over density of best scores, falling with the score (isotonic)."""

    def __init__(self, top: NDArray[np.float64], null: NDArray[np.float64]) -> None:
        self.unique, self.at_unique = np.unique(np.r_[top, null], return_inverse=True)
        self.tops = len(top)

    def at(self, weight: NDArray[np.float64], score: NDArray[np.float64]) -> NDArray[np.float64]:
        """The ratio at some scores, where non-matches have these weights."""
        ours = np.r_[np.full(self.tops, 1 / self.tops), np.zeros(len(weight))]
        total = np.bincount(self.at_unique, ours + np.r_[np.zeros(self.tops), weight / weight.sum()])
        share = np.bincount(self.at_unique, ours) / np.maximum(total, 1e-12)
        rising = np.clip(isotonic_regression(share, weights=np.maximum(total, 1e-12)).x, 1e-4, 1 - 1e-4)
        r = np.interp(score, self.unique, rising)
        return np.asarray((1 - r) / r)
