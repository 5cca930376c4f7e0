"""Hybrid ranking of served items: our own BM25 postings and vectors, both in memory, fused into one score in [0, 1].

The fusion is a convex combination (Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023)::

    score = (1 - VECTOR_WEIGHT) * bm25 / ceiling + VECTOR_WEIGHT * max(cosine, 0)

`ceiling` is what an item would reach that had every term of the query at that term's highest weight; a term that no item has counts
as the highest weight there is. So a score says how much of the query an item covers and can be compared between queries, which ranks
(reciprocal rank fusion) and division by the best hit's score cannot. What was measured stands at `VECTOR_WEIGHT`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canonry.similarity import matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Right passage among the first five, live pages of two public handbooks (18f: 2,379 passages, sourcegraph: 8,530),
# postings with b = 0.4 and the heading counted twice; masked sentences / topics / controls:
#     18f          BM25 1.00 / .946 / 1.00   MiniLM .65 / .65 / .90   RRF(60) .92 / .89 / .96   this, 0.3: 1.00 / .946 / 1.00
#     sourcegraph  BM25 .973 / .884 / .990   MiniLM .82 / .56 / .83   RRF(60) .94 / .84 / .95   this, 0.3: .982 / .920 / .990
# 0.2 to 0.4 differ by one or two questions; a bonus for neighbouring words gained a point on masked sentences and lost two on topics.
VECTOR_WEIGHT = 0.3
DECIMALS = 6  # scores closer than that are equal, and the cite decides
RELEVANT = 0.12  # below that an item shares neither words nor sense with the query (with no word in common: cosine 0.4)


@dataclass(frozen=True)
class Ranked:
    """Rows of the context frame, best first, and their scores in [0, 1].

    Attributes:
        rows: The rows.
        scores: Their scores.
        others: Rows as good as some of these, but of a family that one of these stands for.
    """

    rows: list[int]
    scores: list[float]
    others: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Exact:
    """What a query asks for letter by letter.

    Attributes:
        codes: Per code in the query (AS-240, 18f.gov) the rows that hold it as it is; each counts as one more term of the highest weight.
        held: Rows that hold every quoted phrase, which is enough to be relevant.
        first: Rows that the query names by their cite or name; they come first.
    """

    codes: Sequence[NDArray[np.int64]] = ()
    held: NDArray[np.int64] | None = None
    first: Sequence[int] = ()


@dataclass(frozen=True)
class Index:
    """The context of one edition of one release, made ready for ranking.

    Attributes:
        terms: Term → its place in `starts`.
        starts: Where each term's postings begin; one longer than `terms`.
        rows: Row of the context frame, per posting.
        weights: BM25 weight, per posting.
        ceilings: Highest weight, per term.
        vectors: Unit vectors, one a row (zeros for an item without one); None when no item has one.
        families: Number of the item's family; items without one have a number each.
        order: Place of each row in the order of the cites.
    """

    terms: dict[str, int]
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    weights: NDArray[np.float32]
    ceilings: NDArray[np.float32]
    vectors: NDArray[np.float32] | None
    families: NDArray[np.int64]
    order: NDArray[np.int64]

    @classmethod
    def open(cls, context: pl.DataFrame, postings: pl.DataFrame) -> Index:
        """Build the arrays.

        Args:
            context: The table context; row numbers in results are rows of this frame.
            postings: The table `_postings`: term, item_id, weight (idf included).
        """
        rows = context.select("item_id").with_row_index("row")
        sorted_ = postings.join(rows, on="item_id", how="inner").sort("term", "row")
        per_term = sorted_.group_by("term", maintain_order=True).agg(pl.len().alias("n"), pl.max("weight"))
        return cls(
            terms={t: i for i, t in enumerate(per_term["term"])},
            starts=np.concatenate([[0], np.cumsum(per_term["n"].to_numpy())]).astype(np.int64),
            rows=sorted_["row"].to_numpy().astype(np.int64),
            weights=sorted_["weight"].to_numpy().astype(np.float32),
            ceilings=per_term["weight"].to_numpy().astype(np.float32),
            vectors=_vectors(context),
            families=_families(context),
            order=context["cite"].rank("ordinal").to_numpy().astype(np.int64),
        )

    def search(
        self,
        query_terms: Sequence[str],
        query_vector: NDArray[np.float32] | None,
        k: int,
        allowed_rows: NDArray[np.bool_] | None = None,
        exact: Exact | None = None,
    ) -> Ranked:
        """Rank the items for one query.

        Args:
            query_terms: As `canonry.text.terms` gives them.
            query_vector: Unit vector of the query; None ranks by words alone.
            k: At most so many items.
            allowed_rows: One Boolean a row; the others are left out before ranking. None allows all.
            exact: What is asked for letter by letter.

        Returns:
            At most k rows, at most one of a family; equal scores in the order of the cites; no item below `RELEVANT`.
        """
        exact = exact or Exact()
        scores = self.scores(query_terms, query_vector, exact.codes)
        if exact.held is not None:
            scores[exact.held] = np.maximum(scores[exact.held], RELEVANT)
        for row in exact.first:  # just above the best, so that the others keep their share of it
            scores[row] = min(max(float(scores.max()) + 10**-DECIMALS, RELEVANT), 1.0)
        if allowed_rows is not None:
            scores = np.where(allowed_rows, scores, 0.0)
        return self._best(np.round(scores, DECIMALS), k)

    def scores(
        self, query_terms: Sequence[str], query_vector: NDArray[np.float32] | None, codes: Sequence[NDArray[np.int64]] = ()
    ) -> NDArray[np.float64]:
        """Score every row; `codes` as in `Exact`."""
        words = self._coverage(query_terms, codes)
        if query_vector is None or self.vectors is None:
            return words
        # row by row on this thread: as fast as a product of matrices, and many queries at once do not wait for each other's threads
        cosine: NDArray[np.float64] = np.maximum(np.vecdot(self.vectors, query_vector), 0.0).astype(np.float64)
        return np.asarray((1.0 - VECTOR_WEIGHT) * words + VECTOR_WEIGHT * cosine, dtype=np.float64)

    def holding(self, query_terms: Sequence[str]) -> NDArray[np.int64]:
        """Rows that have every one of these terms, in order; none where there is no term."""
        parts = []
        for term in set(query_terms):
            place = self.terms.get(term)
            if place is None:
                return np.zeros(0, dtype=np.int64)
            parts.append(self.rows[self.starts[place] : self.starts[place + 1]])
        found = np.zeros(0, dtype=np.int64)
        for n, part in enumerate(sorted(parts, key=len)):
            found = part if n == 0 else np.intersect1d(found, part, assume_unique=True)
        return found

    def _coverage(self, query_terms: Sequence[str], codes: Sequence[NDArray[np.int64]] = ()) -> NDArray[np.float64]:
        """BM25 of every row, divided by its ceiling; sums run in the order of the terms, so that they are the same every time."""
        total, ceiling = np.zeros(len(self.order), dtype=np.float64), 0.0
        unknown = float(self.ceilings.max(initial=0.0))
        for term in sorted(set(query_terms)):
            place = self.terms.get(term)
            if place is None:
                ceiling += unknown
                continue
            part = slice(self.starts[place], self.starts[place + 1])
            total[self.rows[part]] += self.weights[part]
            ceiling += float(self.ceilings[place])
        for held in codes:
            total[held] += unknown
            ceiling += unknown
        return total / ceiling if ceiling else total

    def _best(self, scores: NDArray[np.float64], k: int) -> Ranked:
        """Take the k best rows of different families: looks at some candidates, at more when families repeat."""
        depth = 4 * k
        while True:
            candidates = _candidates(scores, depth)
            ordered = candidates[np.lexsort((self.order[candidates], -scores[candidates]))]
            _, first = np.unique(self.families[ordered], return_index=True)
            chosen = ordered[np.sort(first)][:k]
            if len(chosen) == k or len(candidates) == np.count_nonzero(scores >= RELEVANT):
                passed = ordered[: int(np.flatnonzero(ordered == chosen[-1])[0])] if len(chosen) else ordered
                others = passed[~np.isin(passed, chosen)]
                return Ranked(chosen.tolist(), scores[chosen].tolist(), others.tolist())
            depth *= 4


def _candidates(scores: NDArray[np.float64], depth: int) -> NDArray[np.int64]:
    """Rows that score at least as well as the one at this depth (ties included)."""
    floor = float(np.partition(scores, -depth)[-depth]) if depth < len(scores) else RELEVANT
    return np.flatnonzero(scores >= max(floor, RELEVANT))


def _vectors(context: pl.DataFrame) -> NDArray[np.float32] | None:
    if "embedding" not in context.columns:
        return None
    has = context["embedding"].is_not_null().to_numpy()
    if not has.any():
        return None
    found = matrix(context.select("embedding", "embedding_scale").filter(pl.Series(has)))
    out = np.zeros((context.height, found.shape[1]), dtype=np.float32)
    out[has] = found
    return out


def _families(context: pl.DataFrame) -> NDArray[np.int64]:
    """Give each family a number; an item without a family is one of its own."""
    own = pl.coalesce(pl.concat_str(pl.lit("family "), "family_id"), pl.concat_str(pl.lit("item "), "item_id"))
    return context.select(own.rank("dense"))[:, 0].to_numpy().astype(np.int64)
