"""What one principal may not read leaves no trace in any answer it gets: text, error, count, cite, order, hash or status."""

from __future__ import annotations

import json
import re
import shutil
from itertools import product

import pytest

from tests.flow.company import TinyWorkspace
from tests.flow.test_editions import CANARY, without_secrets
from tests.mcp.serving import serving, token

pytestmark = pytest.mark.promise("answers-by-non-interference")
WORDS = ["annual leave", CANARY, "Clearsight 200", "price", "Secret", "warranty 36 months", "£9,999", "the", "ZZ-900"]
SUBJECTS = ["Clearsight 200", f"Secret {CANARY}", "ZZ-900", "product/zz-900", "Buffer 7", CANARY, "Clearsight"]
ATTRIBUTES = ["list_price", "warranty", "shelf_life", "note"]
FILTERS = [None, "source = 'secret'", f"path = '{CANARY}/0.md'", "status = 'contested'", "quality > 0.5", f"source in ('live', '{CANARY}')"]


@pytest.fixture(scope="module")
def bare(two_eyes, tmp_path_factory):
    """A server over the same company in which what staff may not read does not exist."""
    company = without_secrets(two_eyes.company, tmp_path_factory.mktemp("bare") / "company")
    for made in ("store", "journal", ".canonry"):
        shutil.rmtree(company.base / made, ignore_errors=True)
    secret, entry = token("desk")
    company.config["serve"] = {"tokens": [entry], "limits": {"per_minute": 100_000}}
    company.run()
    with serving(TinyWorkspace.open(company.base / "canonry.yaml", {})) as asking:
        asking.tokens = {"desk": secret}
        yield asking


@pytest.fixture(scope="module")
def calls(two_eyes):
    """Every tool, asked for what is there, what is hidden, and what is nowhere."""
    hidden = two_eyes.company.table("context", "hr")
    seen = two_eyes.company.table("context", "staff")
    only_hr = [c for c in hidden["cite"] if c not in set(seen["cite"])]
    assert len(only_hr) > 3
    ids = [*only_hr, *hidden["item_id"].to_list()[:20], *two_eyes.company.table("claims", "hr")["claim_id"].to_list()[::9]]
    ids += [*two_eyes.company.table("conflicts", "hr")["conflict_id"].to_list(), *seen["cite"].to_list()[:6], "live/nothing.md"]
    return [
        *(("search", {"query": q, "k": 9, "filter": f}) for q, f in product(WORDS, FILTERS)),
        *(("get_context", {"query": q, "budget_tokens": b, "on_conflict": c}) for q, b, c in
          product(WORDS, (600, 4000), ("winner", "both", "abstain"))),
        *(("resolve_fact", {"subject": s, "attribute": a}) for s, a in product(SUBJECTS, ATTRIBUTES)),
        *(("get_context", {"entity": s, "detail": "detailed"}) for s in SUBJECTS),
        *(("get_context", {"task": t}) for t in ("none", "quote")),
        *(("get_item", {"cites": [i], "start": a, "end": b}) for i in ids for a, b in ((None, None), (0, 20))),
        *(("report_gap", {"kind": "missing", "note": f"Nothing of {w}.", "cites": ids[:9]}) for w in WORDS),
        *(("explain", {"id": i}) for i in ids),
        *(("list_conflicts", {"limit": 100, "status": s}) for s in (None, "open", "decided_by_policy")),
        ("describe_store", {}),
        ("search", {"query": "x", "release": two_eyes.company.manifest.release_id.replace("-1-", "-2-")}),
        ("search", {"query": "x", "filter": "zebra = 1"}),
    ]  # fmt: skip


def told(asking, tool, arguments):
    """An answer without the name of the release and the cursor made of it: they say only that a release happened."""
    said = asking.call(asking.tokens["desk"], tool, **arguments)
    text = json.dumps([said.code, said.body, said.text, said.is_error], sort_keys=True, ensure_ascii=False)
    assert "INTERNAL" not in text
    return re.sub(r"\d{4}-\d\d-\d\d-\d+-[0-9a-f]{8}|\d+-[0-9a-f]{8}~[\w-]+~[0-9a-f]{8}", "RELEASE", text)


def test_every_answer_is_what_it_would_be_if_the_hidden_items_did_not_exist(asked, bare, calls):
    different = [(t, a) for t, a in calls if told(asked, t, a) != told(bare, t, a)]
    assert different == []
    assert len(calls) > 150


def test_what_only_one_edition_holds_is_there_for_its_own_principal(asked):
    said = asked.call(asked.tokens["people"], "search", query=CANARY, k=9).body
    assert any(CANARY in i["text"] for i in said["items"])


def test_what_was_reported_by_one_audience_is_new_to_another(asked):
    said = [asked.call(asked.tokens[w], "report_gap", kind="unsafe", note="The yard is dark.").body for w in ("people", "people", "desk")]
    assert [(s["status"], s["reports"]) for s in said] == [("recorded", 1), ("known", 2), ("recorded", 1)]


@pytest.mark.parametrize("who", ["stranger", "climber"])
def test_a_principal_without_an_edition_is_denied_everything_in_the_same_words(asked, calls, who):
    said = {json.dumps(asked.call(asked.tokens[who], t, **a).body) for t, a in [*calls, ("no_such_tool", {})]}
    assert len(said) == 1
    assert json.loads(said.pop())["status"] == "denied"


def test_a_principal_calls_only_the_tools_of_its_scopes(asked):
    assert asked.call(asked.tokens["reader"], "resolve_fact", subject="Clearsight 200", attribute="list_price").status != "denied"
    assert asked.call(asked.tokens["reader"], "search", query="leave").body == {
        "status": "denied", "status_reason": "This principal may not call this tool."
    }  # fmt: skip
