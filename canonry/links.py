"""What a `replaced_by` of a document leads to."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
