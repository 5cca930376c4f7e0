"""Near-duplicates of a folder's documents with SemHash and its default model. See `told.py`.

The model is fetched from a model hub unless it is in the hub's cache; without either this fails and says so.
"""

from __future__ import annotations

from importlib.metadata import version

import semhash
import told


def main() -> None:
    """Find what it takes for duplicates at several thresholds."""
    texts = told.documents()
    records, found = [{"id": i, "text": t} for i, t in texts.items()], {}
    with told.stages() as spent:
        made = semhash.SemHash.from_records(records, columns=["text"])
        for threshold in told.THRESHOLDS:
            taken = made.self_deduplicate(threshold=threshold).selected_with_duplicates
            found[str(threshold)] = [(group.record["id"], other["id"]) for group in taken for other, _ in group.duplicates]
    told.write(version("semhash"), spent, *(told.joined(links) for links in found.values()), names=tuple(found))


if __name__ == "__main__":
    main()
