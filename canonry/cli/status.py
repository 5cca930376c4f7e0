"""``canonry status``: what is published, how its sources are, what waits for a person."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry import journal
from canonry import store as stores
from canonry.cli import output
from canonry.cli.session import Session, command
from canonry.publish import held_back

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.store import Manifest

_NAMED = 3  # pages that moved, named one by one


@command("status", "canonry status", "canonry status --json", "canonry -c company/canonry.yaml status")
def status_command(session: Session) -> None:
    """Say what is published, how its sources are, and what waits for a person."""
    current = stores.current(session.store)
    found = _nothing(session) if current is None else _status(session, current)
    session.answer(found, lambda: _told(found))


def locked_by(store: Path) -> str | None:
    """Name the process that holds the lock of a store, or None."""
    try:
        handle = os.open(store / ".lock", os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
    else:
        return None
    finally:
        os.close(handle)


def _nothing(session: Session) -> dict[str, Any]:
    return {"release_id": None, "store": str(session.store), "locked_by": locked_by(session.store), "sources": {}}


def _status(session: Session, current: Manifest) -> dict[str, Any]:
    path = stores.edition_file(session.store, current, stores.FULL)
    tables = dict(stores.read_tables(path, ("sources", "conflicts", "rulings", "excluded", "staleness")))
    said = journal.read(session.workspace.journal)
    known = set(tables["rulings"]["ruling_id"].to_list())
    return {
        "release_id": current.release_id,
        "run_date": current.run_date.isoformat(),
        "published_at": current.published_at.isoformat(),
        "parent": current.parent,
        "store": str(session.store),
        "releases": len(stores.release_ids(session.store)),
        "editions": {n: {"items": e.tables["context"].rows, "bytes": e.bytes} for n, e in current.editions.items()},
        "sources": {
            r["source"]: {k: r[k] for k in ("kind", "status", "items", "removed", "quarantined", "held_since", "message")}
            for r in tables["sources"].filter(pl.col("parent").is_null()).to_dicts()
        },
        "degraded": current.degraded,
        "served": current.editions[stores.FULL].tables["context"].rows,
        "excluded": dict(tables["excluded"].group_by("reason").len().sort("reason").iter_rows()),
        "conflicts": dict(tables["conflicts"].group_by("status").len().sort("status").iter_rows()),
        "stale": tables["staleness"].filter("is_stale").select("target_kind", "target_id", "source").n_unique(),
        "stale_kinds": dict(
            tables["staleness"]
            .filter("is_stale")
            .unique(["target_kind", "target_id", "source"])
            .group_by("target_kind")
            .len()
            .sort("target_kind")
            .iter_rows()
        ),
        "removed_pages": _removed(tables["staleness"]),
        "quarantined": current.editions[stores.FULL].tables["quarantine"].rows,
        "rulings": dict(tables["rulings"].group_by("status").len().sort("status").iter_rows()),
        "rulings_waiting": sum(r["ruling_id"] not in known for r in said.standing_rulings),
        "held_back": bool(held_back(said.rollbacks)),
        "locked_by": locked_by(session.store),
    }


def _removed(staleness: pl.DataFrame) -> dict[str, str | None]:
    """Each page that is gone from its source, and where it went; the latest first."""
    gone = staleness.filter((pl.col("signal") == "removed") & (pl.col("target_kind") == "document"))
    return dict(gone.sort("since", "target_id", descending=[True, False]).select("target_id", "superseded_by").iter_rows())


def _told(found: dict[str, Any]) -> None:
    if found["release_id"] is None:
        output.line(f"Nothing is published yet in {found['store']}.")
        output.remark("next: canonry run")
        return
    kept = f"{output.number(found['releases'], 'release')} kept; before it: {found['parent'] or 'none'}"
    output.pairs(
        [
            ("release", found["release_id"]),
            ("run date", found["run_date"]),
            ("published", found["published_at"][:19].replace("T", " ") + " UTC"),
            ("store", found["store"]),
            ("", kept),
            ("served", f"{found['served']:,} items; left out: {_counts(found['excluded'])}"),
            ("conflicts", _counts(found["conflicts"])),
            ("stale", ", ".join(output.number(n, kind) for kind, n in found["stale_kinds"].items()) or "none"),
            ("removed", _gone(found["removed_pages"])),
            ("set aside", f"{found['quarantined']:,}"),
            ("rulings", _counts(found["rulings"])),
            ("waiting", f"{found['rulings_waiting']:,} new, in effect with the next run" if found["rulings_waiting"] else None),
            ("rolled back", "the inputs left behind are held until they change" if found["held_back"] else None),
            ("running now", f"process {found['locked_by']}" if found["locked_by"] else None),
        ]
    )
    output.heading("Sources")
    output.table(
        ("source", "kind", "status", "items#", "removed#", "set aside#", "since", "remark"),
        (
            (
                n,
                s["kind"],
                output.coloured(s["status"]),
                s["items"],
                s["removed"] or "",
                s["quarantined"],
                str(s["held_since"] or "")[:10],
                s["message"] or "",
            )
            for n, s in found["sources"].items()
        ),
        keep=("source", "kind", "status"),
    )


def _gone(pages: dict[str, str | None]) -> str | None:
    """Count the pages that are gone, and name where the latest of those that moved are now."""
    moved = [f"{old} → {new}" for old, new in pages.items() if new]
    named = [*moved[:_NAMED], *([f"and {len(moved) - _NAMED:,} more"] if len(moved) > _NAMED else [])]
    told = f"; moved: {', '.join(named)}" if moved else ""
    return f"{output.number(len(pages), 'page')}{told}" if pages else None


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in counts.items()) or "none"
