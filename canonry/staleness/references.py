"""What a page points to: links that lead nowhere, pages that are out of date, things that are no longer there."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import polars as pl

from canonry.frames import stack
from canonry.links import now_at, successors
from canonry.published import STALENESS
from canonry.staleness.rows import of_documents
from canonry.text import normal

if TYPE_CHECKING:
    from canonry.frames import Matched, Normalised

_LOCAL = r"^[^:#?]+\.(?:md|markdown|html?|txt)(?:[#?].*)?$"
_STEPS = 2  # how far staleness spreads along links
_SHORTEST_NAME = 4  # characters; shorter names stand for too many things
_STATUS = re.compile(r"^(?:.*_)?(?:status|state|lifecycle|life_cycle)$")
_RETIRED = frozenset(
    ("retired", "discontinued", "decommissioned", "deprecated", "obsolete", "withdrawn", "end of life", "sunset", "phased out")
)
_LOOKS_BACK = re.compile(
    r"\b(?:was|were|had|used to|former(?:ly)?|previous(?:ly)?|old|until|no longer|not|never|retired?|discontinued?|deprecated|obsolete|"
    r"withdrawn|replaced?|replaces|instead of|predecessor|history|archived?)\b"
)


def local_links(documents: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Relative links to Markdown, text or HTML files: document_id, target (as written), leads_to (the id that it would be)."""
    local = links.filter(pl.col("target").str.contains(_LOCAL) & ~pl.col("target").str.starts_with("/")).unique()
    known = local.join(documents.select("document_id"), on="document_id").sort("document_id", "target")
    ends = [
        posixpath.normpath(posixpath.join(posixpath.dirname(document), unquote(target.split("#")[0].split("?")[0])))
        for document, target in known.select("document_id", "target").iter_rows()
    ]
    return known.select("document_id", "target").with_columns(leads_to=pl.Series(ends, dtype=pl.String))


def broken(documents: pl.DataFrame, links: pl.DataFrame, noted: pl.DataFrame) -> pl.DataFrame:
    """Links to files that their source does not have, or no longer has; where the page went is named.

    Args:
        documents: Of the edition.
        links: As `local_links` gives them.
        noted: Moves that the parent release knew: old_id, new_id.
    """
    there = documents.filter(pl.col("removed_on").is_null())["document_id"].implode()
    gone = documents.filter(pl.col("removed_on").is_not_null()).select(leads_to="document_id", gone_on="removed_on")
    now = {**successors(documents), **now_at(documents, noted)}
    lost = (
        links.filter(~pl.col("leads_to").is_in(there))
        .join(gone, on="leads_to", how="left")
        .with_columns(now=pl.col("leads_to").replace_strict(now, default=None, return_dtype=pl.String))
    )
    since = pl.when(pl.col("gone_on").is_not_null()).then(pl.format("gone since {}", "gone_on"))
    instead = pl.when(pl.col("now").is_not_null()).then(pl.format("now {}", "now"))
    remark = pl.concat_str(since, instead, separator=", ", ignore_nulls=True)
    said = lost.with_columns(told=pl.when(remark != "").then(pl.format("{} ({})", "target", remark)).otherwise("target"))
    per_page = said.group_by("document_id").agg(pl.col("told").unique().sort().str.join(", "), since=pl.col("gone_on").min())
    rows = documents.select("document_id", "source").join(per_page, on="document_id")
    return of_documents(rows.with_columns(evidence=pl.format("Links that lead nowhere: {}.", "told")), "broken_link", score=0.3)


def dependent(documents: pl.DataFrame, links: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Pages that link to a page that is out of date, and pages that link to those; no further.

    A page that is out of date itself, and a link from what stands in the place of the old page, say nothing.

    Args:
        documents: Of the edition.
        links: As `local_links` gives them.
        found: Hard signals so far.
    """
    stale = found.filter((pl.col("target_kind") == "document") & pl.col("is_stale") & (pl.col("signal") != "age"))
    stale = stale.sort("target_id", "signal").unique("target_id", keep="first", maintain_order=True)
    instead = {(s, t) for s, t in stale.select("superseded_by", "target_id").iter_rows() if s}
    there = set(documents.filter(pl.col("removed_on").is_null())["document_id"])
    uses = [(d, t) for d, t in links.select("document_id", "leads_to").iter_rows() if d != t and t in there and (d, t) not in instead]
    reached = {t: (why, since, "") for t, why, since in stale.select("target_id", "evidence", "since").iter_rows()}
    rows = []
    for step in range(1, _STEPS + 1):
        fresh = {}
        for document, target in sorted(uses):
            if target in reached and document not in reached and document not in fresh:
                why, since, path = reached[target]
                fresh[document] = (why, since, f"{target}{path and ', which links to ' + path}")
        rows += [(d, since, f"It links to {path}, which is out of date: {why}", 0.3 / step) for d, (why, since, path) in fresh.items()]
        reached |= fresh
    shape = {"document_id": pl.String, "since": pl.Date, "evidence": pl.String, "score": pl.Float64}
    told = documents.select("document_id", "source").join(pl.DataFrame(rows, schema=shape, orient="row"), on="document_id")
    return of_documents(told, "dependency_stale")


def dead(normalised: Normalised, matched: Matched, found: pl.DataFrame) -> pl.DataFrame:
    """Pages on which a sentence speaks, as of something present, of a thing that its register no longer has or calls retired.

    Args:
        normalised: Records, sentences, documents.
        matched: Entities and their members.
        found: Signals so far; those on records say what is gone.
    """
    gone = stack([_gone(matched, found), _retired(normalised, matched)], {"entity_id": pl.String, "since": pl.Date, "why": pl.String})
    names = _only_theirs(matched, gone.sort("entity_id", "why").unique("entity_id", keep="first", maintain_order=True))
    if not names.height:
        return stack([], STALENESS.schema)
    present = normalised.documents.filter(pl.col("removed_on").is_null()).select("document_id", "source")
    lines = normalised.sentences.join(present, on="document_id").with_columns(
        form=pl.col("norm").str.extract_many(names["form"].to_list(), overlapping=True).list.unique()
    )
    spoken = lines.filter(pl.col("form").list.len() > 0).explode("form")
    hits = [
        (document, source, ordinal, text, form)
        for document, source, ordinal, text, norm, form in spoken.select(
            "document_id", "source", "ordinal", "text", "norm", "form"
        ).iter_rows()
        if re.search(rf"(?<![\w-]){re.escape(form)}(?![\w-])", norm) and not _LOOKS_BACK.search(norm)
    ]
    shape = {"document_id": pl.String, "source": pl.String, "ordinal": pl.Int64, "text": pl.String, "form": pl.String}
    named = pl.DataFrame(hits, schema=shape, orient="row").join(names, on="form").sort("document_id", "ordinal", "form")
    first = named.unique("document_id", keep="first", maintain_order=True)
    said = first.with_columns(evidence=pl.format("It says “{}”, but of {}: {}", "text", "name", "why"))
    return of_documents(said, "dead_reference", score=0.4)


def _gone(matched: Matched, found: pl.DataFrame) -> pl.DataFrame:
    """Entities of which every record was removed, or is absent from the register that ranks above its own."""
    signals = ["removed", "absent_from_authority"]
    stale = found.filter((pl.col("target_kind") == "record") & pl.col("signal").is_in(signals) & pl.col("is_stale"))
    told = stale.sort("source", "target_id", "signal").unique(["source", "target_id"], keep="first", maintain_order=True)
    members = matched.entity_members.join(
        told.select("source", "since", record_id="target_id", why="evidence"), on=["source", "record_id"], how="left"
    ).sort("entity_id", "source", "record_id")
    per_entity = members.group_by("entity_id", maintain_order=True).agg(
        pl.col("why").first(), since=pl.col("since").max(), left=pl.col("why").null_count()
    )
    return per_entity.filter(pl.col("left") == 0)


def _retired(normalised: Normalised, matched: Matched) -> pl.DataFrame:
    """Entities that a record calls retired in a column for its status; of several records each must."""
    rows = normalised.records.filter(pl.col("removed_on").is_null()).select("source", "record_id", "values", "dated_on")
    wanted = rows.filter(pl.col("values").str.to_lowercase().str.contains_any(sorted(_RETIRED)))
    said = [
        (source, record, dated, f"{source}/{record} calls it {value}.")
        for source, record, values, dated in wanted.iter_rows()
        for value in [next((v for a, v in json.loads(values).items() if _STATUS.match(a) and normal(str(v)) in _RETIRED), None)]
        if value
    ]
    shape = {"source": pl.String, "record_id": pl.String, "since": pl.Date, "why": pl.String}
    told = pl.DataFrame(said, schema=shape, orient="row")
    living = rows.select("source", "record_id")
    members = matched.entity_members.join(living, on=["source", "record_id"]).join(told, on=["source", "record_id"], how="left")
    ordered = members.sort("entity_id", "source", "record_id").group_by("entity_id", maintain_order=True)
    return ordered.agg(pl.col("why").first(), since=pl.col("since").max(), left=pl.col("why").null_count()).filter(pl.col("left") == 0)


def _only_theirs(matched: Matched, gone: pl.DataFrame) -> pl.DataFrame:
    """Names and keys of what is gone, unless something else bears the same: form, name, since, why."""
    key = pl.col("entity_id").str.splitn("/", 2).struct.field("field_1")
    forms = matched.entities.select("entity_id", "name", form=pl.concat_list("name", key)).explode(
        "form", empty_as_null=True, keep_nulls=True
    )
    forms = forms.with_columns(pl.col("form").map_batches(_normals, return_dtype=pl.String)).unique().sort("entity_id", "form")
    known = forms.filter(
        (pl.col("form").str.len_chars() >= _SHORTEST_NAME)
        & ~pl.col("form").str.contains(r"^[\d\s.-]+$")
        & (pl.col("entity_id").n_unique().over("form") == 1)
    )
    return known.join(gone, on="entity_id").sort("form")


def _normals(column: pl.Series) -> pl.Series:
    return pl.Series([normal(v or "") for v in column.to_list()], dtype=pl.String)
