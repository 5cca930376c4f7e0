"""Which documents are copies or versions of one page, although pages are moved, renamed and rewritten."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from canonry.ids import digest
from canonry.match.places import placed
from canonry.operating import ANY_NAME, LIKE_NAME, RENAMED, SAME_TITLE
from canonry.text import normal, terms

# `ANY_NAME` bounds the resemblance, not the containment: without a name both must hold most of each other.
ALIKE = 90.0  # rapidfuzz token_sort_ratio of two titles that count as one name
USUAL = 3  # a title on more pages than this names nothing, unless most of them are alike (Overview, Team)
BESIDE = 0.1  # resemblance that a like name needs: a short page about all is no version of a long one
WITHIN_SHARED = 0.15  # resemblance that a name needs within one source, where both pages may well be meant
WITHIN = 0.4  # resemblance from which two pages of one source may be one page under two names
KIN = 0.5  # share of the title words that one page must have of the other to be kin
_STEMLESS = frozenset(("index", "readme", "default", "home", "main", "_index", "overview"))
_NUMBER = re.compile(r"\d+")


def named(documents: pl.DataFrame) -> pl.DataFrame:
    """What a document is called: its title, and the word of its path that tells it from others.

    Args:
        documents: Columns ``document_id``, ``source``, ``path``, ``title``, ``words_hash``, ``body``.

    Returns:
        Columns ``document_id``, ``source``, ``words_hash``, ``name`` (title in normal form), ``stem``, ``place`` (the path without what
        is only form), ``shape`` (``stem`` without its numbers), ``of_shape`` (pages of the source with that shape), ``numbers`` (in the
        name),
        ``title_terms``, ``terms`` (different search terms of title and text).
    """
    rows = [
        {
            "document_id": d, "source": s, "words_hash": h, "name": normal(t or ""), "stem": _stem(p),
            "place": _place(p), "title_terms": sorted(set(terms(t or ""))), "terms": sorted(set(terms(b))),
        }
        for d, s, p, t, h, b in documents.select("document_id", "source", "path", "title", "words_hash", "body").iter_rows()
    ]  # fmt: skip
    shape: dict[str, Any] = dict.fromkeys(("document_id", "source", "words_hash", "name", "stem", "place"), pl.String)
    out = pl.DataFrame(rows, schema={**shape, "title_terms": pl.List(pl.String), "terms": pl.List(pl.String)})
    return out.with_columns(
        shape=pl.col("stem").str.replace_all(_NUMBER.pattern, "0"),
        numbers=pl.when(pl.col("name") == "")
        .then("stem")
        .otherwise("name")
        .str.extract_all(_NUMBER.pattern)
        .list.unique()
        .list.sort()
        .list.join(" "),
    ).with_columns(of_shape=pl.len().over("source", "shape"))


def _place(path: str) -> str:
    parts = path.rsplit(".", 1)[0].lower().replace("_", "-").split("/")
    while len(parts) > 1 and parts[-1] in _STEMLESS:
        parts.pop()
    return "/".join((*parts[:-1], parts[-1].split(".")[0]))


def _stem(path: str) -> str:
    return _place(path).rsplit("/", 1)[-1]


def one_page(likeness: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Keep the pairs that are one page.

    By equal words; by equal title; by a like name and more in common, where each text speaks of what the other's title adds; without a
    name by resemblance; by the place they kept or moved to with others (`canonry.match.places`). Within one source, where both pages may
    well be meant, a name needs more resemblance. Or, for pages that were renamed:
    each is the other's best match (in another source; in the same one only where much is shared), and each text speaks of what the other's
    title adds, which two pages made from one template do not. Where that is only half so they are kin: their statements are compared, but
    neither supersedes the other.

    Args:
        likeness: As `canonry.match.likeness.pairs` returns it.
        names: As `named` returns it.

    Returns:
        Columns ``left_id``, ``right_id``, ``containment``, ``resemblance``, ``is_copy`` (the same words to a reader), ``similarity``,
        ``is_kin``.
    """
    called = names.drop("title_terms", "terms")
    left, right = (called.select(pl.all().name.prefix(f"{side}_")) for side in ("left", "right"))
    pairs = likeness.join(left, left_on="left_id", right_on="left_document_id").join(
        right, left_on="right_id", right_on="right_document_id"
    )
    alike = (
        np.asarray(cpdist(pairs["left_name"].to_list(), pairs["right_name"].to_list(), scorer=fuzz.token_sort_ratio))
        if pairs.height
        else np.zeros(0)
    )
    same_title = (pl.col("left_name") == pl.col("right_name")) & ~pl.col("left_name").is_in(_usual(pairs, names))
    like_name = (pl.Series("alike", alike) >= ALIKE) | (pl.col("left_stem") == pl.col("right_stem"))
    numbers = [pl.col("left_numbers"), pl.col("right_numbers")]
    same_numbers = ((numbers[0] == numbers[1]) | (numbers[0] == "") | (numbers[1] == "")) & ~_numbered_apart()
    shared, both = pl.col("containment"), pl.col("resemblance")
    within = pl.col("left_source") == pl.col("right_source")
    pairs = pairs.with_columns(is_copy=pl.col("left_words_hash") == pl.col("right_words_hash"))
    like_name = like_name & same_numbers & (shared >= LIKE_NAME.threshold) & (both >= BESIDE)
    one_title = pl.col("left_name") == pl.col("right_name")
    other_title = pairs.with_row_index("row").filter((like_name & ~one_title).fill_null(value=False))
    siblings = [row for row, told, _ in _shares(other_title, names) if told < KIN]
    like_name = like_name & ~pl.int_range(pl.len()).is_in(siblings)
    same_title = same_title & (shared >= SAME_TITLE.threshold) & ~_numbered_apart()
    named = (same_title | like_name) & (~within | (both >= WITHIN_SHARED))
    strong = (pl.col("is_copy") | named | (same_numbers & (both >= ANY_NAME.threshold))).fill_null(value=False)
    told = _told(pairs.with_columns(strong=strong), names)
    mutual = same_numbers & (shared >= RENAMED.threshold) & (both >= RENAMED.threshold / 2)
    kept = pairs.with_columns(is_page=strong | (mutual & (told >= 1.0)), is_kin=mutual & (told >= KIN)).filter(
        pl.col("is_page") | pl.col("is_kin")
    )
    similarity = pl.when("is_copy").then(1.0).otherwise("resemblance")
    out = kept.select("left_id", "right_id", "containment", "resemblance", "is_copy", similarity=similarity, is_kin=~pl.col("is_page"))
    return _with_placed(out, likeness, names).sort("left_id", "right_id")


def _with_placed(kept: pl.DataFrame, likeness: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Add the pairs that are told by their place alone."""
    found = placed(kept.filter(~pl.col("is_kin")), names).join(likeness, on=["left_id", "right_id"], how="left")
    added = found.select(
        "left_id", "right_id", pl.col("containment", "resemblance").fill_null(0.0), is_copy=pl.lit(value=False),
        similarity=pl.col("resemblance").fill_null(0.0), is_kin=pl.lit(value=False),
    )  # fmt: skip
    return pl.concat([kept.join(added, on=["left_id", "right_id"], how="anti"), added])


def _told(pairs: pl.DataFrame, names: pl.DataFrame) -> pl.Series:
    """How far two pages tell of each other's title, for pairs that are each other's best match; else 0.

    1.0 when each text holds all the words that only the other's title has, KIN when one of them does for half of them.
    """
    within = (pl.col("left_source") == pl.col("right_source")) & (pl.col("resemblance") < WITHIN)
    across = pairs.with_row_index("row").filter(~within)
    taken = pl.concat([across.filter("strong")["left_id"], across.filter("strong")["right_id"]])
    across = across.filter(~pl.col("left_id").is_in(taken.implode()) & ~pl.col("right_id").is_in(taken.implode()))
    ends = [across.select("row", "resemblance", one=f"{a}_id", other=f"{b}_id") for a, b in (("left", "right"), ("right", "left"))]
    ranked = pl.concat(ends).sort("one", -pl.col("resemblance"), "other").unique("one", keep="first", maintain_order=True)
    mutual = across.filter(pl.col("row").is_in(ranked.filter(pl.len().over("row") > 1)["row"].implode()))
    found = {row: both if both >= 1.0 else KIN if best >= KIN else 0.0 for row, both, best in _shares(mutual, names)}
    return pl.Series([found.get(n, 0.0) for n in range(pairs.height)], dtype=pl.Float64)


def _shares(pairs: pl.DataFrame, names: pl.DataFrame) -> list[tuple[int, float, float]]:
    """How much of what only one title says the other text speaks of: row, the lesser and the greater of the two shares."""
    for side in ("left", "right"):  # only for a few: the words of every page beside every pair would fill the memory
        spoken = names.select(pl.col("document_id", "title_terms", "terms").name.prefix(f"{side}_"))
        pairs = pairs.join(spoken, left_on=f"{side}_id", right_on=f"{side}_document_id")
    shares = []
    for one, other in (("left", "right"), ("right", "left")):
        own = pl.col(f"{one}_title_terms").list.set_difference(f"{other}_title_terms")
        missing = own.list.set_difference(f"{other}_terms").list.len()
        shares.append(pl.when(own.list.len() == 0).then(1.0).otherwise(1 - missing / own.list.len()))
    return list(pairs.select("row", least=pl.min_horizontal(*shares), most=pl.max_horizontal(*shares)).iter_rows())


def _numbered_apart() -> pl.Expr:
    """Whether the path words differ in nothing but their numbers, and one source has both (notes-4-0, notes-4-1): two of a kind."""
    differ = (pl.col("left_shape") == pl.col("right_shape")) & (pl.col("left_stem") != pl.col("right_stem"))
    return differ & ((pl.col("left_source") == pl.col("right_source")) | (pl.max_horizontal("left_of_shape", "right_of_shape") > 1))


def _usual(pairs: pl.DataFrame, names: pl.DataFrame) -> list[str]:
    """Titles that name too many unlike pages to mean anything."""
    often = names.group_by("name").len("n").filter((pl.col("n") > USUAL) | (pl.col("name") == ""))
    alike = (
        pairs.filter((pl.col("left_name") == pl.col("right_name")) & (pl.col("containment") >= LIKE_NAME.threshold))
        .group_by(name="left_name")
        .len("alike")
    )
    judged = often.join(alike, on="name", how="left").with_columns(pl.col("alike").fill_null(0))
    return judged.filter((pl.col("alike") * 4 < pl.col("n") * (pl.col("n") - 1)) | (pl.col("name") == ""))["name"].to_list()


def family_id(kind: str, members: list[str]) -> str:
    """Name a family by its members."""
    return digest("family", kind, *sorted(members))
