"""What a night costs that adds a few records to a large register, held against learning from all of them.

python benchmarks/matching_added.py 50000 --added 0.01
python benchmarks/matching_added.py 50000 --linked   # two exports that name each person at most once

Invented persons (`generated_people.py`); those that are added are drawn at random. Measured are the CPU seconds of finding entities,
what was learnt written or read included. ``untouched`` counts the records of entities of which none may be one thing with an added record;
none of them may have changed its entity.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.generated_people import COLUMNS, people
from canonry.config import parse
from canonry.match import references
from canonry.match.records import Before, Found, found_entities
from canonry.operating import RECORDS
from canonry.state import FileMemo

if TYPE_CHECKING:
    from canonry.config import Config

CONFIG = {
    "name": "persons",
    "sources": {"a": {"kind": "records", "path": "a.csv", "entity": "person", "id": "id"}},
    "entities": {"person": {"identity": "match"}},
}
NONE = pl.DataFrame(schema={"source": pl.String, "subject": pl.String, "entity_type": pl.String})


def records(count: int, *, linked: bool) -> pl.DataFrame:
    """So many records, in the shape of the stage that reads them; in two sources, the further records of a person in the second."""
    rows, same = people(count)
    second = {b for _, b in same} if linked else set[str]()
    third = {b for a, b in same if a in second}
    rows = [row for row in rows if row[0] not in third] if linked else rows
    single = {row[0] for row in rows} - {end for pair in same for end in pair}
    second |= set(sorted(single)[::3]) if linked else set()
    return pl.DataFrame(
        {
            "source": ["b" if row[0] in second else "a" for row in rows],
            "record_id": [row[0] for row in rows],
            "entity_type": ["person"] * len(rows),
            "values": [json.dumps(dict(zip(COLUMNS, row[1:], strict=True))) for row in rows],
        }
    )


def night(config: Config, frozen: Path, rows: pl.DataFrame, parent: Found | None) -> tuple[Found, float]:
    """Find entities as a run does, with what the parent release knew; the CPU seconds that it took."""
    memo, started = FileMemo(frozen, is_cache=False), time.process_time()
    before = (
        Before(parent.members.select("source", "record_id", "entity_id"), references.known(memo, parent.match_models)) if parent else None
    )
    found = found_entities(config, rows, NONE, before=before)
    for kind, taught in found.references.items():
        if not before or taught is not before.references.get(kind):
            references.keep(memo, taught)
    return found, time.process_time() - started


def touched(found: Found, both: pl.DataFrame) -> list[str]:
    """Entities of before with a record that may be one thing with an added one."""
    new = both.filter(pl.col("old").is_null())["record_id"].to_list()
    likely = found.match_links.filter(pl.col("match_probability") >= RECORDS.threshold)
    near = likely.filter(pl.col("left_record_id").is_in(new) | pl.col("right_record_id").is_in(new))
    ends = [*near["left_record_id"], *near["right_record_id"]]
    return both.filter(pl.col("record_id").is_in(ends))["old"].drop_nulls().unique().to_list()


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("persons", type=int, nargs="+", help="how many records")
    parser.add_argument("--added", type=float, default=0.01, help="share of them that is added (default: 0.01)")
    parser.add_argument("--linked", action="store_true", help="two exports that name each person at most once")
    given = parser.parse_args()
    config = parse(CONFIG)
    print(f"{'records':>9}{'added':>8}{'learning, CPU s':>18}{'adding, CPU s':>16}{'share':>8}{'untouched':>12}{'changed':>9}")
    for count in given.persons:
        every = records(count, linked=given.linked).sort("source", "record_id")
        count = every.height  # noqa: PLW2901
        later = set(random.Random(1).sample(range(count), round(given.added * count)))
        with tempfile.TemporaryDirectory() as folder:
            first, whole = night(config, Path(folder), every[[i for i in range(count) if i not in later]], None)
            second, part = night(config, Path(folder), every, first)
        was = first.members.select("record_id", old="entity_id")
        both = second.members.join(was, on="record_id", how="left")
        untouched = both.filter(pl.col("old").is_not_null() & ~pl.col("old").is_in(touched(second, both)))
        changed = untouched.filter(pl.col("old") != pl.col("entity_id")).height
        print(f"{count:>9,}{len(later):>8,}{whole:>18.1f}{part:>16.2f}{part / whole:>8.1%}{untouched.height:>12,}{changed:>9,}", flush=True)


if __name__ == "__main__":
    main()
