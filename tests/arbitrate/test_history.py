"""What a fact was before: known from the parent release, and from older sides that bear a day."""

from __future__ import annotations

from datetime import date

import pytest

from canonry.published import TABLES
from tests.arbitrate.build import TONIGHT, World, asserted, dated, no_later_than, policy

NEXT, LATER = date(2025, 1, 10), date(2025, 2, 20)
BY_DATE = policy("supersession", "recency")


def facts(world: World):
    found = world.decided().facts
    assert TABLES["facts"].breaches(found) == {}
    return found


def spans(found):
    rows = found.sort("valid_to", "value", nulls_last=True)
    return [
        (r["value"], r["valid_from"] and str(r["valid_from"]), r["valid_to"] and str(r["valid_to"]), r["is_current"])
        for r in rows.iter_rows(named=True)
    ]


def night(value, before=None, run_date=NEXT, **more):
    """One claim on one thing, with the facts of the night before."""
    history = {} if before is None else {"facts": before}
    return facts(World([asserted(value, **{"known_from": run_date, **more})], history=history, run_date=run_date))


def test_on_the_first_night_a_fact_has_no_past():
    assert spans(night("a@x.gov", run_date=TONIGHT)) == [("a@x.gov", None, None, True)]


def test_a_value_that_gave_way_was_valid_until_the_day_before():
    found = night("b@x.gov", night("a@x.gov", run_date=TONIGHT))
    assert spans(found) == [("a@x.gov", None, "2025-01-09", False), ("b@x.gov", "2025-01-10", None, True)]
    old = found.filter(value="a@x.gov").row(0, named=True)
    assert (old["known_from"], old["known_to"]) == (TONIGHT, NEXT)


@pytest.mark.parametrize(
    ("when", "day"),
    [(dated("2025-01-05"), "2025-01-05"), (dated("2020-01-01"), "2025-01-10"), (no_later_than("2025-01-05"), "2025-01-10"),
     (dated("2031-01-01"), "2025-01-10")],
    ids=["between-the-nights", "before", "bound", "to-come"],
)  # fmt: skip
def test_the_new_value_begins_on_its_own_day_where_that_lies_between_both_nights(when, day):
    found = night("b@x.gov", night("a@x.gov", run_date=TONIGHT), **when)
    assert found.filter("is_current")["valid_from"].item() == date.fromisoformat(day)


def test_a_value_that_only_lost_a_decision_has_not_been_past():
    """A ruling, taken back the night after, changes what stands; nothing in the world began or ended."""
    both = [asserted("a@x.gov", "wiki", **dated("2024-06-05")), asserted("b@x.gov", "crm")]
    first = facts(World(both, config=policy("validity")))
    standing = first.row(0, named=True)["value"]
    other = next(a for a in both if a["value"] != standing)
    flipped = [{**a, "authority": 1 if a is other else 2} for a in both]
    second = facts(World(flipped, config=policy("authority"), history={"facts": first}, run_date=NEXT))
    assert spans(second) == [(other["value"], None, None, True)]


def test_the_past_is_kept_night_after_night():
    second = night("b@x.gov", night("a@x.gov", run_date=TONIGHT))
    assert spans(night("b@x.gov", second, LATER)) == spans(second)
    third = night("c@x.gov", second, LATER)
    assert spans(third) == [
        ("a@x.gov", None, "2025-01-09", False), ("b@x.gov", "2025-01-10", "2025-02-19", False), ("c@x.gov", "2025-02-20", None, True),
    ]  # fmt: skip


def test_a_value_stays_known_since_the_night_that_first_saw_it():
    again = night("a@x.gov", night("a@x.gov", run_date=TONIGHT), source="b")
    assert again["known_from"].to_list() == [TONIGHT]


def test_without_a_present_there_is_no_past():
    before = night("a@x.gov", run_date=TONIGHT)
    assert facts(World(history={"facts": before}, run_date=NEXT)).height == 0


def test_a_source_that_is_gone_leaves_no_past():
    before = night("a@x.gov", run_date=TONIGHT, source="secret")
    assert spans(night("b@x.gov", before)) == [("b@x.gov", "2025-01-10", None, True)]


def test_the_older_side_of_a_decided_conflict_is_the_past():
    old, new = asserted("a@x.gov", "wiki", **dated("2021-05-01")), asserted("b@x.gov", "crm", **dated("2024-06-05"))
    found = facts(World([old, new], config=BY_DATE))
    assert spans(found) == [("a@x.gov", None, "2021-05-01", False), ("b@x.gov", "2024-06-05", None, True)]
    assert found.filter(value="a@x.gov")["known_to"].item() is None


@pytest.mark.parametrize(
    ("old", "config"), [(no_later_than("2021-05-01"), BY_DATE), (dated("2021-05-01"), policy("validity"))], ids=["no-exact-day", "open"]
)
def test_a_side_without_a_day_of_its_own_or_undecided_is_no_past(old, config):
    world = World([asserted("a@x.gov", "wiki", **old), asserted("b@x.gov", "crm", **dated("2024-06-05"))], config=config)
    assert facts(world)["is_current"].all()


def test_a_value_that_gave_way_to_a_decision_alone_is_no_past_nor_does_the_other_begin():
    sides = [asserted("a@x.gov", "wiki", authority=2, **dated("2024-06-05")), asserted("b@x.gov", "crm", authority=1)]
    first = World(sides, config=policy("authority"))
    before, claims = facts(first), first.decided().claims
    ruled = {"policy": [{"when": {}, "decide_by": ["recency"]}]}
    sides[1] |= dated("2021-05-01")
    after = facts(World(sides, config=ruled, history={"facts": before, "claims": claims}, run_date=NEXT))
    assert (before["value"].to_list(), spans(after)) == (["b@x.gov"], [("a@x.gov", None, None, True)])
