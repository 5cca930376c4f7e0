"""Where documents and entities went: what a `replaced_by` leads to, pages that moved, entities whose records are of others now."""

from __future__ import annotations

import posixpath

import polars as pl


def successors(documents: pl.DataFrame) -> dict[str, str]:
    """Resolve what documents say they were replaced by.

    A name is looked up as a path beside the document, then from the root of its source, then as a full document id or URL; at last in the
    other sources, where it counts only when one document alone bears that path.

    Args:
        documents: Columns ``document_id``, ``source``, ``path``, ``url``, ``replaced_by``.

    Returns:
        document_id → document_id of the successor; names that lead nowhere are left out.
    """
    ids = set(documents["document_id"].to_list())
    urls = {u: d for d, u in documents.select("document_id", "url").iter_rows() if u}
    by_path: dict[str, list[str]] = {}
    for document, path in documents.select("document_id", "path").iter_rows():
        by_path.setdefault(path, []).append(document)
    found = {}
    for document, source, path, name in documents.select("document_id", "source", "path", "replaced_by").iter_rows():
        if not name:
            continue
        beside = posixpath.normpath(posixpath.join(source, posixpath.dirname(path), name))
        rooted = posixpath.normpath(posixpath.join(source, name.lstrip("/")))
        elsewhere = by_path.get(posixpath.normpath(name), [])
        choices = (beside, rooted, name, urls.get(name, ""), elsewhere[0] if len(elsewhere) == 1 else "")
        target = next((c for c in choices if c in ids), None)
        if target:
            found[document] = target
    return found


def now_at(documents: pl.DataFrame, noted: pl.DataFrame) -> dict[str, str]:
    """Follow the pages that moved to where they are tonight, over several moves.

    Args:
        documents: As for `moves`.
        noted: Moves that the parent release knew: columns ``old_id``, ``new_id``, ``since``.

    Returns:
        document_id that is gone → document_id that is there; pages that nobody saw move are left out.
    """
    there = set(documents.filter(pl.col("removed_on").is_null())["document_id"].to_list())
    steps = dict(noted.sort("since", "old_id").select("old_id", "new_id").iter_rows())
    steps |= dict(moves(documents).select("old_id", "new_id").iter_rows())
    found = {}
    for old in sorted(steps.keys() - there):
        at, seen = steps[old], {old}
        while at not in there and at in steps and at not in seen:
            seen.add(at)
            at = steps[at]
        if at in there:
            found[old] = at
    return found


def moves(documents: pl.DataFrame) -> pl.DataFrame:
    """Find documents that are gone at one path and there with the same content at one other path of their source.

    Args:
        documents: Columns ``document_id``, ``source``, ``content_hash``, ``removed_on``.

    Returns:
        Columns ``old_id``, ``new_id``, ``since`` (the day on which the old one was gone).
    """
    is_gone = pl.col("removed_on").is_not_null()
    gone = documents.filter(is_gone).select("source", "content_hash", old_id="document_id", since="removed_on")
    here = documents.filter(~is_gone).select("source", "content_hash", new_id="document_id")
    moved = gone.join(here, on=["source", "content_hash"]).filter(pl.len().over("old_id") == 1)
    return moved.select("old_id", "new_id", "since").sort("old_id")


def gave_way(members: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Find entities that are no more and whose records are of others now.

    Args:
        members: Columns ``source``, ``record_id``, ``entity_id``.
        before: The same of the parent release.

    Returns:
        Columns ``old_id``, ``new_id``: of several the entity that most of the records went to, then the smaller.
    """
    gone = before.join(members, on="entity_id", how="anti").select("source", "record_id", old_id="entity_id")
    went = (
        gone.join(members.select("source", "record_id", new_id="entity_id"), on=["source", "record_id"]).group_by("old_id", "new_id").len()
    )
    return went.sort("old_id", pl.col("len") * -1, "new_id").unique("old_id", keep="first", maintain_order=True).drop("len")
