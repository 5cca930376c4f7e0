"""What people said, as append-only JSON lines; canonry reads it up to an offset and never rewrites it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from canonry.errors import StoreError
from canonry.verdicts import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

_BLOCK = 1 << 20
FILES = ("rulings", "gaps", "acceptances", "rollbacks", "erasures", "audit")


@dataclass(frozen=True)
class Journal:
    """The journal up to an offset per file.

    Attributes:
        rulings: Lines of ``rulings.jsonl``: ``{ruling_id, target_kind, verdict, anchors, by, because, at, until}``, with ``scope`` or
            ``edition`` where the verdict has one, or ``{withdraws, by, because, at}``.
        acceptances: Lines of ``acceptances.jsonl``: ``{source, copy_hash, at, by}``.
        rollbacks: Lines of ``rollbacks.jsonl``: ``{from, to, at, held | freed}``: fingerprints of inputs.
        served: What agents were served, up to the same offset: call, edition, cite; None counts as nothing. See `canonry.audit.served`.
        gaps: Lines of ``gaps.jsonl``, as `canonry.gaps.folded` takes them; they are no input of a run.
        erasures: Lines of ``erasures.jsonl``: tombstones as `canonry.erasures.Erasure.line` with ``{at, by, because}``, or ``{done, at}``.
        heads: File name → ``{offset, head}``: bytes read, and the hash of the text up to there.
    """

    rulings: tuple[dict[str, Any], ...] = ()
    acceptances: tuple[dict[str, Any], ...] = ()
    rollbacks: tuple[dict[str, Any], ...] = ()
    heads: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    gaps: tuple[dict[str, Any], ...] = ()
    erasures: tuple[dict[str, Any], ...] = ()
    served: pl.DataFrame | None = None

    @property
    def standing_rulings(self) -> tuple[dict[str, Any], ...]:
        """The rulings that nobody withdrew, oldest first."""
        gone = self._withdrawals
        return tuple(r for r in self._ruled if r["ruling_id"] not in gone)

    @property
    def withdrawn_rulings(self) -> tuple[dict[str, Any], ...]:
        """The rulings that somebody withdrew, oldest first, each with the line that did so as ``withdrawn``."""
        gone = self._withdrawals
        return tuple({**r, "withdrawn": gone[r["ruling_id"]]} for r in self._ruled if r["ruling_id"] in gone)

    @property
    def _withdrawals(self) -> dict[str, dict[str, Any]]:
        return {line["withdraws"]: line for line in self.rulings if "withdraws" in line}

    @property
    def _ruled(self) -> list[dict[str, Any]]:
        """All rulings in the order of their time: merged in git, lines of several people may stand in any order."""
        once: dict[str, dict[str, Any]] = {}
        for line in self.rulings:
            if "withdraws" not in line:
                once.setdefault(line["ruling_id"], line)
        return sorted(once.values(), key=lambda line: instant(line["at"]))


def instant(text: str) -> datetime:
    """Read the moment of a line; without a time zone it is UTC."""
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def read(folder: Path) -> Journal:
    """Read the journal as it stands.

    Raises:
        StoreError: A line is no JSON object, or no ruling; nothing is skipped silently.
    """
    said: dict[str, tuple[dict[str, Any], ...]] = {}
    heads: dict[str, dict[str, Any]] = {}
    for name in FILES:
        path = folder / f"{name}.jsonl"
        if name == "audit":  # not for reading line by line: it has one for every call
            heads[name] = head(path)
            continue
        raw = _raw(path)
        heads[name] = {"offset": len(raw), "head": hashlib.blake2b(raw, digest_size=16).hexdigest()}
        said[name] = _lines(raw, path)
    for n, line in enumerate(said["rulings"], 1):
        _checked(line, n)
    return Journal(said["rulings"], said["acceptances"], said["rollbacks"], heads, said["gaps"], said["erasures"])


def lines(folder: Path, name: str) -> tuple[dict[str, Any], ...]:
    """Read one file of the journal as it stands.

    Raises:
        StoreError: A line is no JSON object.
    """
    path = folder / f"{name}.jsonl"
    return _lines(_raw(path), path)


def _raw(path: Path) -> bytes:
    raw = path.read_bytes() if path.exists() else b""
    return raw[: raw.rfind(b"\n") + 1]  # a line without its end is still being written


def _lines(raw: bytes, path: Path) -> tuple[dict[str, Any], ...]:
    return tuple(_parsed(line, path, n) for n, line in enumerate(_text(raw, path).split("\n"), 1) if line.strip())


def head(path: Path, upto: int | None = None) -> dict[str, Any]:
    """Say how many bytes of whole lines a file has, and the hash of them; `upto` counts no further."""
    seen, hash_, rest = 0, hashlib.blake2b(digest_size=16), b""
    if path.exists():
        with path.open("rb") as file:
            while block := file.read(_BLOCK if upto is None else min(_BLOCK, upto - seen - len(rest))):
                whole, mark, rest = (rest + block).rpartition(b"\n")  # a line without its end is still being written
                hash_.update(whole + mark)
                seen += len(whole + mark)
    return {"offset": seen, "head": hash_.hexdigest()}


def _checked(line: Mapping[str, Any], number: int) -> None:
    """Hold a ruling to its shape: the file may come from git and have been written by hand."""
    wrong = None if "withdraws" in line else _wrong(line)
    if wrong:
        msg = f"rulings.jsonl, ruling {number}: {wrong}."
        raise StoreError(msg, "Mend or remove the line; canonry does not skip what a person said.")


def _wrong(line: Mapping[str, Any]) -> str | None:
    missing = [k for k in ("ruling_id", "target_kind", "verdict", "anchors", "at") if not line.get(k)]
    if missing:
        return f"{', '.join(missing)} missing"
    known = VERDICTS.get(line["target_kind"])
    if known is None:
        return f"target_kind is {line['target_kind']!r}, not one of {', '.join(VERDICTS)}"
    if line["verdict"] not in known:
        return f"verdict is {line['verdict']!r}, not one of {', '.join(known)}"
    try:
        instant(line["at"])
        date.fromisoformat(line.get("until") or "2000-01-01")
    except (TypeError, ValueError):
        return "at or until is no date"
    return _wrong_anchors(line)


def _wrong_anchors(line: Mapping[str, Any]) -> str | None:
    kind, given = line["target_kind"], line["anchors"]
    if not isinstance(given, list) or not all(isinstance(a, dict) for a in given):
        return "anchors is no list of objects"
    if lacking := next((what for a in given if (what := _lacking(kind, a))), None):
        return f"an anchor without {lacking}"
    if kind == "entity" and {a.get("side") for a in given} != {1, 2}:
        return "anchors of records need the sides 1 and 2"
    if kind == "claim" and not (line.get("edition") and sum(bool(a.get("withhold")) for a in given) == 1):
        return "withhold needs an edition and one anchor that is withheld"
    return None


def _lacking(kind: str, anchored: Mapping[str, Any]) -> str | None:
    """What an anchor must have, because it is looked up by it, and has not."""
    if kind == "document":
        return None if anchored.get("source") else "source"
    record, quote = anchored.get("record"), anchored.get("quote")
    if (record is not None or kind == "entity") and not (isinstance(record, dict) and record.get("source") and record.get("id")):
        return "source and id of its record"
    if quote is not None and not (isinstance(quote, dict) and quote.get("sentence")):
        return "the sentence of its quote"
    needed = () if kind == "entity" else ("value", "attribute") if record else ("value", "source", "subject", "attribute")
    return next((k for k in needed if anchored.get(k) in (None, "")), None)


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


def append(folder: Path, name: str, *lines: Mapping[str, Any]) -> None:
    """Add lines at the end of a journal file, in one piece, and make sure that they are on disk."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    raw = b"".join(json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n" for line in lines)
    handle = os.open(folder / f"{name}.jsonl", os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            raw = b"\n" + raw  # a line that was cut short stays a line of its own, and is told of
        os.write(handle, raw)
        os.fsync(handle)
    finally:
        os.close(handle)
