"""What the page for builders of agents shows of connecting one works as it is shown; the skill file knows what the tools answer."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import socket
import subprocess
import sys
import time
from typing import get_args

import httpx2
import pytest
import yaml
from click.testing import CliRunner
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from canonry.cli import cli
from canonry.mcp import TOOLS
from canonry.published import FLAGS
from canonry.serve.results import Status
from tests.docs.pages import ROOT, blocks, commands

PAGE = ROOT / "docs" / "for-agent-builders.md"
SKILL = (ROOT / "docs" / "agent-skill.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_shown_entry_of_an_agents_host_starts_a_server_that_answers(company):
    shown = next(json.loads(b.text) for b in blocks(PAGE) if b.language == "json")["mcpServers"]["company"]
    assert shown["command"] == "canonry"
    args = [str(company / "canonry.yaml") if a.endswith(".yaml") else a for a in shown["args"]]
    started = StdioServerParameters(command=sys.executable, args=["-m", "canonry", *args], cwd=ROOT)

    async def asked():
        async with Client(stdio_client(started)) as client:
            return await client.call_tool("resolve_fact", {"subject": "Samplar 24", "attribute": "day_rate"})

    fact = asyncio.run(asked())
    assert (fact.structured_content["status"], fact.structured_content["value"]) == ("ok", "60.00 GBP")


@pytest.mark.slow
def test_token_server_and_the_example_of_an_agent_work_together_as_shown(company):
    token_line, serve_line = (next(c for c in commands(PAGE) if c.startswith(f"canonry {w}")) for w in ("token", "serve"))
    made = json.loads(CliRunner().invoke(cli, [*shlex.split(token_line)[1:], "--json"]).stdout)
    added = {"serve": {"tokens": [{k: made[k] for k in ("principal", "sha256", "expires_on")}]}}
    with (company / "canonry.yaml").open("a") as config:
        config.write("\n" + yaml.safe_dump(added))
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    url = f"http://127.0.0.1:{port}/mcp"
    command = [sys.executable, "-m", "canonry", "-c", str(company / "canonry.yaml"), *shlex.split(serve_line)[1:], "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        _wait(url, server)
        asked = [sys.executable, "examples/agent.py", "how much leave do I get", "--url", url]
        done = subprocess.run(
            asked, cwd=ROOT, env={**os.environ, "CANONRY_TOKEN": made["token"]}, capture_output=True, text=True, check=True
        )
        assert "27 days" in done.stdout
        assert "[handbook/people/leave.md#" in done.stdout
        for token, said in (("", "CANONRY_TOKEN holds no token"), ("canonry_wrong", "does not know the token")):
            told = {**os.environ, "CANONRY_TOKEN": token}
            refused = subprocess.run(asked, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
            assert refused.returncode == 1
            assert said in refused.stderr
            assert "Traceback" not in refused.stderr
    finally:
        server.terminate()
        said = server.communicate(timeout=20)[1]
        assert f"Serving agents at {url}" in said
        assert "Ready." in said


def test_a_principal_that_no_edition_has_is_not_served(company):
    done = CliRunner().invoke(cli, ["-c", str(company / "canonry.yaml"), "serve", "--principal", "agent-salse"])
    assert done.exit_code == 2
    assert "did you mean 'agent-sales'" in done.stderr


def _wait(url, server):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            assert httpx2.post(url).status_code == 401
            return
        except httpx2.TransportError:
            time.sleep(0.1)
    pytest.fail("the server does not listen")


def test_the_page_names_every_tool():
    text = PAGE.read_text(encoding="utf-8")
    assert [t.name for t in TOOLS if f"| `{t.name}` |" not in text] == []


def test_the_skill_file_tells_every_status_and_no_tool_or_flag_that_is_none():
    assert [s for s in get_args(Status) if f"| `{s}` |" not in SKILL] == []
    words = set(SKILL.replace("`", " ` ").split())
    assert {"get_context", "resolve_fact", "get_item"} <= words & {t.name for t in TOOLS}
    named = {
        w for w in ("undated", "stamped_date", "review_overdue", "source_held", "hidden_text", "instruction_like") if f"`{w}`" in SKILL
    }
    assert named <= set(FLAGS)
    assert len(named) == 6
