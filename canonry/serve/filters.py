"""The filter language over context items: ``source = 'live' and dated_on >= '2024-01-01'``.

A filter is parsed into a small tree and compiled to a polars expression; it never becomes SQL text.

Grammar (keywords in any case)::

    filter     := all ("or" all)*
    all        := one ("and" one)*
    one        := "not" one | "(" filter ")" | field test
    test       := op value | ["not"] "in" "(" value ("," value)* ")" | "is" ["not"] "null"
    op         := "=" | "!=" | "<" | "<=" | ">" | ">="
    value      := 'text' | number | true | false

Every test is true or false, also where the field is null: ``=``, ``in`` and the comparisons are then false, ``!=`` and ``not in`` true.
On a field that is a list (flags, conflict_ids, audience), ``=`` and ``in`` ask whether the list contains the value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import eq, ge, gt, le, lt, or_
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.published import CONTEXT
from canonry.serve.errors import AgentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = str | int | float | bool
FIELDS: dict[str, str] = {c.name: c.type for c in CONTEXT.columns if c.type != "corrections" and not c.name.startswith("embedding")}

_LONGEST, _DEEPEST = 4000, 32
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*)|(?P<op><=|>=|!=|<>|=|<|>)|(?P<mark>[(),]))"
)
_ORDER: dict[str, Callable[[Any, Any], Any]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "null", "true", "false"})


@dataclass(frozen=True)
class Comparison:
    """A field compared with one value; `op` is one of = != < <= > >=."""

    field: str
    op: str
    value: Value


@dataclass(frozen=True)
class Among:
    """A field that is one of several values."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Missing:
    """A field that is null."""

    field: str


@dataclass(frozen=True)
class Not:
    """The opposite of a part."""

    part: Node


@dataclass(frozen=True)
class Both:
    """Two parts, of which both (`and`) must hold."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Either:
    """Two parts, of which one (`or`) must hold."""

    left: Node
    right: Node


Node = Comparison | Among | Missing | Not | Both | Either


def expression(text: str) -> pl.Expr:
    """Compile a filter.

    Args:
        text: A filter over the columns of the table context.

    Returns:
        A Boolean expression over a context frame, true or false in every row.

    Raises:
        AgentError: BAD_FILTER with the position of the first mistake.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"source": ["live", "old", None]})
    >>> frame.filter(expression("source = 'live' or source is null")).height
    2
    """
    return compiled(parse(text))


def parse(text: str) -> Node:
    """Parse a filter into its tree; raises as `expression`."""
    if len(text) > _LONGEST:
        raise _bad(f"The filter is longer than {_LONGEST} characters.", _LONGEST)
    return _Parser(text).whole()


def compiled(node: Node) -> pl.Expr:
    """Turn a tree into a polars expression."""
    if isinstance(node, Both | Either):
        left, right = compiled(node.left), compiled(node.right)
        return left & right if isinstance(node, Both) else left | right
    if isinstance(node, Not):
        return ~compiled(node.part)
    if isinstance(node, Missing):
        return pl.col(node.field).is_null()
    if isinstance(node, Among):
        return reduce(or_, [_equal(node.field, v) for v in node.values])
    if node.op in _ORDER:
        return _filled(_ORDER[node.op](pl.col(node.field), _literal(node.field, node.value)))
    return _equal(node.field, node.value) if node.op == "=" else ~_equal(node.field, node.value)


def rendered(node: Node) -> str:
    """Write a tree as a filter that parses into the same tree.

    >>> rendered(parse("NOT source='it''s' and tokens<9"))
    "((not source = 'it''s') and tokens < 9)"
    """
    if isinstance(node, Both | Either):
        return f"({rendered(node.left)} {'and' if isinstance(node, Both) else 'or'} {rendered(node.right)})"
    if isinstance(node, Not):
        return f"(not {rendered(node.part)})"
    if isinstance(node, Missing):
        return f"{node.field} is null"
    if isinstance(node, Among):
        return f"{node.field} in ({', '.join(map(_written, node.values))})"
    return f"{node.field} {node.op} {_written(node.value)}"


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else format(value, "f" if isinstance(value, float) else "d")


def _equal(field: str, value: Value) -> pl.Expr:
    if FIELDS[field] == "texts":
        return _filled(pl.col(field).list.contains(str(value)))
    return _filled(eq(pl.col(field), _literal(field, value)))


def _literal(field: str, value: Value) -> pl.Expr:
    return pl.lit(date.fromisoformat(str(value)) if FIELDS[field] == "date" else value)


def _filled(test: pl.Expr) -> pl.Expr:
    return test.fill_null(value=False)


def _bad(message: str, position: int, fix: str = "") -> AgentError:
    return AgentError(
        "BAD_FILTER",
        f"{message} (position {position})",
        fix or "Write it like: source = 'live' and dated_on >= '2024-01-01'",
        position=position,
    )


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind == "word" else self.text if self.kind in ("op", "mark") else ""


class _Parser:
    """Recursive descent; each method reads one line of the grammar."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.next, self.depth = 0, 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.next]

    def take(self, *words: str) -> str:
        """Step over one of these words; an empty text when none of them stands here."""
        if self.token.kind != "end" and self.token.word in words:
            self.next += 1
            return self.tokens[self.next - 1].word
        return ""

    def need(self, word: str) -> None:
        if not self.take(word):
            raise self.wrong(f"Expected {word}")

    def wrong(self, expected: str) -> AgentError:
        found = "the end" if self.token.kind == "end" else self.token.text[:40]
        return _bad(f"{expected}, found {found}.", self.token.at)

    def whole(self) -> Node:
        node = self.any_of()
        if self.token.kind != "end":
            raise self.wrong("Expected and, or, or the end")
        return node

    def any_of(self) -> Node:
        node = self.all_of()
        while self.take("or"):
            node = Either(node, self.all_of())
        return node

    def all_of(self) -> Node:
        node = self.one()
        while self.take("and"):
            node = Both(node, self.one())
        return node

    def one(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _bad(f"The filter is nested deeper than {_DEEPEST}.", self.token.at)
        node = self.nested()
        self.depth -= 1
        return node

    def nested(self) -> Node:
        if self.take("not"):
            return Not(self.one())
        if self.take("("):
            node = self.any_of()
            self.need(")")
            return node
        return self.test(self.field())

    def field(self) -> str:
        token = self.token
        if token.kind != "word" or token.word in _KEYWORDS:
            raise self.wrong("Expected a field")
        if token.text not in FIELDS:
            raise _bad(f"There is no field {token.text[:40]}.", token.at, f"Fields are: {', '.join(FIELDS)}.")
        self.next += 1
        return token.text

    def test(self, field: str) -> Node:
        if self.take("is"):
            negated = self.take("not")
            self.need("null")
            return Not(Missing(field)) if negated else Missing(field)
        if self.take("not"):
            self.need("in")
            return Not(Among(field, self.values(field)))
        if self.take("in"):
            return Among(field, self.values(field))
        at = self.token.at
        op = self.take("=", "!=", "<>", *_ORDER).replace("<>", "!=")
        if not op:
            raise self.wrong("Expected =, !=, <, <=, >, >=, in or is")
        if op in _ORDER and FIELDS[field] in ("texts", "bool"):
            raise _bad(f"{field} has no order.", at, f"Use = or in with {field}.")
        return Comparison(field, op, self.value(field))

    def values(self, field: str) -> tuple[Value, ...]:
        self.need("(")
        found = [self.value(field)]
        while self.take(","):
            found.append(self.value(field))
        self.need(")")
        return tuple(found)

    def value(self, field: str) -> Value:
        token, kind = self.token, FIELDS[field]
        read = _READERS.get((kind, token.word if token.word in ("true", "false") else token.kind))
        try:
            found = read(token.text) if read else None
        except ValueError:
            found = None
        if found is None:
            raise self.wrong(f"Expected {_WANTED[kind]} for {field}")
        self.next += 1
        return found


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while match := _TOKEN.match(text, at):
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    if rest := text[at:].strip():
        raise _bad(f"Cannot read {rest[:20]}.", at + len(text[at:]) - len(text[at:].lstrip()))
    return [*found, _Token("end", "", len(text))]


def _text(token: str) -> str:
    return token[1:-1].replace("''", "'")


def _day(token: str) -> str:
    return date.fromisoformat(_text(token)).isoformat()


_READERS: Mapping[tuple[str, str], Callable[[str], Value]] = {
    ("text", "text"): _text,
    ("texts", "text"): _text,
    ("date", "text"): _day,
    ("int", "number"): lambda t: float(t) if "." in t else int(t),
    ("float", "number"): float,
    ("bool", "true"): lambda _: True,
    ("bool", "false"): lambda _: False,
}
_WANTED = {
    "text": "a text in single quotes",
    "texts": "a text in single quotes",
    "date": "a day like '2024-01-31'",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
}
