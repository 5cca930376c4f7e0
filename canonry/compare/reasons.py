"""The type of a contradiction and the sentence that tells a person where it lies."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from canonry.compare.lexicon import PERMISSION
from canonry.text import STOPWORDS, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canonry.compare.features import Explained

_DEFINES = re.compile(r"^(?:(?:a|an|the) )?(.{1,60}?) (?:means|is defined as|are defined as|refers to|stands for)\b")
_SHOWN = 60  # characters of a quote


def type_of(explained: Explained, left: Sequence[str], right: Sequence[str]) -> str:
    """Type of a contradiction, from the words of both statements in normal form.

    `outdated` and `suspected_error` need dates and sources, which two statements alone do not have.
    """
    terms = [_DEFINES.match(" ".join(side)) for side in (left, right)]
    if terms[0] and terms[1] and terms[0][1] == terms[1][1]:
        return "definition"
    if explained.is_denied and not explained.numbers:
        return "negation"
    if (
        any({x in group, y in group} == {True, False} for x, y in explained.exclusions for group in PERMISSION[:1])
        and not explained.numbers
    ):
        return "negation"
    return "value_conflict"


def reason(explained: Explained, left: str, right: str) -> str:
    """One sentence: the numbers, the denial or the words in which the statements differ, quoted left first."""
    if explained.numbers:
        clash = explained.numbers[0]
        return f"“{clash.left.said}” against “{clash.right.said}” for the same thing."
    if explained.is_denied:
        sides = ["left", "right"] if len(explained.denials[0]) % 2 else ["right", "left"]
        word = (explained.denials[0] if sides[0] == "left" else explained.denials[1])[0]
        return f"The {sides[0]} statement says “{word}”, the {sides[1]} one does not."
    if explained.exclusions:
        a, b = explained.exclusions[0]
        return f"“{a}” and “{b}” exclude each other."
    return _differing(left, right)


def _differing(left: str, right: str) -> str:
    """The longest stretch of one statement that stands in place of other words in the other."""
    a, b = words(left), words(right)
    codes = SequenceMatcher(None, [w.casefold() for w, _, _ in a], [w.casefold() for w, _, _ in b], autojunk=False).get_opcodes()
    replaced = [(i1, i2, j1, j2) for op, i1, i2, j1, j2 in codes if op == "replace"]
    content = [c for c in replaced if _tells(a[c[0] : c[1]]) and _tells(b[c[2] : c[3]])]
    if not content:
        return "Read together, the statements cannot both be true; no single word tells why."
    i1, i2, j1, j2 = min(content, key=lambda c: (c[1] - c[0] + c[3] - c[2], c[0]))
    return f"“{_quote(left[a[i1][1] : a[i2 - 1][2]])}” against “{_quote(right[b[j1][1] : b[j2 - 1][2]])}”."


def _tells(tokens: Sequence[tuple[str, int, int]]) -> bool:
    return any(w.casefold() not in STOPWORDS for w, _, _ in tokens)


def _quote(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"
