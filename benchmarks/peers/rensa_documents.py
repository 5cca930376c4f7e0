"""Near-duplicates of a folder's documents with rensa: RMinHash and LSH over words, as its documentation has them. See `told.py`."""

from __future__ import annotations

from importlib.metadata import version

import rensa
import told

PERMUTATIONS = 128


def main() -> None:
    """Find pairs that LSH proposes and whose estimated Jaccard likeness reaches the threshold, for several thresholds."""
    texts = told.documents()
    names, found = list(texts), {}
    with told.stages() as spent:
        sketches = list(rensa.RMinHash.from_token_sets([sorted(told.tokens(t)) for t in texts.values()], num_perm=PERMUTATIONS, seed=42))
        for threshold in told.THRESHOLDS:
            index = rensa.RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=16 if threshold >= 0.7 else 32)
            index.insert_many(sketches)
            proposed = {(a, b) for a, sketch in enumerate(sketches) for b in index.query(sketch) if a < b}
            found[str(threshold)] = [(names[a], names[b]) for a, b in sorted(proposed) if sketches[a].jaccard(sketches[b]) >= threshold]
    told.write(version("rensa"), spent, *(told.joined(links) for links in found.values()), names=tuple(found))


if __name__ == "__main__":
    main()
