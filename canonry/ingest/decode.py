"""Bytes to text: declared > byte-order mark > strict UTF-8; nothing is guessed."""

from __future__ import annotations

import codecs
import re

from canonry.ingest.reading import UnreadableFileError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(rb"""<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_CHARSET_WITHIN = 1024  # bytes; where a browser looks
_LATIN = {
    "iso-8859-1",
    "iso8859-1",
    "latin-1",
    "latin1",
    "us-ascii",
    "ascii",
    "windows-1252",
    "cp1252",
}  # browsers read all of them as cp1252
_NO_CHARSET = {"utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"}  # codecs that no page means


def decode(data: bytes, declared: str | None = None) -> str:
    r"""Turn bytes into text with ``\n`` at the line ends.

    Args:
        data: The bytes of a whole file.
        declared: The encoding that somebody says it has; wins over everything.

    Raises:
        UnreadableFileError: Rule ``undecodable``: the bytes do not fit, the encoding does not exist, or NUL characters remain.

    >>> decode(b"\xef\xbb\xbfa\r\nb")
    'a\nb'
    """
    encoding = declared or _marked(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except LookupError as e:
        raise _undecodable(data, f"there is no text encoding {encoding!r}") from e
    except UnicodeError as e:
        at = f" at byte {e.start}" if isinstance(e, UnicodeDecodeError) else ""
        raise _undecodable(data, f"the bytes are no {encoding}{at}") from e
    if "\0" in text:
        raise _undecodable(data, f"there are NUL characters in it after decoding as {encoding}")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def page_charset(data: bytes) -> str | None:
    r"""Find the encoding that an HTML page declares for itself; None when it declares none that counts.

    A byte-order mark wins, as in browsers; a page that says Latin-1 and is valid UTF-8 was saved again by somebody.

    >>> page_charset(b'<meta charset="ISO-8859-1">caf\xe9')
    'cp1252'
    """
    found = None if _marked(data) else _CHARSET.search(data[:_CHARSET_WITHIN])
    name = found[1].decode("ascii", "replace").lower() if found else ""
    if name in _LATIN:
        return None if _fits(data, "utf-8") else "cp1252"
    try:
        known = codecs.lookup(name).name if name else ""
    except LookupError:
        return None
    return None if not known or known.replace("_", "-") in _NO_CHARSET or known.startswith(("utf-16", "utf-32")) else known


def _marked(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _undecodable(data: bytes, why: str) -> UnreadableFileError:
    seen = data[:200].decode("ascii", "backslashreplace").replace("\0", "\\0")
    hint = "Save it as UTF-8, or name the encoding (for an export: csv: {encoding: cp1252})."
    return UnreadableFileError("undecodable", f"It cannot be decoded: {why}.", hint, excerpt=seen)
