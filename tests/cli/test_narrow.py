"""What people see on terminals of several widths."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from canonry.cli import output


@pytest.fixture
def terminal(monkeypatch):
    """Make standard output a terminal of a width; gives what was printed there."""

    def of(width):
        file = io.StringIO()
        monkeypatch.setattr(
            output, "console", lambda: Console(file=file, width=width, force_terminal=True, color_system=None, markup=False)
        )
        return file

    return of


HEADINGS = ("side#", "claim", "cite", "sentence", "remark")
ROWS = [(1, "a79d8a8a4d0ac594", "handbook/offices/bristol.md#deliveries", "For deliveries to the depot, call the desk before noon.", "")]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160])
def test_no_id_or_cite_is_broken_and_no_line_is_too_long(terminal, width):
    file = terminal(width)
    output.table(HEADINGS, ROWS, keep=("claim",))
    shown = file.getvalue()
    assert all(len(line) <= max(width, len(ROWS[0][2]) + len("sentence  ")) for line in shown.splitlines())
    if width > len(ROWS[0][2]) + len("sentence  "):
        assert ROWS[0][1] in shown
        assert ROWS[0][2] in shown


def test_a_table_that_fits_stays_a_table(terminal):
    file = terminal(160)
    output.table(HEADINGS, ROWS, keep=("claim",))
    assert [line.split()[0] for line in file.getvalue().splitlines()] == ["side", "1"]


def test_a_table_that_does_not_fit_is_told_row_by_row_without_its_empty_cells(terminal):
    file = terminal(60)
    output.table(HEADINGS, [*ROWS, (2, "b21b65057e4eb314", "directory/E013", "", "")], keep=("claim",))
    blocks = [[line.split()[0] for line in block.splitlines()] for block in file.getvalue().strip().split("\n\n")]
    names = [[word for word in block if word in {"side", "claim", "cite", "sentence", "remark"}] for block in blocks]
    assert [n for n in names if n] == [["side", "claim", "cite", "sentence"], ["side", "claim", "cite"]]


def test_a_column_that_is_empty_everywhere_goes_before_the_table_does(terminal):
    file = terminal(30)
    output.table(("release", "items#", "degraded"), [("2026-03-02-1-a75e671a", 274, "")], keep=("release",))
    assert [line.split() for line in file.getvalue().splitlines()] == [["release", "items"], ["2026-03-02-1-a75e671a", "274"]]
