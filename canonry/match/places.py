"""Pages that were rewritten where they stand, or moved together with others: told by their place alone."""

from __future__ import annotations

from collections import Counter

import polars as pl

_LEAST_MOVED = 3  # pages that must have made a move before it speaks for another page
_COMMON = 40  # a name on more pages than this pairs none of them


def placed(strong: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Pair pages of two sources that stand at one place, although they share few words.

    A move is what two paths have left when their common end is cut: ``("", "")`` for equal paths, ``("support", "success/support")``
    for a folder that was moved into another. Only a move that several recognised pages made counts, and only between two pages which
    have no counterpart in the other's source and one partner by place.

    Args:
        strong: Recognised pairs: columns ``left_id``, ``right_id``.
        names: As `canonry.match.pages.named` returns it.

    Returns:
        Columns ``left_id`` < ``right_id``.
    """
    where = dict(names.select("document_id", "place").iter_rows())
    source = dict(names.select("document_id", "source").iter_rows())
    ends = [(a, b) for a, b in strong.select("left_id", "right_id").iter_rows() if source[a] != source[b]]
    moves = Counter(_move(where[a], where[b]) for a, b in ends)
    taken = {(d, source[o]) for pair in ends for d, o in (pair, pair[::-1])}
    told = names.filter(pl.col("stem").str.contains(r"\p{L}") & (pl.len().over("stem") <= _COMMON))
    own = (pl.len().over("stem", "source") == 1) & pl.col("stem").str.contains("-")
    one = told.select("stem", "source", "title_terms", own=own, left_id="document_id")
    beside = one.join(one.rename({"left_id": "right_id"}), on="stem", suffix="_right").filter(
        (pl.col("left_id") < pl.col("right_id")) & (pl.col("source") != pl.col("source_right"))
    )
    words = pl.col("title_terms").list.set_intersection("title_terms_right").list.len()
    beside = beside.with_columns(one_name=pl.col("own") & pl.col("own_right") & (words > 0) & (moves.total() >= _LEAST_MOVED))
    found = [
        (a, b)
        for a, b, one_name in beside.select("left_id", "right_id", "one_name").sort("left_id", "right_id").iter_rows()
        if (a, source[b]) not in taken and (b, source[a]) not in taken and (one_name or moves[_move(where[a], where[b])] >= _LEAST_MOVED)
    ]
    often = Counter((d, source[o]) for pair in found for d, o in (pair, pair[::-1]))
    alone = [(a, b) for a, b in found if often[a, source[b]] == 1 and often[b, source[a]] == 1]
    return pl.DataFrame(alone, schema={"left_id": pl.String, "right_id": pl.String}, orient="row")


def _move(one: str, other: str) -> tuple[str, str]:
    a, b = one.split("/"), other.split("/")
    while a and b and a[-1] == b[-1]:
        a.pop()
        b.pop()
    first, second = sorted(("/".join(a), "/".join(b)))
    return first, second
