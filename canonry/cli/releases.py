"""``canonry releases``, ``diff``, ``rollback``, ``verify`` and ``gc``: what can be done with releases that exist."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from canonry import publish
from canonry import store as stores
from canonry.cli import edge, output
from canonry.cli.nearest import meant
from canonry.cli.session import Session, command
from canonry.errors import UsageError

if TYPE_CHECKING:
    from canonry.publish import Problem, TableDiff
    from canonry.store import Manifest


@command("releases", "canonry releases", "canonry releases --json")
def releases_command(session: Session) -> None:
    """List the releases that are kept, the newest last."""
    current = stores.needed(session.store)
    kept = [_row(m, current) for m in stores.releases(session.store)]
    session.answer(kept, lambda: _listed(kept))


def _row(m: Manifest, current: Manifest) -> dict[str, Any]:
    tables = m.editions[stores.FULL].tables
    return {
        "release_id": m.release_id, "current": m.release_id == current.release_id, "sequence": m.sequence, "parent": m.parent,
        "run_date": m.run_date.isoformat(), "published_at": m.published_at.isoformat(), "items": tables["context"].rows,
        "conflicts": tables["conflicts"].rows, "degraded": m.degraded, "bytes": sum(e.bytes for e in m.editions.values()),
    }  # fmt: skip


def _listed(kept: list[dict[str, Any]]) -> None:
    output.table(
        ("", "release", "run date", "published (UTC)", "items#", "conflicts#", "MB#", "degraded"),
        (
            (Text("→", style="green") if r["current"] else "", r["release_id"], r["run_date"], r["published_at"][:16].replace("T", " "),
             r["items"], r["conflicts"], f"{r['bytes'] / 1e6:.1f}", ", ".join(r["degraded"]))
            for r in kept
        ),
        keep=("release", "run date", "published (UTC)"),
    )  # fmt: skip


@command("diff", "canonry diff parent current", "canonry diff 2024-12-30-1-5b1e22aa 2024-12-31-2-9c04f1de --json", "canonry diff 1 2")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--edition", default=stores.FULL, show_default=True, metavar="NAME", help="Which edition to compare.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True, help="At most so many keys named per table.")
def diff_command(session: Session, before: str, after: str, edition: str, limit: int) -> None:
    """Compare two releases: ids, the beginning of ids, numbers, `current` or `parent`."""
    old, new = session.release(before), session.release(after)
    for m in (old, new):
        if edition not in m.editions:
            raise UsageError(
                f"release {m.release_id} has no edition {edition!r}{meant(edition, m.editions)}",
                f"It has: {', '.join(sorted(m.editions))}.",
            )
    found = publish.diff(session.store, old.release_id, new.release_id, edition)
    told = {"before": old.release_id, "after": new.release_id, "edition": edition, "tables": {n: _counts(d) for n, d in found.items()}}
    session.answer(told, lambda: _compared(found, limit))


def _counts(difference: TableDiff) -> dict[str, Any]:
    keys = difference.keys.to_dicts() if difference.keys is not None else None
    return {"added": difference.added, "removed": difference.removed, "changed": difference.changed, **({"keys": keys} if keys else {})}


def _compared(found: dict[str, TableDiff], limit: int) -> None:
    rows = [(n, d.added, d.removed, d.changed) for n, d in found.items() if d.added or d.removed or d.changed]
    if not rows:
        output.line("Nothing differs.")
        return
    output.table(("table", "added#", "removed#", "changed#"), rows)
    for name, difference in found.items():
        if difference.keys is not None and difference.keys.height:
            output.heading(name)
            output.table(
                ("", *difference.keys.columns[1:]), ([output.short(c, 100) for c in r] for r in difference.keys.head(limit).iter_rows())
            )
            output.capped(min(limit, difference.keys.height), difference.keys.height)


@command("rollback", "canonry rollback", "canonry rollback 2024-12-30-1-5b1e22aa")
@click.argument("release", required=False, metavar="[ID]")
def rollback_command(session: Session, release: str | None) -> None:
    """Make an earlier release current: the one before, or the one named.

    It holds: the next run does not publish the same inputs again. To go forward again, name the later release.
    """
    before = stores.current(session.store) if release is None else None
    wanted = session.release(release).release_id if release else None
    there = publish.rollback(session.store, wanted, session.workspace.journal, now=edge.now())
    found = {"release_id": there.release_id, "run_date": there.run_date.isoformat(), "left": before.release_id if before else None}
    session.answer(found, lambda: _went(found))


def _went(found: dict[str, Any]) -> None:
    output.line(f"Release {found['release_id']} is current now.")
    output.remark("It holds: the next run does not publish the same inputs again.")
    if found["left"]:
        output.remark(f"To go forward again: canonry rollback {found['left']}")


@command("verify", "canonry verify", "canonry verify current --json")
@click.argument("release", required=False, metavar="[ID]")
@click.pass_context
def verify_command(ctx: click.Context, session: Session, release: str | None) -> None:
    """Check that releases are what was published: bytes, modes, and the content of every table. Ends with 1 when they are not."""
    names = [session.release(release).release_id] if release else stores.release_ids(session.store)
    problems = publish.verify(session.store, names[0] if release else None)
    erased = {m.release_id: m.erased for m in stores.releases(session.store) if m.release_id in names and m.erased}
    found = {"releases": names, "problems": [asdict(p) for p in problems], "erased": erased}
    session.answer(found, lambda: _verified(names, problems, erased))
    if problems:
        ctx.exit(1)


def _verified(names: list[str], problems: list[Problem], erased: dict[str, list[str]]) -> None:
    for p in problems:
        output.line(f"{p.release_id or 'store'}: {p.message}", style="red")
    if problems:
        output.remark("next: canonry rollback to a release that is not named here, then canonry run")
    else:
        but = ", but for what was erased" if erased else ""
        output.line(f"{output.number(len(names), 'release')} checked: all are as they were published{but}.", style="green")
    for release, ids in erased.items():
        output.remark(f"{release}: something was taken out of it later ({', '.join(ids)})")


@command("gc", "canonry gc --dry-run", "canonry gc --keep 2")
@click.option("--keep", type=click.IntRange(1), metavar="N", help="So many of the newest releases stay; default: `keep.releases`.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
def gc_command(session: Session, keep: int | None, *, dry_run: bool) -> None:
    """Remove old releases, copies of sources that no kept release names, and what dead runs left.

    Each night does the same by itself. The current release, its parent and the newest one always stay.
    """
    gone = publish.collect(session.store, keep or session.workspace.config.keep.releases, dry_run=dry_run)
    session.answer({**asdict(gone), "dry_run": dry_run}, lambda: _collected(gone, dry_run=dry_run))


def _collected(gone: publish.Collected, *, dry_run: bool) -> None:
    for kind, names in (("release", gone.releases), ("copy of a source", gone.copies), ("left by a dead run", gone.orphans)):
        for name in names:
            output.line(f"{'would go' if dry_run else 'gone'}: {kind} {name}")
    if not (gone.releases or gone.copies or gone.orphans):
        output.line("Nothing to remove.")
