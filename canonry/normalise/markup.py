"""Markdown, HTML and plain text → visible text, blocks with spans, links, metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from canonry.normalise import front
from canonry.normalise.hiding import says_something, without_hidden
from canonry.normalise.html import to_markdown
from canonry.protect import cleared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

_COMMENT = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)|`[^`\n]+`|(<!--.*?(?:-->|\Z))", re.DOTALL | re.MULTILINE)  # code is no comment
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|<[a-z][^<>]*\shidden(?=[\s=>/])", re.IGNORECASE
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(\s*<?([^)\s>]+)|<(https?://[^>\s]+)>")
_TAG = re.compile(r"</?[A-Za-z][^>]*>")
_TEMPLATE = re.compile(r"<%.*?%>|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One heading, paragraph, list item, table row or code block.

    Attributes:
        kind: heading, paragraph, item, row or code.
        level: Heading level; 0 for others.
        start, end: Where it stands in the visible text.
        plain: Its words without marks.
        top: Number of the outermost block it belongs to; passages are cut between those.
    """

    kind: str
    level: int
    start: int
    end: int
    plain: str
    top: int


@dataclass(frozen=True)
class Parsed:
    """A document read: its visible text and what stands in it.

    Attributes:
        text: The text a reader sees, in Markdown; all spans are offsets in it.
        blocks: In order.
        links: Targets of links, in order.
        meta: Front matter or `<meta>` tags, keys in lower case.
        hidden: Whether something was taken out that a reader of the page would not have seen, or a style may hide what is left.
        fault: What is wrong with the front matter: detail and excerpt.
        unseen: Which characters that nobody sees hid something, and what they spell: detail and excerpt.
    """

    text: str
    blocks: list[Block] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)
    hidden: bool = False
    fault: dict[str, str] | None = None
    unseen: dict[str, str] | None = None


def parse(raw: str, media: str) -> Parsed:
    """Read a document.

    Args:
        raw: The decoded file.
        media: markdown, html or text.

    Returns:
        What a reader sees. Comments, elements hidden by their own attributes and invisible characters are taken out and said so in
        `hidden`; what a style sheet elsewhere in Markdown may hide stays, and is said so too.
    """
    seen, fault = cleared(raw), None
    hidden = False
    if media == "html":
        text, meta, hidden = to_markdown(seen.text)
        inside = cleared(text)  # what was written as entities
        text, seen = inside.text, seen.and_also(inside)
    else:
        meta, text, fault = front.split(seen.text)
    hidden |= seen.hides
    if media == "markdown":
        text, commented = _without_comments(text)
        text, concealed = without_hidden(text)
        hidden |= commented or concealed or bool(_HIDING.search(text))
    blocks = list(_blocks(text, media))
    links = [a or b for a, b in _LINK.findall(text)]
    return Parsed(text, blocks, links, meta, hidden, fault, seen.told if seen.hides else None)


def _without_comments(text: str) -> tuple[str, bool]:
    said = [c for c in _COMMENT.findall(text) if c and says_something(c)]
    return _COMMENT.sub(lambda m: "" if m[1] else m[0], text), bool(said)


def _blocks(text: str, media: str) -> Iterator[Block]:
    parser = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    if media == "text":
        parser.disable(
            ["code", "heading", "lheading", "html_block", "emphasis", "strikethrough", "html_inline", "escape", "entity", "backticks"]
        )
    return _Reader(text).blocks(parser.parse(text))


class _Reader:
    """Walks the tokens of a document and puts its blocks together."""

    def __init__(self, text: str) -> None:
        self.text, self.top = text, -1
        self.offsets = [0]
        for line in text.split("\n"):
            self.offsets.append(self.offsets[-1] + len(line) + 1)
        self.inside: list[Token] = []
        self.row: list[str] | None = None

    def blocks(self, tokens: list[Token]) -> Iterator[Block]:
        for token in tokens:
            if token.level == 0 and token.nesting >= 0 and token.type != "inline" and token.map:
                self.top += 1
            if token.nesting == 1:
                self._open(token)
            elif token.nesting == -1:
                yield from self._close(token)
            elif token.map:
                yield from self._leaf(token)

    def _open(self, token: Token) -> None:
        self.inside.append(token)
        if token.type == "tr_open":
            self.row = []

    def _close(self, token: Token) -> Iterator[Block]:
        opened = self.inside.pop()
        if token.type == "tr_close" and opened.map:
            yield self._block("row", 0, opened.map, " | ".join(c for c in self.row or [] if c))
            self.row = None

    def _leaf(self, token: Token) -> Iterator[Block]:
        if token.type == "inline" and self.row is not None:
            self.row.append(_plain(token))
        elif token.type == "inline" and token.map:
            yield self._block(*_kind(self.inside), token.map, _plain(token))
        elif token.type in ("fence", "code_block", "html_block") and token.map:
            kind = "paragraph" if token.type == "html_block" else "code"
            yield self._block(kind, 0, token.map, " ".join(_TAG.sub(" ", token.content).split()))

    def _block(self, kind: str, level: int, lines: list[int], plain: str) -> Block:
        start = self.offsets[lines[0]]
        end = min(self.offsets[min(lines[1], len(self.offsets) - 1)], len(self.text))
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return Block(kind, level, start, end, plain, self.top)


def _kind(inside: list[Token]) -> tuple[str, int]:
    if inside and inside[-1].type == "heading_open":
        return "heading", int(inside[-1].tag[1])
    return ("item", 0) if any(t.type == "list_item_open" for t in inside) else ("paragraph", 0)


def _plain(token: Token) -> str:
    """The words of an inline token: text and code; breaks become blanks, tags vanish, template marks stay."""
    parts = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "html_inline" and _TEMPLATE.match(child.content):
            parts.append(child.content)
        elif child.type == "html_inline":
            parts.append(" ")
    return " ".join("".join(parts).split())
