"""The stage `score`."""

from typing import Any

import dagster as dg

from assets.night import Nights
from assets.step import advance, stage_asset


@stage_asset("score")
def score(context: dg.AssetExecutionContext, nights: Nights) -> dg.MaterializeResult[Any]:
    """Say how good each item is, as a sum of explained components."""
    return advance(nights, context.run, "score")
