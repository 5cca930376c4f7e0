"""The filter language: what it keeps, what it refuses and where, and that writing and reading a tree are inverse."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.serve import AgentError
from canonry.serve.filters import FIELDS, Among, Both, Comparison, Either, Missing, Not, compiled, expression, parse, rendered

FRAME = pl.DataFrame(
    {
        "item_id": ["a", "b", "c"],
        "source": ["live", "it's", None],
        "dated_on": [date(2024, 1, 1), date(2019, 6, 1), None],
        "quality": [0.9, 0.4, None],
        "tokens": [10, 200, 3000],
        "flags": [["undated"], [], None],
    }
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("source = 'live'", "a"),
        ("source != 'live'", "bc"),
        ("source = 'it''s'", "b"),
        ("source = 'live' and dated_on >= '2024-01-01'", "a"),
        ("dated_on < '2020-01-01' or dated_on is null", "bc"),
        ("not (dated_on < '2020-01-01' or dated_on is null)", "a"),
        ("dated_on IS NOT NULL", "ab"),
        ("tokens in (10, 3000)", "ac"),
        ("source not in ('live')", "bc"),
        ("quality>0.5", "a"),
        ("not quality > 0.5", "bc"),
        ("tokens <= 200.5 and not source = 'live'", "b"),
        ("flags = 'undated'", "a"),
        ("flags in ('undated', 'stamped_date')", "a"),
        ("flags != 'undated'", "bc"),
        ("source = 'live' or source = 'it''s' and tokens = 10", "a"),
        ("(source = 'live' or source = 'it''s') and tokens = 200", "b"),
    ],
)
def test_a_filter_keeps_exactly_the_rows_that_it_describes(text, kept):
    assert "".join(FRAME.filter(expression(text))["item_id"]) == kept


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("sourc = 'live'", 0),
        ("source = 'live' and colour = 'red'", 20),
        ("source =", 8),
        ("source = live", 9),
        ("source = 'live", 9),
        ("(source = 'live'", 16),
        ("source = 'live')", 15),
        ("dated_on > '2024-13-01'", 11),
        ("dated_on > 2024", 11),
        ("tokens = 'ten'", 9),
        ("flags < 'a'", 6),
        ("source in ()", 11),
        ("source is nothing", 10),
        ("source ; drop table context", 7),
        ("", 0),
        ("embedding is null", 0),
        ("(" * 40 + "source = 'x'" + ")" * 40, 32),
        ("source = 'x' " * 1000, 4000),
    ],
)
def test_a_mistake_is_refused_with_its_position(text, position):
    with pytest.raises(AgentError) as caught:
        expression(text)
    assert (caught.value.code, caught.value.position) == ("BAD_FILTER", position)
    assert caught.value.as_dict()["fix"]
    assert not caught.value.as_dict()["retryable"]


def test_an_unknown_field_is_answered_with_the_fields_there_are():
    with pytest.raises(AgentError) as caught:
        expression("colour = 'red'")
    assert "dated_on" in caught.value.fix


_SAMPLES = {
    "text": st.text(max_size=8),
    "texts": st.text(max_size=8),
    "date": st.dates().map(date.isoformat),
    "int": st.integers(-(10**9), 10**9),
    "float": st.floats(-1e6, 1e6).map(lambda x: round(x, 6)).filter(bool),
    "bool": st.booleans(),
}


@st.composite
def _tests(draw):
    field = draw(st.sampled_from(sorted(FIELDS)))
    value, shape = _SAMPLES[FIELDS[field]], draw(st.integers(0, 2))
    if shape == 0:
        return Missing(field)
    if shape == 1:
        return Among(field, tuple(draw(st.lists(value, min_size=1, max_size=3))))
    ops = ["=", "!="] if FIELDS[field] in ("texts", "bool") else ["=", "!=", "<", "<=", ">", ">="]
    return Comparison(field, draw(st.sampled_from(ops)), draw(value))


_TREES = st.recursive(_tests(), lambda t: st.builds(Not, t) | st.builds(Both, t, t) | st.builds(Either, t, t), max_leaves=6)


@given(_TREES)
def test_a_tree_that_is_written_and_read_again_is_the_same_tree(tree):
    assert parse(rendered(tree)) == tree


@given(tree=_TREES)
def test_every_filter_is_true_or_false_in_every_row_and_not_turns_it_round(tree, build):
    frame = build.context([{"item_id": "a"}, {"item_id": "b", "source": None, "flags": None, "dated_on": date(2020, 1, 1)}])
    kept = frame.select(yes=compiled(tree), no=compiled(Not(tree)))
    assert kept["yes"].null_count() == 0
    assert (kept["yes"] != kept["no"]).all()


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_a_bad_filter(text):
    error = None
    try:
        parse(text)
    except AgentError as e:
        error = e
    assert error is None or (error.code == "BAD_FILTER" and 0 <= error.position <= len(text))
