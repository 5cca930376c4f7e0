"""Quality is the exact sum of its contributions; cards and corrections say what stands, and where."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.published import COMPONENTS, TABLES
from tests.arbitrate.build import TONIGHT, World, asserted, dated, no_later_than, only, policy, stated

BY_RANK = policy("authority")


def components(world: World):
    found = world.scored().components
    assert TABLES["quality_components"].breaches(found) == {}
    return found


def weights(**given):
    return {"quality": {"weights": dict.fromkeys(COMPONENTS, 0.0) | given}}


def page(text="Notice is 30 days.", **more):
    return World().page("live/a.md", text, **more)


def test_the_contributions_add_up_to_the_quality_exactly():
    row = only(components(page(authority=3, owner="ann", **dated("2023-03-03"))))
    assert sum(row[f"{c}_contribution"] for c in COMPONENTS) == row["quality"]
    assert isinstance(row["quality"], Decimal)


def test_a_component_that_does_not_apply_is_null_and_gives_its_weight_to_the_others():
    row = only(components(page()))
    assert [c for c in COMPONENTS if row[c] is None] == ["freshness", "authority", "completeness"]
    left = {"agreement": (0.25, 1.0), "uniqueness": (0.1, 1.0), "provenance": (0.1, 1 / 3)}
    assert float(row["quality"]) == pytest.approx(sum(w * v for w, v in left.values()) / 0.45, abs=1e-5)
    assert all(row[f"{c}_contribution"] == 0 for c in ("freshness", "authority", "completeness"))


def test_weights_are_brought_to_a_sum_of_one():
    world = page(authority=1)
    world.config = weights(agreement=7.0, authority=3.0)
    row = only(components(world))
    assert (row["agreement_contribution"], row["authority_contribution"], row["quality"]) == (Decimal("0.7"), Decimal("0.3"), 1)


def test_weights_of_zero_give_no_quality():
    world = page()
    world.config = weights()
    assert only(components(world))["quality"] == 0


@pytest.mark.parametrize(
    ("more", "freshness"),
    [
        (dated("2024-12-31"), 1.0),
        (dated("2022-01-01"), 0.5),
        (dated("2099-01-01"), 1.0),
        (no_later_than("2022-01-01"), 0.5),
        (dated("0001-01-01"), 0.0),
        ({}, None),
    ],
    ids=["today", "half-life", "future", "bound", "ancient", "undated"],
)
def test_freshness_halves_every_three_years(more, freshness):
    assert only(components(page(**more)))["freshness"] == pytest.approx(freshness, abs=1e-3)


def test_authority_falls_with_the_rank():
    ranks = {r: only(components(page(authority=r)))["authority"] for r in (1, 2, 100)}
    assert ranks[1] == 1.0 > ranks[2] == 0.8 > ranks[100] > 0


def test_what_has_no_rank_scores_below_every_rank_there_is():
    world = World()
    for name, rank in (("one", 1), ("two", 2), ("none", None)):
        world.page(f"{name}/a.md", "A.", authority=rank)
    found = {r["item_id"]: (r["authority"], r["quality"]) for r in components(world).iter_rows(named=True)}
    assert found["i:one/a.md"] > found["i:two/a.md"] > found["i:none/a.md"]
    assert found["i:none/a.md"][0] > 0


def test_where_nothing_has_a_rank_authority_does_not_apply():
    assert components(page().page("wiki/b.md", "B."))["authority"].to_list() == [None, None]


def test_versions_that_stand_side_by_side_are_less_unique():
    pair = {"left_id": "live/a.md", "right_id": "live/b.md"}
    unique = {}
    for name, more in {"undecided": {}, "directed": {"newer_id": "live/b.md"}, "copy": {"is_copy": True}, "kin": {"is_kin": True}}.items():
        world = World(page_pairs=[{**pair, **more}]).page("live/a.md", "A.").page("live/b.md", "B.")
        unique[name] = set(components(world)["uniqueness"])
    assert unique == {"undecided": {0.5}, "directed": {1.0}, "copy": {1.0}, "kin": {1.0}}


LIVE, WIKI = stated("30 days", "Notice is 30 days.", authority=1), stated("14 days", "You get 14 days.", "wiki/leave.md", authority=2)


def two_pages(config=BY_RANK, live=LIVE, wiki=WIKI):
    world = World([live, wiki], config=config)
    for claim in (live, wiki):
        world.page(claim["document_id"], claim["sentence"], authority=claim["authority"])
    return world


def test_agreement_falls_where_a_claim_lost_and_more_where_it_is_open():
    decided = dict(components(two_pages()).select("item_id", "agreement").iter_rows())
    assert decided == {"i:live/leave.md": 1.0, "i:wiki/leave.md": 0.6}
    assert set(components(two_pages(policy("validity")))["agreement"]) == {0.3}


def test_a_correction_says_where_what_stands_and_cites_it():
    items = two_pages().scored().items
    row = only(items.filter(source="wiki"))
    (correction,) = row["corrections"]
    assert row["text"][correction["start"] : correction["end"]] == correction["says"] == "14 days"
    assert (correction["stands"], correction["cite"], [correction["conflict_id"]]) == ("30 days", "live/leave.md#top", row["conflict_ids"])
    winner = only(items.filter(source="live"))
    assert (winner["corrections"], winner["conflict_ids"], winner["has_open"]) == (None, row["conflict_ids"], False)


def test_a_correction_by_a_record_cites_the_record():
    world = World([asserted("30 days", "register", authority=1), WIKI], config=BY_RANK)
    world.page("wiki/leave.md", WIKI["sentence"]).record("register", "x.gov")
    row = only(world.scored().items.filter(kind="passage"))
    assert row["corrections"][0]["cite"] == "register/x.gov"


def test_several_corrections_stand_in_the_order_of_the_text():
    sentence = "You get 14 days for 5 EUR."
    lost = [stated(v, sentence, "wiki/leave.md", authority=2, attribute=a) for a, v in (("fee", "5 EUR"), ("leave", "14 days"))]
    right = [asserted(v, "register", authority=1, attribute=a) for a, v in (("leave", "30 days"), ("fee", "9 EUR"))]
    world = World([*lost, *right], config=BY_RANK).page("wiki/leave.md", sentence).record("register", "x.gov")
    found = only(world.scored().items.filter(kind="passage"))["corrections"]
    assert [(c["says"], c["stands"]) for c in found] == [("14 days", "30 days"), ("5 EUR", "9 EUR")]
    assert all(sentence[c["start"] : c["end"]] == c["says"] for c in found)


def test_a_sentence_is_lost_when_every_claim_in_it_is():
    sentence = "You get 14 days for 5 EUR."
    lost = [stated(v, sentence, "wiki/leave.md", authority=2, attribute=a) for a, v in (("fee", "5 EUR"), ("leave", "14 days"))]
    right = [asserted(v, "register", authority=1, attribute=a) for a, v in (("leave", "30 days"), ("fee", "9 EUR"))]
    for against, expected in ((right[:1], 0), (right, 1)):
        world = World([*lost, *against], config=BY_RANK).page("wiki/leave.md", sentence)
        row = only(world.scored().items.filter(kind="passage"))
        assert (row["lost_sentences"], row["sentences"]) == (expected, 1)


def test_a_dismissed_conflict_touches_nothing():
    world = two_pages()
    world.rule("not-a-conflict")
    items = world.scored().items
    assert items["conflict_ids"].to_list() == [[], []]
    assert items["corrections"].to_list() == [None, None]


def cards(world: World):
    return world.scored().items.filter(kind="entity")


def test_a_card_says_value_status_and_source_of_each_fact():
    claims = [
        asserted("a@x.gov", "register", authority=1),
        asserted("b@x.gov", "list", authority=2),
        asserted("GSA", "register", attribute="name"),
        asserted("IT", "list", attribute="name"),
    ]
    card = only(cards(World(claims, config=BY_RANK).record("register", "x.gov").record("list", "x.gov")))
    assert card["text"].split("\n") == ["x.gov (domain)", "contact: a@x.gov [register/x.gov]", "name: GSA (contested) [register/x.gov]"]
    assert (card["cite"], card["entity_id"], card["title"], card["source"]) == ("domain/x.gov", "domain/x.gov", "x.gov", "register")
    assert card["has_open"]
    assert len(card["conflict_ids"]) == 2


def test_a_card_names_the_page_where_a_page_says_it():
    world = World([stated("a@x.gov", "Write to a@x.gov.", "live/x.md")]).record("register", "x.gov").page("live/x.md", "Write to a@x.gov.")
    assert "contact: a@x.gov [live/x.md]" in only(cards(world))["text"]


def test_a_card_is_complete_by_the_attributes_of_its_type():
    claims = [asserted("a"), asserted("n", attribute="name"), asserted("b", subject_id="domain/y.gov", record_id="y.gov")]
    found = components(World(claims).record("a", "x.gov").record("a", "y.gov")).sort("completeness")
    assert found["completeness"].to_list() == [0.5, 1.0]
    assert found["uniqueness"].null_count() == 2


def test_a_card_is_gone_when_all_its_records_are():
    world = World([asserted("a", "a"), asserted("a", "b")]).record("a", "x.gov", removed_on=TONIGHT).record("b", "x.gov")
    assert only(cards(world))["removed_on"] is None
    world.records[1]["removed_on"] = TONIGHT
    assert only(cards(world))["removed_on"] == TONIGHT


def test_a_card_of_a_source_that_is_held_is_held():
    for status, held in (("held", True), ("ok", False)):
        world = World([asserted("a", "a")], sources={"a": {"status": status}}).record("a", "x.gov")
        assert only(cards(world))["is_held"] == held


def test_a_card_is_for_those_who_may_read_what_stands_in_it():
    world = World([asserted("a@x.gov")], sources={"a": {"audience": ["staff"]}}).record("a", "x.gov", audience=["hr"])
    assert only(cards(world))["audience"] == ["hr"]
    said = stated("a@x.gov", "Write to a@x.gov.", "live/x.md")
    world = World([said]).record("a", "x.gov").page("live/x.md", "Write to a@x.gov.", audience=["hr"])
    assert only(cards(world))["audience"] == ["hr"]
    world = World([asserted("a@x.gov", record_id=None)], sources={"a": {"audience": ["staff"]}}).record("b", "x.gov")
    assert only(cards(world))["audience"] == ["staff"]


def aged(*days, claims=None):
    """A world in which sources a, b, … have copies of these days of December, and one week to live."""
    names = "abc"[: len(days)]
    config = {"sources": {n: {"kind": "records", "path": f"{n}.csv", "max_age": "7d"} for n in names}}
    taken = {n: {"observed_at": datetime(2024, 12, d, tzinfo=UTC)} for n, d in zip(names, days, strict=True)}
    world = World(claims or [asserted("x", n) for n in names], sources=taken, config=config)
    for name in names:
        world.record(name, "x.gov")
    return world


def is_aged(world):
    """Whether every copy that the card stands on has the signal."""
    return set(only(cards(world))["stands_on"]) <= set(world.signals().signals.filter(signal="age")["source"])


@pytest.mark.parametrize(("days", "expected"), [((23,), True), ((24,), False), ((23, 1), True), ((23, 31), False)])
def test_a_card_is_aged_when_all_that_stands_in_it_is_from_copies_that_are_too_old(days, expected):
    assert is_aged(aged(*days)) == expected


def test_a_card_with_one_value_from_a_young_copy_is_not_aged():
    assert not is_aged(aged(1, 31, claims=[asserted("x", "a"), asserted("n", "b", attribute="name")]))


def test_what_asserts_inside_another_source_is_as_old_as_that_one():
    world = aged(1, claims=[asserted("x", "a/inner", record_id=None)])
    world.sources["a/inner"] = {"parent": "a", **world.sources["a"]}
    assert only(cards(world))["stands_on"] == ["a"]
    assert is_aged(world)


def test_a_card_without_any_date_says_so():
    card = only(cards(World([asserted("a")]).record("a", "x.gov")))
    assert (card["dated_on"], card["date_basis"], card["date_kind"]) == (None, "none", "unknown")
    card = only(cards(World([asserted("a", **dated("2024-01-01"))]).record("a", "x.gov")))
    assert (card["date_basis"], card["date_kind"]) == ("item", "exact")


def test_nothing_has_no_items():
    assert components(World()).height == 0


WEIGHT = st.floats(0, 100, allow_subnormal=False)


@given(
    st.fixed_dictionaries(dict.fromkeys(COMPONENTS, WEIGHT)),
    st.lists(st.tuples(st.sampled_from([None, 1, 2, 7]), st.sampled_from(["ann", None]), st.dates()), min_size=1, max_size=5),
)
def test_whatever_the_weights_the_sum_is_exact_and_all_lies_between_nought_and_one(given_weights, pages):
    world = World([asserted("a"), asserted("b", "b")], config=weights(**given_weights)).record("a", "x.gov").record("b", "x.gov")
    for n, (rank, owner, day) in enumerate(pages):
        world.page(f"live/{n}.md", f"Page {n}.", authority=rank, owner=owner, **dated(day.isoformat()))
    for row in components(world).iter_rows(named=True):
        assert sum(row[f"{c}_contribution"] for c in COMPONENTS) == row["quality"]
        assert 0 <= row["quality"] <= 1
        assert all(row[c] is None or 0 <= row[c] <= 1 for c in COMPONENTS)
        assert all(row[f"{c}_contribution"] == 0 for c in COMPONENTS if row[c] is None)
