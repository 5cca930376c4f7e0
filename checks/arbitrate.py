"""Checks of the stage `arbitrate`."""

import dagster as dg
import polars as pl

from canonry.frames import Decided
from checks.contract import contract
from checks.expectations import expectations
from checks.results import Breach, Nights, answer

contract_check = contract("arbitrate")
expectations_check = expectations("arbitrate")


@dg.asset_check(asset="arbitrate", blocking=True)
def decisions_name_a_winner(context: dg.AssetCheckExecutionContext, nights: dg.ResourceParam[Nights]) -> dg.AssetCheckResult:
    """Check that a decided conflict names the claim that stands, unless all sides stand; an open one names none."""
    decided = nights.results(context.run, "arbitrate")
    found = [Breach(edition, "conflicts", rule, n) for edition, result in decided.items() for rule, n in winners(result).items()]
    return answer(found, sum(result.conflicts.height for result in decided.values()))


def winners(decided: Decided) -> dict[str, int]:
    """Count the conflicts whose winner does not fit their status, per rule."""
    lost = decided.conflict_claims.group_by("conflict_id").agg(all_stand=pl.col("wins").fill_null(value=False).all())
    looked = decided.conflicts.join(lost, on="conflict_id", how="left")
    is_decided = pl.col("status").str.starts_with("decided")
    named, all_stand = pl.col("winner_claim_id").is_not_null(), pl.col("all_stand").fill_null(value=False)
    wrong = {"decided without a winner": is_decided & ~named & ~all_stand, "open with a winner": (pl.col("status") == "open") & named}
    return {rule: looked.filter(when).height for rule, when in wrong.items()}
