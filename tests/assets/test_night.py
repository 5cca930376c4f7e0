from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime

import dagster as dg
import pytest

from assets import night as module
from assets.night import EXAMPLE, NOTE, Nights
from canonry.publish import lock
from tests.flow.company import TinyWorkspace


@pytest.fixture
def nights(company, monkeypatch):
    monkeypatch.setattr(module, "Workspace", TinyWorkspace)
    company.write()
    monkeypatch.setenv("CANONRY_CONFIG", str(company.base / "canonry.yaml"))
    return Nights


def a_run(run_id="a", **more):
    return dg.DagsterRun(job_name="nightly", run_id=run_id, **more)


def test_the_configuration_is_the_named_one_else_the_environments_else_the_example(nights, monkeypatch, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text("sources: {x: {kind: documents, path: docs}}\n")
    assert nights(config=str(other)).workspace().file == other.resolve()
    assert nights().workspace().config.name == "tiny"
    monkeypatch.delenv("CANONRY_CONFIG")
    assert nights().workspace().file == EXAMPLE.resolve()


@pytest.mark.parametrize(
    ("pinned", "asked", "expected"),
    [
        ("2024-12-02", {"run_date": "2024-12-03", "scheduled_on": "2024-12-04"}, date(2024, 12, 3)),
        ("2024-12-02", {"scheduled_on": "2024-12-04"}, date(2024, 12, 2)),
        (None, {"scheduled_on": "2024-12-04"}, date(2024, 12, 4)),
        (None, {}, datetime.now(UTC).date()),
    ],
)
def test_the_run_date_is_the_asked_one_else_the_pinned_one_else_the_scheduled_one_else_today(nights, company, pinned, asked, expected):
    if pinned:
        company.config["run_date"] = pinned
    company.write()
    with nights(**asked).working(a_run()) as night:
        assert night.options.run_date == expected


def test_a_day_that_is_none_is_a_failure_with_a_hint(nights):
    with pytest.raises(dg.Failure, match="'tomorrow' is no day") as e, nights(run_date="tomorrow").working(a_run()):
        pass
    assert "YYYY-MM-DD" in e.value.metadata["hint"].value


def test_a_step_fails_while_another_run_holds_the_store(nights, company):
    handle = lock(company.workspace.store)
    handle.__enter__()
    module_held = __import__("canonry.publish.files", fromlist=["_held"])._held
    module_held.stores.clear()  # as another thread sees it
    try:
        with pytest.raises(dg.Failure, match="holds the lock"), nights().working(a_run()):
            pass
    finally:
        handle.__exit__(None, None, None)


def test_steps_in_processes_of_their_own_share_moment_day_and_results(nights):
    first, second = nights(run_date="2024-12-03"), nights()
    with first.working(a_run()) as one:
        one.ingest()
    with second.working(a_run("b", root_run_id="a", parent_run_id="a")) as two:
        assert (two.options.now, two.options.run_date) == (one.options.now, one.options.run_date)
        assert two.bench.get("", "Ingested").documents.equals(one.bench.get("", "Ingested").documents)


@pytest.mark.parametrize("what", ["config", "journal", "parent"])
def test_a_run_that_goes_on_after_its_inputs_changed_fails(nights, company, what):
    with nights(run_date="2024-12-01").working(a_run()):
        pass
    if what == "config":
        company.config["quality"]["floor"] = 0.3
        company.write()
    elif what == "journal":
        company.workspace.journal.mkdir()
        (company.workspace.journal / "rulings.jsonl").write_text(
            json.dumps({"withdraws": "r-1", "by": "x", "because": "y", "at": "2024-12-01T00:00:00+00:00"}) + "\n"
        )
    else:
        company.run()
    with pytest.raises(dg.Failure, match=f"{what} changed since this night began"), nights().working(a_run()):
        pass


def test_a_check_that_runs_alone_looks_at_the_newest_night(nights):
    with nights(run_date="2024-12-01").working(a_run("old")) as night:
        night.ingest()
    with nights(run_date="2024-12-01").working(a_run("new")) as night:
        night.ingest()
    found = nights().results(a_run("check"), "ingest")[""]
    assert found.documents.height == 6
    shutil.rmtree(night.bench.folder / "_all")
    with pytest.raises(dg.Failure, match="Ingested was not made"):
        nights().results(a_run("check"), "ingest")


def test_tidying_keeps_this_run_and_the_three_newest(nights, company):
    runs = company.workspace.state / "runs"
    for n in range(5):
        (runs / f"r{n}").mkdir(parents=True)
        (runs / f"r{n}" / NOTE).write_text(json.dumps({"now": f"2024-12-0{n + 1}T00:00:00+00:00"}))
    (runs / "half").mkdir()
    nights().tidy(a_run("r0"))
    assert {p.name for p in runs.iterdir()} == {"r0", "r2", "r3", "r4"}
