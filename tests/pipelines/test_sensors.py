from __future__ import annotations

import dagster as dg
import pytest

from assets import night as module
from assets.night import Nights
from pipelines.sensors import changed_files, state
from tests.flow.company import TinyWorkspace


@pytest.fixture
def look(company, monkeypatch):
    monkeypatch.setattr(module, "Workspace", TinyWorkspace)
    company.write()
    cursor = None

    def _look():
        nonlocal cursor
        context = dg.build_sensor_context(cursor=cursor, resources={"nights": Nights(config=str(company.base / "canonry.yaml"))})
        told = changed_files.evaluate_tick(context)
        cursor = told.cursor
        return len(told.run_requests or [])

    return _look


def test_a_run_starts_once_files_have_stopped_changing_and_not_again_until_they_do(look, company):
    assert [look(), look(), look()] == [0, 1, 0]
    company.put("wiki", "New.md", "# New\n\nA page.\n")
    assert look() == 0
    company.put("wiki", "New.md", "# New\n\nA page, still being written.\n")
    assert [look(), look(), look()] == [0, 1, 0]


@pytest.mark.parametrize("change", ["page", "gone", "export", "sidecar", "config", "source gone"])
def test_every_kind_of_file_that_a_run_reads_is_watched(company, change):
    company.write()
    before = state(company.workspace)
    if change == "page":
        company.put("live", "people/leave.md", "# Annual leave\n\nOther words.\n")
    elif change == "gone":
        (company.base / "wiki" / "Desk.md").unlink()
    elif change == "source gone":
        (company.base / "prices.csv").unlink()
    else:
        name = {"export": "prices.csv", "sidecar": "live.csv", "config": "canonry.yaml"}[change]
        (company.base / name).write_text((company.base / name).read_text() + "\n")
    assert state(company.workspace) != before


def test_files_that_no_source_names_are_not_watched(company):
    company.write()
    before = state(company.workspace)
    (company.base / "notes.txt").write_text("Mine.\n")
    assert state(company.workspace) == before


def test_the_sensor_is_stopped_until_somebody_starts_it():
    assert changed_files.default_status is dg.DefaultSensorStatus.STOPPED
