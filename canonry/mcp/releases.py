"""The releases that are being served: the current one of each edition, opened before it is needed, and some that callers named."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canonry import store as stores
from canonry.errors import CanonryError, StoreError
from canonry.serve import AgentError, Client

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from canonry.similarity import Encoder

    _Stamp = tuple[int, int, int]

EVERY = 0.1  # seconds between two looks at the pointer
_KEPT = 8  # releases that callers named and that stay open
_log = logging.getLogger(__name__)


class OneAtATime:
    """An encoder that several threads may use: tokenizers break when two of them ask at once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self._lock = encoder, threading.Lock()
        self.name, self.dimensions = encoder.name, encoder.dimensions

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """See `Encoder.encode`."""
        with self._lock:
            return self._encoder.encode(texts, progress)

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """See `Encoder.encode_query`."""
        with self._lock:
            return self._encoder.encode_query(text)


@dataclass(frozen=True)
class _Open:
    """An edition that is open: whoever reads it, its file, and what the file looked like."""

    client: Client
    file: Path
    stamp: _Stamp | None

    @property
    def is_as_opened(self) -> bool:
        """Whether the file is still that one: what was collected or erased must not be served out of memory."""
        return self.stamp is not None and _stamp(self.file) == self.stamp


class Releases:
    """Clients by edition and release, for any number of threads."""

    def __init__(self, store: Path, encoder: Encoder, journal: Path | None = None) -> None:
        self._store, self._encoder, self._journal = store, OneAtATime(encoder), journal
        self._pointer: _Stamp | None = None
        self._current: dict[str, _Open] = {}
        self._named: OrderedDict[tuple[str, str], _Open] = OrderedDict()
        self._opening, self._table = threading.Lock(), threading.Lock()

    def client(self, edition: str, release: str | None = None) -> Client:
        """Give the client of an edition, of the current release or of one that the caller names.

        Raises:
            AgentError: NO_RELEASE, RELEASE_GONE or UNKNOWN_EDITION.
        """
        found = self._known(edition, release)
        if found is None:
            with self._opening:
                found = self._known(edition, release) or self._opened(edition, release)
        return found.client

    def _known(self, edition: str, release: str | None) -> _Open | None:
        with self._table:
            current = self._current.get(edition)
            found = current if release is None or (current and current.client.release == release) else self._named.get((edition, release))
            if found is None or not found.is_as_opened:
                return None
            if release is not None and found is not current:
                self._named.move_to_end((edition, release))
            return found

    def _opened(self, edition: str, release: str | None) -> _Open:
        made = self._open(edition, release)
        with self._table:
            if release is None:
                self._current[edition] = made
            else:
                self._named[edition, release] = made
                while len(self._named) > _KEPT:
                    self._named.popitem(last=False)
        return made

    def _open(self, edition: str, release: str | None) -> _Open:
        if release is not None and not stores.is_release_id(release):
            raise AgentError("RELEASE_GONE", "This release is not kept.", "Ask again without naming a release.")
        client = Client(self._store, edition, release=release, encoder=self._encoder, journal=self._journal)
        file = stores.edition_file(self._store, stores.manifest(self._store, client.release), edition)
        stamp = _stamp(file)
        client.describe_store()  # tables, index and model are loaded here, not while an agent waits
        with suppress(AgentError):  # a release of another model serves facts all the same
            client.search("warm up", 1)
            client.resolve_fact("warm", "up")
        return _Open(client, file, stamp)

    def refresh(self) -> bool:
        """Look at the pointer; when it moved, open the new release beside the old one, then put it in its place.

        Returns:
            Whether something changed.
        """
        pointer = _stamp(self._store / stores.POINTER)
        if self._pointer is None:
            self._pointer = pointer
        with self._table:
            stale = [e for e, o in self._current.items() if pointer != self._pointer or not o.is_as_opened]
        if not stale:
            self._pointer = pointer
            return False
        is_done = True
        for edition in stale:
            is_done &= self._renewed(edition)
        if is_done:
            self._pointer = pointer
        return True

    def _renewed(self, edition: str) -> bool:
        """Open the current release of an edition; one that it does not have any more is forgotten."""
        try:
            with self._opening:
                self._opened(edition, None)
        except AgentError as e:
            if e.code == "UNKNOWN_EDITION":
                with self._table:
                    self._current.pop(edition, None)
                return True
            _log.warning("the new release cannot be opened yet: %s", e.code)
            return False
        except (CanonryError, StoreError):
            _log.warning("the new release cannot be opened yet", exc_info=True)
            return False
        return True


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
