"""JSON lines, and JSON arrays of objects."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.ingest.decode import decode
from canonry.ingest.reading import Fault, UnreadableFileError, excerpt
from canonry.ingest.rows import Rows, headings, unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from canonry.ingest.rows import Options

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")  # what JSON can escape and a text column cannot hold


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Keep every pair of an object, also when a key is repeated."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else dict(zip(unique(k for k, _ in pairs), (v for _, v in pairs), strict=True))


# Numbers stay as they are written, but for the `.0` that a person would not write.
_JSON = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=lambda s: s.removesuffix(".0"), parse_int=str, parse_constant=str
)  # fmt: skip


def read_jsonl(data: bytes, options: Options) -> Rows:
    """Read one object per line.

    Raises:
        UnreadableFileError: It cannot be decoded.
    """
    return _lines(decode(data, options.csv.encoding))


def read_json(data: bytes, options: Options) -> Rows:
    """Read an array of objects, an object that wraps one, a single object, or JSON lines under the wrong name.

    Raises:
        UnreadableFileError: It cannot be decoded, or is no JSON.
    """
    text = decode(data, options.csv.encoding)
    try:
        value = _JSON.decode(text)
    except json.JSONDecodeError as e:
        if e.msg == "Extra data" and text.lstrip().startswith("{"):
            return _lines(text)
        message = f"It is not valid JSON: {e.msg} on line {e.lineno}."
        raise UnreadableFileError("malformed_json", message, "Export it again.", excerpt=excerpt(text)) from e
    except RecursionError as e:
        raise UnreadableFileError("malformed_json", "It is nested too deeply.", excerpt=excerpt(text)) from e
    return _rows((f"[{n}]", item, "") for n, item in enumerate(_items(value), 1))


def _lines(text: str) -> Rows:
    """Rows of a text with one object per line."""

    def parsed() -> Iterable[tuple[str, Any, str]]:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    yield str(number), _JSON.decode(line), line
                except (ValueError, RecursionError) as e:
                    yield str(number), e, line

    return _rows(parsed())


def _items(value: Any) -> Sequence[Any]:
    """Find the rows inside a JSON value: the array itself, the one array in an object, or the object."""
    if isinstance(value, dict):
        arrays = [v for v in value.values() if isinstance(v, list) and all(isinstance(i, dict) for i in v)]
        return arrays[0] if len(arrays) == 1 else [value]
    return value if isinstance(value, list) else [value]


def _rows(items: Iterable[tuple[str, Any, str]]) -> Rows:
    kept, locations, faults = list[dict[str, str]](), list[str](), list[Fault]()
    for place, item, line in items:
        row = _row(place, item, line)
        if isinstance(row, Fault):
            faults.append(row)
        else:
            kept.append(row)
            locations.append(place)
    keys = list(dict.fromkeys(k for row in kept for k in row))
    columns = [pl.Series(h, [r.get(k, "") for r in kept], dtype=pl.String) for h, k in zip(headings(keys), keys, strict=True)]
    return Rows(pl.DataFrame(columns), locations, tuple(faults))


def _row(place: str, item: Any, line: str) -> dict[str, str] | Fault:
    seen = line or (repr(item) if isinstance(item, Exception) else excerpt(json.dumps(item)))
    if isinstance(item, Exception):
        return Fault(place, "malformed_json", f"Not valid JSON: {item}.", seen)
    if not isinstance(item, dict):
        return Fault(place, "not_an_object", "A row must be a JSON object.", seen)
    try:
        row = _object(list(_flat(item)))
    except RecursionError:
        return Fault(place, "malformed_json", "It is nested too deeply.", seen)
    if not row:
        return Fault(place, "empty_row", "No cell holds anything.", seen)
    if any(_UNWRITABLE.search(part) for pair in row.items() for part in pair):
        return Fault(place, "undecodable", "A value holds a NUL or half a surrogate pair.", seen)
    return row


def _flat(item: dict[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    """Cells of an object; objects inside it become columns named ``outer.inner``."""
    for key, value in item.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", _text(value)


def _text(value: Any) -> str:
    """Write a JSON value as a person would write it into a cell."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(v, (dict, list)) for v in value):
        return "; ".join(map(_text, value))
    return json.dumps(value, ensure_ascii=False) if value else ""
