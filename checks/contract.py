"""The engine's own word: the contract of the declared tables, as publishing applies it."""

import dagster as dg

from canonry import flow
from checks.results import Breach, Nights, answer, frames


def contract(stage: str) -> dg.AssetChecksDefinition:
    """Declare the blocking check that a stage keeps the contract of its tables."""
    tables = ", ".join(flow.CONTRACTS[stage].values())

    @dg.asset_check(asset=stage, name="contract", blocking=True, description=f"The engine's contract holds for {tables}.")
    def check(context: dg.AssetCheckExecutionContext, nights: dg.ResourceParam[Nights]) -> dg.AssetCheckResult:
        breaches, looked_at = list[Breach](), 0
        for table, editions in frames(nights, context.run, stage):
            for edition, frame in editions.items():
                breaches += [Breach(edition, table.name, rule, n) for rule, n in table.breaches(table.conform(frame)).items()]
                looked_at += frame.height
        return answer(breaches, looked_at)

    return check
