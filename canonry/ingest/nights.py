"""Night after night: is a source ok, held or missing, and which of its items have gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.erasures import Erasures
from canonry.errors import SourceError, StoreError
from canonry.frames import INGESTED, Ingested, frame, stack
from canonry.ingest.copies import CopyStore, copy_hash
from canonry.ingest.erased import without_erased
from canonry.ingest.guarded import guarded
from canonry.ingest.reading import ITEM, KINDS, Reading
from canonry.ingest.sources import read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from canonry.config import Config, Protect, Source
    from canonry.journal import Journal


@dataclass(frozen=True)
class _Night:
    """What deciding on one source needs.

    Attributes:
        name: The source.
        source: Its configuration.
        run_date: The day that counts as today.
        keep_days: How long removed items are kept.
        accepted: Hashes of readings that a person called right.
        parent: What the parent release says about it; empty when it says nothing.
        good: Its last good copy, or None.
        protect: What must not be kept.
        erasures: What people had erased.
    """

    name: str
    source: Source
    run_date: date
    keep_days: int
    accepted: frozenset[str]
    parent: Mapping[str, Any]
    good: Reading | None
    protect: Protect
    erasures: Erasures


@dataclass(frozen=True)
class _State:
    """A decided source: its row in `sources`, and the reading that stands for it."""

    row: dict[str, Any]
    reading: Reading | None


def observe(  # noqa: PLR0913  (the inputs of a run, each by its name)
    config: Config,
    base: Path,
    *,
    run_date: date,
    copies: CopyStore,
    parent_inputs: Mapping[str, Mapping[str, Any]],
    journal: Journal,
    only: frozenset[str] = frozenset(),
    progress: Callable[[str], None] | None = None,
) -> Ingested:
    """Read every source and decide what stands for it tonight.

    Args:
        config: Read are `sources`, `protect` and `keep.days`.
        base: What paths are relative to.
        run_date: The day that counts as today.
        copies: Where last good copies lie; a new one is put there for each source that is ok.
        parent_inputs: Source → ``{hash, status, observed_on, last_seen_on, held_since, items, message}`` of the parent release, days in
            ISO form.
        journal: Its `acceptances` (``{source, copy_hash}``) lift the limit on falls for exactly that reading; what its `erasures` are
            about is not read.
        only: When not empty, the other sources are taken from their last good copy, with the status they had.
        progress: Called with each source's name once it is done.

    Returns:
        `Ingested`. A held source stands as its last good copy, unchanged; a missing one has no rows. It may be that no source is ok or
        held: then it is for the caller to fail the run.

    Raises:
        RunFailedError: A copy cannot be written.
        StoreError: A copy that is already there under tonight's hash is damaged.
    """
    states: list[_State] = []
    erasures = Erasures.of(journal.erasures)
    for name, source in config.sources.items():
        parent = parent_inputs.get(name, {})
        accepted = frozenset(str(a.get("copy_hash")) for a in journal.acceptances if a.get("source") == name)
        night = _Night(
            name, source, run_date, config.keep.days, accepted, parent, _last_good(name, source, parent, copies), config.protect, erasures
        )
        states.append(_as_it_was(night) if only and name not in only else _decided(night, copies, base))
        if progress:
            progress(name)
    readings = [s.reading for s in states if s.reading]
    parts = {k: stack((r.rows(k) for r in readings), INGESTED[k]) for k in KINDS}
    return Ingested(
        sources=frame(INGESTED["sources"], (s.row for s in states)),
        quarantine=stack((r.quarantine for r in readings), INGESTED["quarantine"]),
        **parts,
    )


def _last_good(name: str, source: Source, parent: Mapping[str, Any], copies: CopyStore) -> Reading | None:
    """Get the copy that the parent release names; a copy that is gone, damaged or of another kind counts as none."""
    if parent.get("status") not in ("ok", "held") or not copies.has(name, str(parent.get("hash") or "")):
        return None
    try:
        good = copies.get(name, str(parent["hash"]))
    except StoreError:
        return None
    return good if good.rows(source.kind).height else None


def _decided(night: _Night, copies: CopyStore, base: Path) -> _State:
    try:
        reading = without_erased(read_source(night.name, night.source, base, night.protect), night.erasures)
    except SourceError as e:
        return _not_ok(night, str(e))
    if why := _fall(night, reading):
        return _not_ok(night, why, reading)
    return _ok(night, reading, copies)


def _fall(night: _Night, reading: Reading) -> str:
    """Say why a reading cannot stand for its source: nothing usable, or too few items without a word from a person."""
    kind = night.source.kind
    now, before = reading.rows(kind).height, _living(night.good, kind).height if night.good else 0
    aside = _aside(reading)
    if not now:
        return f"There is nothing usable in {night.source.path}{aside}."
    if (
        before - now <= round(night.source.max_drop * before, 6)
        or copy_hash(kind, reading.rows(kind), reading.quarantine) in night.accepted
    ):
        return ""
    return f"It fell from {before} to {now} {kind}{aside}; `canonry accept {night.name}` says that this is right."


def _aside(reading: Reading) -> str:
    counts = reading.quarantine.group_by("rule").len().sort("rule").rows()
    return "; set aside: " + ", ".join(f"{n} {rule}" for rule, n in counts) if counts else ""


def _ok(night: _Night, reading: Reading, copies: CopyStore) -> _State:
    """Keep tonight's reading, with the items that have gone, as the new last good copy."""
    kind = night.source.kind
    tonight = reading.rows(kind)
    gone = _again(night, Reading.of(kind, _gone(night, tonight), reading.quarantine))
    whole = Reading.of(kind, pl.concat([tonight, gone.rows(kind)]), gone.quarantine)
    name = copies.put(kind, whole.rows(kind), whole.quarantine)
    row = {"status": "ok", "copy_hash": name, "observed_on": night.source.observed_on or night.run_date, "last_seen_on": night.run_date}
    notes = [reading.message, "" if night.good or not night.parent.get("hash") else "its last good copy could not be used"]
    return _State(_row(night, row, tonight.height, "; ".join(filter(None, notes))), copies.get(night.name, name))


def _gone(night: _Night, tonight: pl.DataFrame) -> pl.DataFrame:
    """Find the items of the last good copy that are absent tonight, until they have been gone for long enough."""
    kind = night.source.kind
    if night.good is None:
        return tonight.clear()
    absent = night.good.rows(kind).join(tonight, on=ITEM[kind], how="anti", nulls_equal=True)
    since = pl.col("removed_on").fill_null(night.run_date)
    return absent.with_columns(removed_on=since).filter(pl.col("removed_on") + timedelta(days=night.keep_days) > night.run_date)


def _not_ok(night: _Night, why: str, reading: Reading | None = None) -> _State:
    """Fall back: held with the last good copy, unchanged, or missing; a missing source still shows what was set aside."""
    since = _day(night.parent, "held_since") or night.run_date
    if night.good:
        row = _of_parent(night) | {"status": "held", "held_since": since}
        return _State(_row(night, row, _living(night.good, night.source.kind).height, why), _again(night, night.good))
    seen = reading and Reading.of(night.source.kind, frame(INGESTED[night.source.kind]), reading.quarantine)
    row = {"status": "missing", "last_seen_on": _day(night.parent, "last_seen_on"), "held_since": since}
    return _State(_row(night, row, 0, why), seen)


def _as_it_was(night: _Night) -> _State:
    """Take over the state of the parent release, for a run that is limited to other sources."""
    if not night.good:
        return _not_ok(night, str(night.parent.get("message") or "It was not read: the run was limited to other sources."))
    row = _of_parent(night) | {"status": night.parent["status"], "held_since": _day(night.parent, "held_since")}
    items = _living(night.good, night.source.kind).height
    return _State(_row(night, row, items, str(night.parent.get("message") or "")), _again(night, night.good))


def _again(night: _Night, reading: Reading) -> Reading:
    """What a copy of an earlier night holds, by what must not be kept tonight: rules may have been added since."""
    return without_erased(guarded(reading, night.protect), night.erasures)


def _of_parent(night: _Night) -> dict[str, Any]:
    days = {k: _day(night.parent, k) for k in ("observed_on", "last_seen_on")}
    return {"copy_hash": night.parent["hash"], **days}


def _row(night: _Night, row: dict[str, Any], items: int, message: str) -> dict[str, Any]:
    return {"source": night.name, "kind": night.source.kind, **row, "items": items, "message": message or None}


def _living(reading: Reading, kind: str) -> pl.DataFrame:
    return reading.rows(kind).filter(pl.col("removed_on").is_null())


def _day(parent: Mapping[str, Any], key: str) -> date | None:
    value = parent.get(key)
    return date.fromisoformat(str(value)) if value else None
