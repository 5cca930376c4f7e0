"""What the report shows beside the tables of a release: tasks that cannot be served today, and what was reported as missing or wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from canonry import journal as journals
from canonry.gaps import folded
from canonry.report import words
from canonry.report.model import Section
from canonry.serve import Client
from canonry.store import FULL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canonry.serve import TaskState
    from canonry.store import Manifest
    from canonry.workspace import Workspace

_BLOCKED = 20  # sentences per task


@dataclass(frozen=True)
class TaskLine:
    """A task, and what keeps it from being served today.

    Attributes:
        task: Its name.
        principals: Who may take it.
        can: For how many of the things that it is about it can be served, in words.
        blocked: What is not met, and why, in one sentence each.
        conflicts: Open conflicts that block it.
        sources: Sources that are out of date, or not the ones wanted.
    """

    task: str
    principals: tuple[str, ...]
    can: str
    blocked: tuple[str, ...]
    conflicts: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class GapLine:
    """What agents or people reported as missing or wrong, and nobody closed."""

    gap_id: str
    kind: str
    note: str
    cites: tuple[str, ...]
    reports: int
    by: tuple[str, ...]
    at: str | None


@dataclass(frozen=True)
class Beside:
    """Tasks and gaps.

    Attributes:
        tasks: As `Client.tasks` tells them.
        gaps: As `canonry.gaps.folded` gives them.
    """

    tasks: Sequence[TaskState] = ()
    gaps: Sequence[dict[str, Any]] = ()


def read_beside(workspace: Workspace, release: Manifest) -> Beside:
    """Judge the tasks of a release, and read the journal's reports as they are now."""
    client = Client(workspace.store, FULL, release=release.release_id, encoder=workspace.encoder())
    return Beside(client.tasks(), folded(journals.lines(workspace.journal, "gaps")))


def tasks(states: Sequence[TaskState], limit: int) -> Section[TaskLine]:
    """Tasks that cannot be served today, for some or for all of the things that they are about."""
    blocked = [t for t in states if t.status != "ok"]
    return Section(tuple(_task(t) for t in blocked[:limit]), len(blocked))


def _task(state: TaskState) -> TaskLine:
    unmet = [u for b in state.blocked for u in b.unmet]
    more = sum(state.reasons.values()) - len(unmet)
    said = [f"{u.asks}: {words.plain(u.reason)}. {u.why or ''}".strip() for u in unmet[:_BLOCKED]]
    return TaskLine(
        task=state.task,
        principals=state.principals,
        can=f"{state.ready:,} of {state.subjects:,}",
        blocked=(
            *said,
            *([f"and more: {words.counted(state.subjects - state.ready, 'thing')} blocked"] if more > 0 or len(unmet) > _BLOCKED else []),
        ),
        conflicts=tuple(dict.fromkeys(u.conflict_id for u in unmet if u.conflict_id)),
        sources=tuple(dict.fromkeys(u.source for u in unmet if u.source and not u.conflict_id)),
    )


def gaps(rows: Sequence[dict[str, Any]], limit: int) -> Section[GapLine]:
    """Reports that nobody closed, the most frequent first."""
    waiting = [r for r in rows if r["status"] == "open"]
    shown = (
        GapLine(r["gap_id"], str(r["kind"]), str(r["note"]), tuple(r["cites"]), r["reports"], tuple(r["by"]), (r["at"] or "")[:10] or None)
        for r in waiting[:limit]
    )
    return Section(tuple(shown), len(waiting))
