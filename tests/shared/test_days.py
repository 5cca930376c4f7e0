from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.days import order_of, parse_day

DAY = date(2024, 3, 14)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-14", "2024-3-14", "2024/03/14", "20240314", "2024-03-14T23:59:59+02:00", "2024-03-14 10:00", "20240314T101500Z",
        "14.03.2024",
        "14.3.2024 10:00", "14/03/2024", "03/14/2024", "14 March 2024", "14. Mar 2024", "14-Mar-2024", "March 14, 2024", "Mar. 14th, 2024",
        "Thursday, March 14, 2024", "Thu, 14 Mar 2024 10:00:00 +0000", " 2024-03-14 ",
    ],
)  # fmt: skip
def test_common_ways_to_write_a_day_are_read(text):
    assert parse_day(text) == DAY


@pytest.mark.parametrize(
    "text", ["", "soon", "2024", "2024-03", "2024-02-30", "14 Smarch 2024", "03/04/2024", "1711000000", "2024-03-14-15", "14/03.2024"]
)
def test_what_is_no_day_or_two_days_is_not_guessed(text):
    assert parse_day(text) is None


def test_a_column_shows_its_own_order():
    assert order_of(["03/04/2024", "25/12/2024"]) == "day"
    assert order_of(["03/04/2024", "12/25/2024"]) == "month"
    assert order_of(["25/12/2024", "12/25/2024"]) is None
    assert parse_day("03/04/2024", "day") == date(2024, 4, 3)
    assert parse_day("03/04/2024", "month") == date(2024, 3, 4)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_iso_day_is_read_as_itself(day):
    assert parse_day(day.isoformat()) == day
