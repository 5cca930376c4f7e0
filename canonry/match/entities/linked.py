"""Pairs of records of two sources that are free of duplicates: a model learns from the best of them, and each is judged by what is near."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from canonry.match.entities import differing, levels, model, null, told
from canonry.match.entities.comparisons import Comparison

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from canonry.match.entities.table import Table

_SIBLINGS = 0.1  # weight of all pairs within sources against those across, as examples of different things
_LEARNING = 5  # rounds of fitting
_JUDGED = 3  # rounds, since who has a partner tells how near those without one are
_THINNED = 10  # of pairs that are not near, every so manieth is fitted
_PARTS = 2  # of the records, each scored by what the others teach


class Scored(NamedTuple):
    """Pairs across two sources, ordered by both ends.

    Attributes:
        left, right: Rows.
        score: What the model says of each, in log-odds.
        is_ruled_out: Whether they differ where one thing never does.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    score: NDArray[np.float64]
    is_ruled_out: NDArray[np.bool_]


@dataclass(frozen=True)
class Linked:
    """What the records of two sources have taught.

    Attributes:
        sources: Numbers of the two.
        scale: How comparisons become numbers.
        scoring: Coefficients of the model; a row for each part of the records, which taught the other.
        telling: Coefficients that all records together taught, which explain.
        judge: Probability by how far the nearest stands out.
        errors: Where one thing never differs.
        scored: The pairs that were learnt from.
    """

    sources: tuple[int, int]
    scale: model.Scale
    scoring: NDArray[np.float64]
    telling: NDArray[np.float64]
    judge: null.Judge
    errors: differing.Errors
    scored: Scored

    def further(self, compared: list[Comparison], left: NDArray[np.int64], right: NDArray[np.int64]) -> Scored:
        """Score pairs that taught nothing: by the mean of what both parts taught."""
        shown = self.scale.evidence(compared)
        score = np.asarray(np.round(np.mean([model.weights(shown, beta) for beta in self.scoring], axis=0), 6), dtype=np.float64)
        return Scored(left, right, score, self.errors.rule_out(levels.levels(compared)))

    def probabilities(self, pairs: Scored, of_row: NDArray[np.int64]) -> NDArray[np.float64]:
        """Probability of all pairs across the two sources, each judged by what else is near its ends."""
        return _held_back(self.judge.probabilities(pairs.score, null.sides(pairs.left, pairs.right, of_row)), pairs.is_ruled_out)

    def parts(self, compared: list[Comparison]) -> dict[str | None, NDArray[np.float64]]:
        """What each column adds to the log-odds of pairs, against the mean pair."""
        return _parts(compared, self.scale, self.telling)


def merged(one: Scored, other: Scored) -> tuple[Scored, NDArray[np.bool_]]:
    """Put pairs together, ordered by both ends, and say which are of the other."""
    left, right = np.r_[one.left, other.left], np.r_[one.right, other.right]
    order = np.lexsort((right, left))
    score, ruled_out = np.r_[one.score, other.score][order], np.r_[one.is_ruled_out, other.is_ruled_out][order]
    return Scored(left[order], right[order], score, ruled_out), order >= len(one.left)


def of_pairs(compared: list[Comparison], rows: NDArray[np.int64]) -> list[Comparison]:
    """The comparisons of some pairs."""
    return [Comparison(c.column, c.kind, c.values[rows]) for c in compared]


def across(
    table: Table, compared: list[Comparison], left: NDArray[np.int64], right: NDArray[np.int64], least: float
) -> tuple[pl.DataFrame, tuple[Linked, ...] | None]:
    """Judge pairs of records of different sources, for each two sources apart; pairs within a source are different things.

    Args:
        table: The records.
        compared: Comparisons of the pairs.
        left: Rows of one end.
        right: Rows of the other end.
        least: Probability from which pairs are told.

    Returns:
        Pairs as `told.links` gives them; and what each two sources taught, or None if some two taught nothing.
    """
    every: list[pl.DataFrame] = [told.links(left[:0], right[:0], np.zeros(0), {})]
    taught: list[Linked | None] = []
    for a, b in combinations(range(len(table.sources)), 2):
        rows = np.flatnonzero(np.isin(table.source[left], [a, b]) & np.isin(table.source[right], [a, b]))
        is_across = table.source[left[rows]] != table.source[right[rows]]
        own = rows[is_across]
        if not len(own):
            taught.append(None)
            continue
        some = [c for c in of_pairs(compared, rows) if not np.isnan(c.values).all()]
        scale = model.scale(some, is_across)
        pairs = null.sides(left[rows], right[rows], table.source)
        learnt = _learnt(scale.evidence(some), pairs, _start(some))
        p = learnt.judge.probabilities(learnt.score, pairs)[is_across]
        said = levels.levels(of_pairs(compared, own))
        errors = differing.errors(said, np.round(p, 6))
        scored = Scored(left[own], right[own], learnt.score[is_across], errors.rule_out(said))
        p = _held_back(p, scored.is_ruled_out)
        likely = np.flatnonzero(p >= least)
        parts = _parts(of_pairs(compared, own[likely]), scale, learnt.telling)
        every.append(told.links(left[own[likely]], right[own[likely]], p[likely], parts))
        is_whole = learnt.scoring is not None and learnt.telling is not None
        taught.append(Linked((a, b), scale, learnt.scoring, learnt.telling, learnt.judge, errors, scored) if is_whole else None)  # type: ignore[arg-type]
    whole = tuple(linked for linked in taught if linked)
    return told.together(every), whole if len(whole) == len(taught) else None


def _parts(compared: list[Comparison], scale: model.Scale, telling: NDArray[np.float64] | None) -> dict[str | None, NDArray[np.float64]]:
    """What each column adds; nothing, where nothing was learnt of it."""
    nothing = np.zeros(len(compared[0].values))
    return {c.column: nothing for c in compared} | ({} if telling is None else model.parts(scale.evidence(compared), telling))


def _held_back(p: NDArray[np.float64], ruled_out: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Leave to a person what differs where one thing never does."""
    p = np.round(p, 6)
    return np.where(ruled_out, np.minimum(p, differing.HELD), p)


def _start(compared: list[Comparison]) -> NDArray[np.float64]:
    whole = {c.kind: c.values for c in compared if c.column is None}
    return np.asarray((whole["words"] + whole["grams"]) / 2)


class _Learnt(NamedTuple):
    """Score of the pairs; coefficients that made it, in parts, and as a whole (None where they say not all or nothing); the judge."""

    score: NDArray[np.float64]
    scoring: NDArray[np.float64] | None
    telling: NDArray[np.float64] | None
    judge: null.Judge


def _learnt(shown: model.Evidence, pairs: null.Sides, start: NDArray[np.float64]) -> _Learnt:
    """Learn what tells the best pairs of two sources from others."""
    score, scoring, lesson = start, None, None
    counts = np.where(pairs.across, 1.0, _SIBLINGS * pairs.across.sum() / max(1, (~pairs.across).sum()))
    p = np.zeros(len(start))
    for turn in range(_LEARNING):
        p = null.judge(score, pairs, p, is_start=turn == 0).probabilities(score, pairs, to_learn=True)
        if p.sum() < 1:
            continue
        near = null.near(score, pairs)
        far = np.flatnonzero(~near)
        far = far[np.lexsort((pairs.right[far], pairs.left[far], -score[far]))][::_THINNED]
        used = np.where(near, counts, 0.0)
        used[far] = counts[far] * _THINNED
        lesson = (p, used)
        fresh, betas = _scored_apart(shown, p, used, pairs.left % _PARTS)
        if turn > 1:  # by halves, or labels and model chase each other
            score, scoring = (score + fresh) / 2, None if scoring is None else (scoring + betas) / 2
        else:
            score, scoring = fresh, betas
    for _ in range(_JUDGED - 1):
        p = null.judge(score, pairs, p, is_start=lesson is None).probabilities(score, pairs, to_learn=True)
    telling = None if lesson is None else model.fitted(shown, *lesson)
    return _Learnt(score, scoring, telling, null.judge(score, pairs, p, is_start=lesson is None))


def _scored_apart(
    shown: model.Evidence, p: NDArray[np.float64], used: NDArray[np.float64], part: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score each part of the pairs by a model of the other parts: none is judged by what it taught itself."""
    betas = np.vstack([model.fitted(shown, p, np.where(part == number, 0.0, used)) for number in range(_PARTS)])
    out = np.zeros(len(p))
    for number, beta in enumerate(betas):
        out[part == number] = model.weights(shown, beta)[part == number]
    return out, betas
