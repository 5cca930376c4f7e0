"""The public comparison of statements: a probability, a type and a reason for each pair."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canonry.compare.features import explain, matrix
from canonry.compare.judge import judge
from canonry.compare.lexicon import bare
from canonry.compare.reasons import reason, type_of
from canonry.errors import UsageError
from canonry.operating import COMPARED
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_READ = 4000  # characters of a statement that are read
_DIGITS = 6  # of a probability
_TOKEN = re.compile(r"[-+]?\w+(?:[.,:/'-]\w+)*|[$€£¥%<>=]")


def compare_statements(pairs: pl.DataFrame) -> pl.DataFrame:
    """Say of each pair of statements how likely it is that both cannot be true, taken as being about the same thing.

    Case, spaces and the order of the two do not matter; rows do not influence each other. A statement that is empty or null contradicts
    nothing. The first 126 tokens (word pieces) of each are read, and its first 4,000 characters. English.

    Source of the method: a sentence model that reads both statements together, turned to the task by low-rank additions (LoRA, Hu et
    al., 2021), and explained features in a logistic calibration; `docs/adr/0014-comparing-statements.md`.

    Args:
        pairs: Columns ``left`` and ``right`` (text); other columns are kept.

    Returns:
        The frame, in its order, with ``conflict_probability`` (in [0, 1], calibrated; near 0 for equal or unrelated statements),
        ``type`` (value_conflict, negation or definition; null below the operating point `compare_statements`, see the table
        `operating_points`) and ``reason`` (a sentence for a person; null where the type is).

    Raises:
        UsageError: A column is missing or holds no text.
    """
    for side in ("left", "right"):
        if side not in pairs.columns:
            raise UsageError(f"compare_statements: there is no column {side!r}.", "Rename the two columns of statements to left and right.")
        if pairs.schema[side] not in (pl.String, pl.Null):
            raise UsageError(
                f"compare_statements: the column {side!r} holds {pairs.schema[side]}, not text.",
                f"Cast it: pl.col({side!r}).cast(pl.String).",
            )
    written = [(a or "", b or "") for a, b in pairs.select("left", "right").iter_rows()]
    chance = probabilities(written)
    said = [_said(a, b) if p >= COMPARED.threshold else (None, None) for (a, b), p in zip(written, chance.tolist(), strict=True)]
    return pairs.with_columns(
        pl.Series("conflict_probability", chance, dtype=pl.Float64),
        pl.Series("type", [t for t, _ in said], dtype=pl.String),
        pl.Series("reason", [r for _, r in said], dtype=pl.String),
    )


def probabilities(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
    """Probability in [0, 1] for each pair of texts that they contradict each other; equal pairs are read once."""
    forms = [canonical(a, b) for a, b in pairs]
    asked = sorted({form for form in forms if _can_differ(*form)})
    explained = matrix([explain(a, b) for a, b in asked])
    known = dict(zip(asked, np.round(judge().probabilities(asked, explained), _DIGITS).tolist(), strict=True)) if asked else {}
    return np.array([known.get(form, 0.0) for form in forms], dtype=np.float64)


def canonical(left: str, right: str) -> tuple[str, str]:
    """Bring a pair into the form and order in which it is compared: normal form, the longer first, so that sides do not matter."""
    a, b = normal(left[:_READ]), normal(right[:_READ])
    return (a, b) if (len(b), b) <= (len(a), a) else (b, a)


def _can_differ(a: str, b: str) -> bool:
    """Whether there is something to compare: words or numbers on both sides that are not the same ones in the same order."""
    x, y = _TOKEN.findall(a), _TOKEN.findall(b)
    return bool(x and y and x != y)


def _said(left: str, right: str) -> tuple[str, str]:
    a, b = left[:_READ], right[:_READ]
    explained = explain(normal(a), normal(b))
    return type_of(explained, bare(normal(a)), bare(normal(b))), reason(explained, a, b)
