"""What a query asks for letter by letter: phrases in double quotes, codes, cites and names."""

from __future__ import annotations

import pytest

ROWS = [
    {"item_id": "a", "cite": "live/a.md#x", "text": "The refund window is **30\ndays** for [all plans](p.md)."},
    {"item_id": "b", "cite": "live/b.md#x", "text": "The window of the refund form opens after 30 long days for all plans."},
    {"item_id": "c", "cite": "live/c.md#x", "text": "Unit AS-240 measures turbidity. It is not the AS-2401."},
    {"item_id": "d", "cite": "live/d.md#x", "text": "Room 240 is as large as a unit of measure."},
    {"item_id": "e", "cite": "device/as-240", "kind": "entity", "entity_id": "device/as-240", "title": "Samplar 24", "text": "sku: AS-240"},
    {"item_id": "f", "cite": "live/f.md#x", "text": "Order AS-2401 from the store."},
]


@pytest.fixture
def shelf(build):
    entity = {"entity_id": "device/as-240", "entity_type": "device", "name": "Samplar 24", "records": 1}
    return build.client_over(ROWS, entities=build.table("entities", [entity]))


def _found(client, query, **more):
    return [i.item_id for i in client.search(query, **more).items]


def test_a_phrase_in_quotes_must_stand_in_the_item_as_a_reader_sees_it(shelf):
    assert set(_found(shelf, "refund window 30 days")) == {"a", "b"}
    assert _found(shelf, '"refund window"') == ["a"]
    assert _found(shelf, '"30 days" "all plans"') == ["a"]
    assert _found(shelf, "“30 days for all plans”") == ["a"]
    assert _found(shelf, '"window refund"') == []


def test_a_phrase_goes_with_other_words_and_with_a_filter(shelf):
    assert _found(shelf, 'form "30 long days"') == ["b"]
    assert _found(shelf, '"refund window"', filter="source = 'wiki'") == []


def test_a_phrase_of_stop_words_is_no_condition(shelf):
    assert "b" in _found(shelf, '"of the" refund form')


def test_a_code_finds_what_holds_it_as_it_is_first(shelf):
    assert _found(shelf, "what does unit AS-240 measure")[0] == "c"
    assert _found(shelf, "order AS-2401?")[0] == "f"


@pytest.mark.parametrize("query", ["AS-240", "device/as-240", "Samplar 24", "samplar 24", "device/as-240@r1"])
def test_a_name_key_or_cite_alone_finds_the_card_first(shelf, query):
    assert _found(shelf, query)[0] == "e"


def test_a_cite_alone_finds_its_item(shelf):
    assert _found(shelf, "live/d.md#x", k=1) == ["d"]


def test_a_batch_reads_phrases_as_a_single_search_does(shelf):
    assert shelf.search_batch([{"id": "1", "query": '"refund window"'}])[0].items == shelf.search('"refund window"').items


def test_a_name_alone_packs_its_card_and_what_speaks_of_it(shelf):
    cites = [i.cite for i in shelf.get_context("AS-240").items]
    assert cites[0] == "device/as-240"
    assert "live/c.md#x" in cites
