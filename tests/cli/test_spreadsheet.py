"""The spreadsheet out and back: what a person fills in becomes rulings, each cell checked, the file read as often as one likes."""

from __future__ import annotations

import csv
import json
import zipfile

import openpyxl
import pytest

pytestmark = pytest.mark.promise("spreadsheet-round-trip")


@pytest.fixture
def sheet(company, tmp_path):
    """A report in a spreadsheet, and a way to fill in cells by heading."""
    file = tmp_path / "decide.xlsx"
    assert company.call("report", "--format", "xlsx", "-o", file).exit_code == 0

    def fill(row=2, name="Decide", **cells):
        book = openpyxl.load_workbook(file)
        page = book[name]
        at = {c.value: c.column for c in page[1]}
        for heading, value in cells.items():
            page.cell(row, at[heading], value)
        book.save(file)
        return file

    fill.file = file
    return fill


def sides(file):
    page = openpyxl.load_workbook(file)["Decide"]
    at = {c.value: c.column for c in page[1]}
    return [page.cell(2, at[f"Side {n} says"]).value for n in (1, 2)]


def test_a_choice_in_the_sheet_decides_the_conflict_with_the_next_run(company, sheet):
    number = sides(sheet.file).index("$25") + 1
    sheet(Decision=f"keep side {number}", By="ada", Because="invoice of May")
    done = company.json("rule", "--from", sheet.file)
    assert (done["applied"], done["rows"][0]["status"], done["rows"][0]["cell"]) == (1, "applied", "Decide!B2")
    company.json("run")
    found = company.json("list", "conflicts")["rows"][0]
    assert found["status"] == "decided_by_person"
    assert company.json("fact", "team", "price")["value"] == "25.00 USD"
    line = company.journal("rulings")[0]
    assert (line["by"], line["because"], line["verdict"]) == ("ada", "invoice of May", "keep")


@pytest.mark.parametrize(
    ("said", "verdict"),
    [("all sides stand", "both"), ("Not a conflict.", "not-a-conflict"), ("ASK THE OWNER", "ask-owner"), ("2", "keep"),
     ("each in its own scope", "scope")],
)  # fmt: skip
def test_every_choice_of_the_list_is_a_verdict(company, sheet, said, verdict):
    company.json("rule", "--from", sheet(Decision=said, Because="old contracts only"))
    line = company.journal("rulings")[0]
    assert line["verdict"] == verdict
    assert line.get("scope") == ("old contracts only" if verdict == "scope" else None)


def test_reading_the_file_again_changes_nothing(company, sheet):
    file = sheet(Decision="keep side 1")
    first = company.json("rule", "--from", file)["rows"][0]["ruling_id"]
    again = company.json("rule", "--from", file, "--by", "somebody else")
    assert (again["applied"], again["already_ruled"]) == (0, 1)
    company.call("unrule", first)
    withdrawn = company.json("rule", "--from", file)
    assert withdrawn["applied"] == 0
    assert "it was withdrawn" in withdrawn["rows"][0]["message"]
    assert len(company.journal("rulings")) == 2


def test_what_was_ruled_on_the_command_line_already_is_not_ruled_again(company, conflict, sheet):
    ruling = company.json("rule", conflict["conflict_id"], "--both", "--by", "bo")
    done = company.json("rule", "--from", sheet(Decision="all sides stand"))
    assert done["already_ruled"] == 1
    assert ruling["ruling_id"] in done["rows"][0]["message"]
    other = company.json("rule", "--from", sheet(Decision="not a conflict"))
    assert f"takes the place of {ruling['ruling_id']}, by bo" in other["rows"][0]["message"]


def test_a_conflict_that_changed_since_the_report_is_told_and_left_alone(company, sheet):
    file = sheet(Decision="keep side 1")
    company.write("billing.csv", "plan,price,seats\nteam,$30,5\nsolo,$8,1\n")
    company.json("run")
    done = company.json("rule", "--from", file)
    assert (done["applied"], done["lapsed"]) == (0, 1)
    assert "has changed since the report" in done["rows"][0]["message"]
    company.write("billing.csv", "plan,price,seats\nteam,$20,5\nsolo,$8,1\n")
    company.json("run")
    assert "is gone since the report" in company.json("rule", "--from", file)["rows"][0]["message"]
    assert not company.journal("rulings")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"Decision": "maybe"}, "Decide!B2: 'maybe' is no decision; choose one of keep side 1, keep side 2"),
        ({"Decision": "keep side 7"}, "Decide!B2: there is no side 7"),
        ({"Decision": "each in its own scope"}, "Decide!C2: say which side holds where"),
        ({"Decision": "keep side 1", "_values": "[" * 5000}, "Decide!B2: there is no side 1; the row has 0"),
    ],
)
def test_one_wrong_cell_keeps_the_whole_file_out_unless_the_rest_is_asked_for(company, sheet, cells, says):
    sheet(**cells)
    book = openpyxl.load_workbook(sheet.file)
    page = book["Stale pages"]
    page.append(["a page", "still valid", None, "read it", "ada", None, None, None, "handbook/leave.md", "release"])
    book.save(sheet.file)
    done = company.call("rule", "--from", sheet.file)
    assert done.exit_code == 2
    assert says in done.stderr
    assert not company.journal("rulings")
    partly = company.json("rule", "--from", sheet.file, "--partial")
    assert (partly["applied"], partly["wrong"]) == (1, 1)
    assert [r["verdict"] for r in company.journal("rulings")] == ["still-valid"]


def test_two_rows_that_decide_the_same_conflict_differently_are_wrong(company, sheet):
    sheet(Decision="keep side 1")
    book = openpyxl.load_workbook(sheet.file)
    page = book["Decide"]
    page.append([c.value for c in page[2]])
    page.cell(3, 2, "keep side 2")
    book.save(sheet.file)
    done = company.call("rule", "--from", sheet.file)
    assert "Decide!B3: another row decides the same differently" in done.stderr


def test_rows_and_columns_may_be_moved_but_not_taken_away(company, sheet):
    book = openpyxl.load_workbook(sheet.file)
    page = book["Decide"]
    page.insert_rows(2)
    page.insert_cols(2)
    page.cell(3, 3, "keep side 1")
    book.save(sheet.file)
    assert company.json("rule", "--from", sheet.file)["rows"][0]["cell"] == "Decide!C3"
    page.delete_cols(next(c.column for c in page[1] if c.value == "_key"))
    book.save(sheet.file)
    assert "_key are gone" in company.call("rule", "--from", sheet.file).stderr


def test_a_page_is_decided_on_its_own_sheet(company, sheet):
    company.write("handbook/leave.md", "---\nexpires_on: 2024-01-31\n---\n# Leave\n\n## Parental\n\nParental leave is 16 weeks.\n")
    company.json("run")
    company.call("report", "--format", "xlsx", "-o", sheet.file)
    sheet(name="Stale pages", Decision="still valid", Until="2026-12-31", By="ada")
    assert company.json("rule", "--from", sheet.file)["applied"] == 1
    company.json("run")
    row = company.json("list", "rulings")["rows"][0]
    assert (row["verdict"], row["status"], row["applied_to"], row["until"]) == ("still-valid", "applies", "handbook/leave.md", "2026-12-31")
    sheet(name="Stale pages", Until="next year")
    assert "Stale pages!C2: 'next year' is no day" in company.call("rule", "--from", sheet.file).stderr


def test_nothing_decided_is_no_error(company, sheet):
    assert "Nobody has decided anything" in company.call("rule", "--from", sheet.file).stdout


@pytest.mark.parametrize("made", [b"", b"a,b\n1,2\n", b"PK\x03\x04broken", "other"])
def test_a_file_that_is_no_report_is_refused(company, tmp_path, made):
    file = tmp_path / "x.xlsx"
    if made == "other":
        openpyxl.Workbook().save(file)
    else:
        file.write_bytes(made)
    done = company.call("rule", "--from", file)
    assert done.exit_code == 2
    assert "cannot be read as a report" in done.stderr
    assert "canonry report --format xlsx" in done.stderr


def test_the_workbook_is_ready_to_decide_in(company, sheet):
    book = openpyxl.load_workbook(sheet.file)
    assert book.sheetnames == ["Decide", "Decided", "Stale pages", "About"]
    page = book["Decide"]
    offered = page.data_validations.dataValidation[0]
    assert str(offered.sqref) == "B2"
    assert offered.formula1.startswith('"keep side 1,keep side 2,all sides stand')
    assert page.freeze_panes == "C2"
    assert page["A2"].alignment.wrap_text
    assert page.column_dimensions["A"].width >= 30
    hidden = page.column_dimensions[next(c.column_letter for c in page[1] if c.value == "_key")]
    assert hidden.hidden
    assert hidden.max == page.max_column  # all that follow it are hidden too
    told = {r[0].value: r[1].value for r in book["About"].iter_rows()}
    assert told["Release"] == company.json("status")["release_id"]


def test_the_same_release_gives_the_same_bytes(company, tmp_path):
    for kind in ("xlsx", "csv", "json", "html"):
        files = [tmp_path / f"{n}.{kind}" for n in "ab"]
        for file in files:
            assert company.call("report", "-o", file).exit_code == 0  # the ending says which format
        assert files[0].read_bytes() == files[1].read_bytes()


def test_csv_is_what_is_to_decide_and_json_is_everything(company, conflict):
    rows = list(csv.DictReader(company.call("report", "--format", "csv", "-o", "-").stdout.lstrip("\ufeff").splitlines(keepends=True)))
    assert [(r["key"], {r["Side 1 says"], r["Side 2 says"]}) for r in rows] == [(conflict["conflict_id"], {"$20", "$25"})]
    told = json.loads(company.call("report", "--format", "json", "-o", "-").stdout)
    assert told["groups"][0]["cards"]["rows"][0]["conflict_id"] == conflict["conflict_id"]
    assert told["release_id"] == company.json("status")["release_id"]


EVIL = ["=1+1", "+44 117 496 0131", "-2", "@SUM(A1)", '=HYPERLINK("http://x.example","y")']


def test_a_value_never_becomes_a_formula(company, tmp_path):
    rows = [f'plan{n},"{e.replace(chr(34), chr(34) * 2)}",5' for n, e in enumerate(EVIL)]
    company.write("crm.csv", "\n".join(["plan,price,seats", *rows, ""]))
    company.write("billing.csv", "\n".join(["plan,price,seats", *(f"plan{n},other words,5" for n in range(len(EVIL))), ""]))
    company.json("run")
    file = tmp_path / "x.xlsx"
    company.call("report", "-o", file)
    cells = [c for page in openpyxl.load_workbook(file) for row in page.iter_rows() for c in row]
    assert set(EVIL) <= {c.value for c in cells}
    assert not [c for c in cells if c.data_type == "f"]
    with zipfile.ZipFile(file) as archive:
        assert not [n for n in archive.namelist() if n.startswith("xl/worksheets/") and b"<f>" in archive.read(n)]
    text = company.call("report", "--format", "csv", "-o", "-").stdout
    found = {c for row in csv.reader(text.splitlines(keepends=True)) for c in row}
    assert {f"'{e}" for e in EVIL} <= found
    assert not [c for c in found if c.startswith(("=", "+", "-", "@"))]


def test_csv_is_refused_as_a_place_to_decide_in_and_the_workbook_named(company):
    company.call("report", "--format", "csv")
    done = company.call("rule", "--from", company.root / "report.csv")
    assert done.exit_code == 2
    assert "--format xlsx" in done.stderr


def test_a_workbook_says_what_to_do_with_it(company):
    done = company.call("report", "--format", "xlsx")
    assert done.stdout.strip().endswith("report.xlsx")
    assert "canonry rule --from" in done.stderr
