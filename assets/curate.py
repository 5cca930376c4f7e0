"""The stage `curate`."""

from typing import Any

import dagster as dg

from assets.night import Nights
from assets.step import advance, stage_asset


@stage_asset("curate")
def curate(context: dg.AssetExecutionContext, nights: Nights) -> dg.MaterializeResult[Any]:
    """Divide the items into what is served and what is left out, with the reason."""
    return advance(nights, context.run, "curate")
