"""What matching keeps: ids when records are added, groups when columns are renamed, households as persons, and what people ruled."""

from __future__ import annotations

import dataclasses
import json
import random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry.journal import Journal
from examples import guests
from tests.match.library import matched
from tests.match.people import person, registers, with_errors
from tests.normalise.small import claim, configured, context, record

if TYPE_CHECKING:
    from canonry.frames import Matched

ADDRESS = ("last", "street", "city")


def found_in(rows: list[dict[str, Any]], *rulings: dict[str, Any], **entity: Any) -> Matched:
    config = configured(entities={"product": {"identity": "match", **entity}})
    run = dataclasses.replace(context(config), journal=Journal(rulings=rulings))
    return matched(run=run, records=rows, claims=[claim("maker", "r3", "colour", "red"), claim("maker", "r70", "colour", "blue")])


def entities(found: Matched) -> dict[str, str]:
    """Record → entity; of these tests no two sources use one id."""
    return dict(found.entity_members.select("record_id", "entity_id").iter_rows())


def together(found: Matched) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for record_id, entity_id in entities(found).items():
        groups.setdefault(entity_id, set()).add(record_id)
    return {frozenset(g) for g in groups.values() if len(g) > 1}


def in_doubt(*found: Matched) -> set[str]:
    """Records of which some run was not sure: with a link that is neither as good as certain nor as good as excluded."""
    links = [f.match_links.filter(pl.col("match_probability").is_between(0.05, 0.95)) for f in found]
    return {r for doubtful in links for side in ("left", "right") for r in doubtful[f"{side}_record_id"]}


def ruling(verdict: str, one: tuple[str, str], other: tuple[str, str]) -> dict[str, Any]:
    anchors = [{"record": {"source": s, "id": r}, "side": side} for side, (s, r) in enumerate((one, other), 1)]
    about = {"ruling_id": f"r-{verdict}", "target_kind": "entity", "verdict": verdict, "anchors": anchors, "until": None}
    return {**about, "at": "2024-12-01T09:00:00+00:00", "by": "ana", "because": None}


def partner(rng: random.Random, one: dict[str, str], shared: tuple[str, ...] = ADDRESS) -> dict[str, str]:
    """Somebody of the same surname and address; first name and day of birth are their own."""
    other = person(rng)
    while other["first"] == one["first"]:
        other = person(rng)
    return {**other, **{k: one[k] for k in shared}}


def test_records_added_far_away_leave_the_ids_of_all_others_as_they_were():
    rows = registers(80, 80, 40)
    rng = random.Random(11)  # noqa: S311  (no secrets)
    far = [record("shop", f"x{i}", json.dumps({k: f"{v} quux" for k, v in person(rng).items()})) for i in range(8)]
    one, other = found_in(rows), found_in(rows + far)
    sure = entities(one).keys() - in_doubt(one, other)
    assert len(sure) >= 0.8 * len(rows)
    assert {r: entities(other)[r] for r in sure} == {r: entities(one)[r] for r in sure}


def test_an_entity_is_named_after_its_first_record_and_keeps_that_name_when_a_further_copy_comes():
    rows = registers(80, 80, 40)
    one = found_in(rows)
    before = entities(one)
    assert all(before[r] == f"product/{min(g)}" for g in together(one) for r in g)
    rng = random.Random(12)  # noqa: S311  (no secrets)
    copy = record("shop", "r999", json.dumps(with_errors(rng, json.loads(rows[60]["values"]))))  # l60 had no partner
    other = found_in([*rows, copy])
    after = entities(other)
    sure = before.keys() - in_doubt(one, other)
    assert {r: after[r] for r in sure} == {r: before[r] for r in sure}
    assert after["r999"] == before["l60"]


@pytest.mark.parametrize("shared", [pytest.param(ADDRESS, id="own telephones"), pytest.param((*ADDRESS, "phone"), id="one telephone")])
def test_a_household_in_one_export_stays_as_many_persons_as_it_has(shared):
    rng = random.Random(7)  # noqa: S311  (no secrets)
    people = [person(rng) for _ in range(150)]
    rows = [record("register", f"a{i}", json.dumps(p)) for i, p in enumerate(people)]
    rows += [record("register", f"b{i}", json.dumps(partner(rng, p, shared))) for i, p in enumerate(people[:60])]
    rows += [record("register", f"c{i}", json.dumps(with_errors(rng, p))) for i, p in enumerate(people[30:90], 30)]
    found = together(found_in(rows))
    assert [g for g in found if any({f"a{i}", f"b{i}"} <= g or {f"b{i}", f"c{i}"} <= g for i in range(60))] == []
    assert sum(frozenset((f"a{i}", f"c{i}")) in found for i in range(30, 90)) >= 57


@pytest.mark.parametrize("split", [0, 20])
def test_a_household_of_two_registers_stays_as_many_persons_as_it_has(split):
    rng = random.Random(8)  # noqa: S311  (no secrets)
    people = [person(rng) for _ in range(160)]
    register, shop = list(people), [with_errors(rng, p) for p in people[:100]]
    register += [partner(rng, p) for p in people[20:60]]
    shop += [partner(rng, p) for p in people[60:100]]
    shop += [partner(rng, p) for p in people[110 : 110 + split]]  # of these each register knows one
    rows = [record("register", f"l{i}", json.dumps(p)) for i, p in enumerate(register)]
    rows += [record("shop", f"r{i}", json.dumps(p)) for i, p in enumerate(shop)]
    found = together(found_in(rows))
    right = {frozenset((f"l{i}", f"r{i}")) for i in range(100)}
    assert len(found - right) <= 2
    assert len(found & right) >= 97


def test_places_of_one_chain_stay_apart_by_their_house_numbers():
    rng = random.Random(1)  # noqa: S311  (no secrets)
    rows, right = [], set()
    for i in range(120):
        base = person(rng)
        for k in range(2 if i < 60 else 1):  # half of the chains have two places, of one name in one street
            number, phone = rng.randint(10, 400), str(rng.randint(10**8, 10**9 - 1))
            street = base["street"].split(" ", 1)[1]
            place = {"name": f"{base['last']} house", "address": f"{number} {street}", "city": base["city"], "phone": phone}
            again = {**place, "address": place["address"].replace("street", "st"), rng.choice(["phone", "city"]): ""}
            rows += [record("register", f"a{i}-{k}", json.dumps(place)), record("register", f"b{i}-{k}", json.dumps(again))]
            right.add(frozenset((f"a{i}-{k}", f"b{i}-{k}")))
    found = together(found_in(rows))
    assert len(found & right) >= 0.97 * len(right)
    assert len(found - right) <= 0.03 * len(right)


def test_three_columns_with_errors_are_enough_to_find_who_is_there_twice():
    rng = random.Random(2)  # noqa: S311  (no secrets)
    columns = ("last", "city", "street")
    people = [{k: v for k, v in person(rng).items() if k in columns} for _ in range(300)]
    rows = [record("register", f"a{i}", json.dumps(p)) for i, p in enumerate(people)]
    for i, p in enumerate(people[:150]):
        wrong = rng.choice(columns)
        value = person(rng)[wrong] if rng.random() < 0.5 else p[wrong][1:]
        rows.append(record("register", f"b{i}", json.dumps({**p, wrong: value})))
    found = together(found_in(rows))
    right = {frozenset((f"a{i}", f"b{i}")) for i in range(150)}
    assert len(found & right) >= 0.95 * len(right)
    assert len(found - right) <= 0.03 * len(right)


@pytest.mark.parametrize("more", [20, 80, 300])
def test_guests_of_one_export_only_are_merged_with_nobody(monkeypatch, more):
    monkeypatch.setattr(guests, "MORE", more)
    rows = []
    for source, letter, first, known in zip(("register", "shop"), "BM", (1000, 5000), guests.guests(), strict=True):
        rows += [record(source, f"{letter}-{first + i}", json.dumps(dataclasses.asdict(g))) for i, g in enumerate(known)]
    found = together(found_in(rows))
    right = {frozenset(p) for p in guests.pairs()}
    assert len(found & right) >= 0.97 * len(right)
    assert len(found - right) <= 0.03 * len(found)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_of_two_registers_with_nobody_in_common_hardly_anybody_is_merged_and_nearly_nothing_is_sure(seed):
    found = found_in(registers(150, 150, 0, seed))
    assert len(together(found)) <= 0.05 * 150
    assert (found.match_links["match_probability"] >= 0.95).sum() <= 1


@settings(max_examples=3, deadline=None)
@given(names=st.permutations(["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]))
def test_names_of_columns_do_not_matter_where_both_sources_use_them(names):
    rows = registers(80, 80, 40)
    new = dict(zip(["first", "last", "street", "city", "born", "phone"], names, strict=True))
    renamed = [{**r, "values": json.dumps({new[k]: v for k, v in json.loads(r["values"]).items()})} for r in rows]
    one, other = found_in(rows), found_in(renamed)
    sure = entities(one).keys() - in_doubt(one, other)
    assert len(sure) >= 0.8 * len(rows)
    assert {r: entities(other)[r] for r in sure} == {r: entities(one)[r] for r in sure}


def test_columns_of_other_names_in_one_source_give_the_same_groups():
    rows = registers(120, 120, 60)
    new = {"first": "given", "last": "family", "street": "address", "city": "town", "born": "birth", "phone": "telephone"}
    other = [
        {**r, "values": json.dumps({new[k]: v for k, v in json.loads(r["values"]).items()})} if r["source"] == "shop" else r for r in rows
    ]
    same, renamed = together(found_in(rows)), together(found_in(other))
    assert len(same & renamed) >= 0.97 * len(same | renamed)


@pytest.mark.parametrize("more", [{"note": "imported"}, {"note": None}, {"note": ""}, {"note": "N/A", "flag": "1"}])
def test_a_column_that_says_nothing_or_always_the_same_changes_nothing(more):
    rows = registers(80, 80, 40)
    wider = [{**r, "values": json.dumps({**json.loads(r["values"]), **more})} for r in rows]
    one, other = found_in(rows), found_in(wider)
    assert entities(one) == entities(other)
    assert one.match_links.equals(other.match_links)


def test_what_a_person_ruled_wins_over_the_match_both_ways():
    rows = registers(80, 80, 40)
    plain = found_in(rows)
    merged = {frozenset(p) for p in plain.match_links.filter(decision="merged").select("left_record_id", "right_record_id").iter_rows()}
    assert frozenset(("l3", "r3")) in merged
    assert frozenset(("l70", "r70")) not in together(plain)
    ruled = found_in(rows, ruling("different", ("register", "l3"), ("shop", "r3")), ruling("same", ("shop", "r70"), ("register", "l70")))
    told = entities(ruled)
    assert (told["l3"], told["r3"]) == ("product/l3", "product/r3")
    assert told["l70"] == told["r70"]
    about = dict(ruled.subjects.select("subject", "entity_id").iter_rows())  # what others assert of a record goes where it goes
    assert about == {"r3": told["r3"], "r70": told["r70"]}
    pair = ruled.match_links.filter(left_record_id="l3", right_record_id="r3").row(0, named=True)
    assert (pair["decision"], pair["match_probability"] >= 0.5) == ("apart", True)  # what the records say is still shown; nobody is asked
    others = {r: e for r, e in entities(plain).items() if r not in ("l3", "r3", "l70", "r70")}
    assert {r: told[r] for r in others} == others


def test_rulings_measure_how_right_merging_was():
    rows = registers(80, 80, 40)
    assert found_in(rows).operating_points.is_empty()
    right = [ruling("same", ("register", f"l{i}"), ("shop", f"r{i}")) | {"ruling_id": f"s{i}"} for i in range(3)]
    wrong = [ruling("different", ("shop", "r7"), ("register", "l7")), ruling("same", ("shop", "r70"), ("register", "l71"))]
    point = found_in(rows, *right, *wrong).operating_points.row(0, named=True)
    assert {k: point[k] for k in ("detector", "dataset", "origin", "n")} == {
        "detector": "entities.match", "dataset": "rulings", "origin": "yours", "n": 5,
    }  # fmt: skip
    assert (point["precision"], point["recall"]) == (0.75, 0.75)  # three of four merged rightly; one of four not found


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_whatever_the_rows_say_each_record_has_one_entity_and_none_swallows_all(data):
    word = st.sampled_from(["", "red", "blue", "green 7", "N/A", "12", "12.0", "—", "a" * 80])
    rows = [
        record(s, f"{s}{i}", json.dumps({k: data.draw(word) for k in ("colour", "size", "place")[: data.draw(st.integers(1, 3))]}))
        for s, n in (("register", 25), ("shop", data.draw(st.sampled_from([0, 1, 15]))))
        for i in range(n)
    ]
    found = found_in(rows)
    assert found.entity_members.height == len(rows)
    assert found.match_links["match_probability"].is_between(0, 1).all()
    assert max((len(g) for g in together(found)), default=1) <= len(rows) / 2
