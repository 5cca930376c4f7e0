"""Statements of unrelated pages: what is compared, and when two of them have one subject."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from canonry.claims.slots import TEMPLATE, labels, slot, slot_pairs
from canonry.match import match
from canonry.state import NoMemo
from tests.claims.statements import claimed
from tests.normalise.small import context, document, normalised

if TYPE_CHECKING:
    import polars as pl

LOST = "Report a lost or stolen laptop to the desk within {} at any time of day."
FILLER = "The {} of the {} stands behind the shed, and nobody asks for it before spring."


def page(path: str, *sections: tuple[str, str], title: str | None = None, **more):
    """A page of sections: (heading, text)."""
    name = title or path.removesuffix(".md")
    body = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in sections)
    return document(path, f"# {name}\n\n{body}\n", title=name, **more)


def found(*pages) -> pl.DataFrame:
    """The differences between unrelated pages, as (left value, right value)."""
    run = context()
    read = normalised(*pages, run=run)
    return slot_pairs(NoMemo(), read, match(run, read))[0]


def values(*pages) -> list[tuple[str, str]]:
    """The differing values, as claims have them."""
    claims = claimed(*pages).claims.filter(subject_kind="topic")
    return sorted(tuple(sorted(g["verbatim"].to_list())) for _, g in claims.group_by("attribute"))


LAPTOPS = page("Laptops.md", ("Lost or stolen", LOST.format("3 hours,")))
SECURITY = page("Security for everyone.md", ("Laptops away from the office", LOST.format("1 hour,")), ("Mail", FILLER.format("key", "van")))


def test_two_pages_on_different_matters_that_share_one_statement_are_found():
    assert values(LAPTOPS, SECURITY) == [("1 hour", "3 hours")]


def test_equal_values_in_another_form_are_no_difference():
    assert not found(page("Laptops.md", ("Lost", LOST.format("60 minutes,"))), SECURITY).height


def test_a_statement_with_a_word_more_is_still_the_same_statement():
    longer = LOST.replace("laptop", "laptop or phone")
    assert values(page("Laptops.md", ("Lost or stolen", longer.format("3 hours,"))), SECURITY) == [("1 hour", "3 hours")]


def test_control_the_same_sentences_under_shuffled_subjects_are_no_conflict():
    """The evidence is what the pages are called: take it away, and nothing may be found."""
    one = page("Parking.md", ("Bicycles", LOST.format("3 hours,")))
    other = page("Catering.md", ("Lunch", LOST.format("1 hour,")))
    assert not found(one, other).height


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (page("Runbook for oxygen meters.md", ("Laptops", LOST.format("3 hours,"))),
         page("Runbook for turbidity meters.md", ("Laptops", LOST.format("1 hour,")))),
        (page("Laptops, part 1.md", ("Loss", LOST.format("3 hours,"))), page("Laptops, part 2.md", ("Loss", LOST.format("1 hour,")))),
        (page("Leeds.md", ("Laptops", LOST.format("3 hours,")), ("Kitchen", "Bring a mug.")),
         page("Bristol.md", ("Laptops", LOST.format("1 hour,")), ("Kitchen", "Wash your mug."))),
        (page("Laptops in Germany.md", ("Loss", LOST.format("3 hours,"))), SECURITY),
        (page("Laptops.md", ("Loss", LOST.format("3 hours,") + " So much for that. " + LOST.format("1 hour,"))), SECURITY),
        (page("Laptops.md", ("Loss", "Step 3 of the laptop form asks for the serial number.")),
         page("Desk.md", ("Laptop form", "Step 4 of the laptop form asks for the serial number."))),
        (page("Laptops.md", ("Loss", "Report a lost laptop in the channel #laptops of the chat.")),
         page("Desk.md", ("Laptop loss", "Report a lost laptop in the channel #desk of the chat."))),
    ],
    ids=["titles-of-one-form", "numbers-in-titles", "pages-of-one-form", "one-names-a-place", "a-list-of-cases", "a-label", "a-name"],
)  # fmt: skip
def test_one_sign_of_another_subject_is_enough(left, right):
    assert not found(left, right).height


def test_pages_that_name_different_places_differ_in_scope():
    one = page("Laptops in Germany.md", ("Loss", LOST.format("3 hours,")))
    other = page("When a laptop is lost, for France.md", ("Loss", LOST.format("1 hour,")))
    told = claimed(one, other).claims.filter(subject_kind="topic")
    assert dict(told.select("verbatim", "scope").iter_rows()) == {"3 hours": "germany", "1 hour": "france"}


def test_a_form_that_every_page_fills_for_itself_is_a_template_and_counted():
    pages = [
        page(f"{w}.md", ("Practice", f"The job of the {j} requires {n} years of practice."))
        for n, (w, j) in enumerate([("Driver", "smith"), ("Smith", "smith"), ("Cook", "smith"), ("Clerk", "smith")], start=2)
    ]
    run = context()
    read = normalised(*pages, run=run)
    told, coverage = slot_pairs(NoMemo(), read, match(run, read))
    assert not told.height
    assert len(pages) > TEMPLATE
    assert {d: capped for d, _, _, capped in coverage}["claims.slots"] == len(pages)


def test_two_meanings_of_a_term_are_a_definition_clash():
    one = page("Boarding.md", ("Terms", "Gate closes means the moment at which the desk stops taking passengers."))
    other = page("Dispatch.md", ("When a gate closes", "Gate closes means the time when the aircraft leaves its stand for the runway."))
    told = found(one, other)
    assert told["kind"].to_list() == ["text"]


def test_two_wordings_of_one_meaning_are_no_clash():
    one = page("Boarding.md", ("Gate", "Gate closes means the moment at which the desk stops taking passengers."))
    other = page("Dispatch.md", ("Gate", "Gate closes means the moment when the desk stops taking any passengers."))
    assert not found(one, other).height


def test_a_denial_on_another_page_is_found():
    one = page("Visitors.md", ("Parking", "Visitors may park their cars in the yard of the depot overnight."))
    other = page("Depot.md", ("Parking for visitors", "Visitors may not park their cars in the yard of the depot overnight."))
    claims = claimed(one, other).claims.filter(subject_kind="topic")
    assert sorted(claims.select("verbatim", "value", "value_type").iter_rows()) == [
        ("may", "true", "boolean"),
        ("may not", "false", "boolean"),
    ]


def test_the_order_of_pages_means_nothing():
    pages = [LAPTOPS, SECURITY, *(page(f"Note {w}.md", ("Text", FILLER.format(w, w))) for w in ("oak", "elm", "ash", "fir"))]
    mixed = list(pages)
    random.Random(5).shuffle(mixed)  # noqa: S311  (any order will do)
    assert found(*pages).equals(found(*mixed))
    assert claimed(*pages).claims.equals(claimed(*mixed).claims)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Passwords must have at least 14 characters.", "password least character"),
        ("Answer within 3 hours of the first call.", "answer within first call"),
        ("Answer within 45 minutes of the first call.", "answer within first call"),
        ("Never answer within 45 minutes of the first call.", "answer within first call"),
    ],
)
def test_the_slot_of_a_sentence_is_what_stands_beside_its_values(text, expected):
    assert slot(text)["slot"] == expected


@pytest.mark.parametrize("text", ["Yes, 14.", "Go.", "14 15 16 17 18 19", " ".join(["word"] * 70)])
def test_a_sentence_that_says_too_little_or_is_no_sentence_has_no_slot(text):
    assert slot(text) is None


def test_a_number_behind_a_label_is_a_name():
    assert labels("See section 3 of the form.", 12)
    assert not labels("Keep it for 3 years.", 12)
