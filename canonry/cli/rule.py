"""``canonry rule`` and ``canonry unrule``: what people decide goes into the journal, and takes effect with the next run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canonry import journal
from canonry import store as stores
from canonry.cli import edge, output, targets
from canonry.cli.nearest import meant, nearest
from canonry.cli.run import Day
from canonry.cli.session import Session, command
from canonry.errors import UsageError
from canonry.ids import digest_json
from canonry.verdicts import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_CHOICES = (
    "--keep CLAIM, --both, --scope TEXT, --not-a-conflict or --ask-owner on a conflict; --still-valid, --retire or --canonical on a "
    "document; --same A B or --different A B on records; --withhold CLAIM --in EDITION"
)
_NO_TARGET = ("same", "different", "withhold")
_ONLY_WITH = {"edition": ("--in", "withhold"), "replaced_by": ("--replaced-by", "retire")}


@command(
    "rule",
    'canonry rule 4f1c2a9e --keep 77ab01cd --because "HR confirmed it on 3 May"',
    'canonry rule 4f1c2a9e --scope "contractors only; staff as in the handbook"',
    "canonry rule handbook/leave.md --still-valid --until 2025-12-31",
    "canonry rule wiki/old-leave.md --retire --replaced-by handbook/leave.md",
    "canonry rule --different crm/A-17 billing/A-17",
    "canonry rule 4f1c2a9e --withhold 77ab01cd --in staff",
    "canonry rule --from report.xlsx",
)
@click.argument("target", required=False)
@click.option("--keep", metavar="CLAIM", help="This claim stands: its id, or the value as it is written.")
@click.option("--both", is_flag=True, help="Both stand.")
@click.option("--scope", metavar="TEXT", help="Both stand, each in its own scope.")
@click.option("--not-a-conflict", is_flag=True, help="The claims do not contradict each other.")
@click.option("--ask-owner", is_flag=True, help="Leave it open and ask the owner.")
@click.option("--still-valid", is_flag=True, help="The document is still valid, however old.")
@click.option("--retire", is_flag=True, help="The document is no longer served.")
@click.option("--replaced-by", metavar="DOC", help="With --retire: the document that stands in its place.")
@click.option("--canonical", is_flag=True, help="The document stands for its copies and versions.")
@click.option("--same", nargs=2, metavar="A B", help="Two records (source/id) are one thing.")
@click.option("--different", nargs=2, metavar="A B", help="Two records (source/id) are two things.")
@click.option("--withhold", metavar="CLAIM", help="An edition does not get this claim, nor the sentences in which it stands.")
@click.option("--in", "edition", metavar="EDITION", help="With --withhold: the edition.")
@click.option("--until", type=Day(), help="Until when the ruling holds.")
@click.option("--by", metavar="WHO", help="Who rules; default: your login name.")
@click.option("--because", metavar="TEXT", help="Why.")
@click.option(
    "--from", "file", type=click.Path(path_type=Path), metavar="FILE", help="Read the decisions made in a spreadsheet of `canonry report`."
)
@click.option("--partial", is_flag=True, help="With --from: take the rows that are right although others are wrong.")
def rule_command(session: Session, target: str | None, **said: Any) -> None:
    """Rule on a conflict (TARGET is its id), on a document (its id or a cite in it) or on records. Takes effect with the next run."""
    more = {k: said.pop(k) for k in ("until", "by", "because", "file", "partial", "edition", "replaced_by")}
    if more["file"] is not None:
        _from_file(session, target, said, more)
        return
    if more["partial"]:
        raise UsageError("--partial goes with --from only.", "Name the spreadsheet with --from.")
    verdict = _verdict(said)
    _fitting(verdict, target, more)
    if wrong := ended(session, more["until"]):
        raise UsageError(f"--until {wrong}.", "Name a later day, or leave --until off.")
    about = _target(session, verdict, target, said, more)
    line = ruling(about, verdict, by=more["by"] or edge.login_name(), because=more["because"], until=more["until"])
    if verdict == "scope":
        line["scope"] = said["scope"]
    if verdict == "withhold":
        line["edition"] = more["edition"]
    before = replaced(line, journal.read(session.workspace.journal)) if about.kind == "conflict" else None
    written = _written(session, line)
    told = {
        **written,
        "target": about.name,
        "takes_effect": "next run",
        "replaces": before["ruling_id"] if before and not written.get("already") else None,
    }
    session.answer(told, lambda: _told(written, about, before))


def ended(session: Session, until: date | None) -> str | None:
    """Say so when a ruling would have ended before the next run."""
    day = session.workspace.config.run_date or edge.today()
    return f"{until} is before the day of the next run, {day}: the ruling would never hold" if until and until < day else None


def replaced(line: Mapping[str, Any], said: journal.Journal) -> dict[str, Any] | None:
    """Give the latest standing ruling on the question of another."""
    return next((r for r in reversed(said.standing_rulings) if question(r) == question(line)), None)


def question(line: Mapping[str, Any]) -> str:
    """Say what a ruling is about, whatever it says of it."""
    return digest_json([line["target_kind"], [{k: v for k, v in a.items() if k != "keep"} for a in line["anchors"]]])


def ruling(about: targets.Target, verdict: str, *, by: str, because: str | None, until: date | None) -> dict[str, Any]:
    """Make the line of the journal that says what was ruled; it lacks its id."""
    return {
        "target_kind": about.kind,
        "verdict": verdict,
        "anchors": about.anchors,
        "by": by,
        "because": because,
        "at": edge.now().isoformat(timespec="seconds"),
        "until": until.isoformat() if until else None,
    }


def _written(session: Session, line: Mapping[str, Any]) -> dict[str, Any]:
    """Append a ruling, unless the very same one stands already."""
    unsaid = ("at", "ruling_id")
    for before in journal.read(session.workspace.journal).standing_rulings:
        if digest_json({k: v for k, v in before.items() if k not in unsaid}) == digest_json({k: v for k, v in line.items() if k != "at"}):
            return {**before, "already": True}
    made = {"ruling_id": f"r-{digest_json(line)}", **line}
    journal.append(session.workspace.journal, "rulings", made)
    return made


def _from_file(session: Session, target: str | None, said: Mapping[str, Any], more: Mapping[str, Any]) -> None:
    from canonry.cli import decisions  # noqa: PLC0415  (only this needs the reader of spreadsheets)

    if target or any(v not in (None, False) for v in said.values()) or more["until"] or more["edition"] or more["replaced_by"]:
        raise UsageError("--from takes what is ruled from the file alone.", "Leave the target and the verdict off.")
    decisions.take(session, more["file"], by=more["by"], because=more["because"], partial=more["partial"])


def _fitting(verdict: str, target: str | None, more: Mapping[str, Any]) -> None:
    for name, (option, only) in _ONLY_WITH.items():
        if more[name] and verdict != only:
            raise UsageError(f"{option} goes with --{only} only.", f"Give one of {_CHOICES}.")
    if verdict in ("same", "different") and target:
        raise UsageError(f"--{verdict} names both records itself.", f"canonry rule --{verdict} A B")
    if not target and verdict not in _NO_TARGET:
        raise UsageError(f"--{verdict} of what?", f"Name the target first: canonry rule TARGET --{verdict}.")
    if verdict == "withhold" and not more["edition"]:
        raise UsageError("--withhold needs --in EDITION.", "Say from which edition it is withheld.")


def _target(session: Session, verdict: str, target: str | None, said: Mapping[str, Any], more: Mapping[str, Any]) -> targets.Target:
    """Find what the ruling is about, and mark in its anchors what the verdict is about."""
    found = targets.Targets(session.store, session.release(None))
    if verdict in ("same", "different"):
        return found.records(*said[verdict])
    if verdict == "withhold":
        about = found.conflict(target).withheld(said["withhold"]) if target else found.claim(said["withhold"])
        _in_edition(session, about, more["edition"])
        return about
    if verdict in VERDICTS["conflict"]:
        about = found.conflict(str(target))
        return targets.Target(about.kind, about.name, about.kept(said["keep"]), about.claims) if verdict == "keep" else about
    about = found.document(str(target))
    if not more["replaced_by"]:
        return about
    successor = found.document(more["replaced_by"])
    if successor.name == about.name:
        raise UsageError(f"{about.name} cannot replace itself.", "Name another document with --replaced-by.")
    return targets.Target("document", about.name, (*about.anchors, *successor.anchors))


def _in_edition(session: Session, about: targets.Target, edition: str) -> None:
    release = session.release(None)
    known = sorted(e for e in release.editions if e != stores.FULL)
    if edition == stores.FULL:
        raise UsageError(
            "nothing is withheld from full: it is the one that holds everything.", f"Editions are: {', '.join(known) or 'none'}."
        )
    if edition not in known:
        raise UsageError(f"there is no edition {edition!r}{meant(edition, known)}", f"Editions are: {', '.join(known) or 'none'}.")
    if about.name not in stores.read_table(session.store, release, edition, "claims")["claim_id"]:
        raise UsageError(
            f"claim {about.name} is not in the edition {edition}: there is nothing to withhold.", "Its source has other readers."
        )


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
    hint = f"Close to it: {', '.join(close)}." if close else "List rulings with `canonry list rulings`."
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


def _told(ruling: Mapping[str, Any], about: targets.Target, before: Mapping[str, Any] | None) -> None:
    if ruling.get("already"):
        output.line(f"That is ruled already: {ruling['ruling_id']}, by {ruling['by']} at {ruling['at']}.")
        return
    where = f" in {ruling['edition']}" if ruling.get("edition") else ""
    output.line(f"Ruling {ruling['ruling_id']}: {ruling['verdict']}{where} on {about.kind} {about.name}, by {ruling['by']}.")
    for a, claim in zip(ruling["anchors"], about.claims, strict=False):  # pages and records have anchors only
        mark = "keeps  " if a.get("keep") else "withholds  " if a.get("withhold") else ""
        output.line(f"  {mark}{output.short(claim['verbatim'])} ({a['source']})")
    if before:
        output.line(f"It takes the place of {before['ruling_id']} ({before['verdict']}), by {before.get('by')}.")
    output.remark(f"It takes effect with the next run: canonry run. To take it back: canonry unrule {ruling['ruling_id']}")


def _withdrawn(ruling_id: str) -> None:
    output.line(f"Ruling {ruling_id} is withdrawn.")
    output.remark("It takes effect with the next run: canonry run")
