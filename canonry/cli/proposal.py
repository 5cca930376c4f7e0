"""A commented canonry.yaml out of what was found in a folder."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from canonry.cli.output import number
from canonry.ids import slug

if TYPE_CHECKING:
    from canonry.cli.profile import Documents, Export, Profile

_HEAD = """\
# Proposed by `canonry init`: it runs as it is. Paths are relative to this file; `canonry show schema` lists every key.
name: {name}
store: store                  # published releases; yours to keep
journal: journal              # what people ruled; yours to keep
state: .canonry               # may be deleted at any time
# run_date: 2024-12-31        # the day that counts as today; default: today
# default_audience: [staff]   # who may read what nobody else is named for; needed as soon as there are editions

sources:
"""
_TAIL = """
# What a kind of thing is, and how documents speak of it:
# entities:
#   {entity}:
#     attributes:
#       {attribute}: {{type: text, says: ["{phrase}"]}}
#
# Who may read what, one store each:
# editions:
#   staff: {{audiences: [staff], principals: [agent-helpdesk]}}
#
# How conflicts are decided; `canonry show policy` prints what holds when nothing stands here:
# policy:
#   - {{when: {{kind: text_and_record}}, decide_by: [validity, authority, recency], else: person}}
"""
_SHOWN = 8  # headings and files named in a comment


def proposal(found: Profile, name: str) -> str:
    """Write the configuration that `found` asks for."""
    taken: set[str] = set()
    parts = [_HEAD.format(name=_scalar(name))]
    parts += [_documents(d, _named(PurePosixPath(d.path).name or "documents", taken)) for d in found.documents]
    named = [(e, _named(PurePosixPath(e.path).stem, taken)) for e in found.exports]
    kinds = _kinds(found, {e.path: n for e, n in named})
    parts += [_export(e, n, kinds.get(e.path)) for e, n in named]
    if found.unread:
        parts.append("\n# Left out:\n" + "".join(f"#   {_comment(path)}: {_comment(why)}\n" for path, why in found.unread.items()))
    entity, export = (kinds.get(named[0][0].path, named[0][1]), named[0][0]) if named else ("product", None)
    phrase = next((c for c in export.columns if c not in (export.id, *export.dates)), "price") if export else "price"
    parts.append(_TAIL.format(entity=entity, attribute="_".join(phrase.lower().split()), phrase=_comment(phrase.lower().replace('"', ""))))
    return "".join(parts)


def _documents(found: Documents, name: str) -> str:
    globs = [f"{'**/' if found.deep else ''}*{s}" for s in found.suffixes]
    lines = [
        f"  {name}:{'':<{max(1, 24 - len(name))}}# {number(len(found.files), 'document')}",
        "    kind: documents",
        f"    path: {_path(found.path)}",
        f"    include: {json.dumps(globs, ensure_ascii=False)}",
        "    # authority: 1            # 1 is believed first; sources without a rank come last, together",
        "    # owner: somebody@example.org",
    ]
    if found.sidecar:
        export, columns = found.sidecar
        pairs = ", ".join(f"{k}: {_scalar(c)}" for k, c in columns.items())
        lines.append(f"    metadata: {{path: {_scalar(export.path)}, {pairs}}}")
    else:
        lines += ["    # observed_on: 2024-12-31   # when this copy was taken", "    # review_every: 180d"]
    return "\n".join(lines) + "\n"


def _kinds(found: Profile, names: dict[str, str]) -> dict[str, str]:
    """What the exports that describe the same things are rows of: the shortest of their names."""
    return {e.path: min((names[o.path] for o in group), key=lambda n: (len(n), n)) for group in found.alike for e in group}


def _export(found: Export, name: str, kind: str | None) -> str:
    lines = [
        f"  {name}:{'':<{max(1, 24 - len(name))}}# {number(found.rows, 'row')}; columns: {_comment(_few(found.columns))}",
        f"    kind: {'claims' if found.claims else 'records'}",
        f"    path: {_path(found.path)}",
    ]
    if found.set_aside or found.repeated:
        lines.append(f"    # set aside: {number(found.set_aside, 'unreadable row')}, {found.repeated:,} with a repeated id")
    if kind:
        lines.append(
            f"    entity: {_scalar(kind)}{'':<{max(1, 16 - len(kind))}}# ids of it stand in another export too: the same things, compared"
        )
    lines += _claims(found.claims) if found.claims else _records(found)
    return "\n".join([*lines, "    # authority: 1", "    # owner: somebody@example.org"]) + "\n"


def _claims(columns: dict[str, str]) -> list[str]:
    return [f"    columns: {{{', '.join(f'{k}: {_scalar(c)}' for k, c in columns.items())}}}"]


def _records(found: Export) -> list[str]:
    if found.id:
        lines = [f"    id: {_scalar(found.id)}"]
    else:
        lines = ["    # id: COLUMN               # no column is called an id and names every row: ids are made from the rows"]
    if found.observed_at:
        lines.append(f"    observed_at: {_scalar(found.observed_at)}")
    elif found.dates:
        dates = _comment(_few(found.dates))
        lines.append(f"    # observed_at: {_comment(found.dates[0])}   # if it says when a row was last right; columns of dates: {dates}")
    return lines


def _few(names: tuple[str, ...]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _named(wanted: str, taken: set[str]) -> str:
    """Make a source's name out of a file's."""
    base = re.sub(r"[^A-Za-z0-9_.-]+", "_", slug(wanted).replace("-", "_")).strip("_.-") or "source"
    base = base if re.match(r"[A-Za-z]", base) else f"source_{base}"  # YAML would read 2024 as a number
    name, n = base, 1
    while name in taken:
        n += 1
        name = f"{base}_{n}"
    taken.add(name)
    return name


def _path(path: str) -> str:
    """Write a path; where ``${`` stands in a name, a glob does, for the environment would be asked for the variable."""
    return _scalar(path.replace("${", "?{"))


def _scalar(text: str) -> str:
    """Write a text so that YAML reads it back, and nothing in it is taken for ``${VAR}``."""
    return (
        text
        if re.fullmatch(r"[A-Za-z][\w./-]*(?: [A-Za-z][\w./-]*)*", text) and text.lower() not in _WORDS
        else json.dumps(text, ensure_ascii=False)
    )


_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


def _comment(text: str) -> str:
    """Keep a comment on its line; ``${`` would be looked up in the environment even there."""
    return " ".join(text.split()).replace("${", "$ {")
