"""What can be said of two statements in words: the features a person can check."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from canonry.compare.amounts import Clash, clashes
from canonry.compare.lexicon import bare, denials, exclusions
from canonry.text import STOPWORDS

NAMES = (
    "number_clash",
    "counted_clash",
    "bounded_clash",
    "far_clash",
    "clash_and_met",
    "number_met",
    "denial",
    "exclusion",
    "only_difference",
    "overlap",
    "unrelated",
)
_ALIKE = 0.5  # share of all content words that stand in both statements, from which a single number or denial tells
_FAR = 0.4  # difference of two numbers as a share of the larger, from which they seldom mean one thing


@dataclass(frozen=True)
class Explained:
    """Differences between two statements in normal form.

    Attributes:
        numbers: Numbers that cannot both be true, the surest first.
        met: How many numbers are compatible.
        denials: Words that deny, of the left and of the right statement.
        exclusions: Words that exclude each other, (left, right).
        overlap: Share of the content words of the statement with fewer that stand in the other.
        likeness: Share of the content words of both that stand in both.
    """

    numbers: list[Clash]
    met: int
    denials: tuple[list[str], list[str]]
    exclusions: list[tuple[str, str]]
    overlap: float
    likeness: float

    @property
    def is_denied(self) -> bool:
        """Whether one statement denies and the other does not; twice denied is not denied."""
        left, right = self.denials
        return len(left) % 2 != len(right) % 2

    def row(self) -> list[float]:
        """The features in the order of `NAMES`."""
        first = self.numbers[0] if self.numbers else None
        return [
            float(first is not None),
            float(first is not None and first.is_counted),
            float(first is not None and first.is_bounded),
            float(first is not None and first.distance >= _FAR),
            float(first is not None and self.met > 0),
            float(first is None and self.met > 0),
            float(self.is_denied),
            float(bool(self.exclusions)),
            float(self.likeness >= _ALIKE and bool(self.numbers or self.is_denied)),
            self.overlap,
            float(self.overlap == 0),
        ]


def explain(left: str, right: str) -> Explained:
    """Compare two statements in normal form word by word and number by number."""
    numbers, met = clashes(left, right)
    a, b = bare(left), bare(right)
    content = [set(words) - STOPWORDS for words in (a, b)]
    few, many = sorted(content, key=len)
    return Explained(
        numbers=numbers,
        met=met,
        denials=(denials(left), denials(right)),
        exclusions=exclusions(left, right),
        overlap=len(few & many) / len(few) if few else 0.0,
        likeness=len(few & many) / max(1, len(few | many)),
    )


def matrix(explained: list[Explained]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Features of many pairs, shape (pairs, len(NAMES))."""
    return np.array([e.row() for e in explained], dtype=np.float64).reshape(len(explained), len(NAMES))
