"""What sentences say of their own time: only days that are written out, and no more than the words give."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.frames import CLAIMED, frame
from canonry.validity import of_claims, validity
from tests.arbitrate.build import asserted, dated, only, stated

MAY = date(2024, 5, 3)


def days(said):
    return said and (said.valid_from and said.valid_from.isoformat(), said.valid_to and said.valid_to.isoformat())


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("The rate holds until 31 March 2023.", (None, "2023-03-31")),
        ("The rate holds until the end of March 2023.", (None, "2023-03-31")),
        ("Valid through 2025-12-31.", (None, "2025-12-31")),
        ("The old card expires on June 30th, 2024.", (None, "2024-06-30")),
        ("It is deprecated as of January 2024.", (None, "2024-01-31")),
        ("The rate as of Q3 2021 is 5 %.", ("2021-07-01", None)),
        ("Effective from 1 July 2024 the rate is £60.", ("2024-07-01", None)),
        ("Effective date: 1 July 2024", ("2024-07-01", None)),
        ("Since 2019 we pay £10.", ("2019-01-01", None)),
        ("The offer is not valid until 1 May 2024.", ("2024-05-01", None)),
        ("The rate is £10 from March 2021 until March 2022.", ("2021-03-01", "2022-03-31")),
        ("The price holds from 2024-01-01 to 2024-06-30.", ("2024-01-01", "2024-06-30")),
        ("Targets for Q3 2021: 5 deals.", ("2021-07-01", "2021-09-30")),
        ("The budget for H2 2022 is £5,000.", ("2022-07-01", "2022-12-31")),
    ],
)
def test_the_time_of_a_sentence_is_what_it_says(sentence, span):
    said = validity(sentence)
    assert days(said) == span
    assert sentence[said.start : said.end].strip() == sentence[said.start : said.end] != ""


@pytest.mark.parametrize(
    "sentence",
    [
        "Open from 9 to 5.",
        "Wait until Ann answers.",
        "The tax year runs from 6 April 2023 to 5 April 2024 each year.",
        "From 1 July the rate is £60.",
        "Between 2010 and 2012 the firm grew.",
        "We moved house in Q3 2021.",
        "We hired five people for Q3 2021.",
        "It ends on 31 February 2024.",
        "The tool is deprecated.",
        "",
    ],
)
def test_a_sentence_that_bounds_nothing_says_nothing(sentence):
    assert validity(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("From 1 July the rate is £60.", ("2024-07-01", None)),
        ("From 1 March the rate is £60.", ("2024-03-01", None)),
        ("The rate holds until 1 March.", (None, "2025-03-01")),
        ("The XR-5 is now deprecated.", (None, "2024-05-03")),
    ],
)
def test_words_that_lean_on_the_page_take_its_exact_date(sentence, span):
    assert days(validity(sentence, MAY)) == span


def test_of_a_migration_the_old_ends_and_the_new_begins():
    sentence = "We are migrating mail from server 4 to server 9 this year."
    assert days(validity(sentence, MAY, sentence.index("4"))) == (None, "2024-05-03")
    assert days(validity(sentence, MAY, sentence.index("9"))) == ("2024-05-03", None)
    assert validity(sentence, None, sentence.index("9")) is None


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_a_day_is_read_however_it_is_written(day):
    for written in (
        day.isoformat(),
        f"{day.day} {day:%B} {day.year}",
        f"{day:%b} {day.day}, {day.year}",
        f"{day.day}th of {day:%B} {day.year}",
    ):
        assert validity(f"This holds until {written}.").valid_to == day


def told(sentence, value, run_date=MAY, **more):
    claims = frame(CLAIMED["claims"], [stated(value, sentence, **{**dated("2024-01-10"), **more})])
    return only(of_claims(claims, run_date))


def test_a_claim_takes_the_time_of_its_sentence():
    row = told("The day rate is £55 until 31 March 2024.", "£55")
    assert (row["valid_from"], row["valid_to"]) == (None, date(2024, 3, 31))


def test_a_day_that_is_itself_the_value_bounds_nothing():
    assert told("The contract runs until 31 March 2024.", "31 March 2024")["valid_to"] is None


@pytest.mark.parametrize(
    ("sentence", "before", "after"),
    [
        ("The rate is £55 until 31 March 2025.", "was", "is"),
        ("The rate is £55 until 31 March 2024.", "was", "was"),
        ("From 1 March 2024 the rate will be £55.", "plan", "is"),
        ("From 1 July 2024 the rate will be £55.", "plan", "plan"),
        ("The rate will be £55.", "plan", "plan"),
    ],
)
def test_what_was_planned_or_ends_later_is_true_while_its_time_lasts(sentence, before, after):
    assert told(sentence, "£55", modality=before)["modality"] == after


def test_claims_of_records_and_no_claims_at_all_are_left_as_they_are():
    empty = frame(CLAIMED["claims"])
    assert of_claims(empty, MAY).equals(empty)
    row = frame(CLAIMED["claims"], [asserted("£55 until 1 May 2020")])
    assert of_claims(row, MAY).select(pl.col("valid_to").is_null()).item()
