"""Explanations: whatever is asked for, everything that bears on it is told."""

from __future__ import annotations

from datetime import date

import pytest

from canonry.serve import AgentError
from tests.serve.conftest import client_over, table


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("i-refund", "item"),
        ("live/refunds.md#window", "item"),
        ("live/refunds.md#window@r1", "item"),
        ("live/refunds.md", "document"),
        ("crm/7", "record"),
        ("k-old", "claim"),
        ("policy/refunds", "entity"),
        ("policy/refunds price", "fact"),
        ("c-refund", "conflict"),
        ("r-1", "ruling"),
    ],
)
def test_an_id_or_cite_of_every_kind_is_explained(client, asked, kind):
    assert client.explain(asked).kind == kind


def test_an_item_is_explained_with_quality_conflicts_lineage_and_rulings(client):
    told = client.explain("i-refund")
    assert told.items[0].is_served
    assert ("freshness", 1.0, 0.25) in [(c.name, c.value, c.contribution) for c in told.quality]
    assert [s.verbatim for s in told.conflicts[0].sides] == ["30 days", "14 days"]
    assert told.lineage[0].input_id == "live/refunds.md"
    assert told.rulings[0].ruling_id == "r-1"


def test_an_item_that_is_left_out_says_why_and_what_stands_in_its_place(client):
    item = client.explain("wiki/office.md#door").items[0]
    assert (item.is_served, item.reason, item.superseded_by) == (False, "superseded", "live/office.md#door")


def test_a_stale_item_names_its_signals_and_a_copy_its_family(client):
    assert [s.signal for s in client.explain("i-leave").signals] == ["review_overdue"]
    assert [m.member_id for m in client.explain("i-travel").family] == ["i-travel", "i-travel-copy"]


def test_an_entity_is_explained_with_its_records_facts_and_conflicts(client):
    told = client.explain("policy/refunds")
    assert told.entity.records == ("crm/7",)
    assert {f.attribute for f in told.facts} == {"price", "refund_window"}
    assert {c.conflict_id for c in told.conflicts} == {"c-price", "c-refund"}


def test_an_id_that_is_not_there_is_not_found(client):
    with pytest.raises(AgentError) as caught:
        client.explain("nothing/of the kind")
    assert caught.value.as_dict()["code"] == "NOT_FOUND"


def test_a_cite_that_gave_way_is_answered_with_what_stands_in_its_place(client):
    with pytest.raises(AgentError) as caught:
        client.get_item("wiki/office.md#door")
    assert caught.value.fix == "Ask for live/office.md#door, which stands in its place."


def test_a_page_that_moved_before_this_release_is_answered_with_where_it_is():
    moved = table("id_changes", [{"kind": "document", "old_id": "live/old.md", "new_id": "live/new.md"}])
    client = client_over([{"item_id": "i", "text": "New.", "cite": "live/new.md#top"}], id_changes=moved)
    for ask in (client.explain, client.get_item):
        with pytest.raises(AgentError) as caught:
            ask("live/old.md#top")
        assert "live/new.md#top" in caught.value.fix


def test_of_several_claims_of_a_side_the_best_is_quoted_first():
    said = [("c1", "wiki", None), ("c2", "live", date(2023, 1, 1)), ("c3", "live", date(2024, 1, 1))]
    dated = [{"claim_id": c, "source": s, "dated_on": d, "date_kind": "exact" if d else "unknown"} for c, s, d in said]
    client = client_over(
        [{"item_id": "i", "text": "x"}],
        claims=table("claims", [{**c, "subject_id": "e", "subject_kind": "entity"} for c in dated]),
        conflicts=table("conflicts", [{"conflict_id": "k", "type": "value_conflict", "status": "open", "subject": "e", "attribute": "a"}]),
        conflict_claims=table("conflict_claims", [{"conflict_id": "k", "claim_id": c, "side": 1, "source": s} for c, s, _ in said]),
        sources=table("sources", [{"source": "live", "authority": 1}, {"source": "wiki", "authority": 2}]),
    )
    assert [s.claim_id for s in client.list_conflicts()[0].sides] == ["c3", "c2", "c1"]
