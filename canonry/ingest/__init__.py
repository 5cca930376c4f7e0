"""Ingest: read tonight's state of every source, decide ok, held or missing, keep the last good copies."""

from canonry.ingest.copies import CopyStore, copy_hash
from canonry.ingest.erased import without_erased
from canonry.ingest.nights import observe
from canonry.ingest.reading import Reading
from canonry.ingest.sources import read_source

__all__ = ["CopyStore", "Reading", "copy_hash", "observe", "read_source", "without_erased"]
