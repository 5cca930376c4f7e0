"""Records as columns of plain text."""

from __future__ import annotations

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from canonry.match.entities.table import column, without_nulls
from canonry.values import NULLS, is_null

FEW = st.text(st.sampled_from("nNaA/.-? (\t&;<>[]1"), max_size=6)
WRITTEN = st.one_of(st.sampled_from(sorted(NULLS)), FEW, st.tuples(FEW, st.sampled_from(sorted(NULLS)), FEW).map("".join))


@given(value=WRITTEN)
@example(value=" Not  AVAILABLE ")
@example(value="&nbsp;")
def test_a_column_is_silent_where_a_cell_asserts_nothing(value):
    if len(value) <= 24:
        assert without_nulls(pl.Series([value], dtype=pl.String)).to_list() == ["" if is_null(value) else value]


def test_a_column_knows_each_value_once_and_which_record_says_it():
    made = column("town", pl.Series(["Lorbebury", "n/a", "Ash", "LORBEBURY"]))
    assert made is not None
    assert made.values.texts.to_list() == ["ash", "lorbebury"]
    assert made.values.codes.tolist() == [1, -1, 0, 1]
    assert made.values.often.tolist() == [1, 2]
