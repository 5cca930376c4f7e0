"""Requests that no agent would send: made by chance from a seed, sent as they are."""

from __future__ import annotations

import json
import string

TOOLS = [
    "get_context",
    "resolve_fact",
    "search",
    "get_item",
    "explain",
    "list_conflicts",
    "describe_store",
    "changes_since",
    "report_gap",
    "nope",
    "",
    7,
    None,
]
ARGUMENTS = [
    "query",
    "k",
    "filter",
    "budget_tokens",
    "on_conflict",
    "subject",
    "attribute",
    "as_of",
    "cites",
    "id",
    "status",
    "limit",
    "release",
]
METHODS = [
    "tools/call",
    "tools/list",
    "initialize",
    "ping",
    "server/discover",
    "resources/list",
    "prompts/get",
    "completion/complete",
    "",
    5,
]
WORDS = [
    "leave", "Clearsight 200", "'", "' or 1=1 --", "status = 'current'", "a = (", "not not not x", "(" * 300, "2024-13-45", "\x00",
    "\ud800", "𝔘𝔫𝔦", "../../etc/passwd", "%s%n", "${jndi:x}", "{{7*7}}",
    "null", "1e999", "live/a.md#b", "x" * 3000, "\u202e", "source = 'live' and",
]  # fmt: skip
# Words of the inside: engines, languages, files, stacks.
INSIDE = ("Traceback", "polars", "duckdb", "pydantic", "sqlite", ".py", "site-packages", "/store", "KeyError", "TypeError", "Errno")
VERSIONS = ["2025-06-18", "2025-11-25", "2026-07-28", "2024-11-05", "1999-01-01", "", "x" * 300]


def value(rng, depth=0):
    """Any JSON value, mostly small and sometimes nasty."""
    kind = rng.randrange(10 if depth < 4 else 7)
    if kind < 4:
        return rng.choice(WORDS)
    if kind < 7:
        return rng.choice([0, -1, 1, 5, 2**31, 2**64, -(2**63), 1e308, 0.5, True, False, None])
    if kind < 9:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice([*ARGUMENTS, "x", "__proto__", "$ref"]): value(rng, depth + 1) for _ in range(rng.randrange(4))}


def fuzzed(rng):
    """One request: headers and body."""
    version = rng.choice(VERSIONS[:2] if rng.random() < 0.85 else VERSIONS)
    headers, change = {"mcp-protocol-version": version}, rng.randrange(20)
    if change == 8:
        name = rng.choice(["accept", "content-type", "mcp-session-id", "mcp-method", "mcp-name", "last-event-id"])
        headers[name] = "".join(rng.choice(string.printable[:94]) for _ in range(rng.randrange(40)))
    raw = json.dumps(_body(rng, change)).encode()
    at = rng.randrange(len(raw))
    if change == 5:
        raw = raw[:at] + bytes(rng.randrange(256) for _ in range(rng.randrange(1, 9))) + raw[at + rng.randrange(3) :]
    elif change == 6:
        raw = raw[:at]
    elif change == 7:
        raw = b"[" * rng.choice([100, 5000, 50_000])
    return headers, raw


def _body(rng, change):
    """A call with chance arguments, and sometimes something broken about it."""
    number = rng.choice([1, "a"] if rng.random() < 0.9 else [None, 1.5, {}, 2**70, True, ""])
    arguments = {k: value(rng) for k in rng.sample(ARGUMENTS, rng.randrange(6))}
    params = {"name": rng.choice(TOOLS), "arguments": value(rng) if change == 2 else arguments}
    if change == 3:
        params["_meta"] = {"io.modelcontextprotocol/protocolVersion": value(rng), "progressToken": value(rng)}
    method = rng.choice(METHODS) if change == 0 else "tools/call"
    body = {"jsonrpc": "2.0", "id": number, "method": method, "params": value(rng) if change == 1 else params}
    broken = [[], [body, body], value(rng), {"jsonrpc": "1.0"}, {**body, "jsonrpc": value(rng)}]
    return rng.choice(broken) if change == 4 else body


def sent(asking, request, secret):
    """Send a request; give code and text of the answer."""
    headers, raw = request
    got = asking.post(raw, secret, **headers)
    return got.status_code, got.text
