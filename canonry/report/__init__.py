"""The conflict report: one self-contained page for the person who decides. Works offline, without JavaScript, and on paper."""

from __future__ import annotations

from canonry.report.model import ReportData
from canonry.report.page import page, render
from canonry.report.view import view

__all__ = ["ReportData", "page", "render", "view"]
