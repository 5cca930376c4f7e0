"""Pairs that differ where one thing never does: a person ought to look at them, however alike the rest is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canonry.match.entities.levels import Levels

_SURE = 0.95  # probability from which a pair shows how often one thing is said in two ways
_UNLIKE = (1, 2, 6)  # levels that no slip explains: unlike, and the least alike with other numbers and without
_EXPECTED = 0.05  # matches that differ so by error, below which none is to be expected
_HELD = 0.49  # probability that such a pair keeps at most: it goes to review


def held_back(found: Levels, probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lower the probability of pairs that are unlike in columns in which sure pairs say the same.

    Errors of one thing fall on each column apart from the others. So the shares of sure pairs that do not say the same, multiplied, tell
    how many matches are unlike in all the columns in which a pair is. A pair is held back where not one is to be expected: of partners who
    share surname and address, first name and day of birth say so, whatever else agrees.

    Args:
        found: Levels of the pairs.
        probability: That both are one thing.

    Returns:
        The probability; of pairs that are held back at most .49.
    """
    sure = probability >= _SURE
    expected = np.full(len(probability), np.log(max(1, sure.sum())))
    for column in found.codes.T:
        said = column[sure & (column > 0)]
        errors = ((said < column.max()).sum() + 1) / (len(said) + 2)
        expected += np.where(np.isin(column, _UNLIKE), np.log(errors), 0.0)
    return np.where(expected < np.log(_EXPECTED), np.minimum(probability, _HELD), probability)
