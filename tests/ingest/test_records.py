from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry.config import Source
from canonry.errors import SourceError
from canonry.frames import INGESTED
from canonry.ingest import read_source

CSV = "Domain Name,Organization,Last  Seen\na.gov,GSA,2024-01-02\nb.gov,,\n"


def rules(reading):
    return dict(reading.quarantine.select("location", "rule").rows())


def test_records_have_the_declared_shape_and_their_values_verbatim(read):
    found = read({"x.csv": CSV}, kind="records", path="x.csv", id="Domain Name", fields={"Organization": "org"}, observed_at="Last Seen")
    assert dict(found.records.schema) == INGESTED["records"]
    first, second = found.records.rows(named=True)
    assert json.loads(first["values"]) == {"domain_name": "a.gov", "org": "GSA", "last_seen": "2024-01-02"}
    assert json.loads(first["headings"]) == {"domain_name": "Domain Name", "org": "Organization", "last_seen": "Last Seen"}
    assert (first["source"], first["record_id"], first["location"], first["observed_at"]) == ("s", "a.gov", "x.csv:2", "2024-01-02")
    assert json.loads(second["values"])["org"] == ""
    assert second["observed_at"] is None
    assert found.documents.is_empty()
    assert found.claims.is_empty()


def test_an_id_of_several_columns_is_joined(records):
    assert list(records("a,b,n\n 1 ,2,x\n1,,y\n", id=["a", "b"])) == ["1|", "1|2"]


def test_a_repeated_id_is_quarantined_and_the_first_row_stands(read):
    found = read({"x.csv": "id,n\n1,a\n1,b\n1,a\n2,c\n"}, kind="records", path="x.csv", id="id")
    assert found.records["location"].to_list() == ["x.csv:2", "x.csv:5"]
    assert rules(found) == {"x.csv:3": "duplicate_id", "x.csv:4": "repeated_row"}


def test_a_row_without_id_is_quarantined(read):
    found = read({"x.csv": "id,m,n\n1,,a\n ,,b\n,,c\n"}, kind="records", path="x.csv", id=["id", "m"])
    assert rules(found) == {"x.csv:3": "missing_id", "x.csv:4": "missing_id"}


def test_without_an_id_one_is_derived_and_said_so(read):
    first = read({"x.csv": "a,b\n1,2\n1,2\n3,4\n"}, kind="records", path="x.csv")
    ids = first.records["record_id"].to_list()
    assert "ids are derived" in first.message
    assert len(set(ids)) == 3
    assert sum(i.endswith(".2") for i in ids) == 1
    moved = read({"x.csv": "b,a\n4,3\n2,1\n2,1\n"}, kind="records", path="x.csv")
    assert moved.records["record_id"].to_list() == ids


@pytest.mark.parametrize(
    ("key", "source"),
    [("id", {"id": "Domain name"}), ("fields", {"fields": {"Domain name": "x"}}), ("observed_at", {"observed_at": "Domain name"})],
)
def test_a_configured_column_that_does_not_exist_names_the_nearest(read, key, source):
    with pytest.raises(SourceError, match=f"'Domain name' named in {key} does not exist in x.csv; did you mean 'Domain Name'") as e:
        read({"x.csv": CSV}, kind="records", path="x.csv", **source)
    assert "Organization" in e.value.hint


def test_a_column_like_nothing_in_the_file_is_named_without_a_guess(records):
    with pytest.raises(SourceError, match=r"does not exist in x\.csv\. Its columns are"):
        records(CSV, id="zzz")


def test_two_columns_for_one_attribute_are_refused(records):
    with pytest.raises(SourceError, match="several columns"):
        records("a,b\n1,2\n", fields={"a": "x", "b": "x"})


def test_a_heading_gives_way_to_a_configured_attribute(records):
    assert list(records("Name,title\na,b\n", fields={"title": "name"}).values()) == [{"name_2": "a", "name": "b"}]


@pytest.mark.parametrize("content", ["", "id,n\n", "\n\n"])
def test_an_export_without_rows_is_refused(records, content):
    with pytest.raises(SourceError, match="no row"):
        records(content)


def test_a_missing_export_is_refused_with_its_path(read):
    with pytest.raises(SourceError, match=r"gone\.csv does not exist"):
        read({}, kind="records", path="gone.csv")


def test_an_unknown_format_is_refused_and_a_declared_one_read(records):
    with pytest.raises(SourceError, match=r"\.dbf is not a format"):
        records(CSV, "x.dbf")
    assert len(records(CSV, "x.dbf", format="csv")) == 2
    assert len(records(CSV, "x.txt")) == 2
    assert len(records('\n {"a": 1}', "x.dat")) == 1


def test_several_files_are_one_export(read):
    files = {
        "in/1.csv": "id,n\n1,a\n",
        "in/2.jsonl": '{"id": 2}\n{"id": 1}',
        "in/3.csv": b"id\n\xff\n",
        "in/4.csv": "id\n",
        "in/5.png": b"x",
    }
    found = read(files, kind="records", path="in", id="id")
    assert found.records["location"].to_list() == ["1.csv:2", "2.jsonl:1"]
    assert rules(found) == {"2.jsonl:2": "duplicate_id", "3.csv": "undecodable", "5.png": "unsupported_format"}


def test_a_glob_takes_the_files_it_names(read):
    found = read({"in/1.csv": "id\n1\n", "in/2.txt": "id\n2\n", "in/x/3.csv": "id\n3\n"}, kind="records", path="in/**/*.csv", id="id")
    assert found.records["location"].to_list() == ["1.csv:2", "x/3.csv:2"]


cell = st.text("ab1 ", max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cell, min_size=1, max_size=4), min_size=1, max_size=25))
def test_kept_and_quarantined_rows_are_all_rows_of_the_export(tmp_path_factory, rows):
    base = tmp_path_factory.mktemp("export")
    (base / "x.csv").write_text("id,n\n" + "".join(",".join(r) + "\n" for r in rows))
    written = sum(len(r) > 1 or bool(r[0].strip()) for r in rows)
    try:
        found = read_source("s", Source(kind="records", path="x.csv", id="id"), base)
    except SourceError:
        assert written == 0
        return
    assert found.records.height + found.quarantine.height == written


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_derived_ids_do_not_depend_on_the_order_of_rows(tmp_path_factory, rows, rng):
    base = tmp_path_factory.mktemp("export")
    ids = []
    for _ in range(2):
        (base / "x.csv").write_text("k,id,n\n" + "".join(f"x,{a},{b}\n" for a, b in rows))
        ids.append(read_source("s", Source(kind="records", path="x.csv"), base).records["record_id"].to_list())
        rng.shuffle(rows)
    assert ids[0] == ids[1]
