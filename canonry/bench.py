"""Where the results of a night lie between its stages: in memory, or as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from canonry import frames

if TYPE_CHECKING:
    from pathlib import Path


class Bench(Protocol):
    """Where the results of a night lie between its stages."""

    def put(self, edition: str, result: Any) -> None:
        """Keep a result; the edition is empty for what all editions share."""
        ...

    def get(self, edition: str, kind: str) -> Any:
        """Give a result back by the name of its class."""
        ...


class MemoryBench:
    """Results in memory, for a night in one process."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: dict[tuple[str, str], Any] = {}

    def put(self, edition: str, result: Any) -> None:
        """See `Bench.put`."""
        self._kept[edition, type(result).__name__] = result

    def get(self, edition: str, kind: str) -> Any:
        """See `Bench.get`."""
        return self._kept[edition, kind]


class FolderBench:
    """Results as Parquet files, for a night whose stages are separate steps."""

    def __init__(self, folder: Path) -> None:
        """Name the folder of this night."""
        self.folder = folder

    def put(self, edition: str, result: Any) -> None:
        """See `Bench.put`."""
        frames.save(result, self.folder / (edition or "_all") / type(result).__name__)

    def get(self, edition: str, kind: str) -> Any:
        """See `Bench.get`."""
        return frames.load(getattr(frames, kind), self.folder / (edition or "_all") / kind)
