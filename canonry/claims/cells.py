"""Claims from records (every cell) and from claims tables (every row)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.claims.types import typed
from canonry.frames import CLAIMED
from canonry.ids import digest
from canonry.values import is_null

if TYPE_CHECKING:
    from canonry.config import Config
    from canonry.frames import Matched, Normalised

_KEPT = ("source", "dated_on", "date_kind", "audience", "is_held", "authority")


def cells(config: Config, normalised: Normalised, matched: Matched) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per asserted value; nulls assert nothing and are left out, as are items that were removed.

    Args:
        config: Reads entities.
        normalised: Records and assertions.
        matched: Which entity each of them is about.

    Returns:
        Columns of the published claims that apply to records, with ``entity_type``, ``audience``, ``is_held``, ``authority``,
        ``date_basis``; and the published `attributes`.
    """
    both = pl.concat([_from_records(normalised, matched), _from_assertions(normalised, matched)], how="diagonal_relaxed")
    if not both.height:
        return both, pl.DataFrame(schema=CLAIMED["attributes"])
    distinct = both["verbatim"].unique()
    nulls = [v for v in distinct.to_list() if is_null(v)]
    made, attributes = typed(config, both.filter(~pl.col("verbatim").is_in(nulls)))
    return _one_unit(made), attributes


def _from_records(normalised: Normalised, matched: Matched) -> pl.DataFrame:
    present = normalised.records.filter(pl.col("removed_on").is_null())
    members = matched.entity_members.select("source", "record_id", "entity_id")
    named = matched.entities.select("entity_id", subject="name")
    rows = present.join(members, on=["source", "record_id"]).join(named, on="entity_id", how="left").sort("source", "record_id")
    owner, attribute, verbatim, heading = [], [], [], []
    for n, (values, headings) in enumerate(rows.select("values", "headings").iter_rows()):
        shown = json.loads(headings) if headings else {}
        for a, v in json.loads(values).items():
            owner.append(n)
            attribute.append(a)
            verbatim.append(str(v))
            heading.append(shown.get(a, a))
    index = pl.DataFrame(
        {"row": owner, "attribute": attribute, "verbatim": verbatim, "heading": heading},
        schema={"row": pl.UInt32, "attribute": pl.String, "verbatim": pl.String, "heading": pl.String},
    )
    kept = rows.with_row_index("row").select("row", "record_id", "entity_type", "subject", "date_basis", *_KEPT, subject_id="entity_id")
    return index.join(kept, on="row", how="left").drop("row")


def _from_assertions(normalised: Normalised, matched: Matched) -> pl.DataFrame:
    present = normalised.assertions.filter(pl.col("removed_on").is_null())
    rows = present.join(matched.subjects, on=["entity_type", "subject"], how="left")
    return rows.select(
        "attribute",
        "entity_type",
        "subject",
        "date_basis",
        *_KEPT,
        verbatim="value",
        heading="attribute",
        subject_id="entity_id",
        record_id=pl.lit(None, dtype=pl.String),
    )


def _one_unit(claims: pl.DataFrame) -> pl.DataFrame:
    """An amount without a currency takes the only one that its attribute has anywhere; with several it stays bare."""
    money = pl.col("value_type") == "money"
    group = ["entity_type", "attribute"]
    only = pl.when(money & (pl.col("unit").drop_nulls().n_unique().over(group) == 1)).then(pl.col("unit").drop_nulls().first().over(group))
    fill = money & pl.col("unit").is_null() & pl.col("only").is_not_null()
    return (
        claims.with_columns(only=only)
        .with_columns(
            value=pl.when(fill).then(pl.concat_str("value", "only", separator=" ")).otherwise("value"), unit=pl.coalesce("unit", "only")
        )
        .drop("only")
    )


def identified(claims: pl.DataFrame) -> pl.DataFrame:
    """Give cell claims their ids: who asserts which value of what, however often."""
    keys = ["source", "record_id", "subject_id", "subject", "attribute", "value"]
    ids = [digest("claim", *(str(v or "") for v in row)) for row in claims.select(keys).iter_rows()]
    return (
        claims.with_columns(claim_id=pl.Series(ids, dtype=pl.String))
        .sort("claim_id", pl.col("dated_on"), nulls_last=True)
        .unique("claim_id", keep="last", maintain_order=True)
    )


def says(config: Config, claims: pl.DataFrame) -> dict[tuple[str, str], list[str]]:
    """How sentences call each attribute: the declared phrases, else the words of the attribute and of its column headings."""
    declared: dict[tuple[str, str], Any] = {
        (t, a): list(s.says) for t, e in config.entities.items() for a, s in e.attributes.items() if s.says
    }
    found: dict[tuple[str, str], set[str]] = {}
    for kind, attribute, heading in claims.select("entity_type", "attribute", "heading").unique().iter_rows():
        phrases = {attribute.replace("_", " "), re.sub(r"\s*\([^)]*\)", "", heading).replace("_", " ").strip().casefold()}
        found.setdefault((kind, attribute), set()).update(p for p in phrases if p)
    return {k: declared.get(k) or sorted(v) for k, v in found.items()}
