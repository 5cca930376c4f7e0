"""From when and until when a sentence holds, as its own words say: "valid until 31 March 2023", "effective 1 July", "for Q3 2021".

Only days, months, quarters and years that are written out count; a day without a year takes the year that lies nearest to the exact date of
its page, and none where the page has no such date. What recurs ("every year from 1 April") holds always, so it gives nothing.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from canonry.frames import Normalised

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:19|20)\d\d"
_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
_DAY = rf"(?:{_YEAR}-\d\d-\d\d|{_NUMBER} (?:of )?{_MONTH}(?:,? {_YEAR}\b)?|{_MONTH} {_NUMBER}\b(?:,? {_YEAR}\b)?)"
_SPAN = rf"(?:{_MONTH},? {_YEAR}\b|q[1-4][ /-]?{_YEAR}\b|{_YEAR}[ /-]?q[1-4]\b|h[12][ /-]?{_YEAR}\b)"
_WHEN = rf"(?:{_DAY}|{_SPAN}|{_YEAR}\b)"
_THIS = r"\bthis (?:page|document|policy|guide|guidance|guideline|handbook|procedure|process|runbook|version|agreement|notice|price list)\b"
_RANGE = re.compile(rf"\b(?:from|between|valid|effective) (?P<start>{_WHEN}) (?:to|until|till|through|thru|and|-) (?P<end>{_WHEN})")
_LAST = r"until|till|through|thru|up to and including|valid to|(?:valid until|expir(?:es?|y|ation)|ends?)(?: date)?(?: on)?"
_OFF = r"(?:deprecated|discontinued|retired|switched off) (?:on|from|as of)"
_UNTIL = re.compile(rf"\b(?P<not>not (?:\w+ ){{0,3}})?(?:{_LAST}|{_OFF}):? (?:the )?(?:end of )?(?P<end>{_WHEN})")
_FIRST = (
    r"(?:effective|starting|beginning|with effect|in force|in effect|valid)(?: date)?(?: on| from| of| as of| since)?|as of|as from|since"
)
_FROM = re.compile(rf"\b(?:{_FIRST}):? (?:the )?(?P<start>{_WHEN})|\bfrom (?P<day>{_DAY})")
_DURING = re.compile(rf"\b(?:for|during|in) (?P<span>q[1-4][ /-]?{_YEAR}|{_YEAR}[ /-]?q[1-4]|h[12][ /-]?{_YEAR})\b")
_STATES = re.compile(r"\b(?:is|are|applies|apply|must|may|can|costs?|gets?|stands?)\b|:")
_TELLS = re.compile(r"\b(?:was|were|had|did|went|became|moved|launched|started|hired|released)\b")
_RECURS = re.compile(r"\b(?:every|each|annual(?:ly)?|yearly|fiscal|financial year|per year)\b")
_ENDED = re.compile(
    r"\bthis (?:page|document|policy|guide|handbook|runbook) (?:is|has been|was) (?:now |already )?"
    r"(?:deprecated|obsolete|archived|retired|superseded|outdated|out of date|"
    r"no longer (?:maintained|valid|in use|in force|current|updated|accurate))\b"
)
_GIVEN_UP = re.compile(
    r"\b(?:is|are|has been|have been) (?:now )?(?:deprecated|discontinued|retired|no longer (?:supported|offered|sold))\b"
)
_MIGRATES = re.compile(r"\b(?:migrating|moving|switching|transitioning)\b")
_AWAY, _OVER = re.compile(r"\bfrom "), " to "
_PAGE = re.compile(rf"{_THIS}|^\W*(?:valid(?:ity)?|effective|in force|expir(?:es?|y|ation))(?: \w+)?:")
_TRIGGER = r"(?i)\b(?:until|till|through|thru|valid|expir|ends?|effective|starting|beginning|with effect|in force|in effect|as of|since|from|between|for|during|in|deprecated|obsolete|archived|retired|superseded|outdated|out of date|discontinued|no longer|migrating|moving|switching|transitioning)"  # noqa: E501
_DATED = rf"(?i)\b(?:{_YEAR}|{_MONTH} \d|\d\w* (?:of )?{_MONTH})|deprecated|obsolete|archived|retired|superseded|outdated|out of date|discontinued|no longer|(?:migrat|mov|switch|transition)ing"  # noqa: E501
_HALF_YEAR = 183


@dataclass(frozen=True)
class Validity:
    """What a sentence says of its own time.

    Attributes:
        valid_from, valid_to: First and last day; None where it does not say.
        start, end: Where the words stand in the sentence.
        of_page: Whether it speaks of the page, policy or document that it stands in, and not of one thing in it.
        has_ended: Whether it says that this is over, and no day.
    """

    valid_from: date | None
    valid_to: date | None
    start: int
    end: int
    of_page: bool = False
    has_ended: bool = False


def validity(sentence: str, dated_on: date | None = None, at: int = 0) -> Validity | None:
    """Read from when and until when a sentence holds.

    Args:
        sentence: Plain text.
        dated_on: The exact date of its page, where it has one: for days without a year, and for "is deprecated".
        at: Where in the sentence the value stands that is asked about; it matters in "we are migrating from A to B".

    >>> said = validity("The old rate holds until 31 March 2023.")
    >>> said.valid_to, said.valid_from
    (datetime.date(2023, 3, 31), None)
    >>> validity("Open from 9 to 5.")
    """
    low = sentence.casefold()
    if len(low) != len(sentence) or _RECURS.search(low):
        return None
    found = _ranged(low, dated_on) or _ends(low, dated_on) or _starts(low, dated_on) or _during(low)
    return found or _over(low, dated_on, at)


def _ranged(low: str, dated_on: date | None) -> Validity | None:
    found = _RANGE.search(low)
    if not found:
        return None
    first, last = _period(found["start"], dated_on), _period(found["end"], dated_on)
    bare = all(re.fullmatch(_YEAR, found[end]) for end in ("start", "end"))  # "between 2010 and 2012" tells a story
    if not first or not last or first[0] > last[1] or bare:
        return None
    return Validity(first[0], last[1], *found.span(), of_page=bool(_PAGE.search(low)))


def _ends(low: str, dated_on: date | None) -> Validity | None:
    found = _UNTIL.search(low)
    period = _period(found["end"], dated_on, forward=True) if found else None
    if not found or not period:
        return None
    if found["not"]:  # "not until 1 July" begins then
        return Validity(period[0], None, *found.span(), of_page=bool(_PAGE.search(low)))
    begun = _FROM.search(low)
    first = _period(begun["start"] or begun["day"], dated_on) if begun and begun.end() <= found.start() else None
    start = first[0] if first and first[0] <= period[1] else None
    return Validity(start, period[1], *found.span(), of_page=bool(_PAGE.search(low)))


def _starts(low: str, dated_on: date | None) -> Validity | None:
    found = _FROM.search(low)
    period = _period(found["start"] or found["day"], dated_on) if found else None
    return Validity(period[0], None, *found.span(), of_page=bool(_PAGE.search(low))) if found and period else None


def _during(low: str) -> Validity | None:
    found = _DURING.search(low)
    period = _period(found["span"], None) if found and _STATES.search(low) and not _TELLS.search(low) else None
    return Validity(*period, *found.span(), of_page=bool(re.search(_THIS, low))) if found and period else None


def _over(low: str, dated_on: date | None, at: int) -> Validity | None:
    if found := _ENDED.search(low):
        return Validity(None, None, *found.span(), of_page=True, has_ended=True)
    if dated_on is None:
        return None
    if found_at := _migration(low):
        start, old, to, end = found_at
        if old <= at < to:
            return Validity(None, dated_on, start, end)
        return Validity(dated_on, None, start, end) if at >= end - 1 else None
    found = _GIVEN_UP.search(low)
    return Validity(None, dated_on, *found.span(), has_ended=True) if found else None


def _migration(low: str) -> tuple[int, int, int, int] | None:
    """Where "migrating … from A to B" begins, A, " to " and what is behind it; in steps, because one pattern for all takes cubic time."""
    verb = _MIGRATES.search(low)
    away = _AWAY.search(low, verb.end()) if verb else None
    to = low.find(_OVER, away.end() + 1) if away else -1
    return (verb.start(), away.end(), to, to + len(_OVER)) if verb and away and to >= 0 else None


def _period(text: str, dated_on: date | None, *, forward: bool = False) -> tuple[date, date] | None:
    """First and last day of a day, month, quarter, half or year as written; None where it is none."""
    try:
        if found := re.fullmatch(rf"({_YEAR})-(\d\d)-(\d\d)", text):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return day, day
        year = int(found[0]) if (found := re.search(_YEAR, text)) else None
        part = re.search(r"\b([qh])([1-4])", text) or re.search(r"([q])([1-4])\b", text)
        month = next((n for n, name in enumerate(_MONTHS, 1) if re.search(rf"(?<![a-z]){name}", text)), None)
        number = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", text)
        if month and number and not part:
            meant = date(year, month, int(number[1])) if year else _nearest(month, int(number[1]), dated_on, forward=forward)
            return (meant, meant) if meant else None
    except ValueError:
        return None
    if year is None:
        return None
    if part:
        size = 3 if part[1] == "q" else 6
        return _months(year, size * (int(part[2]) - 1) + 1, size)
    return _months(year, month, 1) if month else _months(year, 1, 12)


def _months(year: int, first: int, count: int) -> tuple[date, date] | None:
    last = first + count - 1
    return (date(year, first, 1), date(year, last, monthrange(year, last)[1])) if last <= 12 else None  # noqa: PLR2004


def _nearest(month: int, day: int, dated_on: date | None, *, forward: bool) -> date | None:
    """The day without a year that the page means: the next one for an end, else the nearest."""
    if dated_on is None:
        return None
    days = [date(dated_on.year + n, month, day) for n in (-1, 0, 1)]
    if forward:
        return next(d for d in days if d >= dated_on)
    near = min(days, key=lambda d: abs(d - dated_on))
    return near if abs(near - dated_on) <= timedelta(days=_HALF_YEAR) else None


def may_say(column: str) -> pl.Expr:
    """Whether a text may say something of its time: a quick look that lets most sentences go."""
    return pl.col(column).str.contains(_TRIGGER) & pl.col(column).str.contains(_DATED)


def of_passages(normalised: Normalised) -> pl.DataFrame:
    """What passages say of the time of the page or policy that they are part of.

    A sentence in the first passage of a page speaks for the whole page, one further down for its passage.

    Returns:
        Columns ``document_id``, ``item_id``, ``is_whole``, ``valid_from``, ``valid_to``, ``words`` (as they stand), ``has_ended``; at
        most one row per passage, the first that says something.
    """
    dates = normalised.documents.filter(pl.col("removed_on").is_null()).select("document_id", "dated_on", "date_kind")
    wanted = normalised.sentences.filter((pl.col("kind") != "heading") & may_say("text"))
    lines = wanted.join(dates, on="document_id").join(normalised.passages.select("item_id", nth="ordinal"), on="item_id")
    rows = []
    for r in lines.sort("document_id", "nth", "ordinal").iter_rows(named=True):
        said = validity(r["text"], r["dated_on"] if r["date_kind"] == "exact" else None)
        if said and said.of_page:
            words = r["text"][said.start : said.end]
            rows.append((r["document_id"], r["item_id"], r["nth"] == 0, said.valid_from, said.valid_to, words, said.has_ended))
    shape = {
        "document_id": pl.String, "item_id": pl.String, "is_whole": pl.Boolean, "valid_from": pl.Date, "valid_to": pl.Date,
        "words": pl.String, "has_ended": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=shape, orient="row").unique("item_id", keep="first", maintain_order=True)


def of_claims(claims: pl.DataFrame, run_date: date) -> pl.DataFrame:
    """Give claims from sentences the time of their sentence, and take what was past or planned for true while that time lasts.

    Args:
        claims: Columns ``claim_id``, ``sentence``, ``dated_on``, ``date_kind``, ``modality``, ``valid_from``, ``valid_to``, ``verbatim``.
        run_date: The day that counts as today.
    """
    wanted = claims.filter(pl.col("sentence").is_not_null() & may_say("sentence")).select(
        "claim_id", "sentence", "verbatim", "dated_on", "date_kind"
    )
    rows = []
    for claim, sentence, verbatim, dated_on, kind in wanted.iter_rows():
        said = validity(sentence, dated_on if kind == "exact" else None, max(0, sentence.find(verbatim)))
        if said and verbatim not in sentence[said.start : said.end]:  # a day that is itself the value bounds nothing
            rows.append((claim, said.valid_from, said.valid_to))
    if not rows:
        return claims
    told = pl.DataFrame(rows, schema={"claim_id": pl.String, "told_from": pl.Date, "told_to": pl.Date}, orient="row")
    lasts = pl.col("told_to") >= run_date
    begun = pl.col("told_from") <= run_date
    ended = pl.col("told_to") < run_date
    holds = ((pl.col("modality") == "was") & lasts) | ((pl.col("modality") == "plan") & begun & ~ended.fill_null(value=False))
    return (
        claims.join(told, on="claim_id", how="left", maintain_order="left")
        .with_columns(
            valid_from=pl.coalesce("valid_from", "told_from"),
            valid_to=pl.coalesce("valid_to", "told_to"),
            modality=pl.when(holds.fill_null(value=False)).then(pl.lit("is")).otherwise("modality"),
        )
        .drop("told_from", "told_to")
    )
