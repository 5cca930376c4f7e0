import polars as pl
import pytest

from canonry.match.places import placed


def pages(*documents):
    rows = [{"document_id": d, "source": d.split("/")[0], "place": d.split("/", 1)[1], "stem": d.rsplit("/", 1)[-1],
             "title_terms": d.rsplit("/", 1)[-1].split("-")} for d in documents]  # fmt: skip
    shape = dict.fromkeys(("document_id", "source", "place", "stem"), pl.String)
    return pl.DataFrame(rows, schema={**shape, "title_terms": pl.List(pl.String)})


def found(moved, *others):
    """What is paired beside some recognised pages that moved from support to success/support."""
    known = [(f"live/success/support/p{n}", f"wiki/support/p{n}") for n in range(moved)]
    strong = pl.DataFrame(known, schema={"left_id": pl.String, "right_id": pl.String}, orient="row")
    return placed(strong, pages(*(d for pair in known for d in pair), *others)).rows()


REWRITTEN = ("live/success/support/hours", "wiki/support/hours")


def test_a_rewritten_page_is_recognised_by_the_move_that_its_neighbours_made():
    assert found(3, *REWRITTEN) == [REWRITTEN]
    assert found(3, *REWRITTEN[::-1]) == [REWRITTEN]


def test_a_move_that_too_few_pages_made_tells_nothing():
    assert found(2, *REWRITTEN) == []


@pytest.mark.parametrize(
    "other",
    [
        ("live/sales/hours", "wiki/support/hours"),  # another move
        ("live/success/support/hours", "live/support/hours"),  # both in one source, where both are meant
        ("live/success/support/hours", "wiki/support/times"),  # another name
        ("live/success/support/2024", "wiki/support/2024"),  # a number names nothing
    ],
)
def test_other_places_pair_nothing(other):
    assert found(3, *other) == []


def test_a_page_that_has_its_counterpart_is_paired_with_no_other():
    assert found(3, "live/success/success/support/p0") == []


def test_a_name_of_two_words_that_either_source_uses_once_pairs_pages_of_other_places():
    elsewhere = ("live/sales/opening-hours", "wiki/depot/opening-hours")
    assert found(3, *elsewhere) == [elsewhere]
    assert found(2, *elsewhere) == []
    assert found(3, *elsewhere, "wiki/shop/opening-hours") == []
