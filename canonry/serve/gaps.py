"""Reports of agents: what is missing or wrong, written to the journal for the people who review; the store stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canonry import journal
from canonry.gaps import KINDS, gap_id
from canonry.serve.answers import GapReceipt
from canonry.serve.errors import AgentError, bad_argument
from canonry.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from canonry.serve.snapshot import Snapshot

MOST_CITES, LONGEST_CITE, LONGEST_NOTE = 20, 500, 2000
FILE = "gaps"


def reported(snapshot: Snapshot, folder: Path | None, gap: tuple[str, str, Sequence[str]], by: str | None, at: datetime) -> GapReceipt:
    """Write a report down.

    Args:
        snapshot: The release that the reporter reads.
        folder: The journal; None where this client has none.
        gap: Kind, note, cites.
        by: Who reports.
        at: When.

    Raises:
        AgentError: BAD_ARGUMENT, or GAPS_OFF without a journal.
    """
    kind, note, cites = gap
    note = visible(note).strip()
    _check(kind, note, cites)
    if folder is None:
        raise AgentError("GAPS_OFF", "Reports are not taken here.", "Tell a person instead.")
    named = gap_id(kind, note, cites)
    served = [c for c in dict.fromkeys(cites) if c.removesuffix(f"@{snapshot.release}") in snapshot.by_cite]
    items = [snapshot.by_cite[c.removesuffix(f"@{snapshot.release}")] for c in served]
    line = {"gap_id": named, "kind": kind, "note": note, "cites": list(cites), "by": by, "at": at.isoformat()}
    line |= {"items": items, "release": snapshot.release, "edition": snapshot.edition}
    before = sum(g.get("gap_id") == named and g.get("edition") == snapshot.edition for g in journal.lines(folder, FILE))
    journal.append(folder, FILE, line)
    return GapReceipt(
        gap_id=named, status="known" if before else "recorded", reports=before + 1, cites=tuple(served), release=snapshot.release
    )


def _check(kind: str, note: str, cites: Sequence[str]) -> None:
    if kind not in KINDS:
        raise bad_argument("There is no such kind of gap.", f"Use one of {', '.join(KINDS)}.")
    if not note or len(note) > LONGEST_NOTE:
        raise bad_argument("The note is empty or too long.", f"Say what is wrong in at most {LONGEST_NOTE:,} characters.")
    if len(cites) > MOST_CITES or any(not c or len(c) > LONGEST_CITE for c in cites):
        raise bad_argument("The cites are too many or too long.", f"Give at most {MOST_CITES}, of {LONGEST_CITE} characters each.")
