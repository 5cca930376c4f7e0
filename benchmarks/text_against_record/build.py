"""One half of the set → a workspace with pages, exports and a configuration, and the list of its cases."""

from __future__ import annotations

import csv
import json
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from canonry.text import normal

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.text_against_record.parts import Attribute, Grid, Half, Register, Said

_TIMES = 2  # things that each text and each table is made for
_THINGS = 4  # rows of a table
_ON_A_PAGE = 8
_KINDS = ("any", "word", "short", "typo")
_CHOOSY = ("lower", "higher", "same", "other")
_SECTIONS = ("Remarks", "From the last meeting", "Background", "Notes", "Details", "In short")


@dataclass(frozen=True)
class Case:
    """One planted conflict, or one near miss.

    Attributes:
        kind: Kind of text, as in the half.
        is_conflict: Whether the text contradicts the record.
        document: document_id of its page.
        text: The piece of the page.
        claims: (entity_id, attribute, value as the text says it) that contradict the record.
    """

    kind: str
    is_conflict: bool
    document: str
    text: str
    claims: tuple[tuple[str, str, str], ...]


@dataclass
class Thing:
    """One row of a register: its key, its names, and which value of each pool it has."""

    key: str
    names: list[str]
    at: dict[str, int]
    used: set[str] = field(default_factory=set)


class Builder:
    """Makes the texts of a half; every (thing, attribute) is spoken of in one case only."""

    def __init__(self, half: Half) -> None:
        self.half, self.rng = half, random.Random(half.seed)
        self.things = {name: self._things(register) for name, register in half.registers.items()}
        self.pages: dict[str, str] = {}
        self.cases: list[Case] = []

    def _things(self, register: Register) -> list[Thing]:
        names = [*(n for n in register.names if n not in register.twins), *register.twins, *register.twins]
        pattern = register.key.split("=", 1)[1]
        spread = self.rng.sample(range(3, 3 + 3 * len(names)), len(names))
        return [
            Thing(pattern.format(n=n), name.split("="), {a.heading: self.rng.randrange(len(a.pool)) for a in register.attributes})
            for n, name in zip(spread, names, strict=True)
        ]

    def attribute(self, register: str, heading: str) -> Attribute:
        """One column of a register."""
        return next(a for a in self.half.registers[register].attributes if a.heading == heading)

    def _spelt(self, value: str) -> str:
        """One of the spellings that people use."""
        own, *others = value.split("=")
        return self.rng.choice(others) if others else own

    def _other(self, attribute: Attribute, *but: int) -> str:
        return self._spelt(attribute.pool[self.rng.choice([i for i in range(len(attribute.pool)) if i not in but])])

    def pick(self, said: Said) -> list[Thing]:
        """The thing that a text is about, and another one for {other}; both are used up."""
        register, attribute = self.half.registers[said.register], self.attribute(said.register, said.heading)
        last = len(attribute.pool) - 1
        special = {*register.words, *register.twins}

        def fits(thing: Thing) -> bool:
            at = thing.at[said.heading]
            inside = ("{lower}" not in said.text or at > 0) and ("{higher}" not in said.text or at < last)
            spelt = "{same}" not in said.text or "=" in attribute.pool[at] or not any("=" in p for p in attribute.pool)
            of = {
                "any": thing.names[0] not in special, "word": thing.names[0] in register.words, "twin": thing.names[0] in register.twins,
                "short": len(thing.names) > 1, "typo": len(thing.names) > 2,
            }.get(said.of, thing.names[0] == said.of)  # fmt: skip
            return said.heading not in thing.used and inside and spelt and of

        things = [t for t in self.things[said.register] if fits(t)]
        wanted = 2 if "{other}" in said.text else 1
        if len(things) < wanted:
            msg = f"too few things of {said.register} for {said.text!r}"
            raise LookupError(msg)
        chosen = self.rng.sample(things, wanted)
        for thing in chosen:
            thing.used.add(said.heading)
        return chosen

    def filled(self, said: Said) -> tuple[str, tuple[tuple[str, str, str], ...]]:
        """A text with its slots filled, and the claims in it that contradict the record."""
        attribute = self.attribute(said.register, said.heading)
        thing, *others = self.pick(said)
        at = thing.at[said.heading]
        taken = {t.at[said.heading] for t in self.things[said.register] if t.names[0] == thing.names[0]} if said.of == "twin" else {at}
        slots = {
            "name": thing.names[0], "short": thing.names[1 % len(thing.names)], "typo": thing.names[-1], "key": thing.key,
            "v": self._other(attribute, *taken), "own": self._spelt(attribute.pool[at]), "same": self._spelt(attribute.pool[at]),
        }  # fmt: skip
        if at > 0:
            slots["lower"] = self._spelt(attribute.pool[self.rng.randrange(at)])
        if at < len(attribute.pool) - 1:
            slots["higher"] = self._spelt(attribute.pool[self.rng.randrange(at + 1, len(attribute.pool))])
        for other in others:
            slots |= {"other": other.names[0], "other_own": self._spelt(attribute.pool[other.at[said.heading]])}
        value = next((slots[s] for s in ("v", "lower", "higher") if "{" + s + "}" in said.text), "")
        return said.text.format(**slots), ((f"{said.register}/{normal(thing.key)}", attribute.name, value),)

    def grid(self, grid: Grid) -> tuple[str, list[tuple[str, tuple[tuple[str, str, str], ...]]]]:
        """A table, and per row its name and what in it contradicts the record."""
        name = self._register_of(grid)
        kept = {s.of for kinds in (self.half.conflicts, self.half.near_misses) for group in kinds.values() for s in group}
        special = {*self.half.registers[name].words, *self.half.registers[name].twins, *kept}
        free = [t for t in self.things[name] if not t.used & set(grid.headings) and t.names[0] not in special]
        things = self.rng.sample(free, _THINGS)
        wrong, which = self.rng.randrange(_THINGS), self.rng.choice(grid.headings)
        rows, told = [], []
        for n, thing in enumerate(things):
            thing.used |= set(grid.headings)
            values, claims = [], []
            for heading in grid.headings:
                attribute, at = self.attribute(name, heading), thing.at[heading]
                values.append(self._spelt(attribute.pool[at]))
                if n == wrong and heading == which:
                    values[-1] = self._other(attribute, at)
                    claims.append((f"{name}/{normal(thing.key)}", attribute.name, values[-1]))
            called = thing.key if grid.form == "key" else thing.names[0]
            rows.append([called, *values])
            told.append((" ".join(rows[-1]), tuple(claims)))
        return _FORMS[grid.form](grid, rows), told

    def _register_of(self, grid: Grid) -> str:
        return next(n for n, r in self.half.registers.items() if set(grid.headings) <= {a.heading for a in r.attributes})

    def build(self) -> None:
        """Make all pages and cases."""
        for grid in self.half.grids * _TIMES:
            page, told = self.grid(grid)
            kind = "definitions" if grid.form == "definitions" else f"table_{grid.form}"
            self._add(page, "html" if grid.form in ("html", "definitions") else "md", [(kind, t, bool(c), c) for t, c in told])
        texts = [
            (kind, is_conflict, said)
            for is_conflict, kinds in ((True, self.half.conflicts), (False, self.half.near_misses))
            for kind, group in kinds.items()
            for said in group
        ]
        texts.sort(key=lambda t: _choosiness(t[2]), reverse=True)
        inline: list[tuple[str, str, bool, Any]] = []
        for kind, is_conflict, said in texts:
            once = said.of not in _KINDS
            inline += [(kind, *self._one(said, is_conflict=is_conflict)) for _ in range(1 if once else _TIMES)]
        self.rng.shuffle(inline)
        self._pages([c for c in inline if not c[1].startswith("#")], [c for c in inline if c[1].startswith("## ")])
        for kind, text, is_conflict, claims in (c for c in inline if c[1].startswith("# ")):
            self._add(f"{text}\n\n{self._filler()}\n", "md", [(kind, text, is_conflict, claims)])

    def _one(self, said: Said, *, is_conflict: bool) -> tuple[str, bool, Any]:
        text, claims = self.filled(said)
        return text, is_conflict, claims if is_conflict else ()

    def _filler(self) -> str:
        return self.rng.choice(self.half.filler)

    def _pages(self, inline: list[Any], sections: list[Any]) -> None:
        pages = [inline[i : i + _ON_A_PAGE] for i in range(0, len(inline), _ON_A_PAGE)]
        for n, page in enumerate(pages):
            below = sections[n :: len(pages)]
            parts = [f"# {self.rng.choice(self.half.titles)}", self._filler()]
            for k, (_, text, _, _) in enumerate(page):
                if k % 3 == 0:
                    parts.append(f"## {self.rng.choice(_SECTIONS)}")
                parts.append(text if "\n" in text else " ".join([self._filler()] * self.rng.randrange(2) + [text]))
            parts.extend(text for _, text, _, _ in below)
            self._add("\n\n".join(parts) + "\n", "md", [*page, *below])

    def _add(self, page: str, suffix: str, cases: list[tuple[str, str, bool, Any]]) -> None:
        path = f"page-{len(self.pages) + 1:03d}.{suffix}"
        self.pages[path] = page
        self.cases.extend(Case(kind, c, f"wiki/{path}", text, claims) for kind, text, c, claims in cases)


def _choosiness(said: Said) -> tuple[bool, bool, int]:
    """What few things fit chooses first."""
    return said.of not in _KINDS, said.of != "any", sum("{" + c + "}" in said.text for c in _CHOOSY)


def _markdown(grid: Grid, rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(r) + " |" for r in (list(grid.shown), ["---"] * len(grid.shown), *rows)]
    return f"# {grid.intro.rstrip(':.')}\n\n" + "\n".join(lines) + "\n"


def _across(grid: Grid, rows: list[list[str]]) -> str:
    turned = [list(r) for r in zip(list(grid.shown), *rows, strict=True)]
    lines = ["| " + " | ".join(r) + " |" for r in (turned[0], ["---"] * len(turned[0]), *turned[1:])]
    return f"# {grid.intro.rstrip(':.')}\n\n" + "\n".join(lines) + "\n"


def _html(grid: Grid, rows: list[list[str]]) -> str:
    head = "".join(f"<th>{h}</th>" for h in grid.shown)
    body = "\n".join("<tr>" + "".join(f"<td>{c}</td>" for c in r) + "</tr>" for r in rows).replace("&", "&amp;")
    return f"<html><body><h1>{grid.intro.rstrip(':.')}</h1>\n<table><tr>{head}</tr>\n{body}</table></body></html>\n"


def _definitions(grid: Grid, rows: list[list[str]]) -> str:
    parts = [f"<h2>{name}</h2><dl><dt>Kind</dt><dd>in use</dd><dt>{grid.shown[1]}</dt><dd>{value}</dd></dl>" for name, value in rows]
    return f"<html><body><h1>{grid.intro.rstrip(':.')}</h1>\n" + "\n".join(parts) + "</body></html>\n"


_FORMS = {"markdown": _markdown, "key": _markdown, "html": _html, "across": _across, "definitions": _definitions}


def write(half: Half, folder: Path) -> list[Case]:
    """Write the workspace of a half into a folder, and return its cases."""
    made = Builder(half)
    made.build()
    for path, text in made.pages.items():
        (folder / "wiki").mkdir(exist_ok=True)
        (folder / "wiki" / path).write_text(text, encoding="utf-8")
    sources: dict[str, Any] = {"wiki": {"kind": "documents", "path": "wiki", "observed_on": "2026-02-27"}}
    entities: dict[str, Any] = {}
    for name, register in half.registers.items():
        file = _export(folder, name, register, made.things[name])
        sources[f"{name}_register"] = {"kind": "records", "path": file, "entity": name, "id": register.key.split("=")[0]}
        called = re.sub(r"\W+", "_", register.called[0].lower())
        attributes: dict[str, Any] = {called: {"type": register.called[1]}}
        for a in register.attributes:
            attributes[a.name] = {"type": a.kind, **({"says": list(a.says)} if a.says else {})}
        entities[name] = {"identity": "key", "names": [called], "attributes": attributes}
    config = {
        "name": "text_against_record",
        "run_date": "2026-03-02",
        "default_audience": ["staff"],
        "sources": sources,
        "entities": entities,
    }
    (folder / "canonry.yaml").write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return made.cases


def _export(folder: Path, name: str, register: Register, things: list[Thing]) -> str:
    headings = [register.key.split("=")[0], register.called[0], *(a.heading for a in register.attributes)]
    rows = [[t.key, t.names[0], *(a.pool[t.at[a.heading]].split("=")[0] for a in register.attributes)] for t in things]
    path = folder / f"{name}.{register.format}"
    with path.open("w", encoding="utf-8", newline="") as f:
        if register.format == "jsonl":
            f.writelines(json.dumps(dict(zip(headings, row, strict=True)), ensure_ascii=False) + "\n" for row in rows)
        else:
            csv.writer(f).writerows([headings, *rows])
    return path.name
