from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.published import TABLES
from canonry.tables import TYPES, Column, Table

SAMPLES = {
    "text": ("a", "b"), "int": (1, 2), "float": (0.25, 0.5), "decimal": (Decimal("0.250000"), Decimal("0.250001")), "bool": (True, False),
    "date": (date(2024, 1, 1), date(2024, 1, 2)), "instant": (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, 1, tzinfo=UTC)),
    "json": ('{"a":1}', '{"a":2}'), "texts": (["a", "b"], ["b", "a"]), "vector": ([1, -2], [1, -3]),
    "corrections": ([{"start": 0, "end": 1, "says": "a", "stands": "b", "cite": "c", "conflict_id": "d"}], []),
}  # fmt: skip
PRICES = Table(
    "prices", "What it costs; the owner's list.", ("shop", "product"), (
        Column("shop", "text", "Who sells it.", nullable=False),
        Column("product", "text", "What.", nullable=False),
        Column("share", "float", "A share.", between=(0.0, 1.0)),
        Column("status", "text", "Its 'status'.", one_of=("open", "closed")),
        Column("took", "float", "Seconds.", volatile=True),
    ),
)  # fmt: skip


def rows(table: Table, n: int = 3) -> pl.DataFrame:
    """Rows that keep the contract of a table."""
    made = [
        {c.name: c.one_of[0] if c.one_of else f"k{i}" if c.name in table.key else SAMPLES[c.type][0] for c in table.columns}
        for i in range(n)
    ]
    return pl.DataFrame(made, schema=table.schema)


def price(**more):
    return pl.DataFrame([{"shop": "a", "product": "x", "share": 0.5, "status": "open", "took": 1.0, **more}], schema=PRICES.schema)


def test_a_frame_is_brought_into_the_shape_of_its_table():
    loose = pl.DataFrame({"status": ["open", None], "product": ["y", "x"], "shop": ["a", "a"], "share": [1, 0], "extra": [1, 2]})
    shaped = PRICES.conform(loose)
    assert shaped.schema == pl.Schema(PRICES.schema)
    assert shaped["product"].to_list() == ["x", "y"]
    assert shaped["took"].null_count() == 2
    assert PRICES.conform(shaped).equals(shaped)


def test_a_value_of_the_wrong_type_is_refused():
    with pytest.raises(pl.exceptions.InvalidOperationError):
        PRICES.conform(pl.DataFrame({"shop": ["a"], "product": ["x"], "share": ["a lot"]}))


@pytest.mark.parametrize(
    ("more", "rule"),
    [({"shop": None}, "shop"), ({"share": 1.5}, "share"), ({"share": float("nan")}, "share"), ({"status": "lost"}, "status")],
)
def test_a_broken_rule_is_named_and_counted(more, rule):
    assert PRICES.breaches(pl.concat([price(product="y"), price(**more)])) == {rule: 1}


def test_a_repeated_key_is_named_and_counted():
    assert PRICES.breaches(pl.concat([price(), price(share=0.1), price(shop="b")])) == {"primary key": 1}


def test_rows_that_keep_the_contract_break_nothing():
    assert PRICES.breaches(price(share=None, status=None)) == {}
    assert PRICES.breaches(PRICES.empty()) == {}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_the_order_of_rows_does_not_change_a_digest(table):
    if not table.key:
        return
    frame = rows(table, 5)
    assert table.digest(frame.reverse()) == table.digest(frame) == table.digest(frame.sample(fraction=1.0, shuffle=True, seed=3))


@pytest.mark.parametrize(("table", "column"), [(t, c) for t in TABLES.values() for c in t.columns], ids=lambda x: x.name)
def test_a_digest_is_changed_by_any_cell_that_is_not_volatile(table, column):
    frame = rows(table)
    cells = frame[column.name].to_list()
    for other in (SAMPLES[column.type][1], None):
        changed = frame.with_columns(pl.Series(column.name, [*cells[:-1], other], dtype=column.dtype))
        assert (table.digest(changed) == table.digest(frame)) == column.volatile


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_digest_sees_the_last_bit_of_a_number(one, other):
    assert (PRICES.digest(price(share=one)) == PRICES.digest(price(share=other))) == (one == other)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_duckdb_takes_the_declaration_its_rows_and_its_comments(table):
    frame = rows(table)
    with duckdb.connect() as db:
        db.execute(table.ddl())
        db.register("given", frame.to_arrow())
        names = ", ".join(f'"{n}"' for n in table.names)
        db.execute(f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM given')
        for comment in table.comments():
            db.execute(comment)
        assert db.execute(f'SELECT count(*) FROM "{table.name}"').fetchone() == (3,)
        said = db.execute("SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ?", [table.name]).fetchall()
        assert dict(said) == {c.name: c.doc for c in table.columns}


@pytest.mark.parametrize("broken", [{"shop": None}, {"share": 1.5}, {"status": "lost"}])
def test_duckdb_refuses_what_breaks_the_contract(broken):
    with duckdb.connect() as db:
        db.execute(PRICES.ddl())
        db.register("given", price(**broken).to_arrow())
        with pytest.raises(duckdb.ConstraintException):
            db.execute("INSERT INTO prices SELECT * FROM given")


def test_every_type_that_a_column_may_have_is_known_to_both_engines():
    assert {c.type for t in TABLES.values() for c in t.columns} <= set(TYPES)
    assert all(t.key == () or set(t.key) <= set(t.names) for t in TABLES.values())
