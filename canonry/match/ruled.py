"""What people ruled on pages and records, taken into families and entities."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl

from canonry import verdicts
from canonry.groups import grouped
from canonry.ids import digest
from canonry.operating import RECORDS, OperatingPoint
from canonry.published import NO_RANK

ENDS = ["left_source", "left_record_id", "right_source", "right_record_id"]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canonry.context import RunContext
    from canonry.verdicts import Key, Links


def with_successors(run: RunContext, documents: pl.DataFrame) -> pl.DataFrame:
    """Let a page that a person retired in favour of another name it as its successor."""
    outcomes = verdicts.on_documents(run.journal.standing_rulings, run.run_date, documents)
    named = {o.target: o.successor for o in outcomes if o.status == "applies" and o.successor}
    return documents.with_columns(
        replaced_by=pl.coalesce(pl.col("document_id").replace_strict(named, default=None, return_dtype=pl.String), "replaced_by")
    )


def with_rulings(run: RunContext, documents: pl.DataFrame, page_pairs: pl.DataFrame) -> pl.DataFrame:
    """Turn the pairs of a page that a person called canonical towards it, and tell who retired a page.

    Args:
        run: The journal and the run date.
        documents: Columns that anchors of pages need.
        page_pairs: Shape of `Matched.page_pairs`.

    Returns:
        The pairs with ``newer_id``, ``basis`` and ``evidence`` as people have it.
    """
    rulings = run.journal.standing_rulings
    ends = page_pairs.filter(~pl.col("is_kin")).select("left_id", "right_id").iter_rows()
    families = {member: first for first, members in grouped(ends).items() for member in members}
    outcomes = [o for o in verdicts.on_documents(rulings, run.run_date, documents, families) if o.status == "applies"]
    chosen = {str(o.target): f"{o.target} is the canonical page: {o.said}" for o in outcomes if o.verdict == "canonical"}
    retired = {str(o.target): f"{o.target} is retired in favour of {o.successor}: {o.said}" for o in outcomes if o.successor}
    if not chosen and not retired:
        return page_pairs
    own = ~pl.col("is_kin")
    left, right = (pl.col(f"{side}_id") for side in ("left", "right"))
    newer = pl.when(left.is_in(list(chosen)) & own).then(left).when(right.is_in(list(chosen)) & own).then(right)
    older = pl.when(pl.col("newer_id") == left).then(right).when(pl.col("newer_id") == right).then(left)
    out = page_pairs.with_columns(ruled=newer, told=older.replace_strict(retired, default=None, return_dtype=pl.String))
    is_declared = pl.col("told").is_not_null() & (pl.col("basis") == "replaced_by")
    why = pl.col("ruled").replace_strict(chosen, default=None, return_dtype=pl.String)
    return out.with_columns(
        newer_id=pl.coalesce("ruled", "newer_id"),
        basis=pl.when(pl.col("ruled").is_not_null() | is_declared).then(pl.lit("ruling")).otherwise("basis"),
        evidence=pl.when(pl.col("ruled").is_not_null()).then(why).when(is_declared).then("told").otherwise("evidence"),
    ).drop("ruled", "told")


def measured(links: Links, match_links: pl.DataFrame) -> list[OperatingPoint]:
    """Hold the probabilities of pairs against what people ruled on them: how right merging was, and how much of what is one thing it found.

    People rule on what is doubtful, so both are lower than over all pairs. Without rulings on records there is nothing to measure.

    Args:
        links: The rulings.
        match_links: Shape of the published table; a pair that is not in it was not likely.
    """
    rows = [(*min(p, p[::-1]), is_same) for is_same, pairs in ((True, links.same), (False, links.apart)) for p in pairs]
    if not rows:
        return []
    ruled = pl.DataFrame([(*a, *b, s) for a, b, s in rows], schema={**dict.fromkeys(ENDS, pl.String), "same": pl.Boolean}, orient="row")
    likely = match_links.filter(pl.col("match_probability") >= RECORDS.threshold)
    found = ruled.unique().join(likely.select(ENDS).with_columns(found=pl.lit(value=True)), on=ENDS, how="left")
    hit, right = found["found"].fill_null(value=False), found["same"]
    both = int((hit & right).sum())
    return [
        OperatingPoint(
            RECORDS.detector,
            RECORDS.threshold,
            "rulings",
            round(both / int(hit.sum()), 4) if hit.any() else None,
            round(both / int(right.sum()), 4) if right.any() else None,
            found.height,
        )
    ]


def regrouped(links: Links, members: pl.DataFrame) -> dict[Key, str]:
    """Put records together and apart as people ruled; only records of the entities that a ruling touches.

    Records of one entity stay together as far as nobody ruled otherwise; of records that are apart, the one of better authority keeps
    the name, and the others are called by their own key where nothing else is.

    Args:
        links: The rulings, which agree with each other.
        members: Columns ``source``, ``record_id``, ``entity_id`` (by key or by matching), ``by_key`` (the entity_id by key),
            ``authority``.

    Returns:
        (source, record_id) → entity_id, of the records whose entity may have changed.
    """
    ruled = {k for pair in (*links.same, *links.apart) for k in pair}
    touched = members.join(_frame(ruled), on=["source", "record_id"]).select("entity_id").unique()
    mine = members.join(touched, on="entity_id").select("source", "record_id", "entity_id", pl.col("authority").fill_null(NO_RANK))
    keys = {(s, r): e for s, r, e, _ in mine.iter_rows()}
    order = {(s, r): (a, s, r) for s, r, _, a in mine.iter_rows()}
    by_key: dict[str, list[Key]] = {}
    for k in sorted(order, key=lambda k: order[k]):
        by_key.setdefault(keys[k], []).append(k)
    blocks = grouped([*links.same, *((k, k) for k in order)])
    parts = [set(b) for b in sorted(blocks.values(), key=lambda b: min(order[k] for k in b))]
    parts = _gathered(parts, keys, links.apart)
    own = {
        (s, r): e for s, r, e in members.join(_frame(set(order)), on=["source", "record_id"]).select("source", "record_id", "by_key").rows()
    }
    taken = set(members["entity_id"])
    out: dict[Key, str] = {}
    for part in parts:
        held = [e for e in {keys[k] for k in part} if by_key[e][0] in part]
        first = min(part, key=lambda k: order[k])
        free = f"{keys[first]}.{digest(*first, size=4)}" if own[first] in taken else own[first]
        name = min(held) if held else free
        taken.add(name)
        out |= dict.fromkeys(part, name)
    return out


def _gathered(parts: list[set[Key]], keys: Mapping[Key, str], apart: Sequence[tuple[Key, Key]]) -> list[set[Key]]:
    """Join parts that share a key, first come first, as long as nothing in them is to stay apart."""

    def joinable(one: set[Key], other: set[Key]) -> bool:
        shared = {keys[k] for k in one} & {keys[k] for k in other}
        return bool(shared) and not any((a in one and b in other) or (b in one and a in other) for a, b in apart)

    while pair := next(((i, j) for i, j in combinations(range(len(parts)), 2) if joinable(parts[i], parts[j])), None):
        i, j = pair
        parts[i] |= parts.pop(j)
    return parts


def _frame(keys: set[Key]) -> pl.DataFrame:
    return pl.DataFrame(sorted(keys), schema={"source": pl.String, "record_id": pl.String}, orient="row")
