"""The policy word `agreement`: which value many sources together make probable, and why, per (subject, attribute, scope)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canonry.arbitrate.copying import independence
from canonry.arbitrate.lists import are_lists, lists, named
from canonry.arbitrate.measures import are_measured, measures
from canonry.arbitrate.places import places
from canonry.arbitrate.reliability import differ, estimate
from canonry.arbitrate.votes import THING, Votes
from canonry.operating import asserted, meant

if TYPE_CHECKING:
    from canonry.arbitrate.reliability import Estimate
    from canonry.arbitrate.votes import Floats
    from canonry.config import Config

BELIEFS = {**dict.fromkeys([*THING, "value"], pl.String), "belief": pl.Float64, "why": pl.String}
_ENOUGH = 20  # disputed things with at least three voices; with fewer nothing can be learned of a source, and votes are counted
_VOICES = 3
WEIGHED = {
    **dict.fromkeys([*THING, "value", "alike", "method"], pl.String), "truth": pl.Float64, "voices": pl.Int64, "heads": pl.Int64,
    "record": pl.Float64, "is_doubted": pl.Boolean,
}  # fmt: skip
_SUREST = 1e-3  # odds beyond this are the model's and not the world's
DOUBT = -1.0  # what another end from another start takes off the log-odds; set, not fitted
SIGNS = ("odds", "margin", "doubt")
# Log-odds that the best value is right: offset, and a factor for each of `SIGNS`, by method; `python -m benchmarks.truth_discovery --fit`.
_CALIBRATED = {
    "sources": (0.533, 0.306, 0.451, DOUBT),
    "places": (-0.762, 0.374, 0.0, DOUBT),
    "lists": (0.955, 0.0, 1.136, DOUBT),
    "measures": (1.301, 0.897, 0.0, DOUBT),
}
_FITS = {
    "places": ", counting those that name a place around it",
    "lists": ", counting those that name the same elements",
    "measures": ", and it is the middle of what they measured",
}
_NEARLY = 1e-9


def weighed(claims: pl.DataFrame, config: Config) -> pl.DataFrame:
    """What each method makes of the values of disputed things, before it is calibrated.

    Args:
        claims: All claims: columns of the published table and ``entity_type``. Claims of sentences take no part.
        config: Reads entities.

    Returns:
        Columns `WEIGHED`, one row per thing and value; ``alike`` is the same for values that say the same in other words. Only of entity
        types of which at least twenty things are disputed by three sources or more, and of sources that can be told apart.
    """
    cells = (
        claims.with_columns(value=meant()).filter(asserted() & pl.col("document_id").is_null()).with_columns(pl.col("scope").fill_null(""))
    )
    cells = cells.with_columns(volume=pl.len().over("entity_type", "source").cast(pl.Int64))
    shared = cells.filter(pl.col("source").n_unique().over(THING) > 1)
    several = (pl.col("value").n_unique().over(THING) > 1) & (pl.col("source").n_unique().over(THING) >= _VOICES)
    rich = shared.filter(several).group_by("entity_type").agg(n=pl.struct(THING).n_unique())
    enough = rich.filter(pl.col("n") >= _ENOUGH)["entity_type"].drop_nulls().sort().to_list()
    parts = [part for kind in enough for part in _of_type(shared.filter(entity_type=kind), config, kind)]
    return pl.concat([pl.DataFrame(schema=WEIGHED), *parts])


def beliefs(claims: pl.DataFrame, config: Config) -> pl.DataFrame:
    """Weigh what records and claims tables say on things on which they differ.

    Args:
        claims: As for `weighed`.
        config: Reads entities.

    Returns:
        Columns `BELIEFS`: probability (calibrated, in [0, 1]) of each value, and the reason in words. Things whose sources cannot be told
        apart have none; their votes are to be counted.
    """
    told = _said(calibrated(weighed(claims, config)))
    return told.select(BELIEFS.keys()).cast(BELIEFS)  # type: ignore[arg-type]


def _of_type(claims: pl.DataFrame, config: Config, kind: str) -> list[pl.DataFrame]:
    declared = config.entities[kind].attributes if kind in config.entities else {}
    parts: list[pl.DataFrame] = []
    plain: list[pl.DataFrame] = []
    for (attribute,), mine in sorted(claims.group_by("attribute"), key=lambda part: str(part[0])):
        tree = declared[attribute].places if attribute in declared else None
        disputed = mine.filter(pl.col("value").n_unique().over(THING) > 1)
        if disputed.is_empty():
            plain.append(mine)
        elif tree is not None:
            votes = Votes.of(disputed)
            parts.append(_told(votes, places(votes, tree), "places"))
        elif mine["value_type"].is_in(["text", "name", "person"]).all() and are_lists(votes := Votes.of(disputed)):
            parts.append(_told(votes, lists(votes), "lists"))
        elif are_measured(votes := Votes.of(disputed), mine["value_type"]):
            parts.append(_told(votes, measures(votes), "measures"))
        else:
            plain.append(mine)
    if plain:
        votes = Votes.of(pl.concat(plain))
        if differ(votes):
            found = estimate(votes)
            told = _told(votes, found.truth, "sources", found)
            parts.append(told.filter(pl.len().over(THING) > 1))
    return parts


def _told(votes: Votes, truth: Floats, method: str, found: Estimate | None = None) -> pl.DataFrame:
    """The values with what speaks for each."""
    voices = votes.over_values(np.ones(len(votes.v)))
    heads = voices if found is None else votes.over_values(independence(votes, found.copying))
    record = votes.over_values(np.zeros(len(votes.v)) if found is None else found.right[votes.s]) / voices
    doubt = np.zeros(votes.things, bool) if found is None else found.doubted
    return votes.of_value.select(
        *THING,
        "value",
        alike=named(votes) if method == "lists" else pl.col("value"),
        method=pl.lit(method),
        truth=pl.Series(truth, dtype=pl.Float64),
        voices=pl.Series(voices).cast(pl.Int64),
        heads=pl.Series(heads).round(0).cast(pl.Int64).clip(1),
        record=pl.Series(record, dtype=pl.Float64),
        is_doubted=pl.Series(doubt[votes.thing_of]),
    )


def signs(weighed: pl.DataFrame) -> pl.DataFrame:
    """What the confidence in the best value of a thing is read from.

    Args:
        weighed: As `weighed` returns it.

    Returns:
        With ``is_best`` and, the same for all values of a thing, `SIGNS`: ``odds`` (log-odds of what the best value says), ``margin`` (log
        ratio of the voices that say so to all others) and ``doubt`` (one where another start disagrees).
    """
    is_best = pl.col("truth") >= pl.col("truth").max().over(THING)
    said = weighed.with_columns(is_best=is_best, same=pl.sum("truth").over(*THING, "alike"), of_same=pl.sum("voices").over(*THING, "alike"))
    safe = pl.col("same").filter("is_best").max().over(THING).clip(_SUREST, 1.0 - _SUREST)
    mine = pl.col("of_same").filter("is_best").max().over(THING)
    others = pl.col("voices").sum().over(THING) - mine
    return said.with_columns(
        odds=(safe / (1.0 - safe)).log(),
        margin=((mine + 0.5) / (others + 0.5)).log(),
        doubt=pl.col("is_doubted").cast(pl.Float64),
    ).drop("same", "of_same")


def calibrated(weighed: pl.DataFrame) -> pl.DataFrame:
    """How often a value that is believed so much is right: the order of the values of a thing stays, equal ones stay equal."""
    read = signs(weighed)
    line = pl.lit(0.0)
    for n, sign in enumerate((pl.lit(1.0), *(pl.col(s) for s in SIGNS))):
        line = line + sign * pl.col("method").replace_strict({m: c[n] for m, c in _CALIBRATED.items()}, return_dtype=pl.Float64)
    best = (1.0 / (1.0 + (-line).exp())) / pl.col("is_best").sum().over(THING).sqrt()
    top = pl.col("truth").max().over(THING)
    rest = pl.min_horizontal(
        (1.0 - best) * pl.col("truth") / (pl.col("truth").sum().over(THING) - top).clip(_NEARLY), best * pl.col("truth") / top
    )
    return read.with_columns(belief=pl.when("is_best").then(best).otherwise(rest))


def _said(read: pl.DataFrame) -> pl.DataFrame:
    """The reason in words."""
    others = pl.col("voices").sum().over(THING) - pl.col("voices")
    best = pl.col("record").filter("is_best").first().over(THING)
    rival = pl.col("record").filter(~pl.col("is_best")).max().over(THING)
    better = pl.when(best > rival + 0.02).then(pl.lit(", and those sources were right more often elsewhere")).otherwise(pl.lit(""))
    copies = pl.when(pl.col("heads") < pl.col("voices")).then(pl.format(" ({} of them independent)", "heads")).otherwise(pl.lit(""))
    rivals = (pl.col("voices") - pl.col("heads")).sum().over(THING) - (pl.col("voices") - pl.col("heads"))
    copied = pl.when(rivals > 0).then(pl.lit(", some of which copy one another")).otherwise(pl.lit(""))
    plural = pl.when(pl.col("voices") == 1).then(pl.lit("source says so")).otherwise(pl.lit("sources say so"))
    said = pl.format("{} {}{} against {}{}{}", "voices", plural, copies, others, copied, better)
    return read.with_columns(why=said + pl.col("method").replace_strict(_FITS, default="", return_dtype=pl.String))
