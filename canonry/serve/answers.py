"""Results that are more than items of one search: fetched items, what changed, tasks, and gaps."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from canonry.serve.results import Correction, Result, Status, Unmet


class Slice(Result):
    """Which characters of an item's text are here, of how many: ``text[from:to]``, counted from 0."""

    start: int = Field(alias="from")
    end: int = Field(alias="to")
    total: int


class FetchedItem(Result):
    """One item, whole, or a slice of its text that says so; corrections keep their places in the whole text."""

    cite: str
    item_id: str
    kind: str
    document_id: str | None = None
    entity_id: str | None = None
    source: str | None = None
    title: str | None = None
    heading: str | None = None
    text: str
    slice: Slice | None = None
    status: str
    dated_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    quality: float | None = None
    flags: tuple[str, ...]
    corrections: tuple[Correction, ...]
    conflict_ids: tuple[str, ...]


class NotServed(Result):
    """A cite that is not served, and what stands in its place, where something does."""

    cite: str
    instead: str | None = None


class FetchedItems(Result):
    """Items by cite, in the order asked for."""

    status: Status
    items: tuple[FetchedItem, ...]
    missing: tuple[NotServed, ...]
    release: str


class ItemChange(Result):
    """An item that a reader gets now and did not, or no longer, or differently.

    Attributes:
        parts: Of a changed item: which columns differ.
        instead: Of a removed one: what stands in its place.
    """

    change: Literal["added", "removed", "changed"]
    cite: str
    title: str | None = None
    status: str | None = None
    was: str | None = None
    parts: tuple[str, ...] | None = None
    instead: str | None = None


class FactChange(Result):
    """A fact whose value is new, gone or another; both values as written."""

    change: Literal["added", "removed", "changed"]
    subject_id: str
    subject: str
    attribute: str
    scope: str | None = None
    value: str | None = None
    was: str | None = None
    cite: str | None = None


class ConflictChange(Result):
    """A conflict that was found, decided, opened again, decided otherwise, or is gone."""

    change: Literal["opened", "decided", "reopened", "decided_otherwise", "gone"]
    conflict_id: str
    subject: str
    attribute: str
    status: str | None = None
    stands: str | None = None


class Changes(Result):
    """What changed for a reader of this edition between two releases.

    Attributes:
        since: The release compared with.
        totals: How many changes of each kind there are in all: ``items``, ``facts``, ``conflicts``.
        next_cursor: Given back, it brings the changes that are not in this answer.
    """

    since: str
    release: str
    run_date: date | None = None
    was_run_date: date | None = None
    totals: dict[str, int]
    items: tuple[ItemChange, ...]
    facts: tuple[FactChange, ...]
    conflicts: tuple[ConflictChange, ...]
    next_cursor: str | None = None


class Blocked(Result):
    """A task that cannot be served today for one entity, or, without one, for none: what it lacks."""

    entity_id: str | None = None
    unmet: tuple[Unmet, ...]


class TaskState(Result):
    """Whether a task can be served today.

    Attributes:
        principals: Who may take it; of this edition.
        status: ok when no entity is blocked; else the first that applies of conflicting, stale, insufficient.
        subjects: Entities of the types that the task needs, or 1 when it needs none.
        ready: For how many of them every need is met.
        blocked: Some of the others, conflicts first.
        reasons: Reason → entities that it blocks.
    """

    task: str
    principals: tuple[str, ...]
    status: Status
    subjects: int
    ready: int
    blocked: tuple[Blocked, ...]
    reasons: dict[str, int]


class GapReceipt(Result):
    """What became of a report.

    Attributes:
        gap_id: The same for every report of the same kind, note and cites.
        reports: How many there are, this one included.
        cites: Those of its cites that are served in the release.
    """

    gap_id: str
    status: Literal["recorded", "known"]
    reports: int
    cites: tuple[str, ...]
    release: str
