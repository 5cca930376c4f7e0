"""Progress of a run: a bar per stage on a terminal, a line per stage elsewhere; always on standard error."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING, Self

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import TracebackType

_EVERY = 10.0  # seconds between two lines about the same stage


class Bars:
    """Bars on a terminal; finished stages stay above with their note."""

    def __init__(self, console: Console) -> None:
        """Draw on a console."""
        columns = (
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description:<12}"),
            BarColumn(bar_width=28),
            TextColumn("{task.fields[note]}", style="dim"),
            TimeElapsedColumn(),
        )
        self._bars = Progress(*columns, console=console)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for task in self._bars.tasks:
            if not task.finished:
                self._bars.stop_task(task.id)
        self._bars.stop()

    def start(self, stage: str) -> None:
        """Show a stage as begun."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=None, note="")

    def advance(self, stage: str, done: int, total: int | None) -> None:
        """Show how far a stage is."""
        self.start(stage)
        self._bars.update(self._tasks[stage], completed=done, total=total, note=f"{done:,} of {total:,}" if total else f"{done:,}")

    def finish(self, stage: str, note: str) -> None:
        """Show a stage as done."""
        self.start(stage)
        task = self._bars.tasks[self._bars.task_ids.index(self._tasks[stage])]
        total = task.total or max(task.completed, 1)
        self._bars.update(self._tasks[stage], total=total, completed=total, note=note)


class Lines:
    """One line per stage, and one every ten seconds of a long one: for logs."""

    def __init__(self) -> None:
        """Start counting."""
        self._since: dict[str, float] = {}
        self._told: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return

    def start(self, stage: str) -> None:
        """Note when a stage began."""
        self._since.setdefault(stage, perf_counter())
        self._told.setdefault(stage, perf_counter())

    def advance(self, stage: str, done: int, total: int | None) -> None:
        """Say how far a long stage is."""
        self.start(stage)
        if perf_counter() - self._told[stage] >= _EVERY:
            self._told[stage] = perf_counter()
            click.echo(f"{stage}: {done:,}" + (f" of {total:,}" if total else ""), err=True)

    def finish(self, stage: str, note: str) -> None:
        """Say that a stage is done."""
        self.start(stage)
        seconds = perf_counter() - self._since[stage]
        click.echo(f"{stage}: {note or 'done'} ({seconds:.1f} s)", err=True)


def shown() -> AbstractContextManager[Bars | Lines]:
    """Choose bars or lines by where standard error goes."""
    return Bars(Console(stderr=True, markup=False, highlight=False)) if sys.stderr.isatty() else Lines()
