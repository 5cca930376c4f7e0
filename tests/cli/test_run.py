from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from pathlib import Path

import pytest

from canonry import flow
from canonry.errors import RunFailedError

ROOT = Path(__file__).parents[2]


def test_a_run_tells_a_person_what_it_found_and_what_to_do_next(blank):
    done = blank.call("run")
    assert done.exit_code == 0, done.stderr
    for part in (
        "items in          6",
        "0 decided, 1 open",
        "out of",
        "pairs considered",
        "published  yes",
        "seconds",
        "canonry list conflicts",
    ):
        assert part in done.stdout
    assert str(blank.root / "store") in done.stdout


def test_progress_goes_to_standard_error_as_one_line_a_stage(blank):
    done = blank.call("run")
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == list(flow.STAGES)
    assert "ingest:" not in done.stdout


def test_json_is_all_that_stands_on_standard_output(blank):
    found = json.loads(blank.call("run", "--json").stdout)
    assert found["published"]
    assert found["run_date"] == "2024-12-31"
    assert found["sources"]["crm"] == {"status": "ok", "items": 2, "quarantined": 0, "message": None}
    assert found["conflicts"]["value_conflict"] == {"open": 1, "decided": 0}
    assert {"counts", "coverage", "seconds", "cpu_seconds", "cache", "gate", "exit_reason", "quarantined"} <= found.keys()


def test_the_date_on_the_command_line_wins_over_the_configuration(blank):
    assert blank.json("run", "--date", "2025-01-02")["run_date"] == "2025-01-02"


def test_the_date_of_today_counts_when_nobody_names_one(blank, monkeypatch):
    blank.write("canonry.yaml", (blank.root / "canonry.yaml").read_text().replace("run_date: 2024-12-31\n", ""))
    monkeypatch.setattr("canonry.cli.edge.today", lambda: __import__("datetime").date(2025, 6, 7))
    assert blank.json("run")["run_date"] == "2025-06-07"


def test_a_date_before_that_of_the_current_release_needs_full(company):
    refused = company.call("run", "--date", "2024-01-01")
    assert (refused.exit_code, "--full" in refused.stderr) == (2, True)
    assert company.json("run", "--date", "2024-01-01", "--full")["published"]


def test_a_dry_run_publishes_nothing(blank):
    done = blank.json("run", "--dry-run")
    assert (done["published"], done["exit_reason"]) == (False, "dry run")
    assert blank.json("status")["release_id"] is None


def test_a_second_run_of_the_same_inputs_says_that_nothing_changed(company):
    done = company.call("run")
    assert "no: nothing changed" in done.stdout


def test_a_source_that_is_down_is_held_and_the_person_is_told(company):
    (company.root / "crm.csv").rename(company.root / "away.csv")
    done = company.call("run")
    assert done.exit_code == 0
    assert "held" in done.stdout
    assert "crm.csv does not exist" in done.stdout
    assert "mend crm" in done.stdout


def test_a_source_that_was_never_there_is_missing_and_the_others_are_published(blank):
    (blank.root / "billing.csv").unlink()
    found = blank.json("run")
    assert found["published"]
    assert found["sources"]["billing"]["status"] == "missing"


@pytest.mark.parametrize("content", ["", "plan,price,seats\n", b"\x00\x01\xff\xfe\xfa"])
def test_an_empty_or_unreadable_export_is_held_with_the_reason(company, content):
    company.write("crm.csv", content)
    crm = company.json("run")["sources"]["crm"]
    assert crm["status"] == "held"
    assert crm["message"]


@pytest.mark.parametrize(("row", "rule"), [("team,$21,6\n", "duplicate_id"), ("pro,$40,9,extra\n", "ragged_row")])
def test_a_broken_row_is_set_aside_and_listed_with_the_rule_it_broke(company, row, rule):
    company.write("crm.csv", (company.root / "crm.csv").read_text() + row)
    done = company.call("run")
    assert "canonry list quarantine" in done.stdout
    assert rule in company.call("list", "quarantine").stdout


def test_an_unknown_column_in_fields_holds_the_source_and_names_the_nearest(company):
    config = (company.root / "canonry.yaml").read_text()
    company.write("canonry.yaml", config.replace("path: crm.csv, id: plan", "path: crm.csv, id: plan, fields: {Pric: price}"))
    crm = company.json("run")["sources"]["crm"]
    assert crm["status"] == "held"
    assert "'price'" in crm["message"]


def test_when_no_source_can_be_read_the_run_fails_and_nothing_is_published(blank):
    for name in ("crm.csv", "billing.csv", "handbook/leave.md", "handbook/refunds.md"):
        (blank.root / name).unlink()
    done = blank.call("run")
    assert done.exit_code == 1
    assert "no source could be read" in done.stderr
    assert not (blank.root / "store/CURRENT").exists()


def test_an_item_without_audience_where_editions_exist_is_a_configuration_error(company):
    company.write(
        "canonry.yaml",
        (company.root / "canonry.yaml")
        .read_text()
        .replace("default_audience: [staff]\n", "")
        .replace("editions:\n", "editions:\n  hr: {audiences: [hr]}\n"),
    )
    done = company.call("run")
    assert done.exit_code == 2
    assert "audience" in done.stderr


def test_a_second_run_meanwhile_ends_with_75_and_names_the_process(company):
    with (company.root / "store/.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711\n")
        lock.flush()
        done = company.call("run")
        assert "process 4711" in company.call("status").stdout
    assert done.exit_code == 75
    assert "4711" in done.stderr
    assert "next: " in done.stderr


def test_an_unknown_source_in_only_is_refused_with_the_nearest(company):
    done = company.call("run", "--only", "biling")
    assert done.exit_code == 2
    assert "did you mean 'billing'?" in done.stderr


def test_a_full_disk_is_said_so_and_the_release_before_stays_current(company, monkeypatch):
    before = (company.root / "store/CURRENT").read_bytes()

    def full(*args, **more):
        raise RunFailedError("the disk of the store is full.", "Free some space and run again. The release before stays current.")

    monkeypatch.setattr(flow, "publish", full)
    company.write("crm.csv", "plan,price,seats\nteam,$22,5\nsolo,$8,1\n")
    done = company.call("run")
    assert done.exit_code == 1
    assert "disk" in done.stderr
    assert (company.root / "store/CURRENT").read_bytes() == before


def test_the_interrupt_key_ends_with_130_and_says_what_is_current(company):
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import os, signal, canonry.cli.run as run\n"
        "def stop(*a): os.kill(os.getpid(), signal.SIGINT); signal.pause()\n"
        "run.nightly = stop\n"
        "from canonry.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code, "run"], cwd=company.root, capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert "the release before stays current" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_failed_run_with_json_gives_the_error_as_json_on_standard_error(company):
    done = company.call("run", "--date", "2024-01-01", "--json")
    assert not done.stdout
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["exit_code"] == 2
    assert told["next"] == "Going back needs --full."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sources: {x: {kind: documents, path: docs, ownr: ada}}", "did you mean 'owner'?"),
        ("sources: {x: {kind: documents}}", "'sources.x.path' is missing"),
        ("sources: [", "not valid YAML"),
        ("sources: {x: {kind: documents, path: '${NOWHERE_SET}'}}", "no variable NOWHERE_SET"),
        ("name: x", "'sources' is missing"),
    ],
)
def test_a_wrong_configuration_ends_with_2_and_names_file_and_key(blank, text, says):
    blank.write("canonry.yaml", text)
    for command in (["run"], ["status"], ["search", "x"]):
        done = blank.call(*command)
        assert done.exit_code == 2
        assert "canonry.yaml" in done.stderr
        assert says in done.stderr


def test_a_defect_is_told_without_a_stack_trace(company, monkeypatch):
    monkeypatch.setattr("canonry.cli.run.nightly", lambda *a: {}["x"])
    done = company.call("run")
    assert done.exit_code == 1
    assert "unexpected KeyError" in done.stderr
    assert "CANONRY_DEBUG=1" in done.stderr
