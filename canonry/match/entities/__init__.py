"""Which records are one thing: candidates, comparisons, weights, probabilities, clusters; no labels, nothing configured."""
