"""Vectors of a folder's documents by the embedding model that Canonry ships, for tools that lack one; a third argument names the file."""

from __future__ import annotations

import sys

import numpy as np
import told

from canonry.similarity import SentenceEncoder
from canonry.version import VERSION


def main() -> None:
    """Write a row per document, in their order; the model reads the beginning of a long one."""
    texts = told.documents()
    with told.stages() as spent:
        vectors = SentenceEncoder().encode(list(texts.values()))
    np.save(sys.argv[3], vectors)
    told.write(VERSION, spent, ())


if __name__ == "__main__":
    main()
