"""Typed results of the read side: frozen, with a JSON schema; `as_json` is the form that is counted and sent."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Status = Literal["ok", "conflicting", "stale", "insufficient", "denied"]
MatchedBy = Literal["name", "spelling", "meaning"]


class Result(BaseModel):
    """Base of all results."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def as_json(self) -> str:
        """One line of JSON without nulls: what an agent is sent and what a budget counts."""
        return self.model_dump_json(exclude_none=True, by_alias=True)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, every field present."""
        return self.model_dump(mode="json", by_alias=True)


class Correction(Result):
    """A claim in a text that lost: where it stands, what it says, what stands instead."""

    start: int | None = None
    end: int | None = None
    says: str | None = None
    stands: str | None = None
    cite: str | None = None
    conflict_id: str | None = None


class Hit(Result):
    """One item found; the fields of the batch output."""

    cite: str
    item_id: str
    document_id: str | None
    source: str | None
    text: str
    status: str
    flags: tuple[str, ...]
    corrections: tuple[Correction, ...]
    conflict_ids: tuple[str, ...]
    quality: float | None
    score: float


class SearchResult(Result):
    """The items found for one query, best first."""

    status: Status
    items: tuple[Hit, ...]
    release: str


class BatchAnswer(Result):
    """The items found for one line of a batch."""

    id: str
    status: Status
    items: tuple[Hit, ...]


class Side(Result):
    """One claim in a conflict."""

    claim_id: str
    side: int
    wins: bool | None = None
    value: str | None = None
    verbatim: str | None = None
    source: str | None = None
    cite: str | None = None
    sentence: str | None = None
    dated_on: date | None = None
    date_kind: str | None = None
    authority: int | None = None
    reason: str | None = None


class ConflictView(Result):
    """A conflict with all its sides."""

    conflict_id: str
    type: str
    status: str
    subject: str
    attribute: str
    scope: str | None = None
    severity: float | None = None
    rule: str | None = None
    confidence: float | None = None
    reason: str | None = None
    owner: str | None = None
    sides: tuple[Side, ...]


class PackConflict(Result):
    """A conflict that touches an item of a pack, in short: the values and where they stand."""

    conflict_id: str
    status: str
    attribute: str
    values: tuple[str, ...]
    cites: tuple[str, ...]


class PackItem(Result):
    """One whole item of a pack: a passage, an entity's card, or a fact that a task needs.

    A fact's title is its subject, its heading the attribute, its text the value as written. With ``detail="concise"`` a passage or card
    comes without heading, kind, source, quality, score and validity, with a date only where it is not current, and with a title only where
    its cite does not say the same.
    """

    cite: str
    kind: Literal["passage", "entity", "fact"] | None = None
    source: str | None = None
    title: str | None = None
    heading: str | None = None
    text: str
    value: str | None = None
    unit: str | None = None
    status: str
    dated_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    quality: float | None = None
    score: float | None = None
    flags: tuple[str, ...] | None = None
    corrections: tuple[Correction, ...] | None = None
    conflict_ids: tuple[str, ...] | None = None


class LeftOut(Result):
    """Items that were found and are not in this pack, for one reason: how many, and the best of them.

    Attributes:
        reason: ``budget``: they come with `next_cursor`. ``too_large``: no pack of this budget holds them; fetch a slice with `get_item`.
            ``not_valid_then``: not true on the day asked for. ``other_side``: the weaker side of an open conflict. ``same_family``:
            another version of what is served. The others say what they mean.
        items: How many.
        cites: The best of them, as far as there is room.
    """

    reason: Literal[
        "budget", "too_large", "below_min_quality", "less_relevant", "open_conflict", "other_side", "same_family", "not_valid_then"
    ]
    items: int
    cites: tuple[str, ...] | None = None


class Unmet(Result):
    """A need of a task that is not met.

    Attributes:
        need: Number of the need in the task, from 1.
        asks: What it asks for: ``product/as-240 day_rate``, or the words of its query.
        reason: What is wrong; the first that applies.
        why: The same in words, where there is room.
        conflict_id: The open conflict that blocks it.
        cite: What was found, and does not do.
        source: Whose it is.
    """

    need: int
    asks: str
    reason: Literal[
        "unknown_entity", "missing", "other_source", "conflicting", "stale", "undated", "too_old", "low_confidence", "low_quality", "budget"
    ]
    why: str | None = None
    conflict_id: str | None = None
    cite: str | None = None
    source: str | None = None


class Tokens(Result):
    """What was asked for and what was used, by which counter."""

    asked: int
    used: int
    counter: str = "bytes/1"


class ContextPack(Result):
    """What an agent is given for one request; nulls are left out of what is sent.

    Attributes:
        status_reason: Why the status is not ok.
        unmet: With a task: its needs that are not met; empty when all are.
        smallest_budget: When nothing fits: the least that would do.
        next_cursor: Given back, it brings the next pack of the same request; absent when there is nothing more.
    """

    status: Status
    status_reason: str | None = None
    items: tuple[PackItem, ...]
    conflicts: tuple[PackConflict, ...]
    unmet: tuple[Unmet, ...] | None = None
    left_out: tuple[LeftOut, ...]
    smallest_budget: int | None = None
    tokens: Tokens
    release: str
    next_cursor: str | None = None


class RunnerUp(Result):
    """The best value that does not stand."""

    value: str | None = None
    cite: str | None = None
    why_lost: str | None = None


class FactResult(Result):
    """What stands for a subject and an attribute.

    Attributes:
        matched_by: How subject and attribute were found, where it was not by their names: ``spelling`` or ``meaning``.
    """

    status: Status
    status_reason: str
    subject: str | None = None
    attribute: str | None = None
    scope: str | None = None
    value: str | None = None
    verbatim: str | None = None
    values: tuple[str, ...] | None = None
    unit: str | None = None
    confidence: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    cite: str | None = None
    runner_up: RunnerUp | None = None
    conflict_id: str | None = None
    rule: str | None = None
    matched_by: MatchedBy | None = None
    did_you_mean: tuple[str, ...] | None = None
    release: str
