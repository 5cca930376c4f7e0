"""``canonry eval``: golden questions against a release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canonry.cli import output
from canonry.cli.reading import client
from canonry.cli.session import Session, command
from canonry.errors import UsageError
from canonry.serve import evaluate

if TYPE_CHECKING:
    from canonry.serve import Evaluation

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
    "canonry eval golden.jsonl --release parent --json",
    """echo '{"id": "q1", "query": "refund window", "right": ["30 days"], "wrong": ["14 days"]}' > golden.jsonl""",
    """echo '{"id": "q2", "kind": "fact", "query": "18f.gov | security contact", "right": ["a@18f.gov"]}' >> golden.jsonl""",
)
@click.argument("questions", type=click.Path(path_type=Path), metavar="QUESTIONS.jsonl")
@click.option("--release", metavar="ID", help="A release that is kept; default: the current one.")
@click.option("--edition", metavar="NAME", help="Read as this edition; default: full.")
def eval_command(session: Session, questions: Path, release: str | None, edition: str | None) -> None:
    """Measure how often agents would be given the right value, a wrong one, or a wrong one without a flag."""
    asked = _questions(questions)
    found = evaluate(client(session, edition, release), asked)
    session.answer(found.as_dict(), lambda: _told(found))


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
    if bad := [v.id for v in found.questions if v.wrong or v.right is False]:
        output.heading("Questions to look at")
        output.line(", ".join(bad[:20]))
        output.capped(min(20, len(bad)), len(bad), "--json: questions")
    output.remark(f"{output.number(len(found.questions), 'question')} · release {found.release}")
