"""Words that change what a sentence says without changing what it speaks of: denial, definition, scope, estimate.

English, as `canonry.text` and `canonry.values` are.
"""

from __future__ import annotations

import itertools
import re

from canonry.text import normal

_NEGATORS = frozenset(("not", "never", "cannot", "no", "nor", "neither", "without", "isn't", "aren't", "doesn't", "don't", "won't", "can't",
                       "mustn't", "shouldn't", "wasn't", "weren't", "didn't", "needn't"))  # fmt: skip
# The second word of each pair says the contrary of the first.
_OPPOSITES = {
    "optional": "required", "voluntary": "mandatory", "forbidden": "allowed", "prohibited": "permitted", "banned": "allowed",
    "disallowed": "allowed", "disabled": "enabled", "excluded": "included", "unavailable": "available", "ineligible": "eligible",
    "unpaid": "paid", "unsupported": "supported", "non-refundable": "refundable",
}  # fmt: skip
_SAME = {"mandatory": "required", "permitted": "allowed", "compulsory": "required"}
_LITTLE = frozenset(("a", "an", "any", "the", "do", "does", "did", "longer", "is", "are", "be", "has", "have", "can", "may", "must", "will",
                     "should", "shall", "it", "to", "been"))  # fmt: skip
_DEFINED = re.compile(
    r"(?:[Tt]he (?:term|word|abbreviation) )?[\"“'*]?(?P<term>[^\W_][\w&/'’. -]{1,48}?)[\"”'*]? "
    r"(?P<verb>means|stands for|is short for|is defined as|refers to|denotes)(?: that)?:? (?P<meaning>\S.{7,}?)[.;]?\s*"
)
_NO_TERM = frozenset(("this", "that", "it", "which", "what", "these", "those", "there", "he", "she", "they", "we", "you", "and", "or",
                      "but", "if", "when", "also", "so", "being", "having"))  # fmt: skip

_MONTHS = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_YEAR = r"(?:19|20)\d\d"
_QUARTER = rf"fy\s?(?:20)?\d\d(?:[ -]?q[1-4])?|q[1-4](?: {_YEAR})?"
_AUDIENCES = (
    "contractors?|freelancers?|interns?|apprentices?|volunteers?|trainees?|part-time(?: staff| employees)?|"
    "full-time(?: staff| employees)?|temporary staff|temps|agency staff|visitors?|guests?|students?|suppliers?|vendors?|resellers?|"
    "new (?:hires|starters|joiners)|non-exempt employees|exempt employees|non-members?|members?"
)
_COUNTRIES = (
    "UK|U\\.K\\.|USA|US|U\\.S\\.|EU|EMEA|APAC|England|Scotland|Wales|Ireland|Germany|France|Spain|Italy|Portugal|Poland|Austria|"
    "Switzerland|Belgium|Netherlands|Denmark|Sweden|Norway|Finland|Canada|Mexico|Brazil|Argentina|India|China|Japan|Korea|Singapore|"
    "Australia|Israel|Turkey|Europe|Asia|Africa|London|Paris|Berlin|New York|California|Texas|Washington"
)
_SITE = "[A-Z][a-z]+(?: [A-Z][a-z]+){0,2}(?= (?:office|depot|site|plant|store|branch|warehouse|region))"
_SCOPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "period",
        re.compile(rf"\b(?:in|for|during|throughout)\s+((?:{_MONTHS} )?{_YEAR}(?:[-/]\d{{2,4}})?)\b|\b({_QUARTER})\b", re.IGNORECASE),
    ),
    ("version", re.compile(r"\b(?:version |release |v)(\d+(?:\.\d+)*)\b", re.IGNORECASE)),
    ("audience", re.compile(rf"\b({_AUDIENCES})\b", re.IGNORECASE)),
    ("place", re.compile(rf"\b(?:[Ii]n|[Aa]t|[Oo]utside|[Ff]or) (?:the )?((?:{_COUNTRIES})\b|{_SITE})")),
)
_SPELLINGS = {"u.k.": "uk", "u.s.": "us", "usa": "us"}
_ESTIMATE = re.compile(r"(?:\b(?:about|around|approximately|approx\.?|roughly|circa|ca\.|nearly|almost|some)|~)\s*$", re.IGNORECASE)


def denies(tokens: list[str]) -> bool:
    """Whether the words deny what they would say without their negators; two denials affirm.

    >>> (
    ...     denies("guests may not park here".split()),
    ...     denies("entry is optional".split()),
    ...     denies("parking is not optional".split()),
    ... )
    (True, True, False)
    """
    low = [t.casefold() for t in tokens]
    only = sum(a == "not" and b in ("only", "just", "least") for a, b in itertools.pairwise(low))
    return (sum(t in _NEGATORS or t in _OPPOSITES for t in low) - only) % 2 == 1


def unmarked(token: str) -> str | None:
    """A word as it counts when only denial may differ; None for negators and little words.

    >>> unmarked("optional"), unmarked("mandatory"), unmarked("not"), unmarked("Badge")
    ('required', 'required', None, 'badge')
    """
    low = token.casefold()
    if low in _NEGATORS or low in _LITTLE:
        return None
    low = _OPPOSITES.get(low, low)
    return _SAME.get(low, low)


def definition(sentence: str) -> tuple[str, tuple[int, int]] | None:
    """What a sentence defines, and where it says what that means.

    Returns:
        The term in normal form and the span of its meaning; None when the sentence defines nothing.

    >>> definition("Gate closes means the moment the desk stops taking passengers.")
    ('gate closes', (18, 61))
    >>> definition("This means that the desk is closed on Mondays.") is None
    True
    """
    found = _DEFINED.fullmatch(sentence)
    if not found:
        return None
    term = normal(found["term"]).removeprefix("the ").removeprefix("a ").strip()
    if not term or term.split()[0] in _NO_TERM or len(term.split()) > 5:  # noqa: PLR2004
        return None
    return term, found.span("meaning")


def scopes(text: str) -> dict[str, str]:
    """Under which condition a text speaks, as far as it says so: place, audience, version or period.

    Returns:
        Kind of scope → its words in one form, several joined by a comma.

    >>> scopes("In the UK, contractors get 20 days in 2023.")
    {'period': '2023', 'audience': 'contractor', 'place': 'uk'}
    """
    out = {}
    for kind, pattern in _SCOPES:
        said = {normal(next(g for g in m.groups() if g)) for m in pattern.finditer(text)}
        if said:
            out[kind] = ", ".join(sorted(_SPELLINGS.get(s, s.removesuffix("s") if kind == "audience" else s) for s in said))
    return out


def estimates(before: str) -> bool:
    """Whether the words before a value say that it is no exact one.

    >>> estimates("The depot holds about "), estimates("The depot holds ")
    (True, False)
    """
    return bool(_ESTIMATE.search(before))
