"""How much one principal may ask for: so many calls a minute, so many at once, and no call for ever."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from canonry.serve import AgentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from canonry.config import Limits

_T = TypeVar("_T")
_PRINCIPALS = 10_000  # so many are remembered: whoever was silent the longest is forgotten


@dataclass
class _Account:
    """What one principal has left: calls, and places to be worked on."""

    calls: float
    at: float
    places: asyncio.Semaphore = field(repr=False)


class Gate:
    """Lets calls of principals through to the workers; for one event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._accounts: OrderedDict[str, _Account] = OrderedDict()
        self._workers = ThreadPoolExecutor(limits.workers, thread_name_prefix="call")

    def admit(self, principal: str) -> None:
        """Count a call.

        Raises:
            AgentError: RATE_LIMITED, saying when to come again.
        """
        account, now, each_second = self._account(principal), time.monotonic(), self._limits.per_minute / 60
        account.calls = min(self._limits.per_minute, account.calls + (now - account.at) * each_second)
        account.at = now
        if account.calls < 1:
            wait = math.ceil((1 - account.calls) / each_second)
            message = f"More than {self._limits.per_minute} calls in a minute."
            raise AgentError("RATE_LIMITED", message, f"Ask again in {wait} s.", retryable=True)
        account.calls -= 1

    async def work(self, principal: str, call: Callable[[], _T]) -> _T:
        """Run a call on a worker, when the principal and the server have a place for it.

        A call that takes too long is left alone, and keeps its places until it ends: abandoned work does not pile up.

        Raises:
            AgentError: TIMEOUT.
        """
        places = self._account(principal).places
        try:
            async with asyncio.timeout(self._limits.seconds):
                await places.acquire()
                running = asyncio.get_running_loop().run_in_executor(self._workers, call)
                running.add_done_callback(lambda _: places.release())
                return await asyncio.shield(running)
        except TimeoutError:
            raise AgentError("TIMEOUT", "The call took too long.", "Ask for less, or later.", retryable=True) from None

    def close(self) -> None:
        """Wait for nothing that is still waiting."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _account(self, principal: str) -> _Account:
        if principal not in self._accounts:
            self._accounts[principal] = _Account(self._limits.per_minute, time.monotonic(), asyncio.Semaphore(self._limits.at_once))
            while len(self._accounts) > _PRINCIPALS:
                self._accounts.popitem(last=False)
        self._accounts.move_to_end(principal)
        return self._accounts[principal]
