"""What the comparisons of a pair say together: a logistic model that never takes likeness for a sign of difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from canonry.match.entities.comparisons import Comparison

_RIDGE = 1 / 0.3
_STEPS = 25
_LEAP = 4.0  # most that a coefficient changes in one step
_STILL = 1e-3


@dataclass(frozen=True)
class Evidence:
    """Comparisons as numbers for a logistic model.

    Attributes:
        numbers: A row per pair; each column has mean 0 and deviation 1 over the pairs that the model is fitted on.
        names: What each column of ``numbers`` is about: the column of the records, None for whole records.
        is_likeness: Which columns say how alike the pair is; their coefficients are not negative.
    """

    numbers: NDArray[np.float64]
    names: tuple[str | None, ...]
    is_likeness: NDArray[np.bool_]


@dataclass(frozen=True)
class Scale:
    """How comparisons become numbers: each as it is and cubed, and whether a side says nothing.

    Attributes:
        compared: Column (None for whole records), kind, and whether it is told when a side says nothing, of each comparison.
        mean: Of each number over the pairs that are learnt from.
        spread: Deviation of each number there; 0 for one that says nothing about them.
    """

    compared: tuple[tuple[str | None, str, bool], ...]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    def evidence(self, compared: Sequence[Comparison]) -> Evidence:
        """Bring comparisons into numbers; others than those of the scale are left out."""
        raw, names, is_likeness = _raw(self.compared, compared)
        out = np.where(self.spread == 0, 0.0, (raw - self.mean) / np.where(self.spread == 0, 1.0, self.spread))
        return Evidence(out, names, is_likeness)


def scale(compared: Sequence[Comparison], fitted_on: NDArray[np.bool_]) -> Scale:
    """Find out how comparisons become numbers of mean 0 and deviation 1 over some pairs."""
    told: set[str] = set()
    asked = []
    for c in compared:
        is_told = c.column is not None and c.column not in told and c.kind in ("spelling", "words") and bool(np.isnan(c.values).any())
        told |= {c.column} if is_told and c.column else set()
        asked.append((c.column, c.kind, is_told))
    seen = _raw(asked, compared)[0][fitted_on]
    spread = seen.std(axis=0)
    spread[spread < 1e-6] = 0.0  # noqa: PLR2004
    return Scale(tuple(asked), seen.mean(axis=0), spread)


def _raw(
    asked: Sequence[tuple[str | None, str, bool]], compared: Sequence[Comparison]
) -> tuple[NDArray[np.float64], tuple[str | None, ...], NDArray[np.bool_]]:
    values = {(c.column, c.kind): c.values for c in compared}
    numbers: list[NDArray[Any]] = []
    names: list[str | None] = []
    likeness: list[bool] = []
    for column, kind, is_told in asked:
        null = np.isnan(values[column, kind])
        value = np.where(null, 0.0, values[column, kind])
        own = [value, *([value**3] if kind != "rarity" else []), *([null.astype(np.float64)] if is_told else [])]
        numbers += own
        names += [column] * len(own)
        likeness += [True] * (len(own) - is_told) + [False] * is_told
    return np.column_stack(numbers), tuple(names), np.array(likeness)


def fitted(shown: Evidence, p: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a ridge logistic model to probabilities by Newton's method on the coefficients that are free to move.

    Args:
        shown: The numbers.
        p: Probability per pair that it is one thing.
        weight: How much each pair counts; 0 leaves it out.

    Returns:
        Coefficients, the intercept last.
    """
    used = weight > 0
    x = np.column_stack([shown.numbers[used], np.ones(int(used.sum()))])
    target, w = p[used], weight[used]
    bounded = np.r_[shown.is_likeness, False]
    ridge = np.r_[np.full(x.shape[1] - 1, _RIDGE), 1e-6]
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        q = expit(x @ beta)
        slope = x.T @ (w * (target - q)) - ridge * beta
        free = np.flatnonzero(~(bounded & (beta <= 0) & (slope <= 0)))
        bent = x * np.sqrt(w * q * (1 - q))[:, None]  # a matrix times its own turn costs half of a product
        bend = (bent.T @ bent)[np.ix_(free, free)] + np.diag(ridge[free])
        step = np.zeros_like(beta)
        step[free] = np.linalg.solve(bend, slope[free])
        most = float(np.abs(step).max())
        moved = beta + step * min(1.0, _LEAP / max(most, 1e-12))
        moved[bounded] = np.maximum(moved[bounded], 0.0)
        still = float(np.abs(moved - beta).max()) < _STILL
        beta = moved
        if still:
            break
    return beta


def weights(shown: Evidence, beta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of pairs under a fitted model."""
    return np.asarray(np.round(shown.numbers @ beta[:-1] + beta[-1], 6))


def parts(shown: Evidence, beta: NDArray[np.float64]) -> dict[str | None, NDArray[np.float64]]:
    """What each column adds to the log-odds of pairs, against the mean pair."""
    added = shown.numbers * beta[:-1]
    return {
        name: np.asarray(added[:, [i for i, n in enumerate(shown.names) if n == name]].sum(axis=1)) for name in dict.fromkeys(shown.names)
    }
