"""Shortcuts through `normalise`, `match` and `claims`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canonry.claims import claims
from canonry.match import match
from tests.normalise.small import configured, context, document, normalised, record

if TYPE_CHECKING:
    import polars as pl

    from canonry.context import RunContext
    from canonry.frames import Claimed

PRODUCT = {"names": ["name"], "attributes": {"name": {"type": "name"}, "price": {"type": "money", "says": ["price", "costs"]},
                                             "warranty": {"type": "duration", "says": ["warranty", "guarantee"]}}}  # fmt: skip
CLEAR = '{"name": "Clearsight 200", "price": "£1,480", "warranty": "24 months"}'
OXY = '{"name": "Oxylog", "price": "£640", "warranty": "12 months"}'
ROWS = [record("register", "CS-200", CLEAR), record("register", "OX-310", OXY)]


def claimed(*documents: dict[str, Any], run: RunContext | None = None, **more: Any) -> Claimed:
    """What the stage reads out of some documents and rows."""
    run = run or context(configured(entities={"product": PRODUCT}))
    read = normalised(*documents, run=run, **more)
    return claims(run, read, match(run, read))


def said(text: str, *, title: str = "Notes", rows: list[dict[str, Any]] | None = None) -> pl.DataFrame:
    """The claims about entities that one page makes."""
    found = claimed(document("page.md", text, title=title), records=ROWS if rows is None else rows).claims
    return found.filter(subject_kind="entity").filter(found.filter(subject_kind="entity")["document_id"].is_not_null())


def facts(text: str, **more: Any) -> list[tuple[str, str, str]]:
    """The same as (entity, attribute, verbatim)."""
    return said(text, **more).sort("document_id", "span_start").select("subject_id", "attribute", "verbatim").rows()
