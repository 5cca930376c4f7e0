"""The policy word `agreement`: which value many sources together make probable, and why, per (subject, attribute, scope)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canonry.arbitrate.copying import independence
from canonry.arbitrate.lists import are_lists, lists
from canonry.arbitrate.places import places
from canonry.arbitrate.reliability import estimate
from canonry.arbitrate.votes import THING, Votes
from canonry.operating import asserted

if TYPE_CHECKING:
    from canonry.arbitrate.votes import Floats
    from canonry.config import Config

BELIEFS = {**dict.fromkeys([*THING, "value"], pl.String), "belief": pl.Float64, "why": pl.String}
_ENOUGH = 20  # disputed things with at least three voices; with fewer nothing can be learned of a source, and votes are counted
_VOICES = 3
# Log-odds of a value → log-odds that it is right (offset, slope), by method, fitted over the labelled sets pooled: docs/adr/0013.
_CALIBRATED = {"sources": (0.835, 0.132), "places": (-0.7, 0.2), "lists": (1.2, 0.7)}
_NEARLY = 1e-9


def beliefs(claims: pl.DataFrame, config: Config) -> pl.DataFrame:
    """Weigh what records and claims tables say on things on which they differ.

    Args:
        claims: All claims: columns of the published table and ``entity_type``. Claims of sentences take no part.
        config: Reads entities.

    Returns:
        Columns `BELIEFS`: probability (calibrated, in [0, 1]) of each value, and the reason in words. Only of entity types of which at
        least twenty things are disputed by three sources or more; the others are left to a count of votes.
    """
    cells = claims.filter(asserted() & pl.col("document_id").is_null()).with_columns(pl.col("scope").fill_null(""))
    cells = cells.with_columns(volume=pl.len().over("entity_type", "source").cast(pl.Int64))
    disputed = cells.filter(pl.col("value").n_unique().over(THING) > 1)
    rich = disputed.filter(pl.col("source").n_unique().over(THING) >= _VOICES).group_by("entity_type").agg(n=pl.struct(THING).n_unique())
    enough = rich.filter(pl.col("n") >= _ENOUGH)["entity_type"].drop_nulls().sort().to_list()
    parts = [_of_type(disputed.filter(entity_type=kind), config, kind) for kind in enough]
    return pl.concat([pl.DataFrame(schema=BELIEFS), *parts])


def _of_type(claims: pl.DataFrame, config: Config, kind: str) -> pl.DataFrame:
    declared = config.entities[kind].attributes if kind in config.entities else {}
    parts, plain = [], []
    for (attribute,), mine in sorted(claims.group_by("attribute"), key=lambda part: str(part[0])):
        tree = declared[attribute].places if attribute in declared else None
        if tree is not None:
            votes = Votes.of(mine)
            parts.append(_told(votes, places(votes, tree), "places"))
        elif mine["value_type"].is_in(["text", "name", "person"]).all() and are_lists(votes := Votes.of(mine)):
            parts.append(_told(votes, lists(votes), "lists"))
        else:
            plain.append(mine)
    if plain:
        votes = Votes.of(pl.concat(plain))
        found = estimate(votes)
        parts.append(_told(votes, found.truth, "sources", found.right, independence(votes, found.copying)))
    return pl.concat(parts)


def _calibrated(votes: Votes, truth: Floats, method: str) -> Floats:
    """How often a value that is believed so much is right: the order of the values of a thing stays, equal ones stay equal."""
    offset, slope = _CALIBRATED[method]
    top = np.maximum.reduceat(truth, votes.first)[votes.thing_of]
    safe = np.clip(top, _NEARLY, 1.0 - _NEARLY)
    best = 1.0 / (1.0 + np.exp(-offset - slope * np.log(safe / (1.0 - safe))))
    rest: Floats = np.minimum((1.0 - best) * truth / np.maximum(1.0 - top, _NEARLY), best * truth / top)
    return np.where(truth >= top, best, rest)


def _told(votes: Votes, truth: Floats, method: str, right: Floats | None = None, independent: Floats | None = None) -> pl.DataFrame:
    """Calibrate, and say it in words."""
    chance = _calibrated(votes, truth, method)
    voices = votes.over_values(np.ones(len(votes.v)))
    heads = votes.over_values(np.ones(len(votes.v)) if independent is None else independent)
    record = votes.over_values(np.zeros(len(votes.v)) if right is None else right[votes.s]) / voices
    out = votes.of_value.with_columns(
        belief=pl.Series(chance),
        truth=pl.Series(truth),
        voices=pl.Series(voices).cast(pl.Int64),
        heads=pl.Series(heads).round(0).cast(pl.Int64).clip(1),
        record=pl.Series(record),
    )
    others = pl.col("voices").sum().over("g") - pl.col("voices")
    best = pl.col("record").filter(pl.col("truth") == pl.col("truth").max()).first().over("g")
    rival = pl.col("record").filter(pl.col("truth") < pl.col("truth").max()).max().over("g")
    better = pl.when(best > rival + 0.02).then(pl.lit(", and those sources were right more often elsewhere")).otherwise(pl.lit(""))
    copies = pl.when(pl.col("heads") < pl.col("voices")).then(pl.format(" ({} of them independent)", "heads")).otherwise(pl.lit(""))
    rivals = (pl.col("voices") - pl.col("heads")).sum().over("g") - (pl.col("voices") - pl.col("heads"))
    copied = pl.when(rivals > 0).then(pl.lit(", some of which copy one another")).otherwise(pl.lit(""))
    plural = pl.when(pl.col("voices") == 1).then(pl.lit("source says so")).otherwise(pl.lit("sources say so"))
    said = pl.format("{} {}{} against {}{}{}", "voices", plural, copies, others, copied, better)
    fits = {
        "places": ", counting those that name a place around it",
        "lists": ", counting those that name the same elements",
    }
    return out.select(*THING, "value", "belief", why=pl.concat_str(said, pl.lit(fits.get(method, "")))).cast(BELIEFS)  # type: ignore[arg-type]
