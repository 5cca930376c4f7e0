"""``canonry report``: the conflict report as a web page, a spreadsheet to decide in, CSV or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from canonry import report
from canonry.cli import output
from canonry.cli.session import Session, command
from canonry.errors import UsageError

if TYPE_CHECKING:
    from canonry.store import Manifest

NEXT = {
    "xlsx": "Choose in the column Decision, save the file, then: canonry rule --from FILE",
    "csv": "It is to read: decisions are taken from a workbook (--format xlsx).",
}
FORMATS = ("html", "xlsx", "csv", "json")


@command("report", "canonry report", "canonry report --format xlsx -o decide.xlsx", "canonry report --release parent -o before.html")
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to; default: report.html (or .xlsx, .csv, .json) beside the configuration. - is standard output.",
)
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Default: as FILE ends, else html.")
@click.option("--release", metavar="ID", help="A release that is kept; default: the current one.")
def report_command(session: Session, file: Path | None, kind: str | None, release: str | None) -> None:
    """Write the conflict report: a web page to read, a spreadsheet to decide in (`canonry rule --from` reads it back), CSV or JSON."""
    ending = file.suffix.lstrip(".").lower() if file else ""
    chosen = kind or (ending if ending in FORMATS else "html")
    manifest = session.release(release)
    made = _made(session, manifest, chosen)
    if str(file) == "-":
        click.echo(made, nl=False)
        return
    place = file or session.workspace.base / f"report.{chosen}"
    try:
        place.touch(mode=0o600)  # it tells of all editions
        place.chmod(0o600)
        place.write_bytes(made)
    except OSError as e:
        raise UsageError(f"cannot write {place}: {e.strerror}.", "Name another file with -o.") from e
    found = {"file": str(place.resolve()), "release_id": manifest.release_id}
    session.answer(found, lambda: _told(found["file"], chosen))


def _told(file: str, chosen: str) -> None:
    output.line(file)
    if chosen in {"xlsx", "csv"}:
        output.remark(NEXT[chosen])


def _made(session: Session, manifest: Manifest, chosen: str) -> bytes:
    name, more = session.workspace.config.name, report.read_beside(session.workspace, manifest)
    if chosen == "html":
        return report.render(session.store, manifest, name=name, more=more).encode()
    data = report.view(report.tables(session.store, manifest), name=name, limit=report.ALL, more=more)
    if chosen == "xlsx":
        return report.as_xlsx(data)
    text = report.as_json(data) if chosen == "json" else "\ufeff" + report.as_csv(data)  # the mark tells Excel that it is UTF-8
    return text.encode()
