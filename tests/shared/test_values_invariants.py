"""What holds for values of every type, whatever the text."""

from __future__ import annotations

import resource
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.published import VALUE_TYPES
from canonry.values import Value, canonical, find, infer, is_null, kind_of, locale_of, read

PARTS = (
    "$ £ € 1,234.50 1.234,5 1'000 80 % ‰ - – .. to and between from up\u00a0to at\u00a0least about 4:30 pm noon ET "
    "March mar 5th 2024 Q3 --03-05 two twenty-one half dozen hundred a an week days working km MB °C hour h k "
    "million (5) https:// [ www. @ x.example (0) +44 00 ext yes ✓ inc s.p.a. dr. , &amp; &nbsp; &lt; ½ ² ٣ １２ 月 st "
    "n/a 14/03/2024 03/04/24 45000 1711000000 P1D PT5M pp or more + ~ < >="
)
WORDS = st.sampled_from(PARTS.split())
TEXT = st.one_of(
    st.text(max_size=40),
    st.lists(WORDS, max_size=7).map(" ".join),
    st.lists(WORDS, max_size=4).map("".join),
    st.lists(st.sampled_from("&#;amplt38x0 NBSP"), max_size=14).map("".join),
)
KIND = st.sampled_from(VALUE_TYPES)
ORDERS = {"day": "%d/%m/%Y", "month": "%m/%d/%Y"}


@given(TEXT, KIND)
def test_the_canonical_form_is_its_own_canonical_form(text, kind):
    once = canonical(text, kind)
    assert isinstance(once, Value)
    assert canonical(once.value, kind).value == once.value


@given(TEXT, KIND)
def test_what_can_be_read_is_the_canonical_value(text, kind):
    made = read(text, kind)
    assert made is None or made == canonical(text, kind)


@given(TEXT, KIND, st.booleans())
def test_spans_are_in_order_apart_and_hold_a_value_of_the_type(text, kind, loosely):
    spans = find(text, kind, loosely=loosely)
    assert all(a < b for a, b in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert all(read(text[a:b], kind) for a, b in spans)


@given(st.lists(TEXT, max_size=6))
def test_any_column_has_a_type_and_a_locale(column):
    kind = infer(column)
    assert kind in VALUE_TYPES
    assert all(isinstance(canonical(v, kind, locale_of(column, kind)), Value) for v in column)


@given(TEXT)
def test_any_token_is_null_or_not_and_has_a_kind_or_none(text):
    assert is_null(text) in (True, False)
    assert kind_of(text) in (None, *VALUE_TYPES)


NUMBER = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)


@given(NUMBER, NUMBER)
def test_numbers_share_a_form_when_they_are_equal_and_never_otherwise(number, other):
    spellings = [
        f"{number:f}",
        f"{number:,f}",
        f"{number:,f}".replace(",", "\u00a0"),
        f"{number:f}".translate(str.maketrans("0123", "０１２３")),
    ]
    forms = {canonical(s, "number").value for s in spellings}
    assert len(forms) == 1
    assert Decimal(forms.pop()) == number
    assert (canonical(f"{other:f}", "number") == canonical(f"{number:f}", "number")) == (other == number)


@given(st.integers(-(10**40), 10**40))
def test_no_digit_of_a_long_number_is_lost(number):
    assert canonical(str(number), "number").value == str(number)


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)), st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_days_share_a_form_when_they_are_equal_and_never_otherwise(one, other):
    named = [f"{one.day} {one:%B} {one.year}", f"{one:%B} {one.day}, {one.year}", f"{one:%A}, {one:%B} {one.day}, {one.year}"]
    spellings = [one.isoformat(), *named, f"{one:%d.%m}.{one.year:04d}", f"{one.year:04d}年{one.month}月{one.day}日"]
    assert {canonical(s, "date").value for s in spellings} == {one.isoformat()}
    assert (canonical(other.isoformat(), "date") == canonical(one.isoformat(), "date")) == (other == one)


@given(st.lists(st.dates(date(1970, 1, 1), date(2068, 12, 31)), min_size=1, max_size=8), st.sampled_from(sorted(ORDERS)))
def test_a_column_with_one_clear_day_is_read_whole_and_one_without_is_left_alone(days, order):
    shape = ORDERS[order]
    clear = date(2024, 5, 25)
    column = [d.strftime(shape) for d in [*days, clear]]
    assert infer(column) == "date"
    locale = locale_of(column, "date")
    assert locale.order == order
    assert [canonical(v, "date", locale).value for v in column] == [d.isoformat() for d in [*days, clear]]
    for text in column:
        first, second = int(text[:2]), int(text[3:5])
        assert (read(text, "date") is None) == (first <= 12 and second <= 12 and first != second)


@given(st.integers(0, 10**7), st.integers(0, 99))
def test_a_column_with_a_decimal_comma_marks_thousands_by_points(whole, cents):
    column = [f"{whole:,}".replace(",", "."), f"{whole:,}".replace(",", ".") + f",{cents:02d}", "1.234.567,89", "7,5"]
    locale = locale_of(column, "number")
    assert [canonical(v, "number", locale).value for v in column[:1]] == [str(whole)]
    assert Decimal(canonical(column[1], "number", locale).value) == Decimal(f"{whole}.{cents:02d}")


@given(st.integers(0, 24 * 60 - 1), st.integers(-12, 14))
def test_a_moment_is_the_same_in_every_zone(minutes, offset):
    hour, minute = divmod(minutes, 60)
    local = f"2024-03-14T{hour:02d}:{minute:02d}:00"
    day, there = divmod(minutes - offset * 60, 24 * 60)
    expected = f"{date(2024, 3, 14) + timedelta(days=day)}T{there // 60:02d}:{there % 60:02d}:00Z"
    assert canonical(f"{local}{'+' if offset >= 0 else '-'}{abs(offset):02d}:00", "datetime").value == expected


PIECES = [
    "1,", "1,111", "a-", "a@", "co ", "(1 ", "sept", "&amp;", "$1", "1-", "12:30 ", "twenty-one ", "1.", "5 days and ", "P1Y", "a.a",
    "up to ", "May ", "5%-", "1'111'", "1 111 ", "about ", "https://a.", "x/", "1st of May ",
]  # fmt: skip
HOSTILE = """
from canonry.published import VALUE_TYPES
from canonry.values import canonical, find, infer, is_null, kind_of
for piece in {pieces!r}[::{step}]:
    text = (piece * {n})[:{n}] + "x"
    for kind in VALUE_TYPES:
        canonical(text, kind)
        if {finding}:
            find(text, kind, loosely=True)
    infer([text]), is_null(text), kind_of(text)
"""


@pytest.mark.parametrize(("n", "finding"), [(100_000, False), (10_000, True)])
def test_long_hostile_text_takes_no_more_than_linear_work(n, finding):
    """Quadratic work over these texts would take minutes of processor time; the operating system ends the process at fifteen seconds."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (15, 15))

    code = HOSTILE.format(pieces=PIECES, n=n, finding=finding, step=3 if finding else 2)
    done = subprocess.run([sys.executable, "-c", code], preexec_fn=limited, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
