"""Queries → ranked items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from canonry.serve.errors import AgentError, bad_argument
from canonry.serve.filters import expression
from canonry.serve.index import DECIMALS
from canonry.serve.results import Correction, Hit, Status
from canonry.similarity import DEFAULT_MODEL, SentenceEncoder
from canonry.text import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from canonry.serve.index import Ranked
    from canonry.serve.snapshot import Snapshot
    from canonry.similarity import Encoder

MOST_ITEMS, LONGEST_QUERY = 100, 10_000
_MOST_VECTORS = 2000  # of short texts, kept at hand


class Searcher:
    """Ranks the served items of a snapshot; loads the encoder only when there are vectors to compare with."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder | None = None) -> None:
        self.snapshot, self._encoder = snapshot, encoder

    def ranked(self, query: str, k: int, filter: str | None = None) -> Ranked:  # noqa: A002  (the contract's word)
        """Rank the items for one query; rows of the table context."""
        check(query, k)
        return self._ranked(query, k, self.allowed(filter), self.vectors([query])[0])

    def about(self, query: str, name: str, item_ids: Iterable[str], limits: tuple[int, str | None]) -> Ranked:
        """Rank the items that hold a name, or are among these; limits are how many, and a filter."""
        k, condition = limits
        check(query, k)
        mine = np.zeros(self.snapshot.served.height, dtype=np.bool_)
        mine[self.snapshot.holding(name)] = True
        mine[self.snapshot.row_numbers("context", "item_id", item_ids)] = True
        allowed = self.allowed(condition)
        return self._ranked(query, k, mine if allowed is None else mine & allowed, self.vectors([query])[0])

    def keeps(self, item_id: str, condition: str | None) -> bool:
        """Tell whether a filter keeps an item."""
        allowed = self.allowed(condition)
        return allowed is None or bool(allowed[self.snapshot.row_numbers("context", "item_id", [item_id])].all())

    def _ranked(self, query: str, k: int, allowed: NDArray[np.bool_] | None, vector: NDArray[np.float32] | None) -> Ranked:
        """Rank; a query in double quotes keeps only what holds it, and codes count as they are written."""
        exact = self.snapshot.exactly(query)
        if exact.held is not None:
            mask = np.zeros(self.snapshot.served.height, dtype=np.bool_)
            mask[exact.held] = True
            allowed = mask if allowed is None else mask & allowed
        return self.snapshot.index.search(terms(query), vector, k, allowed, exact)

    def hits(self, query: str, k: int, filter: str | None = None) -> tuple[Hit, ...]:  # noqa: A002
        """Find the best items for one query."""
        return self._hits(self.ranked(query, k, filter))

    def batch(self, asked: Sequence[tuple[str, int, str | None]]) -> list[tuple[Hit, ...]]:
        """Find the best items for several (query, k, filter): all are checked, then encoded at once."""
        allowed = []
        for query, k, condition in asked:
            check(query, k)
            allowed.append(self.allowed(condition))
        vectors = self.vectors([query for query, _, _ in asked])
        return [self._hits(self._ranked(q, k, rows, v)) for (q, k, _), v, rows in zip(asked, vectors, allowed, strict=True)]

    def allowed(self, condition: str | None) -> NDArray[np.bool_] | None:
        """Mark the rows that a filter keeps; None keeps all."""
        if not condition or not condition.strip():
            return None
        return self.snapshot.served.select(keep=expression(condition))["keep"].to_numpy()

    def vectors(self, queries: Sequence[str]) -> list[NDArray[np.float32] | None]:
        """One unit vector a query, or None each when no item has a vector."""
        if self.snapshot.index.vectors is None or not queries:
            return [None] * len(queries)
        encoder = self._loaded()
        return [encoder.encode_query(query) for query in queries]  # one by one: alone or in a batch, the same bits

    def likeness(self, query: str, texts: Sequence[str]) -> list[tuple[float, str]]:
        """Cosine of a short text to each of some others, the most alike first; nothing where this release has no vectors."""
        if self.snapshot.index.vectors is None or not texts:
            return []
        encoder, known = self._loaded(), self.snapshot.vectors
        if len(known) > _MOST_VECTORS:
            known.clear()
        vectors = {t: known[t] if t in known else encoder.encode_query(t) for t in (query, *texts)}
        known.update(vectors)
        return sorted(((round(float(vectors[t] @ vectors[query]), DECIMALS), t) for t in texts), key=lambda s: (-s[0], s[1]))

    def _loaded(self) -> Encoder:
        """Give the encoder that made the vectors of this release; another one's vectors mean something else."""
        models = self.snapshot.table("release")["model"].to_list()
        made_by = models[0] if models and models[0] else DEFAULT_MODEL
        if self._encoder is None and made_by == DEFAULT_MODEL:
            self._encoder = SentenceEncoder()
        if self._encoder is None or self._encoder.name != made_by:
            message = f"The vectors of this release were made by the model {made_by}, which is not the one at hand."
            raise AgentError("MODEL_UNAVAILABLE", message, "Open the store with an encoder of that model.")
        return self._encoder

    def _hits(self, found: Ranked) -> tuple[Hit, ...]:
        rows = self.snapshot.served_rows(found.rows)
        return tuple(hit(row, score) for row, score in zip(rows, found.scores, strict=True))


def hit(row: dict[str, Any], score: float) -> Hit:
    """Show a row of the table context as a hit."""
    plain = {k: row[k] for k in ("cite", "item_id", "document_id", "source", "text", "status", "quality")}
    listed = {"flags": tuple(row["flags"] or ()), "conflict_ids": tuple(row["conflict_ids"] or ()), "corrections": corrections(row)}
    return Hit(**plain, **listed, score=score)


def corrections(row: dict[str, Any]) -> tuple[Correction, ...]:
    """List the corrections of an item."""
    return tuple(Correction(**c) for c in row["corrections"] or ())


def status_of(statuses: Iterable[str]) -> Status:
    """Derive the status of an answer from those of its items: the first that applies of conflicting, stale, insufficient, ok."""
    found = set(statuses)
    if "contested" in found:
        return "conflicting"
    if "stale" in found:
        return "stale"
    return "ok" if found else "insufficient"


def check(query: str, k: int) -> None:
    """Refuse a query that nothing can be looked for with."""
    if not query.strip() or len(query) > LONGEST_QUERY:
        raise bad_argument("The query is empty or too long.", f"Ask in at most {LONGEST_QUERY} characters.")
    if not 1 <= k <= MOST_ITEMS:
        raise bad_argument("k is out of range.", f"Ask for 1 to {MOST_ITEMS} items.")


def by_cite(snapshot: Snapshot, cites: Sequence[str]) -> list[dict[str, Any]]:
    """Fetch served items by cite, with or without ``@release``, in the order asked for; those not served are absent."""
    wanted = [c.removesuffix(f"@{snapshot.release}") for c in cites]
    found = {r["cite"]: r for r in snapshot.served.filter(pl.col("cite").is_in(wanted)).to_dicts()}
    return [found[c] for c in dict.fromkeys(wanted) if c in found]
