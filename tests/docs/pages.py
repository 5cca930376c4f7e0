"""What stands in the pages: fenced blocks, commands, links, headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parents[2]
PEOPLES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES = [*PEOPLES, *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line it begins on."""

    language: str
    text: str
    line: int


def name(page):
    return page.relative_to(ROOT).as_posix()


def blocks(page):
    text = page.read_text(encoding="utf-8")
    return [Block(f[1], f[2], text.count("\n", 0, f.start()) + 1) for f in _FENCE.finditer(text)]


def commands(page):
    """Give the command lines of the shell blocks, without their remarks."""
    lines = [line for b in blocks(page) if b.language == "sh" for line in b.text.splitlines()]
    return [re.sub(r"\s+#\s.*$", "", line).strip() for line in lines if line.strip()]


def codes(page):
    """Give what stands in the text as code."""
    return _CODE.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))


def links(page):
    """Give file and heading of the links to places in the repository."""
    found = _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    for target in found:
        if not re.match(r"[a-z]+:", target):
            file, _, heading = unquote(target).partition("#")
            yield (page.parent / file).resolve() if file else page, heading


def headings(page):
    """Give the anchors of a page's headings, as they are made on the web."""
    text = _FENCE.sub("", Path(page).read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}
