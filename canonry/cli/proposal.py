"""A commented canonry.yaml out of what was found in a folder."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from canonry.cli.output import number
from canonry.ids import slug
from canonry.ingest.rows import attribute

if TYPE_CHECKING:
    from canonry.cli.kinds import Kind, Same
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
_ENTITIES = """
# What a kind of thing is, and how documents speak of it:
"""
_EXAMPLE = """\
# entities:
#   {entity}:
#     attributes:
#       {attribute}: {{type: text, says: ["{phrase}"]}}
"""
_MATCHED = """\
  {entity}:
    identity: match           # no ids are shared: rows that are alike enough become one thing. `canonry explain {entity}/ID` says why
    # attributes:
    #   {attribute}: {{type: text, says: ["{phrase}"]}}
"""
_TAIL = """
# Who may read what, one store each:
# editions:
#   staff: {audiences: [staff], principals: [agent-helpdesk]}
#
# How conflicts are decided; `canonry show policy` prints what holds when nothing stands here:
# policy:
#   - {when: {kind: text_and_record}, decide_by: [validity, authority, recency], else: person}
"""
_SHOWN = 8  # headings and files named in a comment


def proposal(found: Profile, name: str) -> str:
    """Write the configuration that `found` asks for."""
    taken: set[str] = set()
    parts = [_HEAD.format(name=_scalar(name))]
    parts += [_documents(d, _named(PurePosixPath(d.path).name or "documents", taken)) for d in found.documents]
    named = [(e, _named(PurePosixPath(e.path).stem, taken)) for e in found.exports]
    names = {e.path: n for e, n in named}
    kinds = {e.path: (kind, _kind_name(kind, names)) for kind in found.kinds for e in kind.exports}
    parts += [_export(e, n, *kinds.get(e.path, (None, None))) for e, n in named]
    if found.unread:
        parts.append("\n# Left out:\n" + "".join(f"#   {_comment(path)}: {_comment(why)}\n" for path, why in found.unread.items()))
    return "".join([*parts, _entities(found, names), _TAIL])


def _entities(found: Profile, names: dict[str, str]) -> str:
    """What is proposed of the kinds that are matched; an example in a comment, where there are none."""
    matched = [(_kind_name(k, names), k.exports[0]) for k in found.kinds if k.is_matched]
    if matched:
        return _ENTITIES + "entities:\n" + "".join(_MATCHED.format(**_example(_scalar(name), export)) for name, export in matched)
    kind = next(((_kind_name(k, names), k.exports[0]) for k in found.kinds), None)
    entity, export = kind or next(((names[e.path], e) for e in found.exports), ("product", None))
    return _ENTITIES + _EXAMPLE.format(**_example(entity, export))


def _example(entity: str, export: Export | None) -> dict[str, str]:
    phrase = next((c for c in export.columns if c not in (export.id, *export.dates)), "price") if export else "price"
    return {"entity": entity, "attribute": attribute(_comment(phrase)), "phrase": _comment(phrase.lower().replace('"', ""))}


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


def _kind_name(kind: Kind, names: dict[str, str]) -> str:
    """What the exports that describe the same things are rows of: the shortest of their names."""
    return min((names[e.path] for e in kind.exports), key=lambda n: (len(n), n))


def _export(found: Export, name: str, kind: Kind | None, entity: str | None) -> str:
    lines = [
        f"  {name}:{'':<{max(1, 24 - len(name))}}# {number(found.rows, 'row')}; columns: {_comment(_few(found.columns))}",
        f"    kind: {'claims' if found.claims else 'records'}",
        f"    path: {_path(found.path)}",
    ]
    if found.set_aside or found.repeated:
        lines.append(f"    # set aside: {number(found.set_aside, 'unreadable row')}, {found.repeated:,} with a repeated id")
    if kind and entity:
        others = _comment(_few(tuple(e.path for e in kind.exports if e is not found)))
        why = (
            f"rows look like those of {others}: matched"
            if kind.is_matched
            else f"ids of it stand in {others} too: the same things, compared"
        )
        lines.append(f"    entity: {_scalar(entity)}{'':<{max(1, 16 - len(entity))}}# {why}")
    lines += _claims(found.claims) if found.claims else _records(found)
    lines += _fields(kind.same.get(found.path, ())) if kind else []
    return "\n".join([*lines, "    # authority: 1", "    # owner: somebody@example.org"]) + "\n"


def _fields(same: tuple[Same, ...]) -> list[str]:
    """Columns that mean the same as one of another export: as they are, where that is likely and clear, else in comments."""
    if not same:
        return []
    sure, doubted = [s for s in same if s.is_sure], [s for s in same if not s.is_sure]
    lines = [
        "    fields:                   # column: attribute. Values of one attribute are compared; take out what does not mean the same"
    ]
    lines += [f"      {_scalar(s.column)}: {_scalar(s.attribute)}{_reason(s)}" for s in sure]
    doubts = [f"      # {_scalar(s.column)}: {_scalar(s.attribute)}{_reason(s)}: perhaps; look at the values" for s in doubted]
    return [*(lines if sure else [f"    # {line.strip()}" for line in lines]), *doubts]


def _reason(same: Same) -> str:
    written = len(_scalar(same.column)) + len(_scalar(same.attribute))
    return f"{'':<{max(1, 22 - written)}}# {_comment(same.heading)} in {_comment(same.path)}, {min(99, int(100 * same.likeness))} % likely"


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
