"""Records of several sources in common columns."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canonry.ids import digest
from canonry.match.entities.alike import LIKELY, alike
from canonry.match.entities.table import Table, column, column_like

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canonry.match.entities.table import Shape


def laid_out(records: Sequence[tuple[str, str, Mapping[str, str]]]) -> Table:
    """Lay records of several sources out in common columns.

    Columns of one name are one. Of the others, those of two sources are one that `alike` finds likely and clear.

    Args:
        records: Source, id and values by attribute, of one type of entity.
    """
    ordered = sorted(records, key=lambda r: r[:2])
    sources = sorted({s for s, _, _ in ordered})
    number = {s: i for i, s in enumerate(sources)}
    source = np.array([number[s] for s, _, _ in ordered], dtype=np.int64)
    differs = {s: {a for t, i, v in ordered if t == s for a in v if v[a] != i} for s in sources}
    own = {s: sorted(names) for s, names in differs.items()}  # ids of different sources say nothing to each other
    renamed = _renamed(ordered, own) if len(sources) > 1 else {}
    names = sorted({renamed.get(s, {}).get(a, a) for s in sources for a in own[s]})
    back = {s: {renamed.get(s, {}).get(a, a): a for a in own[s]} for s in sources}
    held = {s: [v for t, _, v in ordered if t == s] for s in sources}
    columns = []
    for name in names:
        values: list[str] = []
        for s in sources:
            attribute = back[s].get(name)
            values += [""] * len(held[s]) if attribute is None else [str(v.get(attribute) or "") for v in held[s]]
        made = column(name, pl.Series(values, dtype=pl.String))
        if made is not None:
            columns.append(made)
    telling = [c for c in columns if len(c.values.texts) + bool((c.values.codes < 0).any()) > 1]
    telling.sort(key=lambda c: digest("\n".join(c.texts)))  # by what they say: a new heading changes nothing
    return Table(sources, [i for _, i, _ in ordered], source, telling, renamed)


def laid_out_like(
    columns: Sequence[Shape],
    renamed: Mapping[str, Mapping[str, str]],
    sources: Sequence[str],
    records: Sequence[tuple[str, str, Mapping[str, str]]],
) -> Table:
    """Lay further records out in columns that are known.

    Args:
        columns: The columns.
        renamed: Source → its heading → name of the column that it was taken for.
        sources: Names of all sources, in order.
        records: Source, id and values by attribute, ordered by source and id.
    """
    back = {s: {ours: theirs for theirs, ours in renamed.get(s, {}).items()} for s in sources}
    made = []
    for shape in columns:
        heading = {s: back[s].get(shape.name, "" if shape.name in renamed.get(s, {}) else shape.name) for s in sources}
        made.append(column_like(shape, pl.Series([str(v.get(heading[s]) or "") for s, _, v in records], dtype=pl.String)))
    number = {s: i for i, s in enumerate(sources)}
    return Table(list(sources), [i for _, i, _ in records], np.array([number[s] for s, _, _ in records], dtype=np.int64), made, renamed)


def _renamed(ordered: Sequence[tuple[str, str, Mapping[str, str]]], own: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """Find for columns that only one of two sources has the one of the other source that means the same."""
    out: dict[str, dict[str, str]] = {}
    for first, second in combinations(sorted(own), 2):
        common = {a: out.get(first, {}).get(a, a) for a in own[first]}
        taken = {*own[second], *out.get(second, {}).values()}
        mine = [a for a in own[first] if common[a] not in taken]
        theirs = [a for a in own[second] if a not in common.values() and a not in out.get(second, {})]
        if not mine or not theirs:
            continue
        left, right = (_frame(ordered, source, own[source]) for source in (first, second))
        for pair in alike(left, right, (mine, theirs)):
            if pair.is_clear and pair.likeness >= LIKELY:
                out.setdefault(second, {})[pair.right] = common[pair.left]
    return out


def _frame(ordered: Sequence[tuple[str, str, Mapping[str, str]]], source: str, names: Sequence[str]) -> pl.DataFrame:
    rows = [v for s, _, v in ordered if s == source]
    return pl.DataFrame({a: pl.Series([str(v.get(a) or "") for v in rows], dtype=pl.String) for a in names})
