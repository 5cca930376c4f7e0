from __future__ import annotations

import dataclasses
import inspect
import json

import dagster as dg
import polars as pl
import pytest

from canonry import flow
from canonry.published import TABLES
from tests.flow.company import assert_same
from tests.pipelines.box import Box


def metadata(result, stage):
    return {k: getattr(v, "value", v) for k, v in result.asset_materializations_for_node(stage)[0].metadata.items()}


def versions(result):
    return {
        m.asset_key.to_user_string(): m.tags["dagster/data_version"] for s in flow.STAGES for m in result.asset_materializations_for_node(s)
    }


def test_the_job_publishes_what_the_command_line_publishes(first, companies):
    box, result = first
    other = companies(editions=True)
    other.run()
    assert result.success
    assert_same(box.company, other, "Dagster and the command line differ")


def test_every_check_of_every_stage_is_evaluated_and_passes(first):
    _, result = first
    told = {(e.asset_key.to_user_string(), e.check_name): e.passed for e in result.get_asset_check_evaluations()}
    assert all(told.values())
    assert {stage for stage, name in told if name == "contract"} == {s for s, tables in flow.CONTRACTS.items() if tables}
    assert {stage for stage, name in told if name == "expectations"} == {s for s, tables in flow.CONTRACTS.items() if tables}


@pytest.mark.parametrize("stage", flow.STAGES)
def test_a_stage_tells_rows_of_each_frame_and_edition_and_its_seconds(first, stage):
    told = metadata(first[1], stage)
    table = first[1].asset_materializations_for_node(stage)[0].metadata["rows"]
    assert told["seconds"] >= 0
    columns = [c.name for c in table.schema.columns]
    assert columns[:2] == ["frame", "all" if stage == "ingest" else "full"]
    assert set(columns[2:]) == (set() if stage == "ingest" else {"hr", "staff"})
    assert {f"rows/{r.data['frame']}" for r in table.records} == {k for k in told if k.startswith("rows/")}


def test_publish_names_the_release_and_where_store_and_report_lie(first):
    box, result = first
    told = metadata(result, "publish")
    assert told["release_id"] == box.company.manifest.release_id
    assert told["published"] is True
    assert told["conflicts_open"] + told["conflicts_decided"] == box.company.table("conflicts").height
    assert told["store/staff"].endswith("/staff/store.duckdb")
    assert "<html" in (box.company.base / "report.html").read_text()
    assert (box.company.base / "report.html").stat().st_mode & 0o077 == 0
    assert {k.removeprefix("rows/") for k in told if k.startswith("rows/")} == set(TABLES)


def test_a_second_night_publishes_and_computes_only_what_changed(first):
    box, one = first
    again = Box(box.instance, box.company.copy(box.company.base.parent / "again"))
    two = again.run()
    assert versions(two) == versions(one)
    assert metadata(two, "publish")["why"] == "nothing changed"
    assert metadata(two, "normalise")["cache_misses"] == 0
    assert metadata(two, "normalise")["cache"]["normalise-parse"]["hits"] == metadata(two, "normalise")["cache_hits"] > 0
    again.company.rows["sites.csv"][0]["stated"] = "30 months"
    three = versions(again.run())
    assert three["claims"] != versions(two)["claims"]
    assert three["match"] == versions(two)["match"]


def test_a_dry_run_publishes_nothing(box):
    result = box.run(dry_run=True, raise_on_error=False)
    assert metadata(result, "publish")["why"].startswith("dry run")
    assert not (box.company.workspace.store / "CURRENT").exists()


def test_a_broken_table_stops_everything_after_its_stage_and_the_release_before_stays(box, monkeypatch):
    box.run()
    before = box.company.manifest.release_id
    real = flow.PER_EDITION[-2]
    assert real.name == "score"

    def broken(*given):
        made = real.make(*given)
        return dataclasses.replace(made, components=made.components.with_columns(freshness=pl.lit(2.0)))

    broken.__signature__ = inspect.signature(real.make)
    monkeypatch.setattr(flow, "PER_EDITION", (*flow.PER_EDITION[:-2], dataclasses.replace(real, make=broken), flow.PER_EDITION[-1]))
    result = box.run(raise_on_error=False)
    failed = {(e.asset_key.to_user_string(), e.check_name) for e in result.get_asset_check_evaluations() if not e.passed}
    assert failed == {("score", "contract"), ("score", "expectations")}
    assert not result.success
    assert not result.asset_materializations_for_node("curate")
    assert box.company.manifest.release_id == before


def test_a_failure_tells_what_to_do_next(box):
    box.run()
    result = box.run(run_date="2020-01-01", raise_on_error=False)
    failure = next(e for e in result.all_events if e.event_type == dg.DagsterEventType.STEP_FAILURE)
    assert "before that of the current release" in failure.event_specific_data.user_failure_data.description
    assert "--full" in failure.event_specific_data.user_failure_data.metadata["hint"].value


def test_a_later_stage_alone_says_which_result_is_missing(box):
    result = box.run(raise_on_error=False, stages=["match"])
    failure = next(e for e in result.all_events if e.event_type == dg.DagsterEventType.STEP_FAILURE)
    assert "Normalised was not made in this run" in failure.event_specific_data.user_failure_data.description


def test_a_night_that_published_removes_the_folders_of_old_runs(box):
    box.company.write()
    runs = box.company.workspace.state / "runs"
    for n in range(4):
        (runs / f"old{n}").mkdir(parents=True)
        (runs / f"old{n}" / "night.json").write_text(json.dumps({"now": f"2024-11-0{n + 1}T00:00:00+00:00"}))
    last = box.run(stages=flow.STAGES)
    assert {p.name for p in runs.iterdir()} == {"old2", "old3", last.run_id}
