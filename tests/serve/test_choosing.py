"""What is packed: the useful first, sides of a conflict together, the card of a thing before what speaks of it."""

from __future__ import annotations

from datetime import date

import pytest

from canonry.serve import AgentError


def test_of_items_that_answer_equally_well_the_better_and_the_shorter_is_packed(build):
    text = "A refund takes 30 days."
    rows = [{"item_id": "poor", "text": text, "quality": 0.3}, {"item_id": "good", "text": text, "quality": 0.9}]
    assert [i.cite for i in build.client_over(rows).get_context("refund days").items] == ["good", "poor"]


def test_both_sides_of_an_open_conflict_stand_together_although_only_one_was_found(client):
    pack = client.get_context("asking in writing", on_conflict="both")
    cites = [i.cite for i in pack.items]
    assert {"wiki/refunds.md#window", "live/refunds.md#window"} <= set(cites)
    assert pack.status == "conflicting"


def test_a_partner_is_not_served_past_a_filter(client):
    pack = client.get_context("asking in writing", on_conflict="both", filter="source = 'wiki'")
    assert {i.cite.split("/")[0] for i in pack.items} == {"wiki"}


def test_concise_items_carry_what_qualifies_them_and_detailed_ones_more(client):
    concise, detailed = (client.get_context("parental leave", detail=d).items[0] for d in ("concise", "detailed"))
    assert (concise.status, concise.flags, concise.dated_on) == ("stale", ("review_overdue", "owner_gone"), date(2019, 2, 3))
    assert (concise.heading, concise.score) == (None, None)
    assert (detailed.heading, detailed.source, detailed.text) == ("Parental", "live", concise.text)
    assert detailed.score


@pytest.fixture
def dated(build):
    rows = [
        {"item_id": "old", "text": "A refund takes 14 days.", "valid_to": date(2022, 12, 31)},
        {"item_id": "new", "text": "A refund takes 30 days.", "valid_from": date(2023, 1, 1)},
    ]
    return build.client_over(rows)


@pytest.mark.parametrize(("day", "cite", "not_then"), [(date(2022, 6, 1), "old", "new"), (date(2023, 6, 1), "new", "old")])
def test_as_of_a_day_only_what_was_true_then_is_packed(dated, day, cite, not_then):
    pack = dated.get_context("refund days", as_of=day)
    assert [i.cite for i in pack.items] == [cite]
    assert [(left.reason, left.cites) for left in pack.left_out] == [("not_valid_then", (not_then,))]


@pytest.fixture
def plans(build):
    card = {"item_id": "e", "cite": "plan/team", "kind": "entity", "entity_id": "plan/team", "title": "Team plan", "text": "price: $25"}
    rows = [
        card,
        {"item_id": "a", "cite": "live/a.md#a", "text": "The team plan is billed each month."},
        {"item_id": "b", "cite": "live/b.md#b", "text": "Each month has a report."},
    ]
    fact = {
        "subject_id": "plan/team", "subject": "Team plan", "attribute": "price", "scope": "", "verbatim": "$25", "value": "25.00 USD",
        "value_type": "money", "decision": "alone", "claim_id": "k", "is_current": True, "valid_from": date(2024, 1, 1),
    }  # fmt: skip
    return build.client_over(
        rows,
        entities=build.table("entities", [{"entity_id": "plan/team", "entity_type": "plan", "name": "Team plan", "records": 1}]),
        facts=build.table("facts", [fact]),
    )


@pytest.mark.parametrize("name", ["plan/team", "team", "Team plan", "teem plan"])
def test_a_thing_is_packed_as_its_card_and_what_has_its_name(plans, name):
    assert [i.cite for i in plans.get_context(entity=name).items] == ["plan/team", "live/a.md#a"]


def test_a_thing_that_is_not_known_is_no_answer_and_says_what_comes_close(plans):
    pack = plans.get_context(entity="tema plans")
    assert (pack.status, pack.items) == ("insufficient", ())
    assert "team plan" in pack.status_reason


def test_a_card_is_not_served_for_a_day_on_which_its_values_did_not_hold(plans):
    assert "plan/team" not in [i.cite for i in plans.get_context(entity="team", as_of=date(2023, 5, 1)).items]
    assert "plan/team" in [i.cite for i in plans.get_context(entity="team", as_of=date(2024, 5, 1)).items]


@pytest.mark.parametrize("wrong", [{}, {"query": "x", "detail": "short"}, {"entity": ("team", "solo")}])
def test_a_request_that_asks_for_nothing_or_too_much_is_refused(plans, wrong):
    with pytest.raises(AgentError) as caught:
        plans.get_context(**wrong)
    assert caught.value.code == "BAD_ARGUMENT"
