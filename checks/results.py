"""What a check asks of the resource `nights`, and how it answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import dagster as dg
import polars as pl

from canonry import flow
from canonry.published import TABLES
from canonry.tables import Table


class Nights(Protocol):
    """Gives the results of a night, per edition."""

    def results(self, run: dg.DagsterRun, stage: str) -> Mapping[str, Any]:
        """Give what a stage made, per edition."""
        ...

    def published(self, run: dg.DagsterRun, table: str) -> Mapping[str, pl.DataFrame]:
        """Read a table of the current release, per edition."""
        ...


@dataclass(frozen=True)
class Breach:
    """A rule that some rows break.

    Attributes:
        edition: The edition.
        table: The table, or what else the rule is about.
        rule: The column whose contract is broken, or the rule in words.
        rows: How many rows break it.
    """

    edition: str
    table: str
    rule: str
    rows: int


def frames(nights: Nights, run: dg.DagsterRun, stage: str) -> Iterator[tuple[Table, Mapping[str, pl.DataFrame]]]:
    """Give the frames of a stage that are under contract: declared table, edition → rows."""
    tables = flow.CONTRACTS[stage]
    if stage == "publish":
        yield from ((TABLES[name], nights.published(run, name)) for name in tables.values())
        return
    made = nights.results(run, stage)
    for name, table in tables.items():
        yield TABLES[table], {edition: getattr(result, name) for edition, result in made.items()}


def answer(
    breaches: Iterable[Breach], looked_at: int, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckResult:
    """Turn breaches into a check's result.

    Args:
        breaches: What was found.
        looked_at: How many rows were looked at.
        severity: What a failure means: ERROR stops what is downstream of a blocking check.
    """
    found = [b for b in breaches if b.rows]
    records = [dg.TableRecord({"edition": b.edition, "table": b.table, "rule": b.rule, "rows": b.rows}) for b in found]
    return dg.AssetCheckResult(
        passed=not found,
        severity=severity,
        description="; ".join(f"{b.table}, {b.rule}: {b.rows} rows in edition {b.edition}" for b in found) or None,
        metadata={"rows_looked_at": looked_at, **({"breaches": dg.MetadataValue.table(records)} if records else {})},
    )
