"""Golden questions: each rate counts exactly what it says."""

from __future__ import annotations

import pytest

from canonry.serve import AgentError, evaluate


def _one(client, **question):
    return evaluate(client, [{"id": "q", "kind": "search", **question}])


def test_a_right_value_is_found_as_a_run_of_words_whatever_the_marks(build):
    client = build.client_over([{"item_id": "a", "text": "Ask [TTS](https://x.example/y) **Design** by 4:30."}])
    assert _one(client, query="ask design", right=["tts design"], wrong=["TS Design", "4"]).right_context_rate.value == 1.0
    assert _one(client, query="ask design", right=["tts design"], wrong=["TS Design", "4"]).wrong_context_rate.value == 0.0


def test_a_value_inside_a_longer_one_of_the_other_kind_does_not_count(build):
    client = build.client_over([{"item_id": "a", "text": "The team is called 18F Design."}])
    found = _one(client, query="team called", right=["18F Design"], wrong=["Design"])
    assert (found.right_context_rate.value, found.wrong_context_rate.value) == (1.0, 0.0)
    found = _one(client, query="team called", right=["Design"], wrong=["18F Design"])
    assert (found.right_context_rate.value, found.wrong_context_rate.value) == (0.0, 1.0)


def test_a_wrong_value_in_a_flagged_item_is_exposure_and_not_wrong_context(client):
    found = _one(client, query="team plan cost", right=["$25"], wrong=["$20"])
    assert (found.wrong_context_rate.count, found.stale_exposure.count) == (0, 1)


def test_right_items_that_are_flagged_are_counted_by_item(client):
    found = evaluate(
        client,
        [{"id": "1", "query": "book flights", "right": ["two weeks"]}, {"id": "2", "query": "parental leave", "right": ["16 weeks"]}],
    )
    assert (found.flag_rate.count, found.flag_rate.n) == (1, 2)


def test_expected_statuses_silent_conflicts_and_abstention_are_counted(client):
    found = evaluate(
        client,
        [
            {"id": "1", "query": "refund days", "expect": "conflicting"},
            {"id": "2", "query": "team plan month", "expect": "conflicting"},
            {"id": "3", "query": "zzzz", "expect": "insufficient"},
            {"id": "4", "query": "team plan month", "expect": "insufficient", "cites": ["wiki/prices.md#plan"]},
        ],
    )
    assert (found.silent_conflicts.count, found.silent_conflicts.n) == (1, 2)
    assert (found.abstention.count, found.abstention.n) == (1, 4)
    assert (found.missed_abstention.count, found.missed_abstention.n) == (1, 2)
    assert (found.as_expected.count, found.as_expected.n) == (2, 4)
    assert (found.cited_rate.count, found.cited_rate.n) == (1, 1)


def test_facts_are_compared_by_value_and_verbatim(client):
    questions = [
        {"id": "1", "kind": "fact", "query": "Refunds | price", "right": ["$25"], "wrong": ["$20"]},
        {"id": "2", "kind": "fact", "query": "Refunds | price", "right": ["15.00 USD"], "as_of": "2021-01-01", "expect": "ok"},
        {
            "id": "3",
            "kind": "fact",
            "query": "?",
            "subject": "Refunds",
            "attribute": "refund window",
            "wrong": ["30 days"],
            "expect": "conflicting",
        },
    ]
    found = evaluate(client, questions)
    assert [v.right for v in found.questions] == [True, True, None]
    assert (found.wrong_context_rate.count, found.stale_exposure.count) == (0, 1)
    assert found.silent_conflicts.value == 0.0


def test_a_rate_of_nothing_is_no_number(client):
    assert evaluate(client, []).right_context_rate.value is None


@pytest.mark.parametrize(
    "line", [{"query": "x"}, {"id": "1", "query": "x", "kind": "guess"}, {"id": "1", "kind": "fact", "query": "no attribute"}]
)
def test_a_line_that_is_no_question_is_refused_with_its_number(client, line):
    with pytest.raises(AgentError, match="Question 1"):
        evaluate(client, [line])


def _changed(build, **fact):
    """A release in which the notice went from 14 to 30 days."""
    row = {"subject_id": "topic", "subject": "Leave > Notice", "attribute": "you get ____ of notice when you leave.", "scope": ""}
    row |= {"value_type": "duration", "decision": "policy", **fact}
    facts = [
        row | {"value": "P30D", "verbatim": "30 days", "claim_id": "k-new", "is_current": True},
        row | {"value": "P14D", "verbatim": "14 days", "claim_id": "k-old", "is_current": False},
    ]
    said = {
        "subject_kind": "topic",
        "subject_id": "topic",
        "subject": "Leave",
        "attribute": "a",
        "value_type": "duration",
        "source": "live",
    }
    claim = said | {
        "date_kind": "exact",
        "modality": "is",
        "standing": "stands",
        "claim_id": "k-new",
        "item_id": "i-new",
        "verbatim": "30 days",
    }
    claims = [claim | {"sentence": "You get 30 days of notice when you leave."}]
    items = [{"item_id": "i-new", "cite": "live/leave.md#notice", "title": "Leave", "text": claims[0]["sentence"]}]
    return build.client_over(items, facts=build.table("facts", facts), claims=build.table("claims", claims))


def test_a_changed_statement_is_asked_with_its_value_masked(build):
    client = _changed(build)
    (question,) = client.make_questions()
    assert question["query"] == "Leave: You get of notice when you leave."
    assert (question["right"], question["wrong"]) == (["You get 30 days of notice when you"], ["You get 14 days of notice when you"])
    assert question["cites"] == ["live/leave.md#notice"]
    found = evaluate(client, [question])
    assert (found.right_context_rate.value, found.wrong_context_rate.value, found.cited_rate.value) == (1.0, 0.0, 1.0)


def test_a_changed_attribute_is_asked_as_a_fact(build):
    client = _changed(build, attribute="notice")
    (question,) = client.make_questions()
    assert (question["kind"], question["right"], question["wrong"]) == ("fact", ["P30D", "30 days"], ["P14D", "14 days"])
    found = evaluate(client, [question])
    assert (found.right_context_rate.value, found.wrong_context_rate.value) == (1.0, 0.0)


def test_an_open_fact_should_be_answered_as_conflicting_and_nothing_else_is_asked(client, build):
    questions = client.make_questions()
    assert [(q.get("expect"), q["query"]) for q in questions if "expect" in q] == [("conflicting", "Refunds | refund_window")]
    assert evaluate(client, questions).silent_conflicts.count == 0
    assert build.client_over([]).make_questions() == ()
