"""``canonry context`` and ``canonry fact``: what an agent is given, for a person to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from canonry.cli import output
from canonry.cli.reading import client
from canonry.cli.run import Day
from canonry.cli.session import Session, command
from canonry.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from canonry.serve import ContextPack, FactResult
    from canonry.serve.results import Unmet


@command(
    "context",
    'canonry context "How long do refunds take?" --budget 3000',
    "canonry context --entity product/as-240 --as-of 2025-12-31",
    "canonry context --task quote_rental --entity AS-240 --as agent-sales --edition staff",
    'canonry context "parental leave" --on-conflict both --detail detailed --json',
)
@click.argument("query", required=False)
@click.option(
    "--entity", multiple=True, metavar="NAME", help="A thing: its card and what speaks of it; with --task, what the task is about."
)
@click.option("--task", metavar="NAME", help="Pack exactly what this task needs, and say what is not there.")
@click.option("--as", "principal", metavar="PRINCIPAL", help="Ask for a task as this principal; default: the operator, who may take all.")
@click.option("--budget", "budget_tokens", type=int, help="At most so many tokens in the whole answer (500 to 16000); default: 4000.")
@click.option("--on-conflict", type=click.Choice(["winner", "both", "abstain"]), help="What to do with contested items; default: winner.")
@click.option("--min-quality", type=float, help="Leave out items of less quality (0 to 1).")
@click.option("--filter", metavar="TEXT", help="A condition on the items, like \"source = 'live'\".")
@click.option("--as-of", type=Day(), help="The day on which it was true; default: the run date.")
@click.option(
    "--detail", type=click.Choice(["concise", "detailed"]), default="concise", show_default=True, help="How much is told of an item."
)
@click.option("--cursor", metavar="TEXT", help="What the answer before named as next: the rest of the same request.")
@click.option("--release", metavar="ID", help="A release that is kept; default: the current one.")
@click.option("--edition", metavar="NAME", help="Read as this edition; default: full.")
def context_command(session: Session, edition: str | None, release: str | None, **how: Any) -> None:
    """Pack whole items for a query, a thing or a task within a budget: what an agent would be given."""
    if not (how["query"] or how["entity"] or how["task"]):
        raise UsageError("nothing is asked for.", 'Give a query, --entity or --task: canonry context "How long do refunds take?"')
    entity = how.pop("entity") or None
    reader = client(session, edition, release)
    pack = reader.get_context(**how, entity=entity, release=reader.release if release else None)
    session.answer(pack.as_dict(), lambda: _pack(pack))


@command(
    "fact",
    "canonry fact 18f.gov security_contact",
    'canonry fact "Team plan" price --as-of 2023-06-30',
)
@click.argument("subject")
@click.argument("attribute")
@click.option("--as-of", type=Day(), help="The day on which it was true; default: the run date.")
@click.option("--edition", metavar="NAME", help="Read as this edition; default: full.")
def fact_command(session: Session, subject: str, attribute: str, as_of: date | None, edition: str | None) -> None:
    """Look up what stands for a subject and an attribute, where it says so, and what lost."""
    fact = client(session, edition).resolve_fact(subject, attribute, as_of)
    session.answer(fact.as_dict(), lambda: _fact(fact))


def _pack(pack: ContextPack) -> None:
    out = output.console()
    for item in pack.items:
        out.print(Text.assemble((output.plain(item.cite), "bold"), "  ", output.coloured(item.status)), soft_wrap=True)
        told = f"{item.title} › {item.heading}: {item.text}" if item.kind == "fact" else item.text.strip()
        out.print(output.plain(told))
        for c in item.corrections or ():
            out.print(f"says {output.plain(c.says)}; what stands: {output.plain(c.stands)} ({output.plain(c.cite)})", style="yellow")
        out.print()
    for conflict in pack.conflicts:
        out.print(
            f"{conflict.status}: {output.plain(conflict.attribute)}: {output.plain(' | '.join(conflict.values))} ({conflict.conflict_id})",
            style="red",
        )
    for lack in pack.unmet or ():
        out.print(f"not met: {output.plain(lack.asks)}: {output.plain(lack.why or lack.reason)}{_blame(lack)}", style="red")
    for left in pack.left_out:
        output.remark(
            f"left out, {left.reason.replace('_', ' ')}: {output.number(left.items, 'item')} {', '.join(left.cites or ())}".rstrip()
        )
    output.remark(": ".join(filter(None, (pack.status, pack.status_reason))))
    if pack.smallest_budget:
        output.remark(f"next: --budget {pack.smallest_budget}")
    if pack.next_cursor:
        output.remark(f"next: the same with --cursor {pack.next_cursor}")
    output.remark(f"{pack.tokens.used:,} of {pack.tokens.asked:,} tokens ({pack.tokens.counter}) · release {pack.release}")


def _blame(lack: Unmet) -> str:
    named = lack.conflict_id or lack.cite or lack.source
    return f" ({output.plain(named)})" if named else ""


def _fact(fact: FactResult) -> None:
    period = f"{fact.valid_from or '…'} to {fact.valid_to or '…'}" if fact.valid_from or fact.valid_to else None
    runner = fact.runner_up
    lost = f"{runner.value} ({runner.cite}){f': {runner.why_lost}' if runner.why_lost else ''}" if runner else None
    output.pairs(
        [
            ("status", output.coloured(fact.status)),
            ("", fact.status_reason),
            ("subject", fact.subject),
            ("attribute", fact.attribute),
            ("value", ", ".join(fact.values) if fact.values else fact.value),
            ("as written", fact.verbatim),
            ("unit", fact.unit),
            ("scope", fact.scope),
            ("valid", period),
            ("confidence", fact.confidence),
            ("decided by", fact.rule),
            ("cite", fact.cite),
            ("runner-up", lost),
            ("conflict", fact.conflict_id),
        ]
    )
    if fact.did_you_mean:
        output.remark(f"next: did you mean {' or '.join(repr(n) for n in fact.did_you_mean)}?")
    output.remark(f"release {fact.release}")
