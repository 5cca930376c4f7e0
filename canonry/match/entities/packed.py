"""What was learnt, as rows that can be kept: a skeleton in JSON and one blob for each array and each table. Nothing in them is run."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SCHEMA = {"part": pl.Int64, "data": pl.Binary}


def packed(value: Any) -> pl.DataFrame:
    """Bring a value of dataclasses, named tuples, mappings, tuples, arrays, tables, columns and JSON values into rows.

    Returns:
        Columns ``part`` (0 is the skeleton) and ``data``.
    """
    blobs: list[bytes] = []
    skeleton = json.dumps(_bare(value, blobs), ensure_ascii=False).encode()
    return pl.DataFrame({"part": range(len(blobs) + 1), "data": [skeleton, *blobs]}, schema=_SCHEMA)


def unpacked(rows: pl.DataFrame, classes: Iterable[type]) -> Any:
    """Make the value again.

    Args:
        rows: What `packed` returned, in any order.
        classes: The dataclasses and named tuples that may stand in it.

    Raises:
        KeyError: Another class stands in it.
    """
    parts = rows.sort("part")["data"].to_list()
    return _whole(json.loads(parts[0]), parts, {c.__name__: c for c in classes})


def _bare(value: Any, blobs: list[bytes]) -> Any:
    if isinstance(value, np.ndarray | pl.DataFrame | pl.Series):
        kind, data = _blob(value)
        blobs.append(data)
        return {"is": kind, "part": len(blobs)}
    if is_dataclass(value):
        return {"is": type(value).__name__, "of": {f.name: _bare(getattr(value, f.name), blobs) for f in fields(value)}}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {"is": type(value).__name__, "of": {k: _bare(v, blobs) for k, v in value._asdict().items()}}
    if isinstance(value, tuple | list):
        return {"is": "tuple", "of": [_bare(v, blobs) for v in value]}
    if isinstance(value, dict):
        return {"is": "mapping", "of": [[k, _bare(v, blobs)] for k, v in value.items()]}
    return value


def _blob(value: np.ndarray | pl.DataFrame | pl.Series) -> tuple[str, bytes]:
    out = BytesIO()
    if isinstance(value, np.ndarray):
        np.save(out, value, allow_pickle=False)
        return "array", out.getvalue()
    (value.to_frame("column") if isinstance(value, pl.Series) else value).write_ipc(out)
    return "column" if isinstance(value, pl.Series) else "table", out.getvalue()


def _whole(value: Any, parts: list[bytes], classes: Mapping[str, type]) -> Any:
    if not isinstance(value, dict):
        return value
    kind = value["is"]
    if kind == "array":
        return np.load(BytesIO(parts[value["part"]]), allow_pickle=False)
    if kind in ("table", "column"):
        table = pl.read_ipc(parts[value["part"]])
        return table if kind == "table" else table.to_series()
    if kind == "tuple":
        return tuple(_whole(v, parts, classes) for v in value["of"])
    if kind == "mapping":
        return {k: _whole(v, parts, classes) for k, v in value["of"]}
    return classes[kind](**{k: _whole(v, parts, classes) for k, v in value["of"].items()})
