"""Text with secrets and personal data put out of sight."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from canonry.protect.invisible import INVISIBLE, TAGS
from canonry.protect.personal import personal
from canonry.protect.secrets import Span, secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from canonry.config import Protect

_MARK = re.compile(r"\[(secret|personal): [a-z0-9 ]+\]")
_SECRET_MARK = re.compile(r"\[secret: [a-z0-9 ]+\]")
# What stands in a written text and not in what it shows: escapes and marks of Markdown, tags and entities of HTML, what nobody sees.
_UNSHOWN = re.compile(
    rf"{INVISIBLE}+|\\(?=[!-/:-@\[-`{{-~])|&(?:#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z]{{2,8}});|</?[A-Za-z][^<>]{{0,300}}>|\*\*|~~"
)
_TAGS = re.compile(f"[{TAGS}]")
_TOGETHER = 200  # short texts that are looked through as one


class Masked(NamedTuple):
    """A text, and what was found in it.

    Attributes:
        text: With a mark such as ``[secret: github pat]`` in the place of each find.
        kinds: ``secret: github pat``, ``personal: email``, in order of place; also where the text is left as it was.
    """

    text: str
    kinds: tuple[str, ...] = ()


def holds_secret(text: str) -> bool:
    """Whether a secret was taken out of a text."""
    return _SECRET_MARK.search(text) is not None


def only_marks(text: str) -> bool:
    """Whether nothing is left of a text but marks of what was taken out."""
    return bool(_MARK.search(text)) and not re.search(r"\w", _MARK.sub("", text))


@dataclass(frozen=True)
class Guard:
    """Looks for what must not be kept.

    Attributes:
        masks: Whether secrets are taken out; otherwise they are only told.
        is_personal: Whether personal data are taken out.
        ignore: Kinds, or the first words of kinds, that are left alone.
    """

    masks: bool = True
    is_personal: bool = False
    ignore: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, protect: Protect) -> Guard:
        """Make what the configuration asks for."""
        return cls(protect.secrets != "flag", protect.personal == "redact", frozenset(k.lower() for k in protect.ignore))

    def masked(self, text: str) -> Masked:
        """Take out of a text what must not be kept."""
        found = self._found(text)
        if not found:
            return Masked(text)
        parts, at = [], 0
        for span, mark in found:
            if mark.startswith("secret") and not self.masks:
                continue
            parts += [text[at : span.start], f"[{mark}]"]
            at = span.end
        return Masked("".join((*parts, text[at:])), tuple(mark for _, mark in found))

    def finds_secret(self, text: str) -> bool:
        """Whether a secret stands in a text, or stood there."""
        return holds_secret(text) or any(kind.startswith("secret") for kind in self.masked(text).kinds)

    def suspicious(self, texts: Sequence[str]) -> list[int]:
        """Find which of many short texts to look at one by one; a text that holds nothing may be among them, none that does is left out."""
        out: list[int] = []
        for start in range(0, len(texts), _TOGETHER):
            part = texts[start : start + _TOGETHER]
            if self._found("\n".join(part)):
                out += [start + n for n, text in enumerate(part) if self._found(text)]
        return out

    def _found(self, text: str) -> list[tuple[Span, str]]:
        """Finds in order, none inside another: in the text as written, and in the text as shown."""
        found = [(s, f"secret: {s.kind}") for s in self._in(text)]
        if self.is_personal:
            found += [(s, f"personal: {s.kind}") for s in personal(text, self.ignore)]
        return _apart(found)

    def _in(self, text: str) -> Iterable[Span]:
        marks = [m.span() for m in _MARK.finditer(text)]
        spans = secrets(text)
        if _UNSHOWN.search(text):
            seen, places = shown(text)
            spans += [Span(places[s.start], places[s.end - 1] + 1, s.kind) for s in secrets(seen)]
        kept = (s for s in spans if self.ignore.isdisjoint((s.kind, s.kind.split()[0])))
        return [s for s in kept if not any(a < s.end and s.start < b for a, b in marks)]


def shown(text: str) -> tuple[str, Sequence[int]]:
    """Give the text as a reader sees it, and for each of its characters where it stands in what is written."""
    if not _UNSHOWN.search(text):
        return text, range(len(text))
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for m in _UNSHOWN.finditer(text):
        parts.append(text[at : m.start()])
        places += range(at, m.start())
        if m[0].startswith("&"):
            said = html.unescape(m[0])
            parts.append(said)
            places += [m.start()] * (len(said) - 1) + [m.end() - 1]
        elif _TAGS.search(m[0]):  # they spell letters
            spelt = [(n, c) for n, c in enumerate(m[0], m.start()) if _TAGS.match(c)]
            parts.append("".join(chr(ord(c) - ord(TAGS[0])) for _, c in spelt))
            places += [n for n, _ in spelt]
        at = m.end()
    parts.append(text[at:])
    return "".join(parts), [*places, *range(at, len(text))]


def _apart(found: list[tuple[Span, str]]) -> list[tuple[Span, str]]:
    out: list[tuple[Span, str]] = []
    for span, mark in sorted(found, key=lambda f: (f[0].start, -f[0].end, f[1])):
        if out and span.start < out[-1][0].end:
            last, named = out[-1]
            out[-1] = (Span(last.start, max(last.end, span.end), last.kind), named)
        else:
            out.append((span, mark))
    return out
