"""What things are called: every id, key and name of an edition, found exactly or by likeness, without a scan per question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz import fuzz

from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

ALIKE = 88.0  # rapidfuzz ratio of sorted words from which a misspelt name is taken for the one it is most like
SUGGESTED = 5
_SHORTLIST = 64  # names that share the most letters, compared in full
_BUCKETS = 1 << 18
_POSTINGS = 200_000  # looked at per question, the rarest triples of letters first
_DIGITS = re.compile(r"\d+")
_TOLD_APART = re.compile(r"(.+) \((\S+)\)")


@dataclass(frozen=True)
class Named:
    """What a name may mean.

    Attributes:
        ids: What it means; several when things share the name; empty when nothing is called so.
        close: Names that come close, the closest first.
        exact: Whether it was found letter by letter (in normal form).
    """

    ids: frozenset[str]
    close: tuple[str, ...] = ()
    exact: bool = False


class Names:
    """Looks names up: exactly, else by triples of letters that they share, and then by likeness.

    Letters of sorted words are compared (rapidfuzz's token_sort_ratio), and the digits of both must be the same: AS-240 is no misspelt
    AS-340.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Index (name, id) pairs."""
        known: dict[str, set[str]] = {}
        for name, id_ in pairs:
            known.setdefault(normal(name), set()).add(id_)
        known.pop("", None)
        self._known = {name: frozenset(known[name]) for name in sorted(known)}
        self._names = list(self._known)
        self._sorted = [_in_order(n) for n in self._names]
        self._starts, self._owners, self._sizes = _postings(self._sorted)

    def exactly(self, asked: str) -> frozenset[str]:
        """What is called so, letter by letter in normal form."""
        return self._known.get(normal(asked), frozenset())

    def find(self, asked: str) -> Named:
        """Find what a name means."""
        wanted = normal(asked)
        if wanted in self._known:
            return Named(self._known[wanted], exact=True)
        told_apart = _TOLD_APART.fullmatch(wanted)  # as several things of one name are told apart
        if told_apart and len(found := self._known.get(told_apart[2], frozenset())) == 1:
            return Named(found, exact=True)
        near = self._near(wanted)
        close = tuple(name for _, name in near if _ > ALIKE / 2)[:SUGGESTED]
        alike = [(score, name) for score, name in near if score >= ALIKE and _digits(name) == _digits(wanted)]
        best = [name for score, name in alike if score == alike[0][0]]
        return Named(frozenset().union(*(self._known[n] for n in best)), close)

    def _near(self, wanted: str) -> list[tuple[float, str]]:
        """The most similar names, the best first."""
        text = _in_order(wanted)
        own = np.unique(_triples([text])[0])
        if not len(own) or not self._names:
            return []
        lengths = self._starts[own + 1] - self._starts[own]
        rare = own[np.argsort(lengths, kind="stable")]
        used = rare[: max(1, int(np.searchsorted(np.cumsum(np.sort(lengths)), _POSTINGS)))]
        hits = np.concatenate([self._owners[self._starts[t] : self._starts[t + 1]] for t in used])
        shared = np.bincount(hits, minlength=len(self._names)) / (self._sizes + len(own))
        first = np.argsort(-shared, kind="stable")[:_SHORTLIST] if len(shared) <= _SHORTLIST else _top(shared)
        scored = [(fuzz.ratio(text, self._sorted[i]), self._names[i]) for i in first.tolist() if shared[i] > 0]
        return sorted(scored, key=lambda s: (-s[0], s[1]))


def _top(shared: NDArray[np.float64]) -> NDArray[np.int64]:
    """The rows of the highest values; ties at the end go to the first names."""
    floor = np.partition(shared, -_SHORTLIST)[-_SHORTLIST]
    above = np.flatnonzero(shared > floor)
    return np.concatenate([above, np.flatnonzero(shared == floor)[: _SHORTLIST - len(above)]])


def _in_order(name: str) -> str:
    return " ".join(sorted(name.split()))


def _digits(name: str) -> list[str]:
    return _DIGITS.findall(name)


def _triples(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every three letters in a row of each text, blanks before and after it included: bucket of the triple, and number of the text."""
    joined = "\0".join(f" {t} " for t in texts)
    letters = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(letters) < 3:  # noqa: PLR2004
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    owner = np.cumsum(letters == 0)
    one, two, three = letters[:-2], letters[1:-1], letters[2:]
    inside = (one != 0) & (two != 0) & (three != 0)
    bucket = ((one * np.uint64(0x9E3779B1) ^ two * np.uint64(0x85EBCA77) ^ three * np.uint64(0xC2B2AE3D)) >> np.uint64(7)) % np.uint64(
        _BUCKETS
    )
    return bucket[inside].astype(np.int64), owner[:-2][inside].astype(np.int64)


def _postings(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Where each triple's texts begin, those texts, and how many triples each text has."""
    bucket, owner = _triples(texts)
    both = np.unique(bucket * max(len(texts), 1) + owner)
    bucket, owner = both // max(len(texts), 1), both % max(len(texts), 1)
    starts = np.concatenate([[0], np.cumsum(np.bincount(bucket, minlength=_BUCKETS))]).astype(np.int64)
    return starts, owner, np.bincount(owner, minlength=len(texts)).astype(np.int64)


def subjects(facts: pl.DataFrame, entities: pl.DataFrame) -> Names:
    """Index what the subjects of facts and the entities are called: by id, by key, by name.

    Args:
        facts: Columns subject_id, subject.
        entities: Columns entity_id, name.
    """
    ids = pl.concat([facts.select("subject_id"), entities.select(subject_id="entity_id")]).unique()
    keys = ids.select(name=pl.col("subject_id").str.splitn("/", 2).struct[1], subject_id="subject_id")
    parts = [
        ids.select(name="subject_id", subject_id="subject_id"),
        keys,
        facts.select(name="subject", subject_id="subject_id"),
        entities.select(name="name", subject_id="entity_id"),
    ]
    return Names(pl.concat(parts).drop_nulls().unique().sort("name", "subject_id").iter_rows())
