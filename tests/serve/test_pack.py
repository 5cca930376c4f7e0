"""Context packs: never over budget, whole items, every omission said."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonry.serve import AgentError


def _size(pack):
    return len(pack.as_json().encode())


_WORDS = st.sampled_from(["refund", "window", "days", 'ü€—"\\', "表", "parking"])
_ITEM = st.fixed_dictionaries(
    {
        "text": st.lists(_WORDS, min_size=1, max_size=400).map(" ".join),
        "title": st.none() | st.text(max_size=30),
        "status": st.sampled_from(["current", "stale", "contested"]),
        "quality": st.none() | st.floats(0, 1),
        "flags": st.lists(st.sampled_from(["undated", "low_quality"]), max_size=2),
    }
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(
    items=st.lists(_ITEM, min_size=1, max_size=15),
    budget=st.integers(500, 16_000),
    quality=st.none() | st.floats(0, 1),
    on_conflict=st.sampled_from(["winner", "both", "abstain"]),
)
def test_a_pack_is_never_over_budget_and_holds_only_whole_items(build, items, budget, quality, on_conflict):
    rows = [{"item_id": f"i{n}", "cite": f"live/{'a' * 9 * n}.md#{n}", **item} for n, item in enumerate(items)]
    client = build.client_over(rows)
    pack = client.get_context("refund window", budget, min_quality=quality, on_conflict=on_conflict)
    assert _size(pack) == pack.tokens.used <= budget
    whole = {r["cite"]: r["text"] for r in rows}
    assert all(whole[i.cite] == i.text for i in pack.items)
    assert pack == client.get_context("refund window", budget, min_quality=quality, on_conflict=on_conflict)
    found = client.search("refund window", k=64).items
    relevant = [i for i in found if i.score >= 0.5 * found[0].score]
    assert len(pack.items) + sum(left.items for left in pack.left_out if left.reason != "less_relevant") == len(relevant)


def test_what_does_not_fit_is_left_out_and_the_smaller_item_after_it_is_served(build):
    texts = ["refund window", "refund window " + "of a long story " * 100, "window of the refund form"]
    pack = build.client_over([{"item_id": f"i{n}", "text": t} for n, t in enumerate(texts)]).get_context("refund window", 900)
    assert [i.cite for i in pack.items] == ["i0", "i2"]
    assert [(left.reason, left.items) for left in pack.left_out] in ([("too_large", 1)], [("less_relevant", 1)])


def test_if_nothing_fits_the_smallest_budget_that_would_do_is_named_and_does(build):
    client = build.client_over([{"item_id": "a", "text": "refund " * 200}])
    pack = client.get_context("refund", 500)
    assert (pack.status, pack.items) == ("insufficient", ())
    assert [i.cite for i in client.get_context("refund", pack.smallest_budget).items] == ["a"]


def test_with_winner_the_weaker_side_of_an_open_conflict_is_left_out_and_the_status_stays_conflicting(client):
    pack = client.get_context("refund takes days")
    assert [i.cite for i in pack.items] == ["live/refunds.md#window"]
    assert pack.status == "conflicting"
    assert pack.conflicts[0].values == ("30 days", "14 days")
    assert [(left.reason, left.cites) for left in pack.left_out if left.reason == "other_side"] == [
        ("other_side", ("wiki/refunds.md#window",))
    ]


def test_with_both_both_sides_are_served_and_with_abstain_neither(client):
    both = client.get_context("refund takes days", on_conflict="both")
    assert {i.cite for i in both.items} == {"live/refunds.md#window", "wiki/refunds.md#window"}
    none = client.get_context("refund takes days", on_conflict="abstain")
    assert (none.status, none.items) == ("conflicting", ())
    assert none.left_out[0].reason == "open_conflict"


@pytest.mark.parametrize(("query", "status"), [("parental leave weeks", "stale"), ("team plan month", "ok"), ("zzzz", "insufficient")])
def test_a_pack_says_in_its_status_what_it_is_worth(client, query, status):
    assert client.get_context(query).status == status


def test_items_below_the_quality_asked_for_are_left_out_and_said_so(client):
    pack = client.get_context("team plan month", min_quality=0.6)
    assert pack.items == ()
    assert pack.left_out[0].reason == "below_min_quality"


@pytest.mark.parametrize("wrong", [{"budget_tokens": 499}, {"budget_tokens": 16_001}, {"min_quality": 1.5}, {"on_conflict": "guess"}])
def test_a_pack_that_cannot_be_made_is_refused(client, wrong):
    with pytest.raises(AgentError) as caught:
        client.get_context("refund", **wrong)
    assert caught.value.code == "BAD_ARGUMENT"


def test_nulls_are_left_out_of_what_is_sent(client):
    assert "null" not in client.get_context("team plan month").as_json()
