"""How long one search takes in process, over a published store: p50 and p99 in milliseconds, query encoding included.

python benchmarks/search_latency.py                       # publishes the example company into a temporary folder first
python benchmarks/search_latency.py STORE QUERIES.jsonl   # a store of yours; one {"query": …} a line
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from canonry.flow import nightly
from canonry.serve import Client
from canonry.workspace import RunOptions, Workspace

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "brightwater"
ROUNDS = 5


def example(folder: Path) -> tuple[Path, list[str]]:
    """Publish the example company; its store and its questions."""
    company = shutil.copytree(EXAMPLE, folder / "company", ignore=shutil.ignore_patterns("store", "journal", ".canonry"))
    workspace = Workspace.open(company / "canonry.yaml", {})
    assert workspace.config.run_date  # noqa: S101
    nightly(workspace, RunOptions(datetime.now(UTC), workspace.config.run_date))
    return workspace.store, queries(company / "questions.jsonl")


def queries(path: Path) -> list[str]:
    """The queries of a questions file."""
    return [str(json.loads(line)["query"]) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def measure(store: Path, asked: list[str]) -> dict[str, float]:
    """Ask every question several times, after one warm-up."""
    client = Client(store)
    client.search(asked[0])
    taken = []
    for query in asked * ROUNDS:
        started = time.perf_counter()
        client.search(query)
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return {"searches": len(taken), "p50_ms": round(statistics.median(taken), 2), "p99_ms": round(taken[int(len(taken) * 0.99)], 2)}


def main() -> None:
    """Measure, and print one JSON line."""
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]), queries(Path(sys.argv[2])))))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(*example(Path(folder)))))


if __name__ == "__main__":
    main()
