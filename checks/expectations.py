"""Great Expectations suites derived from the declared tables. The only module that knows Great Expectations."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import dagster as dg
import polars as pl

from canonry import flow
from canonry.tables import Column, Table
from checks.results import Breach, Nights, answer, frames

KEY = "primary key"  # as the engine names this rule
EDITION = "_edition"


class UnevaluatedError(Exception):
    """Great Expectations could not evaluate an expectation, which says nothing about the rows."""


def expectations(stage: str) -> dg.AssetChecksDefinition:
    """Declare the blocking check that a stage meets the expectations derived from its tables."""
    tables = ", ".join(flow.CONTRACTS[stage].values())

    @dg.asset_check(
        asset=stage, name="expectations", blocking=True, description=f"Great Expectations suites derived from the declarations of {tables}."
    )
    def check(context: dg.AssetCheckExecutionContext, nights: dg.ResourceParam[Nights]) -> dg.AssetCheckResult:
        breaches, looked_at = list[Breach](), 0
        for table, editions in frames(nights, context.run, stage):
            breaches += _breaches(table, editions)
            looked_at += sum(frame.height for frame in editions.values())
        return answer(breaches, looked_at)

    return check


def _breaches(table: Table, editions: Mapping[str, pl.DataFrame]) -> list[Breach]:
    """Look at all editions at once, and at each of them only when something is wrong: a batch costs more than its rows."""
    if not unmet(table, editions):
        return []
    return [
        Breach(edition, table.name, rule, n) for edition, frame in editions.items() for rule, n in unmet(table, {edition: frame}).items()
    ]


def unmet(table: Table, editions: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    """Count the rows that fail the expectations of a table, per rule, named as in `Table.breaches`.

    Args:
        table: The declaration.
        editions: Edition → rows in its shape; a key is unique within its edition.

    Returns:
        Column or ``primary key`` → rows that fail (of the expectation that most rows fail); empty when all are met.

    Raises:
        UnevaluatedError: An expectation could not be evaluated.
    """
    suite, rows = _suite(table), _plain(table, editions)
    if not suite or not rows.height:
        return {}
    import great_expectations as gx

    batch = _batches(table.name).get_batch({"dataframe": rows.to_pandas()})
    told = batch.validate(gx.ExpectationSuite(table.name, expectations=suite), result_format="BASIC")
    found: dict[str, int] = {}
    for result in told.results:
        if _raised(result.exception_info):
            raise UnevaluatedError(f"{table.name}: {result.expectation_config.type} could not be evaluated: {result.exception_info}")
        if not result.success:
            rule = result.expectation_config.meta["rule"]
            found[rule] = max(found.get(rule, 0), int(result.result["unexpected_count"]))
    return found


def _suite(table: Table) -> list[Any]:
    """Derive the expectations from a declaration; each says which rule it stands for."""
    from great_expectations import expectations as e

    found: list[Any] = []
    for c in table.columns:
        told = {"column": c.name, "meta": {"rule": c.name}, "notes": c.doc}
        if not c.nullable:
            found.append(e.ExpectColumnValuesToNotBeNull(**told))
        if c.between:
            found.append(e.ExpectColumnValuesToBeBetween(**told, min_value=c.between[0], max_value=c.between[1]))
        if c.one_of:
            found.append(e.ExpectColumnValuesToBeInSet(**told, value_set=list(c.one_of)))
    if table.key:
        key = [EDITION, *table.key]
        found.append(e.ExpectCompoundColumnsToBeUnique(column_list=key, ignore_row_if="never", meta={"rule": KEY}))
    return found


def _plain(table: Table, editions: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Put the columns that are under a rule below each other, so that in pandas null stays null and nothing else becomes it."""
    ruled = [c for c in table.columns if c.rule is not None or c.name in table.key]
    return pl.concat(frame.select(pl.lit(edition).alias(EDITION), *(_value(c) for c in ruled)) for edition, frame in editions.items())


def _value(column: Column) -> pl.Expr:
    value, dtype = pl.col(column.name), pl.Series(dtype=column.dtype).dtype
    if dtype.is_nested():
        return pl.when(value.is_not_null()).then(pl.lit("there")).alias(column.name)  # only whether it is there is under a rule
    if dtype.is_decimal() or dtype.is_float():
        return value.cast(pl.Float64).fill_nan(float("inf"))  # pandas takes "not a number" for null; the engine for out of bounds
    return value


def _raised(info: Any) -> bool:
    """Tell whether a metric raised; the report of it is nested by metric, or not."""
    parts = [info] if "raised_exception" in info else list(info.values())
    return any(p.get("raised_exception") for p in parts)


@cache
def _batches(name: str) -> Any:
    """Declare the batches of one table."""
    return _source().add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")


@cache
def _source() -> Any:
    """Open a context in memory that reports nothing and draws no bars."""
    import os

    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_pandas("published")
