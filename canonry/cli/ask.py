"""``canonry context`` and ``canonry fact``: what an agent is given, for a person to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from canonry.cli import output
from canonry.cli.reading import client
from canonry.cli.run import Day
from canonry.cli.session import Session, command

if TYPE_CHECKING:
    from datetime import date

    from canonry.serve import ContextPack, FactResult


@command(
    "context",
    'canonry context "How long do refunds take?" --budget 3000',
    'canonry context "parental leave" --budget 4000 --on-conflict both --json',
)
@click.argument("query")
@click.option("--budget", type=int, default=4000, show_default=True, help="At most so many tokens in the whole answer (500 to 16000).")
@click.option(
    "--on-conflict",
    type=click.Choice(["winner", "both", "abstain"]),
    default="winner",
    show_default=True,
    help="What to do with contested items.",
)
@click.option("--min-quality", type=float, help="Leave out items of less quality (0 to 1).")
@click.option("--filter", metavar="TEXT", help="A condition on the items, like \"source = 'live'\".")
@click.option("--edition", metavar="NAME", help="Read as this edition; default: full.")
def context_command(session: Session, query: str, budget: int, edition: str | None, **how: Any) -> None:
    """Pack whole items for a query within a budget: what an agent would be given."""
    pack = client(session, edition).get_context(query, budget, **how)
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
        out.print(output.plain(item.text.strip()))
        for c in item.corrections or ():
            out.print(f"says {output.plain(c.says)}; what stands: {output.plain(c.stands)} ({output.plain(c.cite)})", style="yellow")
        out.print()
    for conflict in pack.conflicts:
        out.print(
            f"{conflict.status}: {output.plain(conflict.attribute)}: {output.plain(' | '.join(conflict.values))} ({conflict.conflict_id})",
            style="red",
        )
    for left in pack.left_out:
        output.remark(
            f"left out, {left.reason.replace('_', ' ')}: {output.number(left.items, 'item')} {', '.join(left.cites or ())}".rstrip()
        )
    output.remark(f"{pack.status}: {pack.status_reason}")
    if pack.smallest_budget:
        output.remark(f"next: --budget {pack.smallest_budget}")
    output.remark(f"{pack.tokens.used:,} of {pack.tokens.asked:,} tokens ({pack.tokens.counter}) · release {pack.release}")


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
