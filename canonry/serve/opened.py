"""Releases of one edition, opened when first asked for; the few used last stay open."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from canonry import store as stores
from canonry.errors import StoreError
from canonry.published import TABLES
from canonry.serve.cursors import short
from canonry.serve.errors import AgentError
from canonry.serve.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    from canonry.store import Manifest

_KEPT = 3  # a release of 14,000 items takes some 50 MB in memory
_NO_RELEASE = "Publish one with `canonry run`, or name the right store."


class Releases:
    """Opens the snapshots of one edition of one store."""

    def __init__(self, store: str | Path, edition: str) -> None:
        self.store, self.edition = Path(store), edition
        self._open: OrderedDict[str, Snapshot] = OrderedDict()
        self._lock = Lock()

    def current(self) -> Snapshot:
        """Open the current release.

        Raises:
            AgentError: NO_RELEASE, STORE_UNREADABLE or UNKNOWN_EDITION.
        """
        try:
            found = stores.current(self.store)
        except StoreError as e:
            raise AgentError("STORE_UNREADABLE", "The store cannot be read.", "Tell the operator: `canonry verify`.") from e
        if found is None:
            raise AgentError("NO_RELEASE", "The store holds no release yet.", _NO_RELEASE, retryable=True)
        return self._snapshot(found)

    def named(self, release: str) -> Snapshot:
        """Open a release by its id, or by the short form that cursors have.

        Raises:
            AgentError: RELEASE_GONE or UNKNOWN_EDITION.
        """
        try:
            whole = release if stores.is_release_id(release) else self._whole(release)
            return self._snapshot(stores.manifest(self.store, whole))
        except StoreError as e:
            raise gone() from e

    def _whole(self, brief: str) -> str:
        return next((r for r in stores.release_ids(self.store) if short(r) == brief), brief)

    def _snapshot(self, manifest: Manifest) -> Snapshot:
        if self.edition not in manifest.editions:
            raise AgentError("UNKNOWN_EDITION", "This release has no such edition.", "Ask the operator which editions there are.")
        with self._lock:
            found = self._open.get(manifest.release_id)
            if found is None:
                file = stores.edition_file(self.store, manifest, self.edition)
                found = Snapshot(manifest.release_id, self.edition, _reader(self.store, manifest, self.edition), file)
                self._open[manifest.release_id] = found
            self._open.move_to_end(manifest.release_id)
            while len(self._open) > _KEPT:
                self._open.popitem(last=False)
        return found


def gone() -> AgentError:
    """Say that a release is not kept (any more)."""
    return AgentError("RELEASE_GONE", "This release is not kept.", "Ask again without naming a release.")


def _reader(folder: Path, manifest: Manifest, edition: str) -> Callable[[Sequence[str]], Mapping[str, pl.DataFrame]]:
    there = manifest.editions[edition].tables

    def read(names: Sequence[str]) -> Mapping[str, pl.DataFrame]:
        known = [n for n in names if n in there]
        found = {n: TABLES[n].empty() for n in names if n not in there}  # a release that was made before there was such a table
        try:
            found.update(stores.read_tables(stores.edition_file(folder, manifest, edition), known) if known else ())
        except StoreError as e:
            raise AgentError("RELEASE_GONE", "This release cannot be read any more.", "Open the store again.", retryable=True) from e
        return found

    return read
