"""What every tool is given and has to tell: run as `python SCRIPT FOLDER OUT.json [OPTION]` in a process of its own.

FOLDER holds a.csv, perhaps b.csv (a column ``id`` each), and meta.json (``kind``: link or dedupe). OUT gets ``version``, ``stages_cpu_s``
(CPU seconds of the matching alone: without start, imports and reading), ``of_stage`` (parts of it, where a tool has such) and ``groups``:
lists of [source, id] of at least two records, perhaps under several names where a tool has several ways to make them.

For documents FOLDER holds a.jsonl (``id``, ``text``).

Standard library only: it is read by the environments of all tools.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)  # at which near-duplicates are looked for


@dataclass(frozen=True)
class Folder:
    """A set of records.

    Attributes:
        path: Where it is.
        kind: ``link`` (between a and b) or ``dedupe`` (within a).
        tables: Rows by source.
    """

    path: Path
    kind: str
    tables: dict[str, list[dict[str, str]]]


@dataclass
class Spent:
    """CPU seconds of the matching."""

    cpu_s: float = 0.0
    of_stage: dict[str, float] = field(default_factory=dict)


def folder() -> Folder:
    """The set that the command line names."""
    path = Path(sys.argv[1])
    kind = json.loads((path / "meta.json").read_text(encoding="utf-8"))["kind"]
    tables = {}
    for source in ("a", "b") if kind == "link" else ("a",):
        with (path / f"{source}.csv").open(newline="", encoding="utf-8") as f:
            tables[source] = list(csv.DictReader(f))
    return Folder(path, kind, tables)


def documents() -> dict[str, str]:
    """Texts of the set that the command line names, by id."""
    with (Path(sys.argv[1]) / "a.jsonl").open(encoding="utf-8") as f:
        return {row["id"]: row["text"] for row in map(json.loads, f)}


def tokens(text: str) -> set[str]:
    """The different words of a text in lower case."""
    return set(re.findall(r"\w+", text.lower()))


def joined(links: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Records that hang together by links, each with a name of its group."""
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in links:
        parent[root(a)] = root(b)
    return [("a", x, root(x)) for x in parent]


class NoVectors:
    """An encoder that must not be asked."""

    name, dimensions = "none", 1

    def encode(self, texts: list[str], progress: Any = None) -> Any:
        """Refuse."""
        raise NotImplementedError

    def encode_query(self, text: str) -> Any:
        """Refuse."""
        raise NotImplementedError


@contextmanager
def stages() -> Iterator[Spent]:
    """Count the CPU seconds of what stands inside, all threads together."""
    spent, begun = Spent(), time.process_time()
    yield spent
    spent.cpu_s = time.process_time() - begun


def write(version: str, spent: Spent, *ways: Iterable[tuple[str, str, Any]], names: tuple[str, ...] = ("",)) -> None:
    """Write the outcome.

    Args:
        version: Of the tool.
        spent: CPU seconds.
        ways: Rows of source, id, and a name of the group; once per way to make groups.
        names: What the ways are called.
    """
    out = {}
    for name, rows in zip(names, ways, strict=True):
        groups: dict[Any, list[tuple[str, str]]] = {}
        for source, record, group in rows:
            groups.setdefault(group, []).append((source, record))
        out[name] = [sorted(g) for g in groups.values() if len(g) > 1]
    found = {"version": version, "stages_cpu_s": spent.cpu_s, "of_stage": spent.of_stage, "groups": out}
    Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")
