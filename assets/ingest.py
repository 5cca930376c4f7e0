"""The stage `ingest`."""

from typing import Any

import dagster as dg

from assets.night import Nights
from assets.step import rows, stage_asset, version


@stage_asset("ingest")
def ingest(context: dg.AssetExecutionContext, nights: Nights) -> dg.MaterializeResult[Any]:
    """Read all sources, keep a copy of each, and hold the last good copy of those that do not answer."""
    with nights.working(context.run) as night:
        found = night.ingest()
        sources = found.sources.select("source", "kind", "status", "items", "message").to_dicts()
        return dg.MaterializeResult(
            metadata={
                **rows({"": found}),
                "seconds": night.seconds["ingest"],
                "sources": dg.MetadataValue.table([dg.TableRecord({k: v for k, v in s.items() if v is not None}) for s in sources]),
            },
            data_version=version({"": found}),
        )
