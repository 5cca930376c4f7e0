"""The stage `conflicts`."""

from typing import Any

import dagster as dg

from assets.night import Nights
from assets.step import advance, stage_asset


@stage_asset("conflicts")
def conflicts(context: dg.AssetExecutionContext, nights: Nights) -> dg.MaterializeResult[Any]:
    """Find claims that differ, and say what kind of difference it is."""
    return advance(nights, context.run, "conflicts")
