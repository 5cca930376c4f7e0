"""Bounds and ranges in sentences, and what they admit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.claims.bounds import admits, bounded
from canonry.published import ASSERTIVE
from canonry.values import find
from tests.claims.statements import said
from tests.claims.test_linked import CS


@pytest.mark.parametrize(
    ("text", "kind", "value", "precision"),
    [
        ("up to £50 a head", "money", "<=50.00 GBP", "bound"),
        ("at least 6 weeks", "duration", ">=P42D", "bound"),
        ("no more than 4 hours", "duration", "<=PT240M", "bound"),
        ("no less than 45 days", "duration", ">=P45D", "bound"),
        ("fewer than 30 seats", "number", "<=30", "bound"),
        ("between 2 weeks and 4 weeks", "duration", "P14D..P28D", "range"),
        ("it costs £50", "money", "50.00 GBP", "exact"),
    ],
)
def test_words_before_a_value_make_it_a_bound_or_a_range(text, kind, value, precision):
    ((_, _, made),) = bounded(text, find(text, kind), kind)
    assert (made.value, made.precision) == (value, precision)


@given(st.integers(0, 999), st.integers(0, 999))
def test_a_bound_admits_exactly_the_values_within_it(limit, value):
    assert admits(f"<={limit}.00 GBP", f"{value}.00 GBP") == (value <= limit)
    assert admits(f">=P{limit}D", f"P{value}D") == (value >= limit)
    assert admits(f"{limit}..{limit + 5}", str(value)) == (limit <= value <= limit + 5)


def test_what_cannot_be_compared_is_not_admitted():
    assert not admits("<=50.00 GBP", "40.00 EUR")
    assert not admits("<=50", "see page 3")
    assert not admits("<=P30D", "45.00 GBP")


@pytest.mark.parametrize(("text", "clashes"), [("at least 12 months", False), ("up to 36 months", False), ("at least 36 months", True)])
def test_only_a_bound_that_excludes_what_the_record_says_stands_against_it(text, clashes):
    row = said(f"# Notes\n\nThe warranty of CS-200 is {text}.\n").row(0, named=True)  # the record says 24 months
    assert (row["subject_id"], row["precision"]) == (CS, "bound")
    assert row["modality"] in ASSERTIVE
    assert (row["scope"] is None) == clashes
