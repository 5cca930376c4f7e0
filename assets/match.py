"""The stage `match`."""

from typing import Any

import dagster as dg

from assets.night import Nights
from assets.step import advance, stage_asset


@stage_asset("match")
def match(context: dg.AssetExecutionContext, nights: Nights) -> dg.MaterializeResult[Any]:
    """Find what belongs together: families of documents and passages, entities and the records behind them."""
    return advance(nights, context.run, "match")
