"""What facts were before: values that gave way since the parent release, and older sides that bear a day of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from canonry import verdicts
from canonry.frames import stack
from canonry.operating import asserted
from canonry.published import FACTS

if TYPE_CHECKING:
    from canonry.context import RunContext

_KEY = ["subject_id", "attribute", "scope"]
_DAY = timedelta(days=1)


def with_past(run: RunContext, facts: pl.DataFrame, claims: pl.DataFrame, conflicts: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    """Add the values that facts had before, so that `as of` can be answered.

    A value that the parent release held and no source says any more was valid until the day before the new one's: the exact date of what
    says it, where that lies between both releases, else the run date. The older side of a conflict decided as `outdated` was valid at least
    on its own exact date, and is taken to hold until then; what the winner says is taken to hold from its own. Only attributes with one
    value have a past, only while they have a present, and only from sources that are still there.

    Args:
        run: The run date and the parent release of the edition.
        facts: Shape of the published table: what stands tonight.
        claims: Published claims.
        conflicts: Published conflicts.
        sides: Rows of conflict_claims.

    Returns:
        The facts with `known_from`, `valid_from` and `valid_to` filled from what was known, and past ones with `is_current` false.
    """
    known = run.history.table("facts").filter(pl.col("is_current") | pl.col("known_to").is_not_null())
    known = known.join(_overruled(facts, claims), on=[*_KEY, "value"], how="anti")
    single = facts.filter(pl.len().over(_KEY) == 1)
    dated = claims.select("claim_id", "dated_on", is_dated=pl.col("date_kind") == "exact")
    known = known.join(_regrouped(single, known, claims, run), on=[*_KEY, "claim_id"], how="anti")
    now = _begun(single, known, dated, run)
    elder = _outdated(now, claims, conflicts, sides)
    begun = elder.select(*_KEY, "since").unique(_KEY, keep="first", maintain_order=True)
    now = now.join(begun, on=_KEY, how="left").with_columns(valid_from=pl.coalesce("valid_from", "began", "since"))
    gone = _gave_way(now, known, run)
    there = pl.col("sources").list.eval(pl.element().is_in(claims["source"].unique().to_list())).list.any()
    past = stack([gone, elder], FACTS.schema).filter(there & ~_withheld(run)).unique([*_KEY, "claim_id"], keep="first", maintain_order=True)
    past = past.join(now.select(*_KEY, "claim_id"), on=[*_KEY, "claim_id"], how="anti")
    several = facts.filter(pl.len().over(_KEY) > 1)
    return stack([now, several, past], FACTS.schema)


def _overruled(facts: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Values that are said tonight and do not stand: where one stood before, a decision changed its mind, and not the thing."""
    said = claims.filter(asserted()).select(*_KEY[:2], pl.col("scope").fill_null(""), "value").unique()
    return said.join(facts.select(*_KEY, "value"), on=[*_KEY, "value"], how="anti")


def _withheld(run: RunContext) -> pl.Expr:
    """Whether a fact is what a person withholds from the edition in work; the attribute of a statement changes with its words."""
    of_statement = pl.col("attribute").str.contains("____", literal=True)
    told = [verdicts.claim_of(r) for r in verdicts.withheld(run.journal.standing_rulings, run.run_date, run.edition)]
    hits = (
        (pl.col("value") == a["value"])
        & pl.col("sources").list.contains(a["source"])
        & ((pl.col("attribute") == a["attribute"]) | (of_statement & pl.lit(value="quote" in a)))
        for a in told
    )
    return pl.any_horizontal(pl.lit(value=False), *hits)


def _regrouped(single: pl.DataFrame, known: pl.DataFrame, claims: pl.DataFrame, run: RunContext) -> pl.DataFrame:
    """What stood in the parent release while the same records and pages say both values now as then: only what they are taken for changed.

    A ruling that two records are one thing, or two, moves values from one thing to another; nothing in the world began or ended.
    """
    then, here = (_placed(c) for c in (run.history.table("claims"), claims))
    stood = known.filter("is_current").select(*_KEY, "claim_id", "value").join(then, on="claim_id")
    stands = single.select(*_KEY, "claim_id", stands="value").join(here, on="claim_id").select(*_KEY, "stands", by="place")
    both = stood.join(stands, on=_KEY).filter(pl.col("value") != pl.col("stands"))
    return both.filter(pl.col("place").is_in(here["place"].implode()) & pl.col("by").is_in(then["place"].implode()))


def _placed(claims: pl.DataFrame) -> pl.DataFrame:
    """Claims by where they stand and what they say, whatever of: ``claim_id``, ``place``."""
    where = [pl.col(c).fill_null("") for c in ("source", "record_id", "document_id", "attribute", "value")]
    return claims.select("claim_id", place=pl.concat_str(where, separator="\n"))


def _begun(single: pl.DataFrame, known: pl.DataFrame, dated: pl.DataFrame, run: RunContext) -> pl.DataFrame:
    """Tonight's facts with since when they are known, and, where another value stood before, since when they are valid."""
    before = known.filter("is_current").unique(_KEY, keep="none").select(*_KEY, was="value", was_from="valid_from", was_known="known_from")
    rows = single.join(before, on=_KEY, how="left").join(dated, on="claim_id", how="left")
    same = pl.col("was") == pl.col("value")
    own = pl.when(pl.col("is_dated") & (pl.col("dated_on") > pl.col("was_known")) & (pl.col("dated_on") <= run.run_date)).then("dated_on")
    return rows.with_columns(
        known_from=pl.when(same).then(pl.min_horizontal("known_from", "was_known")).otherwise("known_from"),
        began=pl.when(same).then("was_from").when(pl.col("was").is_not_null()).then(pl.coalesce(own, pl.lit(run.run_date))),
    )


def _outdated(now: pl.DataFrame, claims: pl.DataFrame, conflicts: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    """The older sides of conflicts that were decided as outdated, where both bear exact dates: as facts of the past, and `since`."""
    decided = conflicts.filter((pl.col("type") == "outdated") & pl.col("winner_claim_id").is_not_null())
    won = claims.select(winner_claim_id="claim_id", since="dated_on", kind="date_kind").filter(pl.col("kind") == "exact")
    lost = sides.filter(pl.col("wins") == False).select("conflict_id", "claim_id")  # noqa: E712
    told = claims.filter(pl.col("date_kind") == "exact").select(
        "claim_id", "value", "verbatim", "unit", "source", "known_from", "dated_on", own_from="valid_from", own_to="valid_to"
    )
    both = (
        decided.select("conflict_id", "winner_claim_id")
        .join(won, on="winner_claim_id")
        .join(lost, on="conflict_id")
        .join(told, on="claim_id")
    )
    latest = both.filter(pl.col("dated_on") < pl.col("since")).sort("conflict_id", "value", "dated_on", "claim_id")
    one = latest.unique(["conflict_id", "value"], keep="last", maintain_order=True)
    kept = now.select(
        *_KEY, "subject", "value_type", "confidence", "decision", "conflict_id", runner_up_claim_id="claim_id", standing="value"
    )
    rows = one.join(kept, on="conflict_id").filter(pl.col("value") != pl.col("standing"))
    return rows.with_columns(
        valid_from="own_from",
        valid_to=pl.coalesce("own_to", "dated_on"),
        known_to=pl.lit(None, pl.Date),
        is_current=pl.lit(value=False),
        sources=pl.concat_list("source"),
    )


def _gave_way(now: pl.DataFrame, known: pl.DataFrame, run: RunContext) -> pl.DataFrame:
    """What the parent release knew and tonight's facts do not say any more, and what it already knew as past."""
    standing = now.select(*_KEY, standing="value", began="valid_from", by="claim_id")
    rows = known.join(standing, on=_KEY)
    was_past = pl.col("known_to").is_not_null()
    last = pl.coalesce("began", pl.lit(run.run_date)) - _DAY
    return (
        rows.filter(was_past | ((pl.col("value") != pl.col("standing")) & pl.col("is_current")))
        .with_columns(
            runner_up_claim_id=pl.when(was_past).then("runner_up_claim_id").otherwise("by"),
            valid_to=pl.when(was_past).then("valid_to").otherwise(pl.min_horizontal("valid_to", last)),
            known_to=pl.coalesce("known_to", pl.lit(run.run_date)),
            is_current=pl.lit(value=False),
        )
        .sort(*_KEY, "known_to", "claim_id")
    )
