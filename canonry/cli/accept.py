"""``canonry accept``: a person says that a source that shrank is right."""

from __future__ import annotations

from typing import Any

import click

from canonry import journal
from canonry import store as stores
from canonry.cli import edge, output
from canonry.cli.nearest import meant
from canonry.cli.session import Session, command
from canonry.erasures import Erasures
from canonry.errors import SourceError, UsageError
from canonry.ingest import copy_hash, read_source, without_erased


@command("accept", "canonry accept wiki", "canonry accept wiki --by ada --json")
@click.argument("source")
@click.option("--by", metavar="WHO", help="Who says so; default: your login name.")
def accept_command(session: Session, source: str, by: str | None) -> None:
    """Say that a source that shrank is right as it is now. Takes effect with the next run.

    It holds for exactly what is there now: when the source changes again before the run, it has to be accepted again.
    """
    workspace = session.workspace
    sources = workspace.config.sources
    if source not in sources:
        raise UsageError(f"there is no source {source!r}{meant(source, sources)}", f"Sources are: {', '.join(sources)}.")
    kind = sources[source].kind
    try:
        erasures = Erasures.of(journal.read(workspace.journal).erasures)
        reading = without_erased(read_source(source, sources[source], workspace.base, workspace.config.protect), erasures)
    except SourceError as e:
        raise UsageError(f"{source} cannot be accepted as it is: {e.message}", e.hint) from e
    rows = reading.rows(kind)
    if not rows.height:
        raise UsageError(
            f"{source} cannot be accepted as it is: there is nothing usable in it.",
            "An empty source is always held. Take it out of the configuration to let it go.",
        )
    line = {
        "source": source,
        "copy_hash": copy_hash(kind, rows, reading.quarantine),
        "at": edge.now().isoformat(timespec="seconds"),
        "by": by or edge.login_name(),
    }
    journal.append(workspace.journal, "acceptances", line)
    found = {**line, "items": rows.height, "items_before": _before(session, source), "takes_effect": "next run"}
    session.answer(found, lambda: _told(found, kind))


def _before(session: Session, source: str) -> int | None:
    release = stores.current(session.store)
    used = release.inputs.get(source) if release else None
    return used.items if used else None


def _told(found: dict[str, Any], kind: str) -> None:
    before = f", where the last good copy has {found['items_before']:,}" if found["items_before"] is not None else ""
    output.line(f"{found['source']} is accepted with {found['items']:,} {kind}{before}.")
    output.remark("It takes effect with the next run: canonry run")
