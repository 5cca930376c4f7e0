"""What is served, what is left out, and why. Nothing is edited, nothing vanishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canonry import published
from canonry.frames import Curated, stack
from canonry.likelihood import features, likely
from canonry.links import gave_way, moves
from canonry.protect import set_aside
from canonry.published import CONTEXT, EXCLUDED, STALENESS
from canonry.signals import agreeing, heard
from canonry.similarity import encoded, vectors
from canonry.verdicts import beside_withheld, judged, on_documents, withheld

if TYPE_CHECKING:
    from canonry.context import RunContext
    from canonry.frames import Decided, Matched, Normalised, Scored, Signals

_NONE = pl.lit(None, dtype=pl.String)


def curate(  # noqa: PLR0913, PLR0917  (one result per stage that it joins)
    run: RunContext, normalised: Normalised, matched: Matched, decided: Decided, signals: Signals, scored: Scored
) -> Curated:
    """Divide the items into context and excluded, by the precedence of the contract.

    Args:
        run: Reads quality.floor, protect, sources.*.signals; the parent release; the encoder for what is served.
        normalised: Documents, records, sources.
        matched: Families and entities.
        decided: Conflicts, claims and rulings.
        signals: Staleness before arbitration.
        scored: All items with their scores.
    """
    staleness = _verdicts(run, normalised, matched, signals, decided)
    items = scored.items.join(scored.components.select("item_id", "freshness", quality=pl.col("quality").cast(pl.Float64)), on="item_id")
    items = _with_signals(items, staleness).join(_gone(matched, staleness), on="entity_id", how="left")
    items = _with_reason(run, items, matched)
    items = _with_status(run, items, _beside_withheld(run, normalised, matched, decided))
    chances = likely(features(items, matched.page_pairs))
    items = items.join(chances, on="item_id", how="left")
    left = _withheld(run, items.filter(pl.col("reason").is_not_null()))
    served = _embedded(run, items.filter(pl.col("reason").is_null()))
    context, excluded = CONTEXT.conform(served), EXCLUDED.conform(left)
    return Curated(
        context=context,
        excluded=excluded,
        documents=_documents(normalised, matched, items),
        records=_records(normalised, matched, staleness),
        staleness=STALENESS.conform(staleness),
        families=_families(matched, context),
        quality_components=_served_components(scored.components, served),
        lineage=_lineage(items, matched, normalised, decided),
        id_changes=_id_changes(run, normalised, matched),
        quarantine=published.QUARANTINE.conform(_quarantine(run, normalised, items)),
        sources=_sources(normalised),
    )


def _served_components(components: pl.DataFrame, served: pl.DataFrame) -> pl.DataFrame:
    """The components of what is served, with what makes up its probability."""
    return published.QUALITY_COMPONENTS.conform(components.drop("p_parts").join(served.select("item_id", "p_parts"), on="item_id"))


def _withheld(run: RunContext, left: pl.DataFrame) -> pl.DataFrame:
    """Take the text of quarantined items out of every edition but `full`."""
    if run.edition == "full":
        return left
    return left.with_columns(text=pl.when(pl.col("reason") == "quarantined").then(pl.lit("")).otherwise("text"))


def _verdicts(run: RunContext, normalised: Normalised, matched: Matched, signals: Signals, decided: Decided) -> pl.DataFrame:
    """The second pass: what lost a conflict is contradicted; soft signals that agree make stale; a person's word goes before all."""
    found = signals.signals
    lost = decided.conflict_claims.filter(pl.col("wins") == False).join(  # noqa: E712
        decided.conflicts.select("conflict_id", "reason", since=pl.col("decided_at").cast(pl.Date)).rename({"reason": "evidence"}),
        on="conflict_id",
    )
    by_document = lost.filter(pl.col("document_id").is_not_null()).sort("document_id", "conflict_id").unique("document_id", keep="first")
    contradicted = by_document.with_columns(
        target_kind=pl.lit("document"),
        target_id="document_id",
        signal=pl.lit("contradicted"),
        is_stale=pl.lit(value=False),
        score=pl.lit(0.5),
    )
    every = agreeing(stack([found, heard(run.config, stack([contradicted], STALENESS.schema))], STALENESS.schema), normalised.documents)
    return judged(every, on_documents(run.journal.standing_rulings, run.run_date, normalised.documents, _page_families(matched)))


def _with_signals(items: pl.DataFrame, staleness: pl.DataFrame) -> pl.DataFrame:
    """Bring what is known of a document to its passages."""
    told = staleness.filter(pl.col("target_kind") == "document").sort("target_id", "signal")
    stale = pl.col("is_stale")

    def hard(name: str) -> pl.Expr:
        return (pl.col("signal") == name) & stale

    superseding = hard("older_version") | hard("replaced")
    per = told.group_by(document_id="target_id").agg(
        superseded=superseding.any(),
        expired=hard("expired").any(),
        successor=pl.coalesce(pl.col("superseded_by").filter(s).drop_nulls().first() for s in (superseding, hard("removed"))),
        why=pl.coalesce(*(pl.col("evidence").filter(s).first() for s in (superseding, hard("expired"), hard("removed")))),
        soft=(stale & pl.col("signal").is_in(published.SOFT_SIGNALS)).any(),
        signals=pl.col("signal").filter(~(pl.col("is_overruled") & (pl.col("signal") == "review_overdue"))),
    )
    outlived = (pl.col("signal") == "age") & (pl.col("score") == 1.0)  # the whole copy; a page that is old for its source weighs less
    aged = staleness.filter(outlived & pl.col("is_stale"))["source"].unique().to_list()
    on_aged = pl.col("stands_on").list.eval(pl.element().is_in(aged)).list.all() & (pl.col("stands_on").list.len() > 0)
    ended = staleness.filter((pl.col("target_kind") == "passage") & hard("expired")).select(item_id="target_id", why_ended="evidence")
    lent = items.join(per, on="document_id", how="left").join(ended, on="item_id", how="left")
    return lent.with_columns(
        pl.col("superseded").fill_null(value=False),
        pl.col("signals").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        expired=pl.col("expired").fill_null(value=False) | pl.col("why_ended").is_not_null(),
        why=pl.coalesce("why", "why_ended"),
        soft=pl.col("soft").fill_null(value=False) | on_aged.fill_null(value=False),
    )


def _vanished(staleness: pl.DataFrame) -> pl.DataFrame:
    """The records that are no longer there, in their own source or in the one that ranks above it."""
    gone = pl.col("signal").is_in(["removed", "absent_from_authority"])
    return staleness.filter((pl.col("target_kind") == "record") & gone & pl.col("is_stale"))


def _gone(matched: Matched, staleness: pl.DataFrame) -> pl.DataFrame:
    """Entities all of whose records are removed or absent from their authority: entity_id and why_gone."""
    stale = _vanished(staleness).sort("signal", descending=True)
    gone = stale.select("source", record_id="target_id", why_gone="evidence").unique(["source", "record_id"], keep="first")
    members = matched.entity_members.join(gone, on=["source", "record_id"], how="left").sort("source", "record_id")
    return members.group_by("entity_id").agg(pl.col("why_gone").first(), n=pl.col("why_gone").null_count()).filter(n=0).drop("n")


def _with_reason(run: RunContext, items: pl.DataFrame, matched: Matched) -> pl.DataFrame:
    """The first reason that applies. Copies come after the rest, so that what stands for them is itself served."""
    protected = set_aside(run.config.protect)
    all_lost = (pl.col("lost_sentences") > 0) & (pl.col("lost_sentences") >= pl.col("sentences")) & ~pl.col("has_open")
    before = (
        pl.when(protected.is_not_null())
        .then(pl.lit("quarantined"))
        .when("superseded")
        .then(pl.lit("superseded"))
        .when("expired")
        .then(pl.lit("expired"))
        .when(pl.col("removed_on").is_not_null() | pl.col("why_gone").is_not_null())
        .then(pl.lit("removed"))
    )
    below = pl.when(pl.col("quality") < run.config.quality.floor).then(pl.lit("below_floor"))
    out = items.with_columns(before=before, after=pl.when(all_lost).then(pl.lit("lost_conflict")).otherwise(below))
    copies = _copies(out, matched)
    out = out.join(copies, on="item_id", how="left").with_columns(
        reason=pl.coalesce(
            "before",
            pl.when(pl.col("stands").is_not_null()).then(pl.lit("duplicate")),
            "after",
        )
    )
    instead = _instead(out)
    lost_to = pl.col("corrections").list.first().struct.field("cite")
    is_reason = pl.col("reason")
    return out.join(instead, on="item_id", how="left").with_columns(
        superseded_by=pl.when(is_reason.is_in(["superseded", "removed"]))
        .then(pl.coalesce("instead", "successor"))
        .when(is_reason == "duplicate")
        .then("stands")
        .when(is_reason == "lost_conflict")
        .then(lost_to),
        evidence=pl.when(is_reason.is_in(["superseded", "expired", "removed"]))
        .then(
            pl.coalesce(
                "why", "why_gone", pl.format("It is absent from its source since {}.", pl.col("removed_on").cast(pl.String).fill_null("?"))
            )
        )
        .when(is_reason == "duplicate")
        .then(pl.format("It has the same words as {}.", "stands"))
        .when(is_reason == "lost_conflict")
        .then(pl.lit("Every claim in it lost a conflict."))
        .when(is_reason == "below_floor")
        .then(pl.format("Its quality {} is below the floor.", pl.col("quality").round(3)))
        .when(is_reason == "quarantined")
        .then(protected),
    )


def _copies(items: pl.DataFrame, matched: Matched) -> pl.DataFrame:
    """Passages that have the same words as one that is served: item_id and the cite that stands for it."""
    groups = matched.families.filter(pl.col("member_kind") == "passage").select(
        item_id="member_id", group="family_id", canonical="canonical_id"
    )
    eligible = items.filter(pl.col("before").is_null()).select("item_id", "cite", "after").join(groups, on="item_id")
    eligible = eligible.filter(pl.col("after").is_null().any().over("group"))
    ordered = eligible.sort("group", pl.col("after").is_not_null(), pl.col("item_id") != pl.col("canonical"), "item_id")
    named = ordered.with_columns(first=pl.col("item_id").first().over("group"), stands=pl.col("cite").first().over("group"))
    return (
        named.filter(pl.col("item_id") != pl.col("first"))
        .sort("item_id", "group")
        .unique("item_id", keep="first")
        .select("item_id", "stands")
    )


def _instead(items: pl.DataFrame) -> pl.DataFrame:
    """For passages of a page that was superseded or moved, the passage under the same heading of the page that stands instead."""
    gone = items.filter(pl.col("reason").is_in(["superseded", "removed"]) & pl.col("successor").is_not_null()).select(
        "item_id", "heading", document_id="successor"
    )
    there = (
        items.filter(pl.col("kind") == "passage")
        .sort("document_id", "cite")
        .unique(["document_id", "heading"], keep="first")
        .select("document_id", "heading", instead="cite")
    )
    return gone.join(there, on=["document_id", "heading"], nulls_equal=True).select("item_id", "instead")


def _beside_withheld(run: RunContext, normalised: Normalised, matched: Matched, decided: Decided) -> pl.Expr:
    """Whether an item holds the other side of what a person withholds from this edition."""
    if not withheld(run.journal.standing_rulings, run.run_date, run.edition):
        return pl.lit(value=False)
    placed = normalised.sentences.join(normalised.documents.select("document_id", "source"), on="document_id")
    items, records, rows = beside_withheld(run.journal.standing_rulings, run.run_date, run.edition, placed)
    cards = {e for e, s, r in matched.entity_members.select("entity_id", "source", "record_id").iter_rows() if (s, r) in records}
    said = decided.claims.filter(pl.col("record_id").is_null()).select("subject_id", "source", "subject").unique() if rows else None
    cards |= {e for e, s, name in said.iter_rows() if (s, name) in rows} if said is not None else set()
    return pl.col("item_id").is_in(sorted(items)) | pl.col("entity_id").is_in(sorted(cards)).fill_null(value=False)


def _page_families(matched: Matched) -> dict[str, str]:
    return dict(matched.families.filter(member_kind="document").select("member_id", "family_id").iter_rows())


def _with_status(run: RunContext, items: pl.DataFrame, withheld_side: pl.Expr) -> pl.DataFrame:
    def flag(name: str, when: pl.Expr) -> pl.Expr:
        return pl.when(when).then(pl.lit(name))

    def seen(name: str) -> pl.Expr:
        return pl.col("signals").list.contains(name)

    flags = pl.concat_list(
        flag("source_held", pl.col("is_held")),
        flag("review_overdue", seen("review_overdue")),
        flag("undated", pl.col("date_basis").is_in(["none", "observed"])),
        flag("stamped_date", pl.col("is_stamped")),
        flag("owner_gone", seen("owner_gone")),
        flag("broken_link", seen("broken_link")),
        flag("hidden_text", pl.col("is_hidden")),
        flag("instruction_like", pl.col("speaks")),
        flag("secret", pl.col("is_secret") & (run.config.protect.secrets == "flag")),  # elsewhere none is left
        flag("withheld_side", withheld_side),
    ).list.drop_nulls()
    return items.with_columns(
        status=pl.when("has_open")
        .then(pl.lit("contested"))
        .when(pl.col("corrections").is_not_null())
        .then(pl.lit("corrected"))
        .when("soft")
        .then(pl.lit("stale"))
        .otherwise(pl.lit("current")),
        flags=flags,
        tokens=pl.col("text").str.len_bytes().cast(pl.Int64),
        family_id=_NONE,
    )


def _embedded(run: RunContext, served: pl.DataFrame) -> pl.DataFrame:
    """Add the vectors of served passages. Entity cards are found by their words and keys; encoding each costs more than it finds."""
    passages = served.filter(pl.col("kind") == "passage")
    keyed = encoded(passages)
    made = vectors(run.encoder, run.frozen, keyed, run.encoded)
    return served.join(keyed.select("item_id", "key").join(made, on="key").drop("key"), on="item_id", how="left")


def _documents(normalised: Normalised, matched: Matched, items: pl.DataFrame) -> pl.DataFrame:
    pieces = (
        items.filter(pl.col("document_id").is_not_null())
        .group_by("document_id")
        .agg(
            served=pl.col("reason").is_null().sum(),
            all=pl.len(),
            quarantined=(pl.col("reason") == "quarantined").fill_null(value=False).all(),
        )
    )
    families = matched.families.filter(pl.col("member_kind") == "document").select(document_id="member_id", family_id="family_id")
    out = normalised.documents.join(pieces, on="document_id", how="left").join(families, on="document_id", how="left")
    status = (
        pl.when(pl.col("removed_on").is_not_null()).then(pl.lit("removed"))
        .when("is_held").then(pl.lit("held"))
        .when(pl.col("quarantined").fill_null(value=False)).then(pl.lit("quarantined"))
        .when(pl.col("served").fill_null(0) == 0).then(pl.lit("excluded"))
        .when(pl.col("served") < pl.col("all")).then(pl.lit("partly"))
        .otherwise(pl.lit("served"))
    )  # fmt: skip
    return published.DOCUMENTS.conform(out.with_columns(status=status))


def _records(normalised: Normalised, matched: Matched, staleness: pl.DataFrame) -> pl.DataFrame:
    stale = _vanished(staleness).select("source", record_id="target_id").unique().with_columns(gone=pl.lit(value=True))
    out = normalised.records.join(
        matched.entity_members.select("source", "record_id", "entity_id"), on=["source", "record_id"], how="left"
    ).join(stale, on=["source", "record_id"], how="left")
    status = (
        pl.when(pl.col("removed_on").is_not_null())
        .then(pl.lit("removed"))
        .when("is_held")
        .then(pl.lit("held"))
        .when("gone")
        .then(pl.lit("excluded"))
        .otherwise(pl.lit("served"))
    )
    return published.RECORDS.conform(out.with_columns(status=status))


def _families(matched: Matched, context: pl.DataFrame) -> pl.DataFrame:
    """Families with the member that is served as canonical, where the one that match chose is not."""
    served = context.select(member_id="item_id", served=pl.lit(value=True))
    out = matched.families.join(served, on="member_id", how="left").sort("family_id", "member_id")
    first = pl.col("member_id").filter(pl.col("served") & (pl.col("member_kind") == "passage")).first().over("family_id")
    return published.FAMILIES.conform(out.with_columns(canonical_id=pl.coalesce(first, "canonical_id")))


def _lineage(items: pl.DataFrame, matched: Matched, normalised: Normalised, decided: Decided) -> pl.DataFrame:
    documents = normalised.documents.select("document_id", "content_hash")
    passages = (
        items.filter(pl.col("kind") == "passage")
        .join(documents, on="document_id")
        .select("item_id", "source", input_kind=pl.lit("document"), input_id="document_id", copy_hash="content_hash")
    )
    copies = items.filter(pl.col("reason") == "duplicate").select(
        "document_id", "source", cite="stands"
    )  # what stands for them rests on them
    supported = copies.join(items.filter(pl.col("reason").is_null()).select("item_id", "cite"), on="cite").join(documents, on="document_id")
    support = supported.select("item_id", "source", input_kind=pl.lit("document"), input_id="document_id", copy_hash="content_hash")
    cards = items.filter(pl.col("kind") == "entity").select("item_id", "entity_id")
    from_records = cards.join(matched.entity_members, on="entity_id").select(
        "item_id", "source", input_kind=pl.lit("record"), input_id=pl.concat_str("source", "record_id", separator="/"), copy_hash=_NONE
    )
    asserted = decided.claims.filter(pl.col("record_id").is_null()).select("source", "claim_id", entity_id="subject_id")
    from_claims = cards.join(asserted, on="entity_id").select(
        "item_id", "source", input_kind=pl.lit("claim"), input_id="claim_id", copy_hash=_NONE
    )
    return published.LINEAGE.conform(pl.concat([passages, support, from_records, from_claims]).unique(maintain_order=True))


def _id_changes(run: RunContext, normalised: Normalised, matched: Matched) -> pl.DataFrame:
    """Documents that moved and entities that gave way to others. What was noted before stays noted, and names what stands there now."""
    moved = moves(normalised.documents).with_columns(kind=pl.lit("document"), reason=pl.lit("moved: same content at another path"))
    joined = gave_way(matched.entity_members, run.history.table("entity_members")).with_columns(
        kind=pl.lit("entity"), reason=pl.lit("its records are of another entity now"), since=pl.lit(run.run_date)
    )
    there = pl.concat([normalised.documents.filter(pl.col("removed_on").is_null())["document_id"], matched.entities["entity_id"]]).implode()
    further = pl.col("new_id").replace(dict(joined.select("old_id", "new_id").iter_rows()))
    known = run.history.table("id_changes").with_columns(new_id=pl.when(kind="entity").then(further).otherwise("new_id"))
    before = known.filter(pl.col("new_id").is_in(there) & ~pl.col("old_id").is_in(there))
    schema = published.ID_CHANGES.schema
    both = (
        stack([moved, joined, before], schema).sort("kind", "old_id", "new_id", "since").unique(["kind", "old_id", "new_id"], keep="first")
    )
    return published.ID_CHANGES.conform(both)


def _quarantine(run: RunContext, normalised: Normalised, items: pl.DataFrame) -> pl.DataFrame:
    """What was set aside; its words stand in `full` only."""
    guarded = items.filter(pl.col("reason") == "quarantined").with_columns(
        location="cite",
        rule=pl.lit("protected"),
        detail="evidence",
        excerpt=pl.col("text").str.slice(0, 120),
    )
    every = stack([normalised.quarantine, guarded], dict(normalised.quarantine.schema)).unique(
        ["source", "location", "rule"], keep="first", maintain_order=True
    )
    return every if run.edition == "full" else every.with_columns(excerpt=_NONE)


def _sources(normalised: Normalised) -> pl.DataFrame:
    aside = normalised.quarantine.group_by("source").len("n")
    return published.SOURCES.conform(
        normalised.sources.join(aside, on="source", how="left").with_columns(quarantined=pl.col("n").fill_null(0))
    )
