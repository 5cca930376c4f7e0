"""Thresholds of the detectors, with what was measured at them; they are published as `operating_points`.

A point without figures is unmeasured, and says so; `docs/measured.md` names the command behind each figure.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from canonry.published import ASSERTIVE, OPERATING_POINTS

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class OperatingPoint:
    """Where a detector decides.

    Attributes:
        detector: Its name, as in `coverage`.
        threshold: Where it decides.
        dataset: What it was measured on; `unmeasured` when it was not.
        precision, recall: In [0, 1]; null when unmeasured.
        n: Labelled cases.
    """

    detector: str
    threshold: float
    dataset: str = "unmeasured"
    precision: float | None = None
    recall: float | None = None
    n: int | None = None


LINKED = OperatingPoint("claims.linked", 0.8, "text_against_record/test", 0.959, 0.766, 418)
SAME_TITLE = OperatingPoint("families.documents.same_title", 0.10)
LIKE_NAME = OperatingPoint("families.documents.like_name", 0.35)
ANY_NAME = OperatingPoint("families.documents.any_name", 0.60)
RENAMED = OperatingPoint("families.documents.renamed", 0.35)
VERSIONS = OperatingPoint("claims.versions", 0.62)
COMPARED = OperatingPoint("compare_statements", 0.87, "held-out tenth of VitaminC and CAD", 0.866, 0.195, 2824)
RECORDS = OperatingPoint("entities.match", 0.5, "10,000 generated persons", 0.983, 0.906, 3322)


def asserted() -> pl.Expr:
    """Whether a claim takes part in facts and conflicts: it holds its value for true, of a subject that is sure enough."""
    sure = pl.col("link_confidence").fill_null(1.0) >= LINKED.threshold
    return pl.col("modality").is_in(ASSERTIVE) & pl.col("value").is_not_null() & sure


def meant() -> pl.Expr:
    """The value of a claim by which it is compared with others on the same thing: with its unit, where several are said with that number.

    A claim without a unit agrees with the one unit that others name; where they name several, it agrees with neither.
    """
    same = ["subject_id", "attribute", pl.col("scope").fill_null(""), "value"]
    units = pl.col("unit").filter(asserted()).n_unique().over(same) - pl.col("unit").filter(asserted()).is_null().any().over(same)
    with_unit = pl.concat_str("value", pl.col("unit").fill_null("?"), separator=" ")
    return pl.when(units > 1).then(with_unit).otherwise("value")


SHIPPED = (LINKED, SAME_TITLE, LIKE_NAME, ANY_NAME, RENAMED, VERSIONS, COMPARED, RECORDS)


def published(points: Iterable[OperatingPoint] = SHIPPED, origin: Literal["shipped", "yours"] = "shipped") -> pl.DataFrame:
    """Points in the shape of the published table; ``yours`` are measured on what people of the company ruled."""
    rows = [{**asdict(p), "origin": origin} for p in points]
    return OPERATING_POINTS.conform(pl.DataFrame(rows, infer_schema_length=None)) if rows else OPERATING_POINTS.empty()
