"""Names of people and organisations, addresses, codes."""

from __future__ import annotations

import re

from canonry.values.value import Value

_FORMS = (  # as the last words of a name, without dots: the usual forms of the Entity Legal Forms list (ISO 20275)
    "inc incorporated ltd limited llc llp lp plc pllc co corp corporation company cic gmbh ag kg kgaa ohg gbr ug ev eg mbh sa sas sarl "
    "sasu eurl bv nv bvba sprl vof ab oy oyj aps asa srl sl sro spzoo doo kft zrt nyrt pty pte pvt bhd sdn ltda eirl ooo oao pao zao "
    "ооо оао пао зао"
)
_LEGAL = frozenset(_FORMS.split())
_DOTTED = re.compile(  # forms that are ordinary words without their dots
    r"(?<=\s)(?:s\.\s?p\.\s?a|s\.\s?a\.\s?s|s\.\s?a|s\.\s?l|a\.\s?s|s\.\s?e|k\.\s?k|a\.\s?/\s?s|s\.\s?r\.\s?o|"
    r"d\.\s?o\.\s?o|sp\.? z\.? ?o\.? ?o)\.?$|,? a/s$"
)
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev", "hon", "phd", "md", "esq"))
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))
_NAME_WORDS = 4
# USPS Publication 28: long forms to short ones, which goes without guessing (St may be Saint as well as Street).
_SHORT = {
    "street": "st", "saint": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "road": "rd", "drive": "dr", "lane": "ln",
    "court": "ct", "place": "pl", "square": "sq", "terrace": "ter", "parkway": "pkwy", "highway": "hwy", "circle": "cir",
    "crescent": "cres",     "trail": "trl", "suite": "ste", "apartment": "apt", "building": "bldg", "floor": "fl", "room": "rm",
    "department": "dept",
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th", "eighth": "8th",
    "ninth": "9th", "tenth": "10th", "fort": "ft", "mount": "mt",
}  # fmt: skip
_JOINT = re.compile(r"(?<=[^\W\d_])[\s./_-]+(?=\d)|(?<=\d)[\s./_-]+(?=[^\W\d_])")


def organization(text: str) -> Value | None:
    """The name of an organisation without its legal form; `&` is `and`."""
    while (shorter := _without_form(text)) != text:
        text = shorter
    return Value(text) if text else None


def _without_form(text: str) -> str:
    text = re.sub(r"\s&\s", " and ", _DOTTED.sub("", text.strip(" ,;")))
    words = re.sub(r"\.+(?=\s|$)|(?<=\b\w)\.(?=\w\b)|,", "", text).split()
    full = " ".join(words)
    while len(words) > 1 and (words[-1].replace(".", "") in _LEGAL or words[-1] == "and"):
        words.pop()
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words) or full


def person(text: str) -> Value | None:
    """The name of a person, given name first, without titles and dots: `Lee, Ann B.` is `ann b lee`."""
    text = re.sub(r"\([^()]*\)", " ", text)
    head, comma, rest = text.partition(",")
    suffix = re.sub(r"\W", "", rest)
    if comma and suffix not in _SUFFIXES | _TITLES:
        given, _, more = rest.partition(",")
        if (
            len(head.split()) > _NAME_WORDS
            or not 0 < len(given.split()) <= _NAME_WORDS
            or re.sub(r"\W", "", more) not in {"", *_SUFFIXES, *_TITLES}
        ):
            return None
        text = f"{given} {head} {more}"
    words = [w for w in re.sub(r"[.,]", " ", text).split() if w not in _TITLES]
    return Value(" ".join(words)) if words and not any(c.isdigit() for w in words for c in w) else None


def address(text: str) -> Value | None:
    """A postal address in one line, in the short forms of USPS Publication 28, without marks."""
    words = [_SHORT.get(w, w) for w in re.sub(r"(?<!\d)[.,;#]|[.,;#](?!\d)", " ", text).split()]
    return Value(" ".join(words)) if words else None


def code(text: str) -> Value | None:
    """A code; what only sets letters and digits apart is dropped (`CS-200` is `cs200`), between digits it counts (`1-23`)."""
    return Value(re.sub(r"\s*[-‐_]\s*", "-", _JOINT.sub("", text)))
