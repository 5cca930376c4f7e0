"""One document → its passages and sentences, each with the span it has in the text above it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canonry.ids import digest, slug
from canonry.text import locate, normal, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canonry.normalise.markup import Block, Parsed

PASSAGE_CHARACTERS = 1200  # about 250 tokens: what the embedding model reads, and what one topic fills


@dataclass(frozen=True)
class Passage:
    """A piece of a document under one heading.

    Attributes:
        anchor: What follows # in its cite; empty for text above the first heading.
        heading: Heading path, joined by ' > '.
        start, end: Span in the document's visible text.
        text: That text.
        blocks: Its blocks.
    """

    anchor: str
    heading: str
    start: int
    end: int
    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Sentence:
    """A sentence, list item or table row.

    Attributes:
        start, end: Span in the passage's text.
        text: Plain text.
        kind: paragraph, item, row, heading or code.
    """

    start: int
    end: int
    text: str
    kind: str


def passages(parsed: Parsed) -> list[Passage]:
    """Cut a document at its headings, and long sections between blocks or list items.

    A section that holds nothing but its heading lives on in the heading path of those below it, or is a passage of its own when there
    is none below. Anchors hang on the heading and the text, never on a position.
    """
    cut: list[tuple[str, str, list[Block]]] = []
    path: list[tuple[int, str]] = []
    section: list[Block] = []

    def close(following_level: int) -> None:
        bodies = [b for b in section if b.kind != "heading"]
        if bodies or (section and following_level <= section[0].level):
            heading = " > ".join(t for _, t in path)
            cut.extend((path[-1][1] if path else "", heading, part) for part in _split(section))
        section.clear()

    for block in parsed.blocks:
        if block.kind == "heading":
            close(block.level)
            path[:] = [p for p in path if p[0] < block.level] + [(block.level, block.plain)]
        section.append(block)
    close(0)
    return _anchored(parsed.text, cut)


def _split(section: list[Block]) -> Iterator[list[Block]]:
    """Parts of at most `PASSAGE_CHARACTERS`, cut between blocks; a single longer block stays whole."""
    part: list[Block] = []
    for block in section:
        if part and block.end - part[0].start > PASSAGE_CHARACTERS and any(b.kind != "heading" for b in part):
            yield part
            part = []
        part.append(block)
    if part:
        yield part


def _anchored(text: str, cut: list[tuple[str, str, list[Block]]]) -> list[Passage]:
    out: list[Passage] = []
    taken: set[str] = set()
    for heading, path, part in cut:
        start, end = min(b.start for b in part), max(b.end for b in part)
        body = text[start:end]
        anchor = base = slug(heading)
        if anchor in taken:
            anchor = f"{base}.{digest(normal(body), size=4)}"
            repeat = 1
            while anchor in taken:
                repeat += 1
                anchor = f"{base}.{digest(normal(body), size=4)}.{repeat}"
        taken.add(anchor)
        out.append(Passage(anchor, path, start, end, body, tuple(part)))
    return out


def sentences_of(passage: Passage, text: str) -> list[Sentence]:
    """Sentences of a passage; `text` is the document's visible text."""
    out = []
    for block in passage.blocks:
        raw = text[block.start : block.end]
        if block.kind == "code" or not block.plain:
            continue
        spans = locate(raw, block.plain)
        offset = block.start - passage.start
        starts = [m.start() for m in re.finditer(r"\S+", block.plain)]
        whole = [(0, len(block.plain))] if block.kind in ("heading", "row") else sentences(block.plain)
        for a, b in whole:
            inside = [i for i, s in enumerate(starts) if a <= s < b]
            if inside:
                out.append(Sentence(spans[inside[0]][0] + offset, spans[inside[-1]][1] + offset, block.plain[a:b], block.kind))
    return out
