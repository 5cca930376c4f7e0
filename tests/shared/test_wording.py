"""Words of denial, definition, scope and estimate."""

from __future__ import annotations

import pytest

from canonry.wording import definition, denies, estimates, scopes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("you may park here", False),
        ("you may not park here", True),
        ("cards are no longer accepted", True),
        ("approval is optional", True),
        ("approval is not optional", False),
        ("it is not only allowed but welcome", False),
    ],
)
def test_denials_are_told_and_two_affirm(text, expected):
    assert denies(text.split()) is expected


@pytest.mark.parametrize(
    ("sentence", "term"),
    [
        ("A working day means any day on which the depot is open.", "working day"),
        ("SLA stands for service level agreement.", "sla"),
        ("“Core hours” is defined as the time between ten and four.", "core hours"),
        ("It means that the desk is closed today.", None),
        ("That refers to the list of the year before.", None),
        ("The desk is open on working days.", None),
    ],
)
def test_definitions_are_told_by_their_verb_and_a_term(sentence, term):
    found = definition(sentence)
    assert (found[0] if found else None) == term


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In the UK, staff get 25 days.", {"place": "uk"}),
        ("At the Leeds depot, doors open at 8.", {"place": "leeds"}),
        ("Contractors are paid in 2023 by invoice.", {"audience": "contractor", "period": "2023"}),
        ("With v2.1 the limit is 10.", {"version": "2.1"}),
        ("FY22-Q1 goals", {"period": "fy22-q1"}),
        ("You may drive in May.", {}),
    ],
)
def test_the_conditions_that_a_text_names(text, expected):
    assert scopes(text) == expected


def test_estimates_are_told_by_the_word_before():
    assert estimates("We have about ")
    assert not estimates("It is about the 3 of ")
