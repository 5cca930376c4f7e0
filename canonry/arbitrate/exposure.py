"""How often agents were served what a conflict is about, by the record of their calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from canonry.context import RunContext
    from canonry.frames import Claimed, Normalised

_FULL = "full"


def exposed(run: RunContext, normalised: Normalised, claimed: Claimed, sides: pl.DataFrame) -> pl.DataFrame:
    """Count the calls that served at least one item of a conflict: a passage or record with one of its claims, or the card of its subject.

    An edition counts what its own audience was served, so that nobody learns from it what others ask; `full` counts all.

    Args:
        run: The journal's record of calls, and the edition.
        normalised: Passages, for their cites.
        claimed: All claims.
        sides: conflict_id, claim_id.

    Returns:
        conflict_id, exposure; conflicts that were never served are absent.
    """
    served = run.journal.served
    if served is None or served.is_empty():
        return pl.DataFrame(schema={"conflict_id": pl.String, "exposure": pl.Int64})
    heard = served if run.edition == _FULL else served.filter(pl.col("edition") == run.edition)
    about = claimed.claims.select("claim_id", "item_id", "source", "record_id", "subject_kind", "subject_id")
    claims = sides.select("conflict_id", "claim_id").join(about, on="claim_id")
    cites = pl.concat([
        claims.join(normalised.passages.select("item_id", "cite"), on="item_id").select("conflict_id", "cite"),
        claims.filter(pl.col("record_id").is_not_null()).select("conflict_id", cite=pl.format("{}/{}", "source", "record_id")),
        claims.filter(pl.col("subject_kind") == "entity").select("conflict_id", cite="subject_id"),
    ])  # fmt: skip
    found = cites.unique().join(heard.select("call", "cite"), on="cite")
    return found.group_by("conflict_id").agg(exposure=pl.col("call").n_unique().cast(pl.Int64))
