"""Which reader reads what: one registry for tables, one for documents. A new format is one function and one line here."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from canonry.ingest.decode import decode, page_charset
from canonry.ingest.delimited import read_csv, read_tsv
from canonry.ingest.json_rows import read_json, read_jsonl
from canonry.ingest.reading import UnreadableFileError
from canonry.ingest.workbook import read_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable

    from canonry.ingest.rows import Options, Rows

TABLES: dict[str, Callable[[bytes, Options], Rows]] = {
    "csv": read_csv, "tsv": read_tsv, "json": read_json, "jsonl": read_jsonl, "xlsx": read_xlsx, "xls": read_xlsx,
}  # fmt: skip
TABLE_SUFFIXES = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".xls": "xls",
}  # fmt: skip
MEDIA = {".md": "markdown", ".markdown": "markdown", ".txt": "text", ".html": "html", ".htm": "html"}
_ANYTHING = {"", ".txt", ".text", ".dat", ".out", ".export"}  # suffixes that say nothing: the content is looked at
_SNIFFED = 4096


def read_table(file: str, data: bytes, options: Options, declared: str | None = None) -> Rows:
    """Read a table in the format that is declared, that its suffix names, or that its content shows.

    Args:
        file: Name of the file.
        data: Its bytes.
        options: The formats' options.
        declared: The configured format, a key of `TABLES`.

    Raises:
        UnreadableFileError: The format is unknown, or the content does not fit it.
        SourceError: The configured sheet does not exist.
    """
    suffix = PurePosixPath(file).suffix.lower()
    kind = declared or TABLE_SUFFIXES.get(suffix) or (_sniffed(data) if suffix in _ANYTHING else None)
    if kind is None:
        message = f"{suffix} is not a format that exports are read from."
        raise UnreadableFileError("unsupported_format", message, f"Read are: {', '.join(TABLES)}; or set format.")
    return TABLES[kind](data, options)


def read_document(file: str, data: bytes) -> tuple[str, str]:
    """Read a document.

    Returns:
        Its media (markdown, html, text) and its decoded text, whole and unchanged but for the line ends.

    Raises:
        UnreadableFileError: The format is unknown, the bytes cannot be decoded, or there is nothing but blanks.
    """
    suffix = PurePosixPath(file).suffix.lower()
    media = MEDIA.get(suffix)
    if media is None:
        message = f"{suffix or 'A file without suffix'} is not a format that documents are read from."
        raise UnreadableFileError("unsupported_format", message, f"Read are: {', '.join(MEDIA)}.")
    text = decode(data, page_charset(data) if media == "html" else None)
    if not text.strip():
        raise UnreadableFileError("empty_document", "There is nothing in it.")
    return media, text


def _sniffed(data: bytes) -> str:
    """Recognise a format by the first bytes; what is no workbook and no JSON is taken for delimited text."""
    start = data[:_SNIFFED].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    return "json" if start.startswith((b"{", b"[{")) else "csv"
