from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry.config import CsvOptions, XlsxOptions
from canonry.errors import SourceError
from canonry.ingest import delimited
from canonry.ingest.delimited import read_csv
from canonry.ingest.rows import Options

PLAIN = Options(CsvOptions(), XlsxOptions())


def rules(reading):
    return reading.quarantine.select("location", "rule").rows()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_recognised(records, delimiter):
    text = "id,name,note\n1,Ann,x\n2,Bob,y\n".replace(",", delimiter)
    assert records(text, id="id")["2"] == {"id": "2", "name": "Bob", "note": "y"}


def test_commas_inside_semicolon_files_are_no_delimiters(records):
    assert records("id;price\n1;1,50\n2;2,50\n", id="id")["1"] == {"id": "1", "price": "1,50"}


@pytest.mark.parametrize("spelled", ["\t", "\\t", "tab"])
def test_a_configured_delimiter_wins(records, spelled):
    assert records("id\tn,m\n1\ta,b\n", id="id", csv={"delimiter": spelled})["1"] == {"id": "1", "n,m": "a,b"}


def test_a_tsv_is_cut_at_tabs(records):
    assert records("id\ta,b\n1\tx,y\n", file="x.tsv", id="id")["1"]["a,b"] == "x,y"


def test_a_delimiter_of_two_characters_is_refused(records):
    with pytest.raises(SourceError, match=r"csv\.delimiter"):
        records("id,n\n1,a\n", csv={"delimiter": "||"})


def test_quoted_fields_may_hold_delimiters_quotes_and_newlines(records):
    assert records('id,n\n1,"a, ""b""\nc"\n2,d\n', id="id") == {"1": {"id": "1", "n": 'a, "b"\nc'}, "2": {"id": "2", "n": "d"}}


def test_a_stray_quote_inside_a_line_is_text(records):
    assert records('id,n\n1,5" pipe\n2,"a"b\n3,x\n', id="id")["1"]["n"] == '5" pipe'


def test_a_ragged_row_is_quarantined_and_the_rest_is_kept(read):
    found = read({"x.csv": 'id,n\n1,"a\nb"\n2\n3,c,d\n4,e\n'}, kind="records", path="x.csv", id="id")
    assert found.records["record_id"].to_list() == ["1", "4"]
    assert rules(found) == [("x.csv:4", "ragged_row"), ("x.csv:5", "ragged_row")]
    assert found.quarantine["excerpt"].to_list() == ["2", "3,c,d"]
    assert found.records["location"].to_list() == ["x.csv:2", "x.csv:6"]


def test_an_unclosed_quote_costs_its_line_and_not_the_rest_of_the_file(read):
    rows = "".join(f"{n},x\n" for n in range(2, 100))
    found = read({"x.csv": f'id,n\n1,"open\n{rows}'}, kind="records", path="x.csv", id="id")
    assert rules(found) == [("x.csv:2", "unclosed_quote")]
    assert found.records.height == 98


def test_an_unclosed_quote_that_meets_another_one_is_found_too(read):
    found = read({"x.csv": 'id,n\n1,"open\n2,"shut"\n3,c\n'}, kind="records", path="x.csv", id="id")
    assert rules(found) == [("x.csv:2", "unclosed_quote")]
    assert found.records["record_id"].to_list() == ["2", "3"]


def test_an_unclosed_quote_in_the_heading_is_reported(read):
    found = read({"x.csv": 'id,"n\nid,n\n1,a\n'}, kind="records", path="x.csv", id="id")
    assert rules(found) == [("x.csv:1", "unclosed_quote")]
    assert found.records["record_id"].to_list() == ["1"]


def test_a_file_full_of_unclosed_quotes_is_refused_instead_of_read_for_ever(records):
    with pytest.raises(SourceError, match="not closed"):
        records("id,n\n" + 'x,"y\n1,2\n' * 50 + '"', id="id")


def test_a_line_beyond_the_limit_is_refused_at_once(records, monkeypatch):
    monkeypatch.setattr(delimited, "LONGEST_LINE", 1000)
    with pytest.raises(SourceError, match="longer than"):
        records("id,n\n1," + "x" * 2000)


def test_a_long_cell_is_read_whole(records):
    assert len(records("id,n\n1," + "x" * 200_000 + "\n", id="id")["1"]["n"]) == 200_000


def test_repeated_and_empty_headings_are_told_apart(records):
    assert list(records("name,name,,name_2\na,b,c,d\n").values()) == [{"name": "a", "name_2": "b", "column_3": "c", "name_2_2": "d"}]


def test_several_heading_rows_are_joined(records):
    assert records("key,Price,\nid,net,gross\n1,2,3\n", id="key id", csv={"header_rows": 2})["1"] == {
        "key_id": "1", "price_net": "2", "gross": "3",
    }  # fmt: skip


def test_blank_lines_are_no_rows_and_rows_without_values_are_set_aside(read):
    found = read({"x.csv": "\nid,n\n\n1,a\n,\n\n"}, kind="records", path="x.csv", id="id")
    assert found.records.height == 1
    assert rules(found) == [("x.csv:5", "empty_row")]


def test_odd_separators_of_unicode_end_no_line(records):
    assert records("id,n\n1,a\u2028b\x0bc\n", id="id")["1"]["n"] == "a\u2028b\x0bc"


def test_fifty_thousand_rows_are_read_in_about_a_second(tmp_path, read):
    text = "id,a,b,c,d\n" + "".join(f'{n},"x, {n}",y,z,{n % 7}\n' for n in range(50_000))
    start = time.perf_counter()
    assert read({"x.csv": text}, kind="records", path="x.csv", id="id").records.height == 50_000
    assert time.perf_counter() - start < 5


def test_batches_are_put_together_in_order(monkeypatch):
    monkeypatch.setattr(delimited, "_BATCH", 3)
    rows = read_csv(("n\n" + "".join(f"{n}\n" for n in range(10))).encode(), PLAIN)
    assert rows.cells["n"].to_list() == [str(n) for n in range(10)]
    assert rows.locations == [str(n) for n in range(2, 12)]


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('",;\n'), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99).map(str), cells, cells), min_size=1, max_size=20))
def test_what_a_spreadsheet_wrote_is_read_back_cell_by_cell(rows):
    out = io.StringIO()
    csv.writer(out).writerows([("id", "first", "second"), *rows])
    found = read_csv(out.getvalue().encode(), PLAIN)
    assert not found.faults
    assert found.cells.rows() == rows


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.text("ab ", min_size=1, max_size=3), min_size=1, max_size=5), max_size=30))
def test_kept_and_quarantined_rows_are_all_rows_of_the_file(rows):
    text = "id,n,m\n" + "".join(",".join(r) + "\n" for r in rows)
    found = read_csv(text.encode(), PLAIN)
    filled = [r for r in rows if len(r) > 1 or r[0].strip()]
    assert len(found.locations) + len(found.faults) == len(filled)


@settings(max_examples=150, deadline=None)
@given(st.text('ab,"\n', max_size=60))
def test_no_line_is_lost_whatever_the_quotes(text):
    """Between the end of a kept row and the next row or report there are only blank lines."""
    try:
        found = read_csv(("x,y\n" + text).encode(), PLAIN)
    except SourceError:
        return
    lines = ["x,y", *text.split("\n")]
    starts = sorted({int(place) for place in (*found.locations, *(f.location for f in found.faults))} | {len(lines) + 1})
    assert not "".join(lines[1 : starts[0] - 1]).strip()
    for place, row in zip(map(int, found.locations), found.cells.rows(), strict=True):
        end = place + sum(cell.count("\n") for cell in row)
        following = next(s for s in starts if s > place)
        assert not "".join(lines[end : following - 1]).strip()
