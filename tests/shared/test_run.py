from datetime import UTC, date, datetime

import pytest

from canonry.config import parse
from canonry.context import History, midnight, narrow
from canonry.errors import UndeclaredReadError
from canonry.published import TABLES

CONFIG = parse({
    "sources": {"live": {"kind": "documents", "path": "live", "authority": 1, "metadata": {"path": "m.csv", "key": "path"}},
                "prices": {"kind": "records", "path": "p.csv"}},
    "entities": {"product": {"names": ["name"], "attributes": {"price": {"type": "money"}}}},
    "keep": {"days": "2w"},
})  # fmt: skip


def test_a_declared_field_reads_like_the_configuration():
    view = narrow(CONFIG, ("keep.days", "policy", "sources.*.authority", "entities"))
    assert view.keep.days == 14
    assert view.policy == CONFIG.policy
    assert {n: s.authority for n, s in view.sources.items()} == {"live": 1, "prices": None}
    assert view.entities["product"].attributes["price"].type == "money"


@pytest.mark.parametrize(
    ("reads", "read"),
    [
        ((), lambda c: c.name),
        (("name",), lambda c: c.policy),
        (("keep.days",), lambda c: c.keep.releases),
        (("sources.*.authority",), lambda c: c.sources["live"].path),
        (("sources.*.metadata.key",), lambda c: c.sources["live"].metadata.path),
        (("entities.*.names",), lambda c: c.entities["product"].attributes),
        (("policy",), lambda c: c.hash),
    ],
)
def test_a_field_that_was_not_declared_cannot_be_read(reads, read):
    with pytest.raises(UndeclaredReadError, match="without declaring"):
        read(narrow(CONFIG, reads))


def test_an_undeclared_read_names_the_field():
    with pytest.raises(UndeclaredReadError, match=r"sources\.live\.path"):
        _ = narrow(CONFIG, ("sources.*.owner",)).sources["live"].path


def test_the_part_that_holds_a_declared_field_may_be_absent():
    view = narrow(CONFIG, ("sources.*.metadata.key",))
    assert view.sources["live"].metadata.key == "path"
    assert view.sources["prices"].metadata is None


def test_a_run_without_a_parent_has_empty_tables_of_the_published_shape():
    assert History().table("claims").equals(TABLES["claims"].empty())


def test_a_day_becomes_its_first_instant():
    assert midnight(date(2024, 12, 31)) == datetime(2024, 12, 31, tzinfo=UTC)
