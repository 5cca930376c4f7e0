"""Texts as sparse vectors of weighted terms, and the nearest neighbours between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
import scipy.sparse as sp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_GRAM = 3
_FAR = np.float32(0.3)  # share of the best cosine below which nothing is taken
_CHUNK = 2048  # rows of a product that are in memory at once


class Reach(NamedTuple):
    """How far to look for neighbours.

    Attributes:
        k: Neighbours that are always taken.
        relative: Share of the best cosine that is near.
        most: Neighbours that are taken at most.
        budget: Multiplications that may be spent; the commonest terms are left out beyond.
    """

    k: int
    relative: float
    most: int
    budget: float


def by_word(texts: Sequence[str] | NDArray[Any]) -> sp.csr_matrix:
    """Count words; a row per text."""
    height = len(texts)
    told = pl.DataFrame({"row": np.arange(height), "word": pl.Series(list(texts), dtype=pl.String).str.split(" ")}).explode("word")
    told = told.filter(pl.col("word").is_not_null() & (pl.col("word") != ""))
    ids = told["word"].rank("dense").to_numpy().astype(np.int64) - 1
    return _counts(told["row"].to_numpy(), ids, height)


def by_gram(texts: Sequence[str] | NDArray[Any]) -> sp.csr_matrix:
    """Count runs of three characters, blanks at both ends; a row per text."""
    height = len(texts)
    joined = "".join(f" {t} \0" for t in texts)
    code = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(code) < _GRAM:
        return sp.csr_matrix((height, 1))
    row = np.cumsum(code == 0)
    grams = (code[:-2] << np.uint64(42)) | (code[1:-1] << np.uint64(21)) | code[2:]
    whole = (code[:-2] != 0) & (code[1:-1] != 0) & (code[2:] != 0)
    _, ids = np.unique(grams[whole], return_inverse=True)
    return _counts(row[:-2][whole], ids, height)


def by_code(codes: NDArray[np.int64], height: int) -> sp.csr_matrix:
    """Count codes of a matrix with a row per text and one code per column; negative codes are left out."""
    rows = np.repeat(np.arange(height), codes.shape[1])
    flat = codes.ravel()
    held = flat >= 0
    return _counts(rows[held], flat[held], height)


def _counts(rows: NDArray[Any], ids: NDArray[Any], height: int) -> sp.csr_matrix:
    width = int(ids.max()) + 1 if len(ids) else 1
    out = sp.csr_matrix((np.ones(len(ids), dtype=np.float32), (rows, ids)), shape=(height, width))
    out.sum_duplicates()
    return out


def weighted(counts: sp.csr_matrix) -> sp.csr_matrix:
    """Weigh terms by 1 + log of their count and by their rarity, and bring rows to length one; a term of one text only is kept."""
    height = counts.shape[0]
    spread = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((height + 1) / (spread + 0.5)).astype(np.float32)
    out = counts.copy()
    out.data = (1 + np.log(out.data)) * rarity[out.indices]
    length = np.sqrt(np.asarray(out.multiply(out).sum(axis=1)).ravel())
    scale = np.repeat(1 / np.maximum(length, 1e-9), np.diff(out.indptr)).astype(np.float32)
    out.data = out.data * scale
    return out


def affordable(x: sp.csr_matrix, left: NDArray[Any], right: NDArray[Any], budget: float) -> NDArray[np.bool_]:
    """The rarest terms whose joint product costs at most ``budget`` multiplications."""
    a = np.bincount(x[left].indices, minlength=x.shape[1]).astype(np.float64)
    b = np.bincount(x[right].indices, minlength=x.shape[1]).astype(np.float64)
    cost = a * b
    order = np.argsort(cost, kind="stable")
    total = np.cumsum(cost[order])
    out = np.zeros(x.shape[1], dtype=bool)
    # ties of cost go together, or the numbering of terms would matter
    limit = cost[order[min(int(np.searchsorted(total, budget)), len(order) - 1)]] if len(order) else 0.0
    out[cost < limit if total[-1] > budget else cost >= 0] = True
    return out & (cost > 0)


def nearest(x: sp.csr_matrix, left: NDArray[Any], right: NDArray[Any], reach: Reach) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """For each row of ``left`` its neighbours in ``right`` by cosine: the best ones, and more that are near the best.

    Args:
        x: Rows of length one.
        left: Row numbers, ascending.
        right: Row numbers, ascending.
        reach: How far to look.

    Returns:
        Row numbers of both ends, and how many pairs near the best were left out.
    """
    keep = affordable(x, left, right, reach.budget)
    a, b = x[left][:, keep].tocsr(), x[right][:, keep].tocsr()
    other = b.T.tocsr()
    ends: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    capped = 0
    for start in range(0, a.shape[0], _CHUNK):
        product = (a[start : start + _CHUNK] @ other).tocsr()
        size = np.diff(product.indptr)
        row, col, value = np.repeat(np.arange(start, start + len(size)), size), product.indices, product.data
        differs = left[row] != right[col]
        row, col, value = row[differs], col[differs], value[differs]
        if not len(row):
            continue
        starts = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
        best = np.repeat(np.maximum.reduceat(value, starts), np.diff(np.r_[starts, len(row)]))
        near = value >= _FAR * best
        row, col, value, best = row[near], col[near], value[near], best[near]
        order = np.lexsort((right[col], -np.round(value, 6), row))
        row, col, value, best = row[order], col[order], value[order], best[order]
        first = np.r_[True, row[1:] != row[:-1]]
        rank = np.arange(len(row)) - np.maximum.accumulate(np.where(first, np.arange(len(row)), 0))
        close = value >= np.float32(reach.relative) * best
        taken = (rank < reach.k) | (close & (rank < reach.most))
        capped += int((close & ~taken).sum())
        ends.append((left[row[taken]], right[col[taken]]))
    if not ends:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 0
    return np.concatenate([e[0] for e in ends]), np.concatenate([e[1] for e in ends]), capped


def cosine(x: sp.csr_matrix, left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float64]:
    """Cosine of the rows of pairs."""
    out = np.empty(len(left))
    for start in range(0, len(left), 1 << 16):
        part = slice(start, start + (1 << 16))
        out[part] = np.asarray(x[left[part]].multiply(x[right[part]]).sum(axis=1)).ravel()
    return np.clip(np.round(out, 6), 0, 1)
