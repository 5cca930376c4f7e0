"""``canonry erase``: take a page, a row, a source or words out of everything that is kept."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import click

from canonry import erase, journal
from canonry.cli import edge, output
from canonry.cli.session import Session, command
from canonry.erasures import unfinished
from canonry.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canonry.erase import Erased

_WHAT = {"document": "the document", "record": "the record", "source": "everything of the source", "text": "the words"}


@command("erase", "canonry erase wiki/people/old-list.md", "canonry erase crm/4711 --dry-run", 'canonry erase --text "Jo Doe" --yes')
@click.argument("target", required=False)
@click.option("--text", metavar="WORDS", help="Erase words wherever they stand, instead of a TARGET.")
@click.option("--by", metavar="WHO", help="Who says so; default: your login name.")
@click.option("--because", metavar="TEXT", help="Why, for the journal; do not repeat what is erased.")
@click.option("--dry-run", is_flag=True, help="Say what would be touched, and touch nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_command(  # noqa: PLR0913  (one per option)
    session: Session, target: str | None, text: str | None, by: str | None, because: str | None, *, dry_run: bool, yes: bool
) -> None:
    """Take a document, a record, a source or words out of copies, state, journal and every release that is kept.

    TARGET is a document (source/path), a record (source/id) or a source. It stays out, also while its source still has it. A tombstone
    remains, which holds hashes and no word of it. There is no way back. Without TARGET, an erasure that was cut short is finished.
    """
    if target and text:
        raise UsageError("a TARGET and --text were both given.", "Erase one after the other.")
    at = edge.now().isoformat(timespec="seconds")
    if not target and not text:
        done = erase.finish(session.workspace, at) if not dry_run else []
        session.answer([d.as_dict() for d in done], lambda: _finished(done, session))
        return
    salt = secrets.token_hex(16)
    wanted = erase.tombstone_of_words(text, salt) if text else erase.tombstone(session.workspace, str(target), salt)
    about = {"at": at, "by": by or edge.login_name(), **({"because": because} if because else {})}
    would = erase.erase(session.workspace, wanted, about, dry_run=True)
    if not dry_run and not yes:
        if session.as_json:
            raise UsageError("nobody can be asked where the answer is JSON.", "Say --yes, or look first with --dry-run.")
        _told(would, text or str(target), would_be=True)
        click.confirm(f"Erase {_WHAT[wanted.kind]}? There is no way back.", abort=True)
    found = would if dry_run else erase.erase(session.workspace, wanted, about)
    session.answer({**found.as_dict(), "dry_run": dry_run}, lambda: _told(found, text or str(target), would_be=dry_run))


def _told(found: Erased, target: str, *, would_be: bool) -> None:
    output.line(f"{'Would erase' if would_be else 'Erased'}: {_WHAT[found.kind]} {target!r}.")
    rows: list[tuple[Any, ...]] = [("copy", c, "") for c in found.copies]
    rows += [("journal", f"{name}.jsonl", n) for name, n in found.journal.items()]
    rows += [("release", f"{r} {edition}", sum(tables.values())) for r, told in found.releases.items() for edition, tables in told.items()]
    if rows:
        output.table(("", "what", "rows#"), rows)
    else:
        output.line("Nothing that is kept holds it; it is kept out from now on." if not would_be else "Nothing that is kept holds it.")
    if not would_be:
        output.remark(f"{found.vectors} vectors and the recomputable state are gone too. Restart servers and notebooks that were running.")
        output.remark("It stays out, also while its source still has it. The next run makes a release without it: canonry run")


def _finished(done: Sequence[Erased], session: Session) -> None:
    left = unfinished(journal.read(session.workspace.journal).erasures)
    output.line(f"{output.number(len(done), 'erasure')} finished." if done else f"{len(left)} erasures were cut short.")
