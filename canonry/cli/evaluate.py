"""``canonry eval``: golden questions against a release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canonry.cli import output
from canonry.cli.lists import blocked_by
from canonry.cli.reading import client
from canonry.cli.session import Session, command
from canonry.errors import UsageError
from canonry.serve import evaluate

if TYPE_CHECKING:
    from canonry.serve import Client, Evaluation

_MEANS = {
    "wrong_context_rate": "a wrong value was served as current",
    "right_context_rate": "a right value was served",
    "cited_rate": "a right cite was served",
    "stale_exposure": "a wrong value was served, but flagged",
    "silent_conflicts": "sources disagree, and the answer did not say so",
    "abstention": "nothing was served",
    "missed_abstention": "something was served where nothing is right",
    "flag_rate": "right items that were served with a flag",
    "as_expected": "the status was the one expected",
}


@command(
    "eval",
    "canonry eval golden.jsonl",
    "canonry eval golden.jsonl --release parent --against current",
    "canonry eval --make golden.jsonl",
    """echo '{"id": "q1", "query": "refund window", "right": ["30 days"], "wrong": ["14 days"]}' > golden.jsonl""",
    """echo '{"id": "q2", "kind": "fact", "query": "18f.gov | security contact", "right": ["a@18f.gov"]}' >> golden.jsonl""",
)
@click.argument("questions", type=click.Path(path_type=Path), metavar="QUESTIONS.jsonl", required=False)
@click.option("--release", metavar="ID", help="A release that is kept; default: the current one.")
@click.option("--against", metavar="ID", help="Another release that is kept, to compare with.")
@click.option("--make", type=click.Path(path_type=Path), metavar="FILE", help="Write questions out of what changed, and ask nothing.")
@click.option("--edition", metavar="NAME", help="Read as this edition; default: full.")
def eval_command(  # noqa: PLR0913, PLR0917  (one per option)
    session: Session, questions: Path | None, release: str | None, against: str | None, make: Path | None, edition: str | None
) -> None:
    """Measure how often agents would be given the right value, a wrong one, or a wrong one without a flag."""
    if (questions is None) == (make is None):
        raise UsageError("eval needs either a file of questions or --make FILE.", "See `canonry eval --help`.")
    if make is not None and against:
        raise UsageError(
            "--against goes with questions, not with --make.", "Write the questions first, then: canonry eval FILE --against ID."
        )
    if make is not None:
        _make(session, make, client(session, edition, release))
        return
    assert questions is not None  # noqa: S101  (one of the two is there)
    asked = _questions(questions)
    found = [evaluate(client(session, edition, r), asked) for r in (release, *([against] if against else []))]
    if against:
        session.answer(_compared(*found), lambda: _beside(*found))
    else:
        session.answer(found[0].as_dict(), lambda: _told(found[0]))


def _make(session: Session, path: Path, reader: Client) -> None:
    """Write the questions that a release gives, one a line; never over a file that is there."""
    made = reader.make_questions()
    if not made:
        raise UsageError(
            f"nothing that changed is known in release {reader.release}.", "Write questions by hand, or ask again after more runs."
        )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.writelines(json.dumps(q, ensure_ascii=False) + "\n" for q in made)
    except FileExistsError as e:
        raise UsageError(f"{path} is there already.", "Name another file; questions made by hand are worth keeping.") from e
    except OSError as e:
        raise UsageError(f"cannot write {path}: {e.strerror}.", "Name a file in a folder that you may write to.") from e
    told = {"file": str(path), "questions": len(made), "release": reader.release}
    session.answer(told, lambda: output.line(f"{output.number(len(made), 'question')} written to {path} from release {reader.release}"))


def _bad(found: Evaluation) -> list[str]:
    return [v.id for v in found.questions if v.wrong or v.right is False or v.as_expected is False]


def _compared(one: Evaluation, other: Evaluation) -> dict[str, Any]:
    """Both evaluations, and the questions that only one of them answers badly."""
    bad, before = _bad(one), _bad(other)
    return {
        "release": one.as_dict(),
        "against": other.as_dict(),
        "worse": [i for i in bad if i not in before],
        "better": [i for i in before if i not in bad],
    }


def _beside(one: Evaluation, other: Evaluation) -> None:
    def shown(found: Evaluation, name: str) -> str:
        rate = getattr(found, name)
        return "–" if rate.value is None else f"{100 * rate.value:.1f} %, {rate.count:,} of {rate.n:,}"

    rows = [(name.replace("_", " "), shown(one, name), shown(other, name), means) for name, means in _MEANS.items()]
    kept = [r for r in rows if (r[1], r[2]) != ("–", "–")]
    output.line(f"release {one.release} against {other.release}")
    output.table(("", "release#", "against#", "what it means"), kept, keep=("",))
    told = _compared(one, other)
    for title, names in ((f"Worse in {one.release}", told["worse"]), (f"Better in {one.release}", told["better"])):
        if names:
            output.heading(title)
            output.line(", ".join(names[:20]))
            output.capped(min(20, len(names)), len(names), "--json")
    output.remark(output.number(len(one.questions), "question"))


def _questions(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as e:
        raise UsageError(f"cannot read {path}: {e.strerror}.", "See `canonry eval --help` for the form of a question.") from e
    except UnicodeDecodeError as e:
        raise UsageError(f"{path} is no UTF-8 text.", "Save it as UTF-8.") from e
    found = [_question(path, n, text) for n, text in enumerate(lines, 1) if text.strip()]
    if not found:
        raise UsageError(f"there is no question in {path}.", "See `canonry eval --help` for the form of a question.")
    return found


def _question(path: Path, number: int, text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError as e:
        raise UsageError(f"{path}, line {number}: no JSON.", "Write one question a line; see `canonry eval --help`.") from e
    if not isinstance(line, dict):
        raise UsageError(f"{path}, line {number}: no JSON object.", "Write one question a line; see `canonry eval --help`.")
    return line


def _told(found: Evaluation) -> None:
    rates = [(name, means, getattr(found, name)) for name, means in _MEANS.items()]
    rows = [
        (name.replace("_", " "), f"{100 * r.value:.1f} %", f"{r.count:,} of {r.n:,}", means)
        for name, means, r in rates
        if r.value is not None
    ]
    output.table(("", "share#", "count#", "what it means"), rows, keep=("",))
    if bad := _bad(found):
        output.heading("Questions to look at")
        output.line(", ".join(bad[:20]))
        output.capped(min(20, len(bad)), len(bad), "--json: questions")
    _tasks(found)
    output.remark(f"{output.number(len(found.questions), 'question')} · release {found.release}")


def _tasks(found: Evaluation) -> None:
    """Tell which tasks cannot be served today, and what blocks them."""
    blocked = [t for t in found.tasks if t.status != "ok"]
    if blocked:
        output.heading("Tasks that cannot be served today, for some or for all they are about")
        rows = [(t.task, output.coloured(t.status), f"{t.ready:,} of {t.subjects:,}", blocked_by(t)) for t in blocked]
        output.table(("task", "status", "ready", "blocked by"), rows, keep=("task",))
        output.remark("next: canonry list tasks --json")
