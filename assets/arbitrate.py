"""The stage `arbitrate`."""

from typing import Any

import dagster as dg

from assets.night import Nights
from assets.step import advance, stage_asset


@stage_asset("arbitrate")
def arbitrate(context: dg.AssetExecutionContext, nights: Nights) -> dg.MaterializeResult[Any]:
    """Decide what stands, by rulings and policy, and say why."""
    return advance(nights, context.run, "arbitrate")
