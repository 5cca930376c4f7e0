"""Which value of a sentence belongs to which phrase and which name in it."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canonry.values import Value

    Found = tuple[int, int, Value]  # a value with its place

_BREAK = re.compile(r";|,? (?:and|but|while|whereas|because|so|below|above|on top)\b|[,:]", re.IGNORECASE)
_END = re.compile(r";|, (?:and|but|while|whereas|because|so|who|which)\b|\b(?:since|when|although|after|before|until)\b", re.IGNORECASE)
_APART = re.compile(r"\s*(?:after|before|later|ago|earlier|in arrears|in advance of)\b", re.IGNORECASE)
_MORE = re.compile(r"\b(?:another|extra|additional|further)\s+$", re.IGNORECASE)
_CONTRAST = re.compile(
    r"\b(?:unlike|in contrast to|compared (?:with|to)|other than|except(?: for)?|apart from|instead of|than|as opposed to)\s+(?:the |a )?$",
    re.IGNORECASE,
)
_OF = re.compile(
    r"(?P<head>[\w' -]+?) (?:for|of|under|underneath|behind|beside|next to|below|on|in|at|that|which|in which) (?:the |an? |our )?$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:others?|else|another|whose|together|shared?|sharing|one of (?:them|the)|which of)\b|\bother \w+s\b", re.IGNORECASE
)
_BESIDES = re.compile(r"\b(?:on top of|in addition to|besides|apart from) (?:the |its |their )?$", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:whom|whose)\b|(?<!,) (?:that|which|who)\b", re.IGNORECASE)  # what follows is about somebody else
_LONGEST_HEAD = 4  # words; more than that before a name is a clause of its own
_ARTICLE = re.compile(r"^(?:the|an?|our|its|each|every)\s+", re.IGNORECASE)


def nearest(text: str, phrase: tuple[int, int], others: Sequence[tuple[int, int]], values: Sequence[Found]) -> Found | None:
    """The value that a phrase is about: the nearest behind it, else one close before it in the same clause.

    Args:
        text: The sentence.
        phrase: Where the phrase stands.
        others: Where phrases of other attributes with values of the same type stand; a value behind one of them is theirs.
        values: In order.
    """
    fit = [v for v in values if not _APART.match(text[v[1] :]) and not _MORE.search(text[: v[0]])]
    beside = next((v for v in fit if v[1] <= phrase[0] and not text[v[1] : phrase[0]].strip()), None)
    if beside:  # 40 desks
        return beside
    after = next((v for v in fit if v[0] >= phrase[1]), None)
    if after and not _END.search(text[phrase[1] : after[0]]) and not any(phrase[1] <= o[0] < after[0] for o in others):
        return after
    before = next((v for v in reversed(fit) if v[1] <= phrase[0]), None)
    if before and not _BREAK.search(text[before[1] : phrase[0]]) and not any(before[1] <= o[0] < phrase[0] for o in others):
        return before
    return None


def about(text: str, name: tuple[int, int], phrase: tuple[int, int], says: Sequence[str]) -> bool:
    """Whether a sentence is about what it names: not about what it compares with the name, nor about what belongs to the name.

    The price of X is one of X, because `price` is the phrase; the price of the cover of X, or what the owner of X has, is not.
    """
    ahead = text[: name[0]]
    if _CONTRAST.search(ahead) or _OTHERS.search(text) or _BESIDES.search(text[: phrase[0]]):
        return False
    if name[1] <= phrase[0] and _RELATIVE.search(text[name[1] : phrase[0]]):
        return False
    found = _OF.fullmatch(ahead)
    if not found:
        return True
    words = [w.removesuffix("s") for w in normal(_ARTICLE.sub("", found["head"])).split()]
    return len(words) > _LONGEST_HEAD or bool({w.removesuffix("s") for p in says for w in normal(p).split()} & set(words))


def coordinated(text: str, names: Sequence[dict[str, Any]], values: Sequence[Found]) -> list[tuple[dict[str, Any], Found]]:
    """Names and values that grammar pairs: one after the other by turns, or both lists in one order.

    Returns:
        Pairs; empty where it is not clear which is whose.
    """
    if len(names) != len(values):
        return []
    marks = sorted([(n["start"], "n") for n in names] + [(v[0], "v") for v in values])
    order = "".join(kind for _, kind in marks)
    if order in ("nv" * len(names), "vn" * len(names)) or (order == "n" * len(names) + "v" * len(values) and _listed(text, values)):
        return list(zip(sorted(names, key=lambda n: int(n["start"])), values, strict=True))
    return []


def _listed(text: str, values: Sequence[Found]) -> bool:
    gaps = [text[a[1] : b[0]] for a, b in itertools.pairwise(values)]
    return all(re.fullmatch(r"\s*(?:,|and|, and|&)\s*", g) for g in gaps)
