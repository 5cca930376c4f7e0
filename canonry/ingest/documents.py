"""Files of text as documents, with what the sidecar says about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from canonry.errors import SourceError
from canonry.frames import INGESTED, frame
from canonry.ingest.files import Found, find, read_bytes
from canonry.ingest.formats import read_document
from canonry.ingest.reading import Fault, Reading, UnreadableFileError, quarantined
from canonry.ingest.sidecar import Notes, read_sidecar

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.config import Source


def read_documents(name: str, source: Source, base: Path) -> Reading:
    """Read a source of kind documents.

    Returns:
        Its reading; files that cannot be read are in the quarantine, a date that cannot be read too, while its document is kept.

    Raises:
        SourceError: The folder is missing or empty, its only file cannot be read, or the sidecar does not fit.
    """
    notes = read_sidecar(source, base)
    found = find(source, base, [base / source.metadata.path] if source.metadata else [])
    rows, faults = _read(found, source)
    paths = {row["path"] for row in rows}
    for row in rows:
        row |= {"source": name, **_noted(row["path"], source.url, notes)}
    faults += [*notes.faults, *(fault for path, fault in notes.bad_dates.items() if path in paths)]
    table = frame(INGESTED["documents"], rows).sort("path")
    return Reading.of("documents", table, quarantined(name, faults), _unmatched(notes, paths, faults))


def _read(found: Found, source: Source) -> tuple[list[dict[str, Any]], list[Fault]]:
    rows, faults = list[dict[str, Any]](), list(found.faults)
    for path, file in found.files:
        try:
            media, text = read_document(path, read_bytes(file))
        except UnreadableFileError as e:
            if found.single:
                raise SourceError(f"{source.path} cannot be read. {e.message}", e.hint) from e
            faults.append(e.fault(path))
        else:
            rows.append({"path": path, "media": media, "text": text})
    return rows, faults


def _noted(path: str, url: str | None, notes: Notes) -> dict[str, Any]:
    """Gather what is known about a document beside its text; the sidecar's own address wins over the template."""
    said = dict(notes.by_path.get(path, {}))
    if url and not said.get("url"):
        said["url"] = url.replace("{path}", quote(path))
    return said


def _unmatched(notes: Notes, paths: set[str], faults: list[Fault]) -> str:
    """Say how many rows of the sidecar speak of no document; files that were set aside count as there."""
    lost = sorted(set(notes.by_path) - paths - {f.location for f in faults})
    return f"{len(lost)} rows of {notes.file} match no document, the first is {lost[0]!r}" if lost else ""
