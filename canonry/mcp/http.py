"""The server over HTTP: who asks is told by a bearer token; what is too long, too slow or from elsewhere is turned away."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import uvicorn
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR

from canonry.config import LOOPBACK, is_loopback
from canonry.errors import UsageError
from canonry.mcp.callers import Caller, caller
from canonry.mcp.server import server
from canonry.mcp.tokens import Keys, Verifier

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from datetime import datetime
    from socket import socket

    from mcp.server import ServerRequestContext
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from canonry.config import Serve
    from canonry.mcp.desk import Desk
    from canonry.workspace import Workspace

PORT = 8420
_PATH = "/mcp"
_HEADER_BYTES = 16_384
_CLIENT_ERROR = 400
_SAID = {PARSE_ERROR: "Parse error", INVALID_REQUEST: "Invalid request", INVALID_PARAMS: "Invalid params", INTERNAL_ERROR: "Internal error"}
_NOBODY = Caller("", None, frozenset())
_log = logging.getLogger(__name__)


def address(serve: Serve, host: str, port: int) -> str:
    """Give the address that agents use.

    Raises:
        UsageError: Nobody could be told from anybody else, or the server would be reached from elsewhere without saying as what.
    """
    if not serve.tokens and serve.oauth is None:
        hint = "Make a token with `canonry token PRINCIPAL` and put its lines into canonry.yaml, or configure `serve.oauth`."
        raise UsageError("serving over HTTP needs tokens: nobody is let in without one.", hint)
    if not is_loopback(host) and (not serve.url or not serve.hosts or serve.origins is None):
        raise UsageError(f"{host} can be reached from other machines.", "Say `serve.url`, `serve.hosts` and `serve.origins` first.")
    return serve.url or f"http://{f'[{host}]' if ':' in host else host}:{port}{_PATH}"


def application(desk: Desk, workspace: Workspace, url: str, now: Callable[[], datetime]) -> ASGIApp:
    """Make the web application.

    Args:
        desk: Answers calls.
        workspace: Its configuration says who reads what, and which tokens count.
        url: The address that agents use.
        now: Reads the clock (UTC).
    """
    serve = workspace.config.serve
    oauth = (serve.oauth, Keys(serve.oauth.keys, workspace.base)) if serve.oauth else None
    if oauth:
        oauth[1].read()
    known = {
        "resource_server_url": url if oauth else None,
        "validate_token_resource": bool(oauth),
    }  # without a server there is none to name
    auth = AuthSettings.model_validate({"issuer_url": oauth[0].issuer if oauth else url, **known})

    def who(ctx: ServerRequestContext[Any, Any]) -> Caller:
        user = ctx.request.scope.get("user") if ctx.request is not None else None
        if not isinstance(user, AuthenticatedUser) or user.access_token.subject is None:
            return _NOBODY
        claims = user.access_token.claims or {}
        scopes = user.access_token.scopes if claims.get("scoped") else None
        return caller(workspace.config, user.access_token.subject, claims.get("acting_for"), scopes)

    made = server(desk, who, opens_first=True).streamable_http_app(
        streamable_http_path=urlsplit(url).path or "/",
        json_response=True,
        stateless_http=True,
        max_request_body_size=serve.limits.body_bytes,
        transport_security=TransportSecuritySettings(allowed_hosts=_hosts(serve), allowed_origins=_origins(serve)),
        auth=auth,
        token_verifier=Verifier(url, serve.tokens, oauth, now),
    )
    return Guard(made, serve.limits.seconds)


class _Server(uvicorn.Server):
    """Says when it takes calls: the store is opened first, and that takes seconds."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def run(app: ASGIApp, host: str, port: int, ready: Callable[[], object] = lambda: None) -> uvicorn.Server:
    """Give the web server, not started; `run()` and `serve()` start it, and `ready` is called when it takes calls."""
    config = uvicorn.Config(
        app, host=host, port=port, http="h11", ws="none", lifespan="on", log_level="warning", access_log=False, server_header=False,
        proxy_headers=False, h11_max_incomplete_event_size=_HEADER_BYTES, timeout_keep_alive=30, timeout_graceful_shutdown=5,
    )  # fmt: skip
    return _Server(config, ready)


def _hosts(serve: Serve) -> list[str]:
    if serve.hosts is not None:
        return list(serve.hosts)
    names = [f"[{h}]" if ":" in h else h for h in LOOPBACK]
    return [*names, *(f"{n}:*" for n in names)]


def _origins(serve: Serve) -> list[str]:
    return list(serve.origins) if serve.origins is not None else []


class Guard:
    """Stands in front of the SDK: posts only, no body that trickles in, and no word of what went wrong inside.

    Args:
        app: The SDK's application.
        seconds: How long a request's body may take.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] not in ("POST", "GET") or (scope["method"] == "GET" and not scope["path"].startswith("/.well-known/")):
            await _refuse(send, 405, "Only POST is served here.", {b"allow": b"POST"})
            return
        exchange = _Exchange(receive, send, self._seconds)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except Exception:  # noqa: BLE001  (whatever it was, the caller learns nothing of it)
            _log.exception("a request failed")
            if not exchange.is_answered:
                await _refuse(send, 500, "The request failed inside the server.")


class _Exchange:
    """One request and its answer: the body has so much time in all; what comes after it may take as long as it likes."""

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self._receive, self._send = receive, send
        self._deadline: float | None = asyncio.get_running_loop().time() + seconds
        self.is_answered, self._is_given_up = False, False
        self._error: Message | None = None  # the head of an answer whose body is looked at before it is sent
        self._body = b""

    async def receive(self) -> Message:
        """Wait for the next part of the body; when it is too late, answer, and tell the application that nobody is there any more."""
        if self._deadline is None:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self._deadline, self._is_given_up = None, True
            await _refuse(self._send, 408, "The request took too long to arrive.", {b"connection": b"close"})
            return {"type": "http.disconnect"}
        if not message.get("more_body", False):
            self._deadline = None
        return message

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Pass on what the application answers, unless it was answered already; errors without the words of what found them."""
        if self._is_given_up:
            return
        if message["type"] == "http.response.start":
            self.is_answered = True
            if message["status"] >= _CLIENT_ERROR:
                self._error = message
                return
        if self._error is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            body = _without_words(self._body)
            length = (b"content-length", str(len(body)).encode())
            headers = [*(h for h in self._error["headers"] if h[0].lower() != b"content-length"), length]
            await self._send({**self._error, "headers": headers})
            await self._send({"type": "http.response.body", "body": body})


def _without_words(body: bytes) -> bytes:
    """Put the protocol's own words in the place of a parser's."""
    try:
        told = json.loads(body)
        said = _SAID[told["error"]["code"]]
    except (ValueError, TypeError, KeyError):
        return body
    told["error"] = {"code": told["error"]["code"], "message": said}
    return json.dumps(told, separators=(",", ":")).encode()


async def _refuse(send: Send, status: int, message: str, headers: dict[bytes, bytes] | None = None) -> None:
    body = json.dumps({"error": message}).encode()
    told = {b"content-type": b"application/json", b"content-length": str(len(body)).encode(), **(headers or {})}
    await send({"type": "http.response.start", "status": status, "headers": list(told.items())})
    await send({"type": "http.response.body", "body": body})
