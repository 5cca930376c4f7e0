"""The table beside the documents: title, owner, audience, dates and successor of each, found by path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.days import order_of, parse_day
from canonry.errors import SourceError
from canonry.ingest.files import read_bytes
from canonry.ingest.formats import read_table
from canonry.ingest.reading import Fault, UnreadableFileError
from canonry.ingest.rows import Options, column

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.config import Sidecar, Source

_TEXTS = ("title", "owner", "replaced_by", "url")
_DAYS = {"modified_at": "modified_on", "expires_on": "expires_on", "review_on": "review_on"}


@dataclass(frozen=True)
class Notes:
    """What a sidecar says.

    Attributes:
        file: Name of the table.
        by_path: Document path → columns of ``INGESTED["documents"]`` that it fills.
        bad_dates: Document path → what is wrong with its dates.
        faults: Rows of the table that were set aside.
    """

    file: str
    by_path: dict[str, dict[str, Any]]
    bad_dates: dict[str, Fault]
    faults: tuple[Fault, ...] = ()


def read_sidecar(source: Source, base: Path) -> Notes:
    """Read the sidecar table of a source of documents.

    Raises:
        SourceError: It is missing, cannot be read, or a configured column does not exist in it.
    """
    sidecar = source.metadata
    if sidecar is None:
        return Notes("", {}, {})
    path = base / sidecar.path
    if not path.is_file():
        raise SourceError(f"The metadata table {sidecar.path} does not exist.", "Mend metadata.path; it is relative to canonry.yaml.")
    try:
        rows = read_table(path.name, read_bytes(path), Options(source.csv, source.xlsx))
    except UnreadableFileError as e:
        raise SourceError(f"The metadata table {sidecar.path} cannot be read. {e.message}", e.hint) from e
    names = _columns(sidecar, rows.cells.columns, path.name)
    kept = rows.only(_picked(sidecar, rows.cells, path.name))
    by_path, repeats = _by_path(kept.cells.select(pl.col(c).alias(k) for k, c in names.items()), kept.locations)
    faults = (f.within(path.name) for f in (*rows.faults, *repeats))
    return Notes(path.name, *_dated(by_path, [k for k in names if k in _DAYS]), tuple(faults))


def plain_path(path: str) -> str:
    r"""Write a path as it is compared: with ``/``, without a leading ``./`` or ``/``.

    >>> plain_path("./travel\\leave.md")
    'travel/leave.md'
    """
    return re.sub(r"^(?:\./|/)+", "", path.strip().replace("\\", "/"))


def _columns(sidecar: Sidecar, columns: list[str], file: str) -> dict[str, str]:
    """Map configuration keys to columns; one column may serve several keys."""
    wanted = {k: v for k in ("key", "audience", *_TEXTS, *_DAYS) if (v := getattr(sidecar, k))}
    return {k: column(v, columns, f"metadata.{k}", file) for k, v in wanted.items()}


def _picked(sidecar: Sidecar, cells: pl.DataFrame, file: str) -> pl.Series:
    tests = [pl.col(column(c, cells.columns, "metadata.where", file)) == v for c, v in sidecar.where.items()]
    return cells.select(pl.all_horizontal(pl.repeat(value=True, n=pl.len()), *tests).alias("kept")).to_series()


def _by_path(cells: pl.DataFrame, locations: list[str]) -> tuple[dict[str, dict[str, str]], list[Fault]]:
    """Find the first row of each document, and the others as faults."""
    found: dict[str, dict[str, str]] = {}
    faults = []
    for place, row in zip(locations, cells.iter_rows(named=True), strict=True):
        path = plain_path(row.pop("key"))
        first = found.setdefault(path, row)
        if first is not row:
            same = first == row
            detail = "The same row stands further up." if same else "Another row further up speaks of the same document."
            faults.append(Fault(place, "repeated_row" if same else "duplicate_id", detail, path))
    return found, faults


def _dated(rows: dict[str, dict[str, str]], days: list[str]) -> tuple[dict[str, dict[str, Any]], dict[str, Fault]]:
    """Bring rows into the columns of documents; dates that cannot be read are left out and reported."""
    orders = {k: order_of(r[k] for r in rows.values()) for k in days}
    notes, bad = dict[str, dict[str, Any]](), dict[str, Fault]()
    for path, row in rows.items():
        parsed = {k: parse_day(row[k], orders[k]) for k in days}
        wrong = {k: row[k] for k in days if row[k].strip() and parsed[k] is None}
        if wrong:
            detail = "No day, or one that can be read in two ways: " + ", ".join(wrong)
            bad[path] = Fault(path, "bad_date", detail + ".", ", ".join(wrong.values()))
        notes[path] = {
            **{k: row[k].strip() or None for k in _TEXTS if k in row},
            **{_DAYS[k]: v for k, v in parsed.items()},
            "audience": [a.strip() for a in re.split("[,;]", row.get("audience", "")) if a.strip()] or None,
        }
    return notes, bad
