"""The stage `arbitrate`: decide every conflict that a ruling or the policy can decide, and state the facts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from canonry.arbitrate import policy, rulings
from canonry.arbitrate.exposure import exposed
from canonry.arbitrate.history import with_past
from canonry.arbitrate.truth import beliefs
from canonry.arbitrate.votes import THING
from canonry.context import midnight
from canonry.frames import Decided
from canonry.operating import asserted, meant
from canonry.protect import doubts
from canonry.published import CLAIMS, CONFLICT_CLAIMS, CONFLICTS, FACTS, NO_RANK, OBSERVATIONS

if TYPE_CHECKING:
    from canonry.context import RunContext
    from canonry.frames import Claimed, Clashes, Matched, Normalised

_OPEN = 0.5  # confidence where nothing separates the sides, whether the fact is open or each side stands; and of what is doubted
_ALONE = 0.7  # one source says so, nobody contradicts
_AGREED = 0.9  # several sources say the same


def arbitrate(run: RunContext, normalised: Normalised, matched: Matched, claimed: Claimed, clashes: Clashes) -> Decided:
    """Decide, explain, and keep what was decided before.

    Args:
        run: Reads policy, entities; the journal's rulings and record of calls; the parent release for since when a conflict is known.
        normalised: Documents, for rulings and families.
        matched: Families of documents.
        claimed: All claims.
        clashes: Differences between them.
    """
    families = _families(matched)
    ruled = _ruled(run, normalised, matched, claimed, clashes)
    claimed = _doubted(claimed, normalised)
    believed = beliefs(claimed.claims.filter(~pl.col("is_doubted")), run.config)
    members = _members(claimed, clashes, families, ruled, believed)
    verdicts = _verdicts(run, clashes, members, ruled)
    conflict_claims = _conflict_claims(members, verdicts)
    conflicts = _conflicts(run, normalised, clashes, verdicts, conflict_claims)
    conflicts = _with_lapsed(conflicts, ruled).join(exposed(run, normalised, claimed, conflict_claims), on="conflict_id", how="left")
    conflicts = conflicts.with_columns(pl.col("exposure").fill_null(0))
    claims = _standing(claimed, conflict_claims, conflicts)
    shown = conflict_claims.filter(pl.col("conflict_id").is_in(conflicts["conflict_id"].to_list()))
    observations = clashes.differences.filter("is_observation").with_columns(
        status=pl.lit("dismissed"),
        exposure=pl.lit(0),
        reason=pl.lit("a difference that is no error"),
        scope=pl.col("scope").replace("", None),
    )
    return Decided(
        claims=CLAIMS.conform(claims),
        facts=FACTS.conform(
            with_past(run, _facts(run, _with_grain(claims, clashes), conflicts, shown, believed), claims, conflicts, shown)
        ),
        conflicts=CONFLICTS.conform(conflicts),
        conflict_claims=CONFLICT_CLAIMS.conform(conflict_claims),
        observations=OBSERVATIONS.conform(_since(run, observations, "observations")),
        rulings=ruled.table,
    )


def _doubted(claimed: Claimed, normalised: Normalised) -> Claimed:
    """Mark the claims that stand in text that speaks to agents: they may lose, and neither win nor vote."""
    speaking = doubts(claimed.claims, normalised).filter("speaks")["claim_id"]
    return replace(claimed, claims=claimed.claims.with_columns(is_doubted=pl.col("claim_id").is_in(speaking.implode())))


def _heard(claims: pl.DataFrame, *thing: str) -> pl.DataFrame:
    """The claims of each thing that are not in doubt; all where each of them is."""
    return claims.filter(~pl.col("is_doubted") | pl.col("is_doubted").all().over(thing))


def _families(matched: Matched) -> dict[str, str]:
    of_documents = matched.families.filter(pl.col("member_kind") == "document")
    return dict(of_documents.select("member_id", "family_id").iter_rows())


def _ruled(run: RunContext, normalised: Normalised, matched: Matched, claimed: Claimed, clashes: Clashes) -> rulings.Ruled:
    tonight = rulings.Tonight(
        run.run_date,
        claimed.claims,
        clashes.members,
        normalised.documents,
        _families(matched),
        normalised.records,
        matched.entity_members,
        run.edition in ("", "full"),
    )
    return rulings.applied(run.journal.standing_rulings, run.journal.withdrawn_rulings, tonight)


def _members(claimed: Claimed, clashes: Clashes, families: dict[str, str], ruled: rulings.Ruled, believed: pl.DataFrame) -> pl.DataFrame:
    """The claims of the differences with everything that the policy words look at; what stands on a retired page is superseded."""
    retired = [o.target for o in ruled.documents if o.status == "applies" and o.verdict == "retire"]
    more = claimed.claims.select(
        "claim_id", "is_doubted", "authority", "dated_on", "date_kind", "valid_from", "valid_to", "precision", "is_held",
        family=pl.col("document_id").replace_strict(families, default=None, return_dtype=pl.String),
    )  # fmt: skip
    about = claimed.claims.select("claim_id", *THING[:2], pl.col("scope").fill_null(""), value=meant()).join(believed, on=[*THING, "value"])
    told = about.select("claim_id", "belief", believed_why="why")
    return (
        clashes.members.join(more, on="claim_id")
        .join(told, on="claim_id", how="left")
        .with_columns(
            is_superseded=pl.col("is_superseded").fill_null(value=False) | pl.col("document_id").is_in(retired).fill_null(value=False),
            origin=pl.coalesce("family", "document_id", pl.concat_str("source", "record_id", separator="/", ignore_nulls=True)),
        )
    )


def _verdicts(run: RunContext, clashes: Clashes, members: pl.DataFrame, ruled: rulings.Ruled) -> pl.DataFrame:
    """One row per conflict: side, word, confidence, status, decided_by, because, abstained, is_asked (the owner), otherwise."""
    real = clashes.differences.filter(~pl.col("is_observation"))
    mine = _heard(members.filter(pl.col("conflict_id").is_in(real["conflict_id"].to_list())), "conflict_id")
    parent = pl.col("source").str.split("/").list.first()
    named = mine.group_by("conflict_id").agg(own=pl.col("source").unique(), parents=parent.unique())
    named = named.select("conflict_id", all_sources=pl.col("own").list.set_union("parents"))
    by_policy = policy.decide(
        policy.preferred(policy.sides(mine, run.run_date)), real.join(named, on="conflict_id"), run.config.policy
    ).with_columns(decided_by=pl.lit(None, pl.String), because=pl.lit(None, pl.String))
    shape = {
        "conflict_id": pl.String, "r_verdict": pl.String, "r_side": pl.Int64, "r_by": pl.String, "r_because": pl.String, "r_id": pl.String,
    }  # fmt: skip
    rows = [(c, r["verdict"], r["winner_side"], r.get("by"), r.get("because"), r["ruling_id"]) for c, r in sorted(ruled.conflicts.items())]
    out = by_policy.join(pl.DataFrame(rows, schema=shape, orient="row"), on="conflict_id", how="left")
    verdict, person = pl.col("r_verdict"), pl.col("r_verdict").is_not_null() & (pl.col("r_verdict") != "ask-owner")
    both = pl.col("side").is_null() & (pl.col("otherwise") == "both")
    return out.select(
        "conflict_id",
        side=pl.when(verdict == "keep").then("r_side").when(verdict.is_null()).then("side"),
        word=pl.when(person).then(pl.lit("ruling")).when(verdict.is_null()).then("word"),
        confidence=pl.when(person).then(1.0).when(verdict.is_null() & both).then(_OPEN).when(verdict.is_null()).then("confidence"),
        status=pl.when(verdict == "not-a-conflict")
        .then(pl.lit("dismissed"))
        .when(person)
        .then(pl.lit("decided_by_person"))
        .when(verdict.is_null() & (pl.col("side").is_not_null() | both))
        .then(pl.lit("decided_by_policy"))
        .otherwise(pl.lit("open")),
        decided_by=pl.when(person).then("r_by"),
        because=pl.when(person).then("r_because"),
        abstained=pl.when(verdict.is_null()).then("abstained"),
        is_asked=(verdict == "ask-owner").fill_null(value=False),
        otherwise="otherwise",
    )


def _conflict_claims(members: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    joined = members.join(verdicts, on="conflict_id", how="left")
    decided = pl.col("status").is_in(["decided_by_policy", "decided_by_person"])
    believed = pl.col("believed_why").filter(pl.col("side") == pl.col("side_right")).first().over("conflict_id")
    why = _why(believed)
    wins = pl.when(decided).then(pl.col("side_right").is_null() | (pl.col("side") == pl.col("side_right")))
    return _numbered(joined.with_columns(wins=wins)).with_columns(
        reason=pl.when("wins").then(pl.lit("stands: ") + why).when(~pl.col("wins")).then(pl.lit("lost: the winner stands because ") + why)
    )


def _numbered(claims: pl.DataFrame) -> pl.DataFrame:
    """Number the sides from the one that stands, or is the most likely to, by what a fact goes by too: the order in which all show them."""
    voters = pl.col("source").n_unique().over("conflict_id", "side")
    order = _likely(claims.with_columns(voters=voters)).select("conflict_id", "side").unique(maintain_order=True)
    numbers = order.with_columns(number=pl.int_range(pl.len()).over("conflict_id") + 1)
    return claims.join(numbers, on=["conflict_id", "side"], how="left").with_columns(side="number").drop("number")


def _likely(claims: pl.DataFrame, *last: pl.Expr) -> pl.DataFrame:
    """Order claims so that what stands comes first, then what is likely to: the finest, rank, belief, voices, an exact and new date."""
    return claims.sort(
        pl.col("wins").fill_null(value=True) == False,  # noqa: E712
        "is_doubted", "is_coarser",
        pl.col("authority").fill_null(NO_RANK), -pl.col("belief").fill_null(0.0), -pl.col("voters").cast(pl.Int64),
        pl.col("date_kind") != "exact",
        pl.col("dated_on").dt.epoch("d").fill_null(0) * -1, "value", *last, "claim_id",
    )  # fmt: skip


def _why(believed: pl.Expr) -> pl.Expr:
    """The reason of a decision: what truth discovery found where it decided, else what the word stands for."""
    usual = pl.col("word").replace_strict(policy.WHY, default=None, return_dtype=pl.String)
    return pl.when((pl.col("word") == "agreement") & believed.is_not_null()).then(believed).otherwise(usual)


def _conflicts(run: RunContext, normalised: Normalised, clashes: Clashes, verdicts: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    real = clashes.differences.filter(~pl.col("is_observation")).join(verdicts, on="conflict_id")
    best = (
        _best(claims.filter(pl.col("wins") & pl.col("side_right").is_not_null()))
        .group_by("conflict_id", maintain_order=True)
        .agg(
            winner_claim_id=pl.col("claim_id").first(),
            winner=pl.col("verbatim").first(),
            winner_source=pl.col("source").first(),
            believed_why=pl.col("believed_why").first(),
        )
    )
    other = (
        _best(claims.filter(~pl.col("wins").fill_null(value=True)))
        .group_by("conflict_id", maintain_order=True)
        .agg(loser=pl.col("verbatim").first(), loser_source=pl.col("source").first())
    )
    owner = _owners(normalised, claims)
    out = real.join(best, on="conflict_id", how="left").join(other, on="conflict_id", how="left").join(owner, on="conflict_id", how="left")
    why = _why(pl.col("believed_why"))
    reason = (
        pl.when(pl.col("winner_claim_id").is_not_null())
        .then(
            pl.format(
                "“{}” ({}) stands against “{}” ({}): {}.",
                "winner",
                "winner_source",
                pl.col("loser").fill_null("?"),
                pl.col("loser_source").fill_null("?"),
                why,
            )
        )
        .when("is_asked")
        .then(pl.lit("A person leaves the decision to the owner."))
        .when(pl.col("status") == "dismissed")
        .then(pl.lit("A person says that this is no conflict."))
        .when(pl.col("status") == "decided_by_person")
        .then(pl.lit("All sides stand."))
        .otherwise(_undecided())
    )
    out = out.with_columns(
        reason=pl.when(pl.col("because").is_not_null()).then(pl.format("{} ({})", reason, "because")).otherwise(reason),
        rule="word",
        margin=pl.col("confidence") * 2 - 1,
        scope=pl.col("scope").replace("", None),
    )
    return _since(run, out, "conflicts")


def _undecided() -> pl.Expr:
    """Say what each word of the rule saw, and what the rule makes of a conflict that none of them decides."""
    ends = {"person": "a person is asked", "abstain": "it stays open", "both": "all of them stand"}
    why = pl.format("No rule separates the sides ({})", "abstained")
    return pl.format(
        "{}; {}.",
        pl.coalesce(why, pl.lit("No rule of the policy is about it")),
        pl.col("otherwise").replace_strict(ends, return_dtype=pl.String),
    )


def _owners(normalised: Normalised, claims: pl.DataFrame) -> pl.DataFrame:
    """Whom to ask about each conflict: the owner of a page in it that names its own, else of a source; of the best claim that has one."""
    of_source = normalised.sources.select("source", lent="owner")
    of_page = normalised.documents.select("document_id", own="owner")
    asked = _best(claims.join(of_source, on="source", how="left").join(of_page, on="document_id", how="left"))
    own = pl.when(pl.col("own").ne_missing(pl.col("lent"))).then("own")  # a page that names nobody bears the owner of its source
    return asked.group_by("conflict_id", maintain_order=True).agg(
        owner=pl.coalesce(own.drop_nulls().first(), pl.coalesce("own", "lent").drop_nulls().first())
    )


def _with_lapsed(conflicts: pl.DataFrame, ruled: rulings.Ruled) -> pl.DataFrame:
    """Tell in the reason of a conflict that a ruling on it holds no more, so that a question that comes back says why."""
    lapsed = pl.col("conflict_id").replace_strict(dict(ruled.lapsed), default=None, return_dtype=pl.String)
    by_person = pl.col("decided_by").is_not_null()
    return conflicts.with_columns(
        reason=pl.when(lapsed.is_null() | by_person).then("reason").otherwise(pl.format("{} {}", "reason", lapsed))
    )


def _since(run: RunContext, rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """When each was found, and when it was decided this way, from the parent release."""
    now = pl.lit(midnight(run.run_date)).cast(pl.Datetime("us", "UTC"))
    before = run.history.table(table).select(
        "conflict_id", was="status", was_winner="winner_claim_id", found="detected_at", settled="decided_at", was_signature="signature"
    )
    wanted = [pl.lit(None, pl.String).alias(c) for c in ("winner_claim_id", "status", "signature") if c not in rows.columns]
    out = rows.with_columns(wanted).join(before, on="conflict_id", how="left")
    same = (
        pl.col("was").eq_missing(pl.col("status"))
        & pl.col("was_winner").eq_missing(pl.col("winner_claim_id"))
        & pl.col("was_signature").eq_missing(pl.col("signature"))
    )
    decided = pl.col("status").is_in(["decided_by_policy", "decided_by_person", "dismissed"]) & pl.lit(table == "conflicts")
    return out.with_columns(
        detected_at=pl.coalesce("found", now), decided_at=pl.when(decided & same).then(pl.coalesce("settled", now)).when(decided).then(now)
    )


def _best(claims: pl.DataFrame) -> pl.DataFrame:
    """Order claims so that the one to quote comes first: authority, exact and new date, then id."""
    return claims.sort(
        pl.col("authority").fill_null(NO_RANK), pl.col("date_kind") != "exact", -pl.col("dated_on").dt.epoch("d").fill_null(0), "claim_id"
    )


def _standing(claimed: Claimed, conflict_claims: pl.DataFrame, conflicts: pl.DataFrame) -> pl.DataFrame:
    status = conflict_claims.join(conflicts.select("conflict_id", s="status"), on="conflict_id").group_by("claim_id").agg(
        open=(pl.col("s") == "open").any(), lost=(pl.col("wins") == False).any(), won=(pl.col("wins") == True).any()  # noqa: E712
    )  # fmt: skip
    voices = (
        pl.col("source")
        .filter(asserted() & ~pl.col("is_doubted"))
        .n_unique()
        .over("subject_id", "attribute", pl.col("scope").fill_null(""), meant())
    )
    out = claimed.claims.with_columns(is_agreed=asserted() & (voices > 1)).join(status, on="claim_id", how="left")
    return out.with_columns(
        standing=pl.when("open")
        .then(pl.lit("contested"))
        .when("lost")
        .then(pl.lit("loses"))
        .when(pl.col("won") | pl.col("is_agreed"))
        .then(pl.lit("stands"))
        .otherwise(pl.lit("alone"))
    )


def _with_grain(claims: pl.DataFrame, clashes: Clashes) -> pl.DataFrame:
    """Mark the claims of which another one holds the value more finely."""
    coarser = clashes.members.filter("is_coarser")["claim_id"].unique()
    return claims.with_columns(is_coarser=pl.col("claim_id").is_in(coarser.to_list()))


def _facts(run: RunContext, claims: pl.DataFrame, conflicts: pl.DataFrame, members: pl.DataFrame, believed: pl.DataFrame) -> pl.DataFrame:
    """The claim that stands per subject, attribute and scope, the finest where they differ in grain; of `many` attributes one per value."""
    many = {(t, a) for t, e in run.config.entities.items() for a, s in e.attributes.items() if s.cardinality == "many"}
    multi = pl.DataFrame(sorted(many), schema={"entity_type": pl.String, "attribute": pl.String}, orient="row").with_columns(
        is_many=pl.lit(value=True)
    )
    usable = (
        claims.filter(asserted())
        .with_columns(meant=meant(), scope=pl.col("scope").fill_null(""))
        .pipe(_heard, *THING, "meant")
        .join(multi, on=["entity_type", "attribute"], how="left")
        .with_columns(pl.col("is_many").fill_null(value=False))
        .join(believed.select(*THING, meant="value", belief="belief"), on=[*THING, "meant"], how="left")
    )
    in_conflict = members.select("claim_id", "conflict_id", "side", "wins")
    told = conflicts.select("conflict_id", "status", "winner_claim_id", c_confidence="confidence")
    joined = usable.join(in_conflict, on="claim_id", how="left").join(told, on="conflict_id", how="left")
    joined = joined.with_columns(
        part=pl.when(
            pl.col("is_many")
            | (pl.col("status").is_in(["dismissed", "decided_by_person", "decided_by_policy"]) & pl.col("winner_claim_id").is_null())
        )
        .then("meant")
        .otherwise(pl.lit(""))
    )
    voters = pl.col("source").n_unique().over([*THING, "meant"])
    spelt = pl.col("source").n_unique().over([*THING, "meant", "verbatim"])  # of one value, quote the spelling that most sources use
    ordered = _likely(joined.with_columns(voters=voters, spelt=spelt), -pl.col("spelt").cast(pl.Int64))
    return FACTS.conform(_summed(run, ordered))


def _summed(run: RunContext, ordered: pl.DataFrame) -> pl.DataFrame:
    first_value = pl.col("meant") == pl.col("meant").first()
    facts = ordered.group_by([*THING, "part"], maintain_order=True).agg(
        pl.col(
            "subject",
            "value",
            "verbatim",
            "value_type",
            "unit",
            "claim_id",
            "conflict_id",
            "status",
            "c_confidence",
            "belief",
            "is_doubted",
            "valid_from",
            "valid_to",
        ).first(),
        runner_up_claim_id=pl.col("claim_id").filter(~first_value).first(),
        sources=pl.col("source").filter(first_value).unique().sort(),
        known_from=pl.col("known_from").filter(first_value).min(),
    )
    status = pl.col("status")
    decision = (
        pl.when(status == "open").then(pl.lit("open"))
        .when(status.is_in(["decided_by_person", "dismissed"])).then(pl.lit("person"))
        .when(status == "decided_by_policy").then(pl.lit("policy"))
        .when(pl.col("sources").list.len() > 1).then(pl.lit("agreed"))
        .otherwise(pl.lit("alone"))
    )  # fmt: skip
    valid = (pl.col("valid_to").fill_null(run.run_date) >= run.run_date) & (pl.col("valid_from").fill_null(run.run_date) <= run.run_date)
    return facts.with_columns(decision=decision, is_current=valid).with_columns(
        confidence=pl.when((pl.col("decision") == "open") | (pl.col("is_doubted") & (pl.col("decision") != "person")))
        .then(_OPEN)
        .when(pl.col("decision").is_in(["alone", "agreed"]) & pl.col("belief").is_not_null())
        .then("belief")
        .when(pl.col("decision") == "alone")
        .then(_ALONE)
        .when(pl.col("decision") == "agreed")
        .then(_AGREED)
        .otherwise(pl.col("c_confidence").fill_null(1.0))
    )
