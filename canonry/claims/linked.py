"""Claims from sentences about entities of the records: a name, a phrase of the attribute and a value of its type in one sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.claims.modality import modality
from canonry.ids import digest
from canonry.text import located, normal, visible
from canonry.values import canonical, find, is_null

if TYPE_CHECKING:
    from canonry.frames import Matched, Normalised

_LONGEST = 6  # words of a name
_SHORTEST_NAME = 3  # characters; shorter ones stand for too many things
_WORD = r"[^\W_]+(?:[-'.&/][^\W_]+)*"
_LINKS = {"sentence": 1.0, "heading": 0.9, "title": 0.8}


def linked(
    normalised: Normalised, matched: Matched, cells: pl.DataFrame, says: dict[tuple[str, str], list[str]]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Find what sentences say of entities.

    Args:
        normalised: Sentences, passages and documents.
        matched: Entities.
        cells: Claims from records: which attributes an entity has, of which type, and which values occur.
        says: (entity_type, attribute) → phrases.

    Returns:
        Claims in the published columns with the helper columns of cell claims; and counts: sentences with an entity, of these with a
        phrase, claims made.
    """
    counts = dict.fromkeys(("sentences", "with_entity", "with_phrase", "claims"), 0)
    counts["sentences"] = normalised.sentences.height
    if not cells.height or not normalised.sentences.height:
        return pl.DataFrame(), counts
    present = normalised.documents.filter(pl.col("removed_on").is_null()).select("document_id", doc_title="title")
    lines = (
        normalised.sentences.filter(pl.col("kind") != "heading")
        .join(present, on="document_id")
        .join(normalised.passages.select("item_id", "heading", item_text="text"), on="item_id")
    )
    names = _names(matched, cells)
    phrased = _with_phrase(lines.with_row_index("line"), says)
    counts["with_phrase"] = phrased["line"].n_unique() if phrased.height else 0
    if not phrased.height:
        return pl.DataFrame(), counts
    subjects = _subjects(phrased.unique("line", maintain_order=True), names)
    counts["with_entity"] = subjects.height
    kinds = {(t, a): k for t, a, k in cells.select("entity_type", "attribute", "value_type").unique().iter_rows()}
    vocabulary = _vocabulary(cells)
    rows = []
    for row in phrased.join(subjects, on="line").sort("line", "attribute").iter_rows(named=True):
        if row["entity_type"] != row["of_type"]:
            continue
        made = _claim(row, kinds.get((row["entity_type"], row["attribute"]), "text"), vocabulary)
        if made:
            rows.append(made)
    counts["claims"] = len(rows)
    return _dated(rows, normalised), counts


def _names(matched: Matched, cells: pl.DataFrame) -> pl.DataFrame:
    """Normal forms under which an entity may stand in a sentence: key, name; a form that two entities share names none of them."""
    entities = matched.entities.select("entity_id", "entity_type", "name")
    keys = entities.select(
        "entity_id", "entity_type", form=pl.col("entity_id").str.splitn("/", 2).struct.field("field_1"), link=pl.lit("key")
    )
    named = entities.select(
        "entity_id", "entity_type", form=pl.col("name").map_batches(_normals, return_dtype=pl.String), link=pl.lit("name")
    )
    typed = cells.filter(pl.col("value_type").is_in(["name", "organization"]) & pl.col("attribute").str.contains("name|alias|title"))
    alias = typed.select(
        entity_id="subject_id",
        entity_type="entity_type",
        form=pl.col("verbatim").map_batches(_normals, return_dtype=pl.String),
        link=pl.lit("alias"),
    )
    forms = pl.concat([keys, named, alias]).with_columns(form=pl.col("form").map_batches(_tokens, return_dtype=pl.String))
    forms = forms.filter((pl.col("form").str.len_chars() >= _SHORTEST_NAME) & ~pl.col("form").str.contains(r"^[\d\s.-]+$"))
    return forms.unique(["form", "entity_id"], keep="first", maintain_order=True).filter(pl.col("entity_id").n_unique().over("form") == 1)


def _normals(column: pl.Series) -> pl.Series:
    return pl.Series([normal(v or "") for v in column.to_list()], dtype=pl.String)


def _tokens(column: pl.Series) -> pl.Series:
    """Words joined by one blank: the form in which names and sentences are compared."""
    return pl.Series([" ".join(re.findall(_WORD, normal(v or ""))) for v in column.to_list()], dtype=pl.String)


def _with_phrase(lines: pl.DataFrame, says: dict[tuple[str, str], list[str]]) -> pl.DataFrame:
    """Sentences × attributes whose phrase stands in them as whole words."""
    phrases = sorted({f" {' '.join(re.findall(_WORD, normal(p)))} " for ps in says.values() for p in ps})
    spoken = lines.with_columns(spaced=pl.concat_str(pl.lit(" "), pl.col("text").map_batches(_tokens, return_dtype=pl.String), pl.lit(" ")))
    hits = (
        spoken.select("line", phrase=pl.col("spaced").str.extract_many(phrases, overlapping=True)).explode("phrase").drop_nulls().unique()
    )
    table = pl.DataFrame(
        [(f" {' '.join(re.findall(_WORD, normal(p)))} ", t, a) for (t, a), ps in sorted(says.items()) for p in ps],
        schema={"phrase": pl.String, "entity_type": pl.String, "attribute": pl.String}, orient="row",
    )  # fmt: skip
    found = hits.join(table, on="phrase").sort("line", "entity_type", "attribute", pl.col("phrase").str.len_chars() * -1, "phrase")
    return spoken.join(found.unique(["line", "entity_type", "attribute"], keep="first", maintain_order=True), on="line")


def _subjects(lines: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """The one entity a sentence is about: in the sentence, else in its heading path, else in the title; two at one level are none."""
    found: list[pl.DataFrame] = []
    for level, column in (("sentence", "text"), ("heading", "heading"), ("title", "doc_title")):
        grams = _grams(lines.select("line", text=pl.col(column).fill_null("").map_batches(_tokens, return_dtype=pl.String)))
        hits = grams.join(names, on="form").with_columns(level=pl.lit(level), order=pl.lit(len(found)))
        longest = hits.filter(~_inside_another(hits))
        found.append(longest)
    all_levels = pl.concat(found)
    # a sentence may name one entity of each type; the nearest level wins
    nearest = all_levels.filter(pl.col("order") == pl.col("order").min().over("line", "entity_type"))
    single = nearest.filter(pl.col("entity_id").n_unique().over("line", "entity_type") == 1)
    return (
        single.sort("line", "entity_type", "link")
        .unique(["line", "entity_type"], keep="first", maintain_order=True)
        .select("line", "entity_id", "link", "level", "form", of_type="entity_type")
    )


def _inside_another(hits: pl.DataFrame) -> pl.Series:
    """A name that stands only within a longer name found at the same place is not meant."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for line, at, size in hits.select("line", "at", "size").iter_rows():
        spans.setdefault(line, []).append((at, at + size))
    inside = [
        any(a <= at and at + size <= b and b - a > size for a, b in spans[line])
        for line, at, size in hits.select("line", "at", "size").iter_rows()
    ]
    return pl.Series(inside, dtype=pl.Boolean)


def _grams(lines: pl.DataFrame) -> pl.DataFrame:
    """Runs of one to `_LONGEST` words: line, form, at, size."""
    tokens = (
        lines.with_columns(word=pl.col("text").str.split(" "))
        .explode("word", empty_as_null=True, keep_nulls=True)
        .drop("text")
        .drop_nulls()
    )
    tokens = tokens.with_columns(at=pl.int_range(pl.len()).over("line"))
    parts = []
    for size in range(1, _LONGEST + 1):
        form = pl.concat_str([pl.col("word").shift(-k).over("line") for k in range(size)], separator=" ")
        parts.append(tokens.select("line", "at", form=form, size=pl.lit(size)).drop_nulls())
    return pl.concat(parts)


_CLOSED_LIST = 2000  # distinct values up to which an attribute without a pattern can be read by looking its values up
_LISTED = frozenset(("text", "name", "person", "organization", "place", "address", "code", "identifier"))


def _vocabulary(cells: pl.DataFrame) -> dict[tuple[str, str], dict[str, str]]:
    """(entity_type, attribute) → normal form → verbatim, for types that no pattern can find."""
    out: dict[tuple[str, str], dict[str, str]] = {}
    listed = cells.filter(pl.col("value_type").is_in(list(_LISTED)))
    for t, a, v in listed.select("entity_type", "attribute", "verbatim").unique().sort("verbatim").iter_rows():
        if len(normal(v)) >= _SHORTEST_NAME:
            out.setdefault((t, a), {})[normal(v)] = v
    return {k: v for k, v in out.items() if len(v) <= _CLOSED_LIST}


def _claim(row: dict[str, Any], kind: str, vocabulary: dict[tuple[str, str], dict[str, str]]) -> dict[str, Any] | None:
    """The value nearest after the phrase, else nearest before it; None when the sentence has no value of the type."""
    text = visible(row["text"])
    spans = _spans(text, kind, vocabulary.get((row["entity_type"], row["attribute"]), {}))
    name = _where(text, row["form"])
    spans = [s for s in spans if not (name and name[0] < s[1] and s[0] < name[1])]
    if not spans:
        return None
    phrase = _where(text, row["phrase"].strip()) or (0, 0)
    after = [s for s in spans if s[0] >= phrase[1]]
    start, end = min(after) if after else max(spans)
    verbatim = text[start:end]
    made = canonical(verbatim, kind)
    if is_null(verbatim) or not made.value:
        return None
    confidence = _LINKS[row["level"]] * (1.0 if len(spans) == 1 else 0.95)
    at, until = (row["start"] + x for x in located(row["item_text"][row["start"] : row["end"]], row["text"], start, end))
    return {
        "claim_id": digest("claim", row["document_id"], row["norm"], row["entity_id"], row["attribute"], str(start)),
        "subject_kind": "entity", "subject_id": row["entity_id"], "attribute": row["attribute"], "entity_type": row["entity_type"],
        "value": made.value, "verbatim": verbatim, "value_type": kind, "unit": made.unit, "precision": made.precision,
        "item_id": row["item_id"], "document_id": row["document_id"], "span_start": at, "span_end": until,
        "sentence": row["text"], "modality": modality(row["text"]), "link": row["link"] if row["level"] == "sentence" else row["level"],
        "link_confidence": round(confidence, 4),
    }  # fmt: skip


def _spans(text: str, kind: str, listed: dict[str, str]) -> list[tuple[int, int]]:
    spans = find(text, kind)
    if spans or not listed:
        return spans
    low = text.casefold()
    found = [m.span() for form in listed for m in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", low)]
    return [s for s in found if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in found)]


def _where(text: str, form: str) -> tuple[int, int] | None:
    pattern = r"[^\w]+".join(re.escape(w) for w in form.split())
    found = re.search(rf"(?<!\w){pattern}(?!\w)", normal(text)) if form else None
    exact = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) if form else None
    return exact.span() if exact else found.span() if found else None


def _dated(rows: list[dict[str, Any]], normalised: Normalised) -> pl.DataFrame:
    if not rows:
        return pl.DataFrame()
    lent = normalised.documents.select("document_id", "source", "dated_on", "date_kind", "date_basis", "audience", "is_held", "authority")
    return pl.DataFrame(rows, infer_schema_length=None).unique("claim_id", keep="first", maintain_order=True).join(lent, on="document_id")
