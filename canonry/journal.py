"""What people said, as append-only JSON lines; canonry reads it up to an offset and never rewrites it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from canonry.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILES = ("rulings", "gaps", "acceptances", "rollbacks", "audit")


@dataclass(frozen=True)
class Journal:
    """The journal up to an offset per file.

    Attributes:
        rulings: Lines of ``rulings.jsonl``: ``{ruling_id, target_kind, verdict, anchors, by, because, at, until}``, or
            ``{withdraws, by, because, at}``.
        acceptances: Lines of ``acceptances.jsonl``: ``{source, copy_hash, at, by}``.
        rollbacks: Lines of ``rollbacks.jsonl``: ``{from, to, at, held | freed}``: fingerprints of inputs.
        heads: File name → ``{offset, head}``: bytes read, and the hash of the text up to there.
    """

    rulings: tuple[dict[str, Any], ...] = ()
    acceptances: tuple[dict[str, Any], ...] = ()
    rollbacks: tuple[dict[str, Any], ...] = ()
    heads: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def standing_rulings(self) -> tuple[dict[str, Any], ...]:
        """The rulings that nobody withdrew, oldest first."""
        gone = {line["withdraws"] for line in self.rulings if "withdraws" in line}
        return tuple(line for line in self.rulings if "withdraws" not in line and line["ruling_id"] not in gone)


def read(folder: Path) -> Journal:
    """Read the journal as it stands.

    Raises:
        StoreError: A line is no JSON object; nothing is skipped silently.
    """
    lines: dict[str, tuple[dict[str, Any], ...]] = {}
    heads: dict[str, dict[str, Any]] = {}
    for name in FILES:
        path = folder / f"{name}.jsonl"
        raw = path.read_bytes() if path.exists() else b""
        raw = raw[: raw.rfind(b"\n") + 1]  # a line without its end is still being written
        heads[name] = {"offset": len(raw), "head": hashlib.blake2b(raw, digest_size=16).hexdigest()}
        if name != "audit":
            lines[name] = tuple(_parsed(line, path, n) for n, line in enumerate(_text(raw, path).split("\n"), 1) if line.strip())
    return Journal(lines["rulings"], lines["acceptances"], lines["rollbacks"], heads)


def _text(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as e:
        msg = f"{path.name}: not valid UTF-8."
        raise StoreError(msg, "Mend the file; canonry does not skip what a person said.") from e


def _parsed(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as e:
        msg = f"{path.name}, line {number}: not valid JSON."
        raise StoreError(msg, "Mend or remove the line; canonry does not skip what a person said.") from e
    if not isinstance(value, dict):
        msg = f"{path.name}, line {number}: not a JSON object."
        raise StoreError(msg, "Mend or remove the line; canonry does not skip what a person said.")
    return value


def append(folder: Path, name: str, line: Mapping[str, Any]) -> None:
    """Add one line at the end of a journal file and make sure that it is on disk."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    raw = json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    handle = os.open(folder / f"{name}.jsonl", os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            raw = b"\n" + raw  # a line that was cut short stays a line of its own, and is told of
        os.write(handle, raw)
        os.fsync(handle)
    finally:
        os.close(handle)
