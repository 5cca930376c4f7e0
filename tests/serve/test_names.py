"""Names are found exactly, or by their spelling; what differs in a digit is another thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from canonry.serve.names import ALIKE, Names

NAMES = Names([("Ada Lovelace", "p/1"), ("Samplar 24", "d/as-240"), ("AS-240", "d/as-240"), ("Bristol", "s/1"), ("bristol", "s/2")])


@pytest.mark.parametrize(
    ("asked", "ids", "exact"),
    [
        ("ada  LOVELACE", {"p/1"}, True), ("Lovelace Ada", {"p/1"}, False), ("Ada Lovelase", {"p/1"}, False),
        ("as-240", {"d/as-240"}, True), ("AS-340", set(), False), ("Samplar 25", set(), False),
        ("Bristol", {"s/1", "s/2"}, True), ("nobody at all", set(), False), ("", set(), False),
    ],
)  # fmt: skip
def test_a_name_is_found(asked, ids, exact):
    found = NAMES.find(asked)
    assert (set(found.ids), found.exact) == (ids, exact)


def test_things_of_one_name_are_told_apart_by_their_ids():
    names = Names([("Bristol", "s/1"), ("Bristol", "s/2"), ("s/1", "s/1"), ("s/2", "s/2")])
    assert names.find("Bristol (s/2)").ids == {"s/2"}


def test_what_comes_close_is_told():
    assert NAMES.find("lovelace").close[0] == "ada lovelace"


_WORD = st.text("abcdefgh ", min_size=3, max_size=14)


@given(names=st.lists(_WORD, min_size=1, max_size=80, unique=True), asked=_WORD)
def test_the_index_finds_what_comparing_with_every_name_finds(names, asked):
    index = Names((n, n) for n in names)
    known = sorted({" ".join(n.split()) for n in names} - {""})
    found = index.find(asked)
    best = process.extractOne(" ".join(sorted(asked.split())), [" ".join(sorted(n.split())) for n in known], scorer=fuzz.ratio)
    if best and best[1] >= ALIKE and asked.strip():
        assert found.ids
    elif not found.exact:
        assert not found.ids
