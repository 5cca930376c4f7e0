"""Which columns of two exports mean the same: what is taken for one, what only looks alike, and what rows and headings do to it."""

from __future__ import annotations

import random
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry.match.entities.alike import SURE, alike, headings_alike, shared
from tests.match.people import person

NEW = {"first": "Vorname", "last": "Nachname", "street": "Anschrift", "city": "Ort", "born": "geb.", "phone": "Telefon"}


def sure(left, right, rows=None):
    found = alike(left, right, (left.columns, right.columns), rows)
    return {(p.left, p.right) for p in found if p.is_clear and p.likeness >= SURE}


@pytest.fixture(scope="module")
def registers():
    """Two registers of 200 and 120 persons, 40 of them in both, under headings without a word in common."""
    rng = random.Random(5)  # noqa: S311  (no secrets)
    drawn = pl.DataFrame([person(rng) for _ in range(280)])
    return drawn[:200], drawn[160:].rename(NEW)


def numbers(seed, **spread):
    r = random.Random(seed)  # noqa: S311  (no secrets)
    return pl.DataFrame({name: [f"{r.gauss(*at):.2f}" for _ in range(300)] for name, at in spread.items()})


def test_columns_are_matched_by_what_they_hold_where_headings_say_nothing(registers):
    assert sure(*registers) == set(NEW.items())


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(registers, seed):
    left, right = registers
    shuffled = [f.sample(fraction=1, shuffle=True, seed=seed) for f in registers]
    columns = (left.columns, right.columns)
    assert alike(*shuffled, columns) == alike(left, right, columns)


def test_numbers_of_different_size_are_not_taken_for_one_although_they_share_their_digits():
    left, right = numbers(1, price=(500, 40), weight=(5, 1)), numbers(2, width=(50, 8), height=(170, 9))
    assert not sure(left, right)


def test_numbers_and_days_agree_however_each_export_writes_them():
    r = random.Random(9)  # noqa: S311  (no secrets)
    rows = [(f"part {n:03d}{r.choice('abcdef')}x", r.lognormvariate(6, 1), date(2020, 1, 1) + timedelta(days=n * 3)) for n in range(150)]
    left = pl.DataFrame({"part": [p for p, _, _ in rows], "cost": [f"{a:,.2f}" for _, a, _ in rows], "d1": [f"{d}" for *_, d in rows]})
    comma = str.maketrans(",.", ".,")
    right = pl.DataFrame({
        "Teil": [p for p, _, _ in rows], "Preis": [f"{a:,.2f} EUR".translate(comma) for _, a, _ in rows],
        "T": [f"{d:%d.%m.%Y}" for *_, d in rows],
    })  # fmt: skip
    assert sure(left, right) == {("part", "Teil"), ("cost", "Preis"), ("d1", "T")}


def test_columns_with_the_same_values_are_told_apart_by_the_rows_they_agree_in():
    r = random.Random(3)  # noqa: S311  (no secrets)
    names = [f"{r.choice('bcdfgl')}{r.choice('aeiou')}{r.choice('mnrst')}{r.choice('aeiou')}{n:03d}x" for n in range(200)]
    days = [[f"20{r.randrange(10, 24)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}" for _ in names] for _ in range(2)]
    left = pl.DataFrame({"name": names, "ordered": days[0], "sent": days[1]})
    right = pl.DataFrame({"a": names, "b": days[1], "c": days[0]})
    assert sure(left, right) == {("name", "a"), ("ordered", "c"), ("sent", "b")}


def test_a_column_whose_counterpart_could_be_either_of_two_is_left_to_a_person():
    left = numbers(4, length=(300, 50))
    right = numbers(5, x=(300, 50), y=(300, 50))
    assert not sure(left, right)


def test_columns_that_never_agree_in_rows_known_to_be_one_are_not_proposed():
    left, right = numbers(6, pulse=(70, 9)), numbers(7, F1=(70, 9))
    assert not sure(left, right, (left.with_row_index()["index"].to_numpy(), left.with_row_index()["index"].to_numpy()))


def test_yes_and_no_alone_make_no_two_columns_one():
    r = random.Random(8)  # noqa: S311  (no secrets)
    left, right = (pl.DataFrame({name: [r.choice(["yes", "no"]) for _ in range(100)]}) for name in ("parking", "F3"))
    assert not sure(left, right)


@pytest.mark.parametrize(
    ("one", "other", "alike_enough"),
    [
        ("Customer name", "customer_name", True),
        ("dob", "Date of birth", True),
        ("dept", "Department", True),
        ("listPrice", "price list", True),
        ("address 1", "address 2", False),
        ("salary", "colour", False),
    ],
)
def test_headings_are_alike_by_words_initials_and_beginnings_but_not_with_other_numbers(one, other, alike_enough):
    assert (headings_alike(one, other) > 0.5) is alike_enough
    assert headings_alike(one, other) == headings_alike(other, one)


def test_empty_and_constant_columns_are_matched_with_nothing_and_do_not_fail():
    left = pl.DataFrame({"a": ["", "N/A", None], "b": ["1", "1", "1"]})
    assert not sure(left, pl.DataFrame({"c": ["x", "x", "x"], "d": [None, None, None]}, schema={"c": pl.String, "d": pl.String}))


def test_the_share_of_common_rows_is_about_what_it_is(registers):
    left, right = registers
    pairs = list(NEW.items())
    assert 0.25 <= shared(left, right, pairs) <= 0.45  # 40 of 120
    assert shared(right, left, [(b, a) for a, b in pairs]) == shared(left, right, pairs)
    assert shared(left.head(80), right.tail(80), pairs) < 0.05
