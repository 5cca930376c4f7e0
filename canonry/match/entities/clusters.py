"""From probabilities of pairs to things: one to one between two sources, else by average linkage."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_SAME = 1e-9  # difference of means that is none
_DIGITS, _PATIENCE = 6, 50  # of means that are told apart at first, and rounds until one digit less is


class Links(NamedTuple):
    """Probabilities of pairs of rows, in order of their left ends."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    p: NDArray[np.float64]

    @classmethod
    def of(cls, links: pl.DataFrame) -> Links:
        """Take columns ``left``, ``right`` and ``match_probability``, ordered by both ends."""
        return cls(links["left"].to_numpy(), links["right"].to_numpy(), links["match_probability"].to_numpy())


def one_to_one(links: Links, source: NDArray[np.int64], threshold: float) -> NDArray[np.int64]:
    """Join the surest pairs first, as long as no thing gets two records of one source.

    Returns:
        Number of the thing of each row: its first row.
    """
    group = np.arange(len(source))
    members: dict[int, list[int]] = {}
    sure = np.flatnonzero(links.p >= threshold)
    for i in sure[np.lexsort((links.right[sure], links.left[sure], -links.p[sure]))].tolist():
        a, b = int(group[links.left[i]]), int(group[links.right[i]])
        first, second = members.get(a, [a]), members.get(b, [b])
        if a == b or {int(source[r]) for r in first} & {int(source[r]) for r in second}:
            continue
        joined = sorted(first + second)
        members.pop(a, None)
        members.pop(b, None)
        members[joined[0]] = joined
        group[joined] = joined[0]
    return group


def average(links: Links, rows: int, threshold: float) -> NDArray[np.int64]:
    """Cluster by average linkage; pairs that were not compared count as different.

    Things that are each other's nearest are joined at once, all over: with average linkage that comes to the same as joining the
    nearest first (Murtagh 1983), since nothing is nearer to two joined things than to the nearer of them. Means are told apart to
    `_DIGITS`; less finely from round to round where a long chain would otherwise be joined link by link.

    Returns:
        Number of the thing of each row: its first row.
    """
    group, size = np.arange(rows), np.ones(rows)
    a, b, total = np.minimum(links.left, links.right), np.maximum(links.left, links.right), np.clip(links.p, 0, 1)
    for turn in count():
        beyond = total / (size[a] * size[b]) - threshold + _SAME
        waiting = np.zeros(rows, dtype=bool)
        waiting[a[beyond >= 0]] = waiting[b[beyond >= 0]] = True
        held = waiting[a] & waiting[b]  # what has nothing near now never will
        if not held.any():
            break
        a, b, total, beyond = a[held], b[held], total[held], beyond[held]
        joined = _nearest_of_both(a, b, np.floor(beyond * 10.0 ** max(1, _DIGITS - turn // _PATIENCE)), rows)
        to = np.arange(rows)
        to[b[joined]] = a[joined]
        size[a[joined]] += size[b[joined]]
        group, first, second = to[group], to[a], to[b]
        apart = first != second
        pair = np.minimum(first, second)[apart] * rows + np.maximum(first, second)[apart]
        pair, place = np.unique(pair, return_inverse=True)
        a, b, total = pair // rows, pair % rows, np.bincount(place, total[apart]).astype(np.float64)
    return group


def _nearest_of_both(a: NDArray[np.int64], b: NDArray[np.int64], near: NDArray[np.float64], rows: int) -> NDArray[np.int64]:
    """Pairs that are the nearest of both their ends; of equally near ones the first in a shuffled order, or many would wait for one."""
    shuffled = (a * 0x9E3779B1 ^ b * 0x85EBCA77) & 0xFFFFFFFF
    place = np.empty(len(a), dtype=np.int64)
    place[np.lexsort((b, a, shuffled, -near))] = np.arange(len(a))
    best = np.full(rows, len(a))
    np.minimum.at(best, a, place)
    np.minimum.at(best, b, place)
    return np.flatnonzero((best[a] == place) & (best[b] == place))
