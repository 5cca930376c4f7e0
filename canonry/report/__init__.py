"""The conflict report for the person who decides: a page that works offline and on paper, a workbook to decide in, CSV and JSON."""

from __future__ import annotations

from canonry.report.beside import Beside, read_beside
from canonry.report.decisions import Decision, decisions
from canonry.report.formats import as_csv, as_json, as_xlsx
from canonry.report.model import ReportData
from canonry.report.page import page, render, tables
from canonry.report.view import ALL, view

__all__ = [
    "ALL",
    "Beside",
    "Decision",
    "ReportData",
    "as_csv",
    "as_json",
    "as_xlsx",
    "decisions",
    "page",
    "read_beside",
    "render",
    "tables",
    "view",
]
