"""Phrases of attributes in texts: whole words, in any number and tense."""

from __future__ import annotations

import re

from canonry.claims.names import WORD
from canonry.text import normal


def folded(text: str) -> str:
    """Words in normal form without plural and verb endings, joined by one blank: `Opens at` and `opening at` are one.

    >>> folded("It costs £5; the opening times differ")
    'it cost 5 the open time differ'
    """
    return " ".join(_fold(w) for w in re.findall(WORD, normal(text)))


def where(text: str, phrase: str) -> tuple[int, int] | None:
    """Where a folded phrase stands in a text."""
    wanted = phrase.split()
    places = [(m.start(), m.end(), _fold(normal(m[0]))) for m in re.finditer(WORD, text)]
    for i in range(len(places) - len(wanted) + 1):
        if [p[2] for p in places[i : i + len(wanted)]] == wanted:
            return places[i][0], places[i + len(wanted) - 1][1]
    return None


def _fold(word: str) -> str:
    word = word.removesuffix("'s")
    for ending in ("ing", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2 and not word.endswith(("ss", "us", "is")):  # noqa: PLR2004
            return word[: -len(ending)]
    return word
