"""View model → HTML: one file with everything in it, the same bytes for the same release."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from canonry import store as stores
from canonry.published import TABLES
from canonry.report.view import view
from canonry.report.words import counted

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from canonry.report.beside import Beside
    from canonry.report.model import ReportData
    from canonry.store import Manifest

_WHOLE = ("release", "sources", "documents", "conflicts", "observations", "staleness", "families", "quarantine", "rulings", "coverage")
# Of the large tables only the rows and columns that the page can show.
_PARTS = {
    "conflict_claims": "SELECT * FROM conflict_claims SEMI JOIN conflicts USING (conflict_id)",
    "claims": "SELECT * FROM claims SEMI JOIN conflict_claims USING (claim_id)",
    "context": "SELECT item_id, cite, document_id, title FROM context",
    "excluded": "SELECT item_id, cite, document_id, title FROM excluded",
}


def render(
    store: Path, release: Manifest | None = None, edition: str = "full", *, name: str | None = None, more: Beside | None = None
) -> str:
    """Write the conflict report of a release as one self-contained HTML page.

    Args:
        store: The store's folder.
        release: Which release; default: the current one.
        edition: Which edition.
        name: The company's name, for the title.
        more: Tasks and gaps, which no table holds.

    Raises:
        StoreError: There is no such release or edition, or its file is missing or damaged.
    """
    return page(view(tables(store, release, edition), name=name, more=more))


def tables(store: Path, release: Manifest | None = None, edition: str = "full") -> dict[str, pl.DataFrame]:
    """Read what `view` shows of a release; the arguments and errors are those of `render`."""
    return _read(stores.edition_file(store, release or stores.needed(store), edition))


def page(report: ReportData) -> str:
    """Write the page of a view model. Every text in it is escaped; its policy allows no script but its own, and no request at all."""
    style, script = _shipped("page.css"), _shipped("page.js")
    return _environment().get_template("page.html.j2").render(
        report=report, style=style, script=script, style_hash=_hash(style), script_hash=_hash(script)
    )  # fmt: skip


def _read(path: Path) -> dict[str, pl.DataFrame]:
    tables = dict(stores.read_tables(path, _WHOLE))
    with stores.open_file(path) as connection:
        for name, query in _PARTS.items():
            rows = connection.sql(query).pl()
            tables[name] = rows.cast({c: t for c, t in TABLES[name].schema.items() if c in rows.columns})
    return tables


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("canonry.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["counted"] = counted
    return environment


def _shipped(name: str) -> str:
    """Read a file of ours that goes into the page as it is."""
    return (resources.files("canonry.report") / "templates" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    """The hash by which the page's policy knows its own style and script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
