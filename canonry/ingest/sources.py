"""One way in for every kind of source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canonry.ingest.claims import read_claims
from canonry.ingest.documents import read_documents
from canonry.ingest.records import read_records

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.config import Source
    from canonry.ingest.reading import Reading

_READERS = {"documents": read_documents, "records": read_records, "claims": read_claims}


def read_source(name: str, source: Source, base: Path) -> Reading:
    """Read tonight's state of one source; impure only in that it reads files.

    Args:
        name: The source's name, for the column ``source``.
        source: Its configuration.
        base: What its paths are relative to.

    Returns:
        `Reading`: the frame of the source's kind in the shape that ``INGESTED`` declares, the others empty, and the quarantine. It can
        have no rows when everything in the source was set aside.

    Raises:
        SourceError: It is missing, cannot be read or holds nothing, its sidecar is missing, or a configured column does not exist.
    """
    return _READERS[source.kind](name, source, base)
