"""What changed between two releases, for a reader."""

from __future__ import annotations

from datetime import date

import pytest

from canonry.serve import AgentError
from canonry.serve.changes import changed
from canonry.serve.snapshot import Snapshot

CONFLICT = {
    "type": "value_conflict", "kind": "texts", "subject_id": "s", "subject": "S", "attribute": "a", "sides": 2, "independent_sources": 2,
    "exposure": 0, "audience": ["staff"], "spans_audiences": False,
}  # fmt: skip


@pytest.fixture
def snapshot(build):
    def made(release, day, items=(), *, facts=(), conflicts=(), excluded=()):
        fact = {"subject_id": "s", "subject": "S", "scope": "", "value_type": "text", "decision": "alone", "is_current": True}
        gone = {"kind": "passage", "text": "x", "tokens": 1, "status": "current", "date_basis": "none", "date_kind": "unknown"}
        tables = {
            "release": build.table("release", [{"run_date": day}]),
            "context": build.context(items) if items else build.table("context", []),
            "facts": build.table("facts", [fact | {"claim_id": f["value"], "verbatim": f["value"]} | f for f in facts]),
            "conflicts": build.table("conflicts", [CONFLICT | c for c in conflicts]),
            "excluded": build.table("excluded", [gone | {"audience": [], "reason": "superseded"} | e for e in excluded]),
        }
        return Snapshot(release, "staff", lambda names: {n: tables.get(n, build.table(n, [])) for n in names})

    return made


@pytest.fixture
def nights(snapshot):
    items = [{"item_id": i, "cite": f"a#{i}", "text": f"text {i}", "quality": 0.5} for i in ("stays", "goes", "turns")]
    old = snapshot(
        "r1", date(2024, 1, 1), items,
        facts=[{"attribute": "price", "value": "20"}, {"attribute": "owner", "value": "ada"}],
        conflicts=[
            *({"conflict_id": c, "status": "open"} for c in ("c1", "c2", "c3")),
            {"conflict_id": "c4", "status": "decided_by_policy", "winner_claim_id": "k1"},
        ],
    )  # fmt: skip
    later = [
        items[0] | {"quality": 0.9},
        items[2] | {"item_id": "turned", "text": "other", "status": "stale"},
        {"item_id": "new", "cite": "a#new", "text": "n"},
    ]
    new = snapshot(
        "r2", date(2024, 1, 2), later,
        facts=[{"attribute": "price", "value": "25"}, {"attribute": "site", "value": "leeds"}],
        conflicts=[
            {"conflict_id": "c1", "status": "open"}, {"conflict_id": "c2", "status": "decided_by_person", "winner_claim_id": "k2"},
            {"conflict_id": "c4", "status": "decided_by_policy", "winner_claim_id": "k9"}, {"conflict_id": "c5", "status": "open"},
        ],
        excluded=[{"item_id": "goes", "cite": "a#goes", "superseded_by": "a#new"}],
    )  # fmt: skip
    return old, new


def test_items_facts_and_conflicts_are_told_by_what_a_reader_sees(nights):
    told = changed(*nights, limit=100)
    assert [(i.change, i.cite, i.parts, i.instead) for i in told.items] == [
        ("removed", "a#goes", None, "a#new"),
        ("added", "a#new", None, None),
        ("changed", "a#turns", ("text", "status"), None),
    ]
    assert {(f.attribute, f.change, f.was, f.value) for f in told.facts} == {
        ("owner", "removed", "ada", None),
        ("price", "changed", "20", "25"),
        ("site", "added", None, "leeds"),
    }
    assert {(c.conflict_id, c.change) for c in told.conflicts} == {
        ("c2", "decided"),
        ("c3", "gone"),
        ("c4", "decided_otherwise"),
        ("c5", "opened"),
    }
    assert told.totals == {"conflicts": 4, "facts": 3, "items": 3}


@pytest.mark.parametrize("limit", [1, 3, 4, 7, 10])
def test_the_parts_of_a_long_answer_are_the_whole(nights, limit):
    whole, parts, cursor = changed(*nights, limit=100), [], None
    while not parts or cursor:
        parts.append(changed(*nights, limit=limit, cursor=cursor))
        cursor = parts[-1].next_cursor
    for kind in ("items", "facts", "conflicts"):
        assert [c for p in parts for c in getattr(p, kind)] == list(getattr(whole, kind))
    assert all(len(p.items) + len(p.facts) + len(p.conflicts) <= limit for p in parts)


def test_a_cursor_of_another_question_is_refused(nights):
    cursor = changed(*nights, limit=2).next_cursor
    with pytest.raises(AgentError) as caught:
        changed(*nights, limit=3, cursor=cursor)
    assert caught.value.code == "BAD_CURSOR"
    with pytest.raises(AgentError):
        changed(*nights, limit=0)


def test_going_the_other_way_tells_the_opposite(nights):
    there, back = changed(*nights, limit=100), changed(nights[1], nights[0], limit=100)
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert [(opposite[i.change], i.cite) for i in there.items] == [(i.change, i.cite) for i in back.items]
    assert "reopened" in {c.change for c in back.conflicts}
