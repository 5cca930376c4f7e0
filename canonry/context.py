"""What a run is a function of: `RunContext`, and the narrowed view of the configuration that a stage may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast

from canonry import published
from canonry.errors import UndeclaredReadError

if TYPE_CHECKING:
    import polars as pl

    from canonry.config import Config
    from canonry.journal import Journal
    from canonry.similarity import Encoder
    from canonry.state import Memo


class _View:
    """A part of the configuration in which only declared fields can be read."""

    def __init__(self, value: Any, reads: frozenset[str], place: str) -> None:
        self._value, self._reads, self._place = value, reads, place

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._value, name)
        return _narrowed(value, _below(self._reads, name), f"{self._place}{name}")


def _below(reads: frozenset[str], step: str) -> frozenset[str]:
    """The declared paths under one step; the empty path means: all of it."""
    return frozenset(tail for r in reads for head, _, tail in [r.partition(".")] if head in (step, "*"))


def _narrowed(value: Any, reads: frozenset[str], place: str) -> Any:
    if "" in reads or callable(value):
        return value
    if not reads:
        msg = f"a stage read {place!r} without declaring it"
        raise UndeclaredReadError(msg, "Add the field to the `reads` of the stage in canonry/flow.py.")
    if isinstance(value, Mapping):
        return {k: _narrowed(v, _below(reads, "*"), f"{place}.{k}") for k, v in value.items()}
    return None if value is None else _View(value, reads, f"{place}.")


def narrow(config: Config, reads: tuple[str, ...]) -> Config:
    """Hand out a view of the configuration that raises when another field is read.

    Args:
        config: The whole configuration.
        reads: Paths like ``policy``, ``keep.days`` or ``sources.*.authority``.

    Returns:
        An object that reads like a `Config`.
    """
    return cast("Config", _View(config, frozenset(reads), ""))


@dataclass(frozen=True)
class History:
    """What the parent release of the same edition knew; the only memory that a run has.

    Attributes:
        tables: Table name → rows of the parent release; tables that are missing count as empty.
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        """The rows of a table in the parent release."""
        return self.tables.get(name, published.TABLES[name].empty())


def _unheard(done: int, total: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class RunContext:
    """The inputs of a run that are not data of the sources, and the two tools that make it cheap.

    Attributes:
        run_date: The day that counts as today. Nothing else in the engine knows what day it is.
        config: The configuration, narrowed to what the stage declares.
        journal: What people said, up to an offset.
        memo: Where results per item are kept between runs; changes what a run costs and nothing else.
        encoder: Turns texts into vectors.
        frozen: Where vectors are kept, in the store: what is there is the value, on whatever machine it was made.
        history: The parent release of the edition in work.
        edition: The edition in work; empty in stages that serve all editions.
        encoded: Hears how many of how many texts are encoded.
    """

    run_date: date
    config: Config
    journal: Journal
    memo: Memo
    encoder: Encoder
    frozen: Memo
    history: History = History()
    edition: str = ""
    encoded: Callable[[int, int], None] = field(default=_unheard)

    def narrowed(self, reads: tuple[str, ...]) -> RunContext:
        """The same context with only the declared fields of the configuration."""
        return replace(self, config=narrow(self.config, reads))


def midnight(day: date) -> datetime:
    """The first instant of a day, UTC: what a run writes where a table wants an instant."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
