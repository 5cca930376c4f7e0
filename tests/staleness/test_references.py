"""What a page points to: links that moved, pages that went out of date, things that are gone."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from canonry.published import TABLES
from tests.arbitrate.build import TONIGHT, World, asserted, only
from tests.staleness.test_staleness import found

PAST = date(2024, 12, 1)


def linked(world: World, *pairs: tuple[str, str]) -> World:
    world.links = [{"document_id": f"live/{a}.md", "target": b} for a, b in pairs]
    return world


def pages(*names: str, **more) -> World:
    world = World()
    for name in names:
        world.page(f"live/{name}.md", f"{name}.", **more)
    return world


def test_a_link_to_a_page_that_moved_names_where_it_went():
    world = pages("a").page("live/old.md", "The same words.", removed_on=PAST).page("live/new.md", "The same words.")
    row = only(found(linked(world, ("a", "old.md")), "broken_link"))
    assert row["evidence"] == "Links that lead nowhere: old.md (gone since 2024-12-01, now live/new.md)."
    assert row["since"] == PAST


def test_a_move_that_the_parent_release_knew_is_named_when_the_page_itself_is_forgotten():
    known = {"kind": "document", "old_id": "live/old.md", "new_id": "live/new.md", "reason": "moved", "since": PAST}
    world = linked(pages("a", "new"), ("a", "old.md"))
    world.history = {"id_changes": TABLES["id_changes"].conform(pl.DataFrame([known]))}
    assert only(found(world, "broken_link"))["evidence"] == "Links that lead nowhere: old.md (now live/new.md)."


def test_a_link_to_a_page_that_is_gone_names_its_successor():
    world = pages("a", "new").page("live/old.md", "Old.", removed_on=PAST, replaced_by="new.md")
    assert "now live/new.md" in only(found(linked(world, ("a", "old.md")), "broken_link"))["evidence"]


def chain(*stale: str) -> World:
    """Page a links to b, b to c, c to d; those named expired."""
    world = World()
    for name in "abcd":
        world.page(f"live/{name}.md", name, expires_on=PAST if name in stale else None)
    return linked(world, ("a", "b.md"), ("b", "c.md"), ("c", "d.md"))


def test_what_links_to_a_page_that_is_out_of_date_may_be_too_for_two_steps():
    rows = found(chain("d"), "dependency_stale").sort("target_id")
    assert rows["target_id"].to_list() == ["live/b.md", "live/c.md"]
    assert rows["score"].to_list() == pytest.approx([0.15, 0.3])
    assert rows["evidence"].to_list() == [
        "It links to live/c.md, which links to live/d.md, which is out of date: It says itself that it expires on 2024-12-01.",
        "It links to live/d.md, which is out of date: It says itself that it expires on 2024-12-01.",
    ]
    assert not rows["is_stale"].any()


@pytest.mark.parametrize(
    "world",
    [
        chain(),
        linked(pages("a", expires_on=PAST), ("a", "a.md")),
        linked(pages("a", "b", expires_on=PAST), ("a", "b.md"), ("b", "a.md")),
        linked(pages("a").page("live/gone.md", "G.", removed_on=PAST), ("a", "gone.md")),
        linked(pages("new").page("live/old.md", "Old.", replaced_by="new.md"), ("new", "old.md")),
    ],
    ids=["nothing-is-stale", "itself", "both-are-stale", "broken-instead", "its-successor"],
)
def test_a_link_that_tells_nothing_makes_nothing_depend(world):
    assert found(world, "dependency_stale").height == 0


def test_a_cycle_of_links_is_walked_once():
    world = linked(pages("a", "b").page("live/c.md", "C.", expires_on=PAST), ("a", "b.md"), ("b", "a.md"), ("b", "c.md"), ("c", "a.md"))
    assert sorted(found(world, "dependency_stale")["target_id"]) == ["live/a.md", "live/b.md"]


def shop(sentence: str, **record) -> World:
    world = World().page("live/kit.md", sentence)
    return world.record("list", "Phlux 90", "product/phlux 90", **record)


def test_a_sentence_about_a_thing_that_left_its_register_points_to_nothing():
    row = only(found(shop("Take the Phlux 90 to the river", removed_on=PAST), "dead_reference"))
    assert (row["target_id"], row["since"], row["is_stale"]) == ("live/kit.md", PAST, False)
    assert "“Take the Phlux 90 to the river.”" in row["evidence"]
    assert "It is absent from its source since 2024-12-01." in row["evidence"]


def test_a_thing_that_its_record_calls_retired_is_gone_too():
    row = only(found(shop("Take the Phlux 90 to the river", values='{"status": "Discontinued"}'), "dead_reference"))
    assert "list/Phlux 90 calls it Discontinued." in row["evidence"]


@pytest.mark.parametrize(
    "world",
    [
        shop("Take the Phlux 90 to the river"),
        shop("Take the Phlux 900 to the river", removed_on=PAST),
        shop("The Phlux 90 was replaced last year", removed_on=PAST),
        shop("Take the Phlux 90 to the river", values='{"remarks": "discontinued"}'),
        shop("Take the Phlux 90 to the river", removed_on=PAST).record("other", "Phlux 90", "product/phlux 90"),
        shop("Take the Phlux 90 to the river", removed_on=PAST).record("crm", "Phlux 90", "customer/phlux 90"),
    ],
    ids=["there", "longer-name", "looks-back", "another-column", "in-another-register", "shared-name"],
)
def test_what_is_there_or_not_meant_is_no_dead_reference(world):
    assert found(world, "dead_reference").height == 0


def test_a_thing_absent_from_the_better_register_is_gone():
    world = World().page("live/kit.md", "Ask gone.gov for help")
    for key in ("x.gov", "y.gov"):
        world.record("best", key, authority=1)
    for key in ("x.gov", "y.gov", "gone.gov"):
        world.record("copy", key, authority=2)
    assert only(found(world, "dead_reference"))["target_id"] == "live/kit.md"


@pytest.mark.parametrize(("more", "stale"), [({}, False), ({"review_on": PAST}, True)], ids=["references-alone", "and-time"])
def test_two_signs_of_one_kind_are_one_piece_of_evidence(more, stale):
    world = pages("b", expires_on=PAST).page("live/a.md", "A.", **more).claim(asserted("x"))
    linked(world, ("a", "gone.md"), ("a", "b.md"))
    rows = world.curated().staleness.filter(target_id="live/a.md")
    assert {"broken_link", "dependency_stale"} <= set(rows["signal"])
    assert rows["is_stale"].any() == stale


def test_a_sign_that_most_pages_of_a_source_show_tells_nothing_of_one():
    for names, stale in (("abc", True), ("abcdefghijkl", False)):
        world = pages(*names, review_on=TONIGHT.replace(month=1))
        linked(world, *((n, "gone.md") for n in names))
        assert world.curated().staleness["is_stale"].any() == stale
