"""Statements on unrelated pages that fill one slot differently: candidates by shared words, then whether they have one subject.

Pages that are no versions of each other can still say one thing in the same words. Nearly all pairs of such sentences speak of different
things, though: each office's opening hours, each quarter's goals, each step of a list. So a pair needs evidence that both have one
subject, and one sign of different subjects is enough to drop it (docs/adr/0018-statements-of-unrelated-pages.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.claims.differ import MEASURED, changes
from canonry.claims.near import near_pairs
from canonry.claims.subjects import Pages
from canonry.frames import frame
from canonry.state import Step
from canonry.text import STOPWORDS, terms, words
from canonry.values import kind_of
from canonry.values.units import SPANS, UNITS
from canonry.values.written import NUMBER_WORDS
from canonry.wording import definition, denies, unmarked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canonry.frames import Matched, Normalised
    from canonry.state import Memo

LEAST_TERMS = 3  # words of content beside the values; fewer say too little to be about one thing
LONGEST = 60  # words; longer ones are flattened tables and lists
TEMPLATE = 3  # a slot filled in more ways than this is a form that every page fills for itself
ANOTHER_MEANING = 0.5  # two definitions that share more of their words mean one thing
MOST_PLACES = 12  # places of one slot that are compared each with each
_MARKED = frozenset("#@$£€¥")
_UNIT_WORDS = frozenset(w for u in (*SPANS, *UNITS) for w in (u.casefold(), f"{u.casefold()}s")) - STOPWORDS | {
    "percent", "cent", "working", "business", "calendar",
}  # fmt: skip
_LABELS = frozenset(
    (
        *("step", "section", "topic", "stage", "level", "phase", "part", "chapter", "figure", "table", "version", "tier", "week", "day"),
        *("year", "quarter", "item", "no", "number", "question", "option", "appendix", "page", "room", "floor", "unit", "building"),
        *("line", "form", "grade", "band", "rule", "article", "clause", "round", "sprint", "priority", "severity", "slide", "example"),
    )
)
_SLOTS: dict[str, Any] = {
    "key": pl.String, "ordinal": pl.Int64, "slot": pl.String, "filled": pl.String, "denies": pl.Boolean, "defines": pl.String,
}  # fmt: skip
FOUND: dict[str, Any] = {
    "left_id": pl.String, "right_id": pl.String, "left": pl.Int64, "right": pl.Int64, "likeness": pl.Float64, "kind": pl.String,
    "left_start": pl.Int64, "left_end": pl.Int64, "right_start": pl.Int64, "right_end": pl.Int64, "pattern": pl.String,
    "is_kin": pl.Boolean, "is_scoped": pl.Boolean,
}  # fmt: skip


def slot_pairs(memo: Memo, normalised: Normalised, matched: Matched) -> tuple[pl.DataFrame, list[tuple[str, int, int, int]]]:
    """Find the values, denials and definitions in which statements of unrelated pages differ.

    Args:
        memo: Where the slots of each document are kept.
        normalised: Documents, passages and sentences.
        matched: Which pages are versions of each other; those are compared by `statement_pairs`.

    Returns:
        Columns `FOUND`: as statement pairs of pages that are kin, with ``is_scoped`` where the two hold under different conditions
        (a place, a period) that their pages name. And rows of coverage: detector, possible, considered, capped.
    """
    documents = normalised.documents.filter(pl.col("removed_on").is_null())
    pages = Pages(normalised, documents, matched)
    slots = _slots(memo, documents, normalised).with_columns(
        family=pl.col("document_id").replace_strict(pages.families, default=pl.col("document_id"), return_dtype=pl.String)
    )
    exact, templates = _same_slot(slots)
    near, near_capped = near_pairs(_sole(slots))
    pairs = pl.concat([exact, _at_places(slots, near), _defining(slots)]).unique().sort("left_id", "left", "right_id", "right")
    rows = [r for p in pairs.iter_rows(named=True) for r in _told(p, pages)]
    n, h = slots.height, slots["document_id"].n_unique()
    coverage = [
        ("claims.slots", n * (n - 1) // 2 if h > 1 else 0, pairs.height, templates),
        ("claims.slots.near", n, near.height, near_capped),
        ("claims.slots.one_subject", pairs.height, len({(r["left_id"], r["left"], r["right_id"], r["right"]) for r in rows}), 0),
    ]
    return frame(FOUND, rows).unique().sort("left_id", "right_id", "left", "right", "left_start", "right_start"), coverage


def _slots(memo: Memo, documents: pl.DataFrame, normalised: Normalised) -> pl.DataFrame:
    """The slot of each sentence that has one: the words beside its values, in search form; memoised per document."""
    lines = normalised.sentences.filter(pl.col("kind") != "heading").join(documents.select("document_id", "key"), on="document_id")
    by_key: dict[str, list[tuple[int, str]]] = {}
    first = lines.filter(pl.col("document_id") == pl.col("document_id").min().over("key"))  # copies share their parse
    for key, ordinal, text in first.sort("key", "ordinal").select("key", "ordinal", "text").iter_rows():
        by_key.setdefault(key, []).append((ordinal, text))

    def compute(missing: list[str]) -> pl.DataFrame:
        return frame(_SLOTS, [{"key": k, **s} for k in missing for o, t in by_key.get(k, ()) if (s := slot(t, o))])

    kept = memo.rows(Step("claims-slots", 2), list(by_key), compute)
    told = lines.select("document_id", "key", "ordinal", "text", "norm", "item_id")
    return told.join(kept, on=["key", "ordinal"]).drop("key").sort("document_id", "ordinal")


def slot(text: str, ordinal: int = 0) -> dict[str, Any] | None:
    """The slot of a sentence, what fills it, and whether the sentence denies or defines something.

    >>> slot("Passwords must have at least 14 characters.")["slot"]
    'password least character'
    """
    found = words(text)
    if not LEAST_TERMS < len(found) <= LONGEST:
        return None
    kept: list[str] = []
    filled: list[str] = []
    for word, _, _ in found:
        kind = kind_of(word) if _may_be_value(word) else None
        if kind:
            filled.append(word.casefold())
        elif filled and word.casefold() in _UNIT_WORDS:
            filled[-1] += f" {word.casefold().removesuffix('s')}"
        elif plain := unmarked(word):
            kept.append(plain)
    content = terms(" ".join(kept))
    if len(content) < LEAST_TERMS:
        return None
    defined = definition(text)
    return {
        "ordinal": ordinal, "slot": " ".join(content), "filled": " | ".join(filled), "denies": denies([w for w, _, _ in found]),
        "defines": defined[0] if defined else None,
    }  # fmt: skip


def _may_be_value(word: str) -> bool:
    return word[0] in _MARKED or any(c.isdigit() for c in word) or "@" in word or "://" in word or word.casefold() in NUMBER_WORDS


def _same_slot(slots: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Pairs of places with the same slot, filled differently, on different pages; and how many were left out as templates."""
    group = pl.col("slot")
    fillings = pl.struct("filled", "denies").n_unique().over(group)
    several = slots.filter((pl.col("family").n_unique().over(group) > 1) & (fillings > 1))
    listed = pl.struct("filled", "denies").n_unique().over("document_id", "slot") > 1  # a list that goes through its cases
    single = several.filter(~listed.any().over(group))
    sizes = pl.len().over(group)
    usable = (pl.struct("filled", "denies").n_unique().over(group) <= TEMPLATE) & (sizes <= MOST_PLACES)
    dropped = several.height - single.filter(usable).height
    left = single.filter(usable).select("slot", "filled", "denies", "family", left_id="document_id", left="ordinal")
    right = left.rename({"left_id": "right_id", "left": "right", "filled": "filled_r", "denies": "denies_r", "family": "family_r"})
    pairs = left.join(right, on="slot").filter(
        (pl.col("left_id") < pl.col("right_id"))
        & (pl.col("family") != pl.col("family_r"))
        & ((pl.col("filled") != pl.col("filled_r")) | (pl.col("denies") != pl.col("denies_r")))
    )
    return pairs.select("left_id", "left", "right_id", "right"), dropped


def _sole(slots: pl.DataFrame) -> pl.DataFrame:
    """The slots with values that stand on one family of pages, with one place each: what may have a near twin elsewhere."""
    valued = slots.filter((pl.col("filled") != "") & (pl.struct("filled").n_unique().over("slot") <= TEMPLATE))
    return valued.sort("slot", "document_id", "ordinal").unique("slot", keep="first", maintain_order=True)


def _at_places(slots: pl.DataFrame, near: pl.DataFrame) -> pl.DataFrame:
    """Pairs of slots → pairs of the places where they stand first."""
    at = _sole(slots).select("slot", "document_id", "ordinal", "family", "filled")
    both = near.join(at.rename({"slot": "left_slot"}), on="left_slot").join(at.rename({"slot": "right_slot"}), on="right_slot", suffix="_r")
    both = both.filter((pl.col("family") != pl.col("family_r")) & (pl.col("filled") != pl.col("filled_r")))
    swap = pl.col("document_id") > pl.col("document_id_r")
    return both.select(
        left_id=pl.when(swap).then("document_id_r").otherwise("document_id"),
        left=pl.when(swap).then("ordinal_r").otherwise("ordinal"),
        right_id=pl.when(swap).then("document_id").otherwise("document_id_r"),
        right=pl.when(swap).then("ordinal").otherwise("ordinal_r"),
    )


def _defining(slots: pl.DataFrame) -> pl.DataFrame:
    """Pairs of sentences on different pages that define one term; a term with many definitions is a word of everyday use."""
    told = slots.filter(pl.col("defines").is_not_null())
    few = told.filter(
        (pl.col("norm").n_unique().over("defines") <= TEMPLATE)
        & (pl.len().over("defines") <= MOST_PLACES)
        & (pl.col("norm").n_unique().over("document_id", "defines") == 1)
    )
    left = few.select("defines", "family", "norm", left_id="document_id", left="ordinal")
    right = few.select("defines", family_r="family", norm_r="norm", right_id="document_id", right="ordinal")
    pairs = left.join(right, on="defines").filter(
        (pl.col("left_id") < pl.col("right_id")) & (pl.col("family") != pl.col("family_r")) & (pl.col("norm") != pl.col("norm_r"))
    )
    return pairs.select("left_id", "left", "right_id", "right")


def _told(pair: dict[str, Any], pages: Pages) -> Iterable[dict[str, Any]]:
    """The differences between two sentences that have one subject; none where their subjects may differ."""
    one, other = pages.line(pair["left_id"], pair["left"]), pages.line(pair["right_id"], pair["right"])
    agreement = pages.agree(one, other)
    if agreement == "apart":
        return
    for kind, a, b, likeness in _differences(one.text, other.text):
        yield {
            **pair, "likeness": likeness, "kind": kind, "left_start": a[0], "left_end": a[1], "right_start": b[0], "right_end": b[1],
            "pattern": one.text[: a[0]] + "____" + one.text[a[1] :], "is_kin": True,
            "is_scoped": agreement == "scoped",
        }  # fmt: skip


def _differences(left: str, right: str) -> list[tuple[str, tuple[int, int], tuple[int, int], float]]:
    ours, theirs = definition(left), definition(right)
    if ours and theirs and ours[0] == theirs[0]:
        said, meant = (set(terms(t[slice(*d[1])])) for t, d in ((left, ours), (right, theirs)))
        alike = len(said & meant) / max(len(said | meant), 1)
        return [("text", ours[1], theirs[1], alike)] if alike <= ANOTHER_MEANING else []
    found = changes(left, right)
    if any(c.kind not in (*MEASURED, "boolean") for c in found) or any(labels(left, c.left[0]) for c in found):
        return []
    return [(c.kind, c.left, c.right, 1.0) for c in found]


def labels(text: str, at: int) -> bool:
    """Whether what stands at a place of a sentence is the name of a thing (step 3, section 2.1), not a value of it."""
    before = words(text[:at])
    return not before or before[-1][0].casefold().rstrip(".") in _LABELS
