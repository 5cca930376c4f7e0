"""``canonry changes``: what changed for a reader since a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canonry.cli import output
from canonry.cli.reading import client
from canonry.cli.session import Session, command

if TYPE_CHECKING:
    from canonry.serve import Changes


@command("changes", "canonry changes parent", "canonry changes 2024-12-30-1-5b1e22aa --edition staff --json", "canonry changes 1 2")
@click.argument("since", metavar="A")
@click.argument("release", required=False, metavar="[B]")
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True, help="At most so many changes.")
@click.option("--cursor", metavar="TEXT", help="What the answer before named as next.")
@click.option("--edition", metavar="NAME", help="Read as this edition; default: full.")
def changes_command(session: Session, since: str, release: str | None, limit: int, **more: str | None) -> None:
    """Tell what changed for a reader between two releases, with cites; B is the current release by default."""
    reader = client(session, more["edition"], release)
    found = reader.changes_since(session.release(since).release_id, limit=limit, cursor=more["cursor"])
    session.answer(found.as_dict(), lambda: _told(found))


def _told(found: Changes) -> None:
    if not any(found.totals.values()):
        output.line("Nothing changed for a reader.")
    if found.conflicts:
        output.heading("Conflicts")
        rows = [
            (c.change.replace("_", " "), c.conflict_id, output.short(c.subject, 60), output.short(c.attribute, 60), c.stands)
            for c in found.conflicts
        ]
        output.table(("", "conflict", "subject", "attribute", "what stands"), rows)
    if found.facts:
        output.heading("Facts")
        facts = [(f.change, output.short(f.subject, 60), output.short(f.attribute, 60), f.was, f.value, f.cite) for f in found.facts]
        output.table(("", "subject", "attribute", "was", "is", "cite"), facts)
    if found.items:
        output.heading("Items")
        items = [(i.change, i.cite, ", ".join(i.parts or ()) or (f"now {i.instead}" if i.instead else "")) for i in found.items]
        output.table(("", "cite", "what"), items)
    output.remark(", ".join(f"{n:,} {kind}" for kind, n in found.totals.items()) + f" · {found.since} → {found.release}")
    if found.next_cursor:
        output.remark(f"next: the same with --cursor {found.next_cursor}")
