"""``canonry explain``: everything that bears on one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from canonry import journal
from canonry import store as stores
from canonry.cli import output
from canonry.cli.nearest import nearest
from canonry.cli.reading import client
from canonry.cli.session import Session, command
from canonry.errors import UsageError
from canonry.serve import AgentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from canonry.serve import ConflictView, Explanation
    from canonry.serve.views import ItemView, MatchView

_MATCHES = 20  # pairs that are shown

_IDS = (
    ("context", "cite"),
    ("excluded", "cite"),
    ("documents", "document_id"),
    ("entities", "entity_id"),
    ("conflicts", "conflict_id"),
    ("rulings", "ruling_id"),
)


@command("explain", "canonry explain handbook/leave.md", "canonry explain domain/18f.gov", "canonry explain CONFLICT_ID --json")
@click.argument("id_", metavar="ID")
@click.option("--edition", metavar="NAME", help="Read as this edition; default: full.")
@click.option("--release", metavar="ID", help="A release that is kept; default: the current one.")
def explain_command(session: Session, id_: str, edition: str | None, release: str | None) -> None:
    """Tell everything that bears on an item, document, record, claim, fact, conflict, entity or ruling."""
    reader = client(session, edition, release)
    try:
        found = reader.explain(id_)
    except AgentError as e:
        if e.code != "NOT_FOUND":
            raise
        raise UsageError(f"there is nothing called {id_!r} in release {reader.release}.", _hint(session, id_, edition, release)) from e
    session.answer(found.as_dict(), lambda: _told(found))


def _hint(session: Session, wanted: str, edition: str | None, release: str | None) -> str:
    """Name what comes close, out of all that a person may name."""
    if wanted in {r["ruling_id"] for r in journal.read(session.workspace.journal).standing_rulings}:
        return "That ruling waits for the next run: canonry run. `canonry list rulings` shows it."
    manifest = session.release(release)
    path = stores.edition_file(session.store, manifest, edition or stores.FULL)
    tables = dict(stores.read_tables(path, {*(table for table, _ in _IDS), "id_changes"}))
    page, mark, anchor = wanted.partition("#")
    if moved := tables["id_changes"].filter(old_id=page)["new_id"].to_list():
        return f"It moved: canonry explain {moved[0]}{mark}{anchor}"
    close = nearest(wanted, {i for table, column in _IDS for i in tables[table][column].to_list() if i})
    return f"Close to it: {', '.join(close)}." if close else "Take ids and cites from `canonry list` or `canonry search`."


def _told(found: Explanation) -> None:
    if found.kind == "conflict" and found.conflicts:  # what was asked for first, then where it stands
        _conflicts(found)
        _items(found)
    else:
        output.line(f"{found.kind} {found.id}", style="bold")
        _about(found)
        _items(found)
        _conflicts(found)
    for title, headings, rows in _tables(found):
        if rows:
            output.heading(title)
            output.table(headings, rows)
    output.remark(f"release {found.release}")
    if found.kind == "conflict" and any(c.status == "open" for c in found.conflicts):
        output.remark(f"next: canonry rule {found.id} --keep CLAIM, or --both, --scope TEXT, --not-a-conflict, --ask-owner")


def _items(found: Explanation) -> None:
    for item in found.items[:5]:
        _item(item)
    output.capped(min(5, len(found.items)), len(found.items), "--json: items")


def _conflicts(found: Explanation) -> None:
    for conflict in found.conflicts:
        show_conflict(conflict)


def _about(found: Explanation) -> None:
    if d := found.document:
        dated = f"{d.dated_on} ({d.date_kind.replace('_', ' ')}, from {d.date_basis})" if d.dated_on else None
        served = f"{output.number(d.served_items, 'item')} served, {d.excluded_items:,} left out"
        output.pairs(
            [
                ("document", d.document_id),
                ("title", d.title),
                ("owner", d.owner),
                ("dated", dated),
                ("status", d.status),
                ("", served),
                ("instead", next((s.superseded_by for s in found.signals if s.is_stale and s.superseded_by), None)),
                ("url", d.url),
            ]
        )
    if e := found.entity:
        output.pairs([("entity", e.entity_id), ("name", e.name), ("records", ", ".join(e.records)), ("cohesion", e.cohesion)])
        _matches(e.matches)


def _matches(matches: Sequence[MatchView]) -> None:
    """Print pairs of records that were compared, with what each comparison adds to the weight, in bits."""
    if not matches:
        return
    output.heading("pairs compared")
    rows = [
        (m.left, m.right, m.decision, f"{m.match_probability:.0%}", f"{m.match_weight:+.1f}", _parts(m.comparisons))
        for m in matches[:_MATCHES]
    ]
    output.table(("left", "right", "decision", "probability#", "bits#", "of which"), rows, keep=("left", "right"))
    if len(matches) > _MATCHES:
        output.line(f"{len(matches) - _MATCHES} more stand in the table match_links.")


def _parts(comparisons: Mapping[str, float]) -> str:
    ranked = sorted(comparisons.items(), key=lambda e: (-abs(e[1]), e[0]))
    return ", ".join(f"{name} {bits:+.1f}" for name, bits in ranked if abs(bits) >= 0.1)  # noqa: PLR2004


def _item(item: ItemView) -> None:
    output.heading(item.cite)
    output.pairs(
        [
            ("status", output.coloured(item.status) if item.is_served else f"left out: {item.reason}"),
            ("", "served" if item.is_served else None),
            ("because", item.evidence if not item.is_served else None),
            ("instead", item.superseded_by),
            ("dated", f"{item.dated_on} ({item.date_kind.replace('_', ' ')})" if item.dated_on else None),
            ("valid", _span(item)),
            ("quality", item.quality),
            ("current", f"{item.p_current:.0%}" if item.p_current is not None else None),
            ("flags", ", ".join(item.flags)),
        ]
    )
    output.line(output.short(item.text, 400))
    for c in item.corrections:
        output.line(f"says {c.says}; what stands: {c.stands} ({c.cite})", style="yellow")


def _span(item: ItemView) -> str | None:
    parts = [f"from {item.valid_from}" if item.valid_from else "", f"until {item.valid_to}" if item.valid_to else ""]
    return " ".join(p for p in parts if p) or None


def show_conflict(conflict: ConflictView) -> None:
    """Show a conflict with all its claims."""
    output.heading(f"conflict {conflict.conflict_id}")
    output.pairs(
        [
            ("about", conflict.subject),
            ("attribute", conflict.attribute),
            ("type", conflict.type.replace("_", " ")),
            ("status", output.coloured(conflict.status.replace("_", " "))),
            ("decided by", conflict.rule),
            ("why", conflict.reason),
            ("confidence", conflict.confidence),
            ("owner", conflict.owner),
        ]
    )
    rows = (
        (
            s.side,
            s.claim_id,
            {True: "stands", False: "lost"}.get(s.wins, "") if s.wins is not None else "",
            s.verbatim,
            s.source,
            "" if s.authority is None else s.authority,
            _dated(s.dated_on, s.date_kind),
            s.cite,
            output.short(s.sentence or "", 160),
        )
        for s in conflict.sides
    )
    output.table(("side#", "claim", "result", "says", "source", "rank#", "dated", "cite", "sentence"), rows, keep=("claim",))


def _dated(day: date | None, kind: str | None) -> str:
    """Write a date that decides nothing by itself as what it is."""
    if day is None:
        return ""
    return f"{day}" if kind == "exact" else f"{day} ({(kind or 'unknown').replace('_', ' ')})"


def _tables(found: Explanation) -> list[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    return [
        ("Quality", ("component", "value#", "adds#"), [(c.name, c.value, c.contribution) for c in found.quality[:6]]),
        (
            "Claims",
            ("claim", "subject", "attribute", "says", "source", "standing"),
            [
                (c.claim_id, output.short(c.subject, 40), output.short(c.attribute, 80), output.short(c.verbatim, 60), c.source, c.standing)
                for c in found.claims
                if found.kind != "conflict"
            ],
        ),
        (
            "Facts",
            ("attribute", "value", "decided", "sure#"),
            [(output.short(f.attribute, 80), f.value or f.verbatim, f.decision, f.confidence) for f in found.facts],
        ),
        (
            "Signs of age",
            ("signal", "of", "since", "evidence"),
            [(s.signal, s.target_id, s.since or "", s.evidence or "") for s in found.signals],
        ),
        ("Family", ("member", "relation", "canonical"), [(m.member_id, m.relation, m.canonical_id) for m in found.family]),
        ("Made from", ("kind", "id"), sorted({(o.input_kind, o.input_id) for o in found.lineage})),
        (
            "Rulings",
            ("ruling", "verdict", "status", "by", "because", "remark"),
            [(r.ruling_id, r.verdict, r.status, r.by, r.because or "", r.remark or "") for r in found.rulings],
        ),
    ]
