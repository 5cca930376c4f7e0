"""``canonry run``: the nightly job in this process, and what it found, for a person."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from canonry.cli import edge, output, progress
from canonry.cli.nearest import meant
from canonry.cli.session import Session, command
from canonry.errors import UsageError
from canonry.flow import nightly
from canonry.workspace import RunOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canonry.workspace import RunSummary, Workspace

_TAKEN = re.compile(r"entities\.match\..+ \((?P<source>[^:]+): (?P<theirs>.+) taken for (?P<ours>.+)\)")
_SHOWN = 6  # matched columns that are named


class Day(click.ParamType[date]):
    """A day, written 2024-12-31."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a day."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it like 2024-12-31.", param, ctx)


@command("run", "canonry run", "canonry run --date 2024-12-31 --dry-run", "canonry run --only handbook --json")
@click.option(
    "--date", "run_date", type=Day(), help="The day that counts as today; default: run_date of the configuration, else today (UTC)."
)
@click.option("--full", is_flag=True, help="Compute everything anew, except what is frozen. The result is the same.")
@click.option("--refit", is_flag=True, help="Renew what is frozen, too: vectors and estimated weights.")
@click.option("--only", multiple=True, metavar="SOURCE", help="Read only this source anew; may be given several times.")
@click.option("--dry-run", is_flag=True, help="Do everything but publish.")
def run_command(session: Session, run_date: date | None, only: tuple[str, ...], **flags: bool) -> None:
    """Do the nightly job now: read the sources, find and decide conflicts, publish a release.

    The release before stays current until the new one is complete. A source that cannot be read is held: its last good copy stands in.
    """
    workspace = session.workspace
    for name in only:
        if name not in workspace.config.sources:
            raise UsageError(
                f"--only: there is no source {name!r}{meant(name, workspace.config.sources)}",
                f"Sources are: {', '.join(workspace.config.sources)}.",
            )
    options = RunOptions(
        now=edge.now(), run_date=run_date or workspace.config.run_date or edge.today(), only=frozenset(only), **flags,
    )  # fmt: skip
    with progress.shown() as shown:
        summary = nightly(workspace, options, shown)
    session.answer(summary.as_dict(), lambda: _told(workspace, summary))


def _told(workspace: Workspace, summary: RunSummary) -> None:
    """Tell a person what the run found and what to do next."""
    output.heading("Sources")
    output.table(
        ("source", "status", "items#", "set aside#", "remark"),
        ((n, output.coloured(s["status"]), s["items"], s["quarantined"], s["message"] or "") for n, s in summary.sources.items()),
        keep=("source", "status"),
    )
    output.heading("Found")
    output.pairs(_found(summary))
    output.heading("Cost")
    _cost(summary)
    output.heading("Release")
    output.pairs(_release(workspace, summary))
    output.heading("Next")
    for step in _next(summary):
        output.line(f"• {step}")


def _found(summary: RunSummary) -> Iterable[tuple[str, Any]]:
    counts = summary.counts
    open_, decided = (sum(c[k] for c in summary.conflicts.values()) for k in ("open", "decided"))
    yield "items in", f"{sum(s['items'] for s in summary.sources.values()):,}"
    yield "set aside", f"{summary.quarantined:,}"
    yield "served", f"{output.number(counts['context'], 'item')}; {counts['excluded']:,} left out, each with its reason"
    yield "conflicts", f"{open_ + decided:,}: {decided:,} decided, {open_:,} open{_pairs_considered(summary.coverage)}"
    for kind, count in summary.conflicts.items():
        yield f"  {kind}", f"{count['decided']:,} decided, {count['open']:,} open"
    yield "stale", f"{summary.stale:,}"
    yield "entities", f"{counts['entities']:,} from {output.number(counts['records'], 'record')}"
    if taken := _taken(summary.coverage):
        more = f"; {len(taken) - _SHOWN:,} more in the table coverage" if len(taken) > _SHOWN else ""
        yield "matched columns", f"taken as one: {'; '.join(taken[:_SHOWN])}{more}"


def _taken(coverage: Mapping[str, object]) -> list[str]:
    """Name the columns that matching took for one another although nobody says so."""
    found = (_TAKEN.fullmatch(detector) for detector in coverage)
    return [f"{f['theirs']} of {f['source']} for {f['ours']}" for f in found if f]


def _pairs_considered(coverage: Mapping[str, Mapping[str, int]]) -> str:
    """Say out of how many pairs: no conflicts among no pairs means nothing."""
    considered, capped = (sum(c[k] for c in coverage.values()) for k in ("considered", "capped"))
    return f", out of {considered:,} pairs considered" + (f" ({capped:,} more left out by a cap)" if capped else "")


def _cost(summary: RunSummary) -> None:
    steps: Mapping[str, Mapping[str, int]] = summary.cache["steps"]
    rows = [(stage, f"{seconds:.1f}", _cached(stage, steps)) for stage, seconds in summary.seconds.items()]
    rows += [(n, "", _share(c)) for n, c in steps.items() if not any(_belongs(n, s) for s in summary.seconds)]
    total = f"{summary.cache['hits']:,} of {summary.cache['hits'] + summary.cache['misses']:,}"
    rows.append(("all", f"{sum(summary.seconds.values()):.1f}", f"{total}; {summary.cpu_seconds:.1f} CPU seconds"))
    output.table(("stage", "seconds#", "taken from the cache"), rows, keep=("stage",))


def _belongs(step: str, stage: str) -> bool:
    return step == stage or step.startswith((f"{stage}-", f"{stage}."))


def _cached(stage: str, steps: Mapping[str, Mapping[str, int]]) -> str:
    return ", ".join(f"{_share(c)} {n.removeprefix(stage).strip('-.')}".strip() for n, c in steps.items() if _belongs(n, stage))


def _share(count: Mapping[str, int]) -> str:
    return f"{count['hits']:,} of {count['hits'] + count['misses']:,}"


def _release(workspace: Workspace, summary: RunSummary) -> Iterable[tuple[str, Any]]:
    yield "published", Text("yes", style="green") if summary.published else f"no: {summary.exit_reason}"
    yield "current", summary.release_id
    yield "run date", summary.run_date.isoformat()
    yield "store", workspace.store
    if summary.gate:
        yield "gate", ", ".join(f"{k} {output.plain(v)}" for k, v in summary.gate.items())


def _next(summary: RunSummary) -> Iterable[str]:
    down = {n: s["status"] for n, s in summary.sources.items() if s["status"] != "ok"}
    for name, status in down.items():
        stands = "its last good copy stands in" if status == "held" else "nothing of it is published"
        yield f"mend {name}: {stands} (`canonry status` says why)"
    if summary.quarantined:
        yield f"look at what was set aside: `canonry list quarantine` ({summary.quarantined:,})"
    if _taken(summary.coverage):
        yield "say of matched columns that they mean the same, so that their values are compared too: `fields: {HEADING: ATTRIBUTE}`"
    if open_ := sum(c["open"] for c in summary.conflicts.values()):
        yield f"rule on what is open: `canonry list conflicts` ({open_:,}), then `canonry rule ID --keep CLAIM`"
    yield "read the report: `canonry report`" if summary.release_id else "publish: `canonry run`"
    if summary.release_id:
        yield 'ask what an agent would be given: `canonry search "..."`'
