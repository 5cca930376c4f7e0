"""``canonry list``: the tables that people go through, what matters most first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import polars as pl

from canonry import journal
from canonry import store as stores
from canonry.cli import output
from canonry.cli.nearest import OneOf
from canonry.cli.reading import client
from canonry.cli.session import Session, command
from canonry.gaps import folded
from canonry.ids import record_cite
from canonry.published import CONFLICT_STATUSES, RULINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canonry.serve import Client, TaskState

WAITING = "waiting"  # of a ruling that no run has seen
_NEXT_RUN = "in effect with the next run"
KINDS = ("conflicts", "stale", "families", "entities", "rulings", "gaps", "tasks", "attributes", "quarantine")
_COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # kind → headings, columns
    "stale": (("what", "id", "signal", "since", "evidence"), ("target_kind", "target_id", "signal", "since", "evidence")),
    "signs": (
        ("stale", "what", "id", "signal", "since", "evidence"),
        ("is_stale", "target_kind", "target_id", "signal", "since", "evidence"),
    ),
    "families": (("kind", "family", "member", "relation", "like#"), ("member_kind", "family_id", "member_id", "relation", "similarity")),
    "entities": (("entity", "name", "records#", "sources"), ("entity_id", "name", "records", "sources")),
    "rulings": (
        ("ruling", "verdict", "status", "by", "at", "applied to", "because", "remark"),
        ("ruling_id", "verdict", "status", "by", "at", "applied_to", "because", "remark"),
    ),
    "gaps": (
        ("gap", "status", "kind", "reports#", "note", "cites", "by", "at"),
        ("gap_id", "status", "kind", "reports", "note", "cites", "by", "at"),
    ),
    "tasks": (
        ("task", "status", "ready#", "of#", "blocked by", "who"),
        ("task", "status", "ready", "subjects", "blocked_by", "principals"),
    ),
    "attributes": (
        ("entity", "attribute", "type", "origin", "values#", "unread#", "note"),
        ("entity_type", "attribute", "value_type", "origin", "distinct_values", "unread", "note"),
    ),
    "quarantine": (("source", "location", "rule", "detail"), ("source", "location", "rule", "detail")),
}


@command("list", "canonry list conflicts --status open", "canonry list stale --json", "canonry list quarantine --limit 100")
@click.argument("kind", type=OneOf(KINDS), metavar="KIND")
@click.option("--limit", type=click.IntRange(1), help="At most so many rows; default: 20, with --json all.")
@click.option("--status", type=click.Choice(CONFLICT_STATUSES), help="Only conflicts of this status.")
@click.option("--all", "every", is_flag=True, help="With stale: the signs too that alone make nothing stale.")
@click.option("--edition", metavar="NAME", help="Which edition; default: full.")
def list_command(session: Session, kind: str, limit: int | None, **only: Any) -> None:
    """List what people go through: KIND is conflicts, stale, families, entities, rulings, gaps, tasks, attributes, quarantine.

    Conflicts come by importance: severity × (1 + how often agents met them) × how unsure the decision is.
    """
    status, every, edition = only["status"], only["every"], only["edition"]
    if status and kind != "conflicts":
        raise click.UsageError("--status goes with conflicts only.", click.get_current_context())
    if every and kind != "stale":
        raise click.UsageError("--all goes with stale only.", click.get_current_context())
    rows = _gaps(session, edition) if kind == "gaps" else _of_release(client(session, edition), kind, status)
    hidden = 0 if every or kind != "stale" else sum(not r["is_stale"] for r in rows)
    rows = [r for r in rows if r["is_stale"]] if hidden else rows
    if kind == "rulings" and edition in (None, stores.FULL):  # the journal tells of all editions
        rows = _with_waiting(session, rows)
    shown = rows[: limit or (None if session.as_json else 20)]
    found = {"kind": kind, "total": len(rows), "shown": len(shown), **({"hidden": hidden} if kind == "stale" else {}), "rows": shown}
    session.answer(found, lambda: _told(session, "signs" if every else kind, shown, found))


def _gaps(session: Session, edition: str | None) -> list[dict[str, Any]]:
    """What agents and people reported as missing or wrong, open ones first; it stands in the journal, not in a release."""
    said = journal.lines(session.workspace.journal, "gaps")
    return folded(g for g in said if edition in (None, stores.FULL) or "closes" in g or g.get("edition") == edition)


def _with_waiting(session: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put what was said since the last run before what the release knows: new rulings, and those that were withdrawn."""
    said = journal.read(session.workspace.journal)
    known = {r["ruling_id"] for r in rows}
    empty = dict.fromkeys(rows[0] if rows else RULINGS.names)
    new = [
        {**empty, **{k: r.get(k) for k in ("ruling_id", "verdict", "by", "at", "because")}, "status": WAITING, "remark": _NEXT_RUN}
        for r in reversed(said.standing_rulings)
        if r["ruling_id"] not in known
    ]
    gone = {r["ruling_id"] for r in said.withdrawn_rulings}
    late = [{**r, "remark": f"withdrawn; {_NEXT_RUN}"} if r["ruling_id"] in gone and r["status"] != "withdrawn" else r for r in rows]
    return [*new, *late]


def _of_release(reader: Client, kind: str, status: str | None) -> list[dict[str, Any]]:
    if kind == "tasks":
        return [{**t.as_dict(), "blocked_by": blocked_by(t)} for t in reader.tasks()]
    return conflicts(reader, status) if kind == "conflicts" else reader.list(kind).to_dicts()


def blocked_by(task: TaskState) -> str:
    """Say what blocks a task: the conflict or the source of each need that is not met, and how many more there are."""
    told = [
        f"{u.asks}: {u.reason.replace('_', ' ')} ({u.conflict_id or u.source or 'nothing found'})" for b in task.blocked for u in b.unmet
    ]
    return "; ".join(told[:3]) + (f"; and {len(told) - 3} more" if len(told) > 3 else "")  # noqa: PLR2004  (what a line holds)


def conflicts(reader: Client, status: str | None) -> list[dict[str, Any]]:
    """Give the conflicts with their sides, by importance."""
    table = reader.list("conflicts").select(
        "conflict_id", "exposure", "spans_audiences", importance=pl.col("severity").fill_null(1.0)
        * (1 + pl.col("exposure"))
        * (1 - pl.col("confidence").fill_null(0.0)),
    )  # fmt: skip
    more = {r["conflict_id"]: r for r in table.to_dicts()}
    found = [{**v.as_dict(), **more[v.conflict_id]} for v in reader.list_conflicts(status)]
    return sorted(found, key=lambda c: (-c["importance"], c["conflict_id"]))


def _told(session: Session, kind: str, rows: Sequence[dict[str, Any]], found: dict[str, Any]) -> None:
    if not rows:
        output.line(f"None.{_out_of(session, kind)}")
    elif kind == "conflicts":
        _conflicts(rows)
    else:
        _table(kind, rows)
    output.capped(len(rows), found["total"])
    if found.get("hidden"):
        output.remark(f"{output.number(found['hidden'], 'sign')} more that alone make nothing stale: canonry list stale --all")
    if rows and found["kind"] == "stale":
        output.remark("One sign a row: what has several stands there as often.")
        output.remark("next: canonry explain ID, then canonry rule ID --retire or --still-valid")
    if rows and kind == "gaps":
        output.remark("next: canonry gap --close ID --because TEXT")


def _conflicts(rows: Sequence[dict[str, Any]]) -> None:
    output.table(
        ("conflict", "status", "importance#", "subject", "attribute", "sides"),
        (
            (
                c["conflict_id"],
                output.coloured(c["status"].replace("_", " ")),
                c["importance"],
                output.short(c["subject"], 60),
                output.short(c["attribute"], 80),
                _sides(c),
            )
            for c in rows
        ),
        keep=("conflict",),
    )
    output.remark("next: canonry explain ID, then canonry rule ID --keep CLAIM")


def _sides(conflict: dict[str, Any]) -> str:
    """Write each side once, with who says so; the standing one is marked."""
    sides: dict[int, list[dict[str, Any]]] = {}
    for side in conflict["sides"]:
        sides.setdefault(side["side"], []).append(side)
    return "\n".join(
        f"{'✓ ' if s[0]['wins'] else ''}{output.short(s[0]['verbatim'], 60)} ({', '.join(dict.fromkeys(c['source'] for c in s))})"
        for s in sides.values()
    )


def _table(kind: str, rows: Sequence[dict[str, Any]]) -> None:
    headings, columns = _COLUMNS[kind]
    rows = [_named(kind, row) for row in rows]
    output.table(headings, ([_cell(row.get(c)) for c in columns] for row in rows), keep=headings[:1])


def _named(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """Write a row of an export as `explain` takes it, and of a family which member stands for it."""
    if row.get("target_kind") == "record":
        return {**row, "target_id": record_cite(row["source"], row["target_id"])}
    if kind == "families" and row["member_id"] == row["canonical_id"]:
        return {**row, "relation": "stands for it", "similarity": None}
    return row


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, (int, float)) else output.short("" if value is None else str(value), 200)


def _out_of(session: Session, kind: str) -> str:
    """No conflicts means something only out of how many pairs."""
    if kind != "conflicts":
        return ""
    coverage = stores.read_table(session.store, session.release(None), stores.FULL, "coverage")
    return f" {int(coverage['pairs_considered'].sum()):,} pairs were considered."
