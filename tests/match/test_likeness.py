import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.match import likeness
from canonry.state import FileMemo, NoMemo

TEXT = "Full-time employees get twenty-five days of annual leave a year, plus public holidays."
OTHER = "A demo kit may stay with a prospect for ten days, and the depot keeps the calendar."


def compared(*bodies):
    documents = pl.DataFrame({"document_id": [f"d{n}" for n in range(len(bodies))], "key": [str(hash(b)) for b in bodies], "body": bodies})
    return likeness.pairs(likeness.runs(NoMemo(), documents))[0]


def test_copies_share_everything():
    (pair,) = compared(TEXT, TEXT.upper()).rows()
    assert pair == ("d0", "d1", 1.0, 1.0)


def test_unrelated_texts_are_no_pair():
    assert compared(TEXT, OTHER).is_empty()


def test_a_text_inside_a_longer_one_is_contained_and_less_alike():
    (pair,) = compared(TEXT, f"{TEXT} {OTHER}").iter_rows(named=True)
    assert pair["containment"] == 1.0
    assert pair["resemblance"] < 0.7


def test_a_rare_run_weighs_more_than_a_common_one():
    common, rare = "home and news and staff", "calibrate the oxygen probe"
    others = [f"{common} {w}a {w}b {w}c" for w in "abcdefgh"]
    found = compared(f"{common} stop {rare} one two three", f"{common} four five six seven", f"eight nine ten eleven {rare}", *others)
    of = {(r["left_id"], r["right_id"]): r["resemblance"] for r in found.iter_rows(named=True)}
    assert of["d0", "d2"] > of["d0", "d1"]


def test_runs_that_nearly_every_page_has_propose_no_pair_and_are_counted():
    footer = "See the imprint and the privacy notice."
    bodies = [f"{footer} Only here {n} stand the words {n}{n} {n}a {n}b." for n in range(likeness.COMMON + 1)]
    documents = pl.DataFrame({"document_id": [f"d{n:02d}" for n in range(len(bodies))], "key": bodies, "body": bodies})
    found, every, capped = likeness.pairs(likeness.runs(NoMemo(), documents))
    assert found.is_empty()
    assert 0 < capped < every


@given(st.permutations([TEXT, f"{TEXT} More.", OTHER, f"{OTHER} {TEXT}"]))
def test_likeness_does_not_depend_on_the_order_of_documents(bodies):
    names = {b: f"n{sorted(bodies).index(b)}" for b in bodies}
    documents = pl.DataFrame({"document_id": [names[b] for b in bodies], "key": bodies, "body": bodies})
    found = likeness.pairs(likeness.runs(NoMemo(), documents))[0]
    assert found.equals(likeness.pairs(likeness.runs(NoMemo(), documents.sort("document_id")))[0])
    assert (found["left_id"] < found["right_id"]).all()
    assert found["containment"].is_between(0, 1).all()
    assert (found["resemblance"] <= found["containment"] + 1e-6).all()


@pytest.mark.parametrize("body", ["", "   ", "One", "two words"])
def test_a_text_shorter_than_a_run_is_compared_as_a_whole(body):
    assert compared(body, body).height == (1 if body.strip() else 0)


def test_runs_are_remembered_by_content(tmp_path):
    documents = pl.DataFrame({"document_id": ["a", "b"], "key": ["k", "k"], "body": [TEXT, TEXT]})
    likeness.runs(FileMemo(tmp_path), documents)
    memo = FileMemo(tmp_path)
    assert likeness.runs(memo, documents.with_columns(document_id=pl.Series(["c", "d"])))["document_id"].n_unique() == 2
    assert memo.misses["match-runs"] == 0
