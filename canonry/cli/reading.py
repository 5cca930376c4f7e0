"""The store as agents read it, opened for the person who runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canonry import store as stores
from canonry.cli.nearest import meant
from canonry.errors import UsageError
from canonry.serve import Client

if TYPE_CHECKING:
    from canonry.cli.session import Session
    from canonry.store import Manifest


def client(session: Session, edition: str | None = None, release: str | None = None) -> Client:
    """Open an edition as agents read it; see `edition_of`."""
    manifest, name = edition_of(session, edition, release)
    places = session.workspace
    return Client(session.store, name, release=manifest.release_id, encoder=places.encoder(), journal=places.journal)


def edition_of(session: Session, edition: str | None, release: str | None) -> tuple[Manifest, str]:
    """Find a release and an edition of it; an operator reads `full` unless another one is named.

    Raises:
        StoreError: Nothing is published yet.
        UsageError: There is no such release or edition.
    """
    manifest = session.release(release)
    name = edition or stores.FULL
    if name not in manifest.editions:
        known = sorted(manifest.editions)
        raise UsageError(f"release {manifest.release_id} has no edition {name!r}{meant(name, known)}", f"It has: {', '.join(known)}.")
    return manifest, name
