"""The tasks of the configuration as a table of each edition, so that a release that is pinned keeps the tasks of its night."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from canonry.published import TASKS
from canonry.store import FULL

if TYPE_CHECKING:
    from collections.abc import Collection

    from canonry.config import Config


def tasks(config: Config, edition: str, sources: Collection[str]) -> pl.DataFrame:
    """Make the table `tasks` of one edition.

    An edition has the tasks that one of its principals may take, and those that everybody may; `full` has all. It names neither the
    principals of other editions nor a source that it may not read: what such a source would say is not there for it either.

    Args:
        config: The configuration.
        edition: The edition.
        sources: Names of the sources that it may read.
    """
    own = None if edition == FULL else set(config.editions[edition].principals)
    rows = []
    for name, task in sorted(config.tasks.items()):
        principals = [p for p in task.principals if own is None or p in own]
        if task.principals and not principals:
            continue
        needs = [_need(n.model_dump(mode="json", exclude_none=True), sources) for n in task.needs]
        told = {"task": name, "principals": principals, "needs": json.dumps(needs, sort_keys=True, ensure_ascii=False)}
        rows.append({**told, "on_conflict": task.on_conflict, "budget_tokens": task.budget_tokens})
    return TASKS.conform(pl.DataFrame(rows, schema=TASKS.schema))


def _need(need: dict[str, object], sources: Collection[str]) -> dict[str, object]:
    """Leave out what is not said, and sources that may not be named; a list of which none is left stays, and is empty."""
    named = need.pop("sources")
    assert isinstance(named, list)  # noqa: S101  (by the model)
    if not need["attributes"]:
        del need["attributes"]
    return {**need, "sources": [s for s in named if s in sources]} if named else need
