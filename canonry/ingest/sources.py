"""One way in for every kind of source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canonry.config import Protect
from canonry.errors import SourceError
from canonry.ingest.claims import read_claims
from canonry.ingest.documents import read_documents
from canonry.ingest.guarded import guarded
from canonry.ingest.records import read_records
from canonry.protect import Guard

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.config import Source
    from canonry.ingest.reading import Reading

_READERS = {"documents": read_documents, "records": read_records, "claims": read_claims}
_USUAL = Protect()


def read_source(name: str, source: Source, base: Path, protect: Protect = _USUAL) -> Reading:
    """Read tonight's state of one source; impure only in that it reads files.

    Args:
        name: The source's name, for the column ``source``.
        source: Its configuration.
        base: What its paths are relative to.
        protect: What must not be kept of it.

    Returns:
        `Reading`: the frame of the source's kind in the shape that ``INGESTED`` declares, the others empty, and the quarantine. It can
        have no rows when everything in the source was set aside. Secrets, and personal data if they are not to be kept, are taken out.

    Raises:
        SourceError: It is missing, cannot be read or holds nothing, its sidecar is missing, or a configured column does not exist.
    """
    try:
        return guarded(_READERS[source.kind](name, source, base), protect)
    except SourceError as e:  # it may quote headings and names of files
        guard = Guard.of(protect)
        raise SourceError(guard.masked(e.message).text, guard.masked(e.hint).text) from None
