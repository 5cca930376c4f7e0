"""Excel workbooks."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import fastexcel
import polars as pl

from canonry.errors import SourceError
from canonry.ingest.reading import UnreadableFileError
from canonry.ingest.rows import Rows, column, headings

if TYPE_CHECKING:
    from canonry.ingest.rows import Options

_LARGEST = 1_000_000_000  # bytes after unpacking; a workbook beyond that is a bomb or belongs into another format
_CHUNK = 1 << 20


def read_xlsx(data: bytes, options: Options) -> Rows:
    """Read one sheet; the first row that is not empty holds the headings.

    Raises:
        UnreadableFileError: It is no workbook, is protected, or unpacks to too much.
        SourceError: The configured sheet does not exist.
    """
    _guard(data)
    try:
        book = fastexcel.read_excel(data)
        names = [column(options.xlsx.sheet, book.sheet_names, "xlsx.sheet", "the workbook")] if options.xlsx.sheet else book.sheet_names
        sheets = (_grid(book, name) for name in names)
        return _table(next((s for s in sheets if s.height), pl.DataFrame()))
    except SourceError:
        raise
    except Exception as e:  # the reader's own errors have no base class that holds them all
        reason = str(e).splitlines()[0] if str(e) else type(e).__name__
        hint = "Open and save it again; remove a password."
        raise UnreadableFileError("unreadable", f"It is not a workbook that can be read: {reason}.", hint) from e


def _grid(book: fastexcel.ExcelReader, sheet: str) -> pl.DataFrame:
    """All cells of a sheet as a person sees them: no ``.0``, dates without midnight, times without a day."""
    grid = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    seen = pl.all().str.replace(r"^(\d{4}-\d\d-\d\d) 00:00:00$", "$1").str.replace(r"^1899-12-3[01] (\d\d:\d\d:\d\d)$", "$1")
    return grid.select(seen.fill_null("")) if grid.width else grid


def _table(grid: pl.DataFrame) -> Rows:
    if not grid.height:
        return Rows(pl.DataFrame(), [])
    filled = grid.select(pl.any_horizontal(pl.all().str.strip_chars() != "")).to_series().arg_true()
    if not len(filled):
        return Rows(pl.DataFrame(), [])
    top, end = int(filled[0]), int(filled[-1]) + 1
    body = grid[top + 1 : end]
    return Rows(body.rename(dict(zip(grid.columns, headings(grid.row(top)), strict=True))), [str(n + 1) for n in range(top + 1, end)])


def _guard(data: bytes) -> None:
    """Count what the archive really unpacks to before handing it on."""
    if not data.startswith(b"PK"):
        return
    left = _LARGEST
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                with archive.open(name) as part:
                    while left >= 0 and (chunk := part.read(_CHUNK)):
                        left -= len(chunk)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as e:
        raise UnreadableFileError("unreadable", f"It is a damaged archive: {e}.", "Export it again.") from e
    except Exception as e:  # zlib.error is no subclass of the above
        raise UnreadableFileError("unreadable", f"It is a damaged archive: {e}.", "Export it again.") from e
    if left < 0:
        raise UnreadableFileError("too_large", f"It unpacks to more than {_LARGEST:,} bytes.", "Export it as CSV.")
