"""Columns of different sources that mean the same."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz import fuzz

from canonry.ids import digest
from canonry.match.entities import terms
from canonry.match.entities.table import Table, column, column_like, without_nulls, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from canonry.match.entities.table import Shape

_VALUES = 2000  # distinct values of a column that are looked at: the first in their order
_NAMED = 0.3  # what the likeness of two headings counts beside that of their values
_ALIKE = 0.45  # from where two columns are taken for one


def laid_out(records: Sequence[tuple[str, str, Mapping[str, str]]]) -> Table:
    """Lay records of several sources out in common columns.

    Columns of one name are one. Of the others, those of two sources are one whose values and names are most alike.

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
        taken = set(out.get(second, {}).values())
        mine = [a for a in own[first] if a not in own[second] and a not in taken]
        theirs = [a for a in own[second] if a not in own[first] and a not in out.get(second, {})]
        if not mine or not theirs:
            continue
        alike = _likeness(ordered, first, mine, second, theirs)
        while alike.size and alike.max() >= _ALIKE:
            i, j = np.unravel_index(int(alike.argmax()), alike.shape)
            out.setdefault(second, {})[theirs[j]] = mine[i]
            alike[i, :], alike[:, j] = -1.0, -1.0
    return out


def _likeness(
    ordered: Sequence[tuple[str, str, Mapping[str, str]]], first: str, mine: Sequence[str], second: str, theirs: Sequence[str]
) -> NDArray[np.float64]:
    held = {
        (s, a): without_nulls(pl.Series([str(v.get(a) or "") for t, _, v in ordered if t == s], dtype=pl.String))
        for s, names in ((first, mine), (second, theirs))
        for a in names
    }
    texts = []
    for values in held.values():
        said = words(values).unique().sort()
        texts.append(" ".join(said.filter(said != "").head(_VALUES).to_list()))
    spread = []
    for counts, _ in (terms.by_word(texts), terms.by_gram(texts)):
        counts.data = np.log1p(counts.data)
        length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
        spread.append((counts @ counts.T).toarray() / np.maximum(np.outer(length, length), 1e-9))
    values = (spread[0] + spread[1])[: len(mine), len(mine) :] / 2
    names = np.array([[fuzz.token_sort_ratio(words_of(a), words_of(b)) / 100 for b in theirs] for a in mine])
    return np.asarray(np.round((values + _NAMED * names) / (1 + _NAMED), 6))


def words_of(name: str) -> str:
    """A heading as words."""
    return " ".join(name.replace("_", " ").casefold().split())
