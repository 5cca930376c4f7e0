"""Pairs judged by what other pairs have taught."""

from __future__ import annotations

import random

import numpy as np
import pytest

from canonry.match.entities import levels
from canonry.match.entities.candidates import candidates
from canonry.match.entities.columns import laid_out
from canonry.match.entities.comparisons import counted, of_columns
from tests.match.people import person, with_errors


def a_register(household: bool) -> list[tuple[str, str, dict[str, str]]]:
    """150 persons, 60 of them twice; partners share an address in a household."""
    rng = random.Random(7)  # noqa: S311  (no secrets)
    people = [person(rng) for _ in range(150)]
    rows = people + [with_errors(rng, p) for p in people[:60]]
    if household:
        rows += [{**person(rng), **{k: p[k] for k in ("last", "street", "city")}} for p in people[30:100]]
    return [("register", f"{i:03}", row) for i, row in enumerate(rows)]


@pytest.mark.parametrize("household", [False, True])
def test_a_pair_judged_alone_gets_the_figures_that_it_gets_among_others(household):
    table = laid_out(a_register(household))
    pairs = candidates(table)
    draw = np.random.default_rng(0)
    a, b = (draw.integers(0, table.height, 5000) for _ in range(2))
    found = levels.levels(of_columns(table, counted(table), pairs.left, pairs.right))
    drawn = levels.levels(of_columns(table, counted(table), a[a != b], b[a != b]))
    taught = levels.learnt(found, drawn, found.codes.sum(axis=1).astype(float), table.height * (table.height - 1) // 2)
    together, parts = taught.judged(found), taught.parts(found)
    assert (together > 0.9).any()
    assert (together < 0.1).any()
    for i in range(0, len(together), 7):
        alone = levels.levels(of_columns(table, counted(table), pairs.left[[i]], pairs.right[[i]]))
        assert taught.judged(alone).tolist() == [together[i]]
        assert {name: part.tolist() for name, part in taught.parts(alone).items()} == {name: [part[i]] for name, part in parts.items()}
