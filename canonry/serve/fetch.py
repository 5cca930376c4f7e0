"""Items by cite: whole, or a slice of one that says which part it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canonry.serve.answers import FetchedItem, FetchedItems, NotServed, Slice
from canonry.serve.errors import bad_argument, not_found
from canonry.serve.search import by_cite, corrections, status_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canonry.serve.snapshot import Snapshot

MOST = 50
_PLAIN = (
    "cite", "item_id", "kind", "document_id", "entity_id", "source", "title", "heading", "status", "dated_on", "valid_from",
    "valid_to", "quality",
)  # fmt: skip


def fetched(snapshot: Snapshot, cites: Sequence[str], start: int | None = None, end: int | None = None) -> FetchedItems:
    """Fetch items; see `Client.get_item`.

    Raises:
        AgentError: NOT_FOUND when none is served, BAD_ARGUMENT.
    """
    is_slice = start is not None or end is not None
    if not 1 <= len(cites) <= MOST or (is_slice and len(cites) != 1):
        raise bad_argument("The number of cites is out of range.", f"Give 1 to {MOST}; for a slice exactly one.")
    rows = by_cite(snapshot, cites)
    if not rows:
        raise not_found("served item of that cite", next(filter(None, map(snapshot.instead_of, cites)), None))
    here = {r["cite"] for r in rows}
    missing = [c for c in dict.fromkeys(cites) if c.removesuffix(f"@{snapshot.release}") not in here]
    return FetchedItems(
        status=status_of(r["status"] for r in rows),
        items=tuple(_item(r, _slice(r["text"], start, end) if is_slice else None) for r in rows),
        missing=tuple(NotServed(cite=c, instead=snapshot.instead_of(c)) for c in missing),
        release=snapshot.release,
    )


def _slice(text: str, start: int | None, end: int | None) -> Slice:
    first, last = start or 0, len(text) if end is None else min(end, len(text))
    if not 0 <= first < last:
        raise bad_argument("The slice is empty.", f"The text has {len(text)} characters, counted from 0.")
    return Slice(start=first, end=last, total=len(text))


def _item(row: dict[str, Any], part: Slice | None) -> FetchedItem:
    text = row["text"][part.start : part.end] if part else row["text"]
    listed = {"flags": tuple(row["flags"] or ()), "conflict_ids": tuple(row["conflict_ids"] or ()), "corrections": corrections(row)}
    return FetchedItem(**{k: row[k] for k in _PLAIN}, **listed, text=text, slice=part)
