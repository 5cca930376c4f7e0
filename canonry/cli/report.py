"""``canonry report``: the conflict report as one web page that needs nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from canonry import report
from canonry.cli import output
from canonry.cli.session import Session, command
from canonry.errors import UsageError


@command("report", "canonry report", "canonry report -o conflicts.html", "canonry report --release parent")
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to; default: report.html beside the configuration. - is standard output.",
)
@click.option("--release", metavar="ID", help="A release that is kept; default: the current one.")
def report_command(session: Session, file: Path | None, release: str | None) -> None:
    """Write the conflict report: one web page, to be opened in a browser or sent to somebody."""
    manifest = session.release(release)
    page = report.render(session.store, manifest, name=session.workspace.config.name)
    if str(file) == "-":
        click.echo(page)
        return
    place = file or session.workspace.base / "report.html"
    try:
        place.touch(mode=0o600)  # it tells of all editions
        place.chmod(0o600)
        place.write_text(page, encoding="utf-8")
    except OSError as e:
        raise UsageError(f"cannot write {place}: {e.strerror}.", "Name another file with -o.") from e
    found = {"file": str(place.resolve()), "release_id": manifest.release_id}
    session.answer(found, lambda: output.line(found["file"]))
