"""What people had erased: told again by hash, without a word of it being kept.

A line of ``erasures.jsonl`` is a tombstone. It names what it is about by salted hashes, so that the same page, row or words can be held
back when a source still has them, and so that an erasure that was cut short can be finished by whoever calls it next.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from canonry.ids import digest
from canonry.protect.masking import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Kind = Literal["document", "record", "source", "text"]
ERASED = "[erased]"
_TOKEN = re.compile(r"[^\W_]+")
_FIRST = 3  # hexadecimal digits kept of the first word's hash: enough to pass over most words, too few to tell which one it is
_BLOCK = "\u2588"  # stands for each erased character, so that offsets in the text stay right


@dataclass(frozen=True)
class Erasure:
    """One tombstone.

    Attributes:
        erasure_id: Its id.
        kind: What was erased: a document, a record, a whole source, or words wherever they stand.
        salt: Random; without it nobody can prepare a list of hashes beforehand.
        hashes: Of the source and the path or id, and of each text that the page had; of words, of them in normal form.
        source: The source of a document or record, or the source itself; empty for words.
        words: How many words.
        first: The beginning of the hash of the first word.
    """

    erasure_id: str
    kind: Kind
    salt: str
    hashes: frozenset[str]
    source: str = ""
    words: int = 0
    first: str = ""

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Erasure:
        """Read a tombstone from its line in the journal."""
        told = {k: line[k] for k in ("erasure_id", "kind", "salt", "source", "words", "first") if k in line}
        return cls(**told, hashes=frozenset(line["hashes"]))

    @property
    def line(self) -> dict[str, Any]:
        """The tombstone as a line of the journal."""
        told = {"erasure_id": self.erasure_id, "kind": self.kind, "salt": self.salt, "hashes": sorted(self.hashes)}
        more = {"source": self.source, "words": self.words, "first": self.first}
        return {**told, **{k: v for k, v in more.items() if v}}

    @classmethod
    def of_item(cls, kind: Kind, source: str, name: str, texts: Iterable[str], salt: str) -> Erasure:
        """Make the tombstone of a document, a record or a source.

        Args:
            kind: document, record or source.
            source: Its source.
            name: Path or id; empty for a source.
            texts: What the document says, in each version that is known, so that it stays out under another name.
            salt: Random text.
        """
        hashes = {digest(salt, "name", source, name), *(digest(salt, "content", plain(t)) for t in texts)}
        return cls(digest(salt, "id", size=12), kind, salt, frozenset(hashes), source)

    @classmethod
    def of_words(cls, text: str, salt: str) -> Erasure:
        """Make the tombstone of words; `text` must hold at least one."""
        tokens = [t for t, _, _ in _tokens(text)]
        first = digest(salt, "first", tokens[0])[:_FIRST]
        return cls(digest(salt, "id", size=12), "text", salt, frozenset([digest(salt, "words", *tokens)]), "", len(tokens), first)

    def names(self, source: str, name: str) -> bool:
        """Whether this is about an item, by its path or id."""
        if self.source != source.split("/", maxsplit=1)[0]:
            return False
        return self.kind == "source" or (self.kind != "text" and digest(self.salt, "name", source, name) in self.hashes)

    def holds(self, source: str, text: str) -> bool:
        """Whether this is about a document that says just that."""
        return self.kind == "document" and self.source == source and digest(self.salt, "content", plain(text)) in self.hashes


@dataclass(frozen=True)
class Erasures:
    """All tombstones together."""

    every: tuple[Erasure, ...] = ()

    @classmethod
    def of(cls, lines: Iterable[Mapping[str, Any]]) -> Erasures:
        """Read the tombstones among the lines of the journal."""
        return cls(tuple(Erasure.of(line) for line in lines if "hashes" in line))

    def __bool__(self) -> bool:
        return bool(self.every)

    @cached_property
    def of_words(self) -> tuple[Erasure, ...]:
        """Those that are about words, wherever they stand."""
        return tuple(e for e in self.every if e.kind == "text")

    def names(self, source: str, name: str, *kinds: Kind) -> bool:
        """Whether an item was erased, by its path or id, or because that holds words that were."""
        return any(e.names(source, name) for e in self.every if not kinds or e.kind in kinds) or self.cleaned(name) != name

    def holds(self, source: str, text: str) -> bool:
        """Whether a document was erased that said just that."""
        return any(e.holds(source, text) for e in self.every)

    def cleaned(self, text: str) -> str:
        """Put blocks in the place of words that were erased, character by character."""
        if not self.of_words or not text:
            return text
        seen, places = shown(text)
        spans = [(places[a], places[b - 1] + 1) for a, b in self._spans(seen)]
        for a, b in spans:
            text = text[:a] + _BLOCK * (b - a) + text[b:]
        return text

    def cleaned_json(self, value: Any) -> Any:
        """Do so in every text of a JSON-like value."""
        if isinstance(value, str):
            return self.cleaned(value)
        if isinstance(value, dict):
            return {self.cleaned(k): self.cleaned_json(v) for k, v in value.items()}
        return [self.cleaned_json(v) for v in value] if isinstance(value, list) else value

    def _spans(self, text: str) -> list[tuple[int, int]]:
        tokens = list(_tokens(text))
        found: list[tuple[int, int]] = []
        for erasure in self.of_words:
            known: dict[str, bool] = {}
            for n, (word, start, _) in enumerate(tokens[: len(tokens) - erasure.words + 1]):
                if word not in known:
                    known[word] = digest(erasure.salt, "first", word).startswith(erasure.first)
                if known[word]:
                    mine = tokens[n : n + erasure.words]
                    if digest(erasure.salt, "words", *(t for t, _, _ in mine)) in erasure.hashes:
                        found.append((start, mine[-1][2]))
        return found


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Words in normal form with their places; what stands between them does not count."""
    return ((unicodedata.normalize("NFKC", m[0]).casefold(), m.start(), m.end()) for m in _TOKEN.finditer(text))


def plain(text: str) -> str:
    """Give the words of a text in normal form, with single blanks between them."""
    return " ".join(t for t, _, _ in _tokens(text))


def has_words(text: str) -> bool:
    """Whether a text can be erased as words: it holds at least one."""
    return _TOKEN.search(text) is not None


def unfinished(lines: Sequence[Mapping[str, Any]]) -> list[Erasure]:
    """The erasures that were begun and not ended."""
    done = {line["done"] for line in lines if "done" in line}
    return [Erasure.of(line) for line in lines if "hashes" in line and line["erasure_id"] not in done]
