"""What a night publishes depends on what its inputs say, not on the order or the moment in which they are read."""

from __future__ import annotations

import os
import random
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.flow.company import assert_same, differing

pytestmark = pytest.mark.promise("order-does-not-matter")


@pytest.fixture
def pair(company):
    """Two equal companies, the first one run."""
    other = company.copy(company.base.with_name("other"))
    company.run()
    return company, other


def _shuffled_folder(folder: Path, seed: int) -> None:
    """Make all files anew in another order, with other times."""
    files = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    shutil.rmtree(folder)
    names = sorted(files)
    random.Random(seed).shuffle(names)  # noqa: S311  (any order will do)
    for n, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(files[name])
        os.utime(folder / name, (10**9 + n, 10**9 + n))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_and_the_times_of_files_do_not_matter(pair, seed, monkeypatch):
    one, other = pair
    for source in ("live", "wiki"):
        _shuffled_folder(other.base / source, seed)
    ways = {"rglob": Path.rglob, "glob": Path.glob, "iterdir": Path.iterdir}
    for name, real in ways.items():
        monkeypatch.setattr(Path, name, lambda self, *a, _real=real, **k: iter(sorted(_real(self, *a, **k), reverse=True)))
    other.run()
    assert_same(one, other, "another order of files gives another release")


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_in_exports_and_sidecars_does_not_matter(pair, seed):
    one, other = pair
    for rows in other.rows.values():
        random.Random(seed).shuffle(rows)  # noqa: S311  (any order will do)
    for source, lines in other.dates.items():
        other.dates[source] = dict(sorted(lines.items(), reverse=True))
    other.run()
    wrong = differing(one.digests(), other.digests())
    assert wrong in ([], ["full.release"]), wrong  # the operators' manifest names the hash of the copy, see below


def test_an_export_that_comes_in_another_order_publishes_nothing_new(company):
    company.run()
    company.rows["prices.csv"].reverse()
    assert company.run().exit_reason == "nothing changed"


def test_the_order_of_sources_in_the_configuration_does_not_matter(pair):
    one, other = pair
    for part in ("sources", "entities"):
        other.config[part] = dict(reversed(other.config[part].items()))
    other.run()
    assert_same(one, other, "another order of sources gives another release")


def test_the_order_of_columns_in_an_export_matters_to_no_claim(pair):
    one, other = pair
    other.rows["prices.csv"] = [dict(reversed(r.items())) for r in other.rows["prices.csv"]]
    other.run()
    assert one.table("claims").drop("source").equals(other.table("claims").drop("source"))


@pytest.mark.promise("no-clock")
def test_the_day_and_the_time_zone_of_the_machine_do_not_matter(pair, monkeypatch):
    one, other = pair
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        other.run(now=datetime(2031, 7, 1, 23, 59, tzinfo=UTC))
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert_same(one, other, "another moment of publishing gives another release")
    assert one.manifest.release_id == other.manifest.release_id
    assert one.manifest.published_at != other.manifest.published_at


def test_the_place_of_the_company_on_the_disk_does_not_matter(pair, tmp_path):
    one, _ = pair
    far = one.copy(tmp_path / "a very" / "different place" / "x")
    shutil.rmtree(far.workspace.store)
    far.forget_state()
    far.run()
    assert_same(one, far, "another place gives another release")


def test_the_hash_seed_of_python_does_not_matter(company, tmp_path):
    """Sets of strings iterate in another order in another process; a run must not."""
    import subprocess
    import sys

    code = (
        "import json, sys; from pathlib import Path; from tests.flow.company import Company;"
        "c = Company.small(Path(sys.argv[1]), editions=True); c.run(); print(json.dumps(c.digests(), sort_keys=True))"
    )
    root = Path(__file__).parents[2]
    seen = {
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / seed)],
            check=True,
            capture_output=True,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
        ).stdout
        for seed in ("1", "77")
    }
    assert len(seen) == 1
