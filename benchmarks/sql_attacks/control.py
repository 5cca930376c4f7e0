"""The same attacks on DuckDB as it comes, each in a process and a copy of the company of its own: that they are real."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.sql_attacks.company import Company
from benchmarks.sql_attacks.kinds import FAMILIES, attacks

if TYPE_CHECKING:
    from collections.abc import Iterator

FAMILIES_TRIED = ("reading", "settings", "writing", "catalogue")  # bombs need no proof, and nothing here may call the world
_WORLD = ("install", "load", "update extensions")
_SECONDS, _MEMORY = 6, 3 * 1024**3
_ENGINE = """
import duckdb, sys
con = duckdb.connect(config={"threads": "1", "autoinstall_known_extensions": "false"})
con.execute(f"ATTACH '{sys.argv[1]}' AS store (READ_ONLY); USE store")
try:
    for row in con.execute(sys.stdin.read()).fetchmany(1000):
        print(row)
except Exception as e:
    print(e)
"""


def open_engine(company: Company) -> bool:
    """Print how many attacks of each family bring something back or change something."""
    came: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for family, kind in [(f, k) for f in FAMILIES_TRIED for k in FAMILIES[f] if not k.startswith(_WORLD)]:
        with _copied(company) as copy:
            before = copy.digests()
            query = attacks(copy.places(9))[family, kind]
            told = _asked(copy, query)
            tried[family] += 1
            came[family] += copy.shows(told, query) or copy.digests() != before
    for family in FAMILIES_TRIED:
        print(f"{family}: {came[family]} of {tried[family]} bring back the canary or a path, or change a file, on DuckDB as it comes")
    return sum(came.values()) > 0


@contextlib.contextmanager
def _copied(company: Company) -> Iterator[Company]:
    place = company.folder.with_name("copy") / company.folder.name
    shutil.copytree(company.folder, place, symlinks=True, ignore=shutil.ignore_patterns(".canonry", "full", "copies", "frozen"))
    try:
        yield Company(place, company.canary)
    finally:
        shutil.rmtree(place.parent, ignore_errors=True)


def _asked(copy: Company, query: str) -> bytes:
    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))

    try:
        done = subprocess.run(
            [sys.executable, "-c", _ENGINE, str(copy.file("staff"))],
            input=query.encode(),
            capture_output=True,
            timeout=_SECONDS,
            cwd=Path("/"),
            env={**os.environ, "PYTHONIOENCODING": "utf-8:replace"},
            preexec_fn=bounded,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return late.stdout or b""
    return done.stdout
