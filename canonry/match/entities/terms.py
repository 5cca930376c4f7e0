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
_RUNS = 1 << 20  # runs of an alphabet that are numbered without looking each up
_FAR = np.float32(0.3)  # share of the best cosine below which nothing is taken
_TINY = np.float32(1e-6)  # least cosine of a neighbour
_CHUNK = 1024  # rows of a product that are in memory at once
_ROW, _VALUE, _ONE = 53, 33, (1 << 20) - 1  # first bits of row and value in a packed entry, and the most millionths


class Reach(NamedTuple):
    """How far to look for neighbours.

    Attributes:
        k: Neighbours that are always taken.
        relative: Share of the best cosine that is near.
        least: Cosine from which what is near may be taken beyond ``k``.
        most: Neighbours that are taken at most.
        budget: Multiplications that may be spent; the commonest terms are left out beyond.
    """

    k: int
    relative: float
    least: float
    most: int
    budget: float


class Counted(NamedTuple):
    """How often each text holds each term.

    Attributes:
        counts: A row per text, a column per term.
        terms: The terms: those that were known in their order, then others in ascending order.
    """

    counts: sp.csr_matrix
    terms: pl.Series


class Weights(NamedTuple):
    """How rare terms are.

    Attributes:
        terms: The terms.
        rare: How rare each is, and last how rare one is that is not among them.
    """

    terms: pl.Series
    rare: NDArray[np.float32]

    def of(self, counted: Counted) -> sp.csr_matrix:
        """Texts by these weights; their first terms are the known ones."""
        return scaled(counted.counts, self.rare)


def by_word(texts: Sequence[str] | NDArray[Any], known: pl.Series | None = None) -> Counted:
    """Count words; ``known`` are terms that come first."""
    height = len(texts)
    told = pl.DataFrame({"row": np.arange(height), "word": pl.Series(list(texts), dtype=pl.String).str.split(" ")}).explode("word")
    told = told.filter(pl.col("word").is_not_null() & (pl.col("word") != ""))
    return _counted(told["row"].to_numpy(), *_numbered(told["word"]), height, known)


def by_gram(texts: Sequence[str] | NDArray[Any], known: pl.Series | None = None) -> Counted:
    """Count runs of three characters, blanks at both ends; a run is one number of three times 21 bits."""
    height = len(texts)
    code = np.frombuffer("".join(f" {t} \0" for t in texts).encode("utf-32-le"), dtype=np.uint32)
    ends = code == 0
    whole = ~(ends[:-2] | ends[1:-1] | ends[2:])
    row = np.cumsum(ends)[:-2][whole]
    letters = np.flatnonzero(np.bincount(code))
    runs = len(letters) ** 3
    if runs > max(_RUNS, len(code)):
        return _counted(row, *_numbered(pl.Series(_packed(code[:-2], code[1:-1], code[2:])[whole])), height, known)
    place = np.searchsorted(letters, np.arange(int(letters[-1]) + 1 if len(letters) else 0))[code]
    run = ((place[:-2] * len(letters) + place[1:-1]) * len(letters) + place[2:])[whole]
    held = np.bincount(run, minlength=runs) > 0
    told = np.flatnonzero(held)
    first, second, third = (letters[told // len(letters) ** power % len(letters)] for power in (2, 1, 0))
    return _counted(row, (np.cumsum(held) - 1)[run], pl.Series(_packed(first, second, third)), height, known)


def _packed(first: NDArray[Any], second: NDArray[Any], third: NDArray[Any]) -> NDArray[np.uint64]:
    a, b, c = (part.astype(np.uint64) for part in (first, second, third))
    return np.asarray((a << np.uint64(42)) | (b << np.uint64(21)) | c, dtype=np.uint64)


def by_code(codes: NDArray[np.int64], known: pl.Series | None = None) -> Counted:
    """Count codes of a matrix with a row per text; negative codes are left out."""
    rows = np.repeat(np.arange(len(codes)), codes.shape[1])
    flat = codes.ravel()
    held = flat >= 0
    return _counted(rows[held], *_numbered(pl.Series(flat[held])), len(codes), known)


def _numbered(told: pl.Series) -> tuple[NDArray[np.int64], pl.Series]:
    """Places of terms among the different ones, and these in ascending order."""
    terms = told.unique().sort()
    return places(told, terms), terms


def places(told: pl.Series, terms: pl.Series) -> NDArray[np.int64]:
    """Where values stand among different ones; -1 for those that are not among them."""
    numbers = pl.DataFrame({"term": terms, "place": np.arange(len(terms))})
    found = pl.DataFrame({"term": told}).join(numbers, on="term", how="left", maintain_order="left")["place"]
    return found.fill_null(-1).to_numpy().astype(np.int64)


def _counted(rows: NDArray[Any], ids: NDArray[np.int64], terms: pl.Series, height: int, known: pl.Series | None) -> Counted:
    """Count terms by row, rows ascending."""
    if known is not None:
        every = pl.concat([known, terms.filter(~terms.is_in(known.implode()))])
        ids, terms = places(terms, every)[ids], every
    ends = np.r_[0, np.cumsum(np.bincount(rows, minlength=height))].astype(np.int32)
    out = sp.csr_matrix((np.ones(len(ids), dtype=np.float32), ids.astype(np.int32), ends), shape=(height, max(1, len(terms))))
    out.sum_duplicates()
    return Counted(out, terms)


def rarity(counts: sp.csr_matrix) -> NDArray[np.float32]:
    """How rare each term is, and last how rare one is that no text but its own holds; a term of one text only is kept."""
    spread = np.r_[np.bincount(counts.indices, minlength=counts.shape[1]), 1]
    return np.asarray(np.log((counts.shape[0] + 1) / (spread + 0.5)), dtype=np.float32)


def scaled(counts: sp.csr_matrix, rare: NDArray[np.float32]) -> sp.csr_matrix:
    """Weigh terms by 1 + log of their count and by their rarity, and bring rows to length one; what ``rare`` lacks is as its last."""
    out = counts.copy()
    out.data = (1 + np.log(out.data)) * rare[np.minimum(out.indices, len(rare) - 1)]
    length = np.sqrt(np.asarray(out.multiply(out).sum(axis=1)).ravel())
    scale = np.repeat(1 / np.maximum(length, 1e-9), np.diff(out.indptr)).astype(np.float32)
    out.data = out.data * scale
    return out


def weights(counted: Counted) -> Weights:
    """The weights that texts give to their terms."""
    return Weights(counted.terms, rarity(counted.counts))


def weighted(counts: sp.csr_matrix) -> sp.csr_matrix:
    """Weigh terms by how rare they are in the same texts."""
    return scaled(counts, rarity(counts))


def affordable(a: sp.csr_matrix, b: sp.csr_matrix, budget: float) -> NDArray[np.bool_]:
    """The rarest terms of ``b`` whose joint product costs at most ``budget`` multiplications."""
    width = b.shape[1]
    cost = np.bincount(a.indices, minlength=width)[:width].astype(np.float64) * np.bincount(b.indices, minlength=width)
    order = np.argsort(cost, kind="stable")
    total = np.cumsum(cost[order])
    # ties of cost go together, or the numbering of terms would matter
    limit = cost[order[min(int(np.searchsorted(total, budget)), width - 1)]]
    return np.asarray((cost > 0) & (cost < limit if total[-1] > budget else cost > 0))


def nearest(
    a: sp.csr_matrix, b: sp.csr_matrix, reach: Reach, same: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """For each row of ``a`` its neighbours in ``b`` by cosine: the best ones, and more that are near the best.

    Args:
        a: Rows of length one.
        b: Rows of length one, in the terms of ``a`` but for its last ones, which ``b`` need not know.
        reach: How far to look.
        same: The row of ``b`` that is the same record as each row of ``a``, negative for none.

    Returns:
        Row numbers of both ends, and how many pairs near the best were left out.
    """
    keep = np.flatnonzero(affordable(a, b, reach.budget))
    a, other = a[:, keep].tocsr(), b[:, keep].T.tocsr()
    ends: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    capped = 0
    for start in range(0, a.shape[0], _CHUNK):
        product = a[start : start + _CHUNK] @ other
        value, col, size = product.data, product.indices, np.diff(product.indptr)
        if same is not None:
            value[col == np.repeat(same[start : start + _CHUNK], size)] = 0
        some = np.flatnonzero(size)
        if not len(some):
            continue
        best = np.zeros(len(size), dtype=np.float32)
        best[some] = np.maximum.reduceat(value, product.indptr[some])
        near = np.flatnonzero(value >= np.repeat(np.maximum(_FAR * best, _TINY), size))
        close = value[near] >= np.repeat(np.maximum(np.float32(reach.relative) * best, np.float32(reach.least)), size)[near]
        row, col, close = _nearest_first(np.repeat(np.arange(len(size)), size)[near], value[near], col[near], close)
        first = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
        rank = np.arange(len(row)) - np.repeat(first, np.diff(np.r_[first, len(row)]))
        taken = (rank < reach.k) | (close & (rank < reach.most))
        capped += int((close & ~taken).sum())
        ends.append((row[taken] + start, col[taken]))
    if not ends:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 0
    return np.concatenate([e[0] for e in ends]), np.concatenate([e[1] for e in ends]), capped


def _nearest_first(
    row: NDArray[np.int64], value: NDArray[np.float32], col: NDArray[np.int32], close: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Sort entries by row, falling value in millionths, and column. Each is packed into one number: that sorts ten times as fast."""
    key = (row << _ROW) | ((_ONE - np.rint(value * 1e6).astype(np.int64)) << _VALUE) | (col.astype(np.int64) << 1) | close
    key.sort()
    return key >> _ROW, (key & ((1 << _VALUE) - 1)) >> 1, (key & 1).astype(bool)


def cosine(x: sp.csr_matrix, left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float64]:
    """Cosine of the rows of pairs."""
    return np.clip(np.round(shared(x, left, right), 6), 0, 1)


def shared(x: sp.csr_matrix, left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float64]:
    """Product of the rows of pairs."""
    out = np.empty(len(left))
    for start in range(0, len(left), 1 << 16):
        part = slice(start, start + (1 << 16))
        out[part] = np.asarray(x[left[part]].multiply(x[right[part]]).sum(axis=1)).ravel()
    return out
