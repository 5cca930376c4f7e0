"""Where credentials stand in a text: the rules of Kingfisher, and the general forms that no provider's rule names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kingfisher_sdk import Scanner

_PARTS = frozenset(("betterleaks.aws-secret-access-key",))  # rules that count only beside another; here each counts alone
_DUMMIES = frozenset(("password", "passwd", "pass", "passphrase", "pwd", "secret", "token", "pw", "credentials"))
_KEYWORD = (
    r"(?:pass(?:word|wd|phrase|code)|\bpwd|secret|api[ _-]?key|access[ _-]?key|account[ _-]?key|auth[ _-]?key|private[ _-]?key"
    r"|(?:access|auth|api|bearer|refresh|bot|deploy)[ _-]?token|\btoken)"
)
# A keyword, what may stand between (the rest of a name, quotes, marks of Markdown, a cell's border), and a sign of assignment.
_SIGN = r"""[\w.-]{0,30}["'`*\])]{0,4}\s{0,3}(?:[:=]=?>?|\|)[ \t]*(?:is[ \t]+)?["'`*]{0,4}[ \t]*"""
_BLOCK = r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
_LINE = r"(?:\\[nr]|\s|\"|,|\||>)+"


class Span(NamedTuple):
    """Where a secret stands, and what kind it is.

    Attributes:
        start, end: Characters of the text.
        kind: Lower-case words, such as ``github pat`` or ``password``.
    """

    start: int
    end: int
    kind: str


def secrets(text: str) -> list[Span]:
    """Find credentials.

    Nothing is tried out anywhere: no network is used, and what is found is a matter of form alone.

    Args:
        text: Any text; thousands of short ones are quicker as one, with line ends between them.

    Returns:
        Spans in order, none inside another. Of a URL with a password in it, and of an assignment, only the password.
    """
    found = [*_by_provider(text), *_by_form(text)]
    return _outermost(found)


@lru_cache(maxsize=1)
def _scanner() -> Scanner:
    """Load the rules: half a second, and some seconds once per machine, where they are compiled into the user's cache folder."""
    from kingfisher_sdk import Rules, Scanner  # noqa: PLC0415  (36 MB that only reading a source needs)

    return Scanner(Rules(confidence="medium"))


def _by_provider(text: str) -> list[Span]:
    raw = text.encode("utf-8", "replace")
    hits = [f for f in _scanner().scan(raw) if (f.visible or f.rule_id in _PARTS) and f.secret.lower() not in _DUMMIES]
    if not hits:
        return []
    places = [(int(f.location["start_offset"]), int(f.location["end_offset"]), _kind(f.rule_id)) for f in hits]
    if raw.isascii():
        return [Span(*p) for p in places]
    return [Span(_characters(raw, a), _characters(raw, b), kind) for a, b, kind in places]


def _characters(raw: bytes, offset: int) -> int:
    return len(raw[:offset].decode("utf-8", "ignore"))


def _kind(rule: str) -> str:
    """Name what a rule finds: the last part of its id, in words."""
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"\.\d+$", "", rule.lower()).rsplit(".", 1)[-1].rsplit("/", 1)[-1]).strip()


def _is_random(value: str) -> bool:
    """Whether a value is made up of letters and digits (or signs), and is no placeholder, path, variable or plain word."""
    if _PLACEHOLDER.search(value) or _HARMLESS.fullmatch(value):
        return False
    letters, digits = any(c.isalpha() for c in value), any(c.isdigit() for c in value)
    signs = any(c in "!@#$%^&*+=?~" for c in value.strip("!?*"))
    return letters and (digits or signs)


_PLACEHOLDER = re.compile(
    r"\$[{(A-Z_a-z]|\{\{|%\(|<|>|\*{3}|\.{3}|…|x{4}|(?i:your|example|placeholder|changeme|redacted|\[secret)|://|^(?:[/.@]|#\w*$)"
)
# Names of functions, variables, constants, e-mail addresses, versions, amounts: what stands behind such words without being one.
_HARMLESS = re.compile(
    r"[a-z_]+(?:\.[a-z_]+)+(?:\(.*)?|[A-Z][A-Z_]+\d?|[a-z]+(?:[A-Z][a-z]+)+\d?(?:\(.*)?|\d+(?:[-.:,/]\d+)*[a-zA-Z%]{0,3}"
    r"|\w+(?:\.\w+)*\(.*|(?:[A-Za-z]+-)+\d{1,4}|\d+-(?:[A-Za-z]+-?)+|[\w.+-]+@[\w-]+\.[\w.-]+|v?\d+(?:\.\w+)+"
)
_BEFORE = 40
_PASS = ("passw", "passp", "passc")
_KEYS = tuple(f"{a}{b}key" for a in ("api", "access", "account", "auth", "private") for b in (" ", "_", "-", ""))


class _Form(NamedTuple):
    """A general form of a secret.

    Attributes:
        kind: What it is called.
        near: What must occur in the text, in lower case, for it to be looked for.
        pattern: Its form; the first group is the secret.
        fits: Whether what was found is one.
        reach: How many characters behind `near` it may end.
    """

    kind: str
    near: tuple[str, ...]
    pattern: re.Pattern[str]
    fits: Callable[[str], bool]
    reach: int = 600


_FORMS = (
    _Form(
        "private key",
        ("private key",),
        re.compile(
            rf"({_BLOCK}{_LINE}(?:(?!-----END)[\w+/=:, -]{{16,}}(?:{_LINE}|\Z)){{1,200}}"
            rf"(?:(?:[\w+/=]{{1,80}}{_LINE})?-----END [A-Z0-9 ]{{0,40}}-----|[\w+/]{{4,80}}={{1,2}})?)"
        ),
        bool,
        20_000,
    ),
    _Form(
        "aws key",
        ("akia", "asia", "abia", "acca", "a3t"),
        re.compile(r"(?<![A-Za-z0-9])((?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16})(?![A-Za-z0-9])"),
        lambda v: v.startswith("AKIA") or any(c.isdigit() for c in v[4:]),  # ASIA also begins names in capitals
    ),
    _Form("telegram bot token", (":aa",), re.compile(r"(?<![\w:])(\d{8,10}:AA[\w-]{33})(?![\w-])"), bool),
    _Form(
        "bearer token",
        ("bearer",),
        re.compile(r"(?i)\bbearer[ \t]+([A-Za-z0-9._~+/=-]{20,500})"),
        lambda v: any(c.isdigit() for c in v),
    ),
    _Form(
        "password in a url",
        ("://",),
        re.compile(r"://[^\s/:@\"'<>]{0,99}:([^\s/@\"'<>]{3,200})@[\w\[]"),
        lambda v: not _PLACEHOLDER.search(v) and v.lower() not in _DUMMIES,
    ),
    _Form(
        "password",
        (*_PASS, "pwd", "secret", "token", *_KEYS),
        re.compile(rf"(?i){_KEYWORD}{_SIGN}([^\s\"'`,;<>|]{{6,200}}[^\s\"'`,;<>|.)\]:*])"),
        _is_random,
    ),
    _Form(
        "password",
        _PASS,
        re.compile(
            r"(?i)\bpass(?:word|wd|phrase|code)\b[^.\n:=|]{0,40}?\b(?:is|was|to)\b:?[ \t]+"
            r"[\"'`*]{0,3}([^\s\"'`,;<>|]{6,99}[^\s\"'`,;<>|.)\]:*])"
        ),
        lambda v: _is_random(v) and any(c.isdigit() for c in v),
    ),
)


def _by_form(text: str) -> list[Span]:
    lower = text.lower()
    return [
        Span(*m.span(1), form.kind)
        for form in _FORMS
        for a, b in _windows(lower, len(text), form)
        for m in form.pattern.finditer(text, a, b)
        if form.fits(m[1])
    ]


def _windows(lower: str, length: int, form: _Form) -> list[tuple[int, int]]:
    """The stretches around what must occur: a plain search for it is a hundred times quicker than the form itself."""
    if len(lower) != length:  # a letter whose small form has more characters: offsets do not fit
        return [(0, length)] if any(n in lower for n in form.near) else []
    hits = sorted(i for n in form.near for i in _occurrences(lower, n))
    out: list[tuple[int, int]] = []
    for hit in hits:
        a, b = max(0, hit - _BEFORE), min(length, hit + form.reach)
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], b)
        else:
            out.append((a, b))
    return out


def _occurrences(text: str, needle: str) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + len(needle))


def _outermost(found: list[Span]) -> list[Span]:
    """Join spans that overlap; the longer one names the kind."""
    out: list[Span] = []
    for span in sorted(found, key=lambda s: (s.start, -s.end, s.kind)):
        if out and span.start < out[-1].end:
            last = out[-1]
            longer = last if last.end - last.start >= span.end - span.start else span
            out[-1] = Span(last.start, max(last.end, span.end), longer.kind)
        else:
            out.append(span)
    return out
