from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg

from pipelines.definitions import definitions
from pipelines.schedules import every_night


def test_the_schedule_hands_over_the_day_it_meant_and_is_stopped_until_somebody_starts_it():
    with dg.build_schedule_context(scheduled_execution_time=datetime(2026, 3, 2, 2, 0, tzinfo=UTC)) as context:
        tick = every_night.evaluate_tick(context)
    (request,) = tick.run_requests
    assert request.run_config == {"resources": {"nights": {"config": {"scheduled_on": "2026-03-02"}}}}
    assert every_night.default_status is dg.DefaultScheduleStatus.STOPPED
    assert (every_night.cron_schedule, every_night.execution_timezone) == ("0 2 * * *", "UTC")


def test_what_the_schedule_asks_for_fits_the_job():
    config = {"resources": {"nights": {"config": {"scheduled_on": "2026-03-02"}}}}
    assert dg.validate_run_config(definitions().resolve_job_def("nightly"), config)
