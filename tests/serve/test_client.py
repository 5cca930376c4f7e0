"""What agents get from search, get_item, describe_store and the lists."""

from __future__ import annotations

import polars as pl
import pytest

from canonry.serve import AgentError, Client

BATCH_FIELDS = ["cite", "item_id", "document_id", "source", "text", "status", "flags", "corrections", "conflict_ids", "quality", "score"]


def test_a_hit_has_exactly_the_fields_of_the_batch_output_and_the_whole_text(client):
    hit = client.search("parental leave").items[0]
    assert list(hit.as_dict()) == BATCH_FIELDS
    assert (hit.cite, hit.text, hit.status) == ("live/leave.md#parental", "Parental leave is 16 weeks.", "stale")
    assert hit.flags == ("review_overdue", "owner_gone")


def test_corrections_travel_with_the_text(client):
    hit = client.search("what does the team plan cost").items[0]
    assert (hit.status, hit.corrections[0].stands) == ("corrected", "$25")


def test_copies_of_a_passage_are_served_once(client):
    cites = [i.cite for i in client.search("book flights portal").items]
    assert cites.count("live/travel.md#booking") + cites.count("live/trips.md#booking") == 1


@pytest.mark.parametrize(
    ("query", "status"), [("refund days", "conflicting"), ("parental leave", "stale"), ("team plan", "ok"), ("zzzz", "insufficient")]
)
def test_the_status_of_a_search_is_the_first_that_applies(client, query, status):
    assert client.search(query, k=1).status == status


def test_a_filter_is_applied_before_ranking(client):
    assert [i.source for i in client.search("refund", k=1, filter="source = 'wiki'").items] == ["wiki"]
    with pytest.raises(AgentError, match="no field"):
        client.search("refund", filter="sauce = 'wiki'")


def test_a_batch_answers_every_line_as_a_single_search_would(client):
    lines = [{"id": "1", "query": "refund"}, {"id": 2, "query": "leave", "k": 1, "filter": "source = 'live'"}, {"id": "3", "query": "zzzz"}]
    answers = client.search_batch(lines, k=3)
    assert [a.id for a in answers] == ["1", "2", "3"]
    assert answers[0].items == client.search("refund", k=3).items
    assert answers[1].items == client.search("leave", k=1, filter="source = 'live'").items
    assert answers[2].status == "insufficient"


@pytest.mark.parametrize("line", [{"id": "1"}, {"query": "x"}, {"id": "1", "query": "x", "kk": 3}, {"id": "1", "query": 3}])
def test_a_batch_line_that_is_no_query_is_refused_with_its_number(client, line):
    with pytest.raises(AgentError, match="Line 1"):
        client.search_batch([line])


@pytest.mark.parametrize(("query", "k"), [("", 5), ("  ", 5), ("x" * 20_000, 5), ("x", 0), ("x", 101)])
def test_a_request_out_of_range_is_refused(client, query, k):
    with pytest.raises(AgentError) as caught:
        client.search(query, k=k)
    assert caught.value.code == "BAD_ARGUMENT"


def test_without_vectors_no_encoder_is_asked(build):
    assert build.client_over([{"item_id": "a", "text": "refund"}]).search("refund").items[0].item_id == "a"


def test_vectors_of_another_model_are_not_compared(build, encoder):
    client = build.client_over([{"item_id": "a", "text": "refund"}], encoder)
    encoder.name = "another"
    with pytest.raises(AgentError) as caught:
        client.search("refund")
    assert caught.value.code == "MODEL_UNAVAILABLE"


def test_items_are_fetched_by_cite_in_the_order_asked_for_also_with_the_release(client):
    found = client.get_item(["live/leave.md#parental@r1", "wiki/prices.md#plan", "nowhere"])
    assert [i.item_id for i in found.items] == ["i-leave", "i-price"]
    with pytest.raises(AgentError) as caught:
        client.get_item("wiki/office.md#door")
    assert caught.value.code == "NOT_FOUND"


def test_the_store_describes_itself(client):
    told = client.describe_store()
    assert told.items == {"contested": 2, "corrected": 1, "current": 2, "stale": 1}
    assert told.excluded == {"superseded": 1}
    assert told.degraded == ("drive",)
    assert "_postings" not in told.tables
    assert told.filter_fields["dated_on"] == "date"


def test_conflicts_are_listed_open_ones_first_with_both_sides(client):
    listed = client.list_conflicts()
    assert [c.conflict_id for c in listed] == ["c-refund", "c-price"]
    assert [(s.verbatim, s.cite) for s in listed[1].sides] == [("$25", "crm/7"), ("$20", "wiki/prices.md#plan")]
    assert [c.conflict_id for c in client.list_conflicts("decided_by_policy")] == ["c-price"]
    with pytest.raises(AgentError):
        client.list_conflicts("closed")


@pytest.mark.parametrize("kind", ["conflicts", "stale", "families", "entities", "rulings", "quarantine"])
def test_every_list_is_a_frame(client, kind):
    assert isinstance(client.list(kind), pl.DataFrame)


def test_a_list_that_there_is_not_is_refused(client):
    with pytest.raises(AgentError):
        client.list("secrets")


def test_a_folder_without_a_release_says_so_without_a_path(tmp_path):
    with pytest.raises(AgentError) as caught:
        Client(tmp_path)
    assert caught.value.code == "NO_RELEASE"
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(AgentError) as caught:
        Client(tmp_path, release="2024-01-01-1-abcdefab")
    assert caught.value.code == "RELEASE_GONE"


def test_a_slice_of_an_item_says_which_part_it_is(client):
    whole = client.get_item("live/leave.md#parental").items[0]
    part = client.get_item("live/leave.md#parental", start=9, end=14).items[0]
    assert (whole.slice, part.text) == (None, "leave")
    assert part.as_dict()["slice"] == {"from": 9, "to": 14, "total": len(whole.text)}
    assert client.get_item("live/leave.md#parental", start=20).items[0].text == whole.text[20:]


@pytest.mark.parametrize("wrong", [{"start": 5, "end": 5}, {"start": 99}, {"start": -1}, {"end": 0}])
def test_a_slice_that_is_empty_is_refused(client, wrong):
    with pytest.raises(AgentError) as caught:
        client.get_item("live/leave.md#parental", **wrong)
    assert caught.value.code == "BAD_ARGUMENT"


def test_a_cite_that_is_not_served_is_named_with_what_stands_in_its_place(client):
    found = client.get_item(["live/leave.md#parental", "wiki/office.md#door"])
    assert [(m.cite, m.instead) for m in found.missing] == [("wiki/office.md#door", "live/office.md#door")]
