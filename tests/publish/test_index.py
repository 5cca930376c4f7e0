"""The postings find what a person would look for, and are the same whatever the order of the items."""

from __future__ import annotations

import math

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from canonry import published
from canonry.publish import postings
from canonry.text import terms


def items(*texts: str, title: str | None = None, heading: str | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "item_id": [f"i{n}" for n in range(len(texts))],
            "title": [title] * len(texts),
            "heading": [heading] * len(texts),
            "text": list(texts),
        },
        schema={"item_id": pl.String, "title": pl.String, "heading": pl.String, "text": pl.String},
    )


def weight(found: pl.DataFrame, term: str, item: str) -> float:
    return found.filter((pl.col("term") == term) & (pl.col("item_id") == item))["weight"].item()


def test_weights_are_those_of_the_formula():
    found = postings(items("refund refund window", "window", "leave"))
    mean, n = 5 / 3, 3
    idf = math.log(1 + (n - 1 + 0.5) / (1 + 0.5))
    assert weight(found, "refund", "i0") == round(idf * 2 / (2 + 1.2 * (0.6 + 0.4 * 3 / mean)), 6)


def test_rare_words_weigh_more_than_common_ones_and_short_items_more_than_long_ones():
    found = postings(items("refund leave", "leave and sick days and travel and badges", "leave"))
    assert weight(found, "refund", "i0") > weight(found, "leave", "i0")
    assert weight(found, "leave", "i2") > weight(found, "leave", "i0") > weight(found, "leave", "i1")


def test_title_and_heading_are_found_and_missing_ones_do_no_harm():
    assert weight(postings(items("Nothing here.", title="Travel", heading="Travel > Hotels")), "hotel", "i0") > 0
    assert postings(items("a the of")).is_empty()
    assert_frame_equal(postings(items()), published.POSTINGS.empty())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(max_size=40) | st.sampled_from(["Bücher’s “end”—x", "a\u00a0b\u2003c\x1cd", "don't e.g. U.S.A. 4:30"]),
        min_size=1,
        max_size=6,
    ),
    st.randoms(),
)
def test_terms_are_those_of_a_query_and_row_order_does_not_matter(texts, random):
    frame = items(*texts)
    found = postings(frame)
    assert set(found.select("item_id", "term").iter_rows()) == {(f"i{n}", t) for n, text in enumerate(texts) for t in terms(text)}
    order = list(range(frame.height))
    random.shuffle(order)
    assert_frame_equal(postings(frame[order]), found)
    assert_frame_equal(published.POSTINGS.conform(found), found)
    assert published.POSTINGS.breaches(found) == {}
