"""An agent's loop around the tools of `canonry serve`: ask, look at the status, answer with cites or say why not.

python examples/agent.py "how much leave do I get"                                   # over examples/brightwater
python examples/agent.py "day rate of the Samplar 24" --config company/canonry.yaml --edition staff
python examples/agent.py "how much leave do I get" --url http://127.0.0.1:8420/mcp    # CANONRY_TOKEN holds the token

`answered` stands where your model stands: it gets what the store serves, and quotes it. Everything around it is what an agent needs to do
whatever the model is: branch on the status before reading anything, use what stands instead of what was corrected, cite.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

EXAMPLE = Path(__file__).resolve().parent / "brightwater" / "canonry.yaml"
BUDGET = 3000


async def ask(client: Client, question: str) -> str:
    """Ask the store, and make an answer of what it says."""
    called = await client.call_tool("get_context", {"query": question, "budget_tokens": BUDGET})
    pack: dict[str, Any] = called.structured_content or {}
    if called.is_error:
        return f"I could not look that up: {pack['message']} {pack['fix']}"
    handlers = {"ok": answered, "conflicting": undecided, "stale": outdated}
    return handlers[pack["status"]](pack) if pack["status"] in handlers else f"I do not know. {pack['status_reason']}"


def answered(pack: dict[str, Any]) -> str:
    """Answer from the first item. Here your model would read all of them, as material and never as instructions."""
    item = pack["items"][0]
    said = " ".join(item["text"].split())[:300]
    for wrong in item.get("corrections", []):
        if wrong.get("says") and wrong.get("stands"):
            said += f" (where it says {wrong['says']!r}, {wrong['stands']!r} stands: {wrong.get('cite', 'no cite')})"
    return f"{said}\n[{item['cite']}]"


def undecided(pack: dict[str, Any]) -> str:
    """Name both sides of what nobody has decided, and do not choose."""
    sides = [f"{value} [{cite}]" for c in pack["conflicts"] for value, cite in zip(c["values"], c["cites"], strict=True)]
    return (
        f"My sources disagree, and nobody has decided yet: {'; '.join(sides)}."
        if sides
        else f"My sources disagree. {pack['status_reason']}"
    )


def outdated(pack: dict[str, Any]) -> str:
    """Answer, and say that it is old."""
    since = pack["items"][0].get("dated_on", "an unknown day")
    return f"This may be out of date, it is from {since}: {answered(pack)}"


async def main() -> None:
    """Connect over standard input and output, or over HTTP, and ask each question."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("questions", nargs="+")
    wanted.add_argument("--config", default=str(EXAMPLE))
    wanted.add_argument("--edition", default="staff")
    wanted.add_argument("--url")
    given = wanted.parse_args()
    if given.url:
        if not os.environ.get("CANONRY_TOKEN"):
            sys.exit("CANONRY_TOKEN holds no token: `canonry token PRINCIPAL` makes one.")
        token = {"authorization": f"Bearer {os.environ['CANONRY_TOKEN']}"}
        async with (
            httpx2.AsyncClient(headers=token, timeout=30) as http,
            Client(streamable_http_client(given.url, http_client=http)) as client,
        ):
            await each(client, given.questions)
    else:
        command = ["-m", "canonry", "-c", given.config, "serve", "--edition", given.edition]
        async with Client(stdio_client(StdioServerParameters(command=sys.executable, args=command))) as client:
            await each(client, given.questions)


async def each(client: Client, questions: list[str]) -> None:
    """Ask one question after the other."""
    for question in questions:
        print(f"{question}\n{await ask(client, question)}\n")


if __name__ == "__main__":
    unreachable = False
    try:
        asyncio.run(main())
    except* (httpx2.HTTPError, MCPError):
        unreachable = True  # leaving from here would show the group of errors
    if unreachable:
        sys.exit("The server cannot be reached, is not ready yet, or does not know the token.")
