"""Near-duplicates of a folder's documents with datasketch: MinHash and LSH over words, as its documentation has them. See `told.py`."""

from __future__ import annotations

import datasketch
import told

PERMUTATIONS = 128


def main() -> None:
    """Find pairs that LSH proposes and whose estimated Jaccard likeness reaches the threshold, for several thresholds."""
    texts = told.documents()
    found = {}
    with told.stages() as spent:
        sketches = {}
        for ident, text in texts.items():
            sketches[ident] = datasketch.MinHash(num_perm=PERMUTATIONS)
            sketches[ident].update_batch([token.encode() for token in told.tokens(text)])
        for threshold in told.THRESHOLDS:
            index = datasketch.MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
            for ident, sketch in sketches.items():
                index.insert(ident, sketch)
            proposed = {(a, b) for a, sketch in sketches.items() for b in index.query(sketch) if a < b}
            found[str(threshold)] = [(a, b) for a, b in sorted(proposed) if sketches[a].jaccard(sketches[b]) >= threshold]
    told.write(datasketch.__version__, spent, *(told.joined(links) for links in found.values()), names=tuple(found))


if __name__ == "__main__":
    main()
