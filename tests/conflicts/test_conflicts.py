"""Claims that differ become one difference per subject, attribute and scope, typed before anything is decided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.arbitrate.build import World, asserted, dated, no_later_than, only, stated

MANY = {"entities": {"domain": {"attributes": {"contact": {"cardinality": "many"}}}}}


def difference(*claims, **world):
    return only(World(list(claims), **world).clashes().differences)


def test_claims_that_agree_are_no_difference():
    clashes = World([asserted("a@x.gov", "a"), asserted("a@x.gov", "b")]).clashes()
    assert clashes.differences.height == clashes.members.height == 0


def test_no_claims_give_no_differences():
    assert World().clashes().differences.height == 0


def test_equal_values_in_other_spelling_are_an_observation():
    found = difference(asserted("30", "a", verbatim="30 days"), asserted("30", "b", verbatim="thirty days"))
    assert (found["type"], found["is_observation"], found["sides"]) == ("format_or_unit", True, 1)


def test_values_of_a_many_attribute_are_an_observation():
    found = difference(asserted("a"), asserted("b"), config=MANY)
    assert (found["type"], found["is_observation"], found["sides"]) == ("multi_valued", True, 2)


def test_other_spelling_of_a_many_attribute_stays_a_matter_of_format():
    assert difference(asserted("a", verbatim="a"), asserted("a", verbatim="A"), config=MANY)["type"] == "format_or_unit"


def test_cardinality_belongs_to_one_entity_type():
    other = {"entity_type": "person", "subject_id": "person/x"}
    assert difference(asserted("a", **other), asserted("b", **other), config=MANY)["type"] == "value_conflict"


def test_what_an_older_version_says_is_outdated():
    old, new = stated("14 days", "Notice is 14 days.", "live/old.md"), stated("30 days", "Notice is 30 days.", "live/new.md")
    pair = {"left_id": "live/new.md", "right_id": "live/old.md", "newer_id": "live/new.md"}
    clashes = World([old, new], page_pairs=[pair]).clashes()
    assert only(clashes.differences)["type"] == "outdated"
    assert dict(clashes.members.select("document_id", "is_superseded").iter_rows()) == {"live/old.md": True, "live/new.md": False}


def test_versions_without_a_direction_make_nothing_outdated():
    old, new = stated("14 days", "Notice is 14 days.", "live/old.md"), stated("30 days", "Notice is 30 days.", "live/new.md")
    pair = {"left_id": "live/new.md", "right_id": "live/old.md", "newer_id": None}
    assert difference(old, new, page_pairs=[pair])["type"] == "value_conflict"


def test_an_older_version_that_says_the_same_is_superseded_by_nothing():
    same = [stated("14 days", "Notice is 14 days.", d) for d in ("live/old.md", "live/new.md")]
    other = stated("30 days", "Notice is 30 days.", "live/third.md")
    pair = {"left_id": "live/new.md", "right_id": "live/old.md", "newer_id": "live/new.md"}
    assert not World([*same, other], page_pairs=[pair]).clashes().members["is_superseded"].any()


OLD, NEW = dated("2020-01-01"), dated("2024-01-01")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({**OLD}, {**NEW}, "outdated"),
        ({**OLD, "authority": 2}, {**NEW, "authority": 2}, "outdated"),
        ({**OLD, "authority": 2}, {**NEW, "authority": 1}, "outdated"),
        ({**OLD}, {**NEW, "authority": 9}, "outdated"),
        ({**OLD, "authority": 1}, {**NEW, "authority": 2}, "value_conflict"),
        ({**OLD, "authority": 1}, {**NEW}, "value_conflict"),
        ({**OLD}, {**OLD}, "value_conflict"),
        ({**no_later_than("2020-01-01")}, {**NEW}, "outdated"),
        ({**OLD}, {**no_later_than("2024-01-01")}, "value_conflict"),
        ({**OLD}, {}, "value_conflict"),
        ({}, {}, "value_conflict"),
    ],
    ids=[
        "unranked",
        "equal-rank",
        "better-rank",
        "any-rank-beats-none",
        "worse-rank",
        "no-rank",
        "same-day",
        "bound",
        "new-bound",
        "one",
        "none",
    ],
)
def test_dates_alone_make_outdated_only_when_certainly_older_and_of_no_worse_authority(old, new, expected):
    assert difference(asserted("a", "a", **old), asserted("b", "b", **new))["type"] == expected


def test_two_values_of_the_newest_day_are_a_conflict():
    found = difference(asserted("a", "a", **OLD), asserted("b", "b", **NEW), asserted("c", "c", **NEW))
    assert (found["type"], found["sides"], found["independent_sources"]) == ("value_conflict", 3, 3)


@pytest.mark.parametrize(
    ("claims", "kind"),
    [
        ([asserted("a"), asserted("b", "b")], "records"),
        ([stated("a", "It is a.", "live/1.md"), stated("b", "It is b.", "live/2.md")], "texts"),
        ([asserted("a"), stated("b", "It is b.")], "text_and_record"),
    ],
)
def test_the_kind_says_where_the_sides_stand(claims, kind):
    assert difference(*claims)["kind"] == kind


@pytest.mark.parametrize("modality", ["was", "plan", "question", "example", "not"])
def test_what_is_not_asserted_of_today_makes_no_conflict(modality):
    assert World([asserted("a"), asserted("b", "b", modality=modality)]).clashes().differences.height == 0


@pytest.mark.parametrize("modality", ["must", "may"])
def test_a_rule_and_a_statement_can_differ(modality):
    assert difference(asserted("a"), asserted("b", "b", modality=modality))["type"] == "value_conflict"


def test_a_weak_link_makes_no_conflict_and_is_left_out_of_coverage():
    clashes = World([asserted("a"), stated("b", "It is b.", link="fuzzy", link_confidence=0.79)]).clashes()
    assert clashes.differences.height == 0
    assert clashes.coverage.filter(detector="conflicts.members")["pairs_possible"].item() == 1


def test_a_value_that_asserts_nothing_makes_no_conflict():
    assert World([asserted("a"), asserted(None, "b", verbatim="N/A")]).clashes().differences.height == 0


@pytest.mark.parametrize("part", ["subject_id", "attribute", "scope"])
def test_another_subject_attribute_or_scope_is_another_question(part):
    assert World([asserted("a"), asserted("b", "b", **{part: "other"})]).clashes().differences.height == 0


def test_no_scope_and_an_empty_scope_are_one():
    assert difference(asserted("a", scope=None), asserted("b", "b", scope=""))["scope"] == ""


def test_a_difference_that_not_everybody_may_read_spans_audiences():
    found = difference(asserted("a"), asserted("b", "b", audience=["hr"]))
    assert (found["spans_audiences"], found["audience"]) == (True, ["hr", "staff"])
    assert not difference(asserted("a"), asserted("b", "b"))["spans_audiences"]


def test_audiences_in_another_order_are_the_same_audience():
    assert not difference(asserted("a", audience=["hr", "staff"]), asserted("b", "b", audience=["staff", "hr"]))["spans_audiences"]


def test_what_is_acted_upon_first_is_most_severe():
    severity = {
        t: difference(asserted("a", value_type=t), asserted("b", value_type=t))["severity"] for t in ("money", "date", "text", "code")
    }
    assert severity["money"] > severity["date"] > severity["text"] == severity["code"]


def test_the_id_stays_and_the_signature_changes_when_a_value_is_added():
    two, three = [asserted("a"), asserted("b", "b")], asserted("c", "c")
    before, after = difference(*two), difference(*two, three)
    assert before["conflict_id"] == after["conflict_id"]
    assert before["signature"] != after["signature"]


def test_one_more_voice_for_a_value_changes_neither_id_nor_signature():
    two = [asserted("a"), asserted("b", "b")]
    before, after = difference(*two), difference(*two, asserted("a", "c"))
    assert [before[k] for k in ("conflict_id", "signature", "sides")] == [after[k] for k in ("conflict_id", "signature", "sides")]
    assert after["independent_sources"] == 3


def test_a_changed_value_changes_the_signature():
    assert difference(asserted("a"), asserted("b", "b"))["signature"] != difference(asserted("a"), asserted("d", "b"))["signature"]


def test_coverage_counts_pairs_questions_and_differences():
    claims = [asserted("a"), asserted("b", "b"), asserted("c", "c"), asserted("a", attribute="name"), asserted("a", "b", attribute="name")]
    coverage = {r["detector"]: (r["pairs_possible"], r["pairs_considered"]) for r in World(claims).clashes().coverage.to_dicts()}
    assert coverage == {
        "conflicts.claims": (4, 4), "conflicts.subjects": (2, 2), "conflicts.differing": (2, 1), "conflicts.members": (5, 3),
    }  # fmt: skip
    assert not World(claims).clashes().coverage["partial"].any()


CLAIMS = st.lists(
    st.builds(
        asserted,
        st.sampled_from(["1", "2", "3"]),
        st.sampled_from("abcd"),
        attribute=st.sampled_from(["p", "q"]),
        verbatim=st.sampled_from(["one", "two"]),
        authority=st.sampled_from([None, 1, 2]),
    ),
    max_size=8,
    unique_by=lambda c: c["claim_id"],
)


@given(CLAIMS, st.randoms())
def test_the_order_of_claims_means_nothing(claims, shuffle):
    mixed = list(claims)
    shuffle.shuffle(mixed)
    one, other = World(claims).clashes(), World(mixed).clashes()
    assert one.differences.equals(other.differences)
    assert one.members.equals(other.members)


@given(CLAIMS)
def test_a_side_is_a_value(claims):
    clashes = World(claims).clashes()
    for (conflict_id,), members in clashes.members.group_by("conflict_id"):
        assert members.select("side", "value").n_unique() == members["side"].n_unique() == members["value"].n_unique()
        found = only(clashes.differences.filter(conflict_id=conflict_id))
        assert found["sides"] == members["side"].max() == members["side"].n_unique()
        assert found["is_observation"] == (found["sides"] == 1)
