import random
from datetime import date

import polars as pl
import pytest

from canonry.match.direction import directed, marks_of
from canonry.match.exports import exports, guessed

DAYS = date(2019, 10, 17), date(2021, 1, 21), date(2024, 9, 2)


def copy(page, day, *, dated=True, folder="docs"):
    """The copy of a page from one export; file names tell nothing."""
    name = f"handbook/{folder}/{page}-{DAYS.index(day)}.md"
    return {
        "document_id": name, "path": name.split("/", 1)[1], "source": "handbook", "dated_on": day if dated else DAYS[2],
        "date_basis": "sidecar" if dated else "observed", "date_kind": "no_later_than", "is_stamped": dated, "replaced_by": None,
        "url": None, "authority": None, "observed_on": DAYS[2], "told_on": None,
    }  # fmt: skip


def handbook(pages=8, hidden=()):
    """Every page in every export, and the pairs of its copies."""
    copies = [copy(n, day, dated=(n, day) not in hidden) for n in range(pages) for day in DAYS]
    ends = [(copies[3 * n + a]["document_id"], copies[3 * n + b]["document_id"]) for n in range(pages) for a, b in ((0, 1), (0, 2), (1, 2))]
    return copies, ends


def newer(copies, ends, links=()):
    documents = pl.DataFrame(
        copies, schema_overrides={"told_on": pl.Date, "replaced_by": pl.String, "url": pl.String, "authority": pl.Int64}
    )
    pairs = pl.DataFrame(ends, schema={"left_id": pl.String, "right_id": pl.String}, orient="row")
    return directed(pairs, documents, pl.DataFrame(list(links), schema={"document_id": pl.String, "target": pl.String}, orient="row"))


def guess(copies, ends, links=()):
    said = {c["document_id"]: c for c in copies}
    frame = pl.DataFrame(list(links), schema={"document_id": pl.String, "target": pl.String}, orient="row")
    families = [sorted(said)[n : n + 3] for n in range(0, len(said), 3)]
    return guessed(families, said, exports(ends, said), marks_of(said, frame, set(said)))


def test_of_two_exports_of_one_source_the_later_copy_is_newer_and_the_evidence_counts_the_pages():
    found = newer(*handbook())
    assert all(r["newer_id"] == max(r["left_id"], r["right_id"]) for r in found.iter_rows(named=True))
    assert "8 pages of handbook have a copy from 2019-10-17 and 2021-01-21" in found["evidence"][0]


def test_two_stamps_that_one_page_alone_has_are_no_exports():
    copies, ends = handbook(pages=1)
    assert newer(copies, ends)["newer_id"].null_count() == len(ends)


def test_two_days_are_no_series():
    copies, ends = handbook()
    kept = [c for c in copies if c["dated_on"] != DAYS[2]]
    there = {c["document_id"] for c in kept}
    pairs = [e for e in ends if set(e) <= there]
    assert newer(kept, pairs)["newer_id"].null_count() == len(pairs)


def test_the_day_of_an_undated_copy_is_the_one_that_its_siblings_leave():
    copies, ends = handbook(hidden={(3, DAYS[2]), (5, DAYS[0])})
    assert guess(copies, ends) == {"handbook/docs/3-2.md": DAYS[2], "handbook/docs/5-0.md": DAYS[0]}


def test_links_tell_which_of_two_undated_copies_is_from_which_export():
    copies, ends = handbook(hidden={(3, DAYS[0]), (3, DAYS[2])})
    links = [(c["document_id"], f"https://{'old' if c['document_id'].endswith('-0.md') else 'new'}.example/x") for c in copies]
    assert guess(copies, ends, links) == {"handbook/docs/3-0.md": DAYS[0], "handbook/docs/3-2.md": DAYS[2]}


@pytest.mark.parametrize("later", ["handbook/docs/3-0.md", "handbook/docs/3-2.md"])
def test_no_undated_copy_is_from_an_export_before_the_day_that_its_own_text_names(later):
    copies, ends = handbook(hidden={(3, DAYS[0]), (3, DAYS[2])})
    told = [{**c, "told_on": date(2023, 5, 1)} if c["document_id"] == later else c for c in copies]
    found = guess(told, ends)
    assert found.pop(later) == DAYS[2]
    assert list(found.values()) == [DAYS[0]], "the other copy has the day that is left"


def test_an_undated_copy_gets_no_direction_from_its_guessed_day():
    found = newer(*handbook(hidden={(3, DAYS[2])})).filter(pl.col("right_id") == "handbook/docs/3-2.md")
    assert found["newer_id"].null_count() == found.height == 2


def test_with_shuffled_days_the_later_copy_is_newer_no_more_often_than_by_chance():
    copies, ends = handbook(pages=200)
    days = [c["dated_on"] for c in copies]
    random.Random(7).shuffle(days)  # noqa: S311
    shuffled = [{**c, "dated_on": d} for c, d in zip(copies, days, strict=True)]
    found = newer(shuffled, ends).drop_nulls("newer_id")
    assert found.height > 300
    right = found.filter(pl.col("newer_id") == pl.max_horizontal("left_id", "right_id")).height / found.height
    assert 0.4 < right < 0.6


def test_the_order_of_copies_does_not_matter():
    copies, ends = handbook(hidden={(3, DAYS[2]), (4, DAYS[0]), (4, DAYS[1])})
    assert guess(copies, ends) == guess(copies[::-1], ends[::-1])
