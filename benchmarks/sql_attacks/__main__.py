"""Attack the SQL sandbox, with the gate off; and ask whether hidden rows exist.

    python -m benchmarks.sql_attacks [attack] [--bare] [--only FAMILY]    # --bare: the engine's own locks off too, the kernel's walls alone
    python -m benchmarks.sql_attacks control                             # the same attacks on DuckDB as it comes: how many succeed
    python -m benchmarks.sql_attacks interference [--queries 20000]
    python -m benchmarks.sql_attacks latency [STORE]

Ends with 1 when something is brought back, changed, too slow or too large, or an answer differs.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.sql_attacks.company import Company, published, with_secrets
from benchmarks.sql_attacks.control import open_engine
from benchmarks.sql_attacks.generated import interference
from benchmarks.sql_attacks.kinds import attacks
from canonry import store as stores
from canonry.sandbox.parent import Answer, Sandbox

MOST_SECONDS, MOST_MEMORY = 5.0, 2 * 1024**3
ORDINARY = (
    "SELECT count(*) FROM context",
    "SELECT status, count(*) FROM context GROUP BY status ORDER BY ALL",
    "SELECT reason, count(*) FROM excluded GROUP BY reason ORDER BY ALL",
    "SELECT cite, quality FROM context ORDER BY quality DESC, cite LIMIT 5",
    "SELECT subject, attribute, verbatim FROM facts WHERE decision = 'open' ORDER BY ALL",
    "SELECT attribute, type, count(*) FROM observations GROUP BY ALL ORDER BY ALL",
    "SELECT conflict_id, subject FROM conflicts WHERE status = 'open' ORDER BY ALL",
    "SELECT c.subject, x.value FROM conflicts c JOIN conflict_claims x USING (conflict_id) ORDER BY ALL LIMIT 20",
    "SELECT source, items, status FROM sources ORDER BY source",
    "SELECT signal, count(*) FROM staleness WHERE is_stale GROUP BY signal ORDER BY ALL",
    "SELECT document_id, title FROM documents WHERE title ILIKE '%leave%' ORDER BY ALL",
    "SELECT entity_type, count(*) FROM entities GROUP BY ALL ORDER BY ALL",
    "SELECT detector, pairs_possible FROM coverage ORDER BY ALL",
    "SELECT run_date, published_at FROM release",
    "SELECT table_name, count(*) FROM information_schema.columns GROUP BY ALL ORDER BY ALL",
    "SELECT i.is_served, count(*) FROM items i GROUP BY ALL ORDER BY ALL",
    "SELECT term, count(*) n FROM _postings GROUP BY term ORDER BY n DESC, term LIMIT 10",
    "DESCRIBE facts",
    "WITH w AS (SELECT document_id, sum(tokens) t FROM context GROUP BY ALL) SELECT max(t) FROM w",
    "SELECT cite, list_inner_product(embedding, embedding) FROM context WHERE embedding IS NOT NULL ORDER BY cite LIMIT 3",
)


@dataclass
class Meanwhile:
    """Ordinary queries asked again and again while attacks run, by a reader of the same sandbox."""

    sandbox: Sandbox
    file: Path
    expected: dict[str, Answer] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> threading.Thread:
        """Note what is right, then keep asking."""
        self.expected = {query: self._answer(query) for query in ORDINARY}
        self.wrong = [f"{q}: {a.code}" for q, a in self.expected.items() if a.code]
        asking = threading.Thread(target=self._ask)
        asking.start()
        return asking

    def end(self, asking: threading.Thread) -> None:
        """Stop asking."""
        self._stop.set()
        asking.join()

    def _answer(self, query: str) -> Answer:
        return self.sandbox.run(self.file, query, max_rows=1000, max_bytes=200_000)

    def _ask(self) -> None:
        while not self._stop.is_set():
            for query in ORDINARY:
                started = time.perf_counter()
                found, right = self._answer(query), self.expected[query]
                self.seconds.append(time.perf_counter() - started)
                if (found.code, found.rows) != (right.code, right.rows):
                    self.wrong.append(f"{query}: {found.code or 'other rows'}")
                time.sleep(0.05)


def attacked(company: Company, *, locks: bool, only: str | None) -> bool:
    """Run every attack on the edition `staff`; print what came of it."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0)
    todo = {k: q for k, q in attacks(company.places(listener.getsockname()[1])).items() if only in {None, k[0]}}
    before, file = company.digests(), company.file("staff")
    faults: list[str] = []
    codes: Counter[str] = Counter()
    seconds, memory = [0.0], [0]
    with Sandbox(gate=False, locks=locks) as sandbox:
        if holes := sandbox.holes(file):
            print(f"the sandbox does not hold here: {', '.join(holes)}")
            return False
        meanwhile = Meanwhile(sandbox, file)
        asking = meanwhile.begin()
        for (family, kind), query in todo.items():
            started = time.perf_counter()
            answer = sandbox.run(file, query, max_rows=1000, max_bytes=1_000_000)
            took = time.perf_counter() - started
            told = json.dumps([answer.code, answer.columns, answer.rows], ensure_ascii=False, default=str).encode()
            found = {
                "brought a secret back": company.shows(told, query),
                f"took {took:.1f} s": took > MOST_SECONDS,
                f"took {answer.usage.memory_bytes >> 20} MiB": answer.usage.memory_bytes > MOST_MEMORY,
                "changed the store": company.digests()[str(file)] != before[str(file)],
            }
            faults += [f"{family} / {kind}: {what}" for what, so in found.items() if so]
            codes[answer.code or "rows"] += 1
            seconds.append(took)
            memory.append(answer.usage.memory_bytes)
        meanwhile.end(asking)
    if company.digests() != before:
        faults.append("a file was changed, made or removed")
    faults += [f"ordinary: {w}" for w in meanwhile.wrong]
    if _called(listener):
        faults.append("something called over the network")
    print(f"{len(todo)} kinds of attack, gate off, the engine's own locks {'on' if locks else 'off'}")
    print(f"  answers: {', '.join(f'{n} {c}' for c, n in codes.most_common())}")
    print(f"  longest {max(seconds):.2f} s, largest {max(memory) >> 20} MiB")
    slow = statistics.quantiles(meanwhile.seconds, n=100)
    print(f"  meanwhile {len(meanwhile.seconds)} ordinary answers (20 queries), p50 {slow[49] * 1000:.0f} ms, p99 {slow[98] * 1000:.0f} ms")
    print("\n".join(f"  FAULT {f}" for f in faults) or "  nothing brought back, nothing changed")
    return not faults


def _called(listener: socket.socket) -> bool:
    try:
        listener.accept()
    except BlockingIOError:
        return False
    return True


def latency(file: Path) -> bool:
    """Time queries one after the other, from the call to the rows."""
    with Sandbox() as sandbox:
        started = time.perf_counter()
        sandbox.holes(file)
        print(f"start and self test {time.perf_counter() - started:.2f} s")
        took, cpu = [], []
        for query in ORDINARY * 10:
            started = time.perf_counter()
            answer = sandbox.run(file, query, max_rows=100, max_bytes=16_000)
            took.append(time.perf_counter() - started)
            cpu.append(answer.usage.cpu_seconds)
    cuts = statistics.quantiles(took, n=100)
    print(f"per query p50 {cuts[49] * 1000:.1f} ms, p95 {cuts[94] * 1000:.1f} ms; processor p50 {statistics.median(cpu) * 1000:.1f} ms")
    return True


def main() -> None:
    """Do what is asked, in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="attack", choices=["attack", "control", "interference", "latency"])
    parser.add_argument("store", nargs="?", type=Path)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--queries", type=int, default=20_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        if asked.what == "interference":
            well = interference(published(base), published(base, hidden=False), asked.queries)
        elif asked.what == "control":
            well = open_engine(with_secrets(published(base)))
        elif asked.what == "attack":
            well = attacked(with_secrets(published(base)), locks=not asked.bare, only=asked.only)
        elif asked.store:
            well = latency(stores.edition_file(asked.store, stores.needed(asked.store), stores.FULL))
        else:
            well = latency(published(base).file("staff"))
    sys.exit(not well)


if __name__ == "__main__":
    main()
