"""A night that reuses what it knows publishes exactly what a night from scratch would."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry import store
from canonry.errors import StoreError
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


def _hash(company):
    company.write()
    return company.workspace.config.hash


def _unlike(company, number):
    """The number that makes `change_field` pick the first option that the configuration does not say already."""
    before, said = _hash(company), json.dumps(company.config)
    for option in range(len(FIELDS[number][1])):
        company.config = json.loads(said)
        MOVES["change_field"](company, number + option * len(FIELDS))
        changed = _hash(company) != before
        company.config = json.loads(said)
        if changed:
            return number + option * len(FIELDS)
    pytest.fail(f"every option of {FIELDS[number][0]} says what is said already")


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
    company = companies()
    before = _hash(company)
    hold_to_scratch(company, [(1, [("change_field", _unlike(company, number))])], ("full",))
    assert company.manifest.config_hash != before


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


def test_a_later_night_keeps_the_moment_at_which_a_conflict_or_an_observation_was_found(company):
    company.run()
    first = {t: dict(company.table(t).select("conflict_id", "detected_at").iter_rows()) for t in ("conflicts", "observations")}
    assert all(first.values()), first
    company.put("live", "people/more.md", page("leave", (2, 0)))
    company.run(3)
    for name, found in first.items():
        later = dict(company.table(name).select("conflict_id", "detected_at").iter_rows())
        there = found.keys() & later.keys()
        assert there
        assert {i: later[i] for i in there} == {i: found[i] for i in there}


def test_a_night_reads_the_release_before_it_once_per_edition(two_editions, monkeypatch):
    two_editions.run()
    read, asked = store.history, []
    monkeypatch.setattr(store, "history", lambda place, release, edition: asked.append(edition) or read(place, release, edition))
    two_editions.run(1)
    assert sorted(asked) == ["full", "hr", "staff"]


def _frozen(company):
    return {p.name: p.read_bytes() for p in (company.workspace.store / "frozen").rglob("*.parquet")}


def test_a_dry_run_that_would_renew_what_is_frozen_leaves_it_as_it_was(company):
    company.run()
    before = _frozen(company)
    company.run(1, refit=True, dry_run=True)
    assert before
    assert _frozen(company) == before


def test_damaged_vectors_stop_the_night_until_they_are_renewed(company):
    company.run()
    before = company.digests()
    damaged = next((company.workspace.store / "frozen").rglob("rows-*.parquet"))
    damaged.write_bytes(b"PAR1 not any more")
    with pytest.raises(StoreError, match=r"damaged.*--refit"):
        company.run()
    assert damaged.read_bytes() == b"PAR1 not any more"
    company.run(refit=True)
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
