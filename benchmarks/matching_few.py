"""Tables of one source in which few records are there twice: where matching takes related things for duplicates, if it does anywhere.

python -m benchmarks.matching_few --people 10000 --data FOLDER   # sets of a.csv, truth.csv and meta.json of kind dedupe

Of each thing one record is kept, and of as many things as make up a share of all a second one. What is printed is F1, precision, and how
many of the merged pairs are wrong; none is right where no record is there twice.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

import polars as pl

from benchmarks import generated_people
from canonry.groups import grouped
from canonry.match.entities.found import matched_records

Pairs: TypeAlias = set[tuple[str, str]]
Records: TypeAlias = dict[str, dict[str, str]]
SHARES = (0.0, 0.005, 0.03, 0.1)


def generated(count: int) -> tuple[Records, Pairs]:
    """Invented persons."""
    rows, truth = generated_people.people(count)
    return {row[0]: dict(zip(generated_people.COLUMNS, row[1:], strict=True)) for row in rows}, set(truth)


def read(folder: Path) -> tuple[Records, Pairs]:
    """A labelled set."""
    with (folder / "a.csv").open(newline="", encoding="utf-8") as a, (folder / "truth.csv").open(newline="", encoding="utf-8") as t:
        records = {row["id"]: {k: v for k, v in row.items() if k != "id"} for row in csv.DictReader(a)}
        return records, {(min(row["a"], row["b"]), max(row["a"], row["b"])) for row in csv.DictReader(t)}


def thinned(records: Records, truth: Pairs, share: float, seed: int) -> tuple[Records, Pairs]:
    """One record of each thing, and a second one of some."""
    draw = random.Random(seed)
    things = [sorted(members) for _, members in sorted(grouped([*truth, *((r, r) for r in records)]).items())]
    for members in things:
        draw.shuffle(members)
    several = [members for members in things if len(members) > 1]
    twice = draw.sample(several, min(len(several), round(share * len(things))))
    kept = {members[0] for members in things} | {members[1] for members in twice}
    return {i: r for i, r in records.items() if i in kept}, {p for p in truth if p[0] in kept and p[1] in kept}


def merged(records: Records) -> Pairs:
    """Pairs that matching makes one thing."""
    ids = sorted(records)
    table = pl.DataFrame({"source": ["a"] * len(ids), "record_id": ids, "values": [json.dumps(records[i]) for i in ids]})
    groups = matched_records("thing", table, "auto").members.group_by("entity_id").agg("record_id")["record_id"]
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, metavar="N", help="so many invented persons, thinned")
    parser.add_argument("--data", type=Path, help="folder of labelled sets")
    parser.add_argument("--sets", nargs="+", help="only these")
    parser.add_argument("--seed", type=int, default=1, help="of what is kept (default: 1)")
    given = parser.parse_args()
    sets = {f"people {given.people}": generated(given.people)} if given.people else {}
    for folder in sorted(given.data.iterdir()) if given.data else ():
        about = folder / "meta.json"
        if (
            about.exists()
            and json.loads(about.read_text(encoding="utf-8"))["kind"] == "dedupe"
            and folder.name in (given.sets or [folder.name])
        ):
            sets[folder.name] = read(folder)
    print(f"{'set':<20}{'records':>9}{'twice':>7}{'f1':>9}{'precision':>11}{'right':>7}{'wrong':>7}")
    for name, (records, truth) in sets.items():
        for share in SHARES:
            kept, right = thinned(records, truth, share, given.seed)
            found = merged(kept)
            hits = len(found & right)
            f1 = f"{2 * hits / (len(found) + len(right)):.3f}" if right else "-"
            precision = f"{hits / len(found):.3f}" if found else "-"
            print(f"{name:<20}{len(kept):>9,}{len(right):>7}{f1:>9}{precision:>11}{hits:>7}{len(found) - hits:>7}", flush=True)


if __name__ == "__main__":
    main()
