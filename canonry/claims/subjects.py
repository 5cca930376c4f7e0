"""Whether two sentences on unrelated pages have one subject, judged by what their pages and headings are called."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from canonry.text import normal, terms
from canonry.wording import definition, scopes

if TYPE_CHECKING:
    from typing import Literal

    from canonry.frames import Matched, Normalised

COMMON = 0.05  # share of the pages; a word in more titles and headings names no subject
FEW = 5  # pages that may use a word however few there are in all
TELLING = 9  # words from which a sentence on two pages is no phrase
PASSED_ON = 4  # pages; a sentence on more is boilerplate
_PARALLEL = 2  # headings in common make two pages forms of the same kind
_COPIED = 2  # rare sentences in common make them speak of the same thing after all
_NUMBERED = re.compile(r"\d")


@dataclass(frozen=True)
class Line:
    """A sentence and what it stands under.

    Attributes:
        document_id: Its page.
        text: Plain text.
        norm: Its normal form.
        title, heading: Of the page, and the path to the sentence.
    """

    document_id: str
    text: str
    norm: str
    title: str
    heading: str

    @cached_property
    def titled(self) -> frozenset[str]:
        """Words of the page's title."""
        return frozenset(terms(self.title))

    @cached_property
    def headed(self) -> frozenset[str]:
        """Words of the headings above the sentence, the title's aside."""
        return frozenset(terms(self.heading)) - self.titled

    @cached_property
    def numbered(self) -> frozenset[str]:
        """Numbers, codes and quarters in title and headings."""
        return frozenset(t for t in self.titled | self.headed if _NUMBERED.search(t))

    @cached_property
    def scope(self) -> dict[str, str]:
        """Under which condition title and headings say that it holds."""
        return scopes(f"{self.title}. {self.heading}")


class Pages:
    """Titles, headings and sentences of all pages, as far as they tell subjects apart."""

    def __init__(self, normalised: Normalised, documents: pl.DataFrame, matched: Matched) -> None:
        """Take in the pages that are there.

        Args:
            normalised: Passages and sentences.
            documents: Those of its documents that are not removed.
            matched: Families and pairs of pages.
        """
        of_documents = matched.families.filter(pl.col("member_kind") == "document")
        self.families = dict(of_documents.select("member_id", "family_id").iter_rows())
        self._related = {frozenset(p) for p in matched.page_pairs.select("left_id", "right_id").iter_rows()}
        passages = normalised.passages.join(documents.select("document_id", named="title"), on="document_id")
        self._of_item = {i: (t or "", h or "") for i, t, h in passages.select("item_id", "named", "heading").iter_rows()}
        leaves = passages.select("document_id", leaf=pl.col("heading").str.split(" > ").list.last())
        self._leaves: dict[str, set[str]] = {}
        for document, leaf in leaves.unique().iter_rows():
            if leaf:
                self._leaves.setdefault(document, set()).add(normal(leaf))
        self._lines = normalised.sentences.join(documents.select("document_id"), on="document_id")
        words_of: dict[str, set[str]] = {}
        for document, title, heading in passages.select("document_id", "named", "heading").unique().iter_rows():
            words_of.setdefault(document, set()).update(terms(f"{title or ''} {heading or ''}"))
        self._bearing = Counter(w for ws in words_of.values() for w in ws)
        self._most = max(FEW, COMMON * len(words_of))

    @cached_property
    def _at(self) -> dict[tuple[str, int], tuple[str, str, str]]:
        return {(d, o): (i, t, n) for d, o, i, t, n in self._lines.select("document_id", "ordinal", "item_id", "text", "norm").iter_rows()}

    @cached_property
    def _said(self) -> dict[str, set[str]]:
        grouped = self._lines.group_by("document_id").agg(pl.col("norm").unique())
        return {d: set(n) for d, n in grouped.iter_rows()}

    @cached_property
    def _shared(self) -> Counter[frozenset[str]]:
        """How many rare, telling sentences two pages have in common."""
        telling = self._lines.filter(pl.col("norm").str.count_matches(" ") >= TELLING - 1).select("norm", "document_id").unique()
        rare = telling.filter(pl.len().over("norm").is_between(2, PASSED_ON))
        both = rare.join(rare, on="norm", suffix="_r").filter(pl.col("document_id") < pl.col("document_id_r"))
        return Counter(frozenset(p) for p in both.select("document_id", "document_id_r").iter_rows())

    def line(self, document_id: str, ordinal: int) -> Line:
        """Give a sentence with what it stands under."""
        item, text, norm = self._at[document_id, ordinal]
        title, heading = self._of_item[item]
        return Line(document_id, text, norm, title, heading)

    def agree(self, one: Line, other: Line) -> Literal["one", "scoped", "apart"]:
        """Judge whether two sentences have one subject.

        They have when a word of theirs that few pages use in titles and headings stands above both of them, and nothing speaks against
        it: pages already compared as versions, either sentence standing word for word on the other page, numbers in the headings that
        differ, a title made like the other's with other words in it, pages of the same form (two headings in common) that share no text.

        Returns:
            `one`; `scoped` when they have, under different conditions that both pages name; `apart` when there is no telling.
        """
        ends = frozenset((one.document_id, other.document_id))
        if ends in self._related or one.norm in self._said[other.document_id] or other.norm in self._said[one.document_id]:
            return "apart"
        if not self._named(one, other):
            return "apart"
        if one.scope != other.scope:  # with other kinds of conditions: the general rule and its exception, or two exceptions
            return "scoped" if one.scope.keys() == other.scope.keys() else "apart"
        return "apart" if one.numbered != other.numbered or self._are_siblings(one, other, ends) else "one"

    def _named(self, one: Line, other: Line) -> bool:
        """Whether title or headings of both sentences name what both speak of; a definition names it itself."""
        if definition(one.text) and definition(other.text):
            return True
        above = (one.titled | one.headed) & (other.titled | other.headed)
        return any(self._bearing[w] <= self._most for w in above & set(terms(one.text)) & set(terms(other.text)))

    def _are_siblings(self, one: Line, other: Line, ends: frozenset[str]) -> bool:
        said = set(terms(one.text)) & set(terms(other.text))
        alike, differ = one.titled & other.titled, bool(one.titled - other.titled) and bool(other.titled - one.titled)
        if alike and differ and (_made_alike(one, other) or not (one.headed & other.headed & said)):
            return True  # one form of title, another thing in it: calibrating oxygen meters, calibrating turbidity meters
        if self._shared[ends] >= _COPIED or not differ:
            return False
        ours, theirs = (self._leaves.get(line.document_id, set()) for line in (one, other))
        return len(ours & theirs) >= _PARALLEL


def _made_alike(one: Line, other: Line) -> bool:
    """Whether two titles are of one form: they end in the same word, or share two."""
    return terms(one.title)[-1:] == terms(other.title)[-1:] or len(one.titled & other.titled) > 1
