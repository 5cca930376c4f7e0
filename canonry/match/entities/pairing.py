"""Records of one type to things: how sure each pair is, and which records go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np
from threadpoolctl import threadpool_limits

from canonry.match.entities import clusters, levels, linked, told
from canonry.match.entities.candidates import candidates
from canonry.match.entities.comparisons import counted, in_detail, of_columns, of_numbers
from canonry.match.entities.recall import estimated
from canonry.operating import RECORDS

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from canonry.match.entities.candidates import Candidates
    from canonry.match.entities.comparisons import Comparison, Counts
    from canonry.match.entities.table import Table

_TWINS = 0.1  # share of records with a twin in their own source from which sources are not free of duplicates
_DIFFERS = -2.5  # what a differing column says against a twin, in log-odds
_DRAWN = 60_000  # pairs drawn at random
OneToOne: TypeAlias = Literal["auto"] | bool
KEPT = 0.05  # probability from which a pair is published
_RECALL, _FARTHEST = 0.9, 3  # estimated recall of candidates from which it is enough, and how many times at most to look farther
_FEWEST = 20  # records; fewer show no distribution


class Taught(NamedTuple):
    """What records have taught, for further ones.

    Attributes:
        found: The pairs that were compared, and the terms that they were found by.
        counts: How often values and words are said.
        model: What judges pairs; one for each two sources where these meet one to one.
    """

    found: Candidates
    counts: Counts
    model: levels.Model | tuple[linked.Linked, ...]


@dataclass(frozen=True)
class Paired:
    """What became of the records of one type.

    Attributes:
        links: The pairs that are as likely as `KEPT`; columns as of `told.links`.
        group: First row of the thing of each row.
        is_one_to_one: Whether each source names each thing at most once.
        considered, capped: Pairs that were compared, near ones left out.
        reason: Why nothing could be matched; None when something could.
        taught: What judges further records; None where there was nothing to learn from.
        recall: Estimated share of the pairs that are one thing which was compared.
    """

    links: pl.DataFrame
    group: NDArray[np.int64]
    is_one_to_one: bool
    considered: int = 0
    capped: int = 0
    reason: str | None = None
    taught: Taught | None = None
    recall: float | None = None


def paired(table: Table, one_to_one: OneToOne = "auto") -> Paired:
    """Find out which records are one thing.

    Args:
        table: The records.
        one_to_one: Whether each source names each thing at most once; ``auto`` looks whether the sources are free of duplicates.
    """
    if reason := _hindrance(table):
        return _nothing(table, reason)
    result = _paired(table, one_to_one, farther=0)
    for farther in range(1, _FARTHEST + 1):
        if result.recall is None or result.recall >= _RECALL:
            break
        result = _paired(table, one_to_one, farther)  # things have more records than neighbours were looked at
    return result


def _paired(table: Table, one_to_one: OneToOne, farther: int) -> Paired:
    found = candidates(table, farther)
    if not len(found.left):
        return _nothing(table, "no two records share a word")
    left, right, counts = found.left, found.right, counted(table)
    compared = of_columns(table, counts, left, right)
    agreed = _agreed(compared)
    is_one_to_one = len(table.sources) > 1 and (not _have_twins(table, agreed, left, right) if one_to_one == "auto" else one_to_one)
    model: levels.Model | tuple[linked.Linked, ...] | None
    if is_one_to_one:
        detail = in_detail(table, counts, [kind.weighted for kind in found.kinds[:2]], left, right)
        with threadpool_limits(limits=1, user_api="blas"):  # threads burn CPU while they wait, and sum up as their number has it
            links, model = linked.across(table, compared + detail, left, right, KEPT)
        group = clusters.one_to_one(clusters.Links.of(links), table.source, RECORDS.threshold)
    else:
        said = levels.levels(compared + of_numbers(table, left, right))
        model = _pooled(table, counts, said, agreed)
        links = judged(model, said, left, right)
        group = clusters.average(clusters.Links.of(links), table.height, RECORDS.threshold)
    taught = Taught(found, counts, model) if model is not None else None
    is_clear = not isinstance(model, levels.Model) or model.is_clear  # of what is not, nothing can be said
    recall = estimated(table, taught, links, KEPT) if taught and is_clear else None
    return Paired(links, group, is_one_to_one, len(left), found.capped, taught=taught, recall=recall)


def judged(model: levels.Model, said: levels.Levels, left: NDArray[np.int64], right: NDArray[np.int64]) -> pl.DataFrame:
    """Give the pairs that are as likely as `KEPT`, as `told.links` does."""
    probability = model.judged(said)
    kept = np.flatnonzero(probability >= KEPT)
    return told.links(left[kept], right[kept], probability[kept], dict(model.parts(said.of(kept)).items()))


def _hindrance(table: Table) -> str | None:
    if table.height < _FEWEST:
        return f"{table.height} records are too few to tell chance from likeness"
    if not table.columns:
        return "no column tells records apart"
    if len(table.sources) > 1 and not any(len(np.unique(table.source[c.texts != ""])) > 1 for c in table.columns):
        return "the sources share no column"
    return None


def _nothing(table: Table, reason: str) -> Paired:
    none = np.empty(0, dtype=np.int64)
    return Paired(told.links(none, none, np.empty(0), {}), np.arange(table.height), len(table.sources) > 1, reason=reason)


def _pooled(table: Table, counts: Counts, said: levels.Levels, agreed: NDArray[np.float64]) -> levels.Model:
    """Learn to judge pairs when any two records may be one thing."""
    draw = np.random.default_rng(0)
    a, b = (draw.integers(0, table.height, _DRAWN) for _ in range(2))
    a, b = a[a != b], b[a != b]
    drawn = levels.levels(of_columns(table, counts, a, b) + of_numbers(table, a, b))
    return levels.learnt(said, drawn, agreed, table.height * (table.height - 1) // 2)


def _agreed(compared: list[Comparison]) -> NDArray[np.float64]:
    """What saying the same says for pairs and saying something else against them, in log-odds."""
    alike = {c.column: c.values for c in compared if c.kind == "spelling"}
    out = np.zeros(len(compared[0].values))
    for c in compared:
        if c.kind == "rarity" and c.column in alike:
            out += np.where(np.isnan(c.values), 0.0, np.where(alike[c.column] == 1, c.values, _DIFFERS))
    return np.round(out, 6)


def _have_twins(table: Table, agreed: NDArray[np.float64], left: NDArray[np.int64], right: NDArray[np.int64]) -> bool:
    """Whether records of one source say the same too often for a source that is free of duplicates."""
    twins = (table.source[left] == table.source[right]) & (agreed >= np.log(table.height) + 3)
    return len(np.unique(np.r_[left[twins], right[twins]])) >= _TWINS * table.height
