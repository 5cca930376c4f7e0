"""One call from question to answer: may the caller ask this, is it well formed, what does the store say, and what is noted of it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from canonry.audit import Call, Log, hashed
from canonry.errors import CanonryError
from canonry.mcp.answers import Denied
from canonry.mcp.arguments import parsed
from canonry.mcp.limits import Gate
from canonry.mcp.releases import EVERY
from canonry.mcp.tools import BY_NAME
from canonry.serve import AgentError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping
    from datetime import datetime

    from canonry.config import Serve
    from canonry.mcp.arguments import Arguments
    from canonry.mcp.callers import Caller
    from canonry.mcp.releases import Releases
    from canonry.mcp.tools import Tool
    from canonry.serve.results import Result

_SYNC_EVERY = 1.0  # seconds
_NAMED = 64  # characters of a tool's name that are noted
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What is sent back.

    Attributes:
        body: The result or the error, as JSON-like values without nulls.
        said: The same in one line.
        is_error: Which of both.
        status: The status of the result, or the code of the error.
        release: The release that was read.
        cites: What was served.
        tokens: Length of the body as JSON, in bytes.
    """

    body: dict[str, Any]
    said: str
    is_error: bool
    status: str
    release: str | None = None
    cites: tuple[str, ...] = ()
    tokens: int = 0


class Desk:
    """Answers calls, one principal's apart from another's.

    Args:
        releases: What is served.
        editions: Those that are opened at once, before anybody asks.
        log: Where every call is noted.
        serve: Limits, and what is noted.
        now: Reads the clock (UTC).
    """

    def __init__(self, releases: Releases, editions: Iterable[str], log: Log, serve: Serve, now: Callable[[], datetime]) -> None:
        self._releases, self._editions = releases, tuple(editions)
        self._log, self._serve, self._now = log, serve, now

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve: follow the pointer, and bring the record to disk each second."""
        self._gate = Gate(self._serve.limits)
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="audit")
        self._watch = ThreadPoolExecutor(1, thread_name_prefix="releases")
        self._is_open = asyncio.Event()
        tasks = [asyncio.create_task(self._follow())]
        tasks += [asyncio.create_task(self._every(_SYNC_EVERY, self._clerk, self._log.sync))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            self._gate.close()
            self._watch.shutdown(wait=False, cancel_futures=True)
            self._clerk.shutdown()
            self._log.sync()

    async def opened(self) -> None:
        """Wait until the editions are open, or cannot be opened; the seconds in which the model is loaded count against nobody."""
        await self._is_open.wait()

    async def answer(self, caller: Caller, name: str, arguments: Mapping[str, Any] | None) -> Answer:
        """Answer one call, and note it before the answer leaves."""
        started = time.perf_counter()
        try:
            answer = await self._answered(caller, name, arguments)
        except AgentError as e:
            answer = _error(e)
        except Exception:  # noqa: BLE001  (whatever it was, the caller learns nothing of it)
            _log.exception("the call of %s failed", name[:_NAMED])
            answer = _error(AgentError("INTERNAL", "The call failed inside the server.", "Tell the operator when it was."))
        call = Call(
            self._now(), caller.principal, name[:_NAMED], hashed(arguments or {}), answer.status, (time.perf_counter() - started) * 1000,
            caller.edition, answer.release, answer.cites, answer.tokens, caller.acting_for,
            dict(arguments or {}) if self._serve.audit.query_text else None,
        )  # fmt: skip
        try:
            await asyncio.get_running_loop().run_in_executor(self._clerk, self._log.note, call)
        except OSError:
            _log.exception("the record of calls cannot be written")
            message = "The call could not be noted, so it is not answered."
            return _error(AgentError("AUDIT_UNAVAILABLE", message, "Tell the operator.", retryable=True))
        return answer

    async def _answered(self, caller: Caller, name: str, arguments: Mapping[str, Any] | None) -> Answer:
        self._gate.admit(caller.principal)
        tool = BY_NAME.get(name)
        why = caller.refusal(tool)
        if why is not None:
            return _result(Denied(status_reason=why), "denied")
        if tool is None:
            raise AgentError("UNKNOWN_TOOL", "There is no such tool.", f"There are: {', '.join(sorted(caller.tools))}.")
        asked = parsed(tool.takes, arguments)
        await self.opened()
        return await self._gate.work(caller.principal, partial(self._read, caller, tool, asked))

    def _read(self, caller: Caller, tool: Tool, asked: Arguments) -> Answer:
        """Ask the store, on a worker."""
        edition = str(caller.edition)
        client = self._releases.client(edition, asked.release)
        try:
            found = tool.call(client, asked, caller.principal)
        except AgentError as e:
            if not e.retryable or e.code != "RELEASE_GONE" or asked.release is not None:
                raise
            self._releases.refresh()  # collected between two looks at the pointer
            client = self._releases.client(edition)
            found = tool.call(client, asked, caller.principal)
        cites = tuple(dict.fromkeys(c for c in tool.cites(found) if c))
        return _result(found, tool.said(found), getattr(found, "release", client.release), cites)  # a cursor may go on in an earlier one

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        for edition in self._editions:
            with suppress(CanonryError):  # whoever asks is told
                await loop.run_in_executor(self._watch, self._releases.client, edition)
        self._is_open.set()
        await self._every(EVERY, self._watch, self._releases.refresh)

    async def _every(self, seconds: float, where: ThreadPoolExecutor, what: Callable[[], Any]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await asyncio.get_running_loop().run_in_executor(where, what)
            except Exception:  # noqa: BLE001  (it must not end the server)
                _log.exception("a regular task failed; it is tried again")


def _result(found: Result, said: str, release: str | None = None, cites: tuple[str, ...] = ()) -> Answer:
    text = found.as_json()
    body: dict[str, Any] = json.loads(text)
    return Answer(body, said, is_error=False, status=str(body.get("status", "ok")), release=release, cites=cites, tokens=len(text.encode()))


def _error(error: AgentError) -> Answer:
    said = f"{error.code}: {error.message} {error.fix}".strip()
    return Answer(error.as_dict(), said, is_error=True, status=error.code)
