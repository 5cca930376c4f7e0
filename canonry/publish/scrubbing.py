"""The tables of a release without what people had erased, and without what was made of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry import published
from canonry.erasures import ERASED, plain
from canonry.publish.index import postings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canonry.erasures import Erasures

Tables = dict[str, pl.DataFrame]
_CITED = re.compile(r"\[([^\[\]]+)\]$")  # at the end of each line of an entity card: what the value rests on
_ITEMS = ("context", "excluded")
_VALUES = {"claims": ("value", "sentence"), "facts": ("value",), "conflict_claims": ("value",)}  # go with the verbatim
_PROSE = ("evidence", "reason", "remark", "detail", "message")


@dataclass(frozen=True)
class _Gone:
    """The ids of what goes.

    Attributes:
        documents, items, claims, conflicts, subjects: Ids.
        records: ``source/record_id``.
        entities: Those of which nothing is left.
        mentions: How prose speaks of what is gone: ids, paths, titles.
    """

    documents: frozenset[str]
    records: frozenset[str]
    items: frozenset[str]
    claims: frozenset[str]
    conflicts: frozenset[str]
    subjects: frozenset[str]
    entities: frozenset[str]
    mentions: frozenset[str]

    @property
    def ids(self) -> list[str]:
        """All of them."""
        return sorted(self.documents | self.records | self.items | self.claims | self.conflicts | self.subjects | self.entities)


def scrubbed(tables: Mapping[str, pl.DataFrame], erasures: Erasures) -> Tables:
    """Take out of the tables of one edition what was erased.

    Rows of an erased document or record go, with every claim, fact and conflict that rests on it; lines of entity cards that cite it; and
    prose that names it. Of erased words each character is replaced, wherever they stand, and vectors of what held them go.

    Args:
        tables: Table → rows, as published.
        erasures: The tombstones.

    Returns:
        The same tables in the declared shapes. Equal to `tables` where nothing of it was erased.
    """
    gone = _gone(tables, erasures)
    out = {name: _without(name, frame, gone) for name, frame in tables.items()}
    out = _mended(out, tables, gone)
    out = {name: _cleaned(name, frame, erasures) for name, frame in out.items()}
    for name in ("context", "excluded"):
        touched = out[name].join(tables[name], on=["item_id", "text", "title", "heading"], how="anti", nulls_equal=True)["item_id"]
        out[name] = _remeasured(out[name], pl.col("item_id").is_in(touched.to_list()))
    out = {name: _shaped(name, frame) for name, frame in out.items()}
    if not out["context"].equals(tables["context"]) and "_postings" in out:
        out["_postings"] = postings(out["context"])
    return out


def _shaped(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Ids that held erased words may have become one: the first row stays."""
    table = published.TABLES[name]
    return table.conform(frame.unique(list(table.key), keep="first", maintain_order=True) if table.key else frame)


def _gone(tables: Mapping[str, pl.DataFrame], erasures: Erasures) -> _Gone:
    pages = [r for r in tables["documents"].select("document_id", "source", "path", "title").iter_rows() if erasures.names(r[1], r[2])]
    documents = frozenset(d for d, *_ in pages)
    records = frozenset(f"{s}/{r}" for s, r in tables["records"].select("source", "record_id").iter_rows() if erasures.names(s, r))
    claims = _claims(tables["claims"], documents, records, erasures)
    subjects = frozenset(claims.filter(subject_kind="topic")["subject_id"])  # their canonical sentence may be that of an erased page
    claimed = frozenset(claims["claim_id"]) | frozenset(tables["claims"].filter(pl.col("subject_id").is_in(list(subjects)))["claim_id"])
    items = frozenset(i for n in _ITEMS for i in tables[n].filter(pl.col("document_id").is_in(list(documents)))["item_id"])
    conflicts = frozenset(tables["conflict_claims"].filter(pl.col("claim_id").is_in(list(claimed)))["conflict_id"])
    mentions = frozenset(m for d, _, p, t in pages for m in (d, p, t) if m and len(m) > 3) | records  # noqa: PLR2004
    return _Gone(documents, records, items, claimed, conflicts, subjects, _entities(tables, records, claimed, erasures), mentions)


def _claims(claims: pl.DataFrame, documents: frozenset[str], records: frozenset[str], erasures: Erasures) -> pl.DataFrame:
    sources = [e.source for e in erasures.every if e.kind == "source"]
    of_record = pl.concat_str("source", "record_id", separator="/").is_in(list(records)).fill_null(value=False)
    of_page = pl.col("document_id").is_in(list(documents)).fill_null(value=False)
    return claims.filter(of_record | of_page | pl.col("source").str.split("/").list.first().is_in(sources))


def _entities(tables: Mapping[str, pl.DataFrame], records: frozenset[str], claims: frozenset[str], erasures: Erasures) -> frozenset[str]:
    """Entities of which no record and no claim is left, and those whose id holds erased words."""
    members = tables["entity_members"].with_columns(gone=pl.concat_str("source", "record_id", separator="/").is_in(list(records)))
    left = set(members.filter(~pl.col("gone"))["entity_id"]) | set(
        tables["claims"].filter(~pl.col("claim_id").is_in(list(claims)) & pl.col("record_id").is_null())["subject_id"]
    )
    touched = set(members.filter("gone")["entity_id"]) | set(tables["claims"].filter(pl.col("claim_id").is_in(list(claims)))["subject_id"])
    known = tables["entities"]["entity_id"].to_list()
    return frozenset(e for e in known if (e in touched and e not in left) or erasures.cleaned(e) != e)


def _without(name: str, frame: pl.DataFrame, gone: _Gone) -> pl.DataFrame:
    """The rows that are about something else: no id in them is that of something gone."""
    where = {
        "documents": ["document_id"], "context": ["document_id", "entity_id"], "excluded": ["document_id", "entity_id"],
        "families": ["member_id", "canonical_id"], "entities": ["entity_id"], "entity_members": ["entity_id"], "claims": ["claim_id"],
        "facts": ["claim_id", "subject_id", "conflict_id"], "conflict_claims": ["conflict_id"], "staleness": ["document_id", "target_id"],
        "quality_components": ["item_id"], "lineage": ["item_id", "input_id"], "id_changes": ["old_id", "new_id"],
        "conflicts": ["conflict_id", "subject_id"], "observations": ["conflict_id", "subject_id"],
    }  # fmt: skip
    ids = gone.ids
    if name == "quality_components":
        ids = [*ids, *gone.entities]
    hit = pl.any_horizontal(pl.lit(value=False), *(pl.col(c).is_in(ids).fill_null(value=False) for c in where.get(name, ())))
    pairs = {"records": [("source", "record_id")], "entity_members": [("source", "record_id")], "staleness": [("source", "target_id")],
             "match_links": [("left_source", "left_record_id"), ("right_source", "right_record_id")]}  # fmt: skip
    for source, record in pairs.get(name, ()):
        hit |= pl.concat_str(source, record, separator="/").is_in(list(gone.records)).fill_null(value=False)
    if name == "quarantine":
        hit |= pl.concat_str("source", pl.col("location").str.split("#").list.first(), separator="/").is_in(list(gone.documents))
    return frame.filter(~hit)


def _mended(out: Tables, before: Mapping[str, pl.DataFrame], gone: _Gone) -> Tables:
    """Take what is gone out of the rows that stay."""
    if not gone.ids:
        return out
    out["facts"] = out["facts"].with_columns(_unless_gone("runner_up_claim_id", gone.claims))
    cards = [i for n in _ITEMS for i in before[n].filter(pl.col("entity_id").is_in(list(gone.entities)))["item_id"]]
    for name in ("quality_components", "lineage"):
        out[name] = out[name].filter(~pl.col("item_id").is_in(cards))
    named = _names(out, before, gone)
    out["entities"] = out["entities"].with_columns(name=_renamed("entity_id", "name", named))
    for name in _ITEMS:
        out[name] = _items(out[name], gone, named)
    if "rulings" in out:
        held = Held(gone.documents, gone.records, tuple(sorted(said(before, gone.documents))))
        anchors = [_anchors(t, held) for t in out["rulings"]["anchors"]]
        out["rulings"] = out["rulings"].with_columns(pl.Series("anchors", anchors, dtype=pl.String))
    return {name: _unmentioned(frame, gone) for name, frame in out.items()}


@dataclass(frozen=True)
class Held:
    """What anchors of rulings may hang on that is gone.

    Attributes:
        documents: Ids of documents.
        records: ``source/record_id``.
        texts: What the documents said, as words in normal form.
    """

    documents: frozenset[str]
    records: frozenset[str]
    texts: tuple[str, ...]

    def fits(self, anchor: Mapping[str, Any]) -> bool:
        """Whether an anchor hangs on something that is gone."""
        source, record, quote = anchor.get("source"), anchor.get("record"), anchor.get("quote")
        if f"{source}/{anchor.get('path')}" in self.documents:
            return True
        if isinstance(record, dict):
            return f"{record.get('source')}/{record.get('id')}" in self.records
        if not isinstance(quote, dict) or not any(d.startswith(f"{source}/") for d in self.documents):
            return False
        sentence = plain(str(quote.get("sentence")))
        return any(sentence in text for text in self.texts)


def said(tables: Mapping[str, pl.DataFrame], documents: Iterable[str]) -> set[str]:
    """Give what documents say in a release, as words in normal form: whole passages, and sentences of claims without their marks."""
    mine = pl.col("document_id").is_in(list(documents))
    parts = [tables[n].filter(mine)["text"] for n in _ITEMS] + [tables["claims"].filter(mine)["sentence"]]
    return {plain(t) for part in parts for t in part.drop_nulls()} - {""}


def unanchored(anchor: dict[str, Any], held: Held) -> dict[str, Any]:
    """Take the words out of an anchor that hangs on something erased; it keeps its shape, and fits nothing any more."""
    if not held.fits(anchor):
        return anchor
    out: dict[str, Any] = {}
    for key, value in anchor.items():
        if isinstance(value, dict):
            out[key] = {k: v if k == "source" else ERASED for k, v in value.items()}
        else:
            kept = ("source", "attribute") if anchor.get("record") else ("source",)  # the attribute of a topic is its sentence
            out[key] = ERASED if isinstance(value, str) and key not in kept else value
    return out


def _anchors(told: str, held: Held) -> str:
    before = json.loads(told)
    after = [unanchored(a, held) for a in before]
    return told if before == after else json.dumps(after, ensure_ascii=False, sort_keys=True)


def _unless_gone(column: str, ids: Iterable[str]) -> pl.Expr:
    return pl.when(pl.col(column).is_in(list(ids))).then(None).otherwise(column).alias(column)


def _names(out: Tables, before: Mapping[str, pl.DataFrame], gone: _Gone) -> dict[str, str]:
    """Entities that lose a record, and whose name no record that is left writes: they are called by their id."""
    members = before["entity_members"].with_columns(record=pl.concat_str("source", "record_id", separator="/"))
    touched = members.filter(pl.col("record").is_in(list(gone.records)))["entity_id"].unique()
    left = out["entity_members"].join(out["records"].select("source", "record_id", "values"), on=["source", "record_id"])
    texts = dict(left.group_by("entity_id").agg(pl.col("values").str.join("\n")).iter_rows())
    names = out["entities"].filter(pl.col("entity_id").is_in(touched.to_list())).select("entity_id", "name").iter_rows()
    return {e: e for e, name in names if name and name not in texts.get(e, "")}


def _renamed(entity: str, column: str, named: Mapping[str, str]) -> pl.Expr:
    return pl.coalesce(pl.col(entity).replace_strict(named, default=None, return_dtype=pl.String), column)


def _items(items: pl.DataFrame, gone: _Gone, named: Mapping[str, str]) -> pl.DataFrame:
    cites = gone.documents | gone.records
    rows = []
    for row in items.iter_rows(named=True):
        lost = [c for c in row["corrections"] or () if c["conflict_id"] not in gone.conflicts]
        open_ = [c for c in row["conflict_ids"] or () if c not in gone.conflicts]
        is_same = len(lost) == len(row["corrections"] or ()) and len(open_) == len(row["conflict_ids"] or ())
        status = row["status"]
        if not is_same and ((status == "corrected" and not lost) or (status == "contested" and not open_)):
            status = "current"
        text = _card(row, cites, named) if row["kind"] == "entity" else row["text"]
        title = named.get(row["entity_id"] or "", row["title"])
        rows.append({**row, "corrections": lost or None, "conflict_ids": open_, "status": status, "text": text, "title": title})
    out = pl.DataFrame(rows, schema=items.schema)
    if "superseded_by" in out.columns:
        page = pl.col("superseded_by").str.split("#").list.first().is_in(list(cites)).fill_null(value=False)
        out = out.with_columns(superseded_by=pl.when(page).then(None).otherwise("superseded_by"))
    return out


def _card(row: Mapping[str, str], cites: frozenset[str], named: Mapping[str, str]) -> str:
    """The lines of a card that rest on something else."""
    first, *lines = row["text"].split("\n")
    if row["entity_id"] in named and row["title"]:
        first = first.replace(row["title"], named[row["entity_id"]])
    kept = [line for line in lines if not ((cited := _CITED.search(line)) and cited[1] in cites)]
    return "\n".join([first, *kept])


def _unmentioned(frame: pl.DataFrame, gone: _Gone) -> pl.DataFrame:
    """Take out prose that names what is gone."""
    columns = [c for c in _PROSE if frame.schema.get(c) == pl.String]
    if not columns or not gone.mentions:
        return frame
    return frame.with_columns(
        pl.when(pl.col(c).str.contains_any(sorted(gone.mentions)).fill_null(value=False)).then(pl.lit(ERASED)).otherwise(c).alias(c)
        for c in columns
        if not (c == "reason" and "superseded_by" in frame.columns)  # of an item: one of a closed list
    )


def _cleaned(name: str, frame: pl.DataFrame, erasures: Erasures) -> pl.DataFrame:
    """Take erased words out of every text of a table."""
    if name == "_postings" or not frame.height or not erasures.of_words:
        return frame
    kinds = {c.name: c.type for c in published.TABLES[name].columns if not c.one_of}
    changed = []
    for column in (c for c in frame.columns if kinds.get(c) in ("text", "json", "texts", "corrections")):
        values = frame[column].to_list()
        clean = [_value(v, kinds[column], erasures) for v in values]
        if clean != values:
            changed.append(pl.Series(column, clean, dtype=frame.schema[column]))
    if not changed:
        return frame
    out = frame.with_columns(changed)
    if name in _VALUES:
        touched = out["verbatim"].ne_missing(frame["verbatim"])
        out = out.with_columns(pl.when(touched).then(pl.lit(ERASED)).otherwise(c).alias(c) for c in _VALUES[name] if c == "value")
    return out


def _value(value: object, kind: str, erasures: Erasures) -> object:
    if isinstance(value, str) and kind == "json":
        told = json.loads(value)
        clean = erasures.cleaned_json(told)
        return value if clean == told else json.dumps(clean, ensure_ascii=False)
    return erasures.cleaned_json(value)


def _remeasured(items: pl.DataFrame, touched: pl.Expr) -> pl.DataFrame:
    """Of items whose words changed: their size anew, and no vector."""
    vectors = [pl.when(touched).then(None).otherwise(c).alias(c) for c in ("embedding", "embedding_scale") if c in items.columns]
    tokens = pl.when(touched).then(pl.col("text").str.len_bytes().cast(pl.Int64)).otherwise("tokens").alias("tokens")
    return items.with_columns(tokens, *vectors)
