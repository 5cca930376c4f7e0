"""Ranking: fusion, families, ties, what is allowed."""

from __future__ import annotations

import numpy as np
import polars as pl

from canonry.publish.index import postings
from canonry.serve import Index
from canonry.text import terms


def _index(build, items, encoder=None):
    frame = build.context(items, encoder)
    return Index.open(frame, postings(frame))


def _texts(*texts):
    return [{"item_id": f"i{n}", "text": t} for n, t in enumerate(texts)]


def test_the_item_with_the_words_of_the_query_comes_first(build):
    index = _index(build, _texts("book flights early", "refund of flights", "parking"))
    assert index.search(terms("refund flights"), None, 5).rows == [1, 0]


def test_scores_stay_between_zero_and_one_and_rank_the_same_for_words_said_twice(build):
    index = _index(build, _texts("refund", "refund window days", "window"))
    once, twice = (index.search(t, None, 5) for t in (["refund", "window"], ["window", "refund", "refund"]))
    assert once == twice
    assert all(0 <= s <= 1 for s in once.scores)


def test_a_word_that_no_item_has_lowers_the_score_and_not_the_order(build):
    index = _index(build, _texts("refund window", "refund form", "window"))
    known, unknown = (index.search(t, None, 5) for t in (["refund", "window"], ["refund", "window", "zebra"]))
    assert known.rows == unknown.rows[: len(known.rows)]
    assert unknown.scores[0] < known.scores[0]


def test_an_item_without_any_word_in_common_is_found_by_its_vector(build, encoder):
    frame = build.context(_texts("holiday", "parking"), encoder)
    index = Index.open(frame, postings(frame))
    assert index.search(["vacation"], encoder.encode(["holiday"])[0], 5).rows == [0]


def test_an_item_without_a_vector_is_ranked_by_its_words(build, encoder):
    frame = build.context(_texts("holiday", "parking lot"), encoder)
    frame = frame.with_columns(embedding=pl.when(pl.col("item_id") == "i0").then("embedding"))
    index = Index.open(frame, postings(frame))
    assert index.search(["holiday"], encoder.encode(["holiday"])[0], 5).rows == [0]


def test_only_one_item_of_a_family_is_found_and_the_next_family_takes_its_place(build):
    copies = [{"item_id": f"c{n:02}", "text": "refund window", "family_id": "f"} for n in range(30)]
    index = _index(build, [*copies, {"item_id": "x", "text": "refund in a long text about other things"}])
    found = index.search(["refund"], None, 2)
    assert [r in range(30) for r in found.rows] == [True, False]


def test_equal_scores_are_ordered_by_cite_whatever_the_order_of_the_rows(build):
    items = [{"item_id": f"i{n}", "cite": c, "text": "refund"} for n, c in enumerate("dbca")]
    for rows in (items, items[::-1]):
        found = _index(build, rows).search(["refund"], None, 3).rows
        assert [rows[r]["cite"] for r in found] == ["a", "b", "c"]


def test_rows_that_are_not_allowed_do_not_take_a_place(build):
    index = _index(build, _texts("refund", "refund window", "refund form"))
    assert index.search(["refund"], None, 1, np.array([False, False, True])).rows == [2]


def test_nothing_is_found_in_nothing(build):
    index = _index(build, [])
    assert index.search(["refund"], None, 5).rows == []
    assert _index(build, _texts("refund")).search([], None, 5).rows == []
