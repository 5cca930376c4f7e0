"""Every conflict has a status and a reason; every subject and attribute has its fact."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.published import TABLES
from tests.arbitrate.build import World, asserted, dated, only, policy, stated

FIRST, SECOND = date(2024, 12, 30), date(2024, 12, 31)
RANKED = [asserted("30 days", "hr", authority=1), asserted("14 days", "wiki", authority=2)]
EQUAL = [asserted("30 days", "hr"), asserted("14 days", "wiki")]
BY_RANK = policy("authority")
MANY = {"entities": {"domain": {"attributes": {"contact": {"cardinality": "many"}}}}}


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def standings(decided):
    return dict(decided.claims.select("value", "standing").iter_rows())


def test_a_decision_names_both_values_and_their_sources():
    found = only(World(RANKED, config=BY_RANK).decided().conflicts)
    assert found["reason"].startswith("“30 days” (hr) stands against “14 days” (wiki): its source ranks strictly better")
    assert (found["rule"], found["confidence"], found["decided_by"]) == ("authority", 0.9, None)


def test_each_side_is_told_why_it_stands_or_lost():
    told = dict(World(RANKED, config=BY_RANK).decided().conflict_claims.select("verbatim", "reason").iter_rows())
    assert told["30 days"].startswith("stands:")
    assert told["14 days"].startswith("lost:")


def test_an_open_conflict_has_no_winner_and_no_rule():
    decided = World(EQUAL).decided()
    found = only(decided.conflicts)
    assert [found[k] for k in ("status", "winner_claim_id", "rule", "margin", "confidence", "decided_at")] == ["open", *[None] * 5]
    assert decided.conflict_claims["wins"].to_list() == [None, None]


def test_the_winner_is_the_best_claim_of_its_side():
    voices = [asserted("30 days", "a", authority=3), asserted("30 days", "b", authority=1), asserted("14 days", "c", authority=2)]
    decided = World(voices, config=BY_RANK).decided()
    assert only(decided.claims.filter(claim_id=only(decided.conflicts)["winner_claim_id"]))["source"] == "b"


def test_when_both_stand_there_is_no_winner_and_a_fact_for_each():
    decided = World(EQUAL, config=policy("authority", otherwise="both")).decided()
    found = only(decided.conflicts)
    assert found["winner_claim_id"] is None
    assert found["reason"].endswith("; all of them stand.")
    assert decided.facts.select("value", "decision").sort("value").rows() == [("14 days", "policy"), ("30 days", "policy")]
    assert set(standings(decided).values()) == {"stands"}


def test_values_that_both_stand_because_nothing_separates_them_are_no_surer_than_an_open_fact():
    facts = World(EQUAL, config=policy("authority", otherwise="both")).decided().facts
    assert facts["confidence"].to_list() == [0.5, 0.5]
    ruled = World(EQUAL)
    ruled.rule("both")
    assert ruled.decided().facts["confidence"].to_list() == [1.0, 1.0]


@pytest.mark.parametrize(("otherwise", "says"), [("person", "a person is asked"), ("abstain", "it stays open")])
def test_the_reason_of_an_open_conflict_says_what_happens_next(otherwise, says):
    found = only(World(EQUAL, config=policy("authority", otherwise=otherwise)).decided().conflicts)
    assert found["reason"] == f"No rule separates the sides (authority: no side has a rank); {says}."


def test_an_owner_who_is_asked_is_asked_whatever_the_policy_says():
    world = World(RANKED, config=BY_RANK)
    world.rule("ask-owner")
    assert only(world.decided().conflicts)["reason"] == "A person leaves the decision to the owner."


def test_the_owner_of_a_conflict_is_that_of_its_sources():
    assert only(World(EQUAL, sources={"hr": {"owner": "ann@x.gov"}}).decided().conflicts)["owner"] == "ann@x.gov"
    assert only(World(EQUAL).decided().conflicts)["owner"] is None


def test_standings_say_what_became_of_each_claim():
    assert standings(World(RANKED, config=BY_RANK).decided()) == {"30 days": "stands", "14 days": "loses"}
    assert standings(World(EQUAL).decided()) == {"30 days": "contested", "14 days": "contested"}
    assert standings(World([asserted("x")]).decided()) == {"x": "alone"}
    assert standings(World([asserted("x", "a"), asserted("x", "b")]).decided()) == {"x": "stands"}


@pytest.mark.parametrize("apart", [{"scope": "contractors"}, {"modality": "plan"}, {"link_confidence": 0.2}, {"attribute": "name"}])
def test_what_is_said_of_something_else_supports_nothing(apart):
    decided = World([asserted("x", "a"), asserted("x", "b", **apart)]).decided()
    assert only(decided.claims.filter(source="a"))["standing"] == "alone"
    assert only(decided.facts.filter(pl.col("sources") == ["a"]))["decision"] == "alone"


def test_a_value_that_asserts_nothing_stands_alone_and_makes_no_fact():
    decided = World([asserted(None, "a", verbatim="N/A"), asserted(None, "b", verbatim="-")]).decided()
    assert set(decided.claims["standing"]) == {"alone"}
    assert decided.facts.height == 0


@pytest.mark.parametrize(
    ("claims", "config", "expected"),
    [
        ([asserted("x")], {}, ("x", "alone", 0.7, ["a"])),
        ([asserted("x", "a"), asserted("x", "b")], {}, ("x", "agreed", 0.9, ["a", "b"])),
        ([asserted("x", "a"), asserted("x", "a", record_id="2")], {}, ("x", "alone", 0.7, ["a"])),
        (RANKED, BY_RANK, ("30 days", "policy", 0.9, ["hr"])),
        (EQUAL, {}, ("14 days", "open", 0.5, ["wiki"])),
    ],
    ids=["alone", "agreed", "twice-in-one-source", "policy", "open"],
)
def test_a_fact_says_how_it_was_decided(claims, config, expected):
    fact = only(World(claims, config=config).decided().facts)
    assert tuple(fact[k] for k in ("value", "decision", "confidence", "sources")) == expected


def test_an_open_fact_names_the_best_side_and_the_runner_up():
    claims = [asserted("b", "poor", authority=2), asserted("a", "best", authority=1)]
    decided = World(claims, config=policy("validity")).decided()
    fact = only(decided.facts)
    cited = dict(decided.claims.select("claim_id", "source").iter_rows())
    assert (fact["decision"], cited[fact["claim_id"]], cited[fact["runner_up_claim_id"]]) == ("open", "best", "poor")


def test_an_open_fact_between_equals_names_the_side_with_more_sources():
    assert only(World([asserted("a", "a"), asserted("b", "b"), asserted("b", "c")]).decided().facts)["value"] == "b"


def test_a_decided_fact_is_the_winner_even_when_its_source_ranks_worse():
    claims = [asserted("old", "a", authority=1, **dated("2020-01-01")), asserted("new", "b", authority=2, **dated("2024-01-01"))]
    fact = only(World(claims, config=policy("recency")).decided().facts)
    assert (fact["value"], fact["decision"]) == ("new", "policy")


def test_a_many_attribute_has_a_fact_per_value():
    decided = World([asserted("x", "a"), asserted("y", "a"), asserted("y", "b")], config=MANY).decided()
    assert decided.facts.select("value", "decision").sort("value").rows() == [("x", "alone"), ("y", "agreed")]
    assert decided.conflicts.height == 0
    assert only(decided.observations)["type"] == "multi_valued"


def test_other_spelling_is_agreement():
    decided = World([asserted("30", "a", verbatim="30 days"), asserted("30", "b", verbatim="thirty days")]).decided()
    assert only(decided.facts)["decision"] == "agreed"
    assert only(decided.observations)["type"] == "format_or_unit"
    assert decided.conflict_claims.height == 2


def test_a_fact_is_known_since_the_first_of_its_claims_and_current_while_valid():
    known = [asserted("x", "a", known_from=FIRST), asserted("x", "b", known_from=SECOND, valid_to=FIRST)]
    assert only(World(known).decided().facts)["known_from"] == FIRST
    assert not only(World(known[1:]).decided().facts)["is_current"]


def test_texts_are_quoted_as_they_are_written():
    said = [
        stated("30 days", "Notice is 30 days.", "live/a.md", authority=1),
        stated("two weeks", "Notice is two weeks.", "wiki/b.md", authority=2),
    ]
    assert "“30 days” (live) stands against “two weeks” (wiki)" in only(World(said, config=BY_RANK).decided().conflicts)["reason"]


def test_detected_and_decided_are_kept_while_nothing_changes():
    first = World(RANKED, config=BY_RANK, run_date=FIRST)
    decided = first.decided()
    again = first.next_night(SECOND, decided).decided()
    assert [only(again.conflicts)[k] for k in ("detected_at", "decided_at")] == [midnight(FIRST)] * 2
    assert again.conflicts.equals(decided.conflicts)


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.config.update(policy("recency")) or w,
        lambda w: w.claim(asserted("7 days", "intranet", authority=3)),
        lambda w: w.rule("keep", keep="14 days"),
        lambda w: w.rule("keep", keep="30 days"),
    ],
    ids=["policy", "new-value", "overruled", "confirmed"],
)
def test_a_new_decision_has_a_new_day_but_was_detected_as_before(change):
    dates = (dated("2020-01-01"), dated("2024-01-01"))
    world = World([{**c, **d} for c, d in zip(RANKED, dates, strict=True)], config={**BY_RANK}, run_date=FIRST)
    found = only(change(world.next_night(SECOND, world.decided())).decided().conflicts)
    assert (found["detected_at"], found["decided_at"]) == (midnight(FIRST), midnight(SECOND))


def test_what_is_open_again_was_not_decided():
    world = World(RANKED, config={**BY_RANK}, run_date=FIRST)
    world.next_night(SECOND, world.decided()).config = policy("validity")
    assert [only(world.decided().conflicts)[k] for k in ("status", "decided_at")] == ["open", None]


def test_observations_are_detected_once_and_never_decided():
    world = World([asserted("x", "a"), asserted("y", "b")], config=MANY, run_date=FIRST)
    again = only(world.next_night(SECOND, world.decided()).decided().observations)
    assert (again["detected_at"], again["decided_at"], again["status"]) == (midnight(FIRST), None, "dismissed")


CLAIMS = st.lists(
    st.builds(
        lambda value, source, rank, more: asserted(value, source, authority=rank, **more),
        st.sampled_from(["1", "2", "3", None]),
        st.sampled_from("abc"),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([{}, {"attribute": "name"}, {"scope": "s"}, {"modality": "plan"}, {"modality": "must"}, dated("2024-01-01")]),
    ),
    max_size=10,
    unique_by=lambda c: c["claim_id"],
)


@given(CLAIMS, st.sampled_from(["person", "both", "abstain"]), st.booleans())
def test_all_tables_keep_their_contract_and_agree_with_each_other(claims, otherwise, many):
    config = {**policy("authority", "agreement", "recency", otherwise=otherwise), **(MANY if many else {})}
    decided = World(claims, config=config).decided()
    for name in ("claims", "facts", "conflicts", "conflict_claims", "observations", "rulings"):
        assert TABLES[name].breaches(getattr(decided, name)) == {}
    assert decided.claims.height == len(claims)
    usable = {(c["attribute"], c.get("scope") or "") for c in claims if c["value"] is not None and c["modality"] != "plan"}
    assert set(decided.facts.select("attribute", "scope").iter_rows()) == usable
    lost = set(decided.claims.filter(standing="loses")["claim_id"])
    assert not lost & set(decided.facts["claim_id"])
    for row in decided.conflicts.iter_rows(named=True):
        assert (row["winner_claim_id"] is not None) == (row["status"] == "decided_by_policy" and row["rule"] is not None)
        assert row["reason"]


def sides_of(decided):
    """Value → number of its side."""
    return dict(decided.conflict_claims.select("value", "side").sort("side").iter_rows())


def test_the_side_that_stands_is_the_first_and_the_others_follow_by_rank():
    said = [asserted("a", "x", authority=3), asserted("b", "y", authority=2), asserted("c", "z", authority=1)]
    assert sides_of(World(said, config=policy("authority")).decided()) == {"c": 1, "b": 2, "a": 3}
    assert sides_of(World(said, config={"policy": []}).decided()) == {"c": 1, "b": 2, "a": 3}
    kept = World(said)
    kept.rule("keep", "a")
    assert sides_of(kept.decided()) == {"a": 1, "c": 2, "b": 3}


def test_of_sides_that_nothing_separates_the_first_is_the_one_that_the_fact_names():
    new, old = dated("2024-01-01"), dated("2020-01-01")
    for older, newer in (("a", "b"), ("b", "a")):
        decided = World([asserted(older, "x", **old), asserted(newer, "y", **new)], config=policy("authority")).decided()
        assert sides_of(decided) == {newer: 1, older: 2}
        assert only(decided.facts)["value"] == newer
