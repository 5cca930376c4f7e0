"""Truth discovery: how often each source is right, and which value of each thing is, each from the other.

ACCU (Dong, Berti-Equille and Srivastava, VLDB 2009) in log-odds, by expectation and maximisation, with four changes:

- reliability is shrunk from (source, attribute) to the source, and from the source to sources that claim about as much, so that thousands
  of sources with one claim each have a figure that the others earned;
- a source is judged by what the others say of its values, itself left out;
- votes of copies share one weight (`canonry.arbitrate.copying`);
- where sources meet too seldom to be compared, each vote may have been taken over from those before it: a mixture whose rate is learned
  per source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from canonry.arbitrate.copying import Copying, compared, from_strangers, independence

if TYPE_CHECKING:
    from canonry.arbitrate.votes import Floats, Votes

_FALSE = 5.0  # how many wrong values there are to choose from
_PEERS = 20.0  # votes that the mean of all counts for in that of a class of volume
_SOURCE = 10.0  # … that of its class for in a source
_ATTRIBUTE = 30.0  # … that of a source for in one of its attributes
_RANGE = (0.02, 0.97)  # nobody is known to be right always
_TAKEN = (4.0, 16.0)  # prior of the rate of votes taken over: four in twenty
_TAKEN_AT_MOST = 0.4
_ROUNDS = 3  # of weighing and comparing
_STEPS = 60
_SETTLED = 1e-6


@dataclass(frozen=True)
class Estimate:
    """What was learned.

    Attributes:
        truth: Probability of each value.
        right: How often each source is right.
        copying: Pairs of sources that copy.
    """

    truth: Floats
    right: Floats
    copying: Copying


def estimate(votes: Votes) -> Estimate:
    """Weigh sources and values; the same whatever the order of the claims.

    Args:
        votes: Who says what, of things on which there is more than one value.
    """
    alone, _ = _settled(votes, votes.share, None, by_attribute=False)
    found = compared(votes, alone)
    truth, right = _compared(votes, found, by_attribute=False)
    for _ in range(_ROUNDS - 1):
        found = compared(votes, truth)
        truth, right = _compared(votes, found, by_attribute=True)
    return Estimate(truth, right, found)


def _compared(votes: Votes, found: Copying, *, by_attribute: bool) -> tuple[Floats, Floats]:
    """As `_settled`, with what the comparison of sources found."""
    base = independence(votes, found) * votes.share
    return _settled(votes, base, from_strangers(votes, found, base), by_attribute=by_attribute)


def _settled(votes: Votes, base: Floats, strange: Floats | None, *, by_attribute: bool) -> tuple[Floats, Floats]:
    """Probability of each value, and reliability of each source."""
    said = votes.over_values(base)
    truth = said / np.add.reduceat(said, votes.first)[votes.thing_of]
    weight, seen = base, truth[votes.v]
    right, borrows = np.full(votes.sources, 0.7), np.full(votes.sources, 0.1)
    scores = gain = truth
    for n in range(_STEPS):
        if n:
            seen = _by_others(votes, scores, gain, truth)
            if strange is not None:
                taken, borrows = _taken_over(votes, strange, seen, right, borrows)
                weight = base * (1.0 - taken)
        right, rate = _reliability(votes, votes.share * weight / np.maximum(base, 1e-12), seen, by_attribute=by_attribute)
        gain = weight * (np.log(rate / (1.0 - rate)) + np.log(_FALSE))
        scores = votes.over_values(gain)
        before, truth = truth, votes.normalised(scores)
        if np.abs(truth - before).max() < _SETTLED:
            break
    return truth, right


def _by_others(votes: Votes, scores: Floats, gain: Floats, truth: Floats) -> Floats:
    """How probable each vote's value is by the votes of others; its own probability where nobody else says so."""
    top = np.maximum.reduceat(scores, votes.first)
    total = np.add.reduceat(np.exp(scores - top[votes.thing_of]), votes.first)[votes.g]
    own = np.exp(scores[votes.v] - top[votes.g])
    left = np.exp(np.minimum(scores[votes.v] - gain - top[votes.g], 50.0))
    without = left / (left + np.maximum(total - own, 1e-12))
    several = np.bincount(votes.v, minlength=votes.values)[votes.v] > 1
    return np.where(several, without, truth[votes.v])


def _taken_over(votes: Votes, strange: Floats, seen: Floats, right: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """How probable it is that each vote was taken over from another, and the rate of each source."""
    rates = np.clip(right, *_RANGE)[votes.s]
    own = seen * rates + (1.0 - seen) * (1.0 - rates) / _FALSE
    copied = rate[votes.s] * strange
    taken = np.where(strange > 0, copied / (copied + (1.0 - rate[votes.s]) * own), 0.0)
    among = votes.over_sources(votes.share * (strange > 0))
    learned = (votes.over_sources(votes.share * taken) + _TAKEN[0]) / (among + sum(_TAKEN))
    return taken, np.minimum(learned, _TAKEN_AT_MOST)


def _reliability(votes: Votes, counts: Floats, seen: Floats, *, by_attribute: bool) -> tuple[Floats, Floats]:
    """How often each source is right, and the same for each vote, on its attribute."""
    hits, tries = votes.over_sources(counts * seen), votes.over_sources(counts)
    mean = hits.sum() / max(tries.sum(), 1e-12)
    peers = np.floor(np.log2(np.maximum(votes.volume, 1))).astype(np.int64)
    of_peers = (np.bincount(peers, hits) + _PEERS * mean) / (np.bincount(peers, tries) + _PEERS)
    right = (hits + _SOURCE * of_peers[peers]) / (tries + _SOURCE)
    rate = right[votes.s]
    if by_attribute:
        cells = np.unique(votes.s * (int(votes.a.max()) + 1) + votes.a, return_inverse=True)[1]
        hit, tried = np.bincount(cells, counts * seen)[cells], np.bincount(cells, counts)[cells]
        rate = (hit + _ATTRIBUTE * rate) / (tried + _ATTRIBUTE)
    return right, np.clip(rate, *_RANGE)
