"""What starts the job between two nights."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from assets.night import Nights
from canonry import ids
from canonry.errors import SourceError
from canonry.ingest.files import find
from canonry.workspace import Workspace
from pipelines.jobs import nightly


@dg.sensor(job=nightly, minimum_interval_seconds=300, default_status=dg.DefaultSensorStatus.STOPPED)
def changed_files(context: dg.SensorEvaluationContext, nights: Nights) -> dg.SensorResult | dg.SkipReason:
    """Run when a file of a source is new, changed or gone, once nothing moves any more; stopped until somebody starts it."""
    now = state(nights.workspace())
    seen, _, ran = (context.cursor or "").partition(" ")
    if now == ran:
        return dg.SkipReason("Nothing changed since the last run.")
    if now != seen:
        context.update_cursor(f"{now} {ran}")
        return dg.SkipReason("Files changed; waiting until they stay as they are.")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=now)], cursor=f"{now} {now}")


def state(workspace: Workspace) -> str:
    """Hash name, size and time of every file that the configuration names; contents are for the run to read."""
    return ids.digest(*sorted(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in set(_files(workspace))))


def _files(workspace: Workspace) -> Iterator[Path]:
    yield workspace.file
    for source in workspace.config.sources.values():
        if source.metadata and (table := workspace.base / source.metadata.path).is_file():
            yield table
        try:
            yield from (path for _, path in find(source, workspace.base).files)
        except SourceError:
            continue  # a source that is gone is a change as well
