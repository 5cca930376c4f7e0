"""Reports of agents: written to the journal, counted once per content and edition, and the store stays as it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from canonry import journal
from canonry.gaps import folded
from canonry.serve import AgentError

AT = datetime(2025, 1, 1, tzinfo=UTC)
CITE = "live/leave.md#parental"


@pytest.fixture
def reporter(client, tmp_path):
    client._journal = tmp_path / "journal"
    return client


def test_a_report_is_written_with_what_was_served_and_the_release(reporter, tmp_path):
    told = reporter.report_gap("outdated", "It is 20 weeks now\u200b", [f"{CITE}@r1", "nowhere"], principal="helpdesk", at=AT)
    assert (told.status, told.reports, told.cites, told.release) == ("recorded", 1, (f"{CITE}@r1",), "r1")
    line = json.loads((tmp_path / "journal" / "gaps.jsonl").read_text())
    assert (line["note"], line["items"], line["by"], line["edition"]) == ("It is 20 weeks now", ["i-leave"], "helpdesk", "full")


def test_the_same_words_about_the_same_items_are_one_gap_with_a_count(reporter, tmp_path):
    first = reporter.report_gap("missing", "No page on  parking", at=AT)
    again = reporter.report_gap("missing", "no page on parking", principal="b", at=AT)
    other = reporter.report_gap("missing", "no page on bikes", at=AT)
    assert (again.gap_id, again.status, again.reports) == (first.gap_id, "known", 2)
    assert other.gap_id != first.gap_id
    rows = folded(journal.lines(tmp_path / "journal", "gaps"))
    assert [(r["gap_id"], r["reports"], r["by"]) for r in rows] == [(first.gap_id, 2, ["b"]), (other.gap_id, 1, [])]


def test_reports_of_another_edition_are_not_counted_for_this_one(reporter, tmp_path):
    line = {"kind": "missing", "note": "no page on parking", "cites": [], "edition": "hr", "at": AT.isoformat()}
    known = reporter.report_gap("missing", "no page on parking", at=AT).gap_id
    journal.append(tmp_path / "journal", "gaps", {**line, "gap_id": known})
    assert reporter.report_gap("missing", "no page on parking", at=AT).reports == 2


def test_a_closed_gap_opens_again_when_it_is_reported_again(reporter, tmp_path):
    gap_id = reporter.report_gap("missing", "no page on parking", at=AT).gap_id
    journal.append(tmp_path / "journal", "gaps", {"closes": gap_id, "by": "ada", "because": "written", "at": AT.isoformat()})
    assert [(r["status"], r["because"]) for r in folded(journal.lines(tmp_path / "journal", "gaps"))] == [("closed", "written")]
    reporter.report_gap("missing", "no page on parking", at=AT)
    assert [(r["status"], r["reports"]) for r in folded(journal.lines(tmp_path / "journal", "gaps"))] == [("open", 2)]


@pytest.mark.parametrize(
    "wrong",
    [
        ("bad", "x", []),
        ("missing", " \u200b", []),
        ("missing", "x" * 2001, []),
        ("missing", "x", ["c"] * 21),
        ("missing", "x", ["c" * 501]),
    ],
)
def test_a_report_out_of_range_is_refused_and_nothing_is_written(reporter, tmp_path, wrong):
    with pytest.raises(AgentError) as caught:
        reporter.report_gap(*wrong, at=AT)
    assert caught.value.code == "BAD_ARGUMENT"
    assert not (tmp_path / "journal").exists()


def test_without_a_journal_no_report_is_taken(client):
    with pytest.raises(AgentError) as caught:
        client.report_gap("missing", "x", at=AT)
    assert caught.value.code == "GAPS_OFF"
