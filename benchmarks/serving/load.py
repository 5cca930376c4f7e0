"""What `canonry serve --http` gives under load, asked over HTTP as agents ask it; one JSON line per measurement.

python benchmarks/serving/load.py                          # all, over 14,000 generated items
python benchmarks/serving/load.py search facts             # some: search, facts, agents, publish, fuzz
python benchmarks/serving/load.py --items 2000 --seconds 10 --requests 1000

* search: p50 and p99 of 400 questions of one agent, while another process keeps one core busy.
* facts: p95 of 400 look-ups of one agent, exact and misspelt.
* agents: 32 principals ask at once, without a pause, for a minute: half search, a quarter packs, a quarter facts.
* publish: 8 agents ask while another release is published; after how many seconds it was served first and last, and what failed.
* fuzz: 10,000 broken requests; answers by HTTP status, those of 500 and above, and those in which the inside shows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

import httpx2  # noqa: E402  (the two folders above come first)
from made import ATTRIBUTES, DAY, Maker, night, tables, workspace  # noqa: E402

from tests.mcp.fuzz import INSIDE, fuzzed  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

AGENTS, ASKED = 32, 400
_LONGEST = 60.0  # seconds that a new release is waited for
HEADERS = {"accept": "application/json", "content-type": "application/json", "mcp-protocol-version": "2025-06-18"}


class Server:
    """The command, started on a free port."""

    def __init__(self, folder: Path, tokens: dict[str, str]) -> None:
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            self.port = place.getsockname()[1]
        self.url, self.tokens, self.folder = f"http://127.0.0.1:{self.port}/mcp", tokens, folder
        command = [sys.executable, "-m", "canonry", "-c", str(folder / "canonry.yaml"), "serve", "--http", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stderr=(folder / "server.log").open("w"))
        with self.client() as http:
            while self.process.poll() is None:
                try:
                    if called(http, self.url, self.token(0), "search", {"query": "warm up"})[0] == 200:
                        return
                except httpx2.TransportError:
                    time.sleep(0.2)
        raise SystemExit((folder / "server.log").read_text())

    def token(self, number: int) -> str:
        """The token of a principal."""
        return list(self.tokens.values())[number % len(self.tokens)]

    def client(self) -> httpx2.Client:
        """Somebody who asks."""
        return httpx2.Client(headers=HEADERS, timeout=60)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(20)


def body(tool: str, arguments: dict[str, Any]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}).encode()


def called(http: httpx2.Client, url: str, token: str, tool: str, arguments: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    got = http.post(url, content=body(tool, arguments), headers={"authorization": f"Bearer {token}"})
    return got.status_code, got.json().get("result", {}) if got.status_code == 200 else {}


def figures(taken: list[float]) -> dict[str, float]:
    taken = sorted(taken)
    return {f"p{p}_ms": round(taken[min(len(taken) - 1, len(taken) * p // 100)] * 1000, 2) for p in (50, 95, 99)}


def told(what: str, **found: Any) -> None:
    print(json.dumps({"measured": what, **found}), flush=True)


def _spin() -> None:
    while True:
        sum(range(10_000))


@contextmanager
def one_core_busy() -> Iterator[None]:
    busy = multiprocessing.get_context("spawn").Process(target=_spin, daemon=True)
    busy.start()
    try:
        yield
    finally:
        busy.terminate()


def timed(server: Server, calls: list[tuple[str, dict[str, Any]]]) -> tuple[list[float], int]:
    """Ask one after the other; seconds of each, and how many failed."""
    taken, wrong = [], 0
    with server.client() as http:
        for tool, arguments in calls[:20] + calls:
            began = time.perf_counter()
            code, result = called(http, server.url, server.token(0), tool, arguments)
            taken.append(time.perf_counter() - began)
            wrong += code != 200 or bool(result.get("isError"))
    return taken[20:], wrong


def search(server: Server, maker: Maker, _: argparse.Namespace) -> None:
    calls = [("search", {"query": q, "k": 5}) for q in maker.questions(ASKED)]
    with one_core_busy():
        taken, wrong = timed(server, calls)
    told("search over HTTP, one core busy", n=ASKED, failed=wrong, **figures(taken))


def facts(server: Server, _: Maker, __: argparse.Namespace) -> None:
    chance = random.Random(3)
    names = json.loads((server.folder / "names.json").read_text())
    asked = [(n[1:] if i % 2 else n, chance.choice(ATTRIBUTES)) for i, n in enumerate(chance.choices(names, k=ASKED))]
    taken, wrong = timed(server, [("resolve_fact", {"subject": s, "attribute": a}) for s, a in asked])
    told("resolve_fact over HTTP, half of the names misspelt", n=ASKED, facts=len(names) * len(ATTRIBUTES), failed=wrong, **figures(taken))


def _call(names: list[str], chance: random.Random, questions: list[str]) -> tuple[str, dict[str, Any]]:
    kind = chance.random()
    if kind < 0.5:
        return "search", {"query": chance.choice(questions)}
    if kind < 0.75:
        return "get_context", {"query": chance.choice(questions), "budget_tokens": 4000}
    return "resolve_fact", {"subject": chance.choice(names), "attribute": chance.choice(ATTRIBUTES)}


def _release(result: dict[str, Any]) -> str:
    return str(result.get("structuredContent", {}).get("release", ""))


async def _agents(server: Server, maker: Maker, number: int, until: asyncio.Event, seen: list[tuple[float, float, int, str]]) -> None:
    names, questions = json.loads((server.folder / "names.json").read_text()), maker.questions(ASKED)

    async def agent(which: int) -> None:
        chance = random.Random(which)
        async with httpx2.AsyncClient(headers={**HEADERS, "authorization": f"Bearer {server.token(which)}"}, timeout=60) as http:
            while not until.is_set():
                tool, arguments = _call(names, chance, questions)
                began = time.perf_counter()
                got = await http.post(server.url, content=body(tool, arguments))
                result = got.json().get("result", {}) if got.status_code == 200 else {"isError": True}
                code = 0 if result.get("isError", True) else 200
                seen.append(
                    (time.perf_counter(), time.perf_counter() - began, code, result.get("structuredContent", {}).get("release", ""))
                )

    await asyncio.gather(*(agent(n) for n in range(number)))


def agents(server: Server, maker: Maker, args: argparse.Namespace) -> None:
    seen: list[tuple[float, float, int, str]] = []

    async def run() -> None:
        until = asyncio.Event()
        asyncio.get_running_loop().call_later(args.seconds, until.set)
        await _agents(server, maker, AGENTS, until, seen)

    asyncio.run(run())
    shown = figures([s for _, s, _, _ in seen])
    wrong = sum(code != 200 for *_, code, _ in seen)
    told(
        f"{AGENTS} agents for {args.seconds:g} s",
        calls=len(seen),
        failed=wrong,
        **shown,
        p99_by_p50=round(shown["p99_ms"] / shown["p50_ms"], 1),
    )


def publish(server: Server, maker: Maker, args: argparse.Namespace) -> None:
    seen: list[tuple[float, float, int, str]] = []
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    other = context.Process(target=_another_night, args=(server.folder, args.items, done))

    async def run() -> tuple[str, float]:
        until = asyncio.Event()
        asking = asyncio.create_task(_agents(server, maker, 8, until, seen))
        other.start()
        release, at = await asyncio.to_thread(done.get)
        while time.perf_counter() < at + _LONGEST and not any(r == release for *_, r in seen):  # noqa: ASYNC110  (agents fill the list)
            await asyncio.sleep(0.05)
        await asyncio.sleep(2)
        until.set()
        await asking
        return release, at

    release, at = asyncio.run(run())
    began = [t for t, _, _, r in seen if r == release]
    last = [t - s for t, s, _, r in seen if r and r != release]  # when the last call began that the old release answered
    wrong, times = sum(code != 200 for *_, code, _ in seen), figures([s for _, s, _, _ in seen])
    after = {"first_served_after_s": round(min(began) - at, 2) if began else None, "last_old_after_s": round(max(last) - at, 2)}
    told("publish during load", calls=len(seen), failed=wrong, **after, **times)


def _another_night(folder: Path, items: int, done: Any) -> None:
    content = tables(Maker(8), items)
    release = night(folder / "store", content, DAY + timedelta(days=1))
    done.put((release, time.perf_counter()))  # one clock for all processes of a machine


def fuzz(server: Server, _: Maker, args: argparse.Namespace) -> None:
    rng, codes, wrong = random.Random(11), Counter[int](), []
    with server.client() as http:
        for _number in range(args.requests):
            headers, raw = fuzzed(rng)
            got = http.post(server.url, content=raw, headers={**headers, "authorization": f"Bearer {server.token(0)}"})
            codes[got.status_code] += 1
            if any(word in got.text for word in INSIDE):
                wrong.append(got.text[:200])
    log = (server.folder / "server.log").read_text()
    told("fuzz", requests=args.requests, codes=dict(sorted(codes.items())), server_errors=sum(n for c, n in codes.items() if c >= 500),
         inside_shows=len(wrong), stacks_in_log=log.count("Traceback"))  # fmt: skip


MEASURES = {"search": search, "facts": facts, "agents": agents, "publish": publish, "fuzz": fuzz}


def main() -> None:
    """Make the store, start the command, measure."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("what", nargs="*", choices=[[], *MEASURES], default=[])
    wanted.add_argument("--items", type=int, default=14_000)
    wanted.add_argument("--seconds", type=float, default=60)
    wanted.add_argument("--requests", type=int, default=10_000)
    args = wanted.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with tempfile.TemporaryDirectory() as place:
        folder, maker = Path(place), Maker()
        tokens = workspace(folder, AGENTS)
        content = tables(maker, args.items)
        (folder / "names.json").write_text(json.dumps(content["entities"]["name"].to_list()))
        night(folder / "store", content, DAY)
        began = time.perf_counter()
        server = Server(folder, tokens)
        try:
            told("server ready", items=args.items, seconds=round(time.perf_counter() - began, 1))
            for name in args.what or MEASURES:
                MEASURES[name](server, maker, args)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
