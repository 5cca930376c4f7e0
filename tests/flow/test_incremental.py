"""A night that reuses what it knows publishes exactly what a night from scratch would."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flow.company import assert_same, differing, page
from tests.flow.moves import FIELDS, MOVES

pytestmark = pytest.mark.promise("incremental-equals-full", "state-is-recomputable")
NUMBERS = st.integers(0, 999)
NIGHTS = st.lists(
    st.tuples(st.integers(0, 40), st.lists(st.tuples(st.sampled_from(sorted(MOVES)), NUMBERS), max_size=3)), min_size=1, max_size=3
)


def _told(nights):
    return "; then ".join(f"+{days} days: {', '.join(f'{name}({n})' for name, n in moves) or 'nothing'}" for days, moves in nights)


def _happen(company, moves):
    for name, n in moves:
        MOVES[name](company, n)


def hold_to_scratch(company, nights, ways=("full", "stateless")):
    """Run nights one after the other; run the last one again from scratch, in copies made before it."""
    company.run()
    for days, moves in nights[:-1]:
        _happen(company, moves)
        company.run(days)
    _happen(company, nights[-1][1])
    copies = {way: company.copy(company.base.with_name(way)) for way in ways}
    company.run(nights[-1][0])
    for way, other in copies.items():
        if way == "stateless":
            other.forget_state()
        other.run(nights[-1][0], full=way == "full")
        assert_same(company, other, f"the {way} night differs after {_told(nights)}")
        assert company.manifest.release_id == other.manifest.release_id


@given(NIGHTS)
@settings(max_examples=6)
def test_whatever_happened_the_incremental_night_equals_the_one_from_scratch(companies, nights):
    hold_to_scratch(companies(), [(days, list(moves)) for days, moves in nights])


@pytest.mark.parametrize("move", sorted(MOVES))
def test_after_one_move_of_each_kind_the_incremental_night_equals_the_one_from_scratch(companies, move):
    before = [(1, [("rule", 0)])] if move == "unrule" else []  # a ruling stands in the release after it
    hold_to_scratch(companies(), [*before, (1, [(move, 5)])])


@pytest.mark.parametrize("number", range(len(FIELDS)), ids=[path for path, _ in FIELDS])
def test_after_a_change_of_one_configuration_field_the_incremental_night_equals_the_one_from_scratch(companies, number):
    hold_to_scratch(companies(), [(1, [("change_field", number + len(FIELDS))])], ("full",))


@pytest.mark.promise("nothing-changed")
def test_an_unchanged_night_publishes_nothing_and_computes_nothing(two_editions):
    first = two_editions.run()
    again = two_editions.run()
    assert first.published
    assert (again.published, again.exit_reason, again.release_id) == (False, "nothing changed", first.release_id)
    assert again.cache["misses"] == 0, again.cache
    assert again.cache["hits"] > 0


def test_only_what_changed_is_computed_again(company):
    company.run()
    company.put("live", "people/leave.md", page("leave", (2, 0)), dated="2024-11-01")
    steps = company.run(1).cache["steps"]
    assert steps["normalise-parse"]["misses"] == 1
    assert steps["vectors"]["misses"] == 1
    assert 0 < sum(s["misses"] for s in steps.values()) < sum(s["hits"] for s in steps.values())


def test_deleting_the_state_changes_nothing_that_is_published(company):
    company.run()
    before = company.manifest
    company.forget_state()
    assert company.run().exit_reason == "nothing changed"
    assert company.manifest == before


def test_a_damaged_state_is_made_anew(company):
    company.run()
    before = company.digests()
    for file in company.workspace.state.rglob("*.parquet"):
        file.write_bytes(b"PAR1 not any more")
    company.run(0, full=False)
    assert not differing(before, company.digests())


def test_vectors_that_are_lost_are_made_anew_and_are_the_same(company):
    company.run()
    before = company.digests()
    shutil.rmtree(company.workspace.store / "frozen")
    company.run()
    assert not differing(before, company.digests())


@pytest.mark.promise("held-source-leaves-no-trace")
@pytest.mark.parametrize("source", ["live", "wiki", "prices", "prices_old", "sites"])
def test_a_night_on_which_a_source_was_down_leaves_no_trace(companies, source):
    company = companies()
    company.run()
    calm = company.copy(company.base.with_name("calm"))
    company.take_down(source)
    during = company.run(1)
    assert (during.sources[source]["status"], during.degraded) == ("held", (source,))
    company.bring_back(source)
    company.run(1)
    calm.run(2)
    assert_same(company, calm, f"nights with {source} (ok, down, ok) end otherwise than (ok, ok)")


def test_going_back_in_time_needs_full(company):
    from canonry.errors import UsageError

    company.run(3)
    with pytest.raises(UsageError, match="before that of the current release"):
        company.run(-1)
    assert company.run(0, full=True).published
    assert company.manifest.run_date == company.day
