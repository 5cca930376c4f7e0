"""What all assets share: how they are declared, and what they tell of a step."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import dagster as dg
import polars as pl

import canonry
from assets.night import Nights
from canonry import flow, ids
from canonry.published import TABLES
from canonry.state import counts
from canonry.tables import TYPES, Column, Table

_SLICE = 65_536  # rows that are text at a time


def stage_asset(stage: str, kind: str = "polars", **more: Any) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declare the asset of a stage; its upstream assets are those of `canonry.flow.needs`."""
    made: Callable[[Callable[..., Any]], dg.AssetsDefinition] = dg.asset(
        name=stage,
        group_name=stage,
        deps=flow.needs()[stage],
        kinds={kind},
        code_version=canonry.__version__,
        metadata=schemas([TABLES[t] for t in flow.CONTRACTS[stage].values()]),
        **more,
    )
    return made


def advance(nights: Nights, run: dg.DagsterRun, name: str) -> dg.MaterializeResult[Any]:
    """Run a stage for every edition, and tell what came of it."""
    stage = next(s for s in flow.PER_EDITION if s.name == name)
    with nights.working(run) as night:
        before = _cached(night)
        night.advance(stage)
        made = {edition: night.bench.get(edition, stage.makes) for edition in night.editions}
        return dg.MaterializeResult(
            metadata={**rows(made), "seconds": night.seconds[name], **_told(before, _cached(night))}, data_version=version(made)
        )


def rows(made: Mapping[str, Any]) -> dict[str, Any]:
    """Count the rows of each frame: a number to be drawn over time, and a table over the editions."""
    sizes = {edition: {name: frame.height for name, frame in _frames(result).items()} for edition, result in made.items()}
    return counted(sizes)


def counted(sizes: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Tell sizes (edition → frame → rows); the first edition is the one whose numbers are drawn."""
    first = next(iter(sizes.values()))
    records = [dg.TableRecord({"frame": name, **{e or "all": sizes[e][name] for e in sizes}}) for name in first]
    columns = [dg.TableColumn("frame"), *(dg.TableColumn(e or "all", "int") for e in sizes)]
    return {
        **{f"rows/{name}": n for name, n in first.items()},
        "rows": dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns)),
    }


def version(made: Mapping[str, Any]) -> dg.DataVersion:
    """Hash all rows of all frames, so that a stage that made the same again shows as unchanged."""
    parts = [
        text
        for edition, result in sorted(made.items())
        for name, frame in _frames(result).items()
        for text in (edition, name, *(part.write_ndjson() for part in frame.iter_slices(_SLICE)))
    ]
    return dg.DataVersion(ids.digest(*parts))


def schemas(tables: list[Table]) -> dict[str, Any]:
    """Give the declared columns of tables; those of the first one also where Dagster's catalogue looks."""
    found = {f"schema/{t.name}": schema(t) for t in tables}
    return {**({"dagster/column_schema": schema(tables[0])} if tables else {}), **found}


def schema(table: Table) -> dg.TableSchema:
    """Derive Dagster's schema from the declaration of a table."""
    return dg.TableSchema(
        columns=[dg.TableColumn(c.name, TYPES[c.type][1], c.doc, _constraints(table, c)) for c in table.columns],
        constraints=dg.TableConstraints(other=[f"primary key ({', '.join(table.key)})"] if table.key else []),
    )


def _constraints(table: Table, column: Column) -> dg.TableColumnConstraints:
    other = [f"between {column.between[0]:g} and {column.between[1]:g}"] if column.between else []
    if column.one_of:
        other.append(f"one of {', '.join(column.one_of)}")
    return dg.TableColumnConstraints(nullable=column.nullable, unique=table.key == (column.name,), other=other)


def _frames(result: Any) -> dict[str, pl.DataFrame]:
    return {f.name: getattr(result, f.name) for f in fields(result)}


def _cached(night: flow.Night) -> Mapping[str, tuple[int, int]]:
    return counts([night.memo, night.frozen])


def _told(before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    """Tell the hits and misses of the steps that this stage asked the memo stores for."""
    hits, misses = (Counter({n: c[i] - before.get(n, (0, 0))[i] for n, c in after.items()}) for i in (0, 1))
    steps = {n: {"hits": hits[n], "misses": misses[n]} for n in after if hits[n] or misses[n]}
    return {"cache_hits": hits.total(), "cache_misses": misses.total(), **({"cache": steps} if steps else {})}
