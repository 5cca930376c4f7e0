"""``canonry rule`` and ``canonry unrule``: what a person decides, written to the journal."""

from __future__ import annotations

from datetime import date  # noqa: TC003  (click reads nothing of it, but the option's type makes it)
from typing import TYPE_CHECKING, Any

import click

from canonry import journal
from canonry.cli import edge, output, targets
from canonry.cli.nearest import nearest
from canonry.cli.run import Day
from canonry.cli.session import Session, command
from canonry.errors import UsageError
from canonry.ids import digest_json

if TYPE_CHECKING:
    from collections.abc import Mapping

_ON_CONFLICT = ("keep", "both", "scope", "not-a-conflict", "ask-owner")
_CHOICES = "--keep CLAIM, --both, --scope TEXT, --not-a-conflict or --ask-owner on a conflict; --still-valid on a document"


@command(
    "rule",
    'canonry rule 4f1c2a9e --keep 77ab01cd --because "HR confirmed it on 3 May"',
    'canonry rule 4f1c2a9e --scope "contractors only; staff as in the handbook"',
    "canonry rule handbook/leave.md --still-valid --until 2025-12-31",
)
@click.argument("target")
@click.option("--keep", metavar="CLAIM", help="This claim stands: its id, or the value as it is written.")
@click.option("--both", is_flag=True, help="Both stand.")
@click.option("--scope", metavar="TEXT", help="Both stand, each in its own scope.")
@click.option("--not-a-conflict", is_flag=True, help="The claims do not contradict each other.")
@click.option("--ask-owner", is_flag=True, help="Leave it open and ask the owner.")
@click.option("--still-valid", is_flag=True, help="The document is still valid, however old.")
@click.option("--until", type=Day(), help="Until when the ruling holds.")
@click.option("--by", metavar="WHO", help="Who rules; default: your login name.")
@click.option("--because", metavar="TEXT", help="Why.")
def rule_command(session: Session, target: str, until: date | None, by: str | None, because: str | None, **choices: Any) -> None:
    """Rule on a conflict, or say that a document is still valid. Takes effect with the next run."""
    verdict = _verdict(choices)
    found = targets.Targets(session.store, session.release(None))
    about = found.conflict(target) if verdict in _ON_CONFLICT else found.document(target)
    anchors = about.kept(choices["keep"]) if verdict == "keep" else about.anchors
    said = {
        "target_kind": about.kind,
        "verdict": verdict,
        "anchors": anchors,
        "by": by or edge.login_name(),
        "because": because,
        "at": edge.now().isoformat(timespec="seconds"),
        "until": until.isoformat() if until else None,
    }
    if verdict == "scope":
        said["scope"] = choices["scope"]
    ruling = {"ruling_id": f"r-{digest_json(said)}", **said}
    journal.append(session.workspace.journal, "rulings", ruling)
    session.answer({**ruling, "target": about.name, "takes_effect": "next run"}, lambda: _told(ruling, about))


@command("unrule", 'canonry unrule r-0f3b5c1d2e4a6978 --because "HR changed its mind"')
@click.argument("ruling_id", metavar="ID")
@click.option("--by", metavar="WHO", help="Who withdraws it; default: your login name.")
@click.option("--because", metavar="TEXT", help="Why.")
def unrule_command(session: Session, ruling_id: str, by: str | None, because: str | None) -> None:
    """Withdraw a ruling. Takes effect with the next run; the ruling stays in the journal."""
    said = journal.read(session.workspace.journal)
    standing = {str(r["ruling_id"]) for r in said.standing_rulings}
    if ruling_id not in standing:
        raise UsageError(*_no_ruling(ruling_id, standing, said.rulings))
    line = {"withdraws": ruling_id, "by": by or edge.login_name(), "because": because, "at": edge.now().isoformat(timespec="seconds")}
    journal.append(session.workspace.journal, "rulings", line)
    session.answer({**line, "takes_effect": "next run"}, lambda: _withdrawn(ruling_id))


def _no_ruling(wanted: str, standing: set[str], lines: tuple[Mapping[str, Any], ...]) -> tuple[str, str]:
    if gone := next((r for r in lines if r.get("withdraws") == wanted), None):
        return (
            f"ruling {wanted} was withdrawn already, by {gone.get('by')} at {gone.get('at')}.",
            "List rulings with `canonry list rulings`.",
        )
    close = nearest(wanted, standing)
    hint = (
        f"Close to it: {', '.join(close)}."
        if close
        else "List rulings with `canonry list rulings`; new ones stand there after the next run."
    )
    return f"there is no ruling {wanted!r} in the journal.", hint


def _verdict(choices: Mapping[str, Any]) -> str:
    """Find the one verdict that was chosen."""
    chosen = [name.replace("_", "-") for name, value in choices.items() if value not in (None, False)]
    if not chosen:
        raise UsageError("say what you rule.", f"Give one of {_CHOICES}.")
    if len(chosen) > 1:
        raise UsageError(f"--{' and --'.join(chosen)} exclude each other.", f"Give one of {_CHOICES}.")
    if not str(choices[chosen[0].replace("-", "_")]).strip():
        raise UsageError(f"--{chosen[0]} is empty.", f"Give one of {_CHOICES}.")
    return chosen[0]


def _told(ruling: Mapping[str, Any], about: targets.Target) -> None:
    output.line(f"Ruling {ruling['ruling_id']}: {ruling['verdict']} on {about.kind} {about.name}, by {ruling['by']}.")
    for a in ruling["anchors"]:
        if "value" in a:
            output.line(f"  {'keeps  ' if a.get('keep') else ''}{a['value']} ({a['source']})")
    output.remark(f"It takes effect with the next run: canonry run. To take it back: canonry unrule {ruling['ruling_id']}")


def _withdrawn(ruling_id: str) -> None:
    output.line(f"Ruling {ruling_id} is withdrawn.")
    output.remark("It takes effect with the next run: canonry run")
