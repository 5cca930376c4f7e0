"""How often the newer of two versions of a page is recognised, by the kind of evidence, on labelled handbooks.

python benchmarks/directions.py ../shared   # the folder with `bench` and `data/handbooks`; without it there is nothing to measure
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from canonry.context import RunContext
from canonry.flow import PER_EDITION
from canonry.ingest import CopyStore, observe
from canonry.journal import Journal
from canonry.state import NoMemo
from canonry.workspace import Workspace

STAGES = {s.name: s for s in PER_EDITION}


def measure(shared: Path, name: str) -> dict[str, str]:
    """Arrange a handbook as two systems, match its pages, and compare the directions found with the labels."""
    sys.path.insert(0, str(shared / "bench"))
    import handbooks
    import product

    with tempfile.TemporaryDirectory() as folder:
        arranged = product.Workspace(product.Product(), Path(folder), None)
        labels = handbooks.arrange_mixed(shared / "data" / "handbooks" / name, arranged)
        pairs = _matched(Workspace.open(Path(folder) / "canonry.yaml", {}))
    living = {f"{source}/{path}": label == "live" for (source, path), label in labels.items()}
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for left, other, newer, basis in pairs:
        if living[left] != living[other]:
            seen[basis or "undecided"] += 1
            right[basis or "undecided"] += newer is not None and living[newer]
    return {basis: f"{right[basis]} of {n}" if basis != "undecided" else str(n) for basis, n in sorted(seen.items())}


def _matched(workspace: Workspace) -> list[tuple[str, str, str | None, str | None]]:
    config, day = workspace.config, workspace.config.run_date
    assert day  # noqa: S101
    copies = CopyStore(workspace.store / "copies")
    ingested = observe(config, workspace.base, run_date=day, copies=copies, parent_inputs={}, journal=Journal())
    run = RunContext(day, config, Journal(), NoMemo(), workspace.encoder(), NoMemo(), edition="full")
    normalised = STAGES["normalise"].make(run, ingested)
    pairs = STAGES["match"].make(run, normalised).page_pairs
    return list(pairs.filter(~pairs["is_kin"]).select("left_id", "right_id", "newer_id", "basis").iter_rows())


def main() -> None:
    """Measure both handbooks, and print one JSON line each."""
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared").resolve()
    sets = sorted((shared / "data" / "handbooks").glob("*"))
    if not sets:
        print(json.dumps({"skipped": f"no labelled handbooks under {shared.name}"}))
    for folder in sets:
        print(json.dumps({"set": folder.name, **measure(shared, folder.name)}))


if __name__ == "__main__":
    main()
