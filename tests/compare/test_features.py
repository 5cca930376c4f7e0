"""What can be said of two statements in words."""

import math

import pytest

from canonry.compare.amounts import amounts, clashes
from canonry.compare.features import explain
from canonry.compare.lexicon import bare, exclusions
from canonry.compare.reasons import reason, type_of
from canonry.text import normal


@pytest.mark.parametrize(
    ("text", "low", "high", "kind"),
    [
        ("more than 4 visitors", math.nextafter(4, 5), math.inf, "number"),
        ("at least five", 5, math.inf, "number"),
        ("fewer than 12", -math.inf, math.nextafter(12, 0), "number"),
        ("up to 1,500", -math.inf, 1500, "number"),
        ("2.5 million", 2_500_000, 2_500_000, "number"),
        ("twenty-five", 25, 25, "number"),
        ("one-hundred and five", 105, 105, "number"),
        ("more than a million", math.nextafter(1e6, 2e6), math.inf, "number"),
        ("1.234,5 kg", 1234.5, 1234.5, "number"),
        ("two weeks", 14, 14, "span"),
        ("48 hours", 2, 2, "span"),
        ("5 pm", 1020, 1020, "time"),
        ("17:00", 1020, 1020, "time"),
        ("$50", 50, 50, "money"),
        ("80 %", 80, 80, "share"),
        ("2019-03-01", 737500.55, 737501.05, "date"),
    ],
)
def test_a_number_is_an_interval_of_a_kind(text, low, high, kind):
    (found,) = amounts(text)
    assert (found.low, found.high, found.kind) == (pytest.approx(low), pytest.approx(high), kind)


@pytest.mark.parametrize("text", ["nine eleven", "many million", "set out long ago", "no number"])
def test_words_that_make_no_number_are_none(text):
    assert amounts(text) == ()


@pytest.mark.parametrize(
    ("left", "right", "is_clash"),
    [
        ("it has more than 5 rooms", "it has 4 rooms", True),
        ("it has more than 5 rooms", "it has 6 rooms", False),
        ("kept for two weeks", "kept for 14 days", False),
        ("opens at 9 am", "opens at 09:00", False),
        ("opens at 9 am", "opens at 21:00", True),
        ("about 100 people", "103 people", False),
        ("in 2019", "for $50", False),
        ("on 3 may 2019", "in 2019", False),
        ("on 3 may 2019", "on may 4, 2019", True),
        ("after june 2014", "on 3 may 2014", True),
        ("33 % of 115 reviews", "fewer than 115 reviews", True),
        ("under 600 million views", "over 700 million views", True),
    ],
)
def test_numbers_clash_when_both_cannot_be_true(left, right, is_clash):
    assert bool(clashes(left, right)[0]) == bool(clashes(right, left)[0]) == is_clash


def test_words_of_one_line_exclude_each_other():
    assert exclusions("the door is open", "the door is closed") == [("open", "closed")]
    assert exclusions("a red and a blue door", "a blue and a red door") == []
    assert exclusions("a big door", "a large door") == []


def said(left, right):
    explained = explain(normal(left), normal(right))
    return type_of(explained, bare(normal(left)), bare(normal(right))), reason(explained, left, right)


@pytest.mark.parametrize(
    ("left", "right", "kind", "why"),
    [
        ("Five rooms.", "Seven rooms.", "value_conflict", "“five” against “seven” for the same thing."),
        ("Dogs may come in.", "Dogs may not come in.", "negation", "The right statement says “not”, the left one does not."),
        ("Dogs are forbidden.", "Dogs are welcome.", "negation", "The left statement says “forbidden”, the right one does not."),
        ("The door is open.", "The door is closed.", "value_conflict", "“open” and “closed” exclude each other."),
        ("Led by Maria Ortiz.", "Led by John Baker.", "value_conflict", "“Maria Ortiz” against “John Baker”."),
        ("Runway means cash over burn.", "Runway means months of salary.", "definition", "“cash over burn” against “months of salary”."),
    ],
)
def test_type_and_reason_name_the_difference(left, right, kind, why):
    assert said(left, right) == (kind, why)


def test_a_difference_that_no_word_tells_is_said_to_be_one():
    assert "cannot both be true" in said("Maria employs John.", "John employs Maria.")[1]
