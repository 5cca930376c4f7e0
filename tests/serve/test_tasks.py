"""Tasks: ok only when every need is met, else which is not, and why."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

from canonry.publish import postings
from canonry.serve import AgentError, Client

NEEDS = [{"entity": "plan", "attributes": ["price"], "min_confidence": 0.8}, {"query": "refund policy", "sources": ["live"]}]


def _fact(**more):
    return {
        "subject_id": "plan/team", "subject": "Team", "attribute": "price", "scope": "", "verbatim": "$25", "value": "25.00 USD",
        "value_type": "money", "decision": "alone", "confidence": 0.9, "claim_id": "k1", "is_current": True, "sources": ["crm"],
    } | more  # fmt: skip


def _claim(**more):
    return {
        "claim_id": "k1", "subject_kind": "entity", "subject_id": "plan/team", "subject": "Team", "attribute": "price", "verbatim": "$25",
        "value": "25.00 USD", "value_type": "money", "source": "crm", "record_id": "7", "dated_on": date(2024, 12, 1),
        "date_kind": "no_later_than", "modality": "is", "standing": "alone",
    } | more  # fmt: skip


@pytest.fixture
def company(build):
    """Makes a client over one plan, one page and one task; what is given replaces the usual."""

    def made(needs=NEEDS, page=None, fact=None, claims=None, **tables):
        pages = [{"item_id": "p", "cite": "live/refunds.md#policy", "text": "The refund policy: 30 days.", **(page or {})}]
        served = build.context(pages)
        task = {"task": "refund", "principals": ["helpdesk"], "needs": json.dumps(needs), "on_conflict": "abstain", "budget_tokens": 1500}
        return Client.over(
            {
                "context": served,
                "_postings": postings(served),
                "release": build.table("release", [{"run_date": date(2024, 12, 31)}]),
                "facts": build.table("facts", [_fact(**(fact or {}))]),
                "claims": build.table("claims", claims or [_claim()]),
                "entities": build.table(
                    "entities",
                    [{"entity_id": i, "entity_type": "plan", "name": i[5:], "records": 1} for i in ("plan/team", "plan/solo")],
                ),
                "tasks": build.table("tasks", [task]),
                **tables,
            }
        )

    return made


def test_when_every_need_is_met_the_task_is_ok_and_exactly_that_is_packed(company):
    pack = company().get_context(task="refund", entity="team", principal="helpdesk")
    assert (pack.status, pack.unmet, pack.tokens.asked) == ("ok", (), 1500)
    fact, passage = pack.items
    assert (fact.kind, fact.cite, fact.heading, fact.text, fact.value) == ("fact", "crm/7", "price", "$25", "25.00 USD")
    assert passage.cite == "live/refunds.md#policy"


CONFLICT = {
    "conflict_id": "c1", "type": "value_conflict", "kind": "records", "subject_id": "plan/team", "subject": "Team", "attribute": "price",
    "sides": 2, "independent_sources": 2, "status": "open", "exposure": 0, "audience": [], "spans_audiences": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ({"fact": {"attribute": "seats"}}, "insufficient", "missing"),
        ({"fact": {"confidence": 0.7}}, "insufficient", "low_confidence"),
        ({"needs": [NEEDS[0] | {"sources": ["billing"]}]}, "insufficient", "other_source"),
        ({"needs": [NEEDS[0] | {"sources": []}]}, "insufficient", "other_source"),
        ({"needs": [NEEDS[0] | {"max_age": 7}]}, "stale", "too_old"),
        ({"needs": [NEEDS[0] | {"max_age": 60}], "claims": [_claim(dated_on=None)]}, "insufficient", "undated"),
        ({"needs": [NEEDS[0] | {"max_age": 60}], "claims": [_claim(record_id=None)]}, "insufficient", "undated"),
        ({"fact": {"decision": "open", "conflict_id": "c1"}}, "conflicting", "conflicting"),
        ({"page": {"status": "stale"}}, "stale", "stale"),
        ({"page": {"status": "contested", "conflict_ids": ["c2"]}}, "conflicting", "conflicting"),
        ({"page": {"source": "wiki"}}, "insufficient", "missing"),
        ({"needs": [NEEDS[1] | {"min_quality": 0.9}]}, "insufficient", "low_quality"),
        ({"needs": [NEEDS[1] | {"max_age": 30}]}, "insufficient", "undated"),
        ({"needs": [NEEDS[1] | {"max_age": 30}], "page": {"dated_on": date(2024, 1, 1), "date_kind": "exact"}}, "stale", "too_old"),
        ({"page": {"text": "refund policy " * 200}}, "insufficient", "budget"),
    ],
)
def test_a_need_that_is_not_met_names_itself_and_the_reason(company, build, given, status, reason):
    client = company(**given, conflicts=build.table("conflicts", [CONFLICT]))
    pack = client.get_context(task="refund", entity="team")
    assert (pack.status, [u.reason for u in pack.unmet]) == (status, [reason])
    assert pack.unmet[0].why
    assert pack.tokens.used <= 1500
    if reason == "conflicting":
        assert pack.unmet[0].conflict_id in ("c1", "c2")


def test_a_value_from_a_source_inside_a_named_one_counts(company):
    client = company(needs=[NEEDS[0] | {"sources": ["flights"]}], fact={"sources": ["flights/airline"]})
    assert client.get_context(task="refund", entity="team").status == "ok"


def test_a_stale_record_is_told_although_its_value_stands_undisputed(company, build):
    sign = {"target_kind": "record", "target_id": "7", "source": "crm", "signal": "source_held", "is_stale": True}
    told = company(staleness=build.table("staleness", [sign])).get_context(task="refund", entity="team")
    assert (told.status, told.unmet[0].source, told.unmet[0].cite) == ("stale", "crm", "crm/7")


def test_without_the_thing_that_a_task_is_about_its_needs_are_not_met(company):
    for entity in (None, "nobody"):
        pack = company().get_context(task="refund", entity=entity)
        assert (pack.status, pack.unmet[0].reason, pack.unmet[0].asks) == ("insufficient", "unknown_entity", "plan price")


def test_a_task_of_others_is_denied_and_an_unknown_one_is_not_found(company):
    pack = company().get_context(task="refund", entity="team", principal="sales")
    assert (pack.status, pack.items, pack.unmet) == ("denied", (), None)
    assert len(pack.as_json().encode()) == pack.tokens.used
    with pytest.raises(AgentError) as caught:
        company().get_context(task="refunds")
    assert (caught.value.code, "refund" in caught.value.fix) == ("NOT_FOUND", True)


def test_many_unmet_needs_never_break_the_budget(company):
    needs = [{"entity": "plan", "attributes": [f"attribute {n} {'ü' * 40}" for n in range(60)]}]
    pack = company(needs=needs).get_context(task="refund", entity="team", budget_tokens=500)
    assert len(pack.as_json().encode()) == pack.tokens.used <= 500
    assert pack.status == "insufficient"
    assert "60" in pack.status_reason


def test_the_state_of_a_task_says_for_which_things_it_can_be_served_and_what_blocks_the_others(company):
    state = company().tasks()[0]
    assert (state.status, state.subjects, state.ready, state.reasons) == ("insufficient", 2, 1, {"missing": 1})
    assert [(b.entity_id, b.unmet[0].asks) for b in state.blocked] == [("plan/solo", "plan/solo price")]


def test_the_state_of_a_task_agrees_with_what_an_agent_is_told(company, build):
    client = company(fact={"decision": "open", "conflict_id": "c1"}, conflicts=build.table("conflicts", [CONFLICT]))
    blocked = {b.entity_id: {u.reason for u in b.unmet} for b in client.tasks()[0].blocked}
    for entity in ("plan/team", "plan/solo"):
        assert {u.reason for u in client.get_context(task="refund", entity=entity).unmet} == blocked[entity]


def test_an_edition_has_the_tasks_of_its_principals_and_names_no_source_that_it_may_not_read():
    from canonry.config import parse
    from canonry.publish import tasks

    config = parse(
        {
            "default_audience": ["staff"],
            "sources": {"a": {"kind": "documents", "path": "a"}, "b": {"kind": "documents", "path": "b", "audience": ["hr"]}},
            "editions": {"staff": {"audiences": ["staff"], "principals": ["x"]}, "hr": {"audiences": ["hr"], "principals": ["y"]}},
            "tasks": {
                "both": {"principals": ["x", "y"], "needs": [{"query": "pay", "sources": ["a", "b"]}]},
                "hr_only": {"principals": ["y"], "needs": [{"query": "pay", "sources": ["b"]}]},
                "open": {"needs": [{"query": "pay", "sources": ["b"], "max_age": "30d"}]},
            },
        }
    )
    staff = {r["task"]: r for r in tasks(config, "staff", ["a"]).to_dicts()}
    assert {n: r["principals"] for n, r in staff.items()} == {"both": ["x"], "open": []}
    assert json.loads(staff["both"]["needs"]) == [{"query": "pay", "sources": ["a"]}]
    assert json.loads(staff["open"]["needs"]) == [{"max_age": 30, "query": "pay", "sources": []}]
    assert tasks(config, "full", ["a", "b"])["task"].to_list() == ["both", "hr_only", "open"]
    assert isinstance(tasks(config, "hr", []), pl.DataFrame)


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ({"needs": []}, "needs"),
        ({"needs": [{"entity": "plan"}]}, "query"),
        ({"needs": [{"query": "x", "entity": "plan", "attributes": ["p"]}]}, "query"),
        ({"needs": [{"query": "x", "min_confidence": 0.5}]}, "min_confidence"),
        ({"needs": [{"entity": "plan", "attributes": ["p"], "min_quality": 0.5}]}, "min_quality"),
        ({"needs": [{"query": "x", "sources": ["sauce"]}]}, "sauce"),
        ({"needs": [{"entity": "plam", "attributes": ["p"]}]}, "plam"),
        ({"principals": ["z"], "needs": [{"query": "x"}]}, "principal"),
    ],
)
def test_a_task_that_cannot_work_is_an_error_of_the_configuration(task, says):
    from canonry.config import parse
    from canonry.errors import ConfigError

    with pytest.raises(ConfigError, match=says):
        parse({"sources": {"crm": {"kind": "records", "path": "x.csv", "entity": "plan"}}, "tasks": {"t": task}})


def test_a_task_is_not_ok_while_something_that_it_needs_waits_for_the_next_pack(company):
    needs = [{"query": "refund policy"}, {"query": "parking permit"}]
    client = company(needs=needs, page={"text": "The refund policy. " + "It is long. " * 40})
    served = client._snapshot.table("context")
    other = served.with_columns(item_id=pl.lit("q"), cite=pl.lit("live/q.md#x"), text=pl.lit("The parking permit. " + "It is long. " * 40))
    both = pl.concat([served, other])
    tables = {n: client._snapshot.table(n) for n in ("tasks", "release", "entities")}
    client = Client.over({**tables, "context": both, "_postings": postings(both)})
    first = client.get_context(task="refund", budget_tokens=1200)
    assert (first.status, [u.reason for u in first.unmet], len(first.items)) == ("insufficient", ["budget"], 1)
    second = client.get_context(task="refund", budget_tokens=1200, cursor=first.next_cursor)
    assert (second.status, second.unmet, len(second.items)) == ("ok", (), 1)
    assert client.get_context(task="refund", budget_tokens=3000).status == "ok"
