"""The resource `nights`: what a run is asked to do, and the night that its steps share. Clock and environment come in here."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
from pydantic import Field, PrivateAttr

import canonry
from canonry import flow, store
from canonry.bench import FolderBench
from canonry.errors import CanonryError, RunFailedError, UsageError
from canonry.publish import lock
from canonry.workspace import RunOptions, Workspace

EXAMPLE = Path(__file__).parents[1] / "examples" / "brightwater" / "canonry.yaml"
NOTE = "night.json"
_KEPT = 3  # folders of runs that stay for looking


class Nights(dg.ConfigurableResource[Any]):
    """One night per Dagster run; the results of its steps lie as Parquet in ``<state>/runs/<run id>``.

    Every field can be set for a single run in the launchpad, under ``resources.nights.config``.
    """

    config: str = Field(default="", description="The configuration file; empty: $CANONRY_CONFIG, else the example company.")
    run_date: str = Field(
        default="", description="The day that counts as today (YYYY-MM-DD); empty: the configuration's, else `scheduled_on`, else today."
    )
    scheduled_on: str = Field(default="", description="The day that the schedule meant; counts where nothing else names one.")
    full: bool = Field(default=False, description="Recompute everything that is not frozen.")
    refit: bool = Field(default=False, description="Renew what is frozen, too.")
    only: list[str] = Field(default=[], description="Read only these sources anew; empty: all.")
    dry_run: bool = Field(default=False, description="Do everything but publish.")
    _nights: dict[str, flow.Night] = PrivateAttr(default_factory=dict)

    def workspace(self) -> Workspace:
        """Open the configuration."""
        return Workspace.open(Path(self.config or os.environ.get("CANONRY_CONFIG", "") or EXAMPLE), os.environ)

    @contextlib.contextmanager
    def working(self, run: dg.DagsterRun) -> Iterator[flow.Night]:
        """Give the night of a run to one of its steps, which holds the store's lock while it works.

        Raises:
            dagster.Failure: What canonry raises on purpose, with its hint; trying again would not help.
        """
        with _failures():
            night = self._night(_key(run))
            with lock(night.workspace.store):
                yield night

    def results(self, run: dg.DagsterRun, stage: str) -> Mapping[str, Any]:
        """Give what a stage made, per edition; of the newest night when this run made nothing (a check that is run alone)."""
        with _failures():
            folder = _folder(self._workspace(run), run)
            bench = _Bench(folder)
            if stage == "ingest":
                return {"": bench.get("", "Ingested")}
            kind = next(s.makes for s in flow.PER_EDITION if s.name == stage)
            made = {place.parent.name for place in folder.glob(f"*/{kind}")} or {store.FULL}
            return {edition: bench.get(edition, kind) for edition in sorted(made)}

    def published(self, run: dg.DagsterRun, table: str) -> Mapping[str, pl.DataFrame]:
        """Read a table of the current release, per edition."""
        with _failures():
            folder = self._workspace(run).store
            release = store.needed(folder)
            return {edition: store.read_table(folder, release, edition, table) for edition in release.editions}

    def tidy(self, run: dg.DagsterRun) -> None:
        """Remove the folders of old runs, and keep the newest ones and that of this run."""
        runs = self._workspace(run).state / "runs"
        known = _by_age(runs)
        stay = {*known[-_KEPT:], runs / _key(run)}
        for folder in sorted(set(runs.iterdir()) - stay):
            shutil.rmtree(folder, ignore_errors=True)

    def _workspace(self, run: dg.DagsterRun) -> Workspace:
        night = self._nights.get(_key(run))
        return night.workspace if night else self.workspace()

    def _night(self, key: str) -> flow.Night:
        if key not in self._nights:
            workspace = self.workspace()
            folder = workspace.state / "runs" / key
            note = _read(folder)
            night = flow.Night(workspace, self._options(workspace, note), _Bench(folder), _Logged())
            _same_inputs(folder, note, night)
            self._nights[key] = night
        return self._nights[key]

    def _options(self, workspace: Workspace, note: Mapping[str, Any]) -> RunOptions:
        now = datetime.fromisoformat(note["now"]) if note else datetime.now(UTC)
        day = _day(note["run_date"]) if note else self._day(workspace, now)
        return RunOptions(now, day, self.full, self.refit, frozenset(self.only), self.dry_run)

    def _day(self, workspace: Workspace, now: datetime) -> date:
        if self.run_date:
            return _day(self.run_date)
        return workspace.config.run_date or (_day(self.scheduled_on) if self.scheduled_on else now.date())


class _Bench(FolderBench):
    """The results of a night as Parquet; says what is missing when stages are run without those before them."""

    def get(self, edition: str, kind: str) -> Any:
        """See `Bench.get`."""
        if not (self.folder / (edition or "_all") / kind).is_dir():
            raise RunFailedError(f"{kind} was not made in this run.", "Run the job `nightly`, or take the stages before into the run.")
        return super().get(edition, kind)


class _Logged:
    """Progress in the log of the step."""

    def start(self, stage: str) -> None:
        """See `Progress.start`; Dagster says so itself."""

    def advance(self, stage: str, done: int, total: int | None) -> None:
        """See `Progress.advance`; too fine for a log."""

    def finish(self, stage: str, note: str) -> None:
        """See `Progress.finish`."""
        dg.get_dagster_logger().info(f"{stage}: {note}")


def _key(run: dg.DagsterRun) -> str:
    """Name the night of a run: a run that is executed again goes on with what the first one made."""
    return run.root_run_id or run.run_id


def _folder(workspace: Workspace, run: dg.DagsterRun) -> Path:
    runs = workspace.state / "runs"
    own = runs / _key(run)
    known = _by_age(runs)
    if own in known or not known:
        return own
    return known[-1]


def _by_age(runs: Path) -> list[Path]:
    """The folders of nights, the newest last, by what was noted in them."""
    notes = {folder: _read(folder) for folder in runs.iterdir()} if runs.is_dir() else {}
    return sorted((f for f, note in notes.items() if note), key=lambda f: (notes[f]["now"], f.name))


def _read(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _same_inputs(folder: Path, before: Mapping[str, Any], night: flow.Night) -> None:
    """Make sure that a step that goes on with a night has the inputs that the night began with.

    Raises:
        RunFailedError: Something changed in between, and the results would not belong together.
    """
    found = {
        "now": night.options.now.isoformat(),
        "run_date": night.options.run_date.isoformat(),
        "code": canonry.__version__,
        "config": night.workspace.config.hash,
        "journal": {name: dict(head) for name, head in night.journal.heads.items()},
        "parent": night.parent.release_id if night.parent else None,
    }
    if not before:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NOTE).write_text(json.dumps(found, indent=1, default=str), encoding="utf-8")
    elif changed := sorted(k for k, v in json.loads(json.dumps(found, default=str)).items() if before.get(k) != v):
        raise RunFailedError(f"{', '.join(changed)} changed since this night began.", "Start a new run of the job `nightly`.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as e:
        raise UsageError(f"{text!r} is no day.", "Write it as YYYY-MM-DD.") from e


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    """Show what canonry raises on purpose as Dagster shows a failure: one sentence and the next step."""
    try:
        yield
    except CanonryError as e:
        raise dg.Failure(e.message, metadata={"hint": e.hint}, allow_retries=False) from e
