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


class Meaning:
    """An encoder that knows two pairs of words of one meaning, and nothing else."""

    def __init__(self, inner):
        self.same = {"telephone": "phone", "number": "phone", "guarantee": "warranty"}
        self.inner, self.name, self.dimensions = inner, inner.name, inner.dimensions

    def encode(self, texts, progress=None):
        return self.inner.encode([" ".join(self.same.get(w, w) for w in t.lower().split()) for t in texts], progress)

    def encode_query(self, text):
        return self.encode([text])[0]


@pytest.fixture
def meant(build):
    fact = {"subject_id": "p/x", "subject": "Datapost 200", "scope": "", "value_type": "text", "decision": "alone", "is_current": True}
    facts = [
        fact | {"attribute": a, "verbatim": f"the {a}", "claim_id": f"k{n}"}
        for n, a in enumerate(("phone", "warranty", "last_calibrated", "calibration_interval"))
    ]
    pages = [{"item_id": "i", "cite": "live/p.md#x", "text": "The logger with the antenna has a phone."}]
    claim = {
        "subject_kind": "entity",
        "subject_id": "p/x",
        "subject": "Datapost 200",
        "attribute": "phone",
        "verbatim": "x",
        "source": "live",
    }
    claim |= {"claim_id": "k0", "value_type": "text", "item_id": "i", "date_kind": "unknown", "modality": "is", "standing": "alone"}
    return build.client_over(pages, Meaning(build.encoder()), facts=build.table("facts", facts), claims=build.table("claims", [claim]))


def test_an_attribute_in_other_words_is_found_by_meaning_and_the_answer_says_so(meant):
    fact = meant.resolve_fact("Datapost 200", "guarantee")
    assert (fact.attribute, fact.value or fact.verbatim, fact.matched_by) == ("warranty", "the warranty", "meaning")
    assert "warranty" in fact.status_reason
    assert meant.resolve_fact("Datapost 200", "warranty").matched_by is None
    assert meant.resolve_fact("Datapots 200", "waranty").matched_by == "spelling"


def test_an_attribute_that_could_be_two_is_suggested_and_not_taken(meant):
    fact = meant.resolve_fact("Datapost 200", "calibrated every")
    assert (fact.status, fact.value) == ("insufficient", None)
    assert {"last_calibrated", "calibration_interval"} <= set(fact.did_you_mean)


def test_a_subject_in_other_words_is_found_by_what_is_said_of_it(meant):
    fact = meant.resolve_fact("logger with the antenna", "phone")
    assert (fact.subject, fact.matched_by) == ("Datapost 200", "meaning")
    assert meant.resolve_fact("zzzz", "phone").status == "insufficient"


def test_a_misspelt_key_with_another_digit_is_another_thing(meant):
    assert meant.resolve_fact("Datapost 300", "warranty").value is None
