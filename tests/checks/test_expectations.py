from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry import flow
from canonry.published import TABLES
from canonry.tables import Column, Table
from checks import expectations
from checks.expectations import KEY, UnevaluatedError, unmet

TABLE = Table("sample", "Every rule there is.", ("name", "kind"), (
    Column("name", "text", "Part of the key.", nullable=False),
    Column("kind", "text", "Part of the key, of a closed list.", nullable=False, one_of=("a", "b")),
    Column("free", "text", "Under no rule."),
    Column("word", "text", "Of a closed list, or null.", one_of=("x", "y")),
    Column("share", "float", "Bounded, or null.", between=(0.0, 1.0)),
    Column("exact", "decimal", "Bounded, or null.", between=(0.0, 1.0)),
    Column("count", "int", "Bounded, never null.", nullable=False, between=(0, 5)),
    Column("day", "date", "Never null.", nullable=False),
    Column("yes", "bool", "Never null.", nullable=False),
    Column("who", "texts", "Never null.", nullable=False),
))  # fmt: skip
ROW = st.fixed_dictionaries({
    "name": st.sampled_from(["n1", "n2", "n3", "n4", "n5", None]),
    "kind": st.sampled_from(["a", "b", "b", "c", None]),
    "free": st.sampled_from(["f", None]),
    "word": st.sampled_from(["x", "y", None, "z", "NaN", ""]),
    "share": st.sampled_from([0.0, 0.5, 1.0, None, -0.0, 1.0000001, -1e-9, float("nan"), float("inf")]),
    "exact": st.sampled_from([Decimal(0), Decimal(1), None, Decimal("1.000001"), Decimal("-0.000001")]),
    "count": st.sampled_from([0, 5, 5, 3, 6, -1, None]),
    "day": st.sampled_from([date(2024, 12, 1), date(2024, 12, 1), None]),
    "yes": st.sampled_from([True, False, None]),
    "who": st.sampled_from([["staff"], [], [None], None]),
})  # fmt: skip
GOOD = {
    "name": "n", "kind": "a", "free": None, "word": None, "share": 1.0, "exact": Decimal(1), "count": 0, "day": date(2024, 1, 1),
    "yes": False, "who": [],
}  # fmt: skip
# column → a value that breaks its rule
BROKEN = {
    "name": None, "kind": "c", "word": "z", "share": float("nan"), "exact": Decimal("1.000001"), "count": 6, "day": None,
    "yes": None, "who": None,
}  # fmt: skip


def frame(*rows):
    return pl.DataFrame(list(rows), schema=TABLE.schema)


@settings(max_examples=25)
@given(st.lists(ROW, max_size=4))
def test_great_expectations_finds_what_the_engine_finds_rule_by_rule(rows):
    given_rows = frame(*rows)
    assert set(unmet(TABLE, {"full": given_rows})) == set(TABLE.breaches(given_rows))


@pytest.mark.parametrize("rule", [*BROKEN, KEY])
def test_a_breach_of_one_rule_fails_exactly_that_rule_in_both(rule):
    rows = frame(GOOD, GOOD) if rule == KEY else frame(GOOD, {**GOOD, "name": "other", rule: BROKEN[rule]})
    assert set(unmet(TABLE, {"full": rows})) == set(TABLE.breaches(rows)) == {rule}


def test_good_rows_pass_and_a_key_may_stand_in_every_edition():
    assert not unmet(TABLE, {"full": frame(GOOD), "staff": frame(GOOD), "empty": frame()})


def example_rows(table, height):
    def value(column, n):
        if column.name in table.key and not column.one_of:
            return f"{n}"
        if column.one_of:
            return column.one_of[0]
        plain = {"text": "t", "json": "{}", "int": 1, "float": 0.5, "decimal": Decimal("0.5"), "bool": True, "date": date(2024, 1, 1),
                 "texts": ["a"], "vector": [1]}  # fmt: skip
        return plain.get(column.type)

    return pl.DataFrame([{c.name: value(c, n) for c in table.columns} for n in range(height)], schema=table.schema)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_published_table_passes_and_fails_as_in_the_engine(table):
    good = example_rows(table, 1 if table.name == "release" else 3)
    assert unmet(table, {"full": good}) == table.breaches(good) == {}
    spoiled = pl.concat([
        good,
        good.head(1),
        good.head(1).with_columns(pl.lit("no such word").alias(c.name) for c in table.columns if c.one_of),
        good.head(1).with_columns(pl.lit(7).cast(c.dtype).alias(c.name) for c in table.columns if c.between),
        good.head(1).with_columns(pl.lit(None).cast(c.dtype).alias(c.name) for c in table.columns if not c.nullable),
    ])  # fmt: skip
    assert set(unmet(table, {"full": spoiled})) == set(table.breaches(spoiled))


def test_every_rule_of_every_published_table_is_an_expectation():
    for table in TABLES.values():
        expected = {c.name for c in table.columns if c.rule is not None} | ({KEY} if table.key else set())
        assert {e.meta["rule"] for e in expectations._suite(table)} == expected


def test_an_expectation_that_cannot_be_evaluated_is_no_failed_expectation(monkeypatch):
    monkeypatch.setattr(
        expectations, "_plain", lambda _, editions: editions["full"].select("free", "kind").with_columns(_edition=pl.lit("full"))
    )
    with pytest.raises(UnevaluatedError, match="could not be evaluated"):
        unmet(TABLE, {"full": frame(GOOD)})


def test_stages_under_contract_are_those_with_both_checks():
    for stage, tables in flow.CONTRACTS.items():
        module = __import__(f"checks.{stage}", fromlist=[stage])
        assert hasattr(module, "contract_check") is bool(tables)
        assert hasattr(module, "expectations_check") is bool(tables)
