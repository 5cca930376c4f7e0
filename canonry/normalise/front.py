"""Front matter: what a document says of itself above its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.composer import ComposerError

from canonry.days import parse_day
from canonry.values import is_null

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

DATED = ("last_modified", "modified", "last_updated", "updated", "date", "last_reviewed_on", "published")
EXPIRES = ("expires_on", "expires", "valid_until")
REVIEW = ("review_on", "review_by", "next_review")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_NAMES_AUDIENCE = re.compile(r"""["']?audience["']?\s*:""", re.IGNORECASE)
_NULLS = ("", "~", "null", "Null", "NULL")
_EXCERPT = 200  # characters, as in the quarantine of ingest


class _Loader(yaml.BaseLoader):
    """YAML whose scalars are text or null; no type can break, and nothing is said twice by alias."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise ComposerError(None, None, "aliases are not read", self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)

    def construct_scalar(self, node: Any) -> Any:
        text = super().construct_scalar(node)
        return None if node.style is None and text in _NULLS else text


def split(text: str) -> tuple[dict[str, Any], str, dict[str, str] | None]:
    """Part a document from its front matter.

    Returns:
        The metadata, keys in lower case; the text below; what is wrong with the front matter (detail, excerpt), or None. Where the
        audience cannot be read though one is named, it is the empty list: nobody's.
    """
    found = _FRONT.match(text)
    if not found:
        return {}, text, None
    meta, wrong = _loaded(found[1])
    wrong = wrong or _unread(meta)
    return meta, text[found.end() :], {"detail": wrong, "excerpt": found[1][:_EXCERPT].strip()} if wrong else None


def audience_of(meta: dict[str, Any]) -> list[str] | None:
    """Who may read the document, as it says itself; None when it does not say."""
    said = meta.get("audience")
    if said is None or said == "":
        return None
    names = [n for part in said if isinstance(part, str) for n in _names(part)] if isinstance(said, list) else _names(str(said))
    return list(dict.fromkeys(names))


def first_day(meta: dict[str, Any], keys: Iterable[str]) -> date | None:
    """The first of some keys that holds a day."""
    return next((day for k in keys if (day := parse_day(str(meta.get(k) or "")))), None)


def _names(text: str) -> list[str]:
    return [n for part in re.split("[,;]", text) if (n := part.strip())]


def _loaded(text: str) -> tuple[dict[str, Any], str]:
    """Read YAML; whatever is wrong with it comes back as words, since one file must not end the night."""
    try:
        loader = _Loader(text)
        body = loader.get_single_data()
    except Exception as e:  # noqa: BLE001  (the parser raises more than its own errors: deep nesting, odd keys)
        problem = getattr(e, "problem", None) or type(e).__name__
        return _nobodys(text), f"The front matter is no YAML that can be read: {problem}."
    if body is None:
        return {}, ""
    if not isinstance(body, dict):
        return _nobodys(text), "The front matter is no list of keys and values."
    return {str(k).lower(): v for k, v in body.items()}, ""


def _nobodys(text: str) -> dict[str, Any]:
    return {"audience": []} if _NAMES_AUDIENCE.search(text) else {}


def _unread(meta: dict[str, Any]) -> str:
    """Name the values that are used and cannot be; of an audience that is no list of names, nobody is left."""
    wrong = [k for k in (*DATED, *EXPIRES, *REVIEW) if not is_null(str(meta.get(k) or "")) and parse_day(str(meta[k])) is None]
    said = meta.get("audience")
    if isinstance(said, dict) or (isinstance(said, list) and not all(isinstance(n, str) for n in said)):
        meta["audience"] = []
        wrong.append("audience")
    return f"No day, or one that can be read in two ways, or no names: {', '.join(wrong)}." if wrong else ""
