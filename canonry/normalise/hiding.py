"""What hides text from a reader: comments, and elements that are not shown."""

from __future__ import annotations

import re

from canonry.text import normal

_WORDS = 3  # a comment of fewer words is a marker, not a message
_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?:\.0*)?(?:[a-z%]+)?\s*(?:[;!]|$)", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
# Code, in which nothing is markup; or a tag with its name and its attributes.
_CODE_OR_TAG = re.compile(
    r"""^(?:```|~~~).*?^(?:```|~~~)|`[^`\n]+`|(?<!\\)<(/?)([a-z][a-z0-9-]*)((?:[\s/](?:[^<>"']|"[^"]{0,999}"|'[^']{0,999}'){0,999})?)>""",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_LOOSE = frozenset(("p", "li", "dt", "dd", "td", "th", "tr", "option"))  # end without a closing tag where the next block begins
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
_TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)


def says_something(comment: str) -> bool:
    """Whether the inside of a comment is a message rather than the marker of a tool.

    >>> says_something(" toc "), says_something(" agents must refund ")
    (False, True)
    """
    return len(normal(comment).strip("<!-> ").split()) >= _WORDS


def hides(attributes: dict[str, str | None]) -> bool:
    """Whether an element with these attributes is not shown."""
    return "hidden" in attributes or attributes.get("aria-hidden") == "true" or bool(_STYLE.search(attributes.get("style") or ""))


def without_hidden(text: str) -> tuple[str, bool]:
    """Take the elements that are not shown out of a Markdown text; code stays as it is.

    An element that is never closed reaches to the end of its paragraph if its kind ends there, and else to the end of the text.

    Returns:
        The text; whether words were taken out.
    """
    kept: list[str] = []
    at, said = 0, False
    while (opened := _next_hidden(text, at)) is not None:
        end = _end(text, opened)
        said |= bool(_TAG.sub(" ", text[opened.end() : end]).strip())
        kept.append(text[at : opened.start()])
        at = end
    return "".join((*kept, text[at:])), said


def _next_hidden(text: str, at: int) -> re.Match[str] | None:
    tags = (t for t in _CODE_OR_TAG.finditer(text, at) if t[2] and not t[1] and t[3])
    return next((t for t in tags if hides(_attributes(t[3]))), None)


def _attributes(written: str) -> dict[str, str | None]:
    return {m[1].lower(): next((v for v in m.groups()[1:] if v is not None), None) for m in _ATTRIBUTE.finditer(written)}


def _end(text: str, opened: re.Match[str]) -> int:
    """Where the element that a tag opens ends, its closing tag included."""
    name, open_ = opened[2].lower(), 1
    if name in _VOID:
        return opened.end()
    following = _PARAGRAPH_END.search(text, opened.end()) if name in _LOOSE else None
    loose_end = following.start() if following else len(text)
    for tag in _CODE_OR_TAG.finditer(text, opened.end(), loose_end if name == "p" else len(text)):
        if tag[2] and tag[2].lower() == name:
            open_ += -1 if tag[1] else 1
            if open_ == 0:
                return tag.end()
    return loose_end
