"""Which words of a side's sentence differ from the other sides' sentences."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from canonry.report.model import Piece, Quote
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 600  # characters of a sentence that are shown
LONGEST_VALUE = 200  # characters of a value that are shown
_ALIKE = 0.5  # sentences less alike than this are other sentences: marking all their words would say nothing
# A run without spaces; scripts that write none are taken character by character.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_EDGES = "\"'“”‘’«»()[]{}.,;:!?…*_`"


def marked(sentences: Sequence[str | None], values: Sequence[str]) -> list[Quote | None]:
    """Mark in each sentence the words that the most similar other sentence does not have at that place.

    A sentence that resembles no other one has only its value marked. Case, kinds of quotes and dashes, and punctuation at the edges of
    words count for nothing.

    Args:
        sentences: One per side; None for a side without one.
        values: The value of each side as it stands in the sentence.

    Returns:
        One quote per side, cut to `LONGEST` characters around the value; None where there is no sentence.

    >>> [
    ...     q.pieces
    ...     for q in marked(["Refunds take 30 days.", "Refunds take 14 days."], ["30 days", "14 days"])
    ...     if q
    ... ][0]
    (Piece(text='Refunds take ', differs=False), Piece(text='30', differs=True), Piece(text=' days.', differs=False))
    """
    cuts = [None if s is None else cut(s, v, LONGEST) for s, v in zip(sentences, values, strict=True)]
    tokens = [_tokens(c.text) if c else [] for c in cuts]
    quotes: list[Quote | None] = []
    for n, found in enumerate(cuts):
        if found is None:
            quotes.append(None)
            continue
        spans = _differing(tokens[n], [t for m, t in enumerate(tokens) if m != n and t])
        spans = _value_span(found.text, values[n]) if spans is None else spans
        quotes.append(Quote(_pieces(found.text, spans), found.before, found.after))
    return quotes


def marked_values(values: Sequence[str]) -> list[Quote]:
    """Mark the differing words of values that are made of several words; a short value differs as a whole and needs no mark."""
    cuts = [cut(v, "", LONGEST_VALUE) for v in values]
    tokens = [_tokens(c.text) for c in cuts]
    quotes = []
    for n, found in enumerate(cuts):
        spans = _differing(tokens[n], [t for m, t in enumerate(tokens) if m != n]) if len(tokens[n]) > 2 else None  # noqa: PLR2004
        quotes.append(Quote(_pieces(found.text, spans or []), found.before, found.after))
    return quotes


def cut(text: str, value: str, longest: int) -> Quote:
    """Cut a text to what can be read, around a value that stands in it; the quote says how much was left out on either side.

    >>> cut("abcdefghij", "i", 4)
    Quote(pieces=(Piece(text='ghij', differs=False),), before=6, after=0)
    """
    if len(text) <= longest:
        return Quote((Piece(text),))
    at = max(text.find(value), 0)
    start = min(max(0, at - max(0, longest - len(value)) // 2), len(text) - longest)
    return Quote((Piece(text[start : start + longest]),), start, len(text) - start - longest)


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """Words as (normal form, start, end), without punctuation at their edges; what is nothing but punctuation is no word."""
    found = []
    for m in _TOKEN.finditer(text):
        start = m.start() + len(m[0]) - len(m[0].lstrip(_EDGES))
        end = m.end() - (len(m[0]) - len(m[0].rstrip(_EDGES)))
        if start < end:
            found.append((normal(text[start:end]), start, end))
    return found


def _differing(mine: list[tuple[str, int, int]], others: list[list[tuple[str, int, int]]]) -> list[tuple[int, int]] | None:
    """Spans of the words that the most similar of the others lacks; None when none is similar enough."""
    best, score = None, _ALIKE
    for other in others:
        matcher = SequenceMatcher(None, [t[0] for t in other], [t[0] for t in mine], autojunk=False)
        if (likeness := matcher.ratio()) > score or (best is None and likeness == score):
            best, score = matcher, likeness
    if best is None:
        return None
    return [(mine[j][1], mine[k - 1][2]) for tag, _, _, j, k in best.get_opcodes() if tag != "equal" and j < k]


def _value_span(text: str, value: str) -> list[tuple[int, int]]:
    at = text.find(value) if value else -1
    return [] if at < 0 else [(at, at + len(value))]


def _pieces(text: str, spans: list[tuple[int, int]]) -> tuple[Piece, ...]:
    pieces, at = [], 0
    for start, end in spans:
        pieces += [Piece(text[at:start]), Piece(text[start:end], differs=True)]
        at = end
    return tuple(p for p in [*pieces, Piece(text[at:])] if p.text)
