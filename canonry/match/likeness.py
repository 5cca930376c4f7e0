"""How alike two documents are: shared word runs, weighed by how rare they are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from canonry.ids import digest
from canonry.state import Step
from canonry.text import normal, shown, words

if TYPE_CHECKING:
    from canonry.state import Memo

RUN = 4  # words in a run
COMMON = 40  # a run in more documents than this proposes no pair (menus, footers); reported as capped


def runs(memo: Memo, documents: pl.DataFrame) -> pl.DataFrame:
    """The word runs of each document, hashed; memoised by content.

    Args:
        memo: Where results are kept.
        documents: Columns ``document_id``, ``body``.

    Returns:
        Columns ``document_id``, ``run`` (Int64); a run stands once per document.
    """
    normals = [normal(text) for text in documents["body"].to_list()]
    keyed = documents.select("document_id", key=pl.Series([digest(text) for text in normals], dtype=pl.String))
    body = dict(zip(keyed["key"].to_list(), normals, strict=True))

    def compute(missing: list[str]) -> pl.DataFrame:
        found = [(key, run) for key in missing for run in sorted(_hashed(body[key]))]
        return pl.DataFrame(found, schema={"key": pl.String, "run": pl.Int64}, orient="row")

    kept = memo.rows(Step("match-runs", 4, (("run", str(RUN)),)), list(body), compute)
    return keyed.join(kept, on="key").drop("key")


def _hashed(text: str) -> set[int]:
    found = [w for w, _, _ in words(text)]
    if not found:
        return set()
    texts = {" ".join(found[i : i + RUN]) for i in range(max(1, len(found) - RUN + 1))}
    return {int.from_bytes(hashlib.blake2b(t.encode(), digest_size=8).digest(), "little") >> 1 for t in texts}


def shown_hashes(memo: Memo, documents: pl.DataFrame, passages: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Name the words that a reader sees: two texts that differ in form alone have the same hash; memoised by content.

    Args:
        memo: Where results are kept.
        documents: Columns ``document_id``, ``content_hash``.
        passages: Columns ``document_id``, ``item_id``, ``ordinal``, ``text``.

    Returns:
        Columns ``document_id``, ``words_hash`` (the content's own hash where there are no words); and ``item_id``, ``words_hash``.
    """
    parts = passages.sort("document_id", "ordinal").group_by("document_id", maintain_order=True).agg("item_id", "text")
    keys = [digest(*texts) for texts in parts["text"].to_list()]
    texts = dict(zip(keys, parts["text"].to_list(), strict=True))

    def compute(missing: list[str]) -> pl.DataFrame:
        rows = []
        for key in missing:
            said = [shown(t) for t in texts[key]]
            whole = " ".join(s for s in said if s)
            rows.append((key, digest(whole) if whole else None, [digest(s or t) for s, t in zip(said, texts[key], strict=True)]))
        return pl.DataFrame(rows, schema={"key": pl.String, "whole": pl.String, "parts": pl.List(pl.String)}, orient="row")

    kept = memo.rows(Step("match-shown", 2), sorted(texts), compute)
    named = parts.with_columns(key=pl.Series(keys, dtype=pl.String)).join(kept, on="key")
    whole = documents.join(named, on="document_id", how="left").select("document_id", words_hash=pl.coalesce("whole", "content_hash"))
    return whole, named.select("item_id", words_hash="parts").explode("item_id", "words_hash", empty_as_null=True, keep_nulls=True)


def pairs(runs: pl.DataFrame) -> tuple[pl.DataFrame, int, int]:
    """Pairs of documents that share a run, with their likeness.

    A run weighs 1 + ln(documents / documents that hold it), as in inverse document frequency.

    Args:
        runs: As `runs` returns them.

    Returns:
        Columns ``left_id`` < ``right_id``, ``containment`` (shared weight / weight of the smaller), ``resemblance`` (shared / all), both
        in [0, 1]; and two counts: runs in all, runs left out because too common.
    """
    total = runs["document_id"].n_unique()
    weighed = runs.with_columns(n=pl.len().over("run")).with_columns(weight=1 + (pl.lit(total) / pl.col("n")).log())
    mass = weighed.group_by("document_id").agg(mass=pl.col("weight").sum())
    shared = weighed.filter(pl.col("n").is_between(2, COMMON)).select("document_id", "run", "weight")
    capped = weighed.filter(pl.col("n") > COMMON)["run"].n_unique()
    joined = (
        shared.rename({"document_id": "left_id"})
        .join(shared.select("run", right_id="document_id"), on="run")
        .filter(pl.col("left_id") < pl.col("right_id"))
        .group_by("left_id", "right_id")
        .agg(common=pl.col("weight").sum())
        .join(mass.rename({"document_id": "left_id", "mass": "left_mass"}), on="left_id")
        .join(mass.rename({"document_id": "right_id", "mass": "right_mass"}), on="right_id")
    )
    out = joined.select(
        "left_id",
        "right_id",
        containment=(pl.col("common") / pl.min_horizontal("left_mass", "right_mass")).clip(0, 1).round(6),
        resemblance=(pl.col("common") / (pl.col("left_mass") + pl.col("right_mass") - pl.col("common"))).clip(0, 1).round(6),
    )
    return out.sort("left_id", "right_id"), runs["run"].n_unique(), capped


def with_copies(pairs: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Add pairs of documents that show the same words, however many there are: each with the first of its kind.

    Args:
        pairs: As `pairs` returns them.
        documents: Columns ``document_id``, ``words_hash``.
    """
    first = pl.col("document_id").min().over("words_hash")
    equal = documents.select("document_id", left_id=first).filter(pl.col("document_id") != pl.col("left_id"))
    copies = equal.select("left_id", right_id="document_id", containment=pl.lit(1.0), resemblance=pl.lit(1.0))
    return pl.concat([pairs, copies.join(pairs, on=["left_id", "right_id"], how="anti")]).sort("left_id", "right_id")
