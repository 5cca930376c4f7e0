from datetime import date, timedelta

import polars as pl
import pytest

from canonry.normalise.dates import settled

DAY = date(2024, 3, 1)
SEEN = date(2024, 12, 1)


def dated(shared: int, others: int = 0, *, observed: date | None = None, source: str = "live") -> pl.DataFrame:
    """As many items on one day as `shared`, and as many on days of their own as `others`."""
    days = [DAY] * shared + [DAY + timedelta(days=n + 1) for n in range(others)]
    frame = pl.DataFrame(
        {"source": [source] * len(days), "observed_on": [observed] * len(days), "own_on": days, "own_basis": ["sidecar"] * len(days)},
        schema={"source": pl.String, "observed_on": pl.Date, "own_on": pl.Date, "own_basis": pl.String},
    )
    return settled(frame, "own_on", "own_basis")


@pytest.mark.parametrize(
    ("shared", "others", "stamped"),
    [(10, 0, False), (11, 0, True), (10, 200, False), (11, 200, True), (20, 380, False), (21, 379, True), (1, 0, False)],
)
def test_a_day_that_too_many_items_share_is_a_stamp(shared, others, stamped):
    found = dated(shared, others)
    assert found["is_stamped"].sum() == (shared if stamped else 0)
    assert found.filter(own_on=DAY)["date_kind"].unique().to_list() == ["no_later_than" if stamped else "exact"]
    assert found["dated_on"].to_list() == found["own_on"].to_list()
    assert found["date_basis"].unique().to_list() == ["sidecar"]


def test_items_of_other_sources_make_no_stamp():
    parts = pl.concat(
        [
            dated(6).select("source", "observed_on", "own_on", "own_basis"),
            dated(6, source="wiki").select("source", "observed_on", "own_on", "own_basis"),
        ]
    )
    assert not settled(parts, "own_on", "own_basis")["is_stamped"].any()


def undated(observed):
    schema = {"source": pl.String, "observed_on": pl.Date, "own_on": pl.Date, "own_basis": pl.String}
    frame = pl.DataFrame([{"source": "live", "observed_on": observed, "own_on": None, "own_basis": "content"}] * 30, schema=schema)
    return settled(frame, "own_on", "own_basis").row(0, named=True)


def test_without_a_date_of_its_own_an_item_is_no_later_than_its_copy():
    row = undated(SEEN)
    assert (row["dated_on"], row["date_basis"], row["date_kind"], row["is_stamped"]) == (SEEN, "observed", "no_later_than", False)


def test_without_any_date_an_item_says_that_it_knows_none():
    row = undated(None)
    assert (row["dated_on"], row["date_basis"], row["date_kind"], row["is_stamped"]) == (None, "none", "unknown", False)
