"""When the job runs by itself."""

import dagster as dg

from pipelines.jobs import nightly


@dg.schedule(job=nightly, cron_schedule="0 2 * * *", execution_timezone="UTC", default_status=dg.DefaultScheduleStatus.STOPPED)
def every_night(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Run at two in the morning (UTC) with that day as the run date; stopped until somebody starts it."""
    day = context.scheduled_execution_time.date().isoformat()
    return dg.RunRequest(run_key=day, run_config={"resources": {"nights": {"config": {"scheduled_on": day}}}})
