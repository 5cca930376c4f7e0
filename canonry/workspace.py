"""Where a configuration's store, journal and state lie, and what a run reports."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from canonry import config as configuration
from canonry.similarity import DEFAULT_MODEL, SentenceEncoder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from canonry.config import Config
    from canonry.similarity import Encoder


@dataclass(frozen=True)
class Workspace:
    """A configuration file and the places it names.

    Attributes:
        file: The configuration file.
        config: What it says.
    """

    file: Path
    config: Config

    @classmethod
    def open(cls, file: Path, environment: Mapping[str, str]) -> Workspace:
        """Read a configuration file; see `canonry.config.load` for what can go wrong."""
        return cls(file.resolve(), configuration.load(file, environment))

    @property
    def base(self) -> Path:
        """The folder that paths are relative to."""
        return self.file.parent

    @property
    def store(self) -> Path:
        """Published, immutable."""
        return self.base / self.config.store

    @property
    def journal(self) -> Path:
        """What people said."""
        return self.base / self.config.journal

    @property
    def state(self) -> Path:
        """Recomputable."""
        return self.base / self.config.state

    def encoder(self) -> Encoder:
        """Give the embedding model that the configuration names; it is loaded on first use."""
        model = self.config.embedding.model
        return SentenceEncoder() if model == DEFAULT_MODEL else SentenceEncoder(model, self.base / model)


@dataclass(frozen=True)
class RunOptions:
    """What one run is asked to do.

    Attributes:
        now: The moment of publishing; stands in the manifest and decides nothing.
        run_date: The day that counts as today.
        full: Recompute everything that is not frozen.
        refit: Renew what is frozen, too.
        only: Read only these sources anew; empty for all.
        dry_run: Do everything but publish.
    """

    now: datetime
    run_date: date
    full: bool = False
    refit: bool = False
    only: frozenset[str] = frozenset()
    dry_run: bool = False


class Progress(Protocol):
    """Hears how far a run is."""

    def start(self, stage: str) -> None:
        """Hear that a stage begins."""
        ...

    def advance(self, stage: str, done: int, total: int | None) -> None:
        """Hear that so many of its steps are done."""
        ...

    def finish(self, stage: str, note: str) -> None:
        """Hear that a stage is done, and what came of it."""
        ...


class Silent:
    """Progress that nobody listens to."""

    def start(self, stage: str) -> None:
        """See `Progress.start`."""

    def advance(self, stage: str, done: int, total: int | None) -> None:
        """See `Progress.advance`."""

    def finish(self, stage: str, note: str) -> None:
        """See `Progress.finish`."""


@dataclass(frozen=True)
class RunSummary:
    """What a run found and what became of it; the fields of `canonry run --json`.

    Attributes:
        release_id: The release that is current after the run; null after a dry run without one.
        published: Whether it is a new one.
        exit_reason: published, nothing changed, held after rollback, or dry run.
        run_date: The day that counted as today.
        sources: Name → ``{status, items, quarantined, message}``.
        counts: Table → rows in the edition `full`.
        quarantined: Rows and files set aside.
        conflicts: Type → ``{open, decided}``.
        coverage: Detector → ``{possible, considered, capped}``.
        stale: Targets that are stale.
        seconds: Stage → seconds on the clock.
        cpu_seconds: Processor seconds of the process, in all.
        cache: ``{hits, misses}`` in all, and per step under ``steps``.
        degraded: Sources that are held or missing.
        gate: What the gate measured; null without one.
    """

    release_id: str | None
    published: bool
    exit_reason: str
    run_date: date
    sources: Mapping[str, Mapping[str, Any]]
    counts: Mapping[str, int]
    quarantined: int
    conflicts: Mapping[str, Mapping[str, int]]
    coverage: Mapping[str, Mapping[str, int]]
    stale: int
    seconds: Mapping[str, float]
    cpu_seconds: float
    cache: Mapping[str, Any]
    degraded: tuple[str, ...] = ()
    gate: Mapping[str, Any] | None = field(default=None)

    def as_dict(self) -> dict[str, Any]:
        """Give the fields as JSON-like values."""
        return {**asdict(self), "run_date": self.run_date.isoformat(), "degraded": list(self.degraded)}
