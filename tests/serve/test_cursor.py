"""Cursors: the packs of one request hold everything that was found, each item once, and fit no other request."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonry.serve import AgentError

_TEXT = st.lists(st.sampled_from(["refund", "window", "days", 'ü€—"\\', "表"]), min_size=1, max_size=150).map(" ".join)
_ROW = st.fixed_dictionaries(
    {"text": _TEXT, "status": st.sampled_from(["current", "stale", "contested"]), "quality": st.none() | st.floats(0, 1)}
)


def _all(client, **request):
    pack = client.get_context(**request)
    packs = [pack]
    while pack.next_cursor:
        pack = client.get_context(**request, cursor=pack.next_cursor)
        packs.append(pack)
    return packs


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(
    rows=st.lists(_ROW, min_size=1, max_size=15),
    budget=st.integers(500, 4000),
    detail=st.sampled_from(["concise", "detailed"]),
    on_conflict=st.sampled_from(["winner", "both", "abstain"]),
)
def test_the_packs_of_a_request_hold_every_item_once_and_none_is_over_budget(build, rows, budget, detail, on_conflict):
    client = build.client_over([{"item_id": f"i{n}", "cite": f"live/{n}.md#x", **row} for n, row in enumerate(rows)])
    request = {"query": "refund window", "budget_tokens": budget, "detail": detail, "on_conflict": on_conflict}
    packs = _all(client, **request)
    assert all(len(p.as_json().encode()) == p.tokens.used <= budget for p in packs)
    served = [i.cite for p in packs for i in p.items]
    assert len(served) == len(set(served))
    assert all(p.items for p in packs[1:])
    never = [left for left in packs[0].left_out if left.reason not in ("budget", "less_relevant")]
    found = client.search("refund window", k=64).items
    relevant = [i.cite for i in found if i.score >= 0.5 * found[0].score]
    assert set(served) <= set(relevant)
    assert len(served) + sum(left.items for left in never) == len(relevant)
    assert [p.as_json() for p in packs] == [p.as_json() for p in _all(client, **request)]


@pytest.fixture
def paged(build):
    return build.client_over([{"item_id": f"i{n}", "cite": f"live/{n}.md#x", "text": "refund window " + "day " * 60} for n in range(12)])


def test_what_waits_for_the_next_pack_is_counted_and_comes_with_it(paged):
    first = paged.get_context("refund window", 1000)
    waiting = next(left.items for left in first.left_out if left.reason == "budget")
    assert (len(first.items) + waiting, first.next_cursor is not None) == (12, True)
    assert {i.cite for i in first.items}.isdisjoint(
        i.cite for i in paged.get_context("refund window", 1000, cursor=first.next_cursor).items
    )


def test_a_cursor_that_was_changed_or_is_of_another_request_or_release_is_refused(paged):
    cursor = paged.get_context("refund window", 1000).next_cursor
    release, state, seal = cursor.split("~")
    changed = f"{release}~{state[:-1]}{'A' if state[-1] != 'A' else 'B'}~{seal}"
    for wrong, request in (
        (changed, {}), ("nonsense", {}), (f"r2~{state}~{seal}", {"release": "r1"}),
        (cursor, {"budget_tokens": 1001}), (cursor, {"query": "window"}),
        (cursor, {"detail": "detailed"}),
    ):  # fmt: skip
        with pytest.raises(AgentError) as caught:
            paged.get_context(**({"query": "refund window", "budget_tokens": 1000} | request), cursor=wrong)
        assert caught.value.code == "BAD_CURSOR"
        assert caught.value.fix


def test_a_cursor_of_a_release_that_is_gone_says_so(paged):
    _, state, seal = paged.get_context("refund window", 1000).next_cursor.split("~")
    with pytest.raises(AgentError) as caught:
        paged.get_context("refund window", 1000, cursor=f"2024-01-01-1-00000000~{state}~{seal}")
    assert caught.value.code == "RELEASE_GONE"


def test_the_smallest_budget_that_is_named_is_enough(build):
    client = build.client_over([{"item_id": "a", "text": "refund window " * 60}])
    refused = client.get_context("refund window", 500)
    assert (refused.status, refused.items, refused.next_cursor) == ("insufficient", (), None)
    assert [i.cite for i in client.get_context("refund window", refused.smallest_budget).items] == ["a"]
