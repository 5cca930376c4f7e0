"""Which sources copy one another.

Dong, Berti-Equille and Srivastava (VLDB 2009): that two sources share true values says nothing, for there is one truth; sharing false
values does. Two signs are taken, both without a direction:

- of the places where the two could have shown independence, by differing or by sharing a value that is probably false, nearly all are
  shared false values;
- they claim the same values of the same things throughout, where others dispute them: honest sources with few errors are not, for they
  do not cover the same things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from canonry.arbitrate.votes import Flags, Floats, Ints, Votes

_MET = 5  # things that two sources must share before a comparison says anything
_AT_MOST = 2000  # sources compared in pairs: those that claim most
_SHARED_FALSE = 4.0  # expected number of shared false values that makes a suspicion
_DIFFER = 0.2  # of the telling places, at most this share may differ
_SAME = 0.98  # overlap (Jaccard) of two sources that are one
_SAME_AT_LEAST = 20


@dataclass(frozen=True)
class Copying:
    """What pairs of sources show.

    Attributes:
        kept: The sources compared.
        place: Source → its number among them, else -1.
        copies: Pairs of them that copy (symmetric, no source itself).
        met: Pairs of them that meet often enough to tell.
    """

    kept: Ints
    place: Ints
    copies: sparse.csr_array
    met: sparse.csr_array


def compared(votes: Votes, truth: Floats) -> Copying:
    """Compare sources in pairs.

    Args:
        votes: Who says what.
        truth: Probability of each value.
    """
    number = np.bincount(votes.s, minlength=votes.sources)
    kept = np.flatnonzero(number >= _MET)
    kept = np.sort(kept[np.argsort(-number[kept], kind="stable")[:_AT_MOST]])
    place = np.full(votes.sources, -1)
    place[kept] = np.arange(len(kept))
    mine = place[votes.s] >= 0

    def table(weights: Floats, rows: Ints, height: int) -> sparse.csr_array:
        return sparse.csr_array((weights[mine], (rows[mine], place[votes.s[mine]])), shape=(height, len(kept)))

    one = np.ones(len(votes.v))
    says = table(one, votes.v, votes.values)
    covers = table(votes.share, votes.g, votes.things)
    same, both = (says.T @ says).toarray(), (covers.T @ covers).toarray()
    false = (table(1.0 - truth[votes.v], votes.v, votes.values).T @ says).toarray()
    differ = np.maximum(both - same, 0.0)
    shares_false = (false >= _SHARED_FALSE) & ((differ + 0.5) / (differ + false + 1.0) < _DIFFER)
    union = np.maximum(number[kept][:, None] + number[kept][None, :] - same, 1.0)
    is_one = (same / union >= _SAME) & (same >= _SAME_AT_LEAST)
    return Copying(kept, place, _pairs(shares_false | is_one), _pairs(both >= _MET))


def _pairs(flags: Flags) -> sparse.csr_array:
    out = flags.astype(float)
    np.fill_diagonal(out, 0.0)
    return sparse.csr_array(out)


def _beside(votes: Votes, found: Copying, pairs: sparse.csr_array, weights: Floats) -> Floats:
    """For each vote the weight of the votes for the same value by sources that its own source is paired with."""
    out = np.zeros(len(votes.v))
    mine = found.place[votes.s] >= 0
    rows, columns = votes.v[mine], found.place[votes.s[mine]]
    table = sparse.csr_array((weights[mine], (rows, columns)), shape=(votes.values, len(found.kept)))
    out[mine] = np.asarray(table[rows].multiply(pairs[columns]).sum(axis=1)).ravel()
    return out


def independence(votes: Votes, found: Copying) -> Floats:
    """The weight of each vote: one over the number of copies that say the same, itself included."""
    weights: Floats = 1.0 / (1.0 + _beside(votes, found, found.copies, np.ones(len(votes.v))))
    return weights


def from_strangers(votes: Votes, found: Copying, weights: Floats) -> Floats:
    """For each vote the share of the other votes on its thing that say the same and that no comparison of sources can explain.

    Most sources of a large set meet once or never; whether one of them took a value over from another shows in the whole only.
    """
    all_said, all_voted = votes.over_values(weights), np.bincount(votes.g, weights, minlength=votes.things)
    known = _beside(votes, found, found.met, weights)
    others = all_voted[votes.g] - weights
    strange = all_said[votes.v] - weights - known
    share: Floats = np.clip(np.where(others > 1e-9, strange / np.maximum(others, 1e-9), 0.0), 0.0, 1.0)  # noqa: PLR2004 - rounding
    return share
