"""Checks of the stage `score`."""

import dagster as dg
import polars as pl

from canonry.published import COMPONENTS
from checks.contract import contract
from checks.expectations import expectations
from checks.results import Breach, Nights, answer

contract_check = contract("score")
expectations_check = expectations("score")


@dg.asset_check(asset="score", blocking=True)
def contributions_add_up(context: dg.AssetCheckExecutionContext, nights: dg.ResourceParam[Nights]) -> dg.AssetCheckResult:
    """Check that the contributions of an item add up to its quality, to the last digit."""
    scored = nights.results(context.run, "score")
    found = [Breach(edition, "quality_components", "sum of contributions", unequal(r.components)) for edition, r in scored.items()]
    return answer(found, sum(result.components.height for result in scored.values()))


def unequal(components: pl.DataFrame) -> int:
    """Count the items whose contributions do not add up."""
    total = pl.sum_horizontal(pl.col(f"{c}_contribution").fill_null(0) for c in COMPONENTS)
    return components.filter(total.ne_missing(pl.col("quality"))).height
