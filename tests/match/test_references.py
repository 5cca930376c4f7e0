"""A large register is learnt from once: a few new records are matched by what it taught, and the others keep what they had."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canonry.match import references
from canonry.match.entities import reference
from canonry.match.entities.found import Matches, matched_records
from canonry.state import FileMemo
from tests.match.people import person, registers, with_errors

if TYPE_CHECKING:
    from pathlib import Path

PERSONS = 160


def register(seed: int = 5) -> pl.DataFrame:
    """Persons of one export, every third of whom has a second record; 60 more persons at the end."""
    rng = random.Random(seed)  # noqa: S311  (no secrets)
    people = [person(rng) for _ in range(PERSONS)]
    copies = [with_errors(rng, p) for p in people[::3]]
    rows = {f"p{i:03}": p for i, p in enumerate(people)} | {f"q{3 * i:03}": p for i, p in enumerate(copies)}
    return table(rows | {f"x{i:03}": person(rng) for i in range(60)})


def linked(seed: int = 3) -> pl.DataFrame:
    """Two registers, free of duplicates, with 100 persons in common; person `l5` of the one is `r5` of the other."""
    return pl.DataFrame([{k: r[k] for k in reference.ROW} for r in registers(150, 150, 100, seed)])


def table(rows: dict[str, dict[str, str]], source: str = "shop") -> pl.DataFrame:
    ids = list(rows)
    return pl.DataFrame({"source": [source] * len(ids), "record_id": ids, "values": [json.dumps(rows[i]) for i in ids]})


def change(records: pl.DataFrame, record_id: str, **values: str) -> pl.DataFrame:
    told = {i: json.loads(v) for i, v in records.select("record_id", "values").iter_rows()}
    return table(told | {record_id: {**told.get(record_id, {}), **values}})


def matched(records: pl.DataFrame, known: Matches | None = None) -> Matches:
    return matched_records("person", records, "auto", known.reference if known else None)


def entities(found: Matches) -> dict[str, str]:
    return dict(found.members.select("record_id", "entity_id").iter_rows())


def same(one: Matches, other: Matches) -> bool:
    return one.members.equals(other.members) and one.pairs.equals(other.pairs)


@pytest.fixture(autouse=True, scope="module")
def _every_register_is_large():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "LEAST", 100)
        yield


@pytest.fixture(scope="module")
def first() -> Matches:
    return matched(register())


def test_the_same_records_are_matched_as_when_they_were_learnt_from(first):
    again = matched(register().sample(fraction=1, shuffle=True, seed=2), first)
    assert again.reference is first.reference
    assert same(again, first)
    assert len(set(entities(first).values())) == PERSONS + 60


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gone=st.sets(st.integers(0, PERSONS - 1), max_size=4),
    added=st.integers(0, 6),
    moved=st.sets(st.integers(0, PERSONS - 1), max_size=3),
    seed=st.integers(0, 50),
)
def test_what_becomes_of_records_depends_on_what_was_learnt_and_on_tonight_and_on_no_night_between(first, gone, added, moved, seed):
    rng = random.Random(seed)  # noqa: S311  (no secrets)
    between = register().filter(~pl.col("record_id").is_in([f"p{i:03}" for i in gone]))
    new = table({f"n{i}": with_errors(rng, json.loads(register()["values"][rng.randrange(PERSONS)])) for i in range(added)})
    tonight = pl.concat([between, new])
    for i in sorted(moved - gone):
        tonight = change(tonight, f"p{i:03}", street="7 Elsewhere Lane")
    step_by_step = matched(tonight.sample(fraction=1, shuffle=True, seed=seed), matched(between, first))
    assert step_by_step.reference is first.reference
    assert same(step_by_step, matched(tonight, first))
    assert (step_by_step.added, step_by_step.gone) == (added + len(moved - gone), len(gone | moved))


def test_a_new_record_joins_the_person_that_it_is_and_every_other_record_keeps_its_entity(first):
    known = json.loads(register()["values"][7])
    later = matched(change(register(), "z1", **{**known, "street": known["street"] + "x"}), first)
    assert entities(later)["z1"] == entities(first)["p007"]
    assert {r: e for r, e in entities(later).items() if r != "z1"} == entities(first)
    link = later.pairs.filter(pl.col("right_record_id") == "z1").sort("match_probability").row(-1, named=True)
    assert link["left_record_id"] == "p007"
    assert json.loads(link["comparisons"]).keys() == known.keys()


def test_new_records_that_are_one_person_join_each_other(first):
    rng = random.Random(99)  # noqa: S311  (no secrets)
    one = person(rng)
    later = matched(pl.concat([register(), table({"z1": one, "z2": with_errors(rng, one), "z3": person(rng)})]), first)
    assert entities(later)["z1"] == entities(later)["z2"] != entities(later)["z3"]


def test_what_is_said_of_a_pair_does_not_hang_on_what_else_is_new(first):
    values = [json.loads(v) for v in register()["values"][:5].to_list()]
    alone = matched(change(register(), "z0", **values[0]), first).pairs
    together = matched(pl.concat([register(), table({f"z{i}": v for i, v in enumerate(values)})]), first).pairs
    others = pl.col("left_record_id").str.starts_with("z") | pl.col("right_record_id").str.starts_with("z")
    of_z0 = (pl.col("right_record_id") == "z0") & ~pl.col("left_record_id").str.starts_with("z")
    assert alone.filter(of_z0).equals(together.filter(of_z0))
    assert alone.filter(~others).equals(together.filter(~others))


def test_all_is_learnt_anew_once_a_tenth_has_changed_or_there_is_a_new_column_or_source_or_declaration(first):
    rng = random.Random(4)  # noqa: S311  (no secrets)
    many = pl.concat([register(), table({f"n{i}": person(rng) for i in range(30)})])
    for tonight in (
        many,
        register().tail(230),
        change(register(), "p003", nickname="bo"),
        pl.concat([register(), table({"n1": person(rng)}, source="office")]),
    ):
        found = matched(tonight, first)
        assert found.reference is not first.reference
        assert same(found, matched(tonight))
        assert (found.learnt_from, found.added, found.gone) == (tonight.height, 0, 0)
    assert matched_records("person", register(), False, first.reference).reference is not first.reference


@pytest.fixture(scope="module")
def first_linked() -> Matches:
    return matched(linked())


def test_registers_that_meet_one_to_one_are_matched_as_when_they_were_learnt_from(first_linked):
    again = matched(linked().sample(fraction=1, shuffle=True, seed=2), first_linked)
    assert again.reference is first_linked.reference
    assert same(again, first_linked)
    assert sum(entities(again)[f"l{i}"] == entities(again)[f"r{i}"] for i in range(100)) >= 97


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gone=st.sets(st.integers(0, 149), max_size=4), added=st.integers(0, 6), seed=st.integers(0, 50))
def test_linked_registers_depend_on_what_was_learnt_and_on_tonight_and_on_no_night_between(first_linked, gone, added, seed):
    rng = random.Random(seed)  # noqa: S311  (no secrets)
    between = linked().filter(~pl.col("record_id").is_in([f"{side}{i}" for i in gone for side in "lr"[: 1 + i % 2]]))
    alone = json.loads(linked()["values"][120])
    new = [table({f"n{i}": person(rng) for i in range(added)}, "register"), table({"m1": with_errors(rng, alone)}, "shop")]
    tonight = pl.concat([between, *new])
    step_by_step = matched(tonight.sample(fraction=1, shuffle=True, seed=seed), matched(between, first_linked))
    assert step_by_step.reference is first_linked.reference
    assert same(step_by_step, matched(tonight, first_linked))
    assert ("l120" in entities(step_by_step)) == (120 not in gone)
    if 120 not in gone:
        assert entities(step_by_step)["m1"] == entities(step_by_step)["l120"]


def test_a_partner_that_comes_later_is_found_and_one_that_goes_is_let_go(first_linked):
    known = json.loads(linked()["values"][120])
    later = matched(pl.concat([linked(), table({"m1": known}, "shop")]), first_linked)
    assert entities(later)["m1"] == entities(later)["l120"]
    assert {r: e for r, e in entities(later).items() if r != "m1"} == entities(first_linked)
    link = later.pairs.filter(pl.col("right_record_id") == "m1").row(0, named=True)
    whole = first_linked.pairs.row(0, named=True)
    assert json.loads(link["comparisons"]).keys() == json.loads(whole["comparisons"]).keys()
    gone = matched(linked().filter(pl.col("record_id") != "r7"), first_linked)
    assert "r7" not in entities(gone)
    assert not gone.pairs.filter(pl.col("right_record_id") == "r7").height


@pytest.mark.parametrize(("people", "copies"), [(4, 80), (60, 3)])
def test_a_person_is_found_however_many_records_there_are_and_the_recall_of_candidates_is_told(people, copies):
    rng = random.Random(1)  # noqa: S311  (no secrets)
    persons = [person(rng) for _ in range(people)]
    rows = {f"{i:02}-{k:03}": with_errors(rng, p) if k else p for i, p in enumerate(persons) for k in range(copies)}
    found = matched(table(rows | {f"z{i}": person(rng) for i in range(150)}))
    together = found.members.group_by("entity_id").agg("record_id").filter(pl.col("record_id").list.len() > 1)["record_id"]
    assert sorted(tuple(sorted(g)) for g in together) == [tuple(f"{i:02}-{k:03}" for k in range(copies)) for i in range(people)]
    assert found.recall
    assert found.recall >= 0.9
    later = matched(pl.concat([table(rows), table({"n1": persons[0]})]), matched(table(rows)))
    assert entities(later)["n1"] == entities(later)["00-000"]


def test_coverage_says_how_old_what_was_learnt_is(first):
    later = matched(register().filter(pl.col("record_id") != "p003"), first)
    assert "0 records added and 1 gone since matching was learnt" in later.coverage[0]["detector"]


def test_what_was_learnt_is_read_again_as_it_was_written(first, tmp_path: Path):
    assert first.reference
    references.keep(FileMemo(tmp_path, is_cache=False), first.reference)
    models = pl.DataFrame({"entity_type": ["person"], "model_id": [first.reference.name]})
    read = references.known(FileMemo(tmp_path, is_cache=False), models)["person"]
    tonight = change(register(), "z1", **json.loads(register()["values"][7]))
    assert same(matched_records("person", tonight, "auto", read), matched(tonight, first))
    renewed = FileMemo(tmp_path, is_cache=False, refresh=True)
    assert references.known(renewed, models) == {}
    assert references.known(FileMemo(tmp_path / "other", is_cache=False), models) == {}
