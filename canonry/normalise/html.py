"""HTML → Markdown of what a reader sees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_DROPPED = ("script", "style", "noscript", "template", "svg", "iframe", "nav", "form", "button")
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?:\.0*)?(?:[a-z%]+)?\s*(?:[;!]|$)", re.IGNORECASE
)
_HEADING = re.compile(r"h([1-6])$")
_BLOCKS = frozenset(("p", "div", "section", "article", "main", "body", "blockquote", "dl", "figure", "header", "footer", "pre", "address",
                     "aside", "details", "summary", "figcaption", "fieldset", "center", "hgroup", "search"))  # fmt: skip


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
    for name in _DROPPED:
        for node in tree.css(name):
            node.decompose()
    hidden = _drop_hidden(tree)
    if tree.body is None:
        return "", meta, hidden
    lines: list[str] = []
    _render(tree.body, lines, "")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n", meta, hidden


def _drop_hidden(tree: LexborHTMLParser) -> bool:
    hidden = False
    for node in tree.css("[style],[hidden],[aria-hidden=true]"):
        style = node.attributes.get("style") or ""
        if "hidden" in node.attributes or _HIDDEN_STYLE.search(style) or node.attributes.get("aria-hidden") == "true":
            hidden |= bool(node.text(strip=True))
            node.decompose()
    return hidden


def _render(node: LexborNode, lines: list[str], indent: str) -> None:
    """Write the blocks under a node; runs of inline content between blocks become paragraphs."""
    run: list[str] = []

    def flush() -> None:
        text = " ".join("".join(run).split())
        run.clear()
        if text:
            lines.extend((indent + text, ""))

    child = node.child
    while child is not None:
        tag = child.tag or ""
        if tag == "-text":
            run.append(child.text(deep=False))
        elif tag in ("-comment", "_comment"):
            pass
        elif _is_block(tag):
            flush()
            _block(child, tag, lines, indent)
        else:
            run.append(_span(child, tag))
        child = child.next
    flush()


def _is_block(tag: str) -> bool:
    return tag in _BLOCKS or tag in ("ul", "ol", "table", "hr", "dt", "dd") or bool(_HEADING.match(tag))


def _block(node: LexborNode, tag: str, lines: list[str], indent: str) -> None:
    if heading := _HEADING.match(tag):
        lines.extend(("#" * int(heading[1]) + " " + " ".join(_inline(node).split()), ""))
    elif tag in ("ul", "ol"):
        for n, item in enumerate((c for c in _children(node) if c.tag == "li"), 1):
            inner: list[str] = []
            _render(item, inner, "")
            body = [line for line in inner if line.strip()] or [""]
            mark = "- " if tag == "ul" else f"{n}. "
            lines.extend((indent + mark + body[0], *(indent + " " * len(mark) + line for line in body[1:])))
        lines.append("")
    elif tag == "table":
        _table(node, lines)
    elif tag == "pre":
        lines.extend(("```", node.text().strip("\n"), "```", ""))
    elif tag != "hr":
        _render(node, lines, indent)


def _table(node: LexborNode, lines: list[str]) -> None:
    rows = [[" ".join(_inline(c).split()).replace("|", "/") for c in row.css("th,td")] for row in node.css("tr")]
    rows = [r for r in rows if r]
    if not rows:
        return
    width = max(len(r) for r in rows)
    for n, row in enumerate(rows):
        lines.append("| " + " | ".join(row + [""] * (width - len(row))) + " |")
        if n == 0:
            lines.append("|" + " --- |" * width)
    lines.append("")


def _inline(node: LexborNode) -> str:
    parts = []
    child = node.child
    while child is not None:
        parts.append(_span(child, child.tag or ""))
        child = child.next
    return "".join(parts)


def _span(node: LexborNode, tag: str) -> str:
    if tag == "-text":
        return str(node.text(deep=False))
    if tag == "br":
        return "\n"
    if tag in ("-comment", "_comment"):
        return ""
    href = node.attributes.get("href") if tag == "a" else None
    text = f"[{_inline(node)}]({href})" if href else _inline(node)
    return f" {text} " if tag == "li" or _is_block(tag) else text


def _children(node: LexborNode) -> list[LexborNode]:
    out, child = [], node.child
    while child is not None:
        out.append(child)
        child = child.next
    return out
