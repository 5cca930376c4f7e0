"""``canonry rule --from``: the decisions of a spreadsheet, checked against what is there now, into the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from canonry import journal, report
from canonry.cli import edge, output, targets
from canonry.cli.rule import ended, question, ruling
from canonry.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from canonry.cli.session import Session
    from canonry.report import Decision

_LIMIT = 100_000_000  # bytes of a file; a report of a hundred thousand conflicts is smaller


STATUSES = ("applied", "already ruled", "lapsed", "wrong")


@dataclass(frozen=True)
class Taken:
    """What became of one row.

    Attributes:
        decision: The row.
        status: applied, already ruled, lapsed or wrong.
        message: More about it.
        line: The ruling to write, when it is applied.
    """

    decision: Decision
    status: str
    message: str
    line: dict[str, Any] | None = None


def take(session: Session, file: Path, *, by: str | None, because: str | None, partial: bool) -> None:
    """Check every row first; write all rulings in one piece, or none when a cell is wrong and `partial` is not asked for.

    A row that was read before changes nothing, also when its ruling was withdrawn meanwhile; one whose conflict has changed since the
    report is told as lapsed and left alone.

    Raises:
        UsageError: The file is no workbook of a report, or a cell is wrong; with `partial` only when nothing could be taken.
    """
    if file.suffix.lower() == ".csv":
        raise UsageError(f"{file.name} is to read: no decisions are taken from CSV.", "Decide in a workbook: canonry report --format xlsx")
    found = report.decisions(_read(file), file.name)
    said = journal.read(session.workspace.journal)
    there = targets.Targets(session.store, session.release(None))
    rows = [_in_time(session, _checked(d, there, said, by or edge.login_name(), because)) for d in found]
    wrong = [r for r in rows if r.status == "wrong"]
    if wrong and not partial:
        listed = "".join(f"\n  {r.message}" for r in wrong[:10])
        more = f"\n  and {len(wrong) - 10} more" if len(wrong) > 10 else ""  # noqa: PLR2004  (as above)
        raise UsageError(
            f"{file.name}: {output.number(len(wrong), 'row')} cannot be taken, so none was:{listed}{more}",
            "Mend the cells and read the file again, or take the others with --partial.",
        )
    lines = [r.line for r in rows if r.line]
    if lines:
        journal.append(session.workspace.journal, "rulings", *lines)
    session.answer(_answer(file, rows), lambda: _told(file, rows))


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LIMIT:
            raise UsageError(f"{file.name} is larger than any report.", "Name the file that `canonry report --format xlsx` wrote.")
        return file.read_bytes()
    except OSError as e:
        raise UsageError(f"cannot read {file}: {e.strerror}.", "Name the file that `canonry report --format xlsx` wrote.") from e


def _in_time(session: Session, row: Taken) -> Taken:
    wrong = ended(session, row.decision.until) if row.status == "applied" else None
    return Taken(row.decision, "wrong", f"{row.decision.cell}: {wrong}") if wrong else row


def _checked(d: Decision, there: targets.Targets, said: journal.Journal, by: str, because: str | None) -> Taken:
    if d.wrong:
        return Taken(d, "wrong", d.wrong)
    if any(line.get("ruling_id") == d.ruling_id for line in said.rulings):
        stands = any(r["ruling_id"] == d.ruling_id for r in said.standing_rulings)
        gone = "" if stands else "; it was withdrawn, so rule anew on the command line or in a fresh report"
        return Taken(d, "already ruled", f"read before, as {d.ruling_id}{gone}")
    about = _about(d, there)
    if isinstance(about, str):
        return Taken(d, "lapsed", about)
    line = ruling(about, d.verdict, by=d.by or by, because=d.because or because, until=d.until)
    if d.verdict == "scope":
        line["scope"] = d.because
    others = [r for r in said.standing_rulings if question(r) == question(line)]
    latest = others[-1:] if d.kind == "conflict" else others
    if same := next((r for r in latest if _answered(r) == _answered(line)), None):
        return Taken(d, "already ruled", f"the same was ruled as {same['ruling_id']}, by {same.get('by')}")
    is_new = not others or d.kind == "document"  # rulings on a page may stand beside each other
    note = "" if is_new else f"; it takes the place of {others[-1]['ruling_id']}, by {others[-1].get('by')}"
    return Taken(d, "applied", f"{d.ruling_id}{note}", {"ruling_id": d.ruling_id, **line})


def _about(d: Decision, there: targets.Targets) -> targets.Target | str:
    """Find what a row is about; else say what has become of it since the report."""
    if d.kind == "document":
        return there.document(d.key) if there.is_there(d.key) else "the page is gone since the report"
    signature = there.signature(d.key)
    if signature is None:
        return "the conflict is gone since the report"
    if signature != d.signature:
        return "the conflict has changed since the report: take a fresh one"
    about = there.conflict(d.key)
    return about if d.keep is None else targets.Target(about.kind, about.name, about.kept(d.keep), about.claims)


def _answered(line: Mapping[str, Any]) -> tuple[Any, ...]:
    kept = next((a["value"] for a in line["anchors"] if a.get("keep")), None)
    return line["verdict"], kept, line.get("scope"), line.get("until")


def _answer(file: Path, rows: list[Taken]) -> dict[str, Any]:
    told = [
        {
            "cell": r.decision.cell, "about": r.decision.about, "decision": r.decision.text, "status": r.status, "message": r.message,
            "ruling_id": r.line["ruling_id"] if r.line else None,
        }
        for r in rows
    ]  # fmt: skip
    return {
        "file": file.name,
        **{s.replace(" ", "_"): sum(r.status == s for r in rows) for s in STATUSES},
        "rows": told,
        "takes_effect": "next run",
    }


def _told(file: Path, rows: list[Taken]) -> None:
    if not rows:
        output.line(f"Nobody has decided anything in {file.name}.")
        output.remark("Choose in the column Decision, save the file, and read it again.")
        return
    output.table(
        ("cell", "status", "decision", "about", "what came of it"),
        ((r.decision.cell, r.status, output.short(r.decision.text, 30), output.short(r.decision.about, 100), r.message) for r in rows),
        keep=("cell", "status"),
    )
    applied = sum(r.status == "applied" for r in rows)
    others = [(s, sum(r.status == s for r in rows)) for s in STATUSES[1:]]
    output.line(", ".join([f"{applied} applied", *(f"{n} {s}" for s, n in others if n)]) + ".")
    if applied:
        output.remark("It takes effect with the next run: canonry run")
