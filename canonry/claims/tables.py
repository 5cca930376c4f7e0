"""Rows of tables and definition lists: a name, a heading that calls an attribute, and a cell with its value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.claims.names import token_form
from canonry.claims.phrases import folded
from canonry.text import normal
from canonry.values import canonical, is_null

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canonry.claims.linked import Known

    Cell = tuple[str, int, int]  # its text without marks, and where that stands in the passage

_RULE = re.compile(r"\s*\|?\s*:?-{2,}[-|:\s]*$")
_CELL = re.compile(r"(?:\\.|[^|\\])+")
_MARKS = "*_` \t"
_LONGEST_TERM = 6  # words of a term in a definition list
_LONGEST_CELL = 200  # characters; more is no value but a text
_SURE = 0.95  # of a claim from a table: which cell is the name is read from the page


def claims(rows: pl.DataFrame, forms: pl.DataFrame, known: Known) -> tuple[list[dict[str, Any]], int]:
    """What the rows of tables say: things in rows and attributes in columns, or the other way round.

    Args:
        rows: Rows of tables in order: line, document_id, ordinal, item_id, text, norm, start, end, item_text.
        forms: Names of entities.
        known: Types and values of attributes.

    Returns:
        What each cell says, in the shape that `linked` makes claims of; and how many rows there were. A row may have more or fewer cells
        than the heading: what has no heading says nothing.
    """
    if not rows.height:
        return [], 0
    called = {f: (e, t) for f, e, t in forms.select("form", "entity_id", "entity_type").iter_rows()}
    says: dict[str, list[tuple[str, str]]] = {}
    for of, phrases in known.says.items():
        for p in sorted({folded(p) for p in phrases} | {folded(of[1].replace("_", " "))}):
            says.setdefault(p, []).append(of)
    out: list[dict[str, Any]] = []
    head: list[Cell] = []
    before: tuple[str, int] | None = None
    for row in rows.iter_rows(named=True):
        cells, is_head = _cells(row)
        if is_head or before != (row["document_id"], row["ordinal"] - 1):
            head = cells if is_head else []
        before = row["document_id"], row["ordinal"]
        if head and not is_head:
            out += _row(row, head, cells, (called, says, known))
    return out, rows.height


def _cells(row: Mapping[str, Any]) -> tuple[list[Cell], bool]:
    """The cells of a row with their places, empty ones too, and whether it is the heading of its table."""
    text = row["item_text"]
    start = text.rfind("\n", 0, row["start"]) + 1
    stop = text.find("\n", row["start"])
    stop = len(text) if stop < 0 else stop
    line = text[start:stop]
    skipped = len(line) - len(line.lstrip(" \t|")) if line.lstrip().startswith("|") else 0
    skipped = line.index("|") + 1 if skipped else 0
    cells, at = [], skipped
    for part in re.split(r"(?<!\\)\|", line[skipped:].rstrip().removesuffix("|")):
        inner = part.strip(_MARKS)
        begin = start + at + (part.index(inner) if inner else 0)
        cells.append((inner, begin, begin + len(inner)))
        at += len(part) + 1
    after = text[stop + 1 :].split("\n", 1)[0]
    return cells, bool(_RULE.match(after)) and "-" in after


def _row(
    row: dict[str, Any], head: list[Cell], cells: list[Cell], of: tuple[dict[str, Any], dict[str, list[tuple[str, str]]], Known]
) -> list[dict[str, Any]]:
    called, says, known = of
    out: list[dict[str, Any]] = []
    things = {i: called[f] for i, (c, _, _) in enumerate(cells) if len(c) <= _LONGEST_CELL and (f := token_form(c)) in called}
    for column, (heading, _, _) in enumerate(head[: len(cells)]):
        for kind, attribute in says.get(folded(heading), ()):
            entities = {e for i, (e, t) in things.items() if t == kind and i != column}
            if len(entities) == 1:
                out += _cell(row, cells[column], (entities.pop(), kind, attribute), known)
    for kind, attribute in says.get(folded(cells[0][0]), ()) if cells else ():
        for (heading, _, _), cell in zip(head[1:], cells[1:], strict=False):
            entity = called.get(token_form(heading))
            if entity and entity[1] == kind:
                out += _cell(row, cell, (entity[0], kind, attribute), known)
    return out


def _cell(row: dict[str, Any], cell: Cell, of: tuple[str, str, str], known: Known) -> list[dict[str, Any]]:
    text, start, end = cell
    entity, kind, attribute = of
    value_type = known.kinds.get((kind, attribute), "text")
    if not text or len(text) > _LONGEST_CELL or is_null(text):
        return []
    spans = known.spans(text, (kind, attribute))
    if len(spans) != 1 or spans[0][1] - spans[0][0] < len(text) - 2:
        return []
    made = canonical(text, value_type)
    if not made.value or normal(made.value) == "":
        return []
    return [
        {
            "line": row, "start": start, "end": end, "at": (start, end), "entity_id": entity, "entity_type": kind,
            "attribute": attribute, "made": made,
            "kind": value_type, "verbatim": text, "modality": "is", "scope": None, "link": "table", "confidence": _SURE,
        }
    ]  # fmt: skip


def defined(lines: pl.DataFrame, says: dict[tuple[str, str], list[str]]) -> pl.DataFrame:
    """Join each line that is nothing but the phrase of an attribute with the line below it: a term with its definition."""
    phrases = sorted({folded(p) for ps in says.values() for p in ps})
    short = pl.col("text").str.count_matches(" ") < _LONGEST_TERM
    terms = lines.filter(short).select("document_id", ordinal=pl.col("ordinal") + 1, term="text", term_start="start", term_item="item_id")
    terms = terms.filter(
        pl.col("term").map_batches(
            lambda s: pl.Series([folded(v) in phrases for v in s.to_list()], dtype=pl.Boolean), return_dtype=pl.Boolean
        )
        & ~pl.col("term").str.contains(r"[.?!]$")
    )
    joined = lines.join(terms, on=["document_id", "ordinal"], how="left", maintain_order="left")
    fits = (
        (pl.col("term_item") == pl.col("item_id"))
        & (pl.col("kind") == "paragraph")
        & (pl.col("text").str.count_matches(" ") < _LONGEST_TERM)
    )
    fits = fits.fill_null(value=False)
    return joined.with_columns(
        text=pl.when(fits).then(pl.concat_str(pl.col("term").str.strip_chars_end(":"), pl.lit(": "), "text")).otherwise("text"),
        start=pl.when(fits).then("term_start").otherwise("start"),
    ).drop("term", "term_start", "term_item")
