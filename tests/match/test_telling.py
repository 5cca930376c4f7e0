"""Few duplicates among many related records, and columns that tell of the record and not of the thing."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from tests.match.library import matched
from tests.match.people import person, with_errors
from tests.normalise.small import configured, context, record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canonry.frames import Matched

CLERKS = ("miller", "baker", "turner", "cook", "smith", "weaver", "mason", "carter", "potter", "fisher", "wright", "hunter")


def found_in(rows: Mapping[str, dict[str, str]]) -> Matched:
    run = context(configured(entities={"product": {"identity": "match"}}))
    return matched(run=run, records=[record("register", i, json.dumps(row)) for i, row in rows.items()])


def merged(found: Matched) -> set[frozenset[str]]:
    """Records that share an entity with others."""
    groups = found.entity_members.group_by("entity_id").agg("record_id")["record_id"].to_list()
    return {frozenset(g) for g in groups if len(g) > 1}


def households(seed: int, twice: int, shared: Sequence[str] = ("last", "street", "city")) -> dict[str, dict[str, str]]:
    """150 persons, 60 partners of theirs at the same address, and some of the others a second time."""
    rng = random.Random(seed)  # noqa: S311  (no secrets)
    people = [person(rng) for _ in range(150)]
    partners = [person(rng) for _ in range(60)]
    for one, other in zip(people, partners, strict=False):
        other.update({k: one[k] for k in shared}, first="bruno" if one["first"] == "anna" else "anna")
    rows = {f"a{i}": p for i, p in enumerate(people)} | {f"b{i}": p for i, p in enumerate(partners)}
    return rows | {f"c{i}": with_errors(rng, people[i]) for i in range(150 - twice, 150)}


def entered(seed: int, rows: Mapping[str, dict[str, str]], columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """The same rows with columns that tell when, by whom and as which they were entered."""
    rng = random.Random(seed)  # noqa: S311  (no secrets)
    numbers = rng.sample(range(10_000, 10_000 + len(rows)), len(rows))
    told = [
        {
            "number": str(n),
            "day": f"{rng.randint(2018, 2023)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            "clerk": rng.choice(CLERKS),
        }
        for n in numbers
    ]
    return {i: row | {c: told[k][c] for c in columns} for k, (i, row) in enumerate(rows.items())}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("twice", [5, 12, 40])
def test_the_few_who_are_there_twice_are_merged_and_partners_of_one_address_are_not(seed, twice):
    found = merged(found_in(households(seed, twice)))
    expected = {frozenset((f"a{i}", f"c{i}")) for i in range(150 - twice, 150)}
    assert len(found & expected) >= 0.8 * twice
    assert len(found - expected) <= 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_nobody_is_there_twice_and_most_differs_partners_are_not_merged(seed):
    assert len(merged(found_in(households(seed, 0, ("last", "street"))))) <= 1


@pytest.mark.parametrize("columns", [("clerk",), ("number",), ("day", "clerk"), ("number", "day", "clerk")])
def test_columns_that_tell_of_the_record_keep_no_duplicates_apart(columns):
    rng = random.Random(5)  # noqa: S311  (no secrets)
    people = [person(rng) for _ in range(400)]
    rows = {f"a{i}": p for i, p in enumerate(people)} | {f"c{i}": with_errors(rng, p) for i, p in enumerate(people[:300])}
    found = merged(found_in(entered(6, rows, columns)))
    expected = {frozenset((f"a{i}", f"c{i}")) for i in range(300)}
    assert len(found & expected) >= 290
    assert len(found - expected) <= 1


def test_what_is_related_at_most_goes_to_a_person_and_is_not_merged():
    """Offers of two sorts of a shop: each has siblings that are called nearly the same, and none is there twice."""
    rng = random.Random(4)  # noqa: S311  (no secrets)
    word = lambda: "".join(rng.choice("bdfglmnrst") + rng.choice("aeiou") for _ in range(3))  # noqa: E731
    series = [[word() for _ in range(5)] for _ in range(60)]
    rows = {
        f"{i}-{k}": {"name": " ".join([*s, word()]), "text": " ".join([*s[::-1], word(), word()]), "price": str(rng.randint(10, 999))}
        for i, s in enumerate(series)
        for k in range(4)
    }
    found = found_in(rows)
    assert not merged(found)
    assert (found.match_links["decision"] == "review").any()
    assert found.coverage["detector"].str.contains("related at most").any()
