"""Ids of matched entities from one night to the next."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry.context import History
from canonry.links import gave_way
from canonry.match.kept import with_kept_ids
from tests.match.library import matched
from tests.match.people import person, registers
from tests.normalise.small import configured, context, record

KEYS = [f"k{i}" for i in range(12)]


def members(groups: dict[str, int]) -> pl.DataFrame:
    """Records by key with the number of their group, each group named after its first record."""
    first = {number: min(k for k in groups if groups[k] == number) for number in groups.values()}
    rows = [("register", k, "product", f"product/{first[n]}") for k, n in sorted(groups.items())]
    return pl.DataFrame(rows, schema=["source", "record_id", "entity_type", "entity_id"], orient="row")


def ids(found: pl.DataFrame) -> dict[str, str]:
    return dict(found.select("record_id", "entity_id").iter_rows())


def parts(named: dict[str, str]) -> set[frozenset[str]]:
    out = defaultdict(set)
    for key, name in named.items():
        out[name].add(key)
    return {frozenset(g) for g in out.values()}


grouping = st.dictionaries(st.sampled_from(KEYS), st.integers(0, 4), min_size=1)


@given(nights=st.lists(grouping, min_size=2, max_size=4))
def test_whatever_comes_and_goes_the_largest_part_keeps_the_id_and_what_gave_way_is_told(nights):
    before = members(nights[0])
    for groups in nights[1:]:
        now = with_kept_ids(members(groups), before, ["product"])
        old, new = ids(before), ids(now)
        assert parts(new) == parts(ids(members(groups)))
        shared = Counter((old[k], new[k]) for k in new if k in old)
        went = {(o, n): count for (o, n), count in shared.items() if o != n}
        for (left, name), count in went.items():  # it went to another, since that is larger, or since another part of it is
            assert shared[name, name] >= count or shared[left, left] >= count
        lost = {o for o, _ in shared} - set(new.values())
        told = dict(gave_way(now, before).iter_rows())
        assert told.keys() == lost
        assert all(shared[o, n] == max(c for (p, _), c in shared.items() if p == o) for o, n in told.items())
        before = now


@given(groups=grouping, more=st.dictionaries(st.sampled_from([f"a{i}" for i in range(6)]), st.integers(0, 9)))
def test_records_that_are_added_leave_all_ids_as_they_were(groups, more):
    before = members(groups)
    now = ids(with_kept_ids(members(groups | more), before, ["product"]))  # the new ones come first in every group
    assert {k: now[k] for k in groups} == ids(before)


@given(groups=grouping)
def test_a_night_without_changes_and_a_type_that_goes_by_keys_keep_their_ids(groups):
    before = with_kept_ids(members(groups), members(dict.fromkeys(groups, 0)), ["product"])
    assert with_kept_ids(members(groups), before, ["product"]).equals(before)
    assert with_kept_ids(members(groups), before, ["shop"]).equals(members(groups))


def entities(rows, history=None):
    """Record → entity of one night, and what the next night remembers of it."""
    run = context(configured(entities={"product": {"identity": "match"}}), history=history)
    found = matched(run=run, records=rows).entity_members
    return {(s, r): e for s, r, e in found.select("source", "record_id", "entity_id").iter_rows()}, History({"entity_members": found})


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 100))
def test_an_entity_keeps_its_id_when_a_copy_with_an_earlier_key_or_a_stranger_with_its_key_comes(seed):
    rows = registers(60, 60, 30, seed=seed)
    first, known = entities(rows)
    rng = random.Random(seed + 1000)  # noqa: S311  (no secrets)
    earlier = record("register", "a0", rows[100]["values"])  # r40 had no partner
    stranger = record("shop", "l50", json.dumps(person(rng)))
    afresh, _ = entities([*rows, earlier, stranger])
    second, _ = entities([*rows, earlier, stranger], known)
    assert afresh["register", "a0"] == afresh["shop", "r40"] == "product/a0"
    assert second["register", "a0"] == second["shop", "r40"] == first["shop", "r40"] == "product/r40"
    assert afresh["register", "l50"] != first["register", "l50"]
    assert second["register", "l50"] == first["register", "l50"] != second["shop", "l50"]
