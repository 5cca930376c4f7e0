"""How many of the pairs that are one thing were compared at all, by looking farther for a sample of the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from canonry.match.entities import levels, terms
from canonry.match.entities.comparisons import in_detail, of_columns, of_numbers
from canonry.match.entities.linked import merged, of_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from canonry.match.entities.candidates import Candidates
    from canonry.match.entities.comparisons import Comparison
    from canonry.match.entities.linked import Linked
    from canonry.match.entities.pairing import Taught
    from canonry.match.entities.table import Table

_SAMPLE = 120  # records for which is looked farther
_WIDE = terms.Reach(120, 1.0, 0.0, 120, float("inf"))  # so many neighbours, and no term left out


def estimated(table: Table, taught: Taught, links: pl.DataFrame, least: float) -> float | None:
    """Estimate the share of pairs that are one thing which stands among the pairs that were compared.

    For a sample of the records, taken at equal steps, many more neighbours are compared than candidates are taken for each. What the model
    makes of those says how much was missed. What shares no word and no run of characters is not found this way either.

    Args:
        table: The records.
        taught: What they taught.
        links: The pairs as `told.links` gives them.
        least: Probability from which a pair counts.

    Returns:
        In [0, 1]; None where nothing of the sample has a match.
    """
    found_by, counts, model = taught
    sample = np.unique(np.linspace(0, table.height - 1, _SAMPLE).astype(np.int64))
    left, right = _farther(table, found_by, sample, across=not isinstance(model, levels.Model))
    compared = of_columns(table, counts, left, right)
    if isinstance(model, levels.Model):
        p = model.judged(levels.levels(compared + of_numbers(table, left, right)))
        missed = float(p[p >= least].sum())
        ends = links.select("left", "right").to_numpy()
        found = float(links["match_probability"].to_numpy()[np.isin(ends, sample).any(axis=1)].sum())
    else:
        compared += in_detail(table, counts, [kind.weighted for kind in found_by.kinds[:2]], left, right)
        found, missed = _by_lead(table.source, model, compared, (left, right), sample)
    return round(found / (found + missed), 4) if found + missed > 0 else None


def _farther(table: Table, found: Candidates, sample: NDArray[np.int64], *, across: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of the sample with many of their neighbours that were not compared; ``across`` sources only, or all."""
    n = table.height
    pairs = [np.zeros(0, dtype=np.int64)]
    for kind in found.kinds[:2]:
        for g in range(len(table.sources)):
            mine = sample[table.source[sample] == g]
            others = np.flatnonzero(table.source != g) if across else np.arange(n)
            if len(mine) and len(others):
                a, b, _ = terms.nearest(kind.weighted[mine], kind.weighted[others], _WIDE, None if across else mine)
                one, other = mine[a], others[b]
                pairs.append(np.minimum(one, other) * n + np.maximum(one, other))
    every = np.unique(np.concatenate(pairs))
    known = found.left * n + found.right
    at = np.minimum(np.searchsorted(known, every), len(known) - 1)
    fresh = every[known[at] != every]
    return fresh // n, fresh % n


def _by_lead(
    source: NDArray[np.int64],
    model: Sequence[Linked],
    compared: list[Comparison],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    sample: NDArray[np.int64],
) -> tuple[float, float]:
    """Judge the further pairs beside those that were compared: a nearest that was missed takes the place of another."""
    left, right = pairs
    found = missed = 0.0
    for linked in model:
        own = np.flatnonzero(np.isin(source[left], linked.sources) & np.isin(source[right], linked.sources))
        further = linked.further(of_pairs(compared, own), left[own], right[own])
        both, is_new = merged(linked.scored, further)
        p = linked.probabilities(both, source)
        of_sample = np.isin(both.left, sample) | np.isin(both.right, sample)
        found += float(p[of_sample & ~is_new].sum())
        missed += float(p[is_new].sum())
    return found, missed
