"""A source's own rhythm: fitted where its dates allow it, and never on stamps, bulk edits or days to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.rhythm import LEAST_DATES, fitted
from tests.arbitrate.build import TONIGHT, World, dated, no_later_than, only
from tests.staleness.test_staleness import found

OLDEST = 2000


def source(ages, **more) -> World:
    world = World()
    for n, age in enumerate(ages):
        world.page(f"live/{n:03}.md", f"{n}.", **dated((TONIGHT - timedelta(days=int(age))).isoformat()), **more)
    return world


USUAL = [*range(5, 405, 5)]  # eighty pages, touched within 400 days


@pytest.mark.parametrize(("shape", "scale"), [(1.0, 300.0), (0.6, 120.0), (2.5, 900.0)])
def test_a_rhythm_is_found_again_in_what_it_makes(shape, scale):
    days = np.random.default_rng(7).weibull(shape, 4000) * scale
    rhythm = fitted(days)
    assert rhythm.shape == pytest.approx(shape, rel=0.1)
    assert rhythm.half_life == pytest.approx(scale * np.log(2) ** (1 / shape), rel=0.1)


def test_the_interval_holds_the_true_half_life_about_as_often_as_it_says():
    draws = np.random.default_rng(11).weibull(1.3, (300, 60)) * 200.0
    true = 200.0 * np.log(2) ** (1 / 1.3)
    held = np.mean([low <= true <= high for low, high in (fitted(d).interval for d in draws)])
    assert 0.9 <= held <= 0.99


@given(st.lists(st.integers(1, 5000), min_size=LEAST_DATES, max_size=80, unique=True), st.randoms())
def test_the_order_of_dates_changes_nothing(days, shuffle):
    mixed = list(days)
    shuffle.shuffle(mixed)
    assert fitted(mixed) == fitted(days)


@pytest.mark.parametrize("days", [[], range(LEAST_DATES - 1), [30] * 500, [1, 2, 3] * 100], ids=["none", "few", "one-day", "three-days"])
def test_too_few_dates_are_no_rhythm(days):
    assert fitted(days) is None


def test_a_page_untouched_for_longer_than_its_source_takes_is_old():
    row = only(found(source([*USUAL, OLDEST]), "age"))
    assert (row["target_id"], row["is_stale"]) == (f"live/{len(USUAL):03}.md", False)
    assert row["evidence"].startswith("It is unchanged for 2000 days. In live half of the pages changed within ")
    assert TONIGHT - timedelta(days=OLDEST) < row["since"] < TONIGHT


@pytest.mark.parametrize(
    "world",
    [
        source(USUAL),
        source([*USUAL[:20], OLDEST]),
        source([30] * 80 + [OLDEST]),
        source([-400 + n for n in range(80)]),
        source([*USUAL, -OLDEST]),
    ],
    ids=["all-usual", "too-few", "one-edit", "all-to-come", "one-to-come"],
)
def test_without_a_rhythm_or_beyond_it_nothing_is_old(world):
    assert found(world, "age").height == 0


def test_stamps_say_nothing_of_the_rhythm_but_may_be_too_old_for_it():
    world = source(USUAL)
    for n, day in enumerate(["2019-01-01"] * 40):
        world.page(f"live/s{n}.md", "S.", is_stamped=True, **no_later_than(day) | {"date_basis": "sidecar"})
    assert found(world, "age").height == 40
    unstamped = found(source([*USUAL, OLDEST]), "age")["evidence"][0]
    assert "from 81 dates" in unstamped


def test_how_many_pages_had_a_rhythm_is_told():
    few = only(source([1, 2, 3]).signals().coverage.filter(detector="staleness.age"))
    many = only(source(USUAL).signals().coverage.filter(detector="staleness.age"))
    assert (few["pairs_considered"], few["partial"]) == (0, True)
    assert (many["pairs_considered"], many["partial"]) == (len(USUAL), False)


WEEKLY = [7 * n + n % 3 for n in range(1, 61)]


@pytest.mark.parametrize(("shift", "silent"), [(0, False), (7, False), (400, True)])
def test_a_source_in_which_nothing_changes_any_more_is_silent(shift, silent):
    rows = found(source([shift + age for age in WEEKLY]), "source_silent")
    assert rows.height == silent
    if silent:
        row = only(rows)
        assert (row["target_kind"], row["target_id"], row["is_stale"]) == ("source", "live", False)
        assert "Nothing in it has changed since" in row["evidence"]


def test_a_source_is_silent_from_the_day_of_its_copy_and_not_from_tonight():
    world = source([400 + age for age in WEEKLY])
    world.sources = {"live": {"observed_at": datetime(2023, 11, 29, tzinfo=UTC)}}
    assert found(world, "source_silent").height == 0


def test_quick_sources_go_stale_quicker_and_none_in_less_than_half_a_year():
    quick = source([n % 40 + 1 for n in range(60)]).page("live/x.md", "X.", **dated((TONIGHT - timedelta(days=180)).isoformat()))
    slow = source([20 * n for n in range(60)]).page("live/x.md", "X.", **dated((TONIGHT - timedelta(days=180)).isoformat()))
    fresh = [
        only(w.scored().components.filter(item_id="i:live/x.md"))["freshness"]
        for w in (quick, slow, World().page("live/x.md", "X.", **dated("2022-01-01")))
    ]
    assert fresh[0] == pytest.approx(0.5)
    assert fresh[1] > fresh[0]
    assert fresh[2] == pytest.approx(0.5, abs=1e-3)


@given(st.permutations(range(60)), st.sampled_from([date(2024, 12, 31), date(2031, 5, 5)]))
def test_signals_depend_neither_on_the_order_of_pages_nor_on_the_clock(order, copied_on):
    world = source([*USUAL[:59], OLDEST], observed_on=TONIGHT)
    before = world.signals().signals
    world.documents = [world.documents[n] for n in order]
    assert world.signals().signals.equals(before)
    world.run_date = max(copied_on, TONIGHT)  # the copy is of one day: a later run sees the same ages
    assert world.signals().signals.filter(signal="age").equals(before.filter(signal="age"))
