from tests.match.library import matched
from tests.normalise.small import claim, configured, context, record


def test_rows_with_the_same_key_are_one_entity_however_the_key_is_written():
    found = matched(
        records=[
            record("register", "CS-200", '{"name": "Clearsight"}'),
            record("shop", "cs-200 ", '{"price": "5"}'),
            record("shop", "OX-310", "{}"),
        ]
    )
    assert found.entities.select("entity_id", "records", "sources").rows() == [
        ("product/cs-200", 2, ["register", "shop"]), ("product/ox-310", 1, ["shop"]),
    ]  # fmt: skip
    assert found.entity_members.height == 3


def test_an_assertion_is_about_the_entity_with_its_key():
    found = matched(
        records=[record("register", "CS-200", "{}")], claims=[claim("maker", "cs-200", "price", "5"), claim("maker", "new", "price", "5")]
    )
    assert found.subjects.rows() == [("product", "cs-200", "product/cs-200"), ("product", "new", "product/new")]
    assert dict(found.entities.select("entity_id", "records").iter_rows()) == {"product/cs-200": 1, "product/new": 0}


def test_an_entity_bears_the_name_that_its_best_column_gives():
    found = matched(
        records=[record("register", "1", '{"price": "5", "product_name": "Clearsight 200"}'), record("register", "2", '{"price": "5"}')]
    )
    assert dict(found.entities.select("entity_id", "name").iter_rows()) == {"product/1": "Clearsight 200", "product/2": "2"}


def test_a_declared_column_names_an_entity():
    run = context(configured(entities={"product": {"names": ["label", "code"]}}))
    rows = [record("register", "1", '{"name": "no", "label": "", "code": "C1"}'), record("shop", "1", '{"label": "Late"}')]
    assert matched(run=run, records=rows).entities["name"].to_list() == ["C1"]


def test_things_of_two_types_with_one_key_are_two_entities():
    config = {
        "sources": {
            "register": {"kind": "records", "path": "a", "entity": "product"},
            "shop": {"kind": "records", "path": "b", "entity": "store"},
        }
    }
    run = context(configured(**config))
    found = matched(run=run, records=[record("register", "1", "{}"), record("shop", "1", "{}")])
    assert found.entities["entity_id"].to_list() == ["product/1", "store/1"]


def test_no_rows_are_no_entities():
    found = matched()
    assert found.entities.is_empty()
    assert found.subjects.is_empty()
