"""Conflicts as people and agents see them: with all sides, each with its cite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.published import CONFLICT_STATUSES
from canonry.quoting import quoted_first
from canonry.serve.errors import bad_argument
from canonry.serve.results import ConflictView, Side

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canonry.serve.snapshot import Snapshot

_VIEW = ("conflict_id", "type", "status", "subject", "attribute", "scope", "severity", "rule", "confidence", "reason", "owner")


def listed(snapshot: Snapshot, status: str | None = None) -> tuple[ConflictView, ...]:
    """All conflicts, open ones first, then by severity and how often agents met them."""
    if status is not None and status not in CONFLICT_STATUSES:
        raise bad_argument(f"There is no conflict status {status[:40]}.", f"Use one of {', '.join(CONFLICT_STATUSES)}.")
    found = snapshot.table("conflicts")
    if status is not None:
        found = found.filter(pl.col("status") == status)
    return _views(snapshot, ordered(found).to_dicts())


def viewed(snapshot: Snapshot, conflict_ids: Iterable[str | None]) -> tuple[ConflictView, ...]:
    """Conflicts and observations by id, in the order of their ids."""
    wanted = sorted({i for i in conflict_ids if i})
    return _views(snapshot, [*snapshot.rows("conflicts", "conflict_id", wanted), *snapshot.rows("observations", "conflict_id", wanted)])


def ordered(conflicts: pl.DataFrame) -> pl.DataFrame:
    """Put first what matters most: open, then severe, then often met."""
    return conflicts.sort(pl.col("status") != "open", -pl.col("severity").fill_null(0.0), -pl.col("exposure").fill_null(0), "conflict_id")


def _views(snapshot: Snapshot, rows: list[dict[str, Any]]) -> tuple[ConflictView, ...]:
    joined = snapshot.rows("conflict_claims", "conflict_id", [r["conflict_id"] for r in rows])
    claims = snapshot.claims(j["claim_id"] for j in joined)
    ranks = dict(snapshot.table("sources").select("source", "authority").iter_rows())
    sides: dict[str, list[Side]] = {}
    for j in joined:
        claim = claims.get(j["claim_id"], {})
        told = {k: claim.get(k) for k in ("cite", "sentence", "dated_on", "date_kind")}
        own = {k: j[k] for k in ("claim_id", "side", "wins", "value", "verbatim", "source", "reason")}
        sides.setdefault(j["conflict_id"], []).append(Side(**own, **told, authority=ranks.get(j["source"])))
    return tuple(ConflictView(**{k: r[k] for k in _VIEW}, sides=_in_order(sides.get(r["conflict_id"], ()))) for r in rows)


def _in_order(claims: Iterable[Side]) -> tuple[Side, ...]:
    """Side by side as they are numbered, the claim to quote first."""
    return tuple(sorted(claims, key=lambda s: (s.side, quoted_first(s.model_dump(), s.authority))))
