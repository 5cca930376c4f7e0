from datetime import date

import polars as pl

from canonry.context import History
from canonry.frames import CLAIMED
from canonry.published import CLAIMS
from canonry.state import FileMemo
from tests.claims.statements import PRODUCT, ROWS, claimed
from tests.flow.company import page
from tests.normalise.small import TODAY, claim, configured, context, document

PAGES = [
    document("leave.md", page("leave", (0, 0))), document("Leave.md", page("leave", (1, 0)), "wiki"),
    document("prices.md", "# Prices\n\nThe price of CS-200 is £1,395.\n\nThe Oxylog has a warranty of 18 months.\n"),
]  # fmt: skip
CONFIG = configured(entities={"product": PRODUCT})
EVERYTHING = {"records": ROWS, "claims": [claim("maker", "CS-200", "price", "£1,500")]}


def test_cells_tables_sentences_and_versions_all_assert():
    found = claimed(*PAGES, **EVERYTHING).claims
    assert set(found["source"]) == {"register", "sites/maker", "live", "wiki"}
    assert set(found["subject_kind"]) == {"entity", "topic"}
    prices = found.filter(subject_id="product/cs-200", attribute="price")
    assert sorted(prices["value"]) == ["1395.00 GBP", "1480.00 GBP", "1500.00 GBP"]


def test_claims_have_the_declared_shape_and_keep_the_contract():
    found = claimed(*PAGES, **EVERYTHING)
    assert dict(found.claims.schema) == CLAIMED["claims"]
    assert dict(found.statement_pairs.schema) == CLAIMED["statement_pairs"]
    assert CLAIMS.breaches(found.claims) == {}
    assert found.claims["claim_id"].is_sorted()


def test_nothing_at_all_asserts_nothing():
    found = claimed()
    assert found.claims.is_empty()
    assert dict(found.claims.schema) == CLAIMED["claims"]
    assert found.coverage["pairs_possible"].sum() == 0


def test_a_claim_is_known_since_the_run_that_saw_it_first():
    first = claimed(*PAGES, run=context(CONFIG), **EVERYTHING).claims
    assert first["known_from"].unique().to_list() == [TODAY]
    seen = first.head(2).with_columns(known_from=pl.lit(date(2024, 1, 1))).select(CLAIMS.names)
    later = claimed(*PAGES, run=context(CONFIG, history=History({"claims": seen})), **EVERYTHING).claims
    assert later["known_from"].to_list()[:2] == [date(2024, 1, 1)] * 2
    assert later["known_from"].to_list()[2:] == [TODAY] * (later.height - 2)


def test_a_remembered_comparison_gives_the_same_claims(tmp_path):
    once = claimed(*PAGES, run=context(CONFIG, memo=FileMemo(tmp_path)), **EVERYTHING)
    memo = FileMemo(tmp_path)
    again = claimed(*PAGES, run=context(CONFIG, memo=memo), **EVERYTHING)
    assert again.claims.equals(once.claims)
    assert again.statement_pairs.equals(once.statement_pairs)
    assert sum(memo.misses.values()) == 0


def test_what_was_looked_at_is_counted():
    counted = {r["detector"]: r for r in claimed(*PAGES, **EVERYTHING).coverage.iter_rows(named=True)}
    assert counted["claims.linked.sentences"]["pairs_possible"] >= 8
    assert counted["claims.linked.without_value"]["pairs_considered"] == 2
    assert counted["claims.versions.differing"]["pairs_considered"] >= 1
