"""Records that are one thing, found without keys, labels or configuration."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.match.library import matched
from tests.match.people import person, registers, with_errors
from tests.normalise.small import configured, context, record

if TYPE_CHECKING:
    from canonry.frames import Matched


def found_in(rows: list[dict[str, Any]], **entity: Any) -> Matched:
    run = context(configured(entities={"product": {"identity": "match", **entity}}))
    return matched(run=run, records=rows)


def together(found: Matched) -> set[frozenset[str]]:
    """Records that share an entity with others."""
    groups = found.entity_members.group_by("entity_id").agg("record_id").filter(pl.col("record_id").list.len() > 1)
    return {frozenset(g) for g in groups["record_id"].to_list()}


def expected(shared: int) -> set[frozenset[str]]:
    return {frozenset((f"l{i}", f"r{i}")) for i in range(shared)}


@pytest.mark.parametrize("shared", [120, 60, 8])
def test_persons_of_two_registers_meet_whatever_share_of_them_has_a_partner(shared):
    found = together(found_in(registers(150, 150, shared)))
    right = found & expected(shared)
    assert len(right) >= 0.95 * shared
    assert len(found - right) <= 9


def test_registers_without_a_common_person_are_not_merged():
    assert len(together(found_in(registers(1000, 1000, 0)))) <= 6


def test_every_record_has_one_entity_and_links_say_what_became_of_each_pair():
    rows = registers(80, 80, 40)
    found = found_in(rows)
    assert found.entity_members.select("source", "record_id").n_unique() == found.entity_members.height == len(rows)
    links = found.match_links
    assert links["match_probability"].is_between(0.05, 1).all()
    where = dict(zip(found.entity_members["record_id"], found.entity_members["entity_id"], strict=True))
    for left, right, decision in links.select("left_record_id", "right_record_id", "decision").iter_rows():
        assert (where[left] == where[right]) == (decision == "merged")
    parts = json.loads(links.filter(decision="merged")["comparisons"][0])
    assert {"phone", "born", "the whole record"} <= set(parts)


def test_one_export_is_searched_for_duplicates():
    rng = random.Random(5)  # noqa: S311  (no secrets)
    people = [person(rng) for _ in range(120)]
    rows = [record("register", f"l{i}", json.dumps(p)) for i, p in enumerate(people)]
    rows += [record("register", f"r{i}", json.dumps(with_errors(rng, p))) for i, p in enumerate(people[:60])]
    found = together(found_in(rows))
    assert len(found & expected(60)) >= 57
    assert len(found - expected(60)) <= 3


def test_sources_that_hold_duplicates_are_told_and_clustered_as_one():
    rng = random.Random(5)  # noqa: S311  (no secrets)
    rows = registers(120, 120, 60)
    again = [r for r in rows if r["source"] == "register"][:60]
    rows += [record("register", f"d{i}", json.dumps(with_errors(rng, json.loads(r["values"])))) for i, r in enumerate(again)]
    found = found_in(rows)
    assert any("may hold duplicates" in d for d in found.coverage["detector"])
    assert sum({f"l{i}", f"r{i}", f"d{i}"} <= set(g) for g in together(found) for i in range(60)) >= 54
    declared = found_in(rows, one_to_one=True)
    of_source = declared.entity_members.group_by("entity_id", "source").len()
    assert of_source["len"].max() == 1


def test_columns_of_other_names_are_found_by_what_they_hold():
    rows = registers(100, 100, 50)
    new = {"first": "given", "last": "family", "street": "address", "city": "town", "born": "birth", "phone": "telephone"}
    for row in rows:
        if row["source"] == "shop":
            row["values"] = json.dumps({new[k]: v for k, v in json.loads(row["values"]).items()})
    found = found_in(rows)
    assert len(together(found) & expected(50)) >= 47
    assert any("telephone taken for phone" in d for d in found.coverage["detector"])


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_and_columns_does_not_matter(seed):
    rows = registers(40, 40, 20)
    rng = random.Random(seed)  # noqa: S311  (no secrets)
    shuffled = [{**r, "values": json.dumps(dict(rng.sample(list(json.loads(r["values"]).items()), 6)))} for r in rows]
    rng.shuffle(shuffled)
    one, other = found_in(rows), found_in(shuffled)
    assert one.entity_members.equals(other.entity_members)
    assert one.match_links.equals(other.match_links)


def test_each_register_keeps_its_own_record_of_a_number_that_both_use():
    rows = registers(60, 60, 0)
    for row in rows:
        row["record_id"] = row["record_id"][1:]
    found = found_in(rows)
    assert found.entities.height >= 114
    assert found.entities["entity_id"].is_unique().all()


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([record("register", "1", '{"a": "x"}')], "too few"),
        ([record("register", str(i), '{"a": "x"}') for i in range(50)], "no column tells records apart"),
        ([record("register", str(i), '{"a": null, "b": ""}') for i in range(50)], "no column"),
        (
            [record("register", f"l{i}", f'{{"colour": "{"abcdefghij"[i % 10]}{i}"}}') for i in range(40)]
            + [record("shop", f"r{i}", f'{{"weight": "{i}.5"}}') for i in range(40)],
            "share no column",
        ),
    ],
)
def test_what_cannot_be_matched_stays_apart_and_the_reason_is_said(rows, why):
    found = found_in(rows)
    assert together(found) == set()
    assert found.entity_members.height == len(rows)
    assert any(why in d for d in found.coverage["detector"])


def test_ids_that_do_not_overlap_call_for_matching_and_others_for_keys():
    run = context(configured())
    rows = registers(60, 60, 30)
    assert any(d.startswith("entities.match") for d in matched(run=run, records=rows).coverage["detector"])
    same = [{**r, "record_id": r["record_id"][1:]} for r in rows]
    assert "entities.key.product" in matched(run=run, records=same).coverage["detector"].to_list()
