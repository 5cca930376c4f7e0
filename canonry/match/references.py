"""Where what matching has learnt is kept from night to night: among what is frozen, under a name that the parent release tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import polars as pl

from canonry.match.entities.packed import packed, unpacked
from canonry.match.entities.reference import CLASSES, VERSION
from canonry.state import Step, retain

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from canonry.match.entities.reference import Reference
    from canonry.state import Memo

STEP = "match-reference"  # its folder among what is frozen


def known(frozen: Memo, models: pl.DataFrame) -> dict[str, Reference]:
    """Give what the records of each type have taught, as far as it is kept.

    Args:
        frozen: Where it is kept.
        models: Shape of the published table `match_models`, of the parent release.
    """
    out = {}
    for kind, name in models.filter(pl.col("model_id").is_not_null()).select("entity_type", "model_id").iter_rows():
        rows = frozen.kept(_step(name), name)
        if rows is not None and rows.height:
            out[kind] = cast("Reference", unpacked(rows, CLASSES))
    return out


def keep(frozen: Memo, reference: Reference) -> None:
    """Keep what records have taught."""
    frozen.rows(_step(reference.name), [reference.name], lambda _: packed(reference).with_columns(key=pl.lit(reference.name)))


def forget(store: Path, named: Collection[str]) -> int:
    """Let go of all that is kept but what some names call; returns how much that was."""
    return retain(store / "frozen", STEP, set(named))


def _step(name: str) -> Step:
    return Step(STEP, VERSION, (("reference", name),))  # a place for each, so that no night reads those of others
