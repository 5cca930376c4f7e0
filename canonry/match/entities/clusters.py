"""From probabilities of pairs to things: one to one between two sources, else by average linkage."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

MOST = 1500  # records of one component that are clustered together; a larger one is first cut at a higher probability

_HIGHEST = 1 - 1e-5


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

    Returns:
        Number of the thing of each row: its first row.
    """
    group = np.arange(rows)
    pending = [(links, threshold)]
    while pending:
        some, cut = pending.pop()
        for part in _components(some, cut, rows):
            if len(part.left) == 1:  # as most are
                group[part.right] = part.left
                continue
            own = np.unique(np.r_[part.left, part.right])
            if len(own) > MOST:
                pending += [(part, 1 - (1 - cut) / 4)] if cut < _HIGHEST else []  # what cannot be cut stays apart
                continue
            for thing in _split(part, own, threshold):
                group[thing] = thing[0]
    return group


def _components(links: Links, cut: float, rows: int) -> list[Links]:
    """Pairs within each set of rows that hangs together by pairs of at least a probability."""
    edge = links.p >= cut
    graph = sp.coo_matrix((np.ones(int(edge.sum())), (links.left[edge], links.right[edge])), shape=(rows, rows))
    label = connected_components(graph, directed=False)[1]
    inside = np.flatnonzero(label[links.left] == label[links.right])
    inside = inside[np.argsort(label[links.left[inside]], kind="stable")]
    of_pair = label[links.left[inside]]
    starts = np.flatnonzero(of_pair[1:] != of_pair[:-1]) + 1
    return [Links(links.left[i], links.right[i], links.p[i]) for i in np.split(inside, starts) if len(i)]


def _split(links: Links, rows: NDArray[np.int64], cut: float) -> list[NDArray[np.int64]]:
    i, j = np.searchsorted(rows, links.left), np.searchsorted(rows, links.right)
    near = np.zeros((len(rows), len(rows)))
    near[i, j] = near[j, i] = np.clip(links.p, 0, 1)
    np.fill_diagonal(near, 1.0)
    label = fcluster(linkage(squareform(1 - near, checks=False), "average"), 1 - cut + 1e-9, "distance")
    return [rows[label == number] for number in np.unique(label)]
