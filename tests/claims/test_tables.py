"""Tables and definition lists as claims, and pages that are written badly."""

from __future__ import annotations

import polars as pl
import pytest

from tests.claims.statements import ROWS, claimed, facts, said
from tests.claims.test_linked import CS, OX
from tests.normalise.small import document, normalised, record

IN_TEXT = pl.col("document_id").is_not_null() & (pl.col("subject_kind") == "entity")
TABLE = "# Notes\n\n| Product | Price | Warranty |\n| --- | --- | --- |\n| CS-200 | £1,395 | 24 months |\n| **Oxylog** | £600 |  |\n"


def test_a_row_tells_the_attributes_of_the_thing_in_it():
    assert facts(TABLE) == [(CS, "price", "£1,395"), (CS, "warranty", "24 months"), (OX, "price", "£600")]
    assert set(said(TABLE)["link"]) == {"table"}


def test_things_may_be_the_columns():
    text = "# Notes\n\n| What | Oxylog | CS-200 |\n| --- | --- | --- |\n| Price | £600 | £1,395 |\n| Colour | red | blue |\n"
    assert sorted(facts(text)) == [(CS, "price", "£1,395"), (OX, "price", "£600")]


def test_html_tables_and_definition_lists_are_read():
    table = "<table><tr><th>Product</th><th>Price</th></tr><tr><td>Oxylog</td><td>£600</td></tr></table>"
    listed = "<h1>Oxylog</h1><dl><dt>Kind</dt><dd>tool</dd><dt>Price</dt><dd>£600</dd></dl>"
    for html in (table, listed):
        found = claimed(document("p.html", f"<html><body>{html}</body></html>", media="html"), records=ROWS).claims
        assert found.filter(IN_TEXT).select("subject_id", "attribute", "verbatim").rows() == [(OX, "price", "£600")]


def test_the_span_of_a_cell_is_its_value_in_the_passage():
    (passage,) = normalised(document("page.md", TABLE)).passages["text"]
    for row in said(TABLE).iter_rows(named=True):
        assert passage[row["span_start"] : row["span_end"]] == row["verbatim"]


def test_a_row_with_too_few_or_too_many_cells_is_read_as_far_as_it_goes():
    text = "# N\n\n| Product | Price | Warranty |\n| --- | --- | --- |\n| CS-200 | £1 |\n| Oxylog | £2 | 3 months | 9 | 9 |\n|  |\n"
    assert facts(text) == [(CS, "price", "£1"), (OX, "price", "£2"), (OX, "warranty", "3 months")]


def test_a_cell_that_holds_more_than_a_value_says_nothing():
    text = "# N\n\n| Product | Price |\n| --- | --- |\n| CS-200 | £1 for members, £2 for others |\n| Oxylog | N/A |\n"
    assert facts(text) == []


def test_a_row_that_names_two_things_says_nothing():
    assert facts("# N\n\n| Product | Instead of | Price |\n| --- | --- | --- |\n| CS-200 | Oxylog | £1 |\n") == []


@pytest.mark.parametrize("line", ["Price: £1", "**Price:** £1", "- Price: £1"])
def test_a_key_and_a_value_below_a_heading_are_a_claim(line):
    assert facts(f"# Shop\n\n## Oxylog\n\n{line}\n") == [(OX, "price", "£1")]


def test_grammar_tells_whose_value_it_is():
    assert facts("# N\n\nThe price of the Oxylog is £1 and that of CS-200 is £2.\n") == [(OX, "price", "£1"), (CS, "price", "£2")]
    assert facts("# N\n\nThe Oxylog and CS-200 have a price of £1 and £2 respectively.\n") == [(OX, "price", "£1"), (CS, "price", "£2")]
    assert facts("# N\n\nThe Oxylog or CS-200 has a price of £1.\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "The cover of the Oxylog has a price of £1.",
        "Unlike the Oxylog, the Hydra has a price of £1.",
        "The price of the Oxylog went up, and other makers charge £1.",
        "The Oxylog Case has a price of £1.",
        "The Oxylog has its price on the label since we paid £1.",
    ],
)
def test_a_sentence_about_something_else_says_nothing_of_what_it_names(text):
    assert facts(f"# N\n\n{text}\n") == []


def test_an_everyday_word_is_a_name_only_when_it_is_written_as_one():
    rows = [record("register", "P1", '{"name": "Anchor", "price": "£2"}')]
    assert facts("# N\n\nThe price of an anchor is £1.\n", rows=rows) == []
    assert facts("# N\n\nThe price of the Anchor is £1.\n", rows=rows) == [("product/p1", "price", "£1")]


def test_a_misspelt_name_counts_for_less_and_other_digits_are_another_name():
    row = said("# N\n\nThe price of the Clearsigth 200 is £1.\n").row(0, named=True)
    assert (row["subject_id"], row["link"]) == (CS, "fuzzy")
    assert row["link_confidence"] < 1
    assert facts("# N\n\nThe price of the Clearsight 210 is £1.\n") == []


def test_bad_pages_and_rows_are_survived_and_counted():
    rows = [
        record("register", "P1", '{"name": "the", "price": "£2"}'),
        record("register", "P2", '{"name": "Twin", "price": "£2"}'),
        record("register", "P3", '{"name": "Twin", "price": "' + "9" * 100_000 + '"}'),
        record("register", "P4", '{"name": "Mixed", "price": "blue"}'),
    ]
    text = "# N\n\nThe price of the is £1. The price of Twin is £1. The price of Mixed is £1.\n\n" + "price " * 20_000 + "\n"
    found = claimed(document("page.md", text, title="N"), records=rows)
    said_here = found.claims.filter(IN_TEXT)
    assert said_here["subject_id"].to_list() == ["product/p4"]
    counted = {r["detector"]: r for r in found.coverage.iter_rows(named=True)}
    assert counted["claims.linked.too_long"]["pairs_capped"] == 1
    assert counted["claims.linked.too_long"]["partial"]
