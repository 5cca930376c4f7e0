"""The stage `claims`: every value that some source asserts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canonry.claims.aligned import mentions, statement_pairs, topic_claims
from canonry.claims.cells import cells, identified, says
from canonry.claims.linked import linked
from canonry.claims.slots import slot_pairs
from canonry.frames import CLAIMED, COVERAGE, Claimed, frame, shaped
from canonry.operating import LINKED
from canonry.validity import of_claims

if TYPE_CHECKING:
    from canonry.context import RunContext
    from canonry.frames import Matched, Normalised


def claims(run: RunContext, normalised: Normalised, matched: Matched) -> Claimed:
    """Read what records, claims tables and sentences assert.

    Args:
        run: Reads entities.
        normalised: What the edition may read.
        matched: Entities and versions.
    """
    from_cells, attributes = cells(run.config, normalised, matched)
    phrases = says(run.config, from_cells) if from_cells.height else {}
    from_names, counts = linked(normalised, matched, from_cells, phrases)
    pairs, possible = statement_pairs(run.memo, normalised, matched)
    elsewhere, looked = slot_pairs(run.memo, normalised, matched)
    both = pl.concat([pairs.with_columns(is_scoped=pl.lit(value=False)), elsewhere], how="diagonal")
    from_versions = topic_claims(mentions(both, normalised), normalised)
    if from_cells.height:
        from_cells = identified(from_cells).with_columns(subject_kind=pl.lit("entity"))
    if from_names.height:
        from_names = from_names.join(matched.entities.select(subject_id="entity_id", subject="name"), on="subject_id")
    parts = [shaped(p, CLAIMED["claims"]) for p in (from_cells, from_names, from_versions) if p.height]
    found = pl.concat([pl.DataFrame(schema=CLAIMED["claims"]), *parts]).unique("claim_id", keep="first", maintain_order=True)
    found = of_claims(found.with_columns(pl.col("modality").fill_null("is")), run.run_date)
    known = run.history.table("claims").select("claim_id", before="known_from")
    found = found.join(known, on="claim_id", how="left").with_columns(
        standing=pl.lit("alone"),
        known_from=pl.coalesce("before", pl.lit(run.run_date)),
    )
    return Claimed(
        claims=shaped(found.sort("claim_id"), CLAIMED["claims"]),
        statement_pairs=shaped(pairs, CLAIMED["statement_pairs"]),
        attributes=attributes.sort("entity_type", "attribute"),
        coverage=_coverage(counts, [*_versions(possible, pairs.height), *looked], found),
    )


def _versions(possible: int, found: int) -> list[tuple[str, int, int, int]]:
    return [("claims.versions", possible, possible, 0), ("claims.versions.differing", possible, found, 0)]


def _coverage(counts: dict[str, int], looked: list[tuple[str, int, int, int]], claims: pl.DataFrame) -> pl.DataFrame:
    weak = claims.filter(pl.col("link_confidence") < LINKED.threshold).height
    rows = [
        *looked,
        ("claims.linked.sentences", counts["sentences"], counts["with_phrase"], 0),
        ("claims.linked.entities", counts["with_phrase"], counts["with_entity"], 0),
        ("claims.linked.without_value", counts["with_entity"], counts["claims"] - counts["rows_read"], 0),
        ("claims.linked.tables", counts["rows"], counts["rows_read"], 0),
        ("claims.linked.too_long", counts["sentences"], counts["sentences"] - counts["too_long"], counts["too_long"]),
        ("claims.linked.below_operating_point", counts["claims"], counts["claims"] - weak, 0),
    ]
    return frame(
        COVERAGE, [{"detector": d, "pairs_possible": p, "pairs_considered": c, "pairs_capped": x, "partial": x > 0} for d, p, c, x in rows]
    )
