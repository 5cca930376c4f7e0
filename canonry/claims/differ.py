"""Two versions of a text: which sentences correspond, and in which values they differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cdist

from canonry.operating import VERSIONS
from canonry.text import words
from canonry.values import canonical, kind_of
from canonry.wording import denies, unmarked

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT = 0.55  # share of the words, values aside, that must be the same
LEAST_KEPT = 3  # and how many
LONGEST_NAME = 4  # words of a name
LONGEST_DENIAL = 5  # words in which an affirmation and its denial may differ
MEASURED = ("money", "number", "percent", "quantity", "duration", "date", "time", "phone")  # types of a value that stands by itself
_BLANK = "____"
_CAPITAL = re.compile(r"[A-Z0-9]")
_UNITS = (
    (
        "duration",
        re.compile(r"[\s-](?:(?:business|working|calendar) )?(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)\b", re.IGNORECASE),
    ),
    ("percent", re.compile(r"\s?%|\sper ?cent\b")),
    ("quantity", re.compile(r"\s?(?:km|kg|mm|cm|ml|gb|mb|tb|litres?|metres?|miles?)\b", re.IGNORECASE)),
)
_DAY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?$")
_MONTH = re.compile(r"(?:jan|febr)uary|march|april|may|june|july|august|(?:sept|nov|dec)ember|october", re.IGNORECASE)
_JOINERS = frozenset(("of", "the", "and", "&", "for", "to", "in"))


@dataclass(frozen=True)
class Change:
    """One value that differs between two sentences.

    Attributes:
        kind: Type of both values; boolean where one sentence denies what the other says.
        left, right: Span (start, end) of the value in its sentence.
        pattern: The left sentence with ____ for the value.
    """

    kind: str
    left: tuple[int, int]
    right: tuple[int, int]
    pattern: str


def aligned(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int, float]]:
    """Pair the sentences of two texts that correspond but are not equal; each sentence is used once, best pairs first.

    Args:
        left: Sentences that have no equal on the other side.
        right: The same of the other side.

    Returns:
        Tuples (index in left, index in right, likeness in [0, 1]).
    """
    if not left or not right:
        return []
    likeness = cdist(list(left), list(right), scorer=fuzz.ratio, score_cutoff=VERSIONS.threshold * 100, dtype=np.float32)
    rows, columns = np.nonzero(likeness)
    order = np.lexsort((columns, rows, -likeness[rows, columns]))
    used_left: set[int] = set()
    used_right: set[int] = set()
    out = []
    for i, j in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if i not in used_left and j not in used_right:
            used_left.add(i)
            used_right.add(j)
            out.append((i, j, float(likeness[i, j]) / 100))
    return out


def changes(left: str, right: str, *, with_forms: bool = False) -> list[Change]:
    """Find the values in which two corresponding sentences differ.

    A replaced stretch counts when both sides are one value of the same type (number, money, time, date, e-mail, URL, channel, code) or
    both are names; and when enough of the other words are the same that both sentences say the same thing. Two sentences of the same
    words of which one denies what the other says differ in that (`boolean`).

    Args:
        left: A sentence in plain text.
        right: Another.
        with_forms: Whether measured values that differ in form alone (equal canonical values) count too.
    """
    a, b = words(left), words(right)
    matcher = SequenceMatcher(None, [w.casefold() for w, _, _ in a], [w.casefold() for w, _, _ in b], autojunk=False)
    replaced = [(i1, i2, j1, j2) for op, i1, i2, j1, j2 in matcher.get_opcodes() if op == "replace"]
    kept = sum(size for _, _, size in matcher.get_matching_blocks())
    found, valued = [], 0
    for i1, i2, j1, j2 in replaced:
        for span in _values(a[i1:i2], b[j1:j2], is_first=i1 == 0):
            found.append(_change(left, *span))
            valued += 1
    others = max(len(a), len(b)) - valued
    if kept < LEAST_KEPT or kept < KEPT * others:
        return []
    whole = [_with_unit(left, right, c) for c in found]
    told = [c for c in whole if (with_forms and c.kind in MEASURED) or not _same(left[slice(*c.left)], right[slice(*c.right)], c.kind)]
    return told or _denied(left, a, b, [op[1:] for op in matcher.get_opcodes() if op[0] != "equal"])


def _denied(left: str, a: list[Token], b: list[Token], differing: list[tuple[int, int, int, int]]) -> list[Change]:
    """The place where one sentence denies what the other says in the same words."""
    ours, theirs = ([w for w, _, _ in side] for side in (a, b))
    if not differing or denies(ours) == denies(theirs):
        return []
    if [u for w in ours if (u := unmarked(w))] != [u for w in theirs if (u := unmarked(w))]:
        return []
    (i, _, k, _), (_, j, _, m) = differing[0], differing[-1]
    if i == j or k == m:  # a word more on one side: take in the word before it, or the one behind
        i, k, j, m = (i - 1, k - 1, j, m) if min(i, k) else (i, k, j + 1, m + 1)
    if max(j - i, m - k) > LONGEST_DENIAL or j > len(a) or m > len(b):
        return []
    return [_change(left, "boolean", (a[i][1], a[j - 1][2]), (b[k][1], b[m - 1][2]))]


def _with_unit(left: str, right: str, change: Change) -> Change:
    """Take in the unit that follows a number on both sides (27 days), or the day before a month (1 January)."""
    ends = (left[change.left[1] :], right[change.right[1] :])
    for kind, unit in _UNITS if change.kind == "number" else ():
        found = [unit.match(e) for e in ends]
        if found[0] and found[1]:
            return _change(left, kind, *((s[0], s[1] + f.end()) for s, f in zip((change.left, change.right), found, strict=True) if f))
    starts = (left[: change.left[0]], right[: change.right[0]])
    days = [_DAY.search(s) for s in starts]
    if days[0] and days[1] and all(_MONTH.fullmatch(t[slice(*s)]) for t, s in ((left, change.left), (right, change.right))):
        return _change(left, "date", *((d.start(), s[1]) for s, d in zip((change.left, change.right), days, strict=True) if d))
    return change


Token = tuple[str, int, int]


def _values(a: list[Token], b: list[Token], *, is_first: bool) -> list[tuple[str, tuple[int, int], tuple[int, int]]]:
    """The values on both sides of a replaced stretch: typed tokens in order, or one name."""
    if not a or not b:
        return []
    left, right = ([(kind_of(w), s, e) for w, s, e in side] for side in (a, b))
    typed_left, typed_right = ([t for t in side if t[0]] for side in (left, right))
    if (
        typed_left
        and len(typed_left) == len(typed_right)
        and all(_comparable(x[0], y[0]) for x, y in zip(typed_left, typed_right, strict=True))
    ):
        return [(str(x[0]), (x[1], x[2]), (y[1], y[2])) for x, y in zip(typed_left, typed_right, strict=True)]
    if all(k in (None, "code") for k, _, _ in (*left, *right)) and _is_name(a, is_first=is_first) and _is_name(b, is_first=is_first):
        return [("name", (a[0][1], a[-1][2]), (b[0][1], b[-1][2]))]
    return []


def _comparable(left: str | None, right: str | None) -> bool:
    return left == right or {left, right} <= {"number", "code", "identifier", "time"}


def _is_name(tokens: list[Token], *, is_first: bool) -> bool:
    """A short run of capitalised words; the first word of a sentence is capitalised anyhow and needs an inner capital."""
    if len(tokens) > LONGEST_NAME:
        return False
    texts = [w for w, _, _ in tokens]
    own = texts[0][1:] if is_first else texts[0]
    return bool(_CAPITAL.search(own)) and all(w in _JOINERS or w[:1].isupper() or _CAPITAL.search(w) for w in texts)


def _change(left: str, kind: str, span: tuple[int, int], other: tuple[int, int]) -> Change:
    return Change(kind, span, other, left[: span[0]] + _BLANK + left[span[1] :])


def _same(left: str, right: str, kind: str) -> bool:
    return canonical(left, kind) == canonical(right, kind)
