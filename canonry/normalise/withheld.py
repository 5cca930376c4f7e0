"""What a person withholds from an edition: a claim, with the sentences and cells in which it stands, as if they had never been written."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry import verdicts
from canonry.anchors import said_again
from canonry.frames import NORMALISED, Normalised, shaped
from canonry.ids import digest
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canonry.context import RunContext


def without_withheld(run: RunContext, normalised: Normalised) -> Normalised:
    """Take out what rulings withhold from the edition in work.

    Of a sentence all that say the same go: in its source, and on copies of its page elsewhere (of equal title or content).
    """
    for ruling in verdicts.withheld(run.journal.standing_rulings, run.run_date, run.edition):
        about = verdicts.claim_of(ruling)
        if about.get("quote"):
            normalised = _without_sentence(normalised, about)
        elif about.get("record"):
            normalised = replace(normalised, records=_without_cell(normalised.records, about))
        else:
            normalised = replace(normalised, assertions=_without_assertion(normalised.assertions, about))
    return normalised


def _without_sentence(normalised: Normalised, about: Mapping[str, Any]) -> Normalised:
    documents = normalised.documents.select("document_id", "source", "title", "content_hash")
    placed = normalised.sentences.filter(pl.col("kind") != "heading").join(documents, on="document_id")
    own = placed.filter(pl.col("source") == about["source"])
    norm = said_again(about["quote"]["sentence"], own["norm"].unique().sort().to_list())
    if norm is None:
        return normalised
    pages = own.filter(norm=norm)
    copies = (
        (pl.col("source") == about["source"])
        | pl.col("title").is_in(pages["title"].drop_nulls().to_list())
        | pl.col("content_hash").is_in(pages["content_hash"].to_list())
    )
    gone = placed.filter(copies & (pl.col("norm") == norm)).select("document_id", "item_id", "ordinal", "start", "end")
    cut = gone.sort("start", descending=True).group_by("item_id").agg("start", "end")
    spans = {i: list(zip(starts, ends, strict=True)) for i, starts, ends in cut.iter_rows()}
    touched = gone["document_id"].unique().to_list()
    changed = pl.col("document_id").is_in(touched)
    return replace(
        normalised,
        documents=normalised.documents.with_columns(
            _rehashed(normalised.documents[c], normalised.documents["document_id"].is_in(touched), norm) for c in ("content_hash", "key")
        ),
        passages=_cut_passages(normalised.passages, spans),
        sentences=_moved(normalised.sentences.join(gone, on=["document_id", "ordinal"], how="anti"), spans, changed),
    )


def _rehashed(hashes: pl.Series, touched: pl.Series, norm: str) -> pl.Series:
    """Other content is another hash, also for the steps that keep what they made of it."""
    return pl.Series(hashes.name, [digest(h, "withheld", norm) if t else h for h, t in zip(hashes, touched, strict=True)], dtype=pl.String)


def _cut_passages(passages: pl.DataFrame, spans: Mapping[str, list[tuple[int, int]]]) -> pl.DataFrame:
    """The passages without the sentences; one that held nothing else is gone. Spans are those in the text, last first."""
    rows = []
    for row in passages.filter(pl.col("item_id").is_in(list(spans))).iter_rows(named=True):
        text = row["text"]
        for start, end in spans[row["item_id"]]:
            text = text[:start] + text[end:]
        rows.append({**row, "text": text})
    kept = pl.DataFrame(rows, schema=passages.schema).filter(pl.col("text").str.contains(r"\w"))
    return shaped(
        pl.concat([passages.filter(~pl.col("item_id").is_in(list(spans))), kept]).sort("document_id", "ordinal"), NORMALISED["passages"]
    )


def _moved(sentences: pl.DataFrame, spans: Mapping[str, list[tuple[int, int]]], changed: pl.Expr) -> pl.DataFrame:
    """The sentences that are left, at their new places."""
    mine = sentences.filter(changed)
    before = [sum(e - s for s, e in spans.get(item, ()) if e <= start) for item, start in mine.select("item_id", "start").iter_rows()]
    shift = pl.Series(before, dtype=pl.Int64)
    moved = mine.with_columns(start=mine["start"] - shift, end=mine["end"] - shift)
    return pl.concat([sentences.filter(~changed), moved]).sort("document_id", "ordinal")


def _without_cell(records: pl.DataFrame, about: Mapping[str, Any]) -> pl.DataFrame:
    mine = (pl.col("source") == about["record"]["source"]) & (pl.col("record_id") == about["record"]["id"])
    less = pl.col("values").map_elements(lambda v: _less(v, about["attribute"]), return_dtype=pl.String)
    return records.with_columns(values=pl.when(mine).then(less).otherwise("values"))


def _less(values: str, attribute: str) -> str:
    return json.dumps({k: v for k, v in json.loads(values).items() if k != attribute}, ensure_ascii=False)


def _without_assertion(assertions: pl.DataFrame, about: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a claims table that say it: whatever value they have, since the canonical one is not known yet."""
    mine = (pl.col("source") == about["source"]) & (pl.col("attribute") == about["attribute"])
    subject = normal(about["subject"])
    said = [normal(s) == subject for s in assertions["subject"]]
    return assertions.filter(~(mine & pl.Series(said, dtype=pl.Boolean)))
