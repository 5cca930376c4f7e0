"""Every signal fires when it should, keeps quiet when it should, and says what a person can check."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from canonry.frames import frame
from canonry.published import ID_CHANGES, TABLES
from tests.arbitrate.build import TONIGHT, World, dated, no_later_than, only


def found(world: World, signal: str):
    signals = world.signals().signals
    assert TABLES["staleness"].breaches(signals) == {}
    return signals.filter(signal=signal)


def page(**more):
    return World().page("live/a.md", "A.", **more)


def with_source(**settings):
    return {"sources": {"live": {"kind": "documents", "path": "live", **settings}}}


@pytest.mark.parametrize(("day", "fires"), [("2024-12-30", True), ("2024-12-31", False), ("2025-01-01", False), (None, False)])
def test_a_page_expires_on_the_day_after_its_last(day, fires):
    signals = found(page(expires_on=day and date.fromisoformat(day)), "expired")
    assert signals.height == fires
    if fires:
        row = only(signals)
        assert (row["is_stale"], row["since"], row["evidence"]) == (
            True,
            date(2024, 12, 30),
            "It says itself that it expires on 2024-12-30.",
        )


@pytest.mark.parametrize("name", ["b.md", "./b.md", "live/b.md", "https://x.gov/b"])
def test_a_page_that_names_its_successor_is_replaced_by_it(name):
    row = only(found(page(replaced_by=name).page("live/b.md", "B.", url="https://x.gov/b"), "replaced"))
    assert (row["superseded_by"], row["is_stale"]) == ("live/b.md", True)
    assert name in row["evidence"]


@pytest.mark.parametrize("sources", [("live", "wiki", "zoo"), ("zoo", "wiki", "live")])
def test_a_successor_is_looked_for_in_its_own_source_first(sources):
    world = World().page("wiki/a.md", "A.", replaced_by="b.md")
    for source in sources:
        world.page(f"{source}/b.md", "B.")
    assert only(found(world, "replaced"))["superseded_by"] == "wiki/b.md"


def test_a_successor_that_nobody_knows_is_quoted_and_not_named():
    row = only(found(page(replaced_by="gone.md"), "replaced"))
    assert (row["superseded_by"], row["evidence"]) == (None, "It says itself that it was replaced by gone.md.")


def test_a_page_that_names_itself_is_replaced_by_nothing():
    assert not only(found(page(replaced_by="a.md"), "replaced"))["is_stale"]


def test_pages_that_name_each_other_do_not_both_go():
    world = World().page("live/a.md", "A.", replaced_by="b.md").page("live/b.md", "B.", replaced_by="a.md")
    assert not found(world, "replaced")["is_stale"].any()


def test_a_longer_cycle_of_successors_takes_none_of_its_pages_but_what_leads_into_it():
    names = {"a": "b", "b": "c", "c": "a", "d": "a"}
    world = World()
    for old, new in names.items():
        world.page(f"live/{old}.md", old, replaced_by=f"{new}.md")
    stale = found(world, "replaced").filter("is_stale")
    assert stale["document_id"].to_list() == ["live/d.md"]


def test_a_chain_of_successors_is_kept_link_by_link():
    world = World().page("live/a.md", "A.", replaced_by="b.md").page("live/b.md", "B.", replaced_by="c.md").page("live/c.md", "C.")
    rows = found(world, "replaced").filter("is_stale")
    assert rows.select("document_id", "superseded_by").rows() == [("live/a.md", "live/b.md"), ("live/b.md", "live/c.md")]


def pair(newer, left="live/new.md", right="live/old.md", **more):
    return {"left_id": left, "right_id": right, "newer_id": newer, "evidence": "dates", **more}


@pytest.mark.parametrize(
    ("pairs", "older"),
    [
        ([pair("live/new.md")], ["live/old.md"]),
        ([pair("live/old.md")], ["live/new.md"]),
        ([pair(None)], []),
        ([pair("live/new.md", is_copy=True)], []),
        ([], []),
    ],
    ids=["newer", "the-other", "no-direction", "copy", "no-pair"],
)
def test_the_older_of_two_versions_is_named(pairs, older):
    world = World(page_pairs=pairs).page("live/old.md", "Old.").page("live/new.md", "New.")
    rows = found(world, "older_version")
    assert rows["document_id"].to_list() == older
    assert rows["evidence"].to_list() == ["dates"] * len(older)
    assert rows["is_stale"].all()


def test_of_several_newer_versions_the_one_that_holds_most_of_it_is_named():
    pairs = [pair("live/new.md", containment=0.5), pair("live/best.md", left="live/best.md", containment=0.9)]
    world = World(page_pairs=pairs).page("live/old.md", "Old.").page("live/new.md", "New.").page("live/best.md", "Best.")
    assert only(found(world, "older_version"))["superseded_by"] == "live/best.md"


def test_a_version_that_was_removed_supersedes_nothing():
    world = World(page_pairs=[pair("live/new.md")]).page("live/old.md", "Old.").page("live/new.md", "New.", removed_on=TONIGHT)
    assert found(world, "older_version").height == 0


def test_a_page_that_moved_twice_names_where_it_is_tonight():
    gone = {"removed_on": date(2024, 12, 30)}
    world = World().page("live/a.md", "First.", **gone).page("live/b.md", "Then.", **gone).page("live/c.md", "Then.")
    noted = {"kind": "document", "old_id": "live/a.md", "new_id": "live/b.md", "since": date(2024, 12, 1)}
    world.history = {"id_changes": frame(ID_CHANGES.schema, [noted])}
    rows = world.signals().signals.filter(signal="removed")
    assert dict(rows.select("target_id", "superseded_by").iter_rows()) == {"live/a.md": "live/c.md", "live/b.md": "live/c.md"}
    assert rows["evidence"][0] == "It moved to live/c.md; it is gone from here since 2024-12-30."


def test_a_page_whose_words_stand_on_several_others_moved_to_none_of_them():
    world = World().page("live/a.md", "Same.", removed_on=date(2024, 12, 30)).page("live/b.md", "Same.").page("live/c.md", "Same.")
    assert world.signals().signals.filter(signal="removed")["superseded_by"].to_list() == [None]


def test_what_is_absent_from_its_source_is_removed():
    world = page(removed_on=date(2024, 12, 20)).record("register", "x.gov", removed_on=date(2024, 12, 21)).record("register", "y.gov")
    rows = found(world, "removed").sort("target_kind")
    assert rows.select("target_kind", "target_id", "since").rows() == [
        ("document", "live/a.md", date(2024, 12, 20)), ("record", "x.gov", date(2024, 12, 21)),
    ]  # fmt: skip
    assert rows["evidence"][0] == "It is absent from its source since 2024-12-20."


def registers(best=1, other=2, known=("x", "y"), **sources):
    world = World(sources=sources)
    for key in known:
        world.record("register", key, authority=best)
    for key in ("x", "y", "gone"):
        world.record("copy", key, authority=other)
    return world


def test_a_key_that_a_better_register_does_not_know_is_absent_from_it():
    row = only(found(registers(), "absent_from_authority"))
    assert (row["target_kind"], row["target_id"], row["source"], row["is_stale"]) == ("record", "gone", "copy", True)
    assert "does not stand in register" in row["evidence"]


AT = {n: {"observed_at": datetime(2024, 12, n, tzinfo=UTC)} for n in (1, 2)}


@pytest.mark.parametrize(
    ("world", "fires"),
    [
        (registers(1, None), True),
        (registers(1, 1), False),
        (registers(None, None), False),
        (registers(2, 1, known=("x", "y", "gone")), False),
        (registers(known=("q", "r")), False),
        (registers(register=AT[2], copy=AT[1]), True),
        (registers(register=AT[1], copy=AT[1]), True),
        (registers(register=AT[1], copy=AT[2]), False),
        (registers(register={"status": "held"}), False),
    ],
    ids=["unranked", "equal", "no-ranks", "nothing-missing", "unrelated", "newer", "same-day", "older", "held"],
)
def test_absence_means_something_only_in_a_better_register_that_is_no_older(world, fires):
    assert found(world, "absent_from_authority").height == fires


def test_a_key_removed_from_the_better_register_is_absent_from_it():
    world = registers().record("register", "gone", authority=1, removed_on=TONIGHT)
    assert only(found(world, "absent_from_authority"))["source"] == "copy"


@pytest.mark.parametrize(
    ("more", "fires"),
    [
        ({"review_on": date(2024, 12, 30)}, True),
        ({"review_on": date(2024, 12, 31)}, False),
        (dated("2024-01-01"), True),
        (dated("2024-12-01"), False),
        (no_later_than("2020-01-01"), False),
        ({}, False),
        ({"review_on": date(2025, 6, 1), **dated("2020-01-01")}, False),
        (dated("2099-01-01"), False),
    ],
    ids=["day-passed", "today", "rhythm-passed", "rhythm-holds", "bound", "undated", "own-day-counts-first", "future"],
)
def test_a_review_is_overdue_by_its_day_or_by_the_rhythm_of_its_source(more, fires):
    world = page(**more)
    world.config = with_source(review_every="180d")
    rows = found(world, "review_overdue")
    assert rows.height == fires
    assert not rows["is_stale"].any()


def test_an_overdue_review_says_since_when():
    row = only(found(page(review_on=date(2024, 12, 1)), "review_overdue"))
    assert (row["since"], row["evidence"]) == (date(2024, 12, 1), "Its review was due on 2024-12-01.")


def test_without_a_rhythm_no_review_is_due():
    assert found(page(**dated("1999-01-01")), "review_overdue").height == 0


@pytest.mark.parametrize(("day", "fires"), [(23, True), (24, False), (31, False)])
def test_a_copy_older_than_its_source_allows_is_stale_by_itself(day, fires):
    world = page(observed_on=date(2024, 12, day))
    world.config = with_source(max_age="7d")
    rows = found(world, "age")
    assert rows.height == fires
    if fires:
        row = only(rows)
        assert (row["is_stale"], row["since"]) == (True, date(2024, 12, 31))
        assert row["evidence"] == "Its copy is from 2024-12-23, older than the 7 days that its source allows."


def copied(kind, day=23, limit="7d"):
    """A source `a` of a kind, whose copy is of a day of December."""
    taken = {"kind": kind, "observed_at": datetime(2024, 12, day, tzinfo=UTC)} if day else {"kind": kind}
    columns = {"columns": {"subject": "s", "attribute": "a", "value": "v"}} if kind == "claims" else {}
    settings = {"kind": kind, "path": "a.csv", **columns, **({"max_age": limit} if limit else {})}
    return World(sources={"a": taken}, config={"sources": {"a": settings}})


@pytest.mark.parametrize(("day", "limit", "fires"), [(23, "7d", True), (24, "7d", False), (None, "7d", False), (1, None, False)])
@pytest.mark.parametrize("kind", ["records", "claims"])
def test_an_export_or_a_claims_table_older_than_allowed_is_stale_by_itself(kind, day, limit, fires):
    world = copied(kind, day, limit)
    rows = found(world.record("a", "x.gov") if kind == "records" else world, "age")
    assert rows.height == fires
    if fires:
        row, target = only(rows), ("record", "x.gov") if kind == "records" else ("source", "a")
        assert (row["target_kind"], row["target_id"], row["source"]) == (*target, "a")
        assert (row["is_stale"], row["since"]) == (True, date(2024, 12, 31))
        assert row["evidence"] == "Its copy is from 2024-12-23, older than the 7 days that its source allows."


def test_a_record_that_is_gone_is_removed_and_not_aged():
    assert found(copied("records").record("a", "x.gov", removed_on=TONIGHT), "age").height == 0


def test_a_copy_of_an_unknown_day_or_without_a_limit_is_not_too_old():
    world = page()
    world.config = with_source(max_age="7d")
    assert found(world, "age").height == 0
    assert found(page(observed_on=date(1999, 1, 1)), "age").height == 0


@pytest.mark.parametrize(
    ("more", "signal", "evidence"),
    [
        ({"is_stamped": True, **no_later_than("2024-05-05")}, "stamped_date", "It shares the date 2024-05-05 with many others"),
        ({"is_held": True}, "source_held", "Its source could not be read; the last good copy stands in."),
    ],
)
def test_remarks_on_date_and_source_make_nothing_stale_by_themselves(more, signal, evidence):
    row = only(found(page(**more), signal))
    assert evidence in row["evidence"]
    assert not row["is_stale"]
    assert found(page(), signal).height == 0


@pytest.mark.parametrize(
    ("target", "broken"),
    [
        ("gone.md", True),
        ("../gone.html#part", True),
        ("b.md", False),
        ("b.md#part", False),
        ("./b.md?x=1", False),
        ("sub/c.md", False),
        ("my%20page.md", False),
        ("#here", False),
        ("a.md", False),
        ("https://x.gov/gone.md", False),
        ("mailto:ann@x.gov", False),
        ("/gone.md", False),
        ("picture.png", False),
        ("removed.md", True),
    ],
)
def test_a_link_to_a_page_that_its_source_lacks_is_broken(target, broken):
    world = (
        page()
        .page("live/b.md", "B.")
        .page("live/sub/c.md", "C.")
        .page("live/my page.md", "M.")
        .page("live/removed.md", "R.", removed_on=TONIGHT)
    )
    world.links = [{"document_id": "live/a.md", "target": target}]
    rows = found(world, "broken_link")
    assert rows.height == broken
    if broken:
        gone = " (gone since 2024-12-31)" if target == "removed.md" else ""
        assert only(rows)["evidence"] == f"Links that lead nowhere: {target}{gone}."


def test_several_broken_links_are_one_signal():
    world = page()
    world.links = [{"document_id": "live/a.md", "target": t} for t in ("y.md", "x.md", "y.md")]
    assert only(found(world, "broken_link"))["evidence"] == "Links that lead nowhere: x.md, y.md."


def test_nothing_gives_no_signals():
    assert World().signals().signals.height == 0


@pytest.mark.parametrize("when", [dated("2099-01-01"), dated("2024-01-01"), {}], ids=["future", "all-equal", "no-dates"])
def test_dates_that_tell_nothing_make_nothing_stale(when):
    world = World()
    for n in range(5):
        world.page(f"live/{n}.md", f"{n}.", **when)
    assert world.signals().signals.height == 0
