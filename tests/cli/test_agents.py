"""The tools of agents on the command line: packs of things, cursors, gaps, changes, tasks."""

from __future__ import annotations

import json


def test_a_thing_is_packed_with_its_card(company):
    pack = company.json("context", "--entity", "team")
    assert (pack["items"][0]["cite"], pack["unmet"], pack["next_cursor"]) == ("plan/team", None, None)


def test_the_rest_of_a_request_comes_with_the_cursor(company):
    company.write("handbook/long.md", "# Long\n\n" + "".join(f"## Part {n}\n\nA refund {'takes a while ' * 30}.\n\n" for n in range(6)))
    assert company.call("run", "--full").exit_code == 0
    first = company.json("context", "refund takes", "--budget", "1200")
    rest = company.json("context", "refund takes", "--budget", "1200", "--cursor", first["next_cursor"])
    assert rest["items"]
    assert {i["cite"] for i in rest["items"]}.isdisjoint(i["cite"] for i in first["items"])
    wrong = company.call("context", "refund takes", "--budget", "1300", "--cursor", first["next_cursor"])
    assert (wrong.exit_code, "another request" in wrong.stderr, "next:" in wrong.stderr) == (2, True, True)


def test_a_context_of_nothing_is_refused(company):
    done = company.call("context")
    assert (done.exit_code, "--entity" in done.stderr) == (2, True)


def test_a_gap_is_reported_listed_and_closed(company):
    told = company.json("gap", "missing", "No page on parking", "--cite", "handbook/leave.md#parental", "--by", "ada")
    assert (told["status"], told["cites"]) == ("recorded", ["handbook/leave.md#parental"])
    assert company.json("gap", "missing", "no page on  parking", "--cite", "handbook/leave.md#parental", "--by", "bob")["reports"] == 2
    row = company.json("list", "gaps")["rows"][0]
    assert (row["gap_id"], row["reports"], row["by"], row["status"]) == (told["gap_id"], 2, ["ada", "bob"], "open")
    assert company.json("list", "gaps", "--edition", "staff")["rows"] == []
    assert company.call("gap", "--close", told["gap_id"], "--because", "written", "--by", "ada").exit_code == 0
    assert company.json("list", "gaps")["rows"][0]["status"] == "closed"


def test_a_gap_that_is_not_there_or_has_no_note_says_what_to_do(company):
    for wrong in (
        ("gap", "--close", "zzz", "--by", "a"),
        ("gap", "missing", "--by", "a"),
        ("gap", "--close", "x", "missing", "y", "--by", "a"),
    ):
        done = company.call(*wrong)
        assert (done.exit_code, "next:" in done.stderr) == (2, True)


def test_open_gaps_stand_in_the_report_and_its_workbook_and_closed_ones_do_not(company):
    gap_id = company.json("gap", "outdated", "Refunds take =20 days", "--by", "ada")["gap_id"]
    assert "Refunds take =20 days" in company.call("report", "-o", "-").stdout
    assert [g["gap_id"] for g in json.loads(company.call("report", "--format", "json", "-o", "-").stdout)["gaps"]["rows"]] == [gap_id]
    company.call("gap", "--close", gap_id, "--by", "ada")
    assert "Refunds take =20 days" not in company.call("report", "-o", "-").stdout


def test_what_changed_since_a_release_is_told(company):
    before = company.json("releases")[-1]["release_id"]
    company.write("handbook/leave.md", "# Leave\n\n## Parental\n\nParental leave is 20 weeks.\n")
    assert company.call("run", "--full").exit_code == 0
    told = company.json("changes", before)
    assert [(i["change"], i["cite"]) for i in told["items"]] == [("changed", "handbook/leave.md#parental")]
    assert "handbook/leave.md#parental" in company.call("changes", "parent").stdout
    assert "Nothing changed" in company.call("changes", "current").stdout
