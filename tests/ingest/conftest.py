"""A source on disk in one line, and a company whose nights follow each other."""

from __future__ import annotations

import io
import json
import warnings
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from canonry.config import Config, Source
from canonry.ingest import CopyStore, Reading, observe, read_source
from canonry.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.frames import Ingested


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.fixture
def read(tmp_path):
    """Write files, read one source over them."""

    def _read(files: dict[str, str | bytes], **source: Any) -> Reading:
        return read_source("s", Source(**source), write(tmp_path, files))

    return _read


@pytest.fixture
def records(read):
    """Read one export as records and give (id → values)."""

    def _records(content: str | bytes, file: str = "x.csv", **source: Any) -> dict[str, dict[str, str]]:
        rows = read({file: content}, kind="records", path=file, **source).records
        return {i: json.loads(v) for i, v in rows.select("record_id", "values").iter_rows()}

    return _records


@pytest.fixture
def workbook():
    """Make the bytes of a workbook out of sheets of rows."""

    def _workbook(**sheets: list[list[Any]]) -> bytes:
        book, raw = openpyxl.Workbook(), io.BytesIO()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # openpyxl asks the clock in an old way
            book.save(raw)
        return raw.getvalue()

    return _workbook


@dataclass
class Nights:
    """One configuration, run night after night; each night's parent is the one before."""

    base: Path
    sources: dict[str, dict[str, Any]]
    keep_days: int = 30
    parent: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, day: str, *, accept: tuple[str, str] | None = None, only: tuple[str, ...] = ()) -> Ingested:
        config = Config(sources=self.sources, keep={"days": self.keep_days})
        lines = ({"source": accept[0], "copy_hash": accept[1]},) if accept else ()
        found = observe(
            config,
            self.base,
            run_date=date.fromisoformat(day),
            copies=CopyStore(self.base / "store" / "copies"),
            parent_inputs=self.parent,
            journal=Journal(acceptances=lines),
            only=frozenset(only),
        )
        days = ("observed_on", "last_seen_on", "held_since")
        self.parent = {
            r["source"]: {**{k: v.isoformat() if k in days and v else v for k, v in r.items()}, "hash": r["copy_hash"]}
            for r in found.sources.iter_rows(named=True)
        }
        return found


@pytest.fixture
def nights(tmp_path):
    """A company with a folder of documents and an export of records."""
    write(tmp_path, {"docs/a.md": "# A", "docs/b.md": "# B", "x.csv": "id,n\n1,a\n2,b\n3,c\n4,d\n"})
    return Nights(
        tmp_path, {"docs": {"kind": "documents", "path": "docs"}, "x": {"kind": "records", "path": "x.csv", "id": "id", "max_drop": 0.5}}
    )
