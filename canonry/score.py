"""Quality of each item: components in [0, 1], weighed into one score that its contributions add up to exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canonry.frames import Scored
from canonry.ids import digest
from canonry.protect import doubts
from canonry.published import COMPONENTS, NO_RANK, QUALITY_COMPONENTS
from canonry.rhythm import rhythms
from canonry.validity import of_passages

if TYPE_CHECKING:
    from canonry.context import RunContext
    from canonry.frames import Decided, Matched, Normalised

_HALF_LIFE = 1095.0  # days after which an item is half as fresh, where a source shows no rhythm of its own
_HALF_LIVES = (180.0, 1095.0)  # bounds of a source's own: a quick one is not worthless in a month, nor a slow one fresh for ever
_RANK_STEP = 0.25  # authority of rank r is 1 / (1 + step * (r - 1)): 1, 0.8, 0.67, …
_CONTESTED, _CORRECTED = 0.3, 0.6  # agreement of an item that an open conflict touches; in which a claim lost
_UNDECIDED_FAMILY = 0.5  # uniqueness where several versions stand side by side
_MICRO = 1_000_000


def score(run: RunContext, normalised: Normalised, matched: Matched, decided: Decided) -> Scored:
    """Make the items and score them.

    Args:
        run: Reads quality.weights.
        normalised: Passages, documents and records.
        matched: Families and entities.
        decided: Claims, facts and conflicts.
    """
    items = pl.concat([_passages(normalised), _cards(normalised, matched, decided)], how="diagonal_relaxed")
    items = _touched(items, decided, normalised)
    components = _components(run, _ranked(_paced(run, items, normalised), normalised), matched, decided)
    return Scored(items=items.sort("item_id"), components=_weighed(run, components))


def _passages(normalised: Normalised) -> pl.DataFrame:
    lent = normalised.documents.select(
        "document_id",
        "audience",
        "authority",
        "dated_on",
        "date_basis",
        "date_kind",
        "is_held",
        "is_stamped",
        "is_hidden",
        "removed_on",
        "owner",
        until="expires_on",
    )
    kept = normalised.passages.select("item_id", "cite", "document_id", "source", "path", "title", "heading", "text", "speaks", "is_secret")
    items = kept.join(lent, on="document_id").with_columns(kind=pl.lit("passage"), entity_id=pl.lit(None, pl.String))
    said = of_passages(normalised)
    whole = said.filter("is_whole").select("document_id", page_from="valid_from", page_to="valid_to")
    timed = items.join(said.select("item_id", "valid_from", "valid_to"), on="item_id", how="left").join(whole, on="document_id", how="left")
    return timed.with_columns(valid_from=pl.coalesce("valid_from", "page_from"), valid_to=pl.coalesce("valid_to", "page_to", "until")).drop(
        "until", "page_from", "page_to"
    )


def _cards(normalised: Normalised, matched: Matched, decided: Decided) -> pl.DataFrame:
    """One card per entity: its standing value per attribute, with its status, where it comes from, and the copies that it stands on."""
    facts = _standing(decided).join(
        matched.entities.select(subject_id="entity_id", entity_type="entity_type", name="name"), on="subject_id"
    )
    if not facts.height:
        return pl.DataFrame(schema={"stands_on": pl.List(pl.String)})
    by = decided.claims.select("claim_id", "source", "record_id", "document_id", "dated_on", "date_kind")
    doubted = doubts(decided.claims, normalised)  # a card is trusted no further than the least of what it rests on
    told = facts.join(by, on="claim_id", how="left").join(doubted, on="claim_id", how="left")
    where = (
        pl.when(pl.col("record_id").is_not_null())
        .then(pl.concat_str("source", "record_id", separator="/", ignore_nulls=True))
        .otherwise(pl.coalesce("document_id", "source"))
    )
    shown = pl.when(pl.col("decision") == "open").then(pl.concat_str(pl.col("verbatim"), pl.lit(" (contested)"))).otherwise("verbatim")
    lines = told.with_columns(line=pl.concat_str(pl.col("attribute"), pl.lit(": "), shown, pl.lit(" ["), where, pl.lit("]")))
    seen = normalised.sources.select("source", "authority", "owner", is_held=pl.col("status") == "held", lent="audience")
    cards = (
        _read_by(lines, normalised)
        .join(seen, on="source", how="left")
        .with_columns(audience=pl.coalesce("audience", "lent"), stands_on=_own(normalised))
        .sort("subject_id", "attribute", "value")
        .group_by("subject_id", maintain_order=True)
        .agg(
            pl.col("entity_type", "name").first(),
            body=pl.col("line").str.join("\n"),
            authority=pl.col("authority").min(),
            audience=pl.col("audience").drop_nulls().explode().unique().sort(),
            source=pl.col("source").sort_by(pl.col("authority").fill_null(NO_RANK), "source").first(),
            dated_on=pl.col("dated_on").max(),
            date_kind=pl.col("date_kind").sort_by(pl.col("dated_on"), nulls_last=False).last(),
            owner=pl.col("owner").drop_nulls().first(),
            is_held=pl.col("is_held").any(),
            speaks=pl.col("speaks").fill_null(value=False).any(),
            is_hidden=pl.col("is_hidden").fill_null(value=False).any(),
            stands_on=pl.col("stands_on").explode().unique().sort(),
        )
    )
    gone = _gone(normalised, matched)
    return cards.with_columns(
        item_id=pl.Series([digest("entity", e) for e in cards["subject_id"]], dtype=pl.String),
        kind=pl.lit("entity"),
        cite="subject_id",
        entity_id="subject_id",
        title="name",
        text=pl.concat_str(pl.col("name"), pl.lit(" ("), pl.col("entity_type"), pl.lit(")\n"), pl.col("body")),
        date_basis=pl.when(pl.col("dated_on").is_null()).then(pl.lit("none")).otherwise(pl.lit("item")),
        date_kind=pl.col("date_kind").fill_null("unknown"),
        is_secret=pl.lit(value=False),
        is_stamped=pl.lit(value=False),
        removed_on=pl.col("subject_id").replace_strict(gone, default=None, return_dtype=pl.Date),
    ).drop("subject_id", "body", "name", "entity_type")


def _standing(decided: Decided) -> pl.DataFrame:
    """Facts without the past of those that have a present."""
    key = ["subject_id", "attribute", "scope"]
    return decided.facts.filter(pl.col("is_current") | ~pl.col("is_current").any().over(key))


def _read_by(told: pl.DataFrame, normalised: Normalised) -> pl.DataFrame:
    """Add the audience of the record, the page or the row behind each value: it may be narrower than that of its source."""
    records = normalised.records.select("source", "record_id", of_record="audience")
    pages = normalised.documents.select("document_id", of_page="audience")
    rows = normalised.assertions.group_by("source").agg(of_row=pl.col("audience").drop_nulls().first())
    out = told.join(records, on=["source", "record_id"], how="left").join(pages, on="document_id", how="left")
    return out.join(rows, on="source", how="left").with_columns(audience=pl.coalesce("of_record", "of_page", "of_row"))


def _own(normalised: Normalised) -> pl.Expr:
    """The sources behind a fact that have a copy of their own: what asserts inside another source stands on the copy of that one."""
    inner = normalised.sources.filter(pl.col("parent").is_not_null()).select("source", "parent")
    return pl.col("sources").list.eval(pl.element().replace(dict(inner.iter_rows())))


def _paced(run: RunContext, items: pl.DataFrame, normalised: Normalised) -> pl.DataFrame:
    """Add the half-life of the source: half of its pages are changed within it."""
    low, high = _HALF_LIVES
    own = {s: min(max(r.half_life, low), high) for s, r in rhythms(normalised.documents, run.run_date).items()}
    return items.with_columns(half_life=pl.col("source").replace_strict(own, default=_HALF_LIFE, return_dtype=pl.Float64))


def _ranked(items: pl.DataFrame, normalised: Normalised) -> pl.DataFrame:
    """Put what has no rank behind the worst rank there is; where nothing has one there is nothing to compare."""
    ranks = [r for r in (normalised.sources["authority"].max(), items["authority"].max()) if isinstance(r, int)]
    return items.with_columns(pl.col("authority").fill_null(max(ranks) + 1)) if ranks else items


def _gone(normalised: Normalised, matched: Matched) -> dict[str, object]:
    """Entities all of whose records were removed, with the day on which the last one was."""
    joined = matched.entity_members.join(normalised.records.select("source", "record_id", "removed_on"), on=["source", "record_id"])
    gone = joined.group_by("entity_id").agg(all_gone=pl.col("removed_on").is_not_null().all(), last=pl.col("removed_on").max())
    return dict(gone.filter("all_gone").select("entity_id", "last").iter_rows())


def _touched(items: pl.DataFrame, decided: Decided, normalised: Normalised) -> pl.DataFrame:
    """Add the conflicts that touch each item and the corrections that belong to it."""
    links = decided.conflict_claims.join(
        decided.conflicts.select("conflict_id", "status", "winner_claim_id", "subject_id"), on="conflict_id"
    )
    links = links.filter(pl.col("status") != "dismissed")
    claims = decided.claims.select("claim_id", "item_id", "span_start", "span_end", "sentence", "verbatim")
    placed = links.drop("verbatim", "source", "document_id", "record_id").join(claims, on="claim_id")
    cites = decided.claims.join(normalised.passages.select("item_id", item_cite="cite"), on="item_id", how="left").select(
        winner_claim_id="claim_id", stands="verbatim",
        stands_cite=pl.coalesce("item_cite", pl.concat_str("source", "record_id", separator="/", ignore_nulls=True)),
    )  # fmt: skip
    lost = placed.filter(pl.col("item_id").is_not_null() & (pl.col("wins") == False)).join(cites, on="winner_claim_id", how="left")  # noqa: E712
    correction = pl.struct(
        start="span_start", end="span_end", says="verbatim", stands="stands", cite="stands_cite", conflict_id="conflict_id"
    )
    corrected = lost.sort("item_id", "span_start", "conflict_id").group_by("item_id", maintain_order=True).agg(corrections=correction)
    by_sentence = decided.claims.group_by("item_id", "sentence").agg(lost=(pl.col("standing") == "loses").all())
    all_lost = by_sentence.group_by("item_id").agg(lost_sentences=pl.col("lost").sum())
    in_text = (
        placed.filter(pl.col("item_id").is_not_null())
        .group_by("item_id")
        .agg(text_conflicts=pl.col("conflict_id").unique().sort(), text_open=(pl.col("status") == "open").any())
    )
    in_card = (
        links.select("conflict_id", "status", entity_id="subject_id")
        .unique()
        .group_by("entity_id")
        .agg(card_conflicts=pl.col("conflict_id").unique().sort(), card_open=(pl.col("status") == "open").any())
    )
    sentences = normalised.sentences.filter(pl.col("kind") != "heading").group_by("item_id").agg(sentences=pl.col("text").n_unique())
    out = items
    for more, on in ((corrected, "item_id"), (all_lost, "item_id"), (in_text, "item_id"), (in_card, "entity_id"), (sentences, "item_id")):
        out = out.join(more, on=on, how="left")
    return out.with_columns(
        conflict_ids=pl.coalesce("text_conflicts", "card_conflicts", pl.lit([], dtype=pl.List(pl.String))),
        has_open=pl.coalesce("text_open", "card_open", pl.lit(value=False)),
        lost_sentences=pl.col("lost_sentences").fill_null(0).cast(pl.Int64),
        sentences=pl.col("sentences").fill_null(0).cast(pl.Int64),
    ).drop("text_conflicts", "card_conflicts", "text_open", "card_open")


def _components(run: RunContext, items: pl.DataFrame, matched: Matched, decided: Decided) -> pl.DataFrame:
    undecided = matched.page_pairs.filter(pl.col("newer_id").is_null() & ~pl.col("is_copy") & ~pl.col("is_kin"))
    beside = [*undecided["left_id"].to_list(), *undecided["right_id"].to_list()]
    known = _standing(decided).join(matched.entities.select(subject_id="entity_id", entity_type="entity_type"), on="subject_id")
    of_type = known.group_by("entity_type").agg(all_attributes=pl.col("attribute").n_unique())
    filled = known.group_by("subject_id", "entity_type").agg(own=pl.col("attribute").n_unique()).join(of_type, on="entity_type")
    filled = filled.select(entity_id="subject_id", filled=pl.col("own") / pl.col("all_attributes"))
    age = (pl.lit(run.run_date) - pl.col("dated_on")).dt.total_days().clip(0)
    passage = pl.col("kind") == "passage"
    return items.join(filled, on="entity_id", how="left").select(
        "item_id",
        freshness=pl.when(pl.col("date_kind") != "unknown").then(pl.lit(0.5).pow(age / pl.col("half_life"))),
        agreement=pl.when("has_open").then(_CONTESTED).when(pl.col("corrections").is_not_null()).then(_CORRECTED).otherwise(1.0),
        authority=1.0 / (1.0 + _RANK_STEP * (pl.col("authority") - 1)),
        uniqueness=pl.when(passage).then(pl.when(pl.col("document_id").is_in(beside)).then(_UNDECIDED_FAMILY).otherwise(1.0)),
        completeness=pl.when(~passage).then("filled"),
        provenance=(pl.col("owner").is_not_null().cast(pl.Float64) + (pl.col("date_kind") == "exact").cast(pl.Float64) + 1.0) / 3.0,
    )


def _weighed(run: RunContext, components: pl.DataFrame) -> pl.DataFrame:
    """Redistribute the weight of components that do not apply; round to millionths, so that the sum is exact."""
    weights = {c: getattr(run.config.quality.weights, c) for c in COMPONENTS}
    total = pl.sum_horizontal(pl.when(pl.col(c).is_not_null()).then(w).otherwise(0.0) for c, w in weights.items())
    shares = components.with_columns(
        (pl.col(c).fill_null(0.0) * w / pl.when(total > 0).then(total).otherwise(1.0) * _MICRO)
        .floor()
        .cast(pl.Int64)
        .alias(f"{c}_contribution")
        for c, w in weights.items()
    )
    shares = shares.with_columns(quality=pl.sum_horizontal(f"{c}_contribution" for c in COMPONENTS))
    exact = [
        (pl.col(c).cast(pl.Decimal(18, 6)) / _MICRO).cast(pl.Decimal(9, 6)).alias(c)
        for c in (*(f"{c}_contribution" for c in COMPONENTS), "quality")
    ]
    return QUALITY_COMPONENTS.conform(shares.with_columns(*exact, *(pl.col(c).round(6) for c in COMPONENTS)))
