"""Claims from sentences about entities of the records: a name, a phrase of the attribute and a value of its type in one sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.claims import bounds, modality, pairing, tables
from canonry.claims.names import mentions, names
from canonry.claims.phrases import folded, where
from canonry.ids import digest
from canonry.text import located, normal, visible
from canonry.values import find, is_null

if TYPE_CHECKING:
    from canonry.claims.pairing import Found
    from canonry.frames import Matched, Normalised

_LEVELS = {"text": 1.0, "heading": 0.9, "doc_title": 0.85}
_LINKS = {"heading": "heading", "doc_title": "title"}
_PAIRED = 0.9  # how sure a name is that only the order of a list ties to its value
_SHORTEST_VALUE = 3
_CLOSED_LIST = 2000  # distinct values up to which an attribute without a pattern can be read by looking its values up
_LISTED = frozenset(("text", "name", "person", "organization", "place", "address", "code", "identifier"))
_MADE_OF_NUMBERS = ("phone", "date", "money", "percent", "duration", "quantity", "time")
_LONGEST_LINE = 2000  # characters; what is longer is no sentence of a page
COUNTS = ("sentences", "with_phrase", "with_entity", "claims", "too_long", "rows", "rows_read")


@dataclass(frozen=True)
class Known:
    """What is known of the attributes of all entities.

    Attributes:
        kinds: (entity_type, attribute) → value type.
        vocabulary: The same → normal form → verbatim, for types that no pattern can find.
        values: (entity_id, attribute) → canonical values in records.
        says: (entity_type, attribute) → phrases.
    """

    kinds: dict[tuple[str, str], str]
    vocabulary: dict[tuple[str, str], dict[str, str]]
    values: dict[tuple[str, str], set[str]]
    says: dict[tuple[str, str], list[str]]

    def spans(self, text: str, of: tuple[str, str]) -> list[tuple[int, int]]:
        """Where values of an attribute stand in a text."""
        kind = self.kinds.get(of, "text")
        spans = find(text, kind)
        if kind == "number":  # a part of a phone number, a price or a date is no number
            wider = [w for k in _MADE_OF_NUMBERS for w in find(text, k)]
            spans = [s for s in spans if not any(w[0] <= s[0] and s[1] <= w[1] for w in wider)]
        listed = self.vocabulary.get(of, {})
        if spans or not listed:
            return spans
        low = text.casefold()
        found = [m.span() for form in listed if form in low for m in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", low)]
        return sorted(s for s in found if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in found))


def linked(
    normalised: Normalised, matched: Matched, cells: pl.DataFrame, says: dict[tuple[str, str], list[str]]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Find what sentences, table rows and definition lists say of entities.

    Args:
        normalised: Sentences, passages and documents.
        matched: Entities.
        cells: Claims from records: which attributes an entity has, of which type, and which values occur.
        says: (entity_type, attribute) → phrases.

    Returns:
        Claims in the published columns with the helper columns of cell claims; and counts: sentences, of these with a phrase of an
        attribute, of these with an entity, claims made; sentences too long to be read; rows of tables, and cells read from them.
    """
    counts = dict.fromkeys(COUNTS, 0)
    counts["sentences"] = normalised.sentences.height
    if not cells.height or not normalised.sentences.height or not says:
        return pl.DataFrame(), counts
    present = normalised.documents.filter(pl.col("removed_on").is_null()).select("document_id", doc_title="title")
    lines = (
        normalised.sentences.filter(pl.col("kind") != "heading")
        .join(present, on="document_id")
        .join(normalised.passages.select("item_id", "heading", item_text="text"), on="item_id")
        .sort("document_id", "ordinal")
        .with_row_index("line")
    )
    counts["too_long"] = lines.filter(pl.col("text").str.len_chars() > _LONGEST_LINE).height
    lines = lines.filter(pl.col("text").str.len_chars() <= _LONGEST_LINE)
    forms, known = names(matched, cells), _known(cells, says)
    rows, counts["rows"] = tables.claims(lines.filter(pl.col("kind") == "row"), forms, known)
    counts["rows_read"] = len(rows)
    told = _with_phrase(tables.defined(lines.filter(pl.col("kind") != "row"), says), says)
    counts["with_phrase"] = told["line"].n_unique() if told.height else 0
    if told.height:
        rows += _from_sentences(told, forms, known, _everyday(lines), counts)
    counts["claims"] = len(rows)
    return _dated([_shown(r) for r in rows], normalised), counts


def _known(cells: pl.DataFrame, says: dict[tuple[str, str], list[str]]) -> Known:
    values: dict[tuple[str, str], set[str]] = {}
    for entity, attribute, value in cells.select("subject_id", "attribute", "value").drop_nulls().unique().iter_rows():
        values.setdefault((entity, attribute), set()).add(value)
    kinds = {(t, a): k for t, a, k in cells.select("entity_type", "attribute", "value_type").unique().sort("value_type").iter_rows()}
    return Known(kinds, _vocabulary(cells), values, says)


def _vocabulary(cells: pl.DataFrame) -> dict[tuple[str, str], dict[str, str]]:
    out: dict[tuple[str, str], dict[str, str]] = {}
    listed = cells.filter(pl.col("value_type").is_in(list(_LISTED)) & (pl.col("verbatim").str.len_chars() < _LONGEST_LINE))
    for t, a, v in listed.select("entity_type", "attribute", "verbatim").unique().sort("verbatim").iter_rows():
        if len(normal(v)) >= _SHORTEST_VALUE:
            out.setdefault((t, a), {})[normal(v)] = v
    return {k: v for k, v in out.items() if len(v) <= _CLOSED_LIST}


def _with_phrase(lines: pl.DataFrame, says: dict[tuple[str, str], list[str]]) -> pl.DataFrame:
    """Sentences × attributes whose phrase stands in them as whole words, in any number and tense."""
    table = pl.DataFrame(
        [(f" {folded(p)} ", t, a) for (t, a), ps in sorted(says.items()) for p in ps if folded(p)],
        schema={"phrase": pl.String, "of_type": pl.String, "attribute": pl.String}, orient="row",
    ).unique(maintain_order=True)  # fmt: skip
    spoken = lines.with_columns(
        spaced=pl.col("text").map_batches(
            lambda s: pl.Series([f" {folded(v)} " for v in s.to_list()], dtype=pl.String), return_dtype=pl.String
        )
    )
    phrases = table["phrase"].unique().sort().to_list()
    hits = (
        spoken.select("line", phrase=pl.col("spaced").str.extract_many(phrases, overlapping=True)).explode("phrase").drop_nulls().unique()
    )
    found = hits.join(table, on="phrase").sort("line", "of_type", "attribute", pl.col("phrase").str.len_chars() * -1, "phrase")
    return spoken.drop("spaced").join(found.unique(["line", "of_type", "attribute"], keep="first", maintain_order=True), on="line")


def _everyday(lines: pl.DataFrame) -> frozenset[str]:
    """Words that the documents write in lower case somewhere."""
    return frozenset(w for text in lines["text"].to_list() for w in re.findall(r"\b[a-z]{3,}\b", text))


def _from_sentences(
    told: pl.DataFrame, forms: pl.DataFrame, known: Known, everyday: frozenset[str], counts: dict[str, int]
) -> list[dict[str, Any]]:
    lines = told.unique("line", keep="first", maintain_order=True)
    named: dict[tuple[int, str], dict[str, list[dict[str, Any]]]] = {}
    for level in _LEVELS:
        places = lines.select("line", text=pl.col(level).fill_null("").map_batches(_visible, return_dtype=pl.String))
        for m in mentions(places, forms).iter_rows(named=True):
            if level == "text" and m["start"] == 0 and m["form"] in everyday and m["link"] != "key":
                continue  # Signal or signal: at the beginning of a sentence nobody can tell
            named.setdefault((m["line"], m["entity_type"]), {}).setdefault(level, []).append(m)
    out: list[dict[str, Any]] = []
    seen = set()
    for line in told.sort("line", "of_type", "attribute").partition_by("line", maintain_order=True):
        asked = line.to_dicts()
        for row in asked:
            levels = named.get((row["line"], row["of_type"]))
            if levels:
                seen.add(row["line"])
                out += _told(row, asked, levels, known)
    counts["with_entity"] = len(seen)
    return out


def _visible(column: pl.Series) -> pl.Series:
    return pl.Series([visible(v) for v in column.to_list()], dtype=pl.String)


def _told(row: dict[str, Any], asked: list[dict[str, Any]], levels: dict[str, list[dict[str, Any]]], known: Known) -> list[dict[str, Any]]:
    """The claims that one sentence makes about one attribute: of the entities at the nearest level."""
    level = next(n for n in _LEVELS if n in levels)
    near, text = levels[level], visible(row["text"])
    of = row["of_type"], row["attribute"]
    kind = known.kinds.get(of, "text")
    spans = [s for s in known.spans(text, of) if level != "text" or not any(m["start"] < s[1] and s[0] < m["end"] for m in near)]
    values = [v for v in bounds.bounded(text, spans, kind) if not is_null(text[v[0] : v[1]]) and v[2].value]
    phrase = where(text, row["phrase"])
    if not values or not phrase:
        return []
    if len({m["entity_id"] for m in near}) > 1:
        pairs = pairing.coordinated(text, near, values) if level == "text" else []
        return [_claim(row, {**m, "confidence": _PAIRED * m["confidence"]}, v, known) for m, v in pairs]
    value = pairing.nearest(text, phrase, _rivals(text, phrase, [o for o in asked if _is_rival(o, row, known)]), values)
    mention = near[0]
    own = known.says[of]
    places = [(m["start"], m["end"]) for m in near] if level == "text" else [(0, 0)]
    is_about = any(pairing.about(text, place, phrase, own) for place in places)
    if not value or not is_about:
        return []
    sure = _LEVELS[level] * mention["confidence"]
    return [_claim(row, {**mention, "confidence": sure, "link": _LINKS.get(level, mention["link"])}, value, known)]


def _is_rival(other: dict[str, Any], row: dict[str, Any], known: Known) -> bool:
    """Whether an attribute that a sentence speaks of too could claim the same value."""
    kinds = [known.kinds.get((r["of_type"], r["attribute"])) for r in (other, row)]
    return bool(other["attribute"] != row["attribute"] and other["of_type"] == row["of_type"] and kinds[0] == kinds[1])


def _rivals(text: str, phrase: tuple[int, int], others: list[dict[str, Any]]) -> list[tuple[int, int]]:
    places = [where(text, o["phrase"]) for o in others]
    return [p for p in places if p and not (p[0] < phrase[1] and phrase[0] < p[1])]


def _claim(row: dict[str, Any], mention: dict[str, Any], value: Found, known: Known) -> dict[str, Any]:
    text = visible(row["text"])
    start, end, made = value
    held = (
        "example"
        if modality.quoted(text, start, end)
        else modality.modality(modality.clause(text, start, end) + ("?" if text.rstrip("\"'”’)").endswith("?") else ""))
    )
    recorded = known.values.get((mention["entity_id"], row["attribute"]), set())
    is_met = made.precision != "exact" and bool(recorded) and all(bounds.admits(made.value, v) for v in recorded)
    return {
        "line": row, "start": start, "end": end, "entity_id": mention["entity_id"], "entity_type": row["of_type"],
        "attribute": row["attribute"],
        "made": made, "kind": known.kinds.get((row["of_type"], row["attribute"]), "text"), "verbatim": text[start:end], "modality": held,
        # a bound that holds for what the records say is a statement of its own beside it, and no contradiction
        "scope": " ".join(text[max(0, start - 14) : end].split()[-4:]).casefold() if is_met else modality.condition(text),
        "link": mention["link"], "confidence": mention["confidence"],
    }  # fmt: skip


def _shown(made: dict[str, Any]) -> dict[str, Any]:
    row, start, end, value = made["line"], made["start"], made["end"], made["made"]
    at, until = made.get("at") or (row["start"] + x for x in located(row["item_text"][row["start"] : row["end"]], row["text"], start, end))
    return {
        "claim_id": digest("claim", row["document_id"], row["norm"], made["entity_id"], made["attribute"], str(start)),
        "subject_kind": "entity", "subject_id": made["entity_id"], "attribute": made["attribute"], "entity_type": made["entity_type"],
        "scope": made["scope"],
        "value": value.value, "verbatim": made["verbatim"], "value_type": made["kind"], "unit": value.unit, "precision": value.precision,
        "item_id": row["item_id"], "document_id": row["document_id"], "span_start": at, "span_end": until,
        "sentence": row["text"], "modality": made["modality"], "link": made["link"], "link_confidence": round(made["confidence"], 4),
    }  # fmt: skip


def _dated(rows: list[dict[str, Any]], normalised: Normalised) -> pl.DataFrame:
    if not rows:
        return pl.DataFrame()
    lent = normalised.documents.select("document_id", "source", "dated_on", "date_kind", "date_basis", "audience", "is_held", "authority")
    schema = {"scope": pl.String, "unit": pl.String}
    return (
        pl.DataFrame(rows, infer_schema_length=None, schema_overrides=schema)
        .unique("claim_id", keep="first", maintain_order=True)
        .join(lent, on="document_id")
    )
