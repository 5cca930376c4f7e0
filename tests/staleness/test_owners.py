"""An owner is gone when the list of people does not know the address; a shared mailbox is nobody."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.arbitrate.build import World, only
from tests.staleness.test_staleness import found

PEOPLE = ("ana.ruiz", "ben.lee", "cy.moss", "dee.hart")


def firm(*owners: str, people=PEOPLE, left=(), **columns) -> World:
    world = World()
    for n, name in enumerate((*people, *left)):
        gone = {"removed_on": date(2024, 11, 5)} if name in left else {}
        world.record("directory", f"E{n}", values=json.dumps({"email": f"{name}@x.example".title(), **columns}), **gone)
    for n, owner in enumerate(owners):
        world.page(f"live/{n}.md", f"{n}.", owner=owner if "@" in owner or " " in owner else f"{owner}@x.example")
    return world


def test_an_owner_who_does_not_stand_in_the_directory_is_gone():
    row = only(found(firm("ana.ruiz", "ben.lee", "zoe.gold"), "owner_gone"))
    assert (row["target_id"], row["is_stale"], row["since"]) == ("live/2.md", False, None)
    assert row["evidence"] == "Its owner zoe.gold@x.example does not stand in directory (email)."


def test_a_heading_with_braces_is_a_heading():
    world = firm("ana.ruiz", "ben.lee", "zoe.gold")
    world.records = [{**r, "values": r["values"].replace('"email"', '"mail_{}"')} for r in world.records]
    assert only(found(world, "owner_gone"))["evidence"] == "Its owner zoe.gold@x.example does not stand in directory (mail_{})."


def test_an_owner_who_left_is_gone_since_that_day():
    row = only(found(firm("ana.ruiz", "ben.lee", "zoe.gold", left=("zoe.gold",)), "owner_gone"))
    assert (row["since"], row["score"]) == (date(2024, 11, 5), 0.5)
    assert row["evidence"] == "Its owner zoe.gold@x.example is gone from directory (email) since 2024-11-05."


@pytest.mark.parametrize(
    "world",
    [
        firm("ana.ruiz", "ben.lee"),
        firm("ana.ruiz", "ben.lee", "help-desk1x@elsewhere.example", "helpdesk"),
        firm("ana.ruiz", "Zoe Gold", "the people team"),
        firm("zoe.gold", "yan.fox", "ana.ruiz"),
        firm("ana.ruiz", "zoe.gold", people=()),
        firm("ana.ruiz", "ben.lee", "zoe.gold", people=("ana.ruiz",) * 5 + ("ben.lee",) * 5),
        World().page("live/a.md", "A."),
    ],
    ids=["all-there", "shared-mailboxes", "no-addresses", "not-their-directory", "empty-directory", "list-of-customers", "no-owners"],
)
def test_nobody_is_gone_where_nothing_can_be_looked_up(world):
    assert found(world, "owner_gone").height == 0


@pytest.mark.parametrize(
    ("world", "possible", "looked_up"),
    [(firm("ana.ruiz", "ben.lee", "zoe.gold", "helpdesk"), 4, 3), (firm("ana.ruiz", people=()), 1, 0), (World(), 0, 0)],
    ids=["shared-mailbox", "empty-directory", "nothing"],
)
def test_how_many_owners_could_be_looked_up_is_told(world, possible, looked_up):
    row = only(world.signals().coverage.filter(detector="staleness.owner_gone"))
    assert (row["pairs_possible"], row["pairs_considered"], row["partial"]) == (possible, looked_up, looked_up < possible)


def test_an_owner_who_is_gone_is_a_flag_and_with_another_sign_stale():
    world = firm("ana.ruiz", "ben.lee", "zoe.gold")
    assert "owner_gone" in only(world.curated().context.filter(document_id="live/2.md"))["flags"]
    assert only(world.curated().context.filter(document_id="live/2.md"))["status"] == "current"
    world.documents[2]["review_on"] = date(2024, 1, 1)
    assert only(world.curated().context.filter(document_id="live/2.md"))["status"] == "stale"
