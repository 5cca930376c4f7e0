"""The type of each attribute, declared or shown by its values, and the canonical form of every cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.frames import frame
from canonry.published import ATTRIBUTES
from canonry.values import Locale, canonical, infer, locale_of, read

if TYPE_CHECKING:
    from canonry.config import Config

_CURRENCY = re.compile(r"\b(USD|GBP|EUR|JPY)\b|([$£€¥])")
_IN_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]{1,20}?)\s*[)\]]\s*$")  # Weight (kg)
_BARE = re.compile(r"\s*[-+]?[\d.,' \u00a0\u202f]*\d\s*")
_COUNTED = ("quantity", "duration", "percent")
_LOCAL = ("date", "datetime", "money", "number", "percent", "quantity", "duration", "phone")  # types that each source may write its own way
_COLUMN = ["source", "entity_type", "attribute"]
_LOCALE: dict[str, Any] = {"order": pl.String, "mark": pl.String, "region": pl.String}
_EXAMPLES = 3
_SLASHED = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}\b")


def typed(config: Config, cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give cells their type and canonical value.

    A type that is not declared is inferred over all sources; day or month first, the decimal mark and the region of phone numbers are
    told by the values of each source by itself.

    Args:
        config: Reads entities.
        cells: entity_type, attribute, source, verbatim, heading; no nulls.

    Returns:
        The cells with value_type, value, unit, precision; and the published `attributes`.
    """
    declared = {(t, a): spec.type for t, e in config.entities.items() for a, spec in e.attributes.items() if spec.type}
    out = cells.join(_whole(cells), on=["verbatim", "heading"], how="left")
    of_type = out.select("entity_type", "attribute", "whole").unique().sort("whole").group_by("entity_type", "attribute")
    kinds = {key: declared.get(key) or infer(group["whole"].to_list()) for key, group in of_type}
    table = pl.DataFrame(
        [(*k, v) for k, v in sorted(kinds.items())],
        schema={"entity_type": pl.String, "attribute": pl.String, "value_type": pl.String},
        orient="row",
    )
    out = out.join(table, on=["entity_type", "attribute"], how="left")
    out = out.join(_locales(out), on=_COLUMN, how="left")
    distinct = out.select("verbatim", "whole", "value_type", "heading", *_LOCALE).unique().sort(pl.all(), nulls_last=True)
    made = [_value(v, w, k, h, Locale(*at)) for v, w, k, h, *at in distinct.iter_rows()]
    shape = {"value": pl.String, "unit": pl.String, "precision": pl.String, "is_read": pl.Boolean}
    values = pl.concat([distinct, pl.DataFrame(made, schema=shape, orient="row")], how="horizontal")
    out = out.join(values, on=distinct.columns, how="left", nulls_equal=True)
    return out.drop("whole", "is_read", *_LOCALE), _report(out, set(declared))


def _whole(cells: pl.DataFrame) -> pl.DataFrame:
    """Bare numbers with the unit that their heading has in brackets."""
    pairs = cells.select("verbatim", "heading").unique()
    headings = pairs["heading"].unique().to_list()
    units = {h: found[1] for h in headings if (found := _IN_BRACKETS.search(h)) and any(read(f"1 {found[1]}", k) for k in _COUNTED)}
    whole = [f"{v} {units[h]}" if h in units and _BARE.fullmatch(v) else v for v, h in pairs.iter_rows()]
    return pairs.with_columns(whole=pl.Series(whole, dtype=pl.String))


def _locales(cells: pl.DataFrame) -> pl.DataFrame:
    """How each source writes each attribute, where its values show it."""
    columns: dict[tuple[str, ...], list[str]] = {}
    rows = cells.filter(pl.col("value_type").is_in(_LOCAL)).select(*_COLUMN, "value_type", "verbatim").unique().sort(pl.all())
    for source, entity, attribute, kind, verbatim in rows.iter_rows():
        columns.setdefault((source, entity, attribute, kind), []).append(verbatim)
    found = {key: locale_of(verbatims, key[3]) for key, verbatims in columns.items()}
    shown = [(*key[:3], at.order, at.mark, at.region) for key, at in found.items() if at != Locale()]
    return pl.DataFrame(shown, schema={**dict.fromkeys(_COLUMN, pl.String), **_LOCALE}, orient="row")


def _value(verbatim: str, whole: str, kind: str, heading: str, at: Locale) -> tuple[str, str | None, str, bool]:
    found = _CURRENCY.search(heading) if kind == "money" else None
    text = f"{verbatim} {found[0]}" if found and not _CURRENCY.search(verbatim) else whole if kind in _COUNTED else verbatim
    made = read(text, kind, at)
    value = made or canonical(verbatim, kind, at)
    return value.value, value.unit, value.precision, made is not None


def _report(cells: pl.DataFrame, declared: set[tuple[str, str]]) -> pl.DataFrame:
    """One row per attribute: its type, who says so, how many of its values fit."""
    rows = []
    one = cells.select("entity_type", "attribute", "value_type", "verbatim", "is_read").unique()
    one = one.group_by("entity_type", "attribute", "value_type", "verbatim").agg(pl.col("is_read").all()).sort(pl.all())
    for key, group in one.group_by("entity_type", "attribute", "value_type", maintain_order=True):
        entity, attribute, kind = (str(k) for k in key)
        unread = group.filter(~pl.col("is_read"))["verbatim"].to_list()
        rows.append({
            "entity_type": entity, "attribute": attribute, "value_type": kind,
            "origin": "declared" if (entity, attribute) in declared else "inferred",
            "distinct_values": group.height, "unread": len(unread), "note": _note(kind, unread, group["verbatim"].to_list()),
        })  # fmt: skip
    return frame(ATTRIBUTES.schema, rows)


def _note(kind: str, unread: list[str], verbatims: list[str]) -> str | None:
    """What a person should know: values that do not fit, dates that could be two days, a mixture that was left as text."""
    if unread:
        twofold = [v for v in unread if kind in ("date", "datetime") and _SLASHED.match(v.strip())]
        why = "could be two days" if len(twofold) == len(unread) else f"no {kind}, kept as text"
        return f"{why}: " + ", ".join(repr(v[:40]) for v in unread[:_EXAMPLES])
    return _mixture(verbatims) if kind == "text" else None


def _mixture(verbatims: list[str]) -> str | None:
    """Of which types an attribute is a mixture, when half of its values have one that is not text."""
    sample = verbatims[:: max(1, len(verbatims) // 200)]
    found: dict[str, int] = {}
    for v in sample:
        kind = infer([v])
        if kind not in ("text", "code", "identifier"):
            found[kind] = found.get(kind, 0) + 1
    typed = sum(found.values())
    if typed * 2 < len(sample):
        return None
    parts = [*sorted(found.items(), key=lambda f: (-f[1], f[0])), *([("text", len(sample) - typed)] if typed < len(sample) else [])]
    return "mixed: " + ", ".join(f"{kind} {n * 100 // len(sample)} %" for kind, n in parts)
