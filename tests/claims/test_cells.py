from datetime import date

import pytest

from tests.claims.statements import claimed
from tests.normalise.small import claim, configured, context, record


def cells(*records, claims=(), entities=None):
    run = context(configured(entities=entities or {}))
    return claimed(run=run, records=list(records), claims=list(claims)).claims


def values(frame, attribute):
    return frame.filter(attribute=attribute).sort("subject_id", "source", "value").select("value", "value_type", "unit").rows()


def test_every_cell_asserts_a_value_of_its_entity():
    found = cells(record("register", "1", '{"name": "Clearsight", "price": "£5"}'))
    rows = (
        found.sort("attribute")
        .select("subject_id", "subject", "attribute", "verbatim", "source", "record_id", "modality", "standing")
        .rows()
    )
    assert rows == [
        ("product/1", "Clearsight", "name", "Clearsight", "register", "1", "is", "alone"),
        ("product/1", "Clearsight", "price", "£5", "register", "1", "is", "alone"),
    ]


@pytest.mark.parametrize("empty", ["", "N/A", "(blank)", "Not Available", "—", "  "])
def test_an_empty_cell_asserts_nothing(empty):
    found = cells(record("register", "1", f'{{"name": "a", "price": "{empty}"}}'), claims=[claim("maker", "1", "price", empty)])
    assert found["attribute"].to_list() == ["name"]


def test_a_type_is_inferred_over_all_sources():
    found = cells(
        record("register", "1", '{"opens": "9:00", "share": "5 %", "note": "9:00"}'),
        record("shop", "1", '{"opens": "4:30 pm", "note": "red"}'),
    )
    assert values(found, "opens") == [("09:00", "time", None), ("16:30", "time", None)]
    assert values(found, "share") == [("0.05", "percent", None)]
    assert {t for _, t, _ in values(found, "note")} == {"text"}


def test_a_declared_type_goes_before_an_inferred_one():
    entities = {"product": {"attributes": {"maker": {"type": "organization"}, "size": {"type": "text"}}}}
    found = cells(
        record("register", "1", '{"maker": "Acme Ltd.", "size": "1,000"}'), record("shop", "1", '{"maker": "ACME"}'), entities=entities
    )
    assert {v for v, _, _ in values(found, "maker")} == {"acme"}
    assert values(found, "size") == [("1,000", "text", None)]


def test_an_amount_takes_the_only_currency_of_its_attribute():
    entities = {"product": {"attributes": {"price": {"type": "money"}}}}
    found = cells(
        record("register", "1", '{"price": "5"}'),
        record("register", "2", '{"price": "£6"}'),
        record("shop", "1", '{"price": "5.00"}'),
        entities=entities,
    )
    assert set(values(found, "price")) == {("5.00 GBP", "money", "GBP"), ("6.00 GBP", "money", "GBP")}


def test_an_amount_stays_bare_where_there_are_several_currencies():
    entities = {"product": {"attributes": {"price": {"type": "money"}}}}
    found = cells(
        record("register", "1", '{"price": "5"}'),
        record("register", "2", '{"price": "£6"}'),
        record("shop", "2", '{"price": "$6"}'),
        entities=entities,
    )
    assert values(found, "price")[0] == ("5.00", "money", None)


def test_the_heading_of_a_column_may_name_the_currency():
    entities = {"product": {"attributes": {"price": {"type": "money"}}}}
    rows = [record("register", "1", '{"price": "5"}', headings='{"price": "Price (EUR)"}'), record("shop", "1", '{"price": "$6"}')]
    assert set(values(cells(*rows, entities=entities), "price")) == {("5.00 EUR", "money", "EUR"), ("6.00 USD", "money", "USD")}


def test_whoever_asserts_in_a_claims_table_is_the_source():
    found = cells(claims=[claim("maker", "1", "life", "24 months"), claim("shop", "1", "life", "2 years")])
    assert sorted(found["source"]) == ["sites/maker", "sites/shop"]


def test_one_source_asserts_one_value_once_and_the_latest_date_counts():
    twice = [claim("maker", "1", "life", "red", observed_at=d) for d in ("2024-05-01", "2024-03-01")]
    found = cells(claims=twice)
    assert found["dated_on"].to_list() == [date(2024, 5, 1)]


def test_what_was_removed_asserts_nothing():
    gone = date(2024, 1, 1)
    assert cells(
        record("register", "1", '{"name": "a"}', removed_on=gone), claims=[claim("maker", "1", "life", "x", removed_on=gone)]
    ).is_empty()


def test_the_id_of_a_claim_does_not_depend_on_the_order_of_rows():
    rows = [record("register", str(n), f'{{"name": "n{n}", "price": "£{n}"}}') for n in range(4)]
    assert cells(*rows).equals(cells(*reversed(rows)))
