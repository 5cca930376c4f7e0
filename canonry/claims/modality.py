"""How a sentence holds its value: as true today, as past, planned, denied, asked, supposed or told by others; and under which condition."""

from __future__ import annotations

import re

_SAMPLE = re.compile(r"\b(?:for example|for instance|e\.g\.|say,|suppose|imagine|hypothetical)", re.IGNORECASE)
_MODALITIES = (
    ("question", re.compile(r"\?\s*[\"'”’)]*$|^(?:does|do|is it|can anyone|why|who)\b[^.]*\?", re.IGNORECASE)),
    (
        "example",
        re.compile(
            r"\b(?:for example|for instance|e\.g\.|say,|suppose|supposing|assuming|imagine|hypothetical\w*|"
            r"as in [\"“]|reads?,? [\"“]|like this|"
            r"if\b[^,.;]{0,200}\b(?:had|were|was|did|would|could)|"
            r"(?:says?|said|claim(?:s|ed) (?:that|to)|insist(?:s|ed)|told (?:us|me|them)|believe[sd]?|heard|thinks|thought|rumou?r|"
            r"supposedly|"
            r"allegedly|apparently|wrote|according to an?)\b)|^(?:say|were|should|unless)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "was",
        re.compile(
            r"\b(?:was|were|had|had been|used to|formerly|previously|previous|until|originally|in the past|at the time|at its peak|reached|"
            r"no longer|old|former|back in|before \d{4}|prior to|ago|once (?:had|was)|first (?:series|year|edition)|(?:came|come) out|"
            r"(?:worked|stood|opened|lived)\b|"
            r"(?:raised|increased|moved|changed|went|rose|dropped|cut|reduced) from|"
            r"(?:in|up to) (?:19|20)[012]\d(?! )|in (?:19|20)[01]\d)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "plan",
        re.compile(
            r"\b(?:will|would|(?<=\w )plan(?:s|ned)?|propos(?:e|es|ed|al)|from next|next (?:year|quarter|month)|going to|"
            r"intend|expected to|should become|draft|have asked|has asked|asks for|wants? to|would like|target|"
            r"is to (?:be|get|receive|have)|"
            r"may change|considering|could|might|if approved|assum(?:e|es|ing)|business case)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "not",
        re.compile(
            r"\b(?:not|never|isn't|aren't|doesn't|don't|cannot|instead of|rather than|except|unlike|nobody|none|neither|nor|"
            r"contrary to)\b|^no\b",
            re.IGNORECASE,
        ),
    ),
    ("must", re.compile(r"\b(?:must|shall|required)\b", re.IGNORECASE)),
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]{8,}’")
_TRUE_NOT = re.compile(r"\bnot (?:only|just|exceed)\b|, (?:and )?not [^,]*$|\bnot counted\b|\bnot included\b", re.IGNORECASE)
_TAIL = re.compile(r";|, (?:and|but|so|then|because|although|which|who|none|in|even|whatever|now|not)\b", re.IGNORECASE)
_HEAD = re.compile(r"(?:because|after|since|as)\b[^,]*(?:, which[^,]*)?, ", re.IGNORECASE)
_SCOPES = re.compile(
    r"^(?:on (?:mon|tues|wednes|thurs|fri|satur|sun)days|on (?:\w+ )?holidays|on weekends|at night|"
    r"for (?:\w+[- ])?\w+s(?=,? (?:the|a|an|our|its)\b)|"
    r"(?:on|in|under|at|with) the \w+ (?:plan|tier|environment|edition|tariff|region|scheme|contract|season|version)|"
    r"(?:second-hand|used|refurbished|abroad|online)(?=,)|(?:on|for|in) [^,]{3,40} only)\b",
    re.IGNORECASE,
)


def modality(sentence: str) -> str:
    """How a sentence holds its value: is, must, not, was, plan, question or example.

    What is only told by others, supposed or quoted as a sample counts as an example: the page itself does not say that it is so.
    """
    if _MODALITIES[0][1].search(sentence):
        return "question"
    plain = _TRUE_NOT.sub(" ", sentence)
    return next((name for name, pattern in _MODALITIES if pattern.search(sentence if name != "not" else plain)), "is")


def aligned(sentence: str) -> str:
    """How a sentence with a twin in another version holds its value: is, question or example.

    What both versions word alike as "will", "until" or "if you would" is their rule, and no plan, past or supposition.
    """
    if _MODALITIES[0][1].search(sentence):
        return "question"
    return "example" if _SAMPLE.search(sentence) else "is"


def clause(sentence: str, start: int, end: int) -> str:
    """The part of a sentence that speaks of a place in it: without what follows in a clause of its own, and without the reason before."""
    tail = _TAIL.search(sentence, end)
    head = _HEAD.match(sentence)
    return sentence[head.end() if head and head.end() <= start else 0 : tail.start() if tail else len(sentence)]


def quoted(sentence: str, start: int, end: int) -> bool:
    """Whether a place stands inside quotation marks together with other words."""
    return any(m.start() < start and end < m.end() and len(m[0]) > end - start + 8 for m in _QUOTED.finditer(sentence))


def condition(sentence: str) -> str | None:
    """The condition that a sentence begins with: on Saturdays, for schools, on the free plan; None without one.

    >>> condition("On bank holidays the depot opens at 10:00."), condition("The depot opens at 10:00.")
    ('on bank holidays', None)
    """
    found = _SCOPES.match(sentence)
    return found[0].casefold() if found else None
