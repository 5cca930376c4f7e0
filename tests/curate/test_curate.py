"""Every item is served or left out, for the first reason that applies; nothing is edited and nothing vanishes."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.published import FLAGS, ITEM_STATUSES, REASONS, TABLES
from tests.arbitrate.build import TONIGHT, World, asserted, dated, only, policy, stated

BY_RANK = policy("authority")
GUARD = {"protect": {"hidden_text": "quarantine", "instructions": "quarantine"}}
PAST = date(2024, 1, 1)


def reasons(world: World):
    return dict(world.curated().excluded.select("document_id", "reason").iter_rows())


def statuses(world: World):
    return dict(world.curated().context.select("document_id", "status").iter_rows())


# What makes a page go for each reason, in the order in which reasons apply.
GONE = {
    "quarantined": {"speaks": True},
    "superseded": {"replaced_by": "new.md"},
    "expired": {"expires_on": PAST},
    "removed": {"removed_on": PAST},
}


def gone(*why):
    world = World(config={**GUARD}).page("live/new.md", "New.")
    return world.page("live/a.md", "A.", **{k: v for w in why for k, v in GONE[w].items()})


@pytest.mark.parametrize("reason", GONE)
def test_a_page_goes_for_its_reason_and_for_no_later_one(reason):
    order = list(GONE)
    later = order[order.index(reason) :]
    assert reasons(gone(reason)) == {"live/a.md": reason}
    assert reasons(gone(*later)) == {"live/a.md": reason}


@pytest.mark.parametrize("first", GONE)
def test_a_page_that_goes_anyway_is_no_duplicate_of_another(first):
    world = with_copies(gone(first), "live/a.md", "live/copy.md", text="A.")
    assert reasons(world) == {"live/a.md": first}


def test_the_evidence_speaks_of_the_reason():
    evidence = {r: only(gone(*list(GONE)[n:]).curated().excluded)["evidence"] for n, r in enumerate(GONE)}
    assert evidence["quarantined"] == "It speaks to agents."
    assert "replaced by new.md" in evidence["superseded"]
    assert "expires on 2024-01-01" in evidence["expired"]
    assert "absent from its source since 2024-01-01" in evidence["removed"]


def test_what_is_superseded_names_what_stands_under_the_same_heading():
    world = gone("superseded")
    assert only(world.curated().excluded)["superseded_by"] == "live/new.md#top"
    world.passages[0]["heading"] = "Elsewhere"
    assert only(world.curated().excluded)["superseded_by"] == "live/new.md"


def test_flagged_only_what_is_protected_by_a_flag():
    world = gone("quarantined").page("live/h.md", "H.", is_hidden=True)
    world.config = {}
    context = world.curated().context
    assert dict(context.filter(pl.col("document_id") != "live/new.md").select("document_id", pl.col("flags").list.head(3)).iter_rows()) == {
        "live/a.md": ["undated", "instruction_like"], "live/h.md": ["undated", "hidden_text"],
    }  # fmt: skip


@pytest.mark.parametrize("edition", ["full", "staff"])
def test_quarantined_text_stands_in_full_only(edition):
    world = gone("quarantined")
    world.edition = edition
    curated = world.curated()
    assert only(curated.excluded)["text"] == ("A." if edition == "full" else "")
    aside = only(curated.quarantine)
    assert (aside["location"], aside["excerpt"]) == ("live/a.md#top", "A." if edition == "full" else None)


def with_copies(world, *document_ids, text="The same words.", canonical=None, **more):
    """Add pages of the same words, one passage family; the first is canonical."""
    for d in document_ids:
        if d not in [x["document_id"] for x in world.documents]:
            world.page(d, text, **more)
    standing = f"i:{canonical or document_ids[0]}"
    family = {"family_id": "f", "member_kind": "passage", "relation": "exact", "canonical_id": standing, "similarity": 1.0}
    world.families += [{**family, "member_id": f"i:{d}"} for d in document_ids]
    return world


def test_of_copies_the_canonical_one_is_served():
    curated = with_copies(World(), "live/b.md", "live/a.md", "live/c.md").curated()
    assert curated.context["document_id"].to_list() == ["live/b.md"]
    assert set(curated.excluded.select("reason", "superseded_by", "evidence").iter_rows()) == {
        ("duplicate", "live/b.md#top", "It has the same words as live/b.md#top.")
    }


def test_what_stands_for_copies_names_their_pages_as_support():
    made = with_copies(World(), "live/b.md", "wiki/a.md").curated().lineage.filter(item_id="i:live/b.md")
    assert set(made.select("source", "input_id").iter_rows()) == {("live", "live/b.md"), ("wiki", "wiki/a.md")}


@pytest.mark.parametrize("why", GONE)
def test_a_copy_of_what_goes_is_served_in_its_place(why):
    world = with_copies(World(config=GUARD), "live/b.md", "live/a.md")
    world.page("live/new.md", "New.")
    world.documents[0].update({k: v for k, v in GONE[why].items() if k != "speaks"})
    world.passages[0].update({k: v for k, v in GONE[why].items() if k == "speaks"})
    curated = world.curated()
    assert set(curated.context["document_id"]) == {"live/a.md", "live/new.md"}
    assert set(curated.families["canonical_id"]) == {"i:live/a.md"}


FLOOR = {
    "quality": {
        "floor": 0.5,
        "weights": {"authority": 1.0, "freshness": 0, "agreement": 0, "uniqueness": 0, "completeness": 0, "provenance": 0},
    }
}


def test_a_copy_of_what_falls_below_the_floor_is_served_in_its_place():
    world = with_copies(World(config=FLOOR), "live/poor.md", "live/rich.md")
    world.documents[0]["authority"], world.documents[1]["authority"] = 9, 1
    curated = world.curated()
    assert curated.context["document_id"].to_list() == ["live/rich.md"]
    assert only(curated.excluded)["reason"] in {"below_floor", "duplicate"}


def test_copies_that_all_fall_below_the_floor_are_no_copies_of_what_is_served():
    assert set(reasons(with_copies(World(config=FLOOR), "live/a.md", "live/b.md", authority=9)).values()) == {"below_floor"}


@pytest.mark.parametrize(("rank", "served"), [(1, True), (5, True), (6, False)])
def test_nothing_below_the_floor_is_served(rank, served):
    curated = World(config=FLOOR).page("live/a.md", "A.", authority=rank).curated()
    assert (curated.context.height, curated.excluded.height) == (served, not served)
    if not served:
        assert only(curated.excluded)["evidence"] == "Its quality 0.444 is below the floor."


LIVE, WIKI = stated("30 days", "Notice is 30 days.", authority=1), stated("14 days", "You get 14 days.", "wiki/leave.md", authority=2)


def clash(config=BY_RANK, wiki_text=WIKI["sentence"], **more):
    world = World([LIVE, WIKI], config=config, **more)
    return world.page("live/leave.md", LIVE["sentence"], authority=1).page("wiki/leave.md", wiki_text, authority=2)


def test_a_passage_of_which_every_claim_lost_is_left_out():
    row = only(clash().curated().excluded)
    assert (row["reason"], row["superseded_by"], row["text"]) == ("lost_conflict", "live/leave.md#top", "You get 14 days.")
    assert row["corrections"][0]["stands"] == "30 days"


def test_a_passage_that_also_says_what_stands_is_served_with_a_correction():
    assert statuses(clash(wiki_text="You get 14 days. Ask Ann.")) == {"live/leave.md": "current", "wiki/leave.md": "corrected"}
    both = stated("5 EUR", "You get 14 days for 5 EUR.", "wiki/leave.md", authority=2, attribute="fee")
    world = World([LIVE, {**WIKI, "sentence": both["sentence"]}, both], config=BY_RANK)
    world.page("live/leave.md", LIVE["sentence"], authority=1).page("wiki/leave.md", both["sentence"], authority=2)
    assert statuses(world)["wiki/leave.md"] == "corrected"


def test_the_words_of_a_corrected_passage_stay_as_they_are():
    row = only(clash(wiki_text="You get 14 days. Ask Ann.").curated().context.filter(document_id="wiki/leave.md"))
    assert row["text"] == "You get 14 days. Ask Ann."
    assert [c["says"] for c in row["corrections"]] == ["14 days"]


def test_an_open_conflict_makes_both_sides_contested_before_anything_else():
    world = clash(policy("validity"), "You get 14 days. Ask Ann.")
    assert statuses(world) == {"live/leave.md": "contested", "wiki/leave.md": "contested"}
    fee = stated("5 EUR", "It costs 5 EUR.", "wiki/leave.md", attribute="fee", authority=2)
    world.claim(fee, asserted("9 EUR", "register", attribute="fee", authority=1))
    world.config = {"policy": [{"when": {"attribute": "fee"}, "decide_by": ["authority"]}, {"decide_by": ["validity"]}]}
    assert statuses(world)["wiki/leave.md"] == "contested"


def test_a_corrected_page_is_corrected_before_it_is_stale():
    world = clash(wiki_text="You get 14 days. Ask Ann.")
    world.documents[1]["review_on"] = PAST
    assert only(world.curated().context.filter(document_id="wiki/leave.md"))["flags"] == ["review_overdue", "undated"]
    assert statuses(world)["wiki/leave.md"] == "corrected"


def link(world):
    world.links = [{"document_id": "live/a.md", "target": "gone.md"}]
    return world


REMARKS = {"review_on": PAST, "is_stamped": True, "is_held": True}
WEEKLY = {"sources": {"live": {"kind": "documents", "path": "x", "max_age": "7d"}}}


@pytest.mark.parametrize(
    ("world", "status", "flags"),
    [
        (World().page("live/a.md", "A."), "current", ["undated"]),
        (World().page("live/a.md", "A.", review_on=PAST), "current", ["review_overdue", "undated"]),
        (link(World().page("live/a.md", "A.", review_on=PAST)), "stale", ["review_overdue", "undated", "broken_link"]),
        (World().page("live/a.md", "A.", **REMARKS), "current", ["source_held", "review_overdue", "undated", "stamped_date"]),
        (World(config=WEEKLY).page("live/a.md", "A.", observed_on=PAST), "stale", ["undated"]),
        (World().page("live/a.md", "A.", **dated("2024-01-01")), "current", []),
    ],
    ids=["fresh", "one-soft-signal", "two-agree", "remarks-do-not-count", "copy-too-old", "dated"],
)  # fmt: skip
def test_soft_signals_make_stale_only_together(world, status, flags):
    row = only(world.curated().context)
    assert (row["status"], row["flags"]) == (status, flags)


def test_what_lost_a_conflict_is_told_as_contradicted():
    row = only(clash(wiki_text="You get 14 days. Ask Ann.").curated().staleness.filter(signal="contradicted"))
    assert (row["target_id"], row["is_stale"], row["since"]) == ("wiki/leave.md", False, TONIGHT)
    assert "“30 days” (live) stands against “14 days” (wiki)" in row["evidence"]


@pytest.mark.parametrize(("why", "verdict"), [("expired", "still-valid"), ("superseded", "canonical")])
def test_a_person_brings_a_page_back_with_the_verdict_that_answers_its_signal(why, verdict):
    world = gone(why).rule_on_page(verdict, "live/a.md")
    assert statuses(world)["live/a.md"] == "current"
    staleness = world.curated().staleness
    assert not staleness["is_stale"].any()
    assert "It does not count: ana ruled so on 2024-12-01" in staleness["evidence"][0]


@pytest.mark.parametrize(("why", "verdict"), [("expired", "canonical"), ("superseded", "still-valid"), ("removed", "still-valid")])
def test_a_verdict_says_nothing_of_the_other_signals(why, verdict):
    assert reasons(gone(why).rule_on_page(verdict, "live/a.md")) == {"live/a.md": why}


def test_a_page_that_is_reviewed_bears_no_flag_of_its_overdue_review():
    world = World().page("live/a.md", "A.", review_on=PAST)
    assert only(world.curated().context)["flags"] == ["review_overdue", "undated"]
    assert only(world.rule_on_page("still-valid", "live/a.md").curated().context)["flags"] == ["undated"]


def test_a_retired_page_is_left_out_with_who_said_so_and_what_stands_instead():
    row = only(gone().rule_on_page("retire", "live/a.md", because="moved to HR").curated().excluded)
    assert (row["document_id"], row["reason"]) == ("live/a.md", "expired")
    assert row["evidence"] == "It is retired: ana ruled so on 2024-12-01 (moved to HR)."
    row = only(gone().rule_on_page("retire", "live/a.md", successor="live/new.md").curated().excluded)
    assert (row["reason"], row["superseded_by"]) == ("superseded", "live/new.md#top")
    assert "in favour of live/new.md" in row["evidence"]


def test_a_person_s_word_holds_until_its_day_and_for_its_page_alone():
    world = gone("expired").page("live/b.md", "B.", expires_on=PAST)
    assert set(reasons(world.rule_on_page("still-valid", "live/a.md", until="2024-12-31"))) == {"live/b.md"}
    world.rulings[0]["until"] = "2024-12-30"
    assert set(reasons(world)) == {"live/a.md", "live/b.md"}


def register(**more):
    return World([asserted("a@x.gov", "register", authority=1)], **more).record("register", "x.gov", authority=1)


def test_a_card_is_served_beside_passages_without_a_vector():
    context = register().page("live/a.md", "A.").curated().context
    assert context.select("kind", pl.col("embedding").is_not_null()).sort("kind").rows() == [("entity", False), ("passage", True)]


def test_a_card_of_records_that_were_removed_is_removed():
    world = register()
    world.records[0]["removed_on"] = PAST
    row = only(world.curated().excluded)
    assert (row["reason"], row["evidence"]) == ("removed", "It is absent from its source since 2024-01-01.")
    assert only(world.curated().records)["status"] == "removed"


def test_a_card_whose_key_its_authority_does_not_know_is_removed():
    world = register().record("copy", "x.gov", authority=2).record("copy", "gone.gov", authority=2)
    world.claim(asserted("b@x.gov", "copy", record_id="gone.gov", subject_id="domain/gone.gov", authority=2))
    curated = world.curated()
    row = only(curated.excluded)
    assert (row["cite"], row["reason"]) == ("domain/gone.gov", "removed")
    assert "does not stand in register" in row["evidence"]
    assert dict(curated.records.select(pl.concat_str("source", "record_id", separator="/"), "status").iter_rows()) == {
        "register/x.gov": "served", "copy/x.gov": "served", "copy/gone.gov": "excluded",
    }  # fmt: skip


def test_a_card_of_a_source_that_is_held_is_flagged():
    assert "source_held" in only(register(sources={"register": {"status": "held"}}).curated().context)["flags"]


def test_pages_say_what_became_of_them():
    world = (
        gone("expired")
        .page("live/held.md", "H.", is_held=True)
        .page("live/gone.md", "G.", removed_on=PAST)
        .page("live/q.md", "Q.", speaks=True)
    )
    assert {k.removeprefix("live/"): v for k, v in world.curated().documents.select("document_id", "status").iter_rows()} == {
        "a.md": "excluded", "new.md": "served", "held.md": "held", "gone.md": "removed", "q.md": "quarantined",
    }  # fmt: skip


def test_a_page_is_served_partly_when_one_passage_goes():
    world = World(config=GUARD).page("live/a.md", "A.")
    world.passages.append({**world.passages[0], "item_id": "i:second", "cite": "live/a.md#second", "speaks": True})
    assert only(world.curated().documents)["status"] == "partly"


def test_a_page_at_another_path_with_the_same_words_has_moved():
    world = World().page("live/old.md", "A.", removed_on=PAST).page("live/new.md", "A.")
    row = only(world.curated().id_changes)
    assert (row["old_id"], row["new_id"], row["since"]) == ("live/old.md", "live/new.md", PAST)


@pytest.mark.parametrize("others", [("live/1.md", "live/2.md"), ("wiki/1.md",), ()], ids=["two", "other-source", "none"])
def test_a_page_moves_to_one_place_in_its_source_or_not_at_all(others):
    world = World().page("live/old.md", "A.", removed_on=PAST)
    for d in others:
        world.page(d, "A.")
    assert world.curated().id_changes.height == 0


def test_a_move_stays_noted_while_the_page_is_there():
    known = {"kind": "document", "old_id": "live/old.md", "new_id": "live/new.md", "reason": "moved", "since": PAST}
    before = TABLES["id_changes"].conform(pl.DataFrame([known]))
    there = World(history={"id_changes": before}).page("live/new.md", "A.")
    assert only(there.curated().id_changes)["since"] == PAST
    for world in (World().page("live/x.md", "A."), World().page("live/old.md", "B.").page("live/new.md", "A.")):
        world.history = {"id_changes": before}
        assert world.curated().id_changes.height == 0


def test_an_entity_whose_records_are_of_another_now_gave_way_to_it_and_both_are_followed_further():
    def night(known: dict[str, pl.DataFrame], **groups: str) -> World:
        world = World(history=known)
        for record_id, entity_id in groups.items():
            world.record("register", record_id, f"guest/{entity_id}")
        return world

    def changes(world: World) -> list[tuple[str, str]]:
        return world.curated().id_changes.filter(kind="entity").select("old_id", "new_id").rows()

    first = night({}, a="a", b="b", c="c")
    assert changes(first) == []
    second = night({"entity_members": first.matched.entity_members}, a="a", b="a", c="c")
    assert changes(second) == [("guest/b", "guest/a")]
    known = {"entity_members": second.matched.entity_members, "id_changes": second.curated().id_changes}
    assert changes(night(known, a="c", b="c", c="c")) == [("guest/a", "guest/c"), ("guest/b", "guest/c")]
    assert changes(night(known, a="a", b="b", c="c")) == []  # it is there again


def test_every_item_names_what_it_was_made_from():
    world = clash(wiki_text="You get 14 days. Ask Ann.").record("register", "x.gov")
    made = world.curated().lineage
    assert set(made.select("input_kind", "input_id").iter_rows()) >= {
        ("document", "live/leave.md"), ("document", "wiki/leave.md"), ("record", "register/x.gov"), ("claim", LIVE["claim_id"]),
    }  # fmt: skip


def test_nothing_gives_empty_tables():
    curated = World().curated()
    assert curated.context.height == curated.excluded.height == 0


MORE = st.fixed_dictionaries({}, optional={
    "speaks": st.booleans(), "is_hidden": st.booleans(), "is_held": st.booleans(), "is_stamped": st.booleans(),
    "replaced_by": st.sampled_from([f"{n}.md" for n in range(5)]), "expires_on": st.sampled_from([PAST, date(2030, 1, 1)]),
    "review_on": st.just(PAST), "removed_on": st.just(PAST), "authority": st.sampled_from([1, 9]),
})  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from(["One.", "Two."]), MORE), min_size=1, max_size=5), st.sampled_from(["full", "staff"]), st.booleans()
)
def test_every_item_is_in_exactly_one_table_and_stays_as_it_was(pages, edition, guarded):
    world = register(config={**FLOOR, **(GUARD if guarded else {})}, edition=edition)
    for n, (text, more) in enumerate(pages):
        world.page(f"live/{n}.md", text, **more)
    for text in ("One.", "Two."):
        same = [f"i:live/{n}.md" for n, (t, _) in enumerate(pages) if t == text]
        family = {"family_id": text, "member_kind": "passage", "relation": "exact", "similarity": 1.0}
        world.families += [{**family, "member_id": i, "canonical_id": same[0]} for i in same if len(same) > 1]
    curated = world.curated()
    for name in (
        "context",
        "excluded",
        "documents",
        "records",
        "staleness",
        "families",
        "quality_components",
        "lineage",
        "id_changes",
        "sources",
    ):
        assert TABLES[name].breaches(getattr(curated, name)) == {}, name
    served, left = set(curated.context["item_id"]), set(curated.excluded["item_id"])
    assert not served & left
    assert len(served | left) == len(pages) + 1
    assert set(curated.quality_components["item_id"]) == served
    words = {f"i:live/{n}.md": t for n, (t, _) in enumerate(pages)}
    for row in pl.concat([curated.context, curated.excluded], how="diagonal").filter(kind="passage").iter_rows(named=True):
        hidden = row["reason"] == "quarantined" and edition != "full"
        assert row["text"] == ("" if hidden else words[row["item_id"]])
        assert set(row["flags"]) <= set(FLAGS)
        assert row["status"] in ITEM_STATUSES
        assert row["reason"] in (None, *REASONS)
    cites = set(curated.context["cite"])
    assert set(curated.excluded.filter(reason="duplicate")["superseded_by"]) <= cites
    served_words = [words[i] for i in served if i in words]
    assert len(served_words) == len(set(served_words))
