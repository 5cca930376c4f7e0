"""A server over a company on disk, on a port of its own, and somebody who asks it."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from canonry import audit, mcp

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.workspace import Workspace

PLAIN = {"accept": "application/json", "content-type": "application/json", "mcp-protocol-version": "2025-06-18"}


def now():
    return datetime.now(UTC)


def token(principal, *, expires_on=None, **more):
    """A token, and its entry in the configuration; it ends the day after tomorrow."""
    made, ends = mcp.made(), expires_on or now().date() + timedelta(days=2)
    return made, {"principal": principal, "sha256": mcp.fingerprint(made), "expires_on": ends.isoformat(), **more}


@dataclass(frozen=True)
class Said:
    """What came back of one call."""

    code: int
    body: Any
    text: str = ""
    is_error: bool = False

    @property
    def status(self) -> str:
        return str(self.body.get("status", self.body.get("code", ""))) if isinstance(self.body, dict) else ""


class Asking:
    """A running server, asked over HTTP as an agent would."""

    def __init__(self, url: str, journal: Path) -> None:
        self.url, self.journal = url, journal
        self.http = httpx2.Client(headers=PLAIN, timeout=30)

    def post(self, body: Any, secret: str | None = None, **headers: str) -> httpx2.Response:
        bearer = {"authorization": f"Bearer {secret}"} if secret is not None else {}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post(self.url, headers={**bearer, **headers}, content=raw)

    def call(self, secret: str | None, tool: str, /, **arguments: Any) -> Said:
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        got = self.post(asked, secret)
        if got.status_code != 200:
            return Said(got.status_code, got.text)
        result = got.json().get("result")
        if result is None:
            return Said(200, got.json()["error"], is_error=True)
        return Said(200, result["structuredContent"], result["content"][0]["text"], result.get("isError", False))

    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.journal / audit.FILE).read_text().splitlines()]

    @asynccontextmanager
    async def client(self, secret: str, **more: Any):
        """The SDK's own client."""
        async with (
            httpx2.AsyncClient(headers={"authorization": f"Bearer {secret}"}, timeout=30) as http,
            Client(streamable_http_client(self.url, http_client=http), **more) as found,
        ):
            yield found


@contextmanager
def serving(workspace: Workspace, *, clock=now):
    """Serve a workspace over HTTP until the block ends."""
    with socket.socket(proto=socket.IPPROTO_TCP) as place:  # said, or asyncio leaves Nagle's delay on
        place.bind(("127.0.0.1", 0))
        host, port = place.getsockname()
        serve = workspace.config.serve
        url = mcp.address(serve, host, port)
        log = audit.Log(workspace.journal)
        desk = mcp.Desk(mcp.Releases(workspace.store, workspace.encoder(), workspace.journal), workspace.config.editions, log, serve, clock)
        web = mcp.run(mcp.application(desk, workspace, url, clock), host, port)
        thread = threading.Thread(target=lambda: asyncio.run(web.serve([place])))
        thread.start()
        try:
            deadline = time.monotonic() + 20
            while not web.started:
                assert thread.is_alive(), "the server did not start"
                assert time.monotonic() < deadline
                time.sleep(0.01)
            asking = Asking(f"http://{host}:{port}/mcp", workspace.journal)
            yield asking
            asking.http.close()
        finally:
            web.should_exit = True
            thread.join(20)
            log.close()
