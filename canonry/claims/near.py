"""Slots that differ in few words: MinHash over their words, locality-sensitive hashing in bands.

Broder, "On the resemblance and containment of documents" (1997).
"""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl

BANDS, ROWS = 8, 4  # likeness .8 meets with probability .98, likeness .3 with .06
BLOCK = 40  # slots in one bucket that are compared each with each; more are reported as capped
LEAST = 4  # words; in a shorter slot one word more is another thing
ADDED = 0.25  # share of the words that only one side may have
_PRIME = (1 << 31) - 1


def near_pairs(slots: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Pairs of slots of which one has all words of the other and few more.

    Args:
        slots: Column ``slot``, each once: words joined by blanks.

    Returns:
        Columns ``left_slot``, ``right_slot``; and how many memberships of overfull buckets were left out.
    """
    texts = slots.filter(pl.col("slot").str.count_matches(" ") >= LEAST - 1)["slot"].sort().to_list()
    shape = {"left_slot": pl.String, "right_slot": pl.String}
    if len(texts) < 2:  # noqa: PLR2004
        return pl.DataFrame(schema=shape), 0
    signature = _signatures(texts)
    buckets = pl.concat(
        pl.DataFrame({"bucket": signature[:, b * ROWS : (b + 1) * ROWS].tolist(), "at": range(len(texts))}).select(
            "at",
            bucket=pl.concat_str(pl.lit(str(b)), pl.col("bucket").list.eval(pl.element().cast(pl.String)).list.join("."), separator=":"),
        )
        for b in range(BANDS)
    )
    sized = buckets.with_columns(n=pl.len().over("bucket")).filter(pl.col("n") > 1)
    capped = sized.filter(pl.col("n") > BLOCK).height
    kept = sized.filter(pl.col("n") <= BLOCK).select("bucket", "at")
    met = kept.join(kept, on="bucket", suffix="_r").filter(pl.col("at") < pl.col("at_r")).select("at", "at_r").unique().sort("at", "at_r")
    sets = [frozenset(t.split()) for t in texts]
    found = [(texts[i], texts[j]) for i, j in met.iter_rows() if _holds(sets[i], sets[j])]
    return pl.DataFrame(found, schema=shape, orient="row"), capped


def _holds(one: frozenset[str], other: frozenset[str]) -> bool:
    small, large = sorted((one, other), key=len)
    return small < large and len(large) - len(small) <= ADDED * len(small)


def _signatures(texts: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """One MinHash signature a row: shape (texts, BANDS x ROWS)."""
    split = [t.split() for t in texts]
    vocabulary = sorted({w for ws in split for w in ws})
    number = {w: int.from_bytes(hashlib.blake2b(w.encode(), digest_size=4).digest(), "little") % _PRIME for w in vocabulary}
    flat = np.array([number[w] for ws in split for w in ws], dtype=np.int64)
    starts = np.cumsum([0, *(len(ws) for ws in split[:-1])])
    draw = np.random.default_rng(1997)
    out = np.empty((len(texts), BANDS * ROWS), dtype=np.int64)
    for column, (a, b) in enumerate(zip(draw.integers(1, _PRIME, BANDS * ROWS), draw.integers(0, _PRIME, BANDS * ROWS), strict=True)):
        out[:, column] = np.minimum.reduceat((flat * a + b) % _PRIME, starts)
    return out
