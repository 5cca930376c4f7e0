"""An undecided conflict says of every word of its rule what it saw."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.arbitrate.build import World, asserted, dated, no_later_than, only, policy, stated
from tests.arbitrate.test_policy import FUTURE, PAST, WORDS

OLD, NEW, NO_LATER = dated("2020-01-01"), dated("2024-06-01"), no_later_than("2024-12-31")
RANGE = {"precision": "range"}


def conflict(claims, *words, **more):
    return only(World(list(claims), config=policy(*words, **more)).decided().conflicts)


@pytest.mark.parametrize(
    ("word", "sides", "saw"),
    [
        ("validity", ({}, {}), "both hold on the run date"),
        ("validity", (PAST, FUTURE), "none holds on the run date"),
        ("validity", ({}, {}, PAST), "2 of 3 hold on the run date"),
        ("supersession", ({}, {}), "none is replaced"),
        ("authority", ({"authority": 2}, {"authority": 2}), "same rank, 2"),
        ("authority", ({}, {}), "no side has a rank"),
        ("authority", ({"authority": 1}, {"authority": 1}, {"authority": 2}), "2 of 3 have the best rank, 1"),
        ("agreement", ({}, {}), "1 against 1"),
        ("corroboration", (NEW, NEW), "no side stands in a second dated place"),
        ("recency", (NEW, NEW), "same date, 2024-06-01"),
        ("recency", (NO_LATER, NO_LATER), "no exact date"),
        ("recency", (NEW, {}), "a side has no date"),
        ("recency", (NEW, NO_LATER), "2024-06-01, but another may be as new as 2024-12-31"),
        ("recency", (NEW, OLD, NO_LATER), "2024-06-01, but another may be as new as 2024-12-31"),
        ("specificity", ({}, {}, {}), "all 3 are exact"),
        ("specificity", (RANGE, RANGE), "none is exact"),
    ],
)
def test_a_word_that_abstains_says_what_it_saw(word, sides, saw):
    found = conflict((asserted(f"v{n}", f"s{n}", **side) for n, side in enumerate(sides)), word)
    assert found["reason"] == f"No rule separates the sides ({word}: {saw}); a person is asked."


def test_a_majority_that_is_not_sure_enough_says_by_how_much_it_falls_short():
    said = [asserted("x", "a"), asserted("x", "b"), asserted("y", "c")]
    assert "agreement: 2 against 1, 62 % sure, below 80 %" in conflict(said, "agreement")["reason"]
    tied = [*said, asserted("y", "d")]
    assert "agreement: 2 against 2;" in conflict(tied, "agreement", "authority")["reason"]


def test_sides_that_are_all_replaced_say_so():
    pages = {n: stated(n, f"It is {n}.", f"live/{n}.md") for n in ("old", "older")}
    later = [stated("new", "It is new.", f"live/new-{n}.md") for n in (1, 2)]
    pairs = [
        {"left_id": f"live/{old}.md", "right_id": newer["document_id"], "newer_id": newer["document_id"]}
        for old in pages
        for newer in later
    ]
    world = World([*pages.values(), *later, asserted("other", "register")], page_pairs=pairs, config=policy("supersession"))
    assert "supersession: 2 of 4 are replaced" in only(world.decided().conflicts)["reason"]


def test_several_corroborated_sides_say_so():
    said = [asserted(v, f"{v}{n}", **NEW) for v in "xy" for n in range(2)]
    assert "corroboration: both stand in a second dated place" in conflict(said, "corroboration")["reason"]


def test_the_words_stand_in_the_order_of_the_rule():
    found = conflict([asserted("x", "a"), asserted("y", "b")], "recency", "authority")
    assert found["reason"] == "No rule separates the sides (recency: no exact date; authority: no side has a rank); a person is asked."


def test_a_conflict_that_no_rule_is_about_says_so():
    found = only(World([asserted("x", "a"), asserted("y", "b")], config={"policy": []}).decided().conflicts)
    assert found["reason"] == "No rule of the policy is about it; a person is asked."


def test_a_rule_that_tries_nothing_says_so():
    assert "(its rule tries nothing)" in conflict([asserted("x", "a"), asserted("y", "b")])["reason"]


SIDE = st.fixed_dictionaries(
    {},
    optional={
        "authority": st.integers(1, 2),
        "precision": st.sampled_from(["exact", "range"]),
        "valid_to": st.sampled_from([PAST["valid_to"], None]),
    },
)


@given(st.lists(st.tuples(SIDE, st.sampled_from([OLD, NEW, NO_LATER, {}])), min_size=2, max_size=4), st.permutations(WORDS))
def test_whatever_the_sides_are_every_word_is_accounted_for_where_none_decides(sides, words):
    found = conflict((asserted(f"v{n}", f"s{n}", **side, **day) for n, (side, day) in enumerate(sides)), *words)
    if found["status"] == "open":
        told = found["reason"].removeprefix("No rule separates the sides (").removesuffix("); a person is asked.")
        assert [part.split(": ")[0] for part in told.split("; ")] == list(words)
    else:
        assert "No rule" not in found["reason"]
