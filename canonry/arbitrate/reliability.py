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

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from canonry.arbitrate.copying import Copying, Meetings, compared, from_strangers, independence

if TYPE_CHECKING:
    from canonry.arbitrate.votes import Flags, Floats, Votes

_FALSE = 5.0  # how many wrong values there are to choose from
_PEERS = 20.0  # votes that the mean of all counts for in that of a class of volume
_SOURCE = 10.0  # … that of its class for in a source
_ATTRIBUTE = 30.0  # … that of a source for in one of its attributes
_RANGE = (0.02, 0.97)  # nobody is known to be right always
_TAKEN = (4.0, 16.0)  # prior of the rate of votes taken over: four in twenty
_TAKEN_AT_MOST = 0.4
_KNOWN = 5  # votes of a source before it counts in whether sources differ
_SURE = 3.0  # standard deviations beyond chance that they must differ by
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
        doubted: Things on which another start came to another value.
    """

    truth: Floats
    right: Floats
    copying: Copying
    doubted: Flags


@dataclass(frozen=True)
class _Settled:
    truth: Floats
    right: Floats
    fit: float  # log likelihood of the votes, those that copy included
    copying: Copying | None = None


def differ(votes: Votes) -> bool:
    """Whether sources can be told apart: some agree with the others more often than chance explains, thing by thing.

    Where they cannot, weighing them adds nothing but noise, and votes are to be counted.

    Args:
        votes: As for `estimate`.
    """
    others = np.bincount(votes.g, votes.share, minlength=votes.things)[votes.g] - votes.share
    same = (votes.over_values(votes.share)[votes.v] - votes.share) / np.maximum(others, 1e-9)
    usual = (np.bincount(votes.g, same, minlength=votes.things) / np.bincount(votes.g, minlength=votes.things))[votes.g]
    off, noise = votes.over_sources(same - usual), votes.over_sources((same - usual) ** 2)
    known = (votes.over_sources(np.ones(len(votes.v))) >= _KNOWN) & (noise > 1e-9)  # noqa: PLR2004 - rounding
    if not known.any():
        return False
    spread = float((off[known] ** 2 / noise[known]).mean())  # one, were all alike
    return spread > 1.0 + _SURE * float(np.sqrt(2.0 / known.sum()))


def estimate(votes: Votes) -> Estimate:
    """Weigh sources and values from two starts; the same whatever the order of the claims.

    One start takes the values that most say for true, the other none: there whatever two sources share is suspicious at first. Where the
    two come to different ends, the one that explains the votes better is taken, and the things on which they differ are doubted.

    Args:
        votes: Who says what, of things that several sources speak of; those on which they agree tell of the sources, too.
    """
    meetings = Meetings.of(votes)
    trusting = _from(votes, meetings, settled(votes).truth)
    suspicious = _from(votes, meetings, None)
    best, other = (trusting, suspicious) if trusting.fit >= suspicious.fit else (suspicious, trusting)
    top = best.truth >= np.maximum.reduceat(best.truth, votes.first)[votes.thing_of]
    behind = other.truth < np.maximum.reduceat(other.truth, votes.first)[votes.thing_of] - 1e-9
    doubted = np.logical_or.reduceat(top & behind, votes.first)
    assert best.copying is not None  # noqa: S101
    return Estimate(best.truth, best.right, best.copying, doubted)


def _from(votes: Votes, meetings: Meetings, start: Floats | None) -> _Settled:
    found = compared(meetings, start)
    made = _compared(votes, found, by_attribute=False)
    for _ in range(_ROUNDS - 1):
        found = compared(meetings, made.truth)
        made = _compared(votes, found, by_attribute=True)
    return made


def _compared(votes: Votes, found: Copying, *, by_attribute: bool) -> _Settled:
    """As `settled`, with what the comparison of sources found."""
    base = independence(votes, found) * votes.share
    made = settled(votes, base, from_strangers(votes, found, base), by_attribute=by_attribute)
    return replace(made, copying=found)


def settled(votes: Votes, base: Floats | None = None, strange: Floats | None = None, *, by_attribute: bool = False) -> _Settled:
    """Probability of each value, and reliability of each source; each vote by its weight, all alike where no weight is given."""
    base = votes.share if base is None else base
    said = votes.over_values(base)
    truth = said / np.add.reduceat(said, votes.first)[votes.thing_of]
    weight, right, borrows = base, np.full(votes.sources, 0.7), np.full(votes.sources, 0.1)
    scores, gain, rate = truth, truth[votes.v], right[votes.s]
    for n in range(_STEPS):
        seen = _by_others(votes, scores, gain, truth) if n else truth[votes.v]
        if n and strange is not None:
            taken, borrows = _taken_over(votes, strange, seen, right, borrows)
            weight = base * (1.0 - taken)
        right, rate = _reliability(votes, votes.share * weight / np.maximum(base, 1e-12), seen, by_attribute=by_attribute)
        gain = weight * np.maximum(np.log(rate / (1.0 - rate)) + np.log(_FALSE), 0.0)  # nobody's word speaks against itself
        scores = votes.over_values(gain)
        before, truth = truth, votes.normalised(scores)
        if np.abs(truth - before).max() < _SETTLED:
            break
    return _Settled(truth, right, _fit(votes, scores, weight, rate))


def _fit(votes: Votes, scores: Floats, weight: Floats, rate: Floats) -> float:
    """Log likelihood: of each vote by its weight as a voice of its own, by the rest as one taken over at its source's rate."""
    top = np.maximum.reduceat(scores, votes.first)
    of_things = top + np.log(np.add.reduceat(np.exp(scores - top[votes.thing_of]), votes.first))
    own = weight / votes.share
    copies = np.clip(votes.over_sources(1.0 - own) / votes.over_sources(np.ones(len(own))), 1e-9, 1.0 - 1e-9)[votes.s]
    taken = (1.0 - own) * np.log(copies) + own * np.log(1.0 - copies)
    return float(of_things.sum() + (weight * np.log((1.0 - rate) / _FALSE)).sum() + taken.sum())


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
