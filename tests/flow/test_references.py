"""A large register from night to night: what matching learnt is kept in the store, reused by `--full`, renewed by `--refit`, and erased."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from canonry import erase
from canonry.match import references
from canonry.match.entities import reference
from tests.flow.company import Company, assert_same
from tests.match.people import person, with_errors
from tests.protect.reading import places_of

if TYPE_CHECKING:
    import polars as pl

ABOUT = {"at": "2024-12-03T10:00:00+00:00", "by": "ann"}


def rows(count: int, seed: int, prefix: str = "p") -> list[dict[str, str]]:
    """So many persons, and a second record of every third."""
    rng = random.Random(seed)  # noqa: S311  (no secrets)
    people = [person(rng) for _ in range(count)]
    told = [*people, *(with_errors(rng, p) for p in people[::3])]
    return [{"id": f"{prefix}{i:03}", **p} for i, p in enumerate(told)]


@pytest.fixture(autouse=True)
def _every_register_is_large(monkeypatch):
    monkeypatch.setattr(reference, "LEAST", 100)


@pytest.fixture
def company(tmp_path) -> Company:
    made = Company(
        tmp_path / "one",
        {
            "name": "tiny",
            "sources": {"people": {"kind": "records", "path": "people.csv", "entity": "person", "id": "id"}},
            "entities": {"person": {"identity": "match"}},
        },
        {},
        {"people.csv": rows(120, 1)},
    )
    made.base.mkdir()
    made.run()
    return made


def models(company: Company) -> dict[str, object]:
    return company.table("match_models").row(0, named=True)


def entities(company: Company) -> dict[str, str]:
    table: pl.DataFrame = company.table("entity_members")
    return dict(table.select("record_id", "entity_id").iter_rows())


def kept(company: Company) -> int:
    place = company.workspace.store / "frozen" / references.STEP
    return sum(p.stat().st_size > 10_000 for p in place.rglob("rows-*.parquet"))


def test_a_night_with_a_few_new_records_learns_nothing_anew_and_leaves_the_other_ids_alone(company):
    first, before = models(company), entities(company)
    company.rows["people.csv"] += rows(3, 2, "new")
    company.run(1)
    later = models(company)
    assert first["model_id"] == later["model_id"]
    assert (first["learnt_from"], first["added"], later["learnt_from"], later["added"]) == (160, 0, 160, 4)
    assert {r: e for r, e in entities(company).items() if r in before} == before
    assert later["merged_pairs"] > first["merged_pairs"] >= 38
    assert 0 <= later["expected_wrong"] < 0.1


@pytest.mark.promise("incremental-equals-full")
def test_the_night_equals_a_full_run_and_one_without_state(company, tmp_path):
    company.rows["people.csv"] = company.rows["people.csv"][2:] + rows(3, 2, "new")
    full, bare = company.copy(tmp_path / "full"), company.copy(tmp_path / "bare")
    bare.forget_state()
    company.run(1)
    full.run(1, full=True)
    bare.run(1)
    assert_same(company, full, "a night differs from a full run")
    assert_same(company, bare, "a night differs from one without state")


def test_refit_and_a_changed_register_learn_anew_and_what_no_release_names_goes(company):
    first = models(company)["model_id"]
    company.run(1, full=True, refit=True)
    assert models(company)["model_id"] == first  # the same records teach the same
    company.config["keep"] = {"releases": 1}
    company.rows["people.csv"] = rows(160, 7)
    company.run(1)
    second = models(company)
    assert (second["learnt_from"], second["added"], second["gone"]) == (len(rows(160, 7)), 0, 0)
    assert kept(company) == 2  # the parent release still names the first one
    company.rows["people.csv"] = rows(150, 8)
    company.run(1)
    assert kept(company) == 2
    assert models(company)["model_id"] != second["model_id"]


def test_an_erased_record_stands_no_more_in_what_matching_learnt(company):
    gone = company.rows["people.csv"].pop(5)
    held = [f'"{gone["phone"]}"']
    assert places_of(held, company.workspace.store)
    erase.erase(company.workspace, erase.tombstone(company.workspace, f"people/{gone['id']}", "salt"), ABOUT)
    assert not places_of(held, company.workspace.store)
    company.run(1)
    assert models(company)["added"] == 0
