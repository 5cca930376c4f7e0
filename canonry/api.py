"""The nightly job as one call, for people who write Python."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from canonry.flow import nightly
from canonry.workspace import RunOptions, Workspace

if TYPE_CHECKING:
    from canonry.workspace import Progress, RunSummary


def run(
    config_path: str | Path,
    *,
    run_date: date | None = None,
    full: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> RunSummary:
    """Run the nightly job of a configuration file in this process; the same as `canonry run`.

    Args:
        config_path: The `canonry.yaml`.
        run_date: The day that counts as today; default: the configuration's `run_date`, else today (UTC).
        full: Recompute everything that is not frozen.
        dry_run: Do everything but publish.
        progress: Hears how far the run is.

    Returns:
        What was found, and what became of it.

    Raises:
        CanonryError: The configuration is wrong, the lock is held, or no release could be made; the release before stays current.
    """
    workspace = Workspace.open(Path(config_path), os.environ)  # noqa: TID251  (an edge of the product, like the command line)
    now = datetime.now(UTC)  # noqa: TID251
    options = RunOptions(now, run_date or workspace.config.run_date or now.date(), full=full, dry_run=dry_run)
    return nightly(workspace, options, progress)
