"""The labelled set of texts against records: what it must hold, and that its test half stays as it was written."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from benchmarks.text_against_record import dev_half, test_half
from benchmarks.text_against_record.build import Builder
from canonry.ids import digest

# Of the pages and cases of the test half, as they were before the detector was worked on. It never changes.
TEST_HALF = "210159abf1c522db"


@pytest.fixture(scope="module")
def halves():
    made = {"dev": Builder(dev_half.HALF), "test": Builder(test_half.HALF)}
    for half in made.values():
        half.build()
    return made


def test_there_are_enough_planted_conflicts_and_near_misses(halves):
    cases = [c for half in halves.values() for c in half.cases]
    assert sum(c.is_conflict for c in cases) >= 150
    assert sum(not c.is_conflict for c in cases) >= 300


def test_no_phrasing_stands_in_both_halves():
    texts = [{s.text for ks in (h.conflicts, h.near_misses) for g in ks.values() for s in g} for h in (dev_half.HALF, test_half.HALF)]
    assert not texts[0] & texts[1]
    assert not set(dev_half.HALF.filler) & set(test_half.HALF.filler)


def test_no_case_speaks_of_what_another_case_contradicts(halves):
    for half in halves.values():
        planted = [claim[:2] for case in half.cases for claim in case.claims]
        assert len(planted) == len(set(planted))


def test_the_test_half_is_as_it_was_written(halves):
    half = halves["test"]
    assert digest(json.dumps([half.pages, [asdict(c) for c in half.cases]], sort_keys=True)) == TEST_HALF
