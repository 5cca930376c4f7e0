"""Pages for matching, and shortcuts through `normalise` and `match`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canonry.match import match
from tests.flow.company import page
from tests.normalise.small import context, normalised

if TYPE_CHECKING:
    import polars as pl

    from canonry.context import RunContext
    from canonry.frames import Matched

LEAVE, LOANS = page("leave"), page("loans")
ENGINE = (
    "# The engine\n\nThe engine room is locked at night, and the key hangs at the desk.\n\nOil is changed by the mechanic twice a year.\n"
)


def matched(*documents: dict[str, Any], run: RunContext | None = None, **more: Any) -> Matched:
    """What the stage finds in some documents and rows."""
    run = run or context()
    return match(run, normalised(*documents, run=run, **more))


def pages_of(*documents: dict[str, Any]) -> pl.DataFrame:
    """The pairs of pages."""
    return matched(*documents).page_pairs


def related(*documents: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Pairs of paths → page or kin; of each pair the page of the source live first."""
    found = pages_of(*documents).select("left_id", "right_id", "is_kin").iter_rows()
    return {(a.split("/", 1)[1], b.split("/", 1)[1]): "kin" if kin else "page" for a, b, kin in found}
