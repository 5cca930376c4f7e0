"""What YAML does not tell by itself: lines of keys, repeated keys, `${VAR}`, and the word that was probably meant."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import yaml
from rapidfuzz import process

from canonry.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def refuse_repeated(node: yaml.Node, file: str, place: tuple[str, ...], seen: set[int]) -> None:
    """Refuse a mapping in which a key stands twice: YAML would silently keep the last."""
    if id(node) in seen or not isinstance(node, yaml.CollectionNode):
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            refuse_repeated(value, file, (*place, str(number)), seen)
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in lines:
            msg = f"the key {name!r} stands twice: on line {lines[name]} and on line {line}"
            raise ConfigError(msg, "Put both into one, or take one out.", file=file, line=line, key=".".join((*place, name)))
        lines[name] = line
        refuse_repeated(value, file, (*place, name), seen)


def expanded(text: str, environment: Mapping[str, str], path: Path) -> str:
    """Put the values of the environment in place of `${VAR}`, except in comments; a variable that is not set is an error."""

    def put(found: re.Match[str]) -> str:
        if found[1] not in environment:
            line = text.count("\n", 0, found.start()) + 1
            msg = f"the environment has no variable {found[1]}"
            raise ConfigError(msg, "Set it, or write the value into the file.", file=path.name, line=line)
        return environment[found[1]]

    spoken = _spoken(text)
    return _VARIABLE.sub(lambda found: put(found) if spoken(found.start()) else found[0], text)


def _spoken(text: str) -> Callable[[int], bool]:
    """Give a function that says whether a position is part of what YAML reads, and not of a comment."""
    bland = _VARIABLE.sub(lambda found: "x" * len(found[0]), text)  # the same length, and plain in every context
    try:
        spans = [(t.start_mark.index, t.end_mark.index) for t in yaml.scan(bland) if t.end_mark.index > t.start_mark.index]
    except yaml.YAMLError:
        return lambda _: True  # what is wrong is said when it is read
    starts = [start for start, _ in spans]

    def spoken(at: int) -> bool:
        before = bisect_right(starts, at) - 1
        return before >= 0 and at < spans[before][1]

    return spoken


def nearest(word: str, valid: Any) -> str:
    """Say which word was probably meant, or which ones there are; empty when there are none."""
    best = process.extractOne(word, list(valid), score_cutoff=60) if valid else None
    return f"; did you mean {best[0]!r}?" if best else f"; valid are: {', '.join(sorted(valid))}" if valid else ""


def line_of(node: yaml.Node, place: list[str]) -> int:
    """The line of the deepest key on the path that exists in the file."""
    line, here = node.start_mark.line + 1, node
    for step in place:
        if isinstance(here, yaml.MappingNode):
            hit = next(((k, v) for k, v in here.value if k.value == step), None)
            if hit is None:
                break
            line, here = hit[0].start_mark.line + 1, hit[1]
        elif isinstance(here, yaml.SequenceNode) and step.isdigit() and int(step) < len(here.value):
            here = here.value[int(step)]
            line = here.start_mark.line + 1
    return line
