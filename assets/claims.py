"""The stage `claims`."""

from typing import Any

import dagster as dg

from assets.night import Nights
from assets.step import advance, stage_asset


@stage_asset("claims")
def claims(context: dg.AssetExecutionContext, nights: Nights) -> dg.MaterializeResult[Any]:
    """Collect what each source asserts, from records and from sentences."""
    return advance(nights, context.run, "claims")
