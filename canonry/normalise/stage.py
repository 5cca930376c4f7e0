"""The stage `normalise`: what an edition may read, parsed and dated."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.errors import ConfigError
from canonry.frames import NORMALISED, TEXTS, Normalised, frame, shaped
from canonry.ids import digest
from canonry.normalise.dates import settled
from canonry.normalise.markup import Parsed, parse
from canonry.normalise.passages import passages, sentences_of, speaks_to_agents
from canonry.published import SOURCES
from canonry.state import Step
from canonry.text import normal

if TYPE_CHECKING:
    from canonry.config import Config
    from canonry.frames import Ingested
    from canonry.run import RunContext

EVERYONE = "everyone"  # the audience where none is declared and there is one edition
_PARSE = 6  # version of the parser; count up when what it returns changes
_DATE_KEYS = ("last_modified", "modified", "last_updated", "updated", "date", "last_reviewed_on", "published")
_META_DATES = {"expires_on": ("expires_on", "expires", "valid_until"), "review_on": ("review_on", "review_by", "next_review")}


def normalise(run: RunContext, ingested: Ingested) -> Normalised:
    """Parse and date what the edition in work may read.

    Args:
        run: Reads sources, default_audience, editions, protect.
        ingested: All sources.

    Returns:
        Frames as described in `Normalised`; what the edition may not read is not in any of them.

    Raises:
        ConfigError: There are several editions, and an item has no audience.
    """
    known = _sources(run.config, ingested.sources)
    parts = _parsed(run, ingested.documents)
    documents = _documents(run.config, known, ingested.documents, parts)
    records = _records(run.config, known, ingested.records)
    assertions = _assertions(run.config, known, ingested.claims)
    may = _allowed(run)
    documents, records, assertions = (_dated(_readable(f, may)) for f in (documents, records, assertions))
    records, assertions = _without_hidden(run.config, records, assertions, may)
    apart = [n for n, s in run.config.sources.items() if s.metadata and s.metadata.audience]  # whose audience it was, nobody can tell
    own = pl.col("audience").fill_null([EVERYONE])
    lent = known.select("source", audience=pl.when(pl.col("source").is_in(apart)).then(pl.lit([], dtype=TEXTS)).otherwise(own))
    quarantine = _readable(shaped(ingested.quarantine.join(lent, on="source", how="left"), NORMALISED["quarantine"]), may)
    sources = _published_sources(known, documents, records, assertions, may)
    passages_, sentences_ = _pieces(documents, parts)
    return Normalised(
        sources=sources,
        documents=shaped(documents, NORMALISED["documents"]),
        passages=passages_,
        sentences=sentences_,
        links=_links(documents, parts),
        records=shaped(records, NORMALISED["records"]),
        assertions=shaped(assertions, NORMALISED["assertions"]),
        quarantine=quarantine,
    )


def _allowed(run: RunContext) -> frozenset[str] | None:
    """The audiences of the edition in work; None means everything."""
    edition = run.config.editions.get(run.edition)
    return frozenset(edition.audiences) if edition else None


def _readable(items: pl.DataFrame, may: frozenset[str] | None) -> pl.DataFrame:
    if may is None:
        return items
    return items.filter(pl.col("audience").list.eval(pl.element().is_in(list(may))).list.any())


def _without_hidden(
    config: Config, records: pl.DataFrame, assertions: pl.DataFrame, may: frozenset[str] | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out the attributes whose own audience the edition does not serve."""
    declared = [(t, a, s.audience) for t, e in config.entities.items() for a, s in e.attributes.items() if s.audience]
    hidden = {(t, a) for t, a, audience in declared if may is not None and not may.intersection(audience)}
    if not hidden:
        return records, assertions
    kept = [
        (_less(values, gone), _less(headings, gone))
        for kind, values, headings in records.select("entity_type", "values", "headings").iter_rows()
        for gone in [{a for t, a in hidden if t == kind}]
    ]
    told = pl.DataFrame(kept, schema={"values": pl.String, "headings": pl.String}, orient="row")
    out = pl.DataFrame(sorted(hidden), schema={"entity_type": pl.String, "attribute": pl.String}, orient="row")
    return records.with_columns(told["values"], told["headings"]), assertions.join(out, on=["entity_type", "attribute"], how="anti")


def _less(told: str | None, gone: set[str]) -> str | None:
    """A JSON object without some of its keys."""
    return json.dumps({k: v for k, v in json.loads(told).items() if k not in gone}, ensure_ascii=False) if told else told


def _sources(config: Config, seen: pl.DataFrame) -> pl.DataFrame:
    """One row per configured source, with what the configuration says about it."""
    rows = [
        {
            "source": name, "authority": s.authority, "owner": s.owner, "audience": s.audience or config.default_audience,
            "entity_type": s.entity or name,
        }
        for name, s in config.sources.items()
    ]  # fmt: skip
    schema = {"source": pl.String, "authority": pl.Int64, "owner": pl.String, "audience": TEXTS, "entity_type": pl.String}
    return frame(schema, rows).join(seen, on="source", how="inner").with_columns(is_held=pl.col("status") == "held")


def _with_origin(config: Config, known: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Add what a source lends its items: authority, audience, owner, the date of its copy."""
    lent = known.select(
        "source", "authority", "is_held", "observed_on", "copy_hash", lent_audience="audience", lent_owner="owner", lent_type="entity_type"
    )
    own = pl.col("audience") if "audience" in items.columns else pl.lit(None, dtype=TEXTS)
    out = items.join(lent, on="source", how="inner").with_columns(audience=pl.coalesce(own, "lent_audience"))
    bare = out.filter(pl.col("audience").is_null())
    if bare.height and len(config.editions) > 1:
        source = bare["source"][0]
        msg = f"sources.{source}: {bare.height} items have no audience, but there are {len(config.editions)} editions"
        raise ConfigError(msg, f"Set `audience` on the source {source}, or `default_audience`.", key=f"sources.{source}.audience")
    return out.with_columns(pl.col("audience").fill_null([EVERYONE]))


def _parsed(run: RunContext, documents: pl.DataFrame) -> pl.DataFrame:
    """Passages and sentences per parse key; a pure function of text and kind of file, so all editions share it."""
    documents = documents.with_columns(key=_parse_key())
    raw = {key: (text, media) for key, text, media in documents.select("key", "text", "media").iter_rows()}

    def compute(missing: list[str]) -> pl.DataFrame:
        rows = [{"key": k, "parse": json.dumps(_parse_row(parse(*raw[k])), ensure_ascii=False, default=str)} for k in missing]
        return frame({"key": pl.String, "parse": pl.String}, rows)

    return run.memo.rows(Step("normalise-parse", _PARSE), list(raw), compute)


def _parse_key() -> pl.Expr:
    return pl.struct("text", "media").map_batches(
        lambda s: pl.Series([digest(t["media"], t["text"]) for t in s.to_list()], dtype=pl.String), return_dtype=pl.String
    )


def _parse_row(parsed: Parsed) -> dict[str, Any]:
    cut = passages(parsed)
    return {
        "hash": digest(normal(parsed.text)),
        "meta": parsed.meta,
        "hidden": parsed.hidden,
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
                "sentences": [(s.start, s.end, s.text, s.kind) for s in sentences_of(p, parsed.text)],
            }
            for p in cut
        ],
    }


def _documents(config: Config, known: pl.DataFrame, documents: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Put together what the file says of itself, what the sidecar says, and what the source lends."""
    out = _with_origin(config, known, documents.with_columns(key=_parse_key()))
    said = {k: json.loads(p) for k, p in parts.iter_rows()}
    rows = [_told(said[key], path) for key, path in out.select("key", "path").iter_rows()]
    told = frame(
        {
            "content_hash": pl.String, "is_hidden": pl.Boolean, "told_title": pl.String, "told_on": pl.Date, "told_owner": pl.String,
            "told_expires": pl.Date, "told_review": pl.Date, "told_replaced": pl.String,
        },
        rows,
    )  # fmt: skip
    return pl.concat([out, told], how="horizontal").with_columns(
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
        "told_on": _first_date(meta, _DATE_KEYS),
        "told_owner": str(meta["owner"]) if meta.get("owner") else None,
        "told_expires": _first_date(meta, _META_DATES["expires_on"]),
        "told_review": _first_date(meta, _META_DATES["review_on"]),
        "told_replaced": str(meta["replaced_by"]) if meta.get("replaced_by") else None,
    }


def _first_date(meta: dict[str, Any], keys: tuple[str, ...]) -> date | None:
    for key in keys:
        if found := as_date(str(meta.get(key) or "")):
            return found
    return None


def as_date(text: str) -> date | None:
    """Read an ISO date or instant; None when it is none."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _records(config: Config, known: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    out = _with_origin(config, known, records)
    return _own_date(out.with_columns(entity_type="lent_type"))


def _assertions(config: Config, known: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Asserting sources are sources of their own, named parent/asserter, with a rank of their own where one is declared."""
    ranks = [(f"{n}/{a}", r) for n, s in config.sources.items() for a, r in s.authorities.items()]
    ranked = pl.DataFrame(ranks, schema={"source": pl.String, "own_rank": pl.Int64}, orient="row")
    out = _with_origin(config, known, claims).with_columns(
        entity_type="lent_type",
        parent="source",
        source=pl.when(pl.col("asserter").is_null()).then("source").otherwise(pl.concat_str("source", "asserter", separator="/")),
    )
    return _own_date(out.join(ranked, on="source", how="left").with_columns(authority=pl.coalesce("own_rank", "authority")))


def _own_date(items: pl.DataFrame) -> pl.DataFrame:
    """The row's own date, from its `observed_at` text."""
    texts = items["observed_at"].unique().drop_nulls().to_list()
    dates = pl.DataFrame(
        {"observed_at": texts, "own_on": [as_date(t) for t in texts]}, schema={"observed_at": pl.String, "own_on": pl.Date}
    )
    return items.join(dates, on="observed_at", how="left").with_columns(own_basis=pl.lit("item"))


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


def _published_sources(
    known: pl.DataFrame, documents: pl.DataFrame, records: pl.DataFrame, assertions: pl.DataFrame, may: frozenset[str] | None
) -> pl.DataFrame:
    """The sources that an edition may know of, asserting ones included, counted by what it may read."""
    inside = assertions.filter(pl.col("source") != pl.col("parent")).select(source="parent")
    items = pl.concat([documents.select("source"), records.select("source"), assertions.select("source"), inside])
    counted = items.group_by("source").len("n")
    own = known.with_columns(pl.col("audience").fill_null([EVERYONE]), parent=pl.lit(None, dtype=pl.String))
    inner = (
        assertions.filter(pl.col("source") != pl.col("parent"))
        .group_by("source")
        .agg(pl.col("parent", "authority", "audience").first())
        .join(
            own.select(pl.col("source").alias("parent"), "kind", "owner", "status", "observed_on", "last_seen_on", "held_since", "message"),
            on="parent",
        )
        if assertions.height
        else pl.DataFrame()
    )
    out = pl.concat([own, inner], how="diagonal_relaxed").join(counted, on="source", how="left")
    if may is not None:
        out = out.filter(pl.col("audience").list.eval(pl.element().is_in(list(may))).list.any() | (pl.col("n") > 0))
        out = out.with_columns(message=pl.lit(None, dtype=pl.String))  # it may count what this edition may not read
    out = out.with_columns(
        items=pl.col("n").fill_null(0),
        quarantined=pl.lit(0, dtype=pl.Int64),
        observed_at=_instant("observed_on"),
        last_seen_at=_instant("last_seen_on"),
        held_since=_instant("held_since"),
    )
    return SOURCES.conform(out)


def _instant(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
