"""``canonry gap``: report what is missing or wrong, as an agent does, or say that it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canonry import journal
from canonry.cli import edge, output
from canonry.cli.nearest import OneOf, meant
from canonry.cli.reading import client
from canonry.cli.session import Session, command
from canonry.errors import UsageError
from canonry.gaps import KINDS, folded
from canonry.serve.gaps import FILE

if TYPE_CHECKING:
    from canonry.serve import GapReceipt


@command(
    "gap",
    'canonry gap missing "Nothing says how long parking permits last"',
    'canonry gap incorrect "The office moved in May" --cite handbook/offices/leeds.md#where-we-are',
    'canonry gap --close 5b1e22aa9c04f1de --because "Page written"',
)
@click.argument("kind", type=OneOf(KINDS), required=False, metavar="[KIND]")
@click.argument("note", required=False, metavar="[NOTE]")
@click.option("--cite", "cites", multiple=True, metavar="CITE", help="What was served and is meant; may be given several times.")
@click.option("--close", metavar="ID", help="Say that a reported gap is done.")
@click.option("--because", metavar="TEXT", help="Why; with --close.")
@click.option("--by", metavar="WHO", help="Who says so; default: your login name.")
def gap_command(session: Session, kind: str | None, note: str | None, cites: tuple[str, ...], **more: str | None) -> None:
    """Report that something is missing, incorrect, conflicting, outdated or unsafe; the same words again count as one gap."""
    by = more["by"] or edge.login_name()
    if more["close"] is not None:
        if kind or note or cites:
            raise UsageError("--close goes without KIND, NOTE and --cite.", "See `canonry gap --help`.")
        _close(session, more["close"], by, more["because"])
        return
    if kind is None or note is None:
        raise UsageError("a gap needs a kind and a note.", f'For example: canonry gap missing "…"; kinds are {", ".join(KINDS)}.')
    told = client(session).report_gap(kind, note, cites, principal=by, at=edge.now())
    session.answer(told.as_dict(), lambda: _told(told))


def _told(told: GapReceipt) -> None:
    output.line(f"Gap {told.gap_id} {'written down' if told.status == 'recorded' else f'was known; {told.reports} reports now'}.")
    output.remark("next: canonry list gaps")


def _close(session: Session, gap_id: str, by: str, because: str | None) -> None:
    known = {g["gap_id"]: g for g in folded(journal.lines(session.workspace.journal, FILE))}
    if gap_id not in known:
        raise UsageError(f"there is no gap {gap_id!r}{meant(gap_id, list(known))}", "List them with `canonry list gaps`.")
    journal.append(session.workspace.journal, FILE, {"closes": gap_id, "by": by, "because": because, "at": edge.now().isoformat()})
    session.answer({"gap_id": gap_id, "status": "closed"}, lambda: output.line(f"Gap {gap_id} is closed; another report opens it again."))
