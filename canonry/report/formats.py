"""The report as a spreadsheet, as CSV and as JSON: the same bytes for the same release."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from canonry.report.model import Quote
from canonry.report.sheets import DECISION, UNTIL, Link, Sheet, decide, sheets

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

    from canonry.report.model import ReportData
    from canonry.report.sheets import Cell, Row

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula at the beginning of a cell
_LONGEST = 32_000  # characters of a cell; a spreadsheet holds 32,767
_LINES = 15.0  # points that a line of text is high
_MOST_LINES = 12
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def as_json(report: ReportData) -> str:
    """Write everything that the page shows, by the names of `canonry.report.model`."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=1) + "\n"


def as_csv(report: ReportData) -> str:
    """Write the open conflicts, one a row, sides in columns; a text that a spreadsheet would take for a formula begins with ``'``."""
    sheet = decide(report)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([name.lstrip("_") for name, _ in sheet.columns])
    writer.writerows([harmless(_text(c)) for c in row.cells] for row in sheet.rows)
    return out.getvalue()


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula.

    >>> harmless("=1+1"), harmless("30 days")
    ("'=1+1", '30 days')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(cell: Cell) -> str:
    text = cell if isinstance(cell, str) else cell.text
    return _UNSEEN.sub("\ufffd", text)[:_LONGEST]


def as_xlsx(report: ReportData) -> bytes:
    """Write the workbook in which people decide; `canonry.report.decisions` reads it back."""
    import xlsxwriter  # noqa: PLC0415  (only this format needs it)

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    )
    book.set_properties(
        {"title": f"Conflicts of {report.release_id}", "comments": report.release_id, "created": datetime(2000, 1, 1, tzinfo=UTC)}
    )
    style = _Style(book)
    for sheet in sheets(report):
        _write(book.add_worksheet(sheet.name), sheet, style)
    book.close()
    return out.getvalue()


class _Style:
    """The few looks that cells have."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base: dict[str, Any] = {"text_wrap": True, "valign": "top", "font_size": 11}
        lines: dict[str, Any] = {"bottom": 1, "bottom_color": "#D0D0D0"}
        self.heading = book.add_format({"bold": True, "valign": "vcenter", "text_wrap": True, "bg_color": "#1F3A4D", "font_color": "white"})
        self.cell = book.add_format({**base, **lines})
        self.quoted = book.add_format({**base, **lines, "quote_prefix": True})  # stays text although somebody edits it
        self.fill = book.add_format({**base, **lines, "bg_color": "#FFF6D6", "locked": False, "num_format": "@"})
        self.link = book.add_format({**base, **lines, "font_color": "#0B5394", "underline": 1})
        self.bold = book.add_format({"bold": True, "font_color": "#9C2A00"})
        self.plain = book.add_format({})


def _write(sheet: Worksheet, what: Sheet, style: _Style) -> None:
    titled = bool(what.columns[0][0])
    first = int(titled)
    for n, (name, width) in enumerate(what.columns):
        sheet.set_column(n, n, width, None, {"hidden": name.startswith("_")})
        if titled:
            sheet.write_string(0, n, name, style.heading)
    fillable = {n for n, (name, _) in enumerate(what.columns) if name in (DECISION, UNTIL, "Because", "By")}
    for n, row in enumerate(what.rows, first):
        sheet.set_row(n, _height(row, what))
        for m, cell in enumerate(row.cells):
            _cell(sheet, (n, m), cell, style, is_filled=m in fillable and bool(row.choices))
        _offered(sheet, n, row, what)
    if titled:
        sheet.freeze_panes(1, what.still)
        sheet.autofilter(0, 0, max(len(what.rows), 1), len(what.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cell(sheet: Worksheet, at: tuple[int, int], cell: Cell, style: _Style, *, is_filled: bool) -> None:
    text = _text(cell)
    if isinstance(cell, Quote) and any(p.differs for p in cell.pieces):
        parts = [("… ", False)] * bool(cell.before) + [(p.text, p.differs) for p in cell.pieces] + [(" …", False)] * bool(cell.after)
        runs = [x for t, differs in parts if t for x in (style.bold if differs else style.plain, _UNSEEN.sub("\ufffd", t))]
        if len(runs) > 2 and sheet.write_rich_string(*at, *runs, style.cell) == 0:  # noqa: PLR2004  (a single run is no rich text)
            return
    if isinstance(cell, Link) and sheet.write_url(*at, cell.url, style.link, text) == 0:
        return
    look = style.fill if is_filled else style.quoted if text.startswith(_FORMULA) else style.cell
    if text:
        sheet.write_string(*at, text, look)
    else:
        sheet.write_blank(*at, None, look)


def _height(row: Row, what: Sheet) -> float:
    """As high as its longest text that is seen needs, within reason."""
    seen = [(_text(c), width) for c, (name, width) in zip(row.cells, what.columns, strict=True) if not name.startswith("_")]
    lines = max(sum(1 + len(part) // max(width - 2, 1) for part in text.split("\n")) for text, width in seen)
    return _LINES * min(max(lines, 2), _MOST_LINES) + 4


def _offered(sheet: Worksheet, row: int, what: Row, whole: Sheet) -> None:
    """Offer the choices of a row, and no others, in its decision cell."""
    if not what.choices:
        return
    column = next(n for n, (name, _) in enumerate(whole.columns) if name == DECISION)
    sheet.data_validation(
        row, column, row, column,
        {
            "validate": "list", "source": list(what.choices), "error_title": "Not a decision",
            "error_message": "Choose from the list, or empty the cell. What each choice does stands on the sheet About.",
        },
    )  # fmt: skip
