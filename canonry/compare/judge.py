"""The learned part: the model's reading of both statements, the head, and the calibration with the explained features."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from canonry.compare.features import NAMES
from canonry.compare.weights import load
from canonry.errors import CanonryError
from canonry.similarity import PairEncoder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

WEIGHTS = Path(__file__).with_name("weights.npz")
CALIBRATION = Path(__file__).with_name("calibration.json")
_BLOCK = 64  # rows that go through the head together, always as many: the shape of a product must not depend on the company


class Judge:
    """The trained comparison."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], coefficients: Mapping[str, float]) -> None:
        """Take the weights of additions and head, and the coefficients of the calibration by name."""
        self.encoder = PairEncoder({n: w for n, w in weights.items() if not n.startswith("head.")})
        self.head = {n.removeprefix("head."): w for n, w in weights.items() if n.startswith("head.")}
        self.coefficients = coefficients

    def evidence(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Logits of entailment, neutral and contradiction for canonical pairs, shape (pairs, 3)."""
        pooled = self.encoder.pooled(pairs)
        out = np.zeros((len(pairs), 3))
        for start in range(0, len(pairs), _BLOCK):
            block = np.zeros((_BLOCK, pooled.shape[1]), dtype=np.float32)
            part = pooled[start : start + _BLOCK]
            block[: len(part)] = part
            hidden = np.tanh(block @ self.head["first"] + self.head["first_bias"])
            out[start : start + _BLOCK] = (hidden @ self.head["second"] + self.head["second_bias"])[: len(part)]
        return out

    def probabilities(self, pairs: Sequence[tuple[str, str]], explained: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probability of a contradiction, shape (pairs,)."""
        table = terms(self.evidence(pairs), explained)
        odds = np.zeros(len(pairs))
        for name, column in table.items():  # added column by column: a sum that does not depend on how many rows there are
            odds += self.coefficients[name] * column
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def terms(logits: NDArray[np.float64], explained: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """What the calibration weighs, by name: one, the log-odds of a contradiction, neutral against entailment, explained features."""
    entailment, neutral, contradiction = logits.T
    odds = contradiction - np.logaddexp(entailment, neutral)
    by_name = {name: explained[:, i] for i, name in enumerate(NAMES)}
    compared = np.maximum.reduce([by_name[n] for n in ("number_clash", "number_met")])
    return {
        "one": np.ones(len(logits)),
        "log_odds": odds,
        "log_odds_of_numbers": odds * compared,  # the model reads numbers badly: it counts for less where they are compared
        "neutral": neutral - entailment,
    } | by_name


@lru_cache(maxsize=1)
def judge() -> Judge:
    """Load the shipped weights, once; they must be those that the calibration was made for."""
    calibration = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    if hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() != calibration["weights_sha256"]:
        raise CanonryError("The weights of compare_statements are not those that were calibrated.", "Install canonry again.")
    return Judge(load(WEIGHTS), calibration["coefficients"])
