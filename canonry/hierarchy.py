"""Values that lie in one another: a table of places with their parents, as the configuration names it."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canonry.errors import ConfigError
from canonry.ids import digest_json
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_COLUMNS = ("id", "name", "parent_id")


@dataclass(frozen=True)
class Hierarchy:
    """What lies above what.

    Attributes:
        above: Id or name in normal form → ids and names, in normal form, of all that it lies in. A name that several places bear lies in
            what any of them lies in.
        depth: Id or name in normal form → the number of steps to the top, the largest where several bear the name.
        digest: Of the table, for the configuration's hash.
    """

    above: Mapping[str, frozenset[str]]
    depth: Mapping[str, int]
    digest: str

    def is_above(self, coarse: str, fine: str) -> bool:
        """Whether the first value (normal form) holds the second."""
        return coarse in self.above.get(fine, frozenset())


def read(path: Path) -> Hierarchy:
    """Read a CSV file with the columns `id`, `name` and `parent_id` (empty at the top; an id that is no row's counts as the top).

    Raises:
        ConfigError: The file is missing, lacks a column, names an id twice, or goes round in a circle.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as f:
            reader = csv.DictReader(f)
            if missing := [c for c in _COLUMNS if c not in (reader.fieldnames or ())]:
                raise ConfigError(f"the hierarchy {path.name} lacks the column {missing[0]!r}", "Its columns are id, name and parent_id.")
            rows = [(r["id"] or "", r["name"] or "", r["parent_id"] or "") for r in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        why = e.strerror if isinstance(e, OSError) else str(e)
        raise ConfigError(
            f"cannot read the hierarchy {path.name}: {why}.",
            "It is the path of a CSV file with the columns id, name and parent_id, relative to the configuration.",
        ) from e
    parents = {i: p for i, _, p in rows}
    if len(parents) < len(rows):
        twice = next(i for n, (i, _, _) in enumerate(rows) if any(i == j for j, _, _ in rows[:n]))
        raise ConfigError(f"the hierarchy {path.name} names the id {twice!r} twice")
    plain = {i: {normal(i), normal(n)} - {""} for i, n, _ in rows}
    above: defaultdict[str, set[str]] = defaultdict(set)
    depth: dict[str, int] = {}
    for i, chain in _chains(parents, path.name).items():
        words = {w for a in chain for w in plain[a]}
        for word in plain[i]:
            above[word] |= words
            depth[word] = max(depth.get(word, 0), len(chain))
    return Hierarchy({w: frozenset(a - {w}) for w, a in above.items()}, depth, digest_json(sorted(rows)))


def _chains(parents: Mapping[str, str], file: str) -> dict[str, tuple[str, ...]]:
    """Id → the ids above it, nearest first."""
    found: dict[str, tuple[str, ...]] = {}
    for start in parents:
        path, here = list[str](), start
        on_path = set[str]()
        while here in parents and here not in found:
            if here in on_path:
                circle = " → ".join([*path[path.index(here) :], here])
                raise ConfigError(f"the hierarchy {file} goes round in a circle: {circle}", "Leave parent_id empty at the top.")
            path.append(here)
            on_path.add(here)
            here = parents[here]
        above = (here, *found[here]) if here in found else ()
        for step in reversed(path):
            found[step] = above
            above = (step, *above)
    return found
