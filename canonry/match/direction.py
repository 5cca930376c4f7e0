"""Which of two versions of a page is the newer one, and on what evidence."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from canonry.links import successors
from canonry.match.exports import exports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canonry.match.exports import Exports

_LEAST_SEEN = 4  # pairs that must show a mark before it means anything
_LEAST_Z = 1.9  # how far from even they must be divided (two-sided 5 % of a sign test)
_ROUNDS = 2  # times that drift is learned
_PRIOR = 2.0  # shrinks a mark's log-odds towards none
_LEAST_EVIDENCE = 1.0  # log-odds below which drift says nothing
_BASES = ("replaced_by", "dates", "authority", "drift")  # strongest first
_PARTS = re.compile(r"[/#?]")


_Said: TypeAlias = "Mapping[str, dict[str, object]]"


@dataclass(frozen=True)
class Direction:
    """The newer of two documents.

    Attributes:
        newer: Its document_id.
        basis: replaced_by, dates, authority or drift.
        evidence: What a person can check.
    """

    newer: str
    basis: str
    evidence: str


def directed(pairs: pl.DataFrame, documents: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Find the direction of each pair of versions, where there is evidence for one.

    In this order: a `replaced_by` that names the other; exact dates, or an exact date after a "no later than", on the side of no worse
    authority, or the days of two exports that one source holds (see `canonry.match.exports`); the side of strictly better authority, when
    its copy was taken no earlier; between equal authorities drift. Drift is what the pairs with known direction have in common: folders
    that pages moved out of and into, links that were redirected, and the stamps that only one side bears. It decides where dates are
    missing or bear the stamp of a migration: whether stamped copies are the old or the new ones is learned, not assumed.

    Args:
        pairs: Columns ``left_id``, ``right_id``.
        documents: Columns ``document_id``, ``path``, ``source``, ``dated_on``, ``date_basis``, ``date_kind``, ``is_stamped``,
            ``told_on``, ``replaced_by``, ``url``, ``authority``, ``observed_on``.
        links: Columns ``document_id``, ``target``.

    Returns:
        Columns ``left_id``, ``right_id``, ``newer_id``, ``basis``, ``evidence``; the last three null where no direction is established.
    """
    said = {r["document_id"]: r for r in documents.iter_rows(named=True)}
    after = successors(documents)
    ends = list(pairs.select("left_id", "right_id").iter_rows())
    series = exports(ends, said)
    found = {pair: _declared(pair, after) or _by_date(pair, said) or _by_export(pair, said, series) for pair in ends}
    marks = marks_of(said, links, {d for pair in ends for d in pair})
    weights: dict[str, float] = {}
    directions = found
    for _ in range(_ROUNDS):  # what the first round established teaches the next: the day of a migration shows in pairs that folders decide
        weights = _learned([(d.newer, _other(pair, d.newer)) for pair, d in directions.items() if d and d.basis != "authority"], marks)
        directions = {pair: found[pair] or _undated(pair, said, marks, weights, series) for pair in ends}
    kept = _acyclic({pair: d for pair, d in directions.items() if d})
    rows = [(*pair, d.newer, d.basis, d.evidence) if (d := kept.get(pair)) else (*pair, None, None, None) for pair in ends]
    shape = dict.fromkeys(("left_id", "right_id", "newer_id", "basis", "evidence"), pl.String)
    return pl.DataFrame(rows, schema=shape, orient="row")


def _undated(
    pair: tuple[str, str], said: _Said, marks: Mapping[str, frozenset[str]], weights: Mapping[str, float], series: Exports
) -> Direction | None:
    source = str(said[pair[0]]["source"])
    if source == said[pair[1]]["source"] and series.days(source):
        return None  # what changed once may change back in a series of exports: drift was wrong there in a fifth of the pairs
    if _rank(said[pair[0]]) == _rank(said[pair[1]]):
        return _by_drift(pair, marks, weights)
    return _by_authority(pair, said)


def _acyclic(directions: Mapping[tuple[str, str], Direction]) -> dict[tuple[str, str], Direction]:
    """Leave out what would make a page newer than itself, the weakest evidence first: else nobody would stand for the family."""
    newer: dict[str, set[str]] = {}
    kept = {}
    for pair, direction in sorted(directions.items(), key=lambda d: (_BASES.index(d[1].basis), d[0])):
        old = _other(pair, direction.newer)
        if not _leads(direction.newer, old, newer):
            newer.setdefault(old, set()).add(direction.newer)
            kept[pair] = direction
    return kept


def _leads(start: str, goal: str, newer: Mapping[str, set[str]]) -> bool:
    seen, todo = set[str](), [start]
    while todo:
        at = todo.pop()
        if at == goal:
            return True
        if at not in seen:
            seen.add(at)
            todo.extend(newer.get(at, ()))
    return False


def _other(pair: tuple[str, str], one: str) -> str:
    return pair[1] if pair[0] == one else pair[0]


def _declared(pair: tuple[str, str], after: Mapping[str, str]) -> Direction | None:
    for old, new in (pair, pair[::-1]):
        if after.get(old) == new and after.get(new) != old:
            return Direction(new, "replaced_by", f"{old} says it was replaced by {new}")
    return None


def _by_date(pair: tuple[str, str], said: _Said) -> Direction | None:
    for old, new in (pair, pair[::-1]):
        a, b = said[old], said[new]
        if _rank(b) > _rank(a):
            continue  # a careless edit of the worse source must not beat the system of record
        if a["date_basis"] != b["date_basis"] and a["told_on"] and b["told_on"]:
            if b["told_on"] > a["told_on"]:  # type: ignore[operator]
                return Direction(new, "dates", f"{old} says it is from {a['told_on']}, {new} says {b['told_on']}")
            continue  # when one was written and when the other was filed are no two states of one clock
        if b["date_kind"] == "exact" and a["date_kind"] != "unknown" and b["dated_on"] > a["dated_on"]:  # type: ignore[operator]
            how = "is from" if a["date_kind"] == "exact" else "is no later than"
            return Direction(new, "dates", f"{old} {how} {a['dated_on']}, {new} is from {b['dated_on']}")
    return None


def _by_export(pair: tuple[str, str], said: _Said, series: Exports) -> Direction | None:
    """Of two exports of one set of pages the later one shows what a page became."""
    together = series.between(said[pair[0]], said[pair[1]])
    if not together:
        return None
    old, new = sorted(pair, key=lambda d: said[d]["dated_on"])  # type: ignore[arg-type,return-value]
    days = f"{said[old]['dated_on']} and {said[new]['dated_on']}"
    return Direction(
        new,
        "dates",
        f"{together} pages of {said[new]['source']} have a copy from {days} each: two exports, and {new} is from the later one",
    )


def _by_authority(pair: tuple[str, str], said: _Said) -> Direction | None:
    """The system of record's own page stands for what a lesser source holds of it, unless its copy is the older one."""
    for old, new in (pair, pair[::-1]):
        a, b = said[old], said[new]
        taken = [d["observed_on"] for d in (a, b)]
        if _rank(b) < _rank(a) and (None in taken or taken[1] >= taken[0]):  # type: ignore[operator]
            return Direction(
                new,
                "authority",
                f"{new} is the same page in a source of better authority ({b['authority']} against {a['authority'] or 'none'})",
            )
    return None


def _rank(document: Mapping[str, object]) -> float:
    """Authority, 1 is best; sources without one rank last, together."""
    rank = document["authority"]
    return float(rank) if isinstance(rank, int) else math.inf


def marks_of(said: _Said, links: pl.DataFrame, wanted: set[str]) -> dict[str, frozenset[str]]:
    """What may show the age of a page: the folders it lies in, the parts of its links, a date that a bulk edit or a migration set."""
    marks: dict[str, set[str]] = {d: set() for d in wanted}
    for document in wanted:
        folders = str(said[document]["path"]).split("/")[:-1]
        marks[document].update(f"folder {f}" for f in folders)
        marks[document].update("folder " + "/".join(folders[:n]) for n in range(2, len(folders) + 1))
        if said[document]["is_stamped"]:
            marks[document].add(f"stamp {said[document]['dated_on']}")
    for document, target in links.iter_rows():
        if document in wanted:
            marks[document].update(f"link {part}" for part in (target, *_PARTS.split(target)) if part)
    return {d: frozenset(m) for d, m in marks.items()}


def _learned(known: Iterable[tuple[str, str]], marks: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """Log-odds that a mark which only one version bears is borne by the newer one, over the pairs of known direction."""
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for newer, older in known:
        gained.update(marks[newer] - marks[older])
        lost.update(marks[older] - marks[newer])
    weights = {}
    for mark in gained | lost:
        g, l = gained[mark], lost[mark]  # noqa: E741
        if g + l >= _LEAST_SEEN and abs(g - l) / math.sqrt(g + l) >= _LEAST_Z:
            weights[mark] = math.log((g + _PRIOR) / (l + _PRIOR))
    return weights


def _by_drift(pair: tuple[str, str], marks: Mapping[str, frozenset[str]], weights: Mapping[str, float]) -> Direction | None:
    left, right = (marks[d] for d in pair)
    votes = {m: weights[m] for m in left - right if m in weights} | {m: -weights[m] for m in right - left if m in weights}
    total = sum(votes[m] for m in sorted(votes))
    if abs(total) < _LEAST_EVIDENCE:
        return None
    newer = pair[0] if total > 0 else pair[1]
    strongest = sorted((m for m, v in votes.items() if (v > 0) == (total > 0)), key=lambda m: (-abs(votes[m]), m))[:3]
    return Direction(newer, "drift", f"other pages changed the same way ({', '.join(strongest)}), which makes {newer} the newer one")
