"""Which sources copy one another.

Dong, Berti-Equille and Srivastava (VLDB 2009): that two sources share true values says nothing, for there is one truth; sharing false
values does, and so does sharing the choice of what to speak of. Two signs are taken, both without a direction:

- of the places where the two could have shown independence, by differing or by sharing a value that is probably false, nearly all are
  shared false values;
- they speak of the same things beyond chance, gaps included, and hardly differ. This sign needs no guess of what is true. Sources that
  hardly differ but speak of different things are independent witnesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from canonry.arbitrate.votes import Flags, Floats, Ints, Votes

_MET = 5  # things that two sources must share before a comparison says anything
_AT_MOST = 2000  # sources compared in pairs: those that claim most
_SHARED_FALSE = 4.0  # expected number of shared false values that makes a suspicion
_DIFFER = 0.2  # of the telling places, at most this share may differ
_ALIKE = 0.7  # agreement beyond chance (Cohen's kappa) of what two sources speak of, from which one follows the other
_HARDLY = 0.1  # … if they differ on at most this share of it
_ALIKE_AT_LEAST = 20  # … and share so many things
_TELLS = 0.2  # chance must leave so much room for kappa to say that two sources speak of different things


@dataclass(frozen=True)
class Meetings:
    """How pairs of sources meet, whatever is true.

    Attributes:
        kept: The sources compared.
        place: Source → its number among them, else -1.
        same: Things of which a pair says the same.
        both: Things of which both speak.
        alike: Kappa of what they speak of.
        room: What chance leaves for kappa to tell.
    """

    votes: Votes
    kept: Ints
    place: Ints
    same: Floats
    both: Floats
    alike: Floats
    room: Floats

    @classmethod
    def of(cls, votes: Votes) -> Meetings:
        """Count them."""
        number = np.bincount(votes.s, minlength=votes.sources)
        kept = np.flatnonzero(number >= _MET)
        kept = np.sort(kept[np.argsort(-number[kept], kind="stable")[:_AT_MOST]])
        place = np.full(votes.sources, -1)
        place[kept] = np.arange(len(kept))
        says = _table(votes, place, np.ones(len(votes.v)), votes.v, votes.values)
        covers = _table(votes, place, votes.share, votes.g, votes.things)
        same, both = (says.T @ says).toarray(), (covers.T @ covers).toarray()
        part = covers.sum(axis=0) / votes.things
        chance = part[:, None] * part[None, :] + (1.0 - part[:, None]) * (1.0 - part[None, :])
        seen = 1.0 - part[:, None] - part[None, :] + 2.0 * both / votes.things
        room = 1.0 - chance
        return cls(votes, kept, place, same, both, (seen - chance) / np.maximum(room, 1e-9), room)

    @cached_property
    def differ(self) -> Floats:
        """Things of which both speak and say different values."""
        return np.maximum(self.both - self.same, 0.0)

    @cached_property
    def follows(self) -> Flags:
        """Pairs of which one follows the other, gaps included."""
        hardly = (self.differ + 0.5) / (self.both + 1.0) <= _HARDLY
        return (self.alike >= _ALIKE) & hardly & (self.both >= _ALIKE_AT_LEAST)

    @cached_property
    def apart(self) -> Flags:
        """Pairs that speak of different things: what they share, each found by itself."""
        return (self.alike < _ALIKE) & (self.room >= _TELLS)


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


def compared(meetings: Meetings, truth: Floats | None) -> Copying:
    """Compare sources in pairs.

    Args:
        meetings: How they meet.
        truth: Probability of each value; without it nothing is taken for true, and what is shared is suspicious unless the two speak of
            different things.
    """
    votes, place = meetings.votes, meetings.place
    says = _table(votes, place, np.ones(len(votes.v)), votes.v, votes.values)
    known = 1.0 / np.bincount(votes.thing_of)[votes.thing_of] if truth is None else truth
    false = (_table(votes, place, 1.0 - known[votes.v], votes.v, votes.values).T @ says).toarray()
    shares_false = (false >= _SHARED_FALSE) & ((meetings.differ + 0.5) / (meetings.differ + false + 1.0) < _DIFFER)
    if truth is None:
        shares_false &= ~meetings.apart
    return Copying(meetings.kept, place, _pairs(shares_false | meetings.follows), _pairs(meetings.both >= _MET))


def _table(votes: Votes, place: Ints, weights: Floats, rows: Ints, height: int) -> sparse.csr_array:
    mine = place[votes.s] >= 0
    return sparse.csr_array((weights[mine], (rows[mine], place[votes.s[mine]])), shape=(height, int(place.max(initial=-1)) + 1))


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
