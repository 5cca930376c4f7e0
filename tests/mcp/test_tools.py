"""Every tool, asked by the SDK's own client over HTTP and over standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys

import jsonschema
import pytest
from click.testing import CliRunner
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from canonry.cli import cli
from canonry.mcp import TOOLS
from canonry.mcp.answers import output_schema
from canonry.serve import Client as Reader

ASKED = {
    "get_context": {"query": "how much annual leave do employees get", "budget_tokens": 3000},
    "resolve_fact": {"subject": "Clearsight 200", "attribute": "list_price"},
    "search": {"query": "annual leave", "k": 3},
    "get_item": {"cites": ["product/cs-200"]},
    "explain": {"id": "product/cs-200"},
    "list_conflicts": {"limit": 2},
    "changes_since": {"since": None},
    "query_sql": {"sql": "SELECT count(*) AS n FROM context"},
    "report_gap": {"kind": "missing", "note": "Nothing is said of bicycles."},
    "describe_store": {},
}


def ask(asked, *calls, who="analyst", **more):
    async def all_of_them():
        async with asked.client(asked.tokens[who], **more) as client:
            now = (await client.call_tool("describe_store", {})).structured_content["release"]
            ASKED["changes_since"]["since"] = now
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(all_of_them())


def test_every_tool_is_asked_here():
    assert {t.name for t in TOOLS} == set(ASKED)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_each_tool_answers_with_a_structure_that_keeps_its_schema_and_one_line_of_text(asked, mode):
    for (name, _), got in zip(ASKED.items(), ask(asked, *ASKED.items(), mode=mode), strict=True):
        if name == "query_sql" and got.is_error and got.structured_content["code"] == "SQL_UNAVAILABLE":
            continue  # a machine on which nothing can be shut in
        assert not got.is_error, (name, got.structured_content)
        jsonschema.validate(got.structured_content, output_schema(next(t.gives for t in TOOLS if t.name == name)))
        assert got.structured_content.get("status") != "denied"
        assert len(got.content) == 1
        assert len(got.content[0].text) < 100
        assert "\n" not in got.content[0].text


def test_all_tools_but_one_are_announced_as_read_only_and_idempotent_with_schemas_on_both_sides(asked):
    async def listed():
        async with asked.client(asked.tokens["analyst"]) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(listed())
    assert [t.name for t in tools] == [t.name for t in TOOLS]
    for tool in tools:
        assert tool.annotations.read_only_hint == tool.annotations.idempotent_hint == (tool.name != "report_gap")
        assert (tool.annotations.destructive_hint, tool.annotations.open_world_hint) == (False, False)
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema["type"] == "object"
        for schema in (tool.input_schema, tool.output_schema):
            jsonschema.Draft202012Validator.check_schema(schema)


def test_the_list_of_tools_is_the_same_whatever_is_in_the_store(asked, two_eyes):
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    seen = {who: asked.post(listing, asked.tokens[who]).json()["result"]["tools"] for who in ("desk", "people", "stranger", "reader")}
    assert seen["desk"] == seen["people"] == seen["stranger"]
    assert [t["name"] for t in seen["reader"]] == ["resolve_fact"]
    assert "query_sql" not in {t["name"] for t in seen["desk"]}, "SQL is for those who are given it"
    assert asked.call(asked.tokens["desk"], "query_sql", sql="SELECT 1").status == "denied"


def test_a_pack_is_never_over_its_budget_counted_on_what_is_sent(asked):
    for budget in (500, 700, 1500, 16_000):
        pack = asked.call(asked.tokens["desk"], "get_context", query="warranty of the Oxylog 310", budget_tokens=budget).body
        sent = len(json.dumps(pack, ensure_ascii=False, separators=(",", ":")).encode())
        assert sent == pack["tokens"]["used"] <= budget


def test_the_same_question_twice_gives_the_same_answer(asked):
    first, second = (asked.call(asked.tokens["desk"], "get_context", query="demo kit") for _ in range(2))
    assert first == second


def test_a_release_that_is_named_is_read_and_one_that_is_not_kept_is_an_error(asked):
    now = asked.call(asked.tokens["desk"], "search", query="leave").body
    assert asked.call(asked.tokens["desk"], "search", query="leave", release=now["release"]).body == now
    gone = asked.call(asked.tokens["desk"], "search", query="leave", release="2020-01-01-1-00000000")
    assert (gone.is_error, gone.body["code"]) == (True, "RELEASE_GONE")
    assert asked.call(asked.tokens["desk"], "search", query="leave", release="../../etc").body["code"] == "RELEASE_GONE"


def test_a_long_answer_goes_on_with_its_cursor(asked):
    first = asked.call(asked.tokens["desk"], "get_context", query="warranty and price", budget_tokens=600).body
    then = asked.call(asked.tokens["desk"], "get_context", query="warranty and price", budget_tokens=600, cursor=first["next_cursor"]).body
    assert not {i["cite"] for i in then["items"]} & {i["cite"] for i in first["items"]}
    assert then["release"] == first["release"]
    wrong = asked.call(asked.tokens["desk"], "get_context", query="other", budget_tokens=600, cursor=first["next_cursor"])
    assert wrong.body["code"] == "BAD_CURSOR"


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("search", {}, "BAD_ARGUMENT"),
        ("search", {"query": "x", "k": 0}, "BAD_ARGUMENT"),
        ("search", {"query": "x", "kk": 1}, "BAD_ARGUMENT"),
        ("search", {"query": "x" * 10_001}, "BAD_ARGUMENT"),
        ("search", {"query": "x", "filter": "nope = 1"}, "BAD_FILTER"),
        ("search", {"query": "x", "filter": "status = 'current"}, "BAD_FILTER"),
        ("get_context", {"query": "x", "budget_tokens": 499}, "BAD_ARGUMENT"),
        ("get_context", {"query": "x", "on_conflict": "coin"}, "BAD_ARGUMENT"),
        ("resolve_fact", {"subject": " ", "attribute": "x"}, "BAD_ARGUMENT"),
        ("resolve_fact", {"subject": "x", "attribute": "x", "as_of": "soon"}, "BAD_ARGUMENT"),
        ("get_item", {"cites": []}, "BAD_ARGUMENT"),
        ("get_item", {"cites": ["live/nothing.md"]}, "NOT_FOUND"),
        ("explain", {"id": "nothing"}, "NOT_FOUND"),
        ("query_everything", {}, "UNKNOWN_TOOL"),
    ],
)
def test_what_cannot_be_carried_out_is_an_error_with_a_code_and_a_way_out(asked, tool, arguments, code):
    got = asked.call(asked.tokens["desk"], tool, **arguments)
    assert (got.is_error, got.body["code"]) == (True, code)
    assert set(got.body) - {"position"} == {"code", "message", "fix", "retryable"}
    assert got.body["message"]
    assert got.body["fix"]
    assert not any(word in json.dumps(got.body) for word in ("Traceback", "pydantic", "polars", "duckdb", "/company", ".py"))


def test_over_standard_input_and_output_a_principal_reads_its_edition_under_its_own_name(two_eyes):
    config = str(two_eyes.company.base / "canonry.yaml")
    started = StdioServerParameters(command=sys.executable, args=["-m", "canonry", "-c", config, "serve", "--principal", "desk"])

    async def asked():
        async with Client(stdio_client(started)) as client:
            fact = await client.call_tool("resolve_fact", {"subject": "Clearsight 200", "attribute": "list_price"})
            return fact.structured_content, (await client.call_tool("describe_store", {})).structured_content["edition"]

    staff = Reader(two_eyes.company.workspace.store, "staff").resolve_fact("Clearsight 200", "list_price")
    assert asyncio.run(asked()) == (json.loads(staff.as_json()), "staff")
    last = (two_eyes.company.workspace.journal / "audit.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["principal"] == "desk"


@pytest.mark.parametrize("wrong", [[], ["--edition", "staff", "--http"], ["--edition", "nothing"], ["--http"]])
def test_nothing_is_served_when_it_is_not_said_what_or_to_whom(two_eyes, wrong):
    tokenless = two_eyes.company.config | {"serve": {}}
    (two_eyes.company.base / "bare.yaml").write_text(json.dumps(tokenless))
    done = CliRunner().invoke(cli, ["-c", str(two_eyes.company.base / "bare.yaml"), "serve", *wrong])
    assert done.exit_code == 2
    assert "next:" in done.stderr
