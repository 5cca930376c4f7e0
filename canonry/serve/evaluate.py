"""Golden questions → how often agents would be given the right value, a wrong one, or a wrong one without a flag."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from canonry.serve.answers import TaskState
from canonry.serve.errors import bad_argument
from canonry.serve.results import Result, Status
from canonry.text import normal, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from canonry.serve.client import Client
    from canonry.serve.results import FactResult, Hit

SERVED = 5  # items looked at per question
_TARGET = re.compile(r"\]\([^()\s]*\)")  # link targets stand between words that a reader sees next to each other


class Question(Result):
    """A golden question.

    Attributes:
        id: Names it in the verdicts.
        query: What is asked; for ``kind: fact`` as ``subject | attribute``.
        kind: Whether `search` or `resolve_fact` answers it.
        right: Values of which one should be served.
        wrong: Values that are out of date or false.
        cites: Items of which one should be served.
        expect: The status that the answer should have.
        as_of: For facts: the day.
    """

    id: str
    query: str
    kind: Literal["search", "fact"] = "search"
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    expect: Literal["ok", "conflicting", "insufficient", "stale"] | None = None
    as_of: date | None = None
    subject: str | None = None
    attribute: str | None = None


class Verdict(Result):
    """What became of one question.

    Attributes:
        status: Of the answer.
        right: A right value was served; None when the question names none.
        wrong: A wrong value was served as current; None when the question names none.
        wrong_flagged: A wrong value was served, but only in flagged items.
        cited: One of the cites was served; None when the question names none.
        right_items: Items that hold a right value.
        right_items_flagged: Those of them that are flagged.
        as_expected: The status is the one expected; None when the question expects none.
    """

    id: str
    status: Status
    right: bool | None = None
    wrong: bool | None = None
    wrong_flagged: bool | None = None
    cited: bool | None = None
    right_items: int = 0
    right_items_flagged: int = 0
    as_expected: bool | None = None


class Rate(Result):
    """A share and what it is a share of; None of nothing."""

    value: float | None
    count: int
    n: int


class Evaluation(Result):
    """Verdicts and totals.

    Attributes:
        wrong_context_rate: Questions with wrong values, in which one was served as current.
        right_context_rate: Questions with right values, in which one was served.
        cited_rate: Questions with cites, in which one was served.
        stale_exposure: Questions with wrong values, in which one was served, but flagged.
        silent_conflicts: Questions that should answer conflicting, and answered ok.
        abstention: Questions answered insufficient.
        missed_abstention: Questions that should answer insufficient, and did not.
        flag_rate: Served items with a right value, that are flagged.
        as_expected: Questions that expect a status, and got it.
        tasks: Of the release: whether each task can be served today, and what blocks it.
    """

    release: str
    wrong_context_rate: Rate
    right_context_rate: Rate
    cited_rate: Rate
    stale_exposure: Rate
    silent_conflicts: Rate
    abstention: Rate
    missed_abstention: Rate
    flag_rate: Rate
    as_expected: Rate
    questions: tuple[Verdict, ...] = Field(repr=False)
    tasks: tuple[TaskState, ...] = ()


def evaluate(client: Client, questions: Iterable[Mapping[str, Any]]) -> Evaluation:
    """Ask golden questions and compare what is served with what is right.

    Args:
        client: The release to ask.
        questions: Lines ``{"id", "query", "kind": "search|fact", "right", "wrong", "cites"?, "expect"?, "as_of"?}``. A fact's query is
            ``subject | attribute``, or the line has ``subject`` and ``attribute``. Values are looked for as runs of whole words.

    Raises:
        AgentError: BAD_ARGUMENT with the number of a line that is no question.
    """
    asked = [_question(n, q) for n, q in enumerate(questions)]
    searches = [q for q in asked if q.kind == "search"]
    answers = client.search_batch([{"id": str(n), "query": q.query} for n, q in enumerate(searches)], SERVED)
    found = {id(q): _search_verdict(q, a.status, a.items) for q, a in zip(searches, answers, strict=True)}
    verdicts = tuple(found[id(q)] if q.kind == "search" else _fact_verdict(q, _fact(client, q)) for q in asked)
    return _totals(client.release, asked, verdicts).model_copy(update={"tasks": client.tasks()})


def _question(number: int, line: Mapping[str, Any]) -> Question:
    try:
        question = Question.model_validate(line)
    except ValidationError as e:
        where = ".".join(str(part) for part in e.errors()[0]["loc"])
        raise bad_argument(
            f"Question {number + 1} is not well formed at {where}.", "See `canonry eval --help` for the form of a question."
        ) from e
    if question.kind == "fact" and not all(_names(question)):
        raise bad_argument(f"Question {number + 1} names no subject and attribute.", "Write the query of a fact as: subject | attribute.")
    return question


def _names(question: Question) -> tuple[str, str]:
    subject, _, attribute = question.query.rpartition("|")
    return question.subject or subject.strip(), question.attribute or attribute.strip()


def _fact(client: Client, question: Question) -> FactResult:
    return client.resolve_fact(*_names(question), as_of=question.as_of)


def _search_verdict(question: Question, status: Status, items: Sequence[Hit]) -> Verdict:
    held = [(i.status != "current", *_held(i.text, question)) for i in items[:SERVED]]
    return _verdict(question, status, held, {i.cite for i in items[:SERVED]})


def _fact_verdict(question: Question, fact: FactResult) -> Verdict:
    said = {_key(v) for v in (fact.value, fact.verbatim, *(fact.values or ())) if v}
    right, wrong = (any(_key(v) in said for v in values) for values in (question.right, question.wrong))
    return _verdict(question, fact.status, [(fact.status != "ok", right, wrong and not right)], {fact.cite or ""})


def _verdict(question: Question, status: Status, held: Sequence[tuple[bool, bool, bool]], cites: set[str]) -> Verdict:
    """Held: per item whether it is flagged, holds a right value, holds a wrong one."""
    open_wrong = any(wrong and not flagged for flagged, _, wrong in held)
    return Verdict(
        id=question.id,
        status=status,
        right=any(right for _, right, _ in held) if question.right else None,
        wrong=open_wrong if question.wrong else None,
        wrong_flagged=not open_wrong and any(wrong for _, _, wrong in held) if question.wrong else None,
        cited=bool(cites.intersection(question.cites)) if question.cites else None,
        right_items=sum(right for _, right, _ in held),
        right_items_flagged=sum(right and flagged for flagged, right, _ in held),
        as_expected=status == question.expect if question.expect else None,
    )


def _held(text: str, question: Question) -> tuple[bool, bool]:
    """Whether a text holds a right value, and a wrong one; a value inside a longer one of the other kind does not count."""
    left, found = _key(_TARGET.sub("] ", text)), {"right": False, "wrong": False}
    values = [(_key(v), kind) for kind, vs in (("right", question.right), ("wrong", question.wrong)) for v in vs]
    for value, kind in sorted(values, key=lambda v: (-len(v[0]), v[1])):
        if value.strip() and value in left:
            found[kind] = True
            left = left.replace(value, " \0 ")
    return found["right"], found["wrong"]


def _key(text: str) -> str:
    """Tokens in normal form between single blanks, so that runs of tokens can be looked for."""
    return f" {' '.join(w for w, _, _ in words(normal(text)))} "


def _totals(release: str, questions: Sequence[Question], verdicts: tuple[Verdict, ...]) -> Evaluation:
    pairs = list(zip(questions, verdicts, strict=True))

    def rate(of: Callable[[Question, Verdict], bool | None]) -> Rate:
        said = [s for q, v in pairs if (s := of(q, v)) is not None]
        return _rate(sum(said), len(said))

    return Evaluation(
        release=release,
        wrong_context_rate=rate(lambda _, v: v.wrong),
        right_context_rate=rate(lambda _, v: v.right),
        cited_rate=rate(lambda _, v: v.cited),
        stale_exposure=rate(lambda _, v: v.wrong_flagged),
        silent_conflicts=rate(lambda q, v: v.status == "ok" if q.expect == "conflicting" else None),
        abstention=rate(lambda _, v: v.status == "insufficient"),
        missed_abstention=rate(lambda q, v: v.status != "insufficient" if q.expect == "insufficient" else None),
        flag_rate=_rate(sum(v.right_items_flagged for v in verdicts), sum(v.right_items for v in verdicts)),
        as_expected=rate(lambda _, v: v.as_expected),
        questions=verdicts,
    )


def _rate(count: int, n: int) -> Rate:
    return Rate(value=count / n if n else None, count=count, n=n)
