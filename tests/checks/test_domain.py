from __future__ import annotations

import dataclasses
from decimal import Decimal

import dagster as dg
import polars as pl
import pytest

import checks
from canonry.frames import Curated, Decided
from canonry.published import TABLES
from checks.arbitrate import winners
from checks.curate import misplaced, superseded
from checks.results import Breach, answer
from checks.score import unequal


def empty(kind):
    return kind(**{f.name: TABLES[f.name].empty() for f in dataclasses.fields(kind)})


def items(*ids, table="context"):
    return pl.DataFrame(
        {"item_id": list(ids), "document_id": [f"d-{i}" for i in ids]}, schema_overrides={"item_id": pl.String, "document_id": pl.String}
    )


@pytest.mark.parametrize(
    ("status", "winner", "wins", "wrong"),
    [
        ("open", None, [None, None], set()),
        ("open", "c1", [None, None], {"open with a winner"}),
        ("decided_by_policy", "c1", [True, False], set()),
        ("decided_by_policy", None, [True, False], {"decided without a winner"}),
        ("decided_by_person", None, [True, True], set()),
        ("dismissed", None, [None, None], set()),
    ],
)
def test_a_decided_conflict_names_a_winner_unless_all_sides_stand(status, winner, wins, wrong):
    conflicts = pl.DataFrame(
        {"conflict_id": ["k"], "status": [status], "winner_claim_id": [winner]}, schema_overrides={"winner_claim_id": pl.String}
    )
    sides = pl.DataFrame({"conflict_id": ["k", "k"], "wins": wins}, schema_overrides={"wins": pl.Boolean})
    found = winners(dataclasses.replace(empty(Decided), conflicts=conflicts, conflict_claims=sides))
    assert {rule for rule, n in found.items() if n} == wrong


def test_contributions_that_miss_the_quality_by_the_last_digit_are_counted():
    table = TABLES["quality_components"]
    shares = {f"{c}_contribution": Decimal("0.1") for c in ("freshness", "agreement", "authority")}
    rows = [
        {"item_id": "a", **shares, "quality": Decimal("0.3")},
        {"item_id": "b", **shares, "quality": Decimal("0.300001")},
        {"item_id": "c", **shares},
    ]
    assert unequal(table.conform(pl.DataFrame(rows, infer_schema_length=None))) == 2


def test_items_in_two_places_in_none_and_from_nowhere_are_counted():
    curated = dataclasses.replace(empty(Curated), context=items("a", "b", "x"), excluded=items("b", "c"))
    assert misplaced(items("a", "b", "c", "d"), curated) == {"in both or twice": 1, "in neither": 1, "from nowhere": 1}


def test_served_items_of_documents_that_gave_way_are_counted():
    signs = [("document", "d-a", "older_version", True), ("document", "d-b", "older_version", False), ("document", "d-c", "age", True)]
    staleness = pl.DataFrame(signs, schema=["target_kind", "target_id", "signal", "is_stale"], orient="row")
    assert superseded(dataclasses.replace(empty(Curated), context=items("a", "b", "c"), staleness=staleness)) == 1


def test_a_breach_is_told_with_its_rows_and_no_breach_passes():
    told = answer([Breach("full", "claims", "value_type", 2), Breach("hr", "claims", "source", 0)], 9)
    assert not told.passed
    assert told.severity is dg.AssetCheckSeverity.ERROR
    assert told.description == "claims, value_type: 2 rows in edition full"
    assert answer([], 9).passed


def test_checks_that_state_an_invariant_block_and_silent_sources_only_warn():
    specs = [s for c in dg.load_asset_checks_from_package_module(checks) for s in c.check_specs]
    assert {s.name for s in specs if not s.blocking} == {"sources_answer"}
    assert {s.asset_key.to_user_string() for s in specs} == {
        "ingest",
        "normalise",
        "match",
        "claims",
        "conflicts",
        "staleness",
        "arbitrate",
        "score",
        "curate",
        "publish",
    }
