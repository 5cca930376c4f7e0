"""Columns that tell things apart, and whether a class of pairs agrees in them as one thing does.

What is taken for matches may be related things: where hardly any record is there twice, partners of one address or the sites of a
chain are the nearest pairs there are. The errors of one thing leave most columns as they were; related things say something else
throughout in some that would tell them apart. But a column may say nothing of the thing at all: a serial number, the day of entry, the
clerk. What differs there differs in pairs of one thing too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW_AGREE = 0.1
"""Share of pairs by chance that say the same, below which a column tells things apart."""

_SAME = 10  # least level that may be the highest: what is spelt the same
_PART = 0.5  # what the level below the two highest counts for: a slip in a short value
_RAREST = 1e-4  # share by chance that is not told from less
_WEAK = 0.3  # agreement beyond chance, from 0 to 1, below which pairs of one thing do not stay
_AS_BY_CHANCE = 0.12  # agreement beyond chance that is none
_LACKED = 0.2  # share of what tells things apart in which pairs of one thing may agree weakly
_UNEXPLAINED = 0.45  # share of it up to which columns may be taken to tell of the record without anything that shows it
_BEYOND, _TIMES = 1.5, 3.0  # pairs more than by chance, and times as many, from which two columns agree together
_SLIGHT = 0.02  # share of what tells things apart up to which a column shows nothing
_USUAL = 0.5  # share of pairs in which a column must say something to be a measure for others


@dataclass(frozen=True)
class Telling:
    """The columns of patterns of levels in which few pairs agree by chance; a row per pattern, a column per such column.

    Attributes:
        counts: Pairs of each pattern.
        said: Whether both sides say something.
        unlike: Whether they say something unlike.
        alike: From 0 to 1: 1 on the two highest levels.
        by_chance: The mean of that among pairs drawn at random.
        tells: What saying the same tells, in log-odds.
    """

    counts: NDArray[np.float64]
    said: NDArray[np.bool_]
    unlike: NDArray[np.bool_]
    alike: NDArray[np.float64]
    by_chance: NDArray[np.float64]
    tells: NDArray[np.float64]

    @classmethod
    def of(cls, codes: NDArray[np.int8], counts: NDArray[np.float64], chance: NDArray[np.float64]) -> Telling:
        """Take the levels of patterns, how many pairs have each pattern, and the share of each level by chance, a row per column."""
        top = np.maximum(codes.max(axis=0), _SAME)
        same = chance[np.arange(len(chance)), top]
        held = np.flatnonzero(same < FEW_AGREE)
        codes, top, chance = codes[:, held], top[held], chance[held]
        level = np.arange(chance.shape[1])
        worth = np.where(level >= top[:, None] - 1, 1.0, np.where(level == top[:, None] - 2, _PART, 0.0))
        alike = np.column_stack([w[c] for w, c in zip(worth, codes.T, strict=True)]) if len(held) else np.zeros(codes.shape)
        return cls(counts, codes > 0, codes == 1, alike, (worth * chance).sum(axis=1), -np.log(np.maximum(same[held], _RAREST)))

    def differ(self, of_record: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Patterns that are unlike in a column that tells of the thing."""
        return np.asarray((self.unlike & ~of_record).any(axis=1))

    def of_record(self, p: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Columns that tell of the record and not of the thing, as far as a class of pairs shows it.

        The class agrees in them no more than by chance. That could be a class of related things too; but if some of its pairs are one
        thing, these agree in two columns at once, more often than chance has it, so what does so tells of the thing. Where too much
        that tells things apart is left and nothing shows what it tells of, none of it is taken to tell of the record.

        Args:
            p: How far each pattern belongs to the class.
        """
        agree, tells = self._agreement(p), self._tells(p)
        none = agree < _AS_BY_CHANCE
        weight = p * self.counts
        both = (self.said * weight[:, None]).T @ self.said
        together = (self.alike * weight[:, None]).T @ self.alike
        expected = both * np.outer(self.by_chance, self.by_chance)
        looked = none & (tells > _SLIGHT * tells.sum())
        more = (together >= _TIMES * expected) & (together >= expected + _BEYOND) & np.outer(looked, looked)
        np.fill_diagonal(more, val=False)
        shown = more.any(axis=1)
        if tells[(agree < _WEAK) & ~shown].sum() > _UNEXPLAINED * tells.sum():
            return np.zeros(len(none), dtype=bool)
        return np.asarray(none & ~shown)

    def are_related(self, p: NDArray[np.float64], of_record: NDArray[np.bool_]) -> bool:
        """Whether a class of pairs lacks agreement in columns that tell of the thing, more than errors of one thing do."""
        tells = np.where(of_record, 0.0, self._tells(p))
        return bool(tells[self._agreement(p) < _WEAK].sum() > _LACKED * tells.sum())

    def _agreement(self, p: NDArray[np.float64]) -> NDArray[np.float64]:
        """Agreement of a class beyond chance, at most 1; 1 in columns in which it says nothing."""
        weight = p * self.counts
        said = weight @ self.said
        mean = np.divide(weight @ self.alike, said, out=np.ones(len(said)), where=said > 0)
        return np.asarray((mean - self.by_chance) / (1 - self.by_chance))

    def _tells(self, p: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each column tells apart in a class; none more than the most telling one in which the class agrees."""
        weight = p * self.counts
        said = weight @ self.said
        measure = (self._agreement(p) >= _WEAK) & (said > _USUAL * weight.sum())
        return np.asarray(np.minimum(self.tells, self.tells[measure].max(initial=1.0)) * said)
