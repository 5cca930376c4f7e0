from __future__ import annotations

from datetime import date, datetime, time

import pytest

from canonry.errors import SourceError
from canonry.ingest import workbook as module


def test_cells_read_as_a_person_sees_them(records, workbook):
    head = ["Id", "Price", "When", "Stamp", "Open", "At", "Mixed", None]
    rows = [
        [1, 3.0, date(2024, 1, 2), datetime.fromisoformat("2024-01-02 03:04:05"), True, time(9, 30), "x"],
        [2, 12.5, None, None, False, None, 7, "y"],
    ]
    found = records(workbook(Prices=[head, *rows]), "x.xlsx", id="Id")
    assert found["1"] == {
        "id": "1", "price": "3", "when": "2024-01-02", "stamp": "2024-01-02 03:04:05", "open": "true", "at": "09:30:00", "mixed": "x",
        "column_8": "",
    }  # fmt: skip
    assert found["2"]["price"] == "12.5"
    assert found["2"]["mixed"] == "7"


def test_the_first_sheet_with_rows_is_read_and_rows_keep_their_number(read, workbook):
    book = workbook(Cover=[], Data=[[], ["id", "n"], [1, "a"], [], [2, "b"], [None, " "]])
    found = read({"x.xlsx": book}, kind="records", path="x.xlsx", id="id")
    assert found.records["location"].to_list() == ["x.xlsx:3", "x.xlsx:5"]
    assert found.quarantine.select("location", "rule").rows() == [("x.xlsx:4", "empty_row")]


def test_a_configured_sheet_is_read_and_a_wrong_one_names_the_nearest(records, workbook):
    book = workbook(One=[["id"], [1]], Two=[["id"], [2]])
    assert list(records(book, "x.xlsx", id="id", xlsx={"sheet": "Two"})) == ["2"]
    with pytest.raises(SourceError, match="did you mean 'Two'"):
        records(book, "x.xlsx", id="id", xlsx={"sheet": "Tow"})


@pytest.mark.parametrize("damage", [b"PK\x03\x04 nonsense", b"nothing of the kind", b""])
def test_what_is_no_workbook_is_refused(records, damage):
    with pytest.raises(SourceError, match="cannot be read"):
        records(damage, "x.xlsx")


def test_half_a_workbook_is_refused(records, workbook):
    book = workbook(A=[["id"], *([n] for n in range(1000))])
    with pytest.raises(SourceError, match="cannot be read"):
        records(book[: len(book) // 2], "x.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(records, workbook, monkeypatch):
    monkeypatch.setattr(module, "_LARGEST", 10_000)
    with pytest.raises(SourceError, match="unpacks to more than"):
        records(workbook(A=[["id"], *([n] for n in range(5000))]), "x.xlsx")


def test_a_workbook_without_rows_is_an_empty_export(records, workbook):
    for sheets in ({"A": []}, {"A": [["id", "n"]]}, {"A": [[" "]]}):
        with pytest.raises(SourceError, match="no row"):
            records(workbook(**sheets), "x.xlsx")


def test_a_workbook_without_suffix_is_recognised(records, workbook):
    assert list(records(workbook(A=[["id"], [5]]), "export", id="id")) == ["5"]
