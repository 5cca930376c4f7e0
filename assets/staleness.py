"""The stage `staleness`."""

from typing import Any

import dagster as dg

from assets.night import Nights
from assets.step import advance, stage_asset


@stage_asset("staleness")
def staleness(context: dg.AssetExecutionContext, nights: Nights) -> dg.MaterializeResult[Any]:
    """Collect the signs that something is out of date."""
    return advance(nights, context.run, "staleness")
