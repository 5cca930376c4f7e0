"""Facts: exact and fuzzy lookup, what the status says, as-of."""

from __future__ import annotations

from datetime import date

import pytest

from canonry.serve import AgentError


@pytest.mark.parametrize("subject", ["Refunds", "refunds", "policy/refunds", "Refund policy", "Refund  Policy", "refund polcy"])
@pytest.mark.parametrize("attribute", ["price", "Price", "prices"])
def test_a_fact_is_found_by_id_key_name_and_misspelt_name(client, subject, attribute):
    fact = client.resolve_fact(subject, attribute)
    assert (fact.status, fact.value, fact.unit, fact.cite) == ("ok", "25.00 USD", "USD", "crm/7")


def test_the_runner_up_says_why_it_lost_and_the_rule_is_named(client):
    fact = client.resolve_fact("Refunds", "price")
    assert (fact.rule, fact.conflict_id) == ("authority", "c-price")
    assert (fact.runner_up.value, fact.runner_up.cite) == ("20.00 USD", "wiki/prices.md#plan")
    assert fact.runner_up.why_lost == "wiki has the worse rank."


def test_an_open_fact_is_conflicting_and_still_names_the_best_side(client):
    fact = client.resolve_fact("refunds", "refund window")
    assert (fact.status, fact.verbatim, fact.cite) == ("conflicting", "30 days", "live/refunds.md#window")
    assert fact.runner_up.value == "P14D"


def test_as_of_asks_for_the_value_that_was_valid_then(client):
    assert client.resolve_fact("refunds", "price", as_of=date(2021, 5, 5)).value == "15.00 USD"
    assert client.resolve_fact("refunds", "price", as_of=date(2019, 5, 5)).status == "insufficient"


def test_a_value_that_is_valid_no_more_is_stale(build):
    fact = {
        "subject_id": "p/x",
        "subject": "X",
        "attribute": "price",
        "scope": "",
        "verbatim": "1",
        "value_type": "number",
        "decision": "alone",
    }
    rows = build.table("facts", [fact | {"claim_id": "k", "is_current": False, "valid_to": date(2020, 1, 1)}])
    assert build.client_over([], facts=rows).resolve_fact("x", "price").status == "stale"


def test_an_unknown_name_is_answered_with_those_that_come_close(client):
    fact = client.resolve_fact("Ada Lovejoy", "email")
    assert (fact.status, fact.value) == ("insufficient", None)
    assert "ada lovelace" in fact.did_you_mean
    assert client.resolve_fact("Ada Lovelace", "phone").did_you_mean == ("email",)


def test_a_name_that_two_subjects_share_is_not_guessed(build):
    fact = {
        "subject": "Paris",
        "attribute": "mayor",
        "scope": "",
        "verbatim": "x",
        "value_type": "name",
        "decision": "alone",
        "is_current": True,
    }
    rows = [fact | {"subject_id": f"place/{n}", "claim_id": f"k{n}"} for n in (1, 2)]
    client = build.client_over([], facts=build.table("facts", rows))
    found = client.resolve_fact("Paris", "mayor")
    assert found.status == "insufficient"
    assert found.did_you_mean == ("Paris (place/1)", "Paris (place/2)")
    assert all(client.resolve_fact(name, "mayor").subject == "Paris" for name in found.did_you_mean)


def test_an_attribute_with_many_values_gives_them_all(build):
    fact = {
        "subject_id": "p/x",
        "subject": "X",
        "attribute": "aliases",
        "scope": "",
        "value_type": "name",
        "decision": "alone",
        "is_current": True,
    }
    rows = [fact | {"value": v, "verbatim": v, "claim_id": v} for v in ("ex", "iks")]
    assert build.client_over([], facts=build.table("facts", rows)).resolve_fact("x", "aliases").values == ("ex", "iks")


def test_an_empty_name_is_refused(client):
    with pytest.raises(AgentError):
        client.resolve_fact("", "price")
