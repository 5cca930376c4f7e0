"""Texts as weighted terms: later texts in the terms and weights of earlier ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.match.entities import terms

TEXTS = st.lists(
    st.lists(st.sampled_from(["ann", "lee", "main st", "4711", "öl", "smith"]), max_size=4).map(" ".join), min_size=1, max_size=8
)


@pytest.mark.parametrize("count", [terms.by_word, terms.by_gram])
@given(texts=TEXTS)
def test_texts_have_the_same_weights_in_terms_that_were_learnt_from_them(count, texts):
    learnt = count(texts)
    again = count(texts, learnt.terms)
    rare = terms.rarity(learnt.counts)
    assert again.terms.equals(learnt.terms)
    assert (terms.scaled(again.counts, rare) != terms.weighted(learnt.counts)).nnz == 0


@pytest.mark.parametrize("count", [terms.by_word, terms.by_gram])
@given(texts=TEXTS, later=TEXTS)
def test_a_later_text_is_as_near_as_its_words_say_whatever_other_texts_come_with_it(count, texts, later):
    learnt = count(texts)
    rare = terms.rarity(learnt.counts)
    known = terms.scaled(learnt.counts, rare)

    def near(some: list[str]) -> np.ndarray:
        x = terms.scaled(count(some, learnt.terms).counts, rare)
        return (x[:, : known.shape[1]] @ known.T).toarray()

    assert near(later)[:1] == pytest.approx(near(later[:1]), abs=1e-6)


def test_words_that_no_earlier_text_holds_make_a_text_less_near_and_are_met_by_none():
    learnt = terms.by_word(["ann lee", "bob ray"])
    rare = terms.rarity(learnt.counts)
    known = terms.scaled(learnt.counts, rare)
    asked = terms.scaled(terms.by_word(["ann lee", "ann lee newcomer", "newcomer"], learnt.terms).counts, rare)
    rows, found, _ = terms.nearest(asked, known, terms.Reach(2, 0.6, 0.0, 5, 1e6))
    assert list(zip(rows.tolist(), found.tolist(), strict=True)) == [(0, 0), (1, 0)]
    cosines = (asked[:, : known.shape[1]] @ known.T).toarray()
    assert cosines[0, 0] == pytest.approx(1, abs=1e-6)
    assert 0.7 < cosines[1, 0] < 0.9


def test_a_row_is_no_neighbour_of_itself():
    x = terms.weighted(terms.by_word(["ann lee", "ann lee", "bob ray"]).counts)
    rows, found, _ = terms.nearest(x, x, terms.Reach(2, 0.6, 0.0, 5, 1e6), np.arange(3))
    assert list(zip(rows.tolist(), found.tolist(), strict=True)) == [(0, 1), (1, 0)]
