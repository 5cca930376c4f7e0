"""What comes over the network: junk, too much, too fast, too slow, from elsewhere. Nothing of the inside shows."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import threading
import time
from types import SimpleNamespace

import pytest

from canonry.config import Limits
from canonry.mcp.limits import Gate
from canonry.serve import AgentError
from tests.flow.company import TinyWorkspace
from tests.mcp.fuzz import INSIDE, fuzzed, sent
from tests.mcp.serving import PLAIN, serving, token

LISTING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def test_hundreds_of_broken_requests_get_no_server_error_and_no_word_of_the_inside(asked):
    rng = random.Random(6)  # noqa: S311
    wrong = []
    for number in range(400):
        request = fuzzed(rng)
        code, text = sent(asked, request, asked.tokens["desk"])
        if code >= 500 or any(word in text for word in INSIDE):
            wrong.append((number, request, code, text[:300]))
    assert wrong == []
    assert asked.post(LISTING, asked.tokens["desk"]).status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "evil.example:80"}, 421),
        ({"host": "127.0.0.1.evil.example"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content-type": "text/plain"}, 400),
    ],
)
def test_requests_from_elsewhere_are_turned_away(asked, headers, code):
    assert asked.post(LISTING, asked.tokens["desk"], **headers).status_code == code


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_only_posts_are_served(asked, method):
    got = asked.http.request(method, asked.url, headers={"authorization": f"Bearer {asked.tokens['desk']}"})
    assert (got.status_code, got.headers["allow"]) == (405, "POST")


def test_a_request_that_is_too_long_is_not_read(asked):
    got = asked.post({**LISTING, "params": {"x": "y" * 70_000}}, asked.tokens["desk"])
    assert got.status_code == 413


def test_without_a_token_nothing_is_read_at_all(asked):
    assert asked.post(b"\xff" * 70_000).status_code == 401


@pytest.fixture
def narrow(two_eyes, tmp_path):
    """A server with small limits."""
    base = two_eyes.company.base
    made = {name: token(name) for name in ("desk", "people")}
    limits = {"per_minute": 6, "at_once": 1, "seconds": 0.5}
    config = two_eyes.company.config | {"journal": str(tmp_path / "journal"), "serve": {"tokens": [e for _, e in made.values()]}}
    config["serve"]["limits"] = limits
    (base / "narrow.yaml").write_text(json.dumps(config))
    with serving(TinyWorkspace.open(base / "narrow.yaml", {})) as asking:
        asking.tokens = {name: secret for name, (secret, _) in made.items()}
        yield asking


def test_a_principal_that_asks_too_often_is_told_when_to_come_again_and_no_other_notices(narrow):
    said = [narrow.call(narrow.tokens["desk"], "describe_store") for _ in range(7)]
    assert [s.is_error for s in said] == [False] * 6 + [True]
    assert (said[-1].body["code"], said[-1].body["retryable"]) == ("RATE_LIMITED", True)
    assert 1 <= int(said[-1].body["fix"].removeprefix("Ask again in ").removesuffix(" s.")) <= 10
    assert not narrow.call(narrow.tokens["people"], "describe_store").is_error


def test_a_request_that_trickles_in_is_given_up(narrow):
    host, port = narrow.url.removeprefix("http://").removesuffix("/mcp").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        headers = {**PLAIN, "host": f"{host}:{port}", "authorization": f"Bearer {narrow.tokens['desk']}", "content-length": "100"}
        line.sendall(("POST /mcp HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n{").encode())
        started = time.monotonic()
        assert line.recv(4096).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - started < 4


def test_calls_of_one_principal_wait_for_each_other_and_a_call_that_hangs_keeps_its_place():
    async def tried():
        gate, hold, at_work, most = Gate(Limits(at_once=2, seconds=0.2)), threading.Event(), [], []

        def slow():
            at_work.append(1)
            most.append(len(at_work))
            hold.wait(5)
            at_work.pop()

        ended = await asyncio.gather(*(gate.work("a", slow) for _ in range(5)), return_exceptions=True)
        other = await gate.work("b", lambda: "served")
        hold.set()
        await asyncio.sleep(0.1)
        again = await gate.work("a", lambda: "served")
        gate.close()
        return SimpleNamespace(ended=ended, most=max(most), other=other, again=again)

    found = asyncio.run(tried())
    assert [e.code for e in found.ended if isinstance(e, AgentError)] == ["TIMEOUT"] * 5
    assert (found.most, found.other, found.again) == (2, "served", "served")
