"""Characters that a reader does not see: which of them belong to the writing, and which hide something."""

from __future__ import annotations

import re
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

TAGS = "\U000e0000-\U000e007f"
_BIDI = "\u202a-\u202e\u2066-\u2069"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_JOINERS = "\u200c\u200d"
# Soft hyphen, joiners of letters and of words, marks of direction, fillers, operators of formulas, marks of annotations.
_WIDTHLESS = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
INVISIBLE = f"[{_WIDTHLESS}{_BIDI}{_SELECTORS}{TAGS}\U0001d173-\U0001d17a]"
_ANY = re.compile(f"{INVISIBLE}+")
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{3,6}\U000e007f")  # the flags of England, Scotland, Wales
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_JOINED = re.compile("[\u0590-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc]")  # need joiners
_PICTURES = re.compile("[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff#*0-9]")
_IDEOGRAPHS = re.compile("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SELECTOR = re.compile(f"[{_SELECTORS}]")
_LETTER = re.compile(r"[^\W\d_]")
_EXCERPT = 200  # characters, as in the quarantine of ingest
_SAID = 4  # so many in a row are a message and no slip: each carries a bit at least
_KINDS = (("tag characters", TAGS), ("direction controls", _BIDI), ("variation selectors", _SELECTORS))
_OF = tuple((name, re.compile(f"[{ranges}]")) for name, ranges in _KINDS)


class Cleared(NamedTuple):
    """A text without what nobody sees.

    Attributes:
        text: What is left; joiners and selectors that its writing needs stay.
        counts: Kind → how many characters were taken out.
        hides: Whether they hid something: a message, a break inside a word, another order of reading.
        message: What tag characters spell.
    """

    text: str
    counts: Mapping[str, int] = MappingProxyType({})
    hides: bool = False
    message: str = ""

    def and_also(self, other: Cleared) -> Cleared:
        """The text of the other, with what was taken out of both."""
        counts = Counter(self.counts) + Counter(other.counts)
        return Cleared(other.text, dict(sorted(counts.items())), self.hides or other.hides, self.message + other.message)

    @property
    def told(self) -> dict[str, str]:
        """What was taken out, for the quarantine: detail and excerpt."""
        counts = ", ".join(f"{n} {kind}" for kind, n in self.counts.items())
        return {"detail": f"Taken out, because they hide something: {counts}.", "excerpt": self.message[:_EXCERPT]}


def cleared(text: str) -> Cleared:
    r"""Take out characters that a reader cannot see.

    >>> cleared("Pay\u200b now").text, cleared("Pay\u200b now").hides, cleared("re\u200bfund").hides
    ('Pay now', False, True)
    """
    if text.isascii() or not _ANY.search(text):
        return Cleared(text)
    counts: Counter[str] = Counter()
    flags = [m.span() for m in _FLAG.finditer(text)]
    is_mirrored = bool(_RIGHT_TO_LEFT.search(text))
    parts: list[str] = []
    said: list[str] = []
    at, hides = 0, False
    for run in _ANY.finditer(text):
        kept = run[0] if any(a <= run.start() < b for a, b in flags) else _needed(text, run)
        gone = run[0] if kept != run[0] else ""
        gone = gone.removeprefix(kept)
        for character in gone:
            counts[_kind(character)] += 1
        said.append("".join(chr(ord(c) - ord(TAGS[0])) for c in gone if "\U000e0020" <= c <= "\U000e007e"))
        hides |= bool(gone) and _hides(text, run, gone, is_mirrored=is_mirrored)
        parts += [text[at : run.start()], kept]
        at = run.end()
    return Cleared("".join((*parts, text[at:])), dict(sorted(counts.items())), hides, "".join(said))


def _needed(text: str, run: re.Match[str]) -> str:
    """What of a run belongs to the writing: a selector behind a sign or ideograph, a joiner between pictures or in a script that joins."""
    before, after = text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1]
    kept, rest = "", run[0]
    is_styled = rest[0] in "\ufe0e\ufe0f" and _PICTURES.match(before)
    if is_styled or (_SELECTOR.match(rest) and _IDEOGRAPHS.match(before)):
        kept, rest = rest[0], rest[1:]
    joins = _JOINED.match(before) or (_PICTURES.match(before) and _PICTURES.match(after))
    return kept + rest[0] if rest and rest[0] in _JOINERS and joins else kept


def _hides(text: str, run: re.Match[str], gone: str, *, is_mirrored: bool) -> bool:
    kinds = {_kind(c) for c in gone}
    if "tag characters" in kinds or ("direction controls" in kinds and not is_mirrored):
        return True
    if len(gone.replace("\u00ad", "").replace("\ufeff", "")) >= _SAID:
        return True
    inside = _LETTER.match(text[max(0, run.start() - 1) : run.start()]) and _LETTER.match(text[run.end() : run.end() + 1])
    splits = gone.strip("\u00ad\u200e\u200f")  # a soft hyphen and a mark of direction are written by word processors
    return bool(inside and splits)


def _kind(character: str) -> str:
    return next((name for name, one in _OF if one.match(character)), "characters without width")


def column_cleared(column: pl.Series) -> tuple[pl.Series, dict[int, Cleared]]:
    """Clear a column of texts.

    Returns:
        The column, and by row what was found where something was taken out.
    """
    rows = column.str.contains(INVISIBLE).fill_null(value=False).arg_true().to_list()
    found = {n: cleared(column[n]) for n in rows}
    changed = {n: c for n, c in found.items() if c.text != column[n]}
    return column.scatter(list(changed), [c.text for c in changed.values()]) if changed else column, changed
