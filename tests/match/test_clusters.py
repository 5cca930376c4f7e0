"""From probabilities of pairs to things."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from canonry.match.entities.clusters import Links, average


def links(pairs: dict[tuple[int, int], float]) -> Links:
    ends = sorted(pairs)
    return Links(np.array([a for a, _ in ends]), np.array([b for _, b in ends]), np.array([pairs[e] for e in ends]))


def things(group: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(group == g).tolist()) for g in np.unique(group)}


@given(
    rows=st.integers(2, 9),
    order=st.permutations(range(36)),
    held=st.lists(st.booleans(), min_size=36, max_size=36),
    threshold=st.sampled_from([0.3, 0.5, 0.8]),
)
def test_things_are_those_of_average_linkage_where_pairs_that_were_not_compared_are_as_far_apart_as_can_be(rows, order, held, threshold):
    every = [(a, b) for b in range(rows) for a in range(b)]
    # probabilities whose means are never equal, so that there is one answer
    pairs = {pair: float((0.1 + order[i] + 0.01 * np.sqrt(i + 2)) / 37) for i, pair in enumerate(every) if held[i] or i == 0}
    near = np.zeros((rows, rows))
    for (a, b), p in pairs.items():
        near[a, b] = near[b, a] = p
    np.fill_diagonal(near, 1)
    label = fcluster(linkage(squareform(1 - near), "average"), 1 - threshold + 1e-9, "distance")
    assert things(average(links(pairs), rows, threshold)) == things(label)


def test_each_thing_is_named_after_its_first_record():
    assert average(links({(0, 3): 0.9, (1, 2): 0.8, (2, 4): 0.1}), 5, 0.5).tolist() == [0, 1, 1, 0, 4]


def test_a_long_chain_of_records_that_hardly_differ_ends_in_pairs_and_soon():
    rows = 20_000
    chain = np.arange(rows - 1)
    group = average(Links(chain, chain + 1, np.linspace(0.6, 1, rows - 1)), rows, 0.5)
    assert np.bincount(group).max() <= 3


def test_a_thousand_records_that_are_all_alike_are_one_thing():
    a, b = np.triu_indices(1000, 1)
    assert (average(Links(a, b, np.ones(len(a))), 1000, 0.5) == 0).all()
