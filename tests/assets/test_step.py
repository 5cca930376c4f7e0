from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from assets.step import rows, version


@dataclass(frozen=True)
class Made:
    first: pl.DataFrame
    second: pl.DataFrame


def made(*values):
    return {"full": Made(pl.DataFrame({"a": list(values)}), pl.DataFrame({"b": [["x"], None]}))}


def test_the_same_rows_have_the_same_version_however_they_lie_in_memory():
    chunked = {
        "full": Made(pl.concat([pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [2]})], rechunk=False), pl.DataFrame({"b": [["x"], None]}))
    }
    assert version(made(1, 2)) == version(chunked)


def test_other_rows_another_order_or_another_edition_have_another_version():
    versions = [version(m).value for m in (made(1, 2), made(2, 1), made(1, None), {"staff": made(1, 2)["full"]})]
    assert len(set(versions)) == len(versions)


def test_rows_are_told_as_numbers_of_the_first_edition_and_as_a_table_of_all():
    told = rows({"full": made(1, 2, 3)["full"], "staff": made(1)["full"]})
    assert (told["rows/first"], told["rows/second"]) == (3, 2)
    assert [r.data for r in told["rows"].records] == [{"frame": "first", "full": 3, "staff": 1}, {"frame": "second", "full": 2, "staff": 2}]
