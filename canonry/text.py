"""Normal form, words, sentences and search terms of plain text."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

from canonry.protect.invisible import INVISIBLE

_PUNCTUATION = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "\u2011": "-"})
_INVISIBLE = re.compile(INVISIBLE)
_SPACES = re.compile(r"\s+")

# One token: a URL, an e-mail address (of at most 64 characters before the @: without a limit a line of dashes takes quadratic time),
# a #channel or @handle, money, a number with its marks, a code like CS-200, or a word.
_WORD = re.compile(
    r"https?://[^\s)>\]|]+|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|[#@][A-Za-z][\w-]*|[$£€¥]\s?\d[\d,.]*\d|[$£€¥]\s?\d"
    r"|\d+(?:[.,:/\-]\d+)*\s?%|\d+(?:[.,:/\-]\d+)*"
    r"|[^\W\d_]+-?\d[\w-]*\b|[^\W\d_]+(?:['\-.][^\W\d_]+)*|\w+",
    re.UNICODE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|dept|est|incl|no|nos|fig|sec|ch|vol|dr|mr|mrs|ms|prof|jr|sr|st|inc|ltd|co|corp|gov|u\.s|u\.k|"
    r"a\.m|p\.m|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)|\b[A-Z]|^\d{1,2})\.$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9#@])")
_TERM = re.compile(r"[^\W_]+(?:['.][^\W_]+)*", re.UNICODE)

# What Markdown and site generators add to the words: a tag in a link target, other tags (their quoted arguments are shown), targets, HTML.
# What is opened and never closed is looked for so far and no further: else a page of nothing but openings takes cubic time.
_TAGGED_TARGET = re.compile(r"\]\(\s{0,9}\{[%{].{0,300}?[%}]\}[^)]{0,300}\)", re.DOTALL)
_TAG = re.compile(r"\{%.{0,2000}?%\}|\{\{.{0,2000}?\}\}", re.DOTALL)
_QUOTED = re.compile(r'"([^"]*)"')
_TARGET = re.compile(r"\]\((?:[^()]|\([^()]*\))*\)|\]\[[^\]\n]*\]|</?[a-z][^<>]*>|<!--.{0,2000}?-->", re.DOTALL)
_BOUND = re.compile(r"(?<![-=])[<>\u2264\u2265\u00b1]=?(?=\s?[$\u00a3\u20ac\u00a5]?\d)|(?<![\w-])-(?=[$\u00a3\u20ac\u00a5]?\d)|~~")

_MARKED = re.compile(r"\]\([^)\n]*\)|<[^>\n]+>|!\[")  # link targets and tags: not part of the plain text

STOPWORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "may",
        "more",
        "must",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "out",
        "should",
        "so",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "up",
        "us",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)


def visible(text: str) -> str:
    """Take out characters that a reader cannot see (zero width, direction marks)."""
    return _INVISIBLE.sub("", text)


def normal(text: str) -> str:
    """Bring text into the one form in which it is compared: NFC, plain quotes and dashes, folded case, single spaces.

    >>> normal("The  “Refund”—Policy")
    'the "refund"-policy'
    """
    plain = unicodedata.normalize("NFC", visible(text)).replace("…", "...").translate(_PUNCTUATION)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", plain).strip().casefold())


def normals(texts: pl.Series) -> pl.Series:
    """Bring many texts into the form of `normal`, which is quick where they are plain ASCII."""
    plain = texts.str.len_bytes() == texts.str.len_chars()
    quick = texts.str.replace_all(r"[\s\x1c-\x1f]+", " ").str.strip_chars(" ").str.to_lowercase()
    others = texts.filter(~plain).unique()
    if others.is_empty():
        return quick
    slow = texts.replace_strict(others, pl.Series([normal(t) for t in others.to_list()], dtype=pl.String), default=None)
    return pl.select(pl.when(plain).then(quick).otherwise(slow)).to_series()


def words(text: str) -> list[tuple[str, int, int]]:
    """Split into tokens that keep values whole (URLs, e-mail addresses, money, numbers, times).

    Returns:
        Tuples (token as written, start, end), in order.

    >>> [w for w, _, _ in words("At 4:30 pay $1,200.50 to ops@example.org.")]
    ['At', '4:30', 'pay', '$1,200.50', 'to', 'ops@example.org']
    """
    return [
        (m.group(0).rstrip(".,"), m.start(), m.start() + len(m.group(0).rstrip(".,"))) for m in _WORD.finditer(text.translate(_PUNCTUATION))
    ]


def shown(text: str) -> str:
    """Keep the words that a reader of Markdown or HTML sees, in lower case; what only changes its form leaves them as they are.

    Wrapped lines, marks of lists and tables, emphasis, targets of links and template tags are form. Amounts, percents, bounds, signs,
    deletions and URLs in the open are content.

    >>> shown("- Pay **$5** in [the shop](https://a.example), not >3 %.") == shown(
    ...     "Pay $5 in [The shop](b.md), not > 3 %"
    ... )
    True
    >>> shown("Pay $5.") == shown("Pay 5 %.")
    False
    """
    plain = _TAG.sub(lambda m: f" {' '.join(_QUOTED.findall(m.group(0)))} ", _TAGGED_TARGET.sub("] ", normal(text)))
    plain = _BOUND.sub(lambda m: f" sign{ord(m.group(0)[0])} ", _TARGET.sub(" ", plain))
    return " ".join(w.lstrip("#@").replace(" ", "") for w, _, _ in words(plain.replace("_", " ")))


def sentences(text: str) -> list[tuple[int, int]]:
    """Find sentences of one paragraph of plain text.

    Returns:
        Spans (start, end), without surrounding blanks; abbreviations and initials do not end a sentence.

    >>> text = "Open 9 a.m. to 5 p.m. daily. Ask Dr. Lee."
    >>> [text[a:b] for a, b in sentences(text)]
    ['Open 9 a.m. to 5 p.m. daily.', 'Ask Dr. Lee.']
    """
    spans, start = [], 0
    for gap in _BREAK.finditer(text.translate(_PUNCTUATION)):
        last = text[start : gap.start()].rstrip("\"'”’)]").rsplit(None, 1)
        if last and _ABBREVIATION.search(last[-1]):
            continue
        spans.append((start, gap.start() + len(gap.group(0).rstrip())))  # a closing quote belongs to the sentence
        start = gap.end()
    spans.append((start, len(text)))
    return [(a + _blanks(text[a:b]), a + len(text[a:b].rstrip())) for a, b in spans if text[a:b].strip()]


def _blanks(text: str) -> int:
    return len(text) - len(text.lstrip())


def terms(text: str) -> list[str]:
    """Search terms: words in lower case without stop words, plural and verb endings cut lightly.

    >>> terms("Booking the policies for refunds")
    ['book', 'policy', 'refund']
    """
    return [_stem(t) for t in _TERM.findall(normal(text)) if t not in STOPWORDS]


def _stem(word: str) -> str:
    """Harman's S-stemmer (1991), and -ing/-ed of longer words; identifiers with digits stay whole."""
    if any(c.isdigit() for c in word) or len(word) < 4:  # noqa: PLR2004
        return word
    word = word.removesuffix("'s")
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("us", "ss", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:  # noqa: PLR2004
            stem = word[: -len(ending)]
            return stem[:-1] if len(stem) > 4 and stem[-1] == stem[-2] and stem[-1] not in "lsz" else stem  # noqa: PLR2004
    return word


def locate(raw: str, plain: str) -> list[tuple[int, int]]:
    """Find each word of the plain form of a Markdown block in its raw form.

    Returns:
        One span in `raw` per blank-separated word of `plain`; a word that cannot be found gets the place reached so far.
    """
    masked = _MARKED.sub(lambda m: " " * len(m.group(0)), raw)
    spans, at = [], 0
    for word in plain.split():
        hit = masked.find(word, at)
        hit = raw.find(word, at) if hit < 0 else hit
        if hit >= 0:
            at = hit + len(word)
            spans.append((hit, at))
        else:
            spans.append((at, at))
    return spans


def located(raw: str, plain: str, start: int, end: int) -> tuple[int, int]:
    """Find a stretch of the plain form of a Markdown block in its raw form.

    Returns:
        The span in `raw` that holds the same words; the whole of `raw` when its words cannot be told apart.

    >>> raw = "Use [form 5](/forms/5) within 5 days."
    >>> a, b = located(raw, "Use form 5 within 5 days.", 18, 24)
    >>> raw[a:b]
    '5 days'
    """
    inside = [m.start() for m in re.finditer(r"\S+", plain)]
    hits = [
        (s, span)
        for s, m, span in zip(inside, re.findall(r"\S+", plain), locate(raw, plain), strict=True)
        if s < end and s + len(m) > start
    ]
    if not hits or any(a == b for _, (a, b) in hits):
        return 0, len(raw)
    (first, (a, _)), (last, (b, _)) = hits[0], hits[-1]
    return a + max(0, start - first), b + (end - last)
