"""HTML → Markdown of what a reader sees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from canonry.normalise.hiding import hides, says_something

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_DROPPED = ("script", "style", "noscript", "template", "svg", "iframe", "nav", "form", "button")
_CONDITION = re.compile(r"\[(?:if [^\]]*|endif)\]|</?[a-z][^>]*>", re.IGNORECASE)  # a comment for old browsers, and its tags
_LISTS = 8  # lists inside each other that stay lists; Markdown is read no deeper than ten
_HEADING = re.compile(r"h([1-6])$")
_HOLDERS = frozenset(("p", "div", "section", "article", "main", "body", "blockquote", "dl", "figure", "header", "footer", "address",
                     "aside", "details", "summary", "figcaption", "fieldset", "center", "hgroup", "search", "dt", "dd"))  # fmt: skip
_APART = ("li", "tr", "td", "th", "caption")  # inside a line, their words stand apart


def to_markdown(html: str) -> tuple[str, dict[str, str], bool]:
    """Render the visible part of a page as Markdown.

    Returns:
        The text; title and `<meta name=…>` values with keys in lower case; whether something hidden was taken out.
    """
    tree = LexborHTMLParser(html)
    meta = {
        str(m.attributes["name"]).lower(): str(m.attributes["content"])
        for m in tree.css("meta[name][content]")
        if m.attributes.get("name") and m.attributes.get("content")
    }
    title = tree.css_first("title")
    if title and title.text(strip=True):
        meta.setdefault("title", title.text(strip=True))
    hidden = _has_comment(tree)
    for name in _DROPPED:
        for node in tree.css(name):
            node.decompose()
    hidden |= _drop_hidden(tree)
    if tree.body is None:
        return "", meta, hidden
    lines: list[str] = []
    _render(tree.body, lines, "")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n", meta, hidden


def _has_comment(tree: LexborHTMLParser) -> bool:
    """Whether a comment says something; comments of any place are no part of the text."""
    top = tree.root.parent if tree.root else None
    if top is None:
        return False
    comments = (n.comment_content or "" for n in top.traverse(include_text=True) if n.is_comment_node)
    return any(says_something(_CONDITION.sub(" ", c)) for c in comments)


def _drop_hidden(tree: LexborHTMLParser) -> bool:
    hidden = False
    for node in tree.css("[style],[hidden],[aria-hidden=true]"):
        if hides(node.attributes):
            hidden |= bool(node.text(strip=True))
            node.decompose()
    return hidden


def _render(node: LexborNode, lines: list[str], indent: str, lists: int = 0) -> None:
    """Write the blocks under a node; runs of inline content between blocks become paragraphs.

    Blocks that only hold others are walked, not called into: pages nest them deeper than Python calls.
    """
    run: list[str] = []
    waiting: list[LexborNode | None] = []  # what follows each block that is open

    def flush() -> None:
        text = " ".join("".join(run).split())
        run.clear()
        if text:
            lines.extend((indent + text, ""))

    child = node.child
    while child is not None or waiting:
        if child is None:
            flush()
            child = waiting.pop()
            continue
        tag, following = child.tag or "", child.next
        if _is_block(tag):
            flush()
        if tag in _HOLDERS:
            waiting.append(following)
            following = child.child
        elif _is_block(tag):
            _block(child, tag, lines, indent, lists)
        else:
            run.append(_span(child, tag))
        child = following
    flush()


def _is_block(tag: str) -> bool:
    return tag in _HOLDERS or tag in ("ul", "ol", "table", "hr", "pre") or bool(_HEADING.match(tag))


def _block(node: LexborNode, tag: str, lines: list[str], indent: str, lists: int) -> None:
    if heading := _HEADING.match(tag):
        lines.extend(("#" * int(heading[1]) + " " + " ".join(_inline(node).split()), ""))
    elif tag in ("ul", "ol"):
        _list(node, tag, lines, indent, lists)
    elif tag == "table":
        _table(node, lines)
    elif tag == "pre":
        lines.extend(("```", node.text().strip("\n"), "```", ""))


def _list(node: LexborNode, tag: str, lines: list[str], indent: str, lists: int) -> None:
    n = 0
    for child in _children(node):
        inner: list[str] = []
        if child.tag == "li" and lists < _LISTS:
            _render(child, inner, "", lists + 1)
        else:
            inner.append(" ".join(_span(child, child.tag or "").split()))
        body = [line for line in inner if line.strip()]
        if not body and child.tag != "li":
            continue
        n += 1
        mark = "- " if tag == "ul" else f"{n}. "
        lines.extend((indent + mark + "".join(body[:1]), *(indent + " " * len(mark) + line for line in body[1:])))
    lines.append("")


def _table(node: LexborNode, lines: list[str]) -> None:
    """Write a table; one inside a cell becomes text of the cell."""
    parts = [c for part in _children(node) for c in (_children(part) if part.tag in ("thead", "tbody", "tfoot") else [part])]
    cells = ([c for c in _children(row) if c.tag in ("th", "td")] for row in parts if row.tag == "tr")
    rows = [[" ".join(_inline(c).split()).replace("|", "/") for c in row] for row in cells if row]
    if not rows:
        return
    width = max(len(r) for r in rows)
    for n, row in enumerate(rows):
        lines.append("| " + " | ".join(row + [""] * (width - len(row))) + " |")
        if n == 0:
            lines.append("|" + " --- |" * width)
    lines.append("")


def _inline(node: LexborNode) -> str:
    """The words under a node with their links, walked as in `_render`."""
    parts: list[str] = []
    waiting: list[tuple[LexborNode | None, str]] = []  # what follows each element that is open, and what closes it
    child = node.child
    while child is not None or waiting:
        if child is None:
            child, closing = waiting.pop()
            parts.append(closing)
        elif child.tag == "-text":
            parts.append(str(child.text(deep=False)))
            child = child.next
        else:
            opening, closing = _marks(child)
            parts.append(opening)
            waiting.append((child.next, closing))
            child = child.child
    return "".join(parts)


def _marks(node: LexborNode) -> tuple[str, str]:
    """What an element becomes before and behind its words."""
    tag = node.tag or ""
    if tag == "br":
        return "\n", ""
    blank = " " if tag in _APART or _is_block(tag) else ""
    href = node.attributes.get("href") if tag == "a" else None
    return (f"{blank}[", f"]({href}){blank}") if href else (blank, blank)


def _span(node: LexborNode, tag: str) -> str:
    if tag == "-text":
        return str(node.text(deep=False))
    opening, closing = _marks(node)
    return opening + _inline(node) + closing


def _children(node: LexborNode) -> list[LexborNode]:
    out, child = [], node.child
    while child is not None:
        out.append(child)
        child = child.next
    return out
