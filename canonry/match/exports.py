"""Sources that hold several exports of one set of pages: which days they were taken, and which copy is from the latest."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

_NEVER = -1e9  # log-likelihood of what cannot be
_TIE = 1e-6  # where nothing tells copies apart, the first has the latest day
_LEAST_PAGES = 3  # pairs of one page that two days must share before they are days of exports


@dataclass(frozen=True)
class Exports:
    """The days on which exports of a source were taken.

    Attributes:
        together: (source, earlier day, later day) → pairs of pages that have a copy from either.
    """

    together: Mapping[tuple[str, date, date], int]

    def between(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
        """Pairs of pages with copies from the days of both documents; 0 when these are no two exports of one source."""
        days = [d for d in (own_day(one), own_day(other)) if d is not None]
        if one["source"] != other["source"] or len(days) < 2:  # noqa: PLR2004
            return 0
        return self.together.get((one["source"], min(days), max(days)), 0)

    def days(self, source: str) -> set[date]:
        """All the days of a source."""
        return {d for s, a, b in self.together if s == source for d in (a, b)}

    def beside(self, source: str, taken: set[date]) -> dict[date, int]:
        """The days of which a source has copies beside those of the days taken, with how many; all of them when none is taken."""
        if not taken:
            return dict.fromkeys(sorted(self.days(source)), 1)
        found: Counter[date] = Counter()
        for (of, a, b), n in self.together.items():
            for day, other in ((a, b), (b, a)):
                if of == source and day in taken and other not in taken:
                    found[other] += n
        return dict(sorted(found.items()))


def own_day(document: Mapping[str, Any]) -> date | None:
    """The day that a document itself bears, as its source gave it; not the day on which its copy was taken."""
    return None if document["date_basis"] in ("observed", "none", "content") else document["dated_on"]


def exports(pairs: Sequence[tuple[str, str]], said: Mapping[str, Mapping[str, Any]]) -> Exports:
    """Find the days on which exports were taken: three or more in a source, any two of which have copies of several pages.

    Two days may be an edit of many pages and the migration of their old copies; only a series shows that a day is a state of all pages.

    Args:
        pairs: Ends of pairs of versions.
        said: document_id → source, dated_on, date_basis.
    """
    seen: Counter[tuple[str, date, date]] = Counter()
    for left, right in pairs:
        a, b = said[left], said[right]
        days = [d for d in (own_day(a), own_day(b)) if d is not None]
        if a["source"] == b["source"] and len(set(days)) == 2:  # noqa: PLR2004
            seen[a["source"], min(days), max(days)] += 1
    often = {k: n for k, n in sorted(seen.items()) if n >= _LEAST_PAGES}
    beside: dict[tuple[str, date], set[date]] = defaultdict(set)
    for source, one, other in often:
        beside[source, one].add(other)
        beside[source, other].add(one)
    return Exports({(s, a, b): n for (s, a, b), n in often.items() if beside[s, a] & beside[s, b]})


def guessed(
    families: Iterable[list[str]], said: Mapping[str, Mapping[str, Any]], found: Exports, marks: Mapping[str, frozenset[str]]
) -> dict[str, date]:
    """Guess from which export an undated copy is.

    An export holds a page once, and nothing that was written after it. So an undated copy is from a day that its dated siblings leave, and
    not from before the day that it names itself; which one, naive Bayes says: how often copies of that day stand beside those of the
    siblings' days, and how often pages of that day bear the marks in which the members of the family differ. Good enough to choose who
    stands for a family, not to call a copy superseded.

    Args:
        families: Members of each family.
        said: document_id → source, dated_on, date_basis, told_on.
        found: As `exports` returns it.
        marks: document_id → what may show its age.

    Returns:
        document_id → day, for undated copies in a source of exports.
    """
    borne: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    copies: Counter[tuple[str, date]] = Counter()
    for document in sorted(marks):
        if (day := own_day(said[document])) is not None:
            borne[said[document]["source"], day].update(marks[document])
            copies[said[document]["source"], day] += 1
    out: dict[str, date] = {}
    for members in families:
        source = said[members[0]]["source"]
        undated = [m for m in sorted(members) if own_day(said[m]) is None]
        if not undated or any(said[m]["source"] != source for m in members):
            continue
        free = found.beside(source, {d for m in members if (d := own_day(said[m])) is not None})
        differing = sorted(frozenset.union(*(marks[m] for m in members)) - frozenset.intersection(*(marks[m] for m in members)))
        days, likely = sorted(free, reverse=True), np.full((len(undated), len(free)), _NEVER)
        for at, day in enumerate(days):
            share = {m: (borne[source, day][m] + 0.5) / (copies[source, day] + 1.0) for m in differing}
            for of, member in enumerate(undated):
                if (told := said[member]["told_on"]) is None or told <= day:
                    fit = sum(math.log(p if mark in marks[member] else 1.0 - p) for mark, p in share.items())
                    likely[of, at] = round(math.log(free[day]) + fit, 9) + _TIE * (of * at - at / len(free))
        pairs = zip(*linear_sum_assignment(likely, maximize=True), strict=True)
        out.update({undated[of]: days[at] for of, at in pairs if likely[of, at] > _NEVER})
    return out
