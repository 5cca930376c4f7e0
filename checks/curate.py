"""Checks of the stage `curate`."""

import dagster as dg
import polars as pl

from canonry.frames import Curated
from checks.contract import contract
from checks.expectations import expectations
from checks.results import Breach, Nights, answer

contract_check = contract("curate")
expectations_check = expectations("curate")

_SUPERSEDING = ("older_version", "replaced")


@dg.asset_check(asset="curate", additional_deps=["score"], blocking=True)
def every_item_is_in_one_place(context: dg.AssetCheckExecutionContext, nights: dg.ResourceParam[Nights]) -> dg.AssetCheckResult:
    """Check that every scored item is served or left out: none is in both, none vanished, none came from nowhere."""
    scored, curated = (nights.results(context.run, stage) for stage in ("score", "curate"))
    found = [
        Breach(edition, "context and excluded", rule, n)
        for edition, result in curated.items()
        for rule, n in misplaced(scored[edition].items, result).items()
    ]
    return answer(found, sum(result.items.height for result in scored.values()))


@dg.asset_check(asset="curate", blocking=True)
def no_superseded_item_is_served(context: dg.AssetCheckExecutionContext, nights: dg.ResourceParam[Nights]) -> dg.AssetCheckResult:
    """Check that nothing is served out of a document that has given way to another."""
    curated = nights.results(context.run, "curate")
    found = [Breach(edition, "context", "superseded", superseded(result)) for edition, result in curated.items()]
    return answer(found, sum(result.context.height for result in curated.values()))


def misplaced(items: pl.DataFrame, curated: Curated) -> dict[str, int]:
    """Count the items that are not in exactly one of context and excluded, per rule."""
    placed = pl.concat([curated.context.select("item_id"), curated.excluded.select("item_id")])
    return {
        "in both or twice": placed.height - placed.n_unique(),
        "in neither": items.join(placed, on="item_id", how="anti").height,
        "from nowhere": placed.join(items, on="item_id", how="anti").height,
    }


def superseded(curated: Curated) -> int:
    """Count the served items of documents that are an older version or replaced."""
    given_way = curated.staleness.filter(
        (pl.col("target_kind") == "document") & pl.col("is_stale") & pl.col("signal").is_in(_SUPERSEDING)
    ).select(document_id="target_id")
    return curated.context.join(given_way, on="document_id", how="semi").height
