"""Versions and copies of documents: Canonry's families beside datasketch, rensa and SemHash, each in a process of its own, in one run.

python benchmarks/near_duplicates.py --data FOLDER --peers-python ENV/bin/python

FOLDER holds a.jsonl (id, text) and truth.csv (a, b, kind, token_sim).

The peers are no dependencies of Canonry. They live in an environment of their own; a tool that is missing there, or whose model is, has a
row that says so:

python3.11 -m venv ENV && ENV/bin/pip install datasketch==2.0.0 rensa==0.5.0 semhash==0.5.0

Canonry has nothing configured. The peers have a threshold; they are shown at the one of their documentation, and at the one of eight that
the labels favour, which no user can know. What hangs together by pairs is one family, and a family implies all pairs of its members. Pairs
marked ambiguous, and versions of one page with hardly anything in common (token_sim below 0.3), are left out of the count. ``stages_cpu_s``
of a peer is for all thresholds: sketches or vectors, which are most of it, are made once. SemHash runs with its default model where that is
at hand, and with vectors of the model that Canonry ships; making them counts as its own.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers.children import LIMIT_S, Outcome, Tool, agreement, costs, header, line, rounded, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MINILM = "semhash by all-MiniLM-L6-v2"
TOOLS = (
    Tool("canonry", "canonry_documents.py"),
    Tool("datasketch", "datasketch_documents.py", "datasketch"),
    Tool("rensa", "rensa_documents.py", "rensa"),
    Tool("semhash", "semhash_documents.py", "semhash"),
    Tool(MINILM, "semhash_documents.py", "semhash"),
)
USUAL = {"datasketch": "0.5", "rensa": "0.8", "semhash": "0.9", MINILM: "0.9"}  # thresholds of their documentation
LITTLE = 0.3  # token likeness below which two versions have hardly anything in common
COLUMNS = ("tool", "f1", "precision", "recall", "stages_cpu_s", "cpu_s", "peak_mb")
WIDTHS = {"tool": 52}


def labels(folder: Path) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The pairs that are one page, and those that do not count."""
    truth, ignored = set(), set()
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            pair = (min(row["a"], row["b"]), max(row["a"], row["b"]))
            unclear = row["kind"] == "ambiguous" or (row["kind"] == "lineage" and float(row["token_sim"]) < LITTLE)
            (ignored if unclear else truth).add(pair)
    return truth - ignored, ignored


def judged(folder: Path, tool: str, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """A row for the usual threshold, and one for the best; or one of dashes where nothing was found."""
    truth, ignored = labels(folder)
    found = {}
    for way, groups in outcome.groups.items():
        pairs = itertools.chain.from_iterable(itertools.combinations(sorted(i for _, i in g), 2) for g in groups)
        found[way] = agreement(set(pairs) - ignored, truth)
    usual = USUAL.get(tool, "")
    if usual in found:
        yield {"tool": f"{tool}, {usual}" if usual else tool, **found[usual], **costs(outcome)}
    if usual and found:
        best = max(found, key=lambda way: (found[way]["f1"], way))
        yield {"tool": f"{tool}, {best} (best by the labels)", **found[best], **costs(outcome)}
    if not found:
        yield {"tool": tool, **costs(outcome)}


def measured(tool: Tool, asked: argparse.Namespace) -> Outcome:
    """Run a tool; for SemHash by another model the vectors first."""
    folder = asked.data.resolve()
    if tool.name != MINILM or asked.peers_python is None:
        return run(tool, folder, asked.peers_python, asked.limit)
    with tempfile.TemporaryDirectory() as made:
        vectors = str(Path(made) / "vectors.npy")
        encoded = run(Tool("vectors", "canonry_vectors.py", option=vectors), folder, None, asked.limit)
        if encoded.note:
            return encoded
        outcome = run(replace(tool, option=vectors), folder, asked.peers_python, asked.limit)
    spent = {key: (getattr(encoded, key) or 0.0) + (getattr(outcome, key) or 0.0) for key in ("stages_cpu_s", "cpu_s")}
    return replace(outcome, **spent, peak_mb=max(encoded.peak_mb or 0.0, outcome.peak_mb or 0.0))


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Near-duplicate documents side by side with peers.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/versions/docver"), help="folder with a.jsonl and truth.csv")
    parser.add_argument("--tools", nargs="+", choices=[t.name for t in TOOLS])
    parser.add_argument("--peers-python", help="interpreter of the environment that has the peers")
    parser.add_argument("--limit", type=float, default=LIMIT_S, help="seconds after which a run is stopped")
    parser.add_argument("--json", action="store_true", help="a JSON object per row")
    return parser.parse_args(given)


def main() -> None:
    """Measure, and print one table."""
    asked = arguments()
    if not (asked.data / "a.jsonl").exists():
        print(json.dumps({"skipped": f"no labelled documents under {asked.data.name}"}))
        return
    if not asked.json:
        print(header(COLUMNS, WIDTHS))
    for tool in TOOLS:
        if asked.tools and tool.name not in asked.tools:
            continue
        for row in judged(asked.data, tool.name, measured(tool, asked)):
            print(json.dumps(rounded(row)) if asked.json else line(row, COLUMNS, WIDTHS), flush=True)


if __name__ == "__main__":
    main()
