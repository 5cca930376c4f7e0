from __future__ import annotations

import pytest

from canonry.sandbox.parent import Answer
from canonry.serve import sql as served_sql


@pytest.fixture
def holds(company):
    """Skip where the sandbox does not hold."""
    found = company.call("sql", "SELECT 1")
    if "SQL_UNAVAILABLE" in company.call("sql", "SELECT 1", "--json").stderr:
        pytest.skip(f"the sandbox does not hold on this machine: {found.stderr}")


def test_a_query_is_answered_as_a_table_or_as_json(company, holds):
    query = "SELECT subject, attribute FROM facts WHERE decision = 'open' ORDER BY ALL"
    assert "price" in company.call("sql", query).stdout
    found = company.json("sql", query, "--edition", "staff", "--max-rows", "1")
    assert [c["name"] for c in found["columns"]] == ["subject", "attribute"]
    assert len(found["rows"]) == 1


def test_a_mistake_is_shown_where_it_stands(company, holds):
    found = company.call("sql", "SELECT wrong FROM facts")
    assert found.exit_code == 2
    assert "At character 8: wrong FROM facts" in found.stderr
    assert "information_schema.columns" in found.stderr


def test_an_edition_that_is_not_there_is_said_so(company):
    found = company.call("sql", "SELECT 1", "--edition", "stafff")
    assert found.exit_code == 2
    assert "'staff'" in found.stderr


def test_where_a_query_cannot_be_shut_in_the_file_is_named(company, monkeypatch):
    class Closed:
        def run(self, *_, **__):
            return Answer("SQL_UNAVAILABLE")

    monkeypatch.setattr(served_sql, "sandbox", Closed)
    found = company.call("sql", "SELECT 1")
    assert found.exit_code == 2
    assert "duckdb -readonly" in found.stderr
    assert "full/store.duckdb" in found.stderr
