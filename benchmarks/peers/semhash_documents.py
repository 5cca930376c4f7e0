"""Near-duplicates of a folder's documents with SemHash. See `told.py`.

With a third argument, a file of a vector per document, by those; else by its default model. That is fetched from a model hub unless it is
in the hub's cache; without either this fails and says so.
"""

from __future__ import annotations

import sys
from importlib.metadata import version

import numpy as np
import semhash
import told


def main() -> None:
    """Find what it takes for duplicates at several thresholds."""
    texts = told.documents()
    records, found = [{"id": i, "text": t} for i, t in texts.items()], {}
    vectors = np.load(sys.argv[3]) if len(sys.argv) > 3 else None
    with told.stages() as spent:
        if vectors is None:
            made = semhash.SemHash.from_records(records, columns=["text"])
        else:
            made = semhash.SemHash.from_embeddings(vectors, records, model=told.NoVectors(), columns=["text"])
        for threshold in told.THRESHOLDS:
            taken = made.self_deduplicate(threshold=threshold).selected_with_duplicates
            found[str(threshold)] = [(group.record["id"], other["id"]) for group in taken for other, _ in group.duplicates]
    told.write(version("semhash"), spent, *(told.joined(links) for links in found.values()), names=tuple(found))


if __name__ == "__main__":
    main()
