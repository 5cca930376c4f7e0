"""Documents: their text parsed once for all editions, and what file, sidecar and source say about each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.frames import NORMALISED, TEXTS, frame, stack
from canonry.ids import digest
from canonry.normalise import front
from canonry.normalise.markup import Parsed, parse
from canonry.normalise.passages import passages, sentences_of
from canonry.normalise.records import TOLD
from canonry.normalise.sources import with_origin
from canonry.protect import Guard, holds_secret, speaks_to_agents
from canonry.state import Step
from canonry.text import normal

if TYPE_CHECKING:
    from canonry.config import Config
    from canonry.context import RunContext

_PARSE = 8  # version of the parser; count up when what it returns changes


def parsed_once(run: RunContext, documents: pl.DataFrame) -> pl.DataFrame:
    """Passages and sentences per parse key; a pure function of text and kind of file, so all editions share it."""
    protect = run.config.protect
    told = Guard.of(protect) if protect.secrets == "flag" else None  # otherwise a mark stands where a secret was
    settings = (("secrets", "flag"), ("ignore", json.dumps(sorted(protect.ignore)))) if told else ()
    documents = documents.with_columns(key=_parse_key())
    raw = {key: (text, media) for key, text, media in documents.select("key", "text", "media").iter_rows()}

    def compute(missing: list[str]) -> pl.DataFrame:
        rows = [{"key": k, "parse": json.dumps(_parse_row(parse(*raw[k]), told), ensure_ascii=False, default=str)} for k in missing]
        return frame({"key": pl.String, "parse": pl.String}, rows)

    return run.memo.rows(Step("normalise-parse", _PARSE, settings), list(raw), compute)


def _parse_key() -> pl.Expr:
    """What later steps are keyed by too: their rows hold ordinals of the parse, so the version of the parser is part of it."""
    return pl.struct("text", "media").map_batches(
        lambda s: pl.Series([digest(str(_PARSE), t["media"], t["text"]) for t in s.to_list()], dtype=pl.String), return_dtype=pl.String
    )


def _parse_row(parsed: Parsed, told: Guard | None) -> dict[str, Any]:
    cut = passages(parsed)
    return {
        "hash": digest(normal(parsed.text)),
        "meta": parsed.meta,
        "hidden": parsed.hidden,
        "fault": parsed.fault,
        "unseen": parsed.unseen,
        "first": next((b.plain for b in parsed.blocks if b.kind == "heading"), None),
        "top": next((b.plain for b in parsed.blocks if b.kind == "heading" and b.level == 1), None),
        "links": parsed.links,
        "passages": [
            {
                "anchor": p.anchor,
                "heading": p.heading,
                "start": p.start,
                "end": p.end,
                "text": p.text,
                "speaks": speaks_to_agents(p.text),
                "is_secret": told.finds_secret(p.text) if told else holds_secret(p.text),
                "sentences": [(s.start, s.end, s.text, s.kind) for s in sentences_of(p, parsed.text)],
            }
            for p in cut
        ],
    }


def documents_of(config: Config, known: pl.DataFrame, documents: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Put together what the file says of itself, what the sidecar says, and what the source lends."""
    said = {k: json.loads(p) for k, p in parts.iter_rows()}
    keyed = documents.with_columns(key=_parse_key())
    rows = [_told(said[key], path) for key, path in keyed.select("key", "path").iter_rows()]
    told = frame(
        {
            "content_hash": pl.String, "is_hidden": pl.Boolean, "told_title": pl.String, "told_on": pl.Date, "told_owner": pl.String,
            "told_expires": pl.Date, "told_review": pl.Date, "told_replaced": pl.String, "told_audience": TEXTS,
            "fault": TOLD, "unseen": TOLD,
        },
        rows,
    )  # fmt: skip
    both = pl.concat([keyed, told], how="horizontal").with_columns(audience=pl.coalesce("audience", "told_audience"))
    return with_origin(config, known, both).with_columns(
        document_id=pl.concat_str("source", "path", separator="/"),
        title=pl.coalesce("title", "told_title"),
        owner=pl.coalesce("owner", "told_owner", "lent_owner"),
        expires_on=pl.coalesce("expires_on", "told_expires"),
        review_on=pl.coalesce("review_on", "told_review"),
        replaced_by=pl.coalesce("replaced_by", "told_replaced"),
        own_on=pl.coalesce("modified_on", "told_on"),
        own_basis=pl.when(pl.col("modified_on").is_not_null()).then(pl.lit("sidecar")).otherwise(pl.lit("content")),
    )


def _told(said: dict[str, Any], path: str) -> dict[str, Any]:
    meta = said["meta"]
    title = (
        meta.get("title") or said["top"] or said["first"] or path.rsplit("/", 1)[-1].rsplit(".", 1)[0].replace("-", " ").replace("_", " ")
    )
    return {
        "content_hash": said["hash"],
        "is_hidden": said["hidden"],
        "told_title": str(title),
        "told_on": front.first_day(meta, front.DATED),
        "told_owner": str(meta["owner"]) if meta.get("owner") else None,
        "told_expires": front.first_day(meta, front.EXPIRES),
        "told_review": front.first_day(meta, front.REVIEW),
        "told_replaced": str(meta["replaced_by"]) if meta.get("replaced_by") else None,
        "told_audience": front.audience_of(meta),
        "fault": said["fault"],
        "unseen": said["unseen"],
    }


def remarks(documents: pl.DataFrame) -> pl.DataFrame:
    """Quarantine rows for front matter that could not be read and for characters that hid something; the documents are kept."""
    there = documents.filter(pl.col("removed_on").is_null())
    rows = [
        there.filter(pl.col(column).struct.field("detail").is_not_null())
        .select("source", "audience", pl.col("path").alias("location"), pl.lit(rule).alias("rule"), column)
        .unnest(column)
        for column, rule in (("fault", "bad_front_matter"), ("unseen", "hidden_characters"))
    ]
    return stack(rows, NORMALISED["quarantine"])
