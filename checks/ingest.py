"""Checks of the stage `ingest`."""

import dagster as dg
import polars as pl

from checks.results import Breach, Nights, answer


@dg.asset_check(asset="ingest")
def sources_answer(context: dg.AssetCheckExecutionContext, nights: dg.ResourceParam[Nights]) -> dg.AssetCheckResult:
    """Check that every source could be read; one that could not is held or missing, and the night goes on without it."""
    sources = nights.results(context.run, "ingest")[""].sources
    silent = sources.filter(pl.col("status") != "ok")
    found = [
        Breach("all", source, f"{status}: {message}", 1)
        for source, status, message in silent.select("source", "status", "message").iter_rows()
    ]
    return answer(found, sources.height, dg.AssetCheckSeverity.WARN)
