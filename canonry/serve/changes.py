"""What changed for a reader of an edition between two releases: items, facts and conflicts, each told once and with its cite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.serve import cursors
from canonry.serve.answers import Changes, ConflictChange, FactChange, ItemChange
from canonry.serve.errors import bad_argument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canonry.serve.snapshot import Snapshot

MOST = 500
PARTS = ("title", "heading", "text", "status", "corrections", "flags", "conflict_ids", "valid_from", "valid_to")  # what a reader sees
_FACT = ["subject_id", "attribute", "scope"]


def changed(old: Snapshot, new: Snapshot, limit: int, cursor: str | None = None) -> Changes:
    """Compare what a reader gets from two releases of one edition.

    An item counts as changed when what a reader sees of it differs (`PARTS`); scores and ranks do not count. A passage whose words changed
    has another id; where its cite stayed, that is one change of the text, not one item less and one more. Facts are compared by the
    values that hold now.

    Args:
        old: The release compared with.
        new: The release read.
        limit: At most so many changes in one answer: conflicts first, then facts, then items; each kind in the order of its ids or cites.
        cursor: Where an answer before ended.

    Raises:
        AgentError: BAD_ARGUMENT, BAD_CURSOR.
    """
    if not 1 <= limit <= MOST:
        raise bad_argument("limit is out of range.", f"Ask for 1 to {MOST} changes.")
    request = ["changes_since", new.edition, old.release, limit]
    start = cursors.state_of(cursor, new.release, request) if cursor else 0
    conflicts, facts, items = _conflicts(old, new), _facts(old, new), _items(old, new)
    told = [*conflicts.to_dicts(), *facts.to_dicts(), *items.to_dicts()] if old.release != new.release else []
    part, ends = told[start : start + limit], start + limit
    kinds = (conflicts.height, conflicts.height + facts.height)
    numbered = list(enumerate(part, start))
    return Changes(
        since=old.release,
        release=new.release,
        run_date=_run_date(new),
        was_run_date=_run_date(old),
        totals={"conflicts": conflicts.height, "facts": facts.height, "items": items.height},
        conflicts=tuple(ConflictChange(**r) for n, r in numbered if n < kinds[0]),
        facts=_with_cites(new, (r for n, r in numbered if kinds[0] <= n < kinds[1])),
        items=tuple(ItemChange(**r) for n, r in numbered if n >= kinds[1]),
        next_cursor=cursors.issue(new.release, request, ends) if ends < len(told) else None,
    )


def _run_date(snapshot: Snapshot) -> Any:
    return next(iter(snapshot.table("release")["run_date"]), None)


def _items(old: Snapshot, new: Snapshot) -> pl.DataFrame:
    """Compare by cite: added, removed, changed."""
    before, now = (s.served.select("cite", *PARTS).unique("cite", keep="first", maintain_order=True) for s in (old, new))
    both = before.join(now, on="cite", how="full", suffix="_now", coalesce=True)
    gone, fresh = pl.col("text_now").is_null(), pl.col("text").is_null()
    differ = [pl.when(_other(p)).then(pl.lit(p)) for p in PARTS]
    instead = new.table("excluded").select("cite", instead="superseded_by").unique("cite", keep="first", maintain_order=True)
    return (
        both.with_columns(parts=pl.concat_list(differ).list.drop_nulls())
        .filter(gone | fresh | (pl.col("parts").list.len() > 0))
        .join(instead, on="cite", how="left")
        .select(
            change=pl.when(fresh).then(pl.lit("added")).when(gone).then(pl.lit("removed")).otherwise(pl.lit("changed")),
            cite="cite",
            title=pl.coalesce("title_now", "title"),
            status="status_now",
            was="status",
            parts=pl.when(~fresh & ~gone).then("parts"),
            instead=pl.when(gone).then("instead"),
        )
        .sort("cite")
    )


def _other(part: str) -> pl.Expr:
    """True where a column differs; an empty list and none at all are the same."""
    if part in ("corrections", "flags", "conflict_ids"):
        one, two = (pl.when(pl.col(c).list.len() > 0).then(pl.col(c)) for c in (part, f"{part}_now"))
        return one.ne_missing(two)
    return pl.col(part).ne_missing(pl.col(f"{part}_now"))


def _facts(old: Snapshot, new: Snapshot) -> pl.DataFrame:
    def values(snapshot: Snapshot) -> pl.DataFrame:
        current = snapshot.table("facts").filter("is_current").sort(*_FACT, "verbatim", "claim_id")
        one = pl.coalesce("value", "verbatim").unique().sort().str.join(" | ").alias("canonical")
        said = pl.col("verbatim").unique(maintain_order=True).str.join(" | ").alias("value")
        return current.group_by(_FACT, maintain_order=True).agg(pl.first("subject"), one, said, pl.first("claim_id"))

    both = values(old).join(values(new), on=_FACT, how="full", suffix="_now", coalesce=True)
    return (
        both.filter(pl.col("canonical").ne_missing(pl.col("canonical_now")))
        .sort(*_FACT)
        .select(
            change=pl.when(pl.col("value").is_null())
            .then(pl.lit("added"))
            .when(pl.col("value_now").is_null())
            .then(pl.lit("removed"))
            .otherwise(pl.lit("changed")),
            subject_id="subject_id",
            subject=pl.coalesce("subject_now", "subject"),
            attribute="attribute",
            scope=pl.when(pl.col("scope") != "").then("scope"),
            value="value_now",
            was="value",
            claim_id="claim_id_now",
        )
    )


def _with_cites(new: Snapshot, rows: Iterable[dict[str, Any]]) -> tuple[FactChange, ...]:
    listed = list(rows)
    claims = new.claims(r["claim_id"] for r in listed)
    return tuple(
        FactChange(**{k: v for k, v in r.items() if k != "claim_id"}, cite=claims.get(r["claim_id"], {}).get("cite")) for r in listed
    )


def _conflicts(old: Snapshot, new: Snapshot) -> pl.DataFrame:
    told = ["conflict_id", "subject", "attribute", "status", "winner_claim_id"]
    both = (
        old.table("conflicts")
        .select(told)
        .join(new.table("conflicts").select(told), on="conflict_id", how="full", suffix="_now", coalesce=True)
    )
    before, now = pl.col("status"), pl.col("status_now")
    verbatim = new.table("claims").select(winner_claim_id_now="claim_id", stands="verbatim")
    return (
        both.with_columns(
            change=pl.when(now.is_null())
            .then(pl.lit("gone"))
            .when(before.is_null() & (now == "open"))
            .then(pl.lit("opened"))
            .when((now == "open") & (before != "open"))
            .then(pl.lit("reopened"))
            .when((now != "open") & (before.is_null() | (before == "open")))
            .then(pl.lit("decided"))
            .when((now != before) | pl.col("winner_claim_id").ne_missing(pl.col("winner_claim_id_now")) & (now != "open"))
            .then(pl.lit("decided_otherwise"))
        )
        .filter(pl.col("change").is_not_null())
        .join(verbatim, on="winner_claim_id_now", how="left")
        .select(
            "change",
            "conflict_id",
            subject=pl.coalesce("subject_now", "subject"),
            attribute=pl.coalesce("attribute_now", "attribute"),
            status="status_now",
            stands="stands",
        )
        .sort("conflict_id")
    )
