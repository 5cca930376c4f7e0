"""``canonry init``: a folder looked through, and a configuration proposed that runs as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from canonry import config
from canonry.cli import output
from canonry.cli.profile import profile
from canonry.cli.proposal import proposal
from canonry.cli.session import Session, command
from canonry.errors import UsageError

if TYPE_CHECKING:
    from canonry.cli.kinds import Kind
    from canonry.cli.profile import Profile


@command("init", "canonry init company", "canonry init company --force")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--force", is_flag=True, help="Overwrite a canonry.yaml that is there.")
def init_command(session: Session, folder: Path, *, force: bool) -> None:
    """Profile a folder and propose a commented canonry.yaml in it, that runs as it is.

    Documents are taken by folder; every export gets its likely id and date column. Exports about the same things are named as
    one kind, their columns that mean the same as one attribute. Nothing else is written.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}.", "Name the folder that holds your documents and exports.")
    file = session.given or folder / "canonry.yaml"
    if file.exists() and not force:
        raise UsageError(f"{file} exists already.", "Look at it first; --force overwrites it.")
    found = profile(folder)
    if not found.documents and not found.exports:
        raise UsageError(
            f"there is no document and no export in {folder}.", "Read are .md, .txt, .html; .csv, .tsv, .xlsx, .xls, .json, .jsonl."
        )
    text = proposal(found, folder.resolve().name or "company")
    config.parse(yaml.safe_load(text), file=file.name)  # what is proposed is valid, or nothing is written
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as e:
        raise UsageError(f"cannot write {file}: {e.strerror}.", "Make the folder writable.") from e
    session.answer(
        {
            "file": str(file),
            "documents": {d.path: len(d.files) for d in found.documents},
            "exports": {e.path: {"rows": e.rows, "columns": e.columns, "id": e.id, "observed_at": e.observed_at} for e in found.exports},
            "alike": [[e.path for e in kind.exports] for kind in found.kinds if not kind.is_matched],
            "matched": [[e.path for e in kind.exports] for kind in found.kinds if kind.is_matched],
            "same_columns": [
                {
                    "export": path,
                    "column": s.column,
                    "as": s.heading,
                    "in": s.path,
                    "attribute": s.attribute,
                    "likeness": s.likeness,
                    "proposed": s.is_sure,
                }
                for kind in found.kinds
                for path, same in kind.same.items()
                for s in same
            ],
            "left_out": found.unread,
        },
        lambda: _told(file, found),
    )


def _why(kind: Kind) -> str:
    """Say why exports are taken for rows about the same things, and how many of their columns."""
    same = [s for columns in kind.same.values() for s in columns]
    sure = sum(s.is_sure for s in same)
    how = "hold rows that look alike: proposed to be matched" if kind.is_matched else "share ids: proposed as rows about the same things"
    columns = f"; {output.number(sure, 'column')} of other names as one attribute (`fields`)" if sure else ""
    doubted = f"; {output.number(len(same) - sure, 'more pair')} of columns in comments, to be looked at" if len(same) > sure else ""
    return f"{', '.join(e.path for e in kind.exports)} {how} (`entity`){columns}{doubted}."


def _told(file: Path, found: Profile) -> None:
    output.table(
        ("found", "what#", "id column", "date column"),
        [
            *(
                (d.path, output.number(len(d.files), "document"), "", f"in {d.sidecar[0].path}" if d.sidecar else "")
                for d in found.documents
            ),
            *(
                (
                    e.path,
                    output.number(e.rows, "row"),
                    e.id or ("one value a row" if e.claims else "none: made from the rows"),
                    e.observed_at or "",
                )
                for e in found.exports
            ),
        ],
    )
    for kind in found.kinds:
        output.line(_why(kind))
    for path, why in found.unread.items():
        output.line(f"left out: {path}: {why}", style="yellow")
    output.line()
    output.line(f"Written: {file}")
    output.remark(f"next: look at it (ranks and owners are yours to say), then: canonry run -c {file}")
