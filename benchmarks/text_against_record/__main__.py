"""Sentences, tables and lists against records: planted conflicts that are found, and near misses that are not taken for conflicts.

python -m benchmarks.text_against_record              # both halves, one JSON line each
python -m benchmarks.text_against_record test         # one half
python -m benchmarks.text_against_record dev --cases  # and what was missed or false, for the half that one may look at
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.text_against_record import dev_half, test_half
from benchmarks.text_against_record.build import write
from benchmarks.text_against_record.score import scored

HALVES = {"dev": dev_half.HALF, "test": test_half.HALF}


def main() -> None:
    """Measure, and print."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.text_against_record")
    asked.add_argument("half", nargs="?", choices=sorted(HALVES), help="default: both")
    asked.add_argument("--cases", action="store_true", help="print what was missed or false in the dev half")
    given = asked.parse_args()
    for name in [given.half] if given.half else sorted(HALVES):
        with tempfile.TemporaryDirectory() as folder:
            cases = write(HALVES[name], Path(folder))
            score = scored(Path(folder), cases)
        print(json.dumps({"half": name, **score.figures()}))
        if given.cases and name == "dev":
            print("\n".join(score.told()))


if __name__ == "__main__":
    main()
