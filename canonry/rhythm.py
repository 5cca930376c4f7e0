"""How often the pages of a source change: a Weibull distribution of the days since a page was last touched.

For pages that are revised again and again, the days since the last revision follow a distribution of their own (the backward recurrence
time of a renewal process); exponential revisions give an exponential one. Its median is the source's half-life: half of the pages were
touched within it. Fit by maximum likelihood; intervals by the asymptotic variances of the Weibull estimates (Bain and Engelhardt,
Statistical Analysis of Reliability and Life-Testing Models, 1991, section 4.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

LEAST_DATES = 30  # exact dates below which a source shows no rhythm
LEAST_DAYS = 10  # distinct ages among them: a few bulk edits are no rhythm (equal waits are one)
_USUAL_WAITS = 3  # a regular source may miss one beat, or two
_SIDE = 1.96  # standard errors of a two-sided 95 % interval
_SHAPES = (0.2, 20.0)  # where the shape is looked for
_HALVINGS = 60


@dataclass(frozen=True)
class Rhythm:
    """The days since the last change of a source's pages.

    Attributes:
        n: Dates that it was fitted on.
        shape, scale: Of the Weibull distribution, in days.
    """

    n: int
    shape: float
    scale: float

    def quantile(self, share: float, side: float = 0.0) -> float:
        """Days within which a share of the pages was touched; `side` standard errors above (or below) the estimate."""
        c = math.log(-math.log(1.0 - share))
        deviation = math.sqrt((1.1087 + 0.6079 * c * c - 0.5140 * c) / self.n) / self.shape
        return self.scale * math.exp(c / self.shape + side * deviation)

    @property
    def half_life(self) -> float:
        """Days within which half of the pages were touched."""
        return self.quantile(0.5)

    @property
    def interval(self) -> tuple[float, float]:
        """The half-life's 95 % interval."""
        return self.quantile(0.5, -_SIDE), self.quantile(0.5, _SIDE)

    @property
    def seldom(self) -> float:
        """Days after which surely fewer than one page in twenty is still untouched: the upper end of the 95 % quantile's interval."""
        return self.quantile(0.95, _SIDE)

    @property
    def unusual(self) -> float:
        """Days after which a wait is out of the ordinary: longer than surely 99 in 100, and than three usual ones."""
        return max(self.quantile(0.99, _SIDE), _USUAL_WAITS * self.half_life)


def fitted(days: Iterable[float], different: int = LEAST_DAYS) -> Rhythm | None:
    """Fit a rhythm to ages or waits in days; None where there are too few, or too few different ones, to tell.

    >>> rhythm = fitted(range(1, 201))
    >>> round(rhythm.half_life), [round(d) for d in rhythm.interval]
    (89, [81, 98])
    """
    ages = np.maximum(np.sort(np.array([*days], dtype=np.float64)), 1.0)
    if ages.size < LEAST_DATES or np.unique(ages).size < different:
        return None
    logs = np.log(ages)
    centred = logs - logs.mean()
    low, high = _SHAPES
    for _ in range(_HALVINGS):
        shape = (low + high) / 2
        powers = np.exp(shape * (centred - centred[-1]))
        if float((powers * centred).sum() / powers.sum()) > 1.0 / shape:
            high = shape
        else:
            low = shape
    shape = (low + high) / 2
    scale = math.exp(float(logs.mean()) + math.log(float(np.exp(shape * centred).mean())) / shape)
    return Rhythm(int(ages.size), shape, scale)


def rhythms(documents: pl.DataFrame, run_date: date) -> dict[str, Rhythm]:
    """Fit the rhythm of each source whose pages bear enough dates of their own.

    Stamps (bulk edits, migrations), days in the future and pages that are gone do not count. Ages end on the day on which the copy was
    taken, so that an old copy shows the rhythm that its source had then.

    Args:
        documents: Columns ``source``, ``dated_on``, ``date_kind``, ``observed_on``, ``removed_on``.
        run_date: Where a copy has no day of its own.
    """
    own = documents.filter((pl.col("date_kind") == "exact") & pl.col("removed_on").is_null())
    aged = own.with_columns(age=age_of_pages(run_date)).filter(pl.col("age") >= 0).sort("source", "age")
    found = {str(source): fitted(group["age"].to_list()) for (source,), group in aged.group_by("source", maintain_order=True)}
    return {source: rhythm for source, rhythm in found.items() if rhythm}


def age_of_pages(run_date: date) -> pl.Expr:
    """Days from a page's date to the day on which its copy was taken, or to the run date where that is unknown or earlier."""
    until = pl.min_horizontal(pl.col("observed_on").fill_null(run_date), pl.lit(run_date))
    return (until - pl.col("dated_on")).dt.total_days()
