"""Pairs that differ where one thing never does: a person ought to look at them, however alike the rest is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canonry.match.entities.levels import Levels

_SURE = 0.95  # probability from which a pair shows how often one thing is said in two ways
_UNLIKE = (1, 2, 6)  # levels that no slip explains: unlike, and the least alike with other numbers and without
_EXPECTED = 0.05  # matches that differ so by error, below which none is to be expected
HELD = 0.49  # probability that such a pair keeps at most: it goes to review


@dataclass(frozen=True)
class Errors:
    """How often sure pairs do not say the same.

    Attributes:
        matches: Logarithm of how many there are.
        shares: Logarithm of the share of them that does not say the same, per column of their levels.
    """

    matches: float
    shares: NDArray[np.float64]

    def rule_out(self, found: Levels) -> NDArray[np.bool_]:
        """Which pairs are unlike in columns in which not one match is to be expected to be, in all at once."""
        unlike = np.isin(found.codes, _UNLIKE)
        return np.asarray(self.matches + (unlike * self.shares).sum(axis=1) < np.log(_EXPECTED))


def errors(found: Levels, probability: NDArray[np.float64]) -> Errors:
    """Count how often one thing is said in two ways.

    Errors of one thing fall on each column apart from the others. So the shares of sure pairs that do not say the same, multiplied, tell
    how many matches are unlike in all the columns in which a pair is. Of partners who share surname and address, first name and day of
    birth say so, whatever else agrees.

    Args:
        found: Levels of the pairs.
        probability: That both are one thing.
    """
    sure = probability >= _SURE
    shares = []
    for column in found.codes.T:
        said = column[sure & (column > 0)]
        shares.append(((said < column.max(initial=0)).sum() + 1) / (len(said) + 2))
    return Errors(float(np.log(max(1, sure.sum()))), np.log(np.array(shares, dtype=np.float64)))
