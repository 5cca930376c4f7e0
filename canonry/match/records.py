"""Which records and assertions are one entity: those with the same normalised id, or those that matching finds to be one thing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from canonry.frames import frame
from canonry.match.entities.found import matched_records
from canonry.match.kept import with_kept_ids
from canonry.match.ruled import ENDS, regrouped
from canonry.published import MATCH_LINKS, MATCH_MODELS
from canonry.text import normals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canonry.config import Config
    from canonry.match.entities.found import Matches
    from canonry.match.entities.reference import Reference
    from canonry.verdicts import Key, Links

_NAMES = ("name", "title", "organization", "organisation", "company", "organization_name", "full_name", "product", "product_name")


_REVIEWED = 0.2  # probability from which a pair that is not merged goes to a person
_OVERLAP = 0.2  # share of ids of the smaller of two sources from which ids are the same thing's


@dataclass(frozen=True)
class Found:
    """Entities of records and assertions.

    Attributes:
        entities, members, match_links: Published columns.
        subjects: entity_type, subject (as an assertion writes it), entity_id.
        match_models: Published columns.
        coverage: Rows of the published table.
        references: Entity type → what its records taught, where it is worth keeping.
    """

    entities: pl.DataFrame
    members: pl.DataFrame
    match_links: pl.DataFrame
    match_models: pl.DataFrame
    subjects: pl.DataFrame
    coverage: list[dict[str, Any]]
    references: Mapping[str, Reference]


class Before(NamedTuple):
    """What is known of the nights before.

    Attributes:
        members: ``source``, ``record_id``, ``entity_id`` of the parent release: what was matched then keeps its id.
        references: Entity type → what its records taught.
    """

    members: pl.DataFrame
    references: Mapping[str, Reference]


def found_entities(
    config: Config, records: pl.DataFrame, assertions: pl.DataFrame, links: Links | None = None, before: Before | None = None
) -> Found:
    """Group records and assertions by key or by matching, and as people ruled.

    Args:
        config: Reads entities.*.names, identity and one_to_one. Without an identity it is the key where the ids of two sources overlap
            by a fifth, or where there is one source only; else matching.
        records: Columns ``source``, ``record_id``, ``entity_type``, ``values``, ``removed_on``; with links ``authority`` too.
        assertions: Columns ``source``, ``subject``, ``entity_type``.
        links: Which records are one thing and which are not, by rulings. A key whose records all went to another entity takes the
            assertions about it along.
        before: What is known of the nights before.
    """
    members = records.select("source", "record_id", "entity_type", "values").with_columns(entity_id=_entity("record_id"))
    members, matches, coverage = _matched(config, members, before.references if before else {})
    if links and (links.same or links.apart):
        members = _ruled(links, records, members)
    if before and matches:
        members = with_kept_ids(members, before.members, matches)
    given = assertions.select("entity_type", "subject").unique()
    subjects = _resolved(members, given.with_columns(entity_id=_entity("subject")).sort("entity_type", "subject"))
    named = _names(config, members)
    asserted = assertions.select("source", "entity_type", "subject").unique().join(subjects, on=["entity_type", "subject"])
    both = pl.concat(
        [
            members.select("entity_id", "entity_type", "source", key="record_id", records=pl.lit(1)),
            asserted.select("entity_id", "entity_type", "source", key="subject", records=pl.lit(0)),
        ]
    )
    pairs = pl.concat([MATCH_LINKS.empty().drop("decision"), *(m.pairs for m in matches.values())], how="vertical_relaxed")
    match_links = _decided(members, pairs, links.apart if links else ())
    entities = (
        both.group_by("entity_id")
        .agg(
            pl.col("entity_type").first(),
            pl.col("key").min(),
            pl.col("records").sum(),
            sources=pl.col("source").unique().sort(),
        )
        .join(named, on="entity_id", how="left")
        .join(_cohesion(members, match_links), on="entity_id", how="left")
        .with_columns(name=pl.coalesce("name", "key"), cohesion=pl.col("cohesion").fill_null(1.0))
    )
    sure = _sureness(match_links)
    told = members.join(sure, on=["source", "record_id"], how="left").select(
        "entity_id", "source", "record_id", match_probability=pl.col("match_probability").fill_null(1.0)
    )
    taught = {kind: m.reference for kind, m in matches.items() if m.reference}
    return Found(entities, told, match_links, _models(matches, match_links), subjects, coverage, taught)


def _identity(config: Config, entity_type: str, ids: pl.DataFrame) -> str:
    """Name the identity, key or match, as declared, or by how far the ids of the sources overlap."""
    declared = config.entities.get(entity_type)
    if declared and declared.identity:
        return declared.identity
    held = [set(g["entity_id"]) for _, g in ids.group_by("source")]
    overlaps = [len(a & b) / min(len(a), len(b)) for a, b in combinations(held, 2)]
    return "match" if overlaps and max(overlaps) < _OVERLAP else "key"


def _matched(
    config: Config, members: pl.DataFrame, references: Mapping[str, Reference]
) -> tuple[pl.DataFrame, dict[str, Matches], list[dict[str, Any]]]:
    """Give the records of types that are matched their entities; the others keep that of their key."""
    matches, coverage = {}, []
    for kind in members["entity_type"].drop_nulls().unique().sort().to_list():
        own = members.filter(entity_type=kind)
        if _identity(config, kind, own) == "key":
            possible = own.height * (own.height - 1) // 2
            zero = {"pairs_capped": 0, "partial": False}
            coverage.append({"detector": f"entities.key.{kind}", "pairs_possible": possible, "pairs_considered": own.height, **zero})
            continue
        declared = config.entities.get(kind)
        found = matched_records(kind, own, declared.one_to_one if declared else "auto", references.get(kind))
        now = members.join(found.members.rename({"entity_id": "now"}), on=["source", "record_id"], how="left", maintain_order="left")
        members = now.with_columns(entity_id=pl.coalesce("now", "entity_id")).drop("now")
        matches[kind] = found
        coverage += found.coverage
    return members, matches, coverage


def _models(matches: Mapping[str, Matches], match_links: pl.DataFrame) -> pl.DataFrame:
    """Say of each type how it was matched, and how many of its merged pairs are wrong if the probabilities are right."""
    rows = []
    for kind, found in matches.items():
        links = found.pairs.select(ENDS).join(match_links, on=ENDS)
        merged = links.filter(decision="merged")["match_probability"]
        rows.append(
            {
                "entity_type": kind,
                "model_id": found.reference.name if found.reference else None,
                "learnt_from": found.learnt_from,
                "candidate_recall": found.recall,
                "added": found.added,
                "gone": found.gone,
                "merged_pairs": len(merged),
                "expected_wrong": None if merged.is_empty() else round(1 - float(merged.mean()), 4),  # type: ignore[arg-type]
                "review_pairs": links.filter(decision="review").height,
            }
        )
    return frame(MATCH_MODELS.schema, rows)


def _resolved(members: pl.DataFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    """Let an assertion be about the entity that holds a record of its key: of several that of the key's name, else the first by name."""
    keyed = members.select(by_key=_entity("record_id"), now="entity_id")
    keyed = keyed.sort("by_key", pl.col("now") != pl.col("by_key"), "now").unique("by_key", keep="first")
    joined = subjects.join(keyed, left_on="entity_id", right_on="by_key", how="left", maintain_order="left")
    return joined.with_columns(entity_id=pl.coalesce("now", "entity_id")).drop("now")


def _decided(members: pl.DataFrame, pairs: pl.DataFrame, ruled: Sequence[tuple[Key, Key]]) -> pl.DataFrame:
    """Say of each scored pair whether it is merged, for a person to look at, or apart; what a person ruled apart is looked at no more."""
    where = members.select("source", "record_id", "entity_id")
    ends = pairs
    for side in ("left", "right"):
        own = where.rename({"source": f"{side}_source", "record_id": f"{side}_record_id", "entity_id": f"{side}_entity"})
        ends = ends.join(own, on=[f"{side}_source", f"{side}_record_id"], how="left", maintain_order="left")
    merged = pl.col("left_entity") == pl.col("right_entity")
    either = [(*a, *b) for one, other in ruled for a, b in ((one, other), (other, one))]
    apart = pl.DataFrame(either, schema=dict.fromkeys(ENDS, pl.String), orient="row").unique().with_columns(is_ruled=pl.lit(value=True))
    ends = ends.join(apart, on=ENDS, how="left", maintain_order="left")
    doubtful = (pl.col("match_probability") >= _REVIEWED) & pl.col("is_ruled").is_null()
    decision = pl.when(merged).then(pl.lit("merged")).when(doubtful).then(pl.lit("review")).otherwise(pl.lit("apart"))
    return ends.with_columns(decision=decision, entity_id=pl.when(merged).then("left_entity"))


def _cohesion(members: pl.DataFrame, match_links: pl.DataFrame) -> pl.DataFrame:
    """Mean probability over all pairs of records of what matching made; pairs that were not scored count as nothing."""
    sums = match_links.filter(decision="merged").group_by("entity_id").agg(pl.col("match_probability").sum())
    sizes = members.group_by("entity_id").agg(size=pl.len())
    possible = pl.col("size") * (pl.col("size") - 1) / 2
    return sums.join(sizes, on="entity_id").select("entity_id", cohesion=(pl.col("match_probability") / possible).clip(0, 1).round(4))


def _sureness(match_links: pl.DataFrame) -> pl.DataFrame:
    """For each record of a merged pair its best link into its entity."""
    merged = match_links.filter(decision="merged")
    ends = [merged.select("match_probability", source=f"{s}_source", record_id=f"{s}_record_id") for s in ("left", "right")]
    return pl.concat(ends).group_by("source", "record_id").agg(pl.col("match_probability").max())


def _ruled(links: Links, records: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    ranked = members.with_columns(by_key=_entity("record_id")).join(
        records.select("source", "record_id", "authority"), on=["source", "record_id"]
    )
    rows = [(*k, e) for k, e in sorted(regrouped(links, ranked).items())]
    now = pl.DataFrame(rows, schema={"source": pl.String, "record_id": pl.String, "now": pl.String}, orient="row")
    moved = members.join(now, on=["source", "record_id"], how="left")
    return moved.with_columns(entity_id=pl.coalesce("now", "entity_id")).drop("now")


def _entity(column: str) -> pl.Expr:
    """The entity that a key names by itself; see `canonry.ids.entity_id`."""
    return pl.concat_str("entity_type", pl.col(column).map_batches(normals, return_dtype=pl.String), separator="/")


def _names(config: Config, members: pl.DataFrame) -> pl.DataFrame:
    """How people call each entity: the first declared name attribute that has a value, else a column that looks like one."""
    declared = {t: list(e.names) for t, e in config.entities.items()}
    rows: dict[str, str] = {}
    asked = sorted({*_NAMES, *(n for names in declared.values() for n in names)})
    named = members.filter(pl.col("values").str.contains_any([json.dumps(n, ensure_ascii=False) for n in asked]))
    for entity, kind, values in named.sort("source", "record_id").select("entity_id", "entity_type", "values").iter_rows():
        said: dict[str, Any] = json.loads(values)
        for attribute in declared.get(kind) or _NAMES:
            if said.get(attribute):
                rows.setdefault(entity, str(said[attribute]))
                break
    return pl.DataFrame(sorted(rows.items()), schema={"entity_id": pl.String, "name": pl.String}, orient="row")
