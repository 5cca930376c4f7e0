"""Two nights at Brightwater: what happens on the second one, what is computed again, and what is kept.

Copies the example company, runs the first night, enters the ruling and applies the moves of `brightwater/night2/moves.yaml`, runs the
second night, and once more from scratch. `make night2` runs it; `--keep DIR` leaves the copy for you to look into.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from canonry import store
from canonry.cli import cli
from canonry.flow import nightly
from canonry.text import normal
from canonry.workspace import RunOptions, RunSummary, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

EXAMPLE = Path(__file__).parent / "brightwater"
MADE = ("store", "journal", ".canonry", "report.html")


@dataclass(frozen=True)
class Nights:
    """What came of the two nights.

    Attributes:
        folder: The company.
        first: Summary of the first night; None when it had been run before.
        second: Summary of the second night.
        scratch: Summary of the second night once more, from scratch, in a copy.
        differing: Tables, as edition.table, in which the second night and the one from scratch differ.
    """

    folder: Path
    first: RunSummary | None
    second: RunSummary
    scratch: RunSummary
    differing: list[str]


def copied(folder: Path) -> Path:
    """Copy the company without what earlier runs made."""
    return shutil.copytree(EXAMPLE, folder, ignore=lambda at, names: [n for n in names if Path(at) == EXAMPLE and n in MADE])


def night(folder: Path, day: date, *, full: bool = False) -> RunSummary:
    """Run one night."""
    return nightly(Workspace.open(folder / "canonry.yaml", {}), RunOptions(now=datetime.now(tz=UTC), run_date=day, full=full))


def table(folder: Path, name: str, edition: str = store.FULL) -> pl.DataFrame:
    """Read a table of the current release."""
    return store.read_table(folder / "store", store.needed(folder / "store"), edition, name)


def moves(folder: Path) -> dict[str, Any]:
    """Read what happens until the second night."""
    return dict(yaml.safe_load((folder / "night2" / "moves.yaml").read_text(encoding="utf-8")))


def conflict_between(folder: Path, sentences: list[str]) -> str:
    """Find the conflict in which all these sentences stand against each other."""
    claims = table(folder, "claims").select("claim_id", "sentence").drop_nulls()
    told = table(folder, "conflict_claims").join(claims, on="claim_id")
    wanted = {normal(s) for s in sentences}
    said: dict[str, set[str]] = {}
    for conflict, sentence in told.select("conflict_id", "sentence").iter_rows():
        said.setdefault(conflict, set()).add(normal(sentence))
    found = [c for c, s in said.items() if wanted <= s and len(s) == len(wanted)]
    if len(found) != 1:
        raise SystemExit(f"the first night found {len(found)} conflicts between: {' | '.join(sentences)}")
    return found[0]


def ruled(folder: Path, ruling: Mapping[str, Any]) -> None:
    """Rule as a person does, on the command line."""
    conflict = conflict_between(folder, ruling["conflict"]["sentences"])
    sides = table(folder, "conflict_claims").filter(conflict_id=conflict, document_id=ruling["keep"]["document"])
    arguments = ["rule", conflict, "--keep", sides["claim_id"][0], "--by", ruling["by"], "--because", ruling["because"]]
    cli.main(["--config", str(folder / "canonry.yaml"), *arguments], standalone_mode=False)


def applied(folder: Path, happens: Mapping[str, Any]) -> None:
    """Change, rename, remove and replace files as the moves say."""
    for move in happens["rename"]:
        (folder / move["from"]).rename(folder / move["to"])
    for gone in happens["remove"]:
        shutil.rmtree(folder / gone)
    for move in (*happens["change"], *happens["replace"]):
        shutil.copyfile(folder / "night2" / "files" / move["path"], folder / move["path"])


def differing(one: store.Manifest, other: store.Manifest) -> list[str]:
    """Name the tables whose digests differ."""
    return [f"{e}.{t}" for e, entry in one.editions.items() for t in entry.tables if entry.tables[t] != other.editions[e].tables[t]]


def two_nights(folder: Path, first: RunSummary | None = None) -> Nights:
    """Run what is left of the two nights on a copy of the company.

    Args:
        folder: The copy.
        first: Summary of the first night when it has been run there already.
    """
    happens = moves(folder)
    if first is None:
        first = night(folder, date.fromisoformat(str(yaml.safe_load((folder / "canonry.yaml").read_text(encoding="utf-8"))["run_date"])))
    ruled(folder, happens["ruling"])
    applied(folder, happens)
    scratch = shutil.copytree(folder, folder.with_name(f"{folder.name}-from-scratch"))
    shutil.rmtree(scratch / ".canonry")
    second, again = night(folder, happens["run_date"]), night(scratch, happens["run_date"], full=True)
    return Nights(folder, first, second, again, differing(store.needed(folder / "store"), store.needed(scratch / "store")))


def told(nights: Nights, say: Callable[[str], None] = print) -> None:
    """Tell a person what the second night did."""
    first, second = nights.first, nights.second
    say("\nWhat was computed, and what was taken from the first night")
    for step, counted in second.cache["steps"].items():
        before = first.cache["steps"][step]["misses"] if first else 0
        say(f"  {step:<20} first night {before:>5} computed; second night {counted['misses']:>5} computed, {counted['hits']:>5} taken over")
    say(f"  processor seconds: second night {second.cpu_seconds:.1f}, from scratch {nights.scratch.cpu_seconds:.1f}")
    say("\nSources that are not ok")
    for name in second.degraded:
        source = second.sources[name]
        say(f"  {name}: {source['status']}, with {source['items']} items of its last good copy. {source['message']}")
    say("\nRulings")
    conflicts = {r["conflict_id"]: r for r in table(nights.folder, "conflicts").iter_rows(named=True)}
    for row in table(nights.folder, "rulings").iter_rows(named=True):
        say(f"  {row['ruling_id']} by {row['by']}: {row['status']}. {conflicts.get(row['applied_to'], {}).get('reason', '')}")
    say("\nPages that moved")
    for row in table(nights.folder, "id_changes").iter_rows(named=True):
        say(f"  {row['old_id']} → {row['new_id']} ({row['reason']})")
    say(f"\nRelease {second.release_id}")
    count = sum(len(e.tables) for e in store.needed(nights.folder / "store").editions.values())
    apart = f"differs from the one from scratch in {', '.join(nights.differing)}"
    say(f"  It {apart if nights.differing else f'equals the one from scratch in all {count} tables'}.")


def main() -> int:
    """Run the script; ends with 1 when the second night differs from the one from scratch."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="Leave the company there; the folder must not exist.")
    keep = parser.parse_args().keep
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with tempfile.TemporaryDirectory() as place:
        nights = two_nights(copied(keep or Path(place) / "brightwater"))
        told(nights)
    return 1 if nights.differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
