"""The stage `normalise`: what an edition may read, parsed and dated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.frames import NORMALISED, TEXTS, Normalised, frame, shaped, stack
from canonry.ids import digest
from canonry.normalise.dates import settled
from canonry.normalise.documents import documents_of, parsed_once, remarks
from canonry.normalise.guarded import without_set_aside
from canonry.normalise.records import assertions_of, bad_dates, own_date, records_of, unseen, without_attributes
from canonry.normalise.sources import EVERYONE, known_sources, published_sources, readable
from canonry.normalise.withheld import without_withheld
from canonry.text import normal

if TYPE_CHECKING:
    from canonry.config import Config
    from canonry.context import RunContext
    from canonry.frames import Ingested


def normalise(run: RunContext, ingested: Ingested) -> Normalised:
    """Parse and date what the edition in work may read.

    Args:
        run: Reads sources, default_audience, editions, entities, protect.
        ingested: All sources.

    Returns:
        Frames as described in `Normalised`; what the edition may not read is not in any of them.

    Raises:
        ConfigError: There are several editions, and an item has no audience.
    """
    known = known_sources(run.config, ingested.sources)
    parts = parsed_once(run, ingested.documents)
    every = documents_of(run.config, known, ingested.documents, parts)
    may = _allowed(run)
    documents = _dated(readable(every, may))
    records = readable(records_of(run.config, known, ingested.records), may)
    assertions = readable(assertions_of(run.config, known, ingested.claims), may)
    records, assertions = (_dated(own_date(f)) for f in without_attributes(run.config, records, assertions, may))
    aside = _aside(run.config, known, every, ingested.quarantine)
    passages_, sentences_ = _pieces(documents, parts)
    kept = Normalised(
        sources=published_sources(known, documents, records, assertions, may),
        documents=shaped(documents, NORMALISED["documents"]),
        passages=passages_,
        sentences=sentences_,
        links=_links(documents, parts),
        records=shaped(records, NORMALISED["records"]),
        assertions=shaped(assertions, NORMALISED["assertions"]),
        quarantine=stack([readable(aside, may), remarks(documents), *_wrong(records), *_wrong(assertions)], aside.schema),
    )
    return without_set_aside(run, without_withheld(run, kept))


def _wrong(items: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    return bad_dates(items), unseen(items)


def _allowed(run: RunContext) -> frozenset[str] | None:
    """The audiences of the edition in work; None means everything."""
    edition = run.config.editions.get(run.edition)
    return frozenset(edition.audiences) if edition else None


def _aside(config: Config, known: pl.DataFrame, documents: pl.DataFrame, quarantine: pl.DataFrame) -> pl.DataFrame:
    """What was set aside before, with the audience of the document that it is about, or else of its source."""
    apart = [n for n, s in config.sources.items() if s.metadata and s.metadata.audience]  # whose audience it was, nobody can tell
    own = pl.col("audience").fill_null([EVERYONE])
    lent = known.select("source", lent=pl.when(pl.col("source").is_in(apart)).then(pl.lit([], dtype=TEXTS)).otherwise(own))
    about = documents.select("source", pl.col("path").alias("location"), "audience")
    rows = quarantine.join(lent, on="source", how="left").join(about, on=["source", "location"], how="left", maintain_order="left")
    return shaped(rows.with_columns(audience=pl.coalesce("audience", "lent")), NORMALISED["quarantine"])


def _dated(items: pl.DataFrame) -> pl.DataFrame:
    return settled(items, "own_on", "own_basis")


def _pieces(documents: pl.DataFrame, parts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    said = {k: json.loads(p) for k, p in parts.iter_rows()}
    pieces: list[dict[str, Any]] = []
    lines: list[tuple[Any, ...]] = []
    for doc, source, path, title, key in documents.select("document_id", "source", "path", "title", "key").iter_rows():
        ordinal = 0
        for n, p in enumerate(said[key]["passages"]):
            item = digest("passage", doc, p["anchor"])
            cite = f"{doc}#{p['anchor']}" if p["anchor"] else doc
            pieces.append(
                {**p, "item_id": item, "cite": cite, "document_id": doc, "source": source, "path": path, "title": title, "ordinal": n}
            )
            for start, end, text, kind in p["sentences"]:
                lines.append((doc, item, ordinal, start, end, text, normal(text), kind))
                ordinal += 1
    return frame(NORMALISED["passages"], pieces), pl.DataFrame(lines, schema=NORMALISED["sentences"], orient="row")


def _links(documents: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    said = {k: json.loads(p)["links"] for k, p in parts.iter_rows()}
    rows = [(doc, target) for doc, key in documents.select("document_id", "key").iter_rows() for target in said[key]]
    return pl.DataFrame(rows, schema=NORMALISED["links"], orient="row")
