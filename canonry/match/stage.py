"""The stage `match`: entities from records, families from documents and passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.frames import COVERAGE, MATCHED, Matched, frame, shaped, stack
from canonry.groups import grouped
from canonry.ids import digest
from canonry.links import successors
from canonry.match import likeness, pages, references
from canonry.match.direction import directed, marks_of
from canonry.match.exports import exports, guessed, own_day
from canonry.match.records import Before, found_entities
from canonry.match.ruled import measured, with_rulings, with_successors
from canonry.operating import published
from canonry.published import ENTITIES, ENTITY_MEMBERS, FAMILIES, MATCH_LINKS, MATCH_MODELS, NO_RANK
from canonry.verdicts import on_records

if TYPE_CHECKING:
    from datetime import date

    from canonry.context import RunContext
    from canonry.frames import Normalised

_COPIED = 200  # characters from which an equal passage on an unrelated page is a copy, not a phrase


def match(run: RunContext, normalised: Normalised) -> Matched:
    """Find copies, versions and entities among what the edition may read.

    Args:
        run: Reads entities; the parent release for the ids of what was matched before and for what matching has learnt.
        normalised: Documents, passages and records.
    """
    documents = normalised.documents.filter(pl.col("removed_on").is_null())  # what is gone must not stand between what is there
    documents = with_successors(run, documents)
    body = (
        normalised.passages.sort("document_id", "ordinal")
        .group_by("document_id", maintain_order=True)
        .agg(body=pl.col("text").str.join("\n"))
    )
    of_page, of_passage = likeness.shown_hashes(run.memo, documents, normalised.passages)
    documents = documents.join(of_page, on="document_id", how="left", maintain_order="left")
    whole = documents.join(body, on="document_id")
    alike, all_runs, capped = likeness.pairs(likeness.runs(run.memo, whole))
    found = likeness.with_copies(alike, documents)
    related = pages.one_page(found, pages.named(whole))
    same = related.filter(~pl.col("is_kin"))
    same, related = _with_declared(same, documents), _with_declared(related, documents)
    page_pairs = related.join(directed(same, documents, normalised.links), on=["left_id", "right_id"], how="left")
    page_pairs = with_rulings(run, documents, page_pairs)
    families = _page_families(documents, page_pairs.filter(~pl.col("is_kin")), normalised.links)
    links = on_records(run.journal.standing_rulings, run.run_date, normalised.records)
    before = Before(run.history.table("entity_members"), references.known(run.frozen, run.history.table("match_models")))
    found_things = found_entities(run.config, normalised.records, normalised.assertions, links, before)
    for kind, taught in found_things.references.items():
        if taught is not before.references.get(kind):
            references.keep(run.frozen, taught)
    return Matched(
        families=FAMILIES.conform(pl.concat([families, _passage_families(normalised, families, of_passage)])),
        page_pairs=shaped(page_pairs, MATCHED["page_pairs"]),
        entities=ENTITIES.conform(found_things.entities),
        entity_members=ENTITY_MEMBERS.conform(found_things.members),
        match_links=MATCH_LINKS.conform(found_things.match_links),
        match_models=MATCH_MODELS.conform(found_things.match_models),
        operating_points=published(measured(links, found_things.match_links), "yours"),
        subjects=found_things.subjects,
        coverage=_coverage(documents.height, found.height, all_runs, capped, found_things.coverage),
    )


def _with_declared(pairs: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Add the pairs in which one page says that the other replaced it, however little they share."""
    ends = sorted({(min(old, new), max(old, new)) for old, new in successors(documents).items() if old != new})
    known = set(pairs.filter(~pl.col("is_kin")).select("left_id", "right_id").iter_rows())
    rows = [{"left_id": a, "right_id": b} for a, b in ends if (a, b) not in known]
    if not rows:
        return pairs
    zero = {"containment": 0.0, "resemblance": 0.0, "similarity": 0.0, "is_copy": False, "is_kin": False}
    declared = pl.DataFrame([{**r, **zero} for r in rows]).select(pairs.columns)
    kept = pairs.join(declared.select("left_id", "right_id"), on=["left_id", "right_id"], how="anti")
    return pl.concat([kept, declared]).sort("left_id", "right_id")


def _page_families(documents: pl.DataFrame, pairs: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    said = {r["document_id"]: r for r in documents.iter_rows(named=True)}
    ends = list(pairs.select("left_id", "right_id").iter_rows())
    similar = {frozenset(e): s for e, s in zip(ends, pairs["similarity"], strict=True)}
    older = {a if n == b else b for (a, b), n in zip(ends, pairs["newer_id"], strict=True) if n}
    groups = grouped(ends)
    series = exports(ends, said)
    guess = guessed(groups.values(), said, series, marks_of(said, links, {d for end in ends for d in end})) if series.together else {}
    rows = []
    for members in groups.values():
        canonical = min(members, key=lambda m: (m in older, *_standing(said[m], guess.get(m))))
        for member in members:
            copy = said[member]["words_hash"] == said[canonical]["words_hash"]
            relation = "exact" if copy else "version" if member in older else "near"
            rows.append(
                {
                    "family_id": pages.family_id("document", members), "member_kind": "document", "member_id": member, "relation": relation,
                    "canonical_id": canonical, "similarity": 1.0 if copy else similar.get(frozenset((member, canonical))),
                }
            )  # fmt: skip
    return frame(FAMILIES.schema, rows)


def _standing(document: dict[str, Any], guess: date | None) -> tuple[Any, ...]:
    """What makes a member stand for its family: authority, a day of its own or a guessed one, an exact date, the newest; at last its id."""
    day = guess or own_day(document) or document["dated_on"]
    return (
        document["authority"] or NO_RANK,
        (guess or own_day(document)) is None,
        -(day.toordinal() if day else 0),
        document["date_kind"] != "exact",
        document["document_id"],
    )


def _passage_families(normalised: Normalised, page_families: pl.DataFrame, hashes: pl.DataFrame) -> pl.DataFrame:
    """Passages with the same words: on pages of one family whatever their length, elsewhere from `_COPIED` characters on."""
    of_page = page_families.select(document_id="member_id", page_family="family_id", canonical_page="canonical_id")
    there = normalised.documents.filter(pl.col("removed_on").is_null())
    documents = there.select("document_id", "authority", "date_kind", "dated_on")
    pieces = (
        normalised.passages.select("item_id", "document_id", "text")
        .join(of_page, on="document_id", how="left")
        .join(documents, on="document_id")
        .join(hashes.rename({"words_hash": "same"}), on="item_id")
    )
    pieces = pieces.with_columns(
        group=pl.when(pl.col("text").str.len_chars() >= _COPIED).then(pl.lit("")).otherwise(pl.coalesce("page_family", "document_id")),
    )
    copies = pieces.filter(pl.len().over("same", "group") > 1)
    ordered = copies.sort(
        "same",
        "group",
        pl.col("canonical_page").fill_null(pl.col("document_id")) != pl.col("document_id"),
        pl.col("authority").fill_null(NO_RANK),
        pl.col("date_kind") != "exact",
        pl.col("dated_on").dt.epoch("d").fill_null(0) * -1,
        "item_id",
    )
    return (
        ordered.with_columns(
            canonical_id=pl.col("item_id").first().over("same", "group"),
            family_id=pl.struct("same", "group").map_batches(
                lambda s: pl.Series([digest("family", "passage", r["same"], r["group"]) for r in s.to_list()], dtype=pl.String),
                return_dtype=pl.String,
            ),
        )
        .select(
            "family_id",
            member_kind=pl.lit("passage"),
            member_id="item_id",
            relation=pl.lit("exact"),
            canonical_id="canonical_id",
            similarity=pl.lit(1.0),
        )
        .select(FAMILIES.names)
    )


def _coverage(documents: int, found: int, runs: int, capped: int, of_entities: list[dict[str, Any]]) -> pl.DataFrame:
    rows = [
        {
            "detector": "families.documents",
            "pairs_possible": documents * (documents - 1) // 2,
            "pairs_considered": found,
            "pairs_capped": 0,
            "partial": False,
        },
        {
            "detector": "families.common_runs",
            "pairs_possible": runs,
            "pairs_considered": runs - capped,
            "pairs_capped": capped,
            "partial": capped > 0,
        },
        *of_entities,
    ]
    return stack([frame(COVERAGE, rows)], COVERAGE)
