from __future__ import annotations

import pytest

from canonry.errors import SourceError


def test_json_lines_and_arrays_say_the_same(records):
    lines = '{"id": 1, "n": "a"}\n\n{"id": 2, "n": null, "m": true}\n'
    array = '[{"id": 1, "n": "a"},\n {"id": 2, "n": null, "m": true}]'
    want = {"1": {"id": "1", "n": "a", "m": ""}, "2": {"id": "2", "n": "", "m": "true"}}
    assert records(lines, "x.jsonl", id="id") == want
    assert records(array, "x.json", id="id") == want
    assert records(f'{{"took": 3, "rows": {array}}}', "x.json", id="id") == want
    assert records(lines, "x.json", id="id") == want


def test_numbers_are_written_as_a_person_sees_them(records):
    text = '{"id": 7.0, "a": 12.50, "b": 1e5, "c": 123456789012345678901234567890, "d": -0.1}'
    assert records(text, "x.jsonl", id="id") == {
        "7": {"id": "7", "a": "12.50", "b": "1e5", "c": "123456789012345678901234567890", "d": "-0.1"}
    }


def test_objects_become_columns_and_lists_one_cell(records):
    text = '{"id": 1, "at": {"city": "Leeds", "zip": {"code": "L1"}}, "tags": ["a", 2], "rows": [{"x": 1}], "none": {}, "no": []}'
    assert records(text, "x.jsonl", id="id")["1"] == {
        "id": "1", "at.city": "Leeds", "at.zip.code": "L1", "tags": "a; 2", "rows": '[{"x": "1"}]', "none": "", "no": "",
    }  # fmt: skip


def test_a_repeated_key_loses_nothing(records):
    assert records('{"id": 1, "n": "a", "n": "b"}', "x.jsonl", id="id")["1"] == {"id": "1", "n": "a", "n_2": "b"}
    assert records('{"id": 1, "a.b": "x", "a": {"b": "y"}}', "x.jsonl", id="id")["1"] == {"id": "1", "a.b": "x", "a.b_2": "y"}


def test_bad_lines_are_quarantined_and_the_rest_is_kept(read):
    text = '{"id": 1}\n{"id": 2\n[3]\n{"id": "\\ud800"}\n{"id": "a\\u0000"}\n{}\n' + "[" * 100_000 + '\n{"id": 4}\n'
    found = read({"x.jsonl": text}, kind="records", path="x.jsonl", id="id")
    assert found.records["record_id"].to_list() == ["1", "4"]
    assert found.quarantine.select("location", "rule").rows() == [
        ("x.jsonl:2", "malformed_json"), ("x.jsonl:3", "not_an_object"), ("x.jsonl:4", "undecodable"), ("x.jsonl:5", "undecodable"),
        ("x.jsonl:6", "empty_row"), ("x.jsonl:7", "malformed_json"),
    ]  # fmt: skip


def test_an_item_of_an_array_that_is_no_object_is_quarantined(read):
    found = read({"x.json": '[{"id": 1}, 5, {"id": 2}]'}, kind="records", path="x.json", id="id")
    assert found.records["location"].to_list() == ["x.json:[1]", "x.json:[3]"]
    assert found.quarantine["location"].to_list() == ["x.json:[2]"]


@pytest.mark.parametrize("text", ['[{"id": 1},', "nonsense", "[" * 100_000, ""])
def test_a_document_that_is_no_json_is_refused(records, text):
    with pytest.raises(SourceError, match=r"JSON|nested"):
        records(text, "x.json", id="id")


def test_an_array_without_items_has_no_rows(records):
    with pytest.raises(SourceError, match="no row"):
        records("[]", "x.json", id="id")
