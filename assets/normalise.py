"""The stage `normalise`."""

from typing import Any

import dagster as dg

from assets.night import Nights
from assets.step import advance, stage_asset


@stage_asset("normalise")
def normalise(context: dg.AssetExecutionContext, nights: Nights) -> dg.MaterializeResult[Any]:
    """Bring what each edition may read into canonical form: documents, passages, sentences, records, typed values."""
    return advance(nights, context.run, "normalise")
