"""Which records are one thing: Canonry beside Splink and GoldenMatch, each in a process of its own, in one run.

python benchmarks/matching.py --data FOLDER --peers-python ENV/bin/python   # sets of a.csv[, b.csv], truth.csv, meta.json
python benchmarks/matching.py --people 10000 50000 100000 --peers-python ENV/bin/python   # invented persons

The peers are no dependencies of Canonry. They live in an environment of their own; a tool that is missing there has a row that says so.

python3.11 -m venv ENV && ENV/bin/pip install splink==5.0.0 goldenmatch==3.22.0

Canonry and GoldenMatch have nothing configured. Splink has what its documentation has a user configure who has no labels, and for invented
persons (`generated_people.py`) a configuration by hand (`peers/splink_records.py`). F1, precision and recall count pairs over the full
tables: across the two tables of a `link` set, within the one of a `dedupe` set. ``stages_cpu_s`` is the matching alone, ``cpu_s`` the whole
process; both are CPU seconds with one thread of linear algebra, because waiting threads burn CPU. ``exponent`` says how the CPU seconds of
the matching grow with the number of persons: the slope between their logarithms.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import math
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import generated_people
from benchmarks.peers.children import LIMIT_S, Outcome, Tool, agreement, costs, header, line, rounded, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TOOLS = (
    Tool("canonry", "canonry_records.py"),
    Tool("splink", "splink_records.py", "splink"),
    Tool("splink, one to one", "splink_records.py", "splink", "one_to_one"),
    Tool("goldenmatch", "goldenmatch_records.py", "goldenmatch"),
)
HUGE = 3000  # records of one group from which its pairs are not expanded; all of its set then counts as wrong
COLUMNS = ("set", "tool", "f1", "precision", "recall", "stages_cpu_s", "cpu_s", "peak_mb")
WIDTHS = {"set": 18, "tool": 22}


def is_link(folder: Path) -> bool:
    """Whether a set has two tables."""
    return bool(json.loads((folder / "meta.json").read_text(encoding="utf-8"))["kind"] == "link")


def judged(folder: Path, outcome: Outcome) -> dict[str, Any]:
    """F1, precision and recall of what a tool found; nothing where it did not run."""
    linked, truth = is_link(folder), set()
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            truth.add((row["a"], row["b"]) if linked or row["a"] < row["b"] else (row["b"], row["a"]))
    groups = outcome.groups.get("")
    if groups is None:
        return {}
    if max(map(len, groups), default=0) > HUGE:
        return {"f1": 0.0, "precision": 0.0, "recall": 0.0, "note": f"a group of more than {HUGE} records"}
    return dict(agreement(set(itertools.chain.from_iterable(pairs(g, linked=linked) for g in groups)), truth))


def pairs(group: Sequence[Sequence[str]], *, linked: bool) -> list[tuple[str, str]]:
    """The pairs that a group implies."""
    if linked:
        left, right = ([i for s, i in group if s == side] for side in ("a", "b"))
        return list(itertools.product(left, right))
    return list(itertools.combinations(sorted(i for _, i in group), 2))


def measured(name: str, folder: Path, tool: Tool, asked: argparse.Namespace) -> dict[str, Any]:
    """Run one tool on one set; the costs are medians over the rounds."""
    outcomes = [run(tool, folder, asked.peers_python, asked.limit) for _ in range(asked.rounds)]
    cost = costs(outcomes[-1])
    for key in ("stages_cpu_s", "cpu_s", "peak_mb"):
        known = [v for v in (getattr(o, key) for o in outcomes) if v is not None]
        cost[key] = statistics.median(known) if known else None
    told = {"version": outcomes[-1].version, "of_stage": dict(outcomes[-1].of_stage)}
    return {"set": name, "tool": tool.name, **cost, **judged(folder, outcomes[-1]), **told}


def means(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Mean F1 and worst F1 of each tool that ran on every set."""
    sets = {r["set"] for r in rows}
    for tool in dict.fromkeys(r["tool"] for r in rows):
        f1 = {r["set"]: r["f1"] for r in rows if r["tool"] == tool and r.get("f1") is not None}
        if len(f1) == len(sets) > 1:
            yield {"set": "mean", "tool": tool, "f1": statistics.fmean(f1.values())}
            yield {"set": "worst", "tool": tool, "f1": min(f1.values())}


def growth(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The exponent of the CPU seconds of the matching in the number of persons."""
    for tool in dict.fromkeys(r["tool"] for r in rows):
        told = [(math.log(r["persons"]), math.log(r["stages_cpu_s"])) for r in rows if r["tool"] == tool and r.get("stages_cpu_s")]
        if len({x for x, _ in told}) > 1:
            yield {"set": "growth", "tool": tool, "exponent": statistics.linear_regression(*zip(*told, strict=True)).slope}


def people(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Rows for invented persons."""
    rows = []
    with tempfile.TemporaryDirectory() as made:
        for number in asked.people:
            folder = Path(made) / str(number)
            generated_people.write(folder, number, asked.seed)
            for tool in chosen(asked, folder):
                rows.append({**measured(f"people {number}", folder, tool, asked), "persons": number})
                yield rows[-1]
    yield from growth(rows)


def labelled(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Rows for sets of a folder."""
    folders = sorted(p.parent for p in asked.data.glob("*/meta.json") if not asked.sets or p.parent.name in asked.sets)
    rows = []
    for folder in folders:
        for tool in chosen(asked, folder):
            rows.append(measured(folder.name, folder.resolve(), tool, asked))
            yield rows[-1]
    yield from means(rows)


def chosen(asked: argparse.Namespace, folder: Path) -> list[Tool]:
    """The tools that are asked for and suit the set."""
    return [t for t in TOOLS if (not asked.tools or t.name in asked.tools) and (t.option != "one_to_one" or is_link(folder))]


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Record matching side by side with peers.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/matching"), help="folder of labelled sets")
    parser.add_argument("--sets", nargs="+", help="only these sets")
    parser.add_argument("--people", nargs="+", type=int, metavar="N", help="invented persons instead: so many records each")
    parser.add_argument("--seed", type=int, default=1, help="of the invented persons")
    parser.add_argument("--tools", nargs="+", choices=[t.name for t in TOOLS])
    parser.add_argument("--peers-python", help="interpreter of the environment that has the peers")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each tool; costs are medians")
    parser.add_argument("--limit", type=float, default=LIMIT_S, help="seconds after which a run is stopped")
    parser.add_argument("--json", action="store_true", help="a JSON object per row")
    return parser.parse_args(given)


def main() -> None:
    """Measure, and print one table."""
    asked = arguments()
    if not asked.people and not any(asked.data.glob("*/meta.json")):
        print(json.dumps({"skipped": f"no labelled sets under {asked.data.name}"}))
        return
    if not asked.json:
        print(header(COLUMNS, WIDTHS))
    for row in people(asked) if asked.people else labelled(asked):
        if asked.json:
            print(json.dumps(rounded(row)), flush=True)
        elif "exponent" in row:
            print(f"{row['set']:<18} {row['tool']:<22} CPU seconds of the matching as the {row['exponent']:.2f}th power of the records")
        else:
            print(line(row, COLUMNS, WIDTHS), flush=True)


if __name__ == "__main__":
    main()
