from __future__ import annotations

from datetime import date

import pytest

from canonry.errors import SourceError
from canonry.frames import INGESTED

SIDECAR = {"path": "pages.csv", "key": "path", "modified_at": "changed"}


def rules(reading):
    return dict(reading.quarantine.select("location", "rule").rows())


def docs(read, files, **source):
    return read({f"d/{k}": v for k, v in files.items()}, kind="documents", path="d", **source)


def noted(read, table, **sidecar):
    return read({"d/a.md": "A", "d/x/b.md": "B", "pages.csv": table}, kind="documents", path="d", metadata=SIDECAR | sidecar)


def test_documents_have_the_declared_shape_and_their_text_unchanged(read):
    found = docs(read, {"b.md": "# B\r\n", "x/a.TXT": "a", "x/c.htm": "<p>c", "d.markdown": "d", "e.html": "<p>"})
    assert dict(found.documents.schema) == INGESTED["documents"]
    assert found.documents.select("source", "path", "media", "text").rows() == [
        ("s", "b.md", "markdown", "# B\n"), ("s", "d.markdown", "markdown", "d"), ("s", "e.html", "html", "<p>"),
        ("s", "x/a.TXT", "text", "a"), ("s", "x/c.htm", "html", "<p>c"),
    ]  # fmt: skip
    assert found.message == ""


def test_what_cannot_be_read_is_quarantined_and_the_rest_is_kept(read):
    found = docs(read, {"a.md": "A", "b.md": b"caf\xe9", "c.md": " \n\t", "d.docx": b"PK", "e.md": "x\0y", "f": "?"})
    assert found.documents["path"].to_list() == ["a.md"]
    assert rules(found) == {
        "b.md": "undecodable", "c.md": "empty_document", "d.docx": "unsupported_format", "e.md": "undecodable", "f": "unsupported_format",
    }  # fmt: skip
    assert found.quarantine["excerpt"][0] == "caf\\xe9"


def test_hidden_files_and_version_control_are_no_content(read):
    found = docs(read, {"a.md": "A", ".git/b.md": "B", ".c.md": "C", "CVS/d.md": "D", "~$e.docx": "E", "x/.svn/f.md": "F"})
    assert found.documents["path"].to_list() == ["a.md"]
    assert found.quarantine.is_empty()


def test_include_and_exclude_are_globs_over_the_path_in_the_source(read):
    files = {"a.md": "A", "x/b.md": "B", "x/y/c.txt": "C", "old/d.md": "D", "f.png": "?", "x/z1.md": "Z"}
    found = docs(read, files, include=["**/*.md", "x/**"], exclude=["old", "**/z[0-9].*"])
    assert found.documents["path"].to_list() == ["a.md", "x/b.md", "x/y/c.txt"]
    assert found.quarantine.is_empty()


def test_links_that_leave_the_folder_are_not_followed(read, tmp_path):
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "d" / "x").mkdir(parents=True)
    (tmp_path / "d" / "out.md").symlink_to(tmp_path / "secret.md")
    (tmp_path / "d" / "up").symlink_to(tmp_path)
    (tmp_path / "d" / "same").symlink_to(tmp_path / "d" / "x")
    (tmp_path / "d" / "lost.md").symlink_to(tmp_path / "d" / "nowhere.md")
    (tmp_path / "d" / "loop.md").symlink_to(tmp_path / "d" / "loop.md")
    (tmp_path / "d" / "alias.md").symlink_to(tmp_path / "d" / "a.md")
    found = docs(read, {"a.md": "A"})
    assert found.documents["path"].to_list() == ["a.md", "alias.md"]
    assert rules(found) == {"lost.md": "unreadable", "loop.md": "unreadable", "out.md": "outside", "same": "linked_folder", "up": "outside"}


def test_a_file_name_that_is_no_utf8_is_quarantined(read, tmp_path):
    (tmp_path / "d").mkdir()
    try:
        with open(bytes(tmp_path / "d") + b"/caf\xe9.md", "w") as f:  # noqa: PTH123  (a path of bytes)
            f.write("x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert rules(docs(read, {"a.md": "A"})) == {"caf\ufffd.md": "undecodable"}


def test_a_single_file_and_a_glob_are_sources_too(read):
    files = {"d/a.md": "A", "d/x/b.md": "B", "d/c.txt": "C"}
    assert read(files, kind="documents", path="d/a.md").documents["path"].to_list() == ["a.md"]
    assert read(files, kind="documents", path="d/**/*.md").documents["path"].to_list() == ["a.md", "x/b.md"]


@pytest.mark.parametrize(
    ("path", "says"), [("gone", "does not exist"), ("empty", "no file"), ("d/bad.md", "cannot be decoded"), ("none/*.md", "does not exist")]
)
def test_a_source_that_is_missing_empty_or_unreadable_says_so(read, tmp_path, path, says):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=says) as e:
        read({"d/bad.md": b"\xff"}, kind="documents", path=path)
    assert e.value.hint
    assert str(tmp_path) not in str(e.value)


def test_an_address_is_made_from_the_template(read):
    found = docs(read, {"a b/é.md": "A"}, url="https://h.example/{path}?x={y}")
    assert found.documents["url"].to_list() == ["https://h.example/a%20b/%C3%A9.md?x={y}"]


def test_the_sidecar_says_more_about_each_document(read):
    table = (
        "path;changed;t;who;aud;until;next;new;link\n"
        "./x\\b.md;2024-01-02T10:00:00Z;B!;ann;hr, staff;2030-01-01;31.12.2025;a.md;https://b\n"
        "a.md;;;;;;;;\n"
    )
    found = noted(
        read, table, title="t", owner="who", audience="aud", expires_on="until", review_on="next", replaced_by="new", url="link"
    ).documents
    keys = ("title", "owner", "audience", "modified_on", "expires_on", "review_on", "replaced_by", "url")
    assert found.select(keys).rows() == [
        (None,) * 8,
        ("B!", "ann", ["hr", "staff"], date(2024, 1, 2), date(2030, 1, 1), date(2025, 12, 31), "a.md", "https://b"),
    ]


def test_where_picks_the_rows_of_the_sidecar(read):
    found = noted(read, "side,path,changed\nlive,a.md,2024-01-02\nold,a.md,2001-01-01\nold,b.md,2001-01-01\n", where={"side": "live"})
    assert found.documents["modified_on"].to_list() == [date(2024, 1, 2), None]
    assert (found.message, found.quarantine.height) == ("", 0)


def test_rows_of_the_sidecar_without_a_document_are_counted(read):
    found = noted(read, "path,changed\na.md,2024-01-02\nz.md,2024-01-02\ny.md,2024-01-02\n")
    assert found.message == "2 rows of pages.csv match no document, the first is 'y.md'"


def test_a_date_that_cannot_be_read_leaves_its_document_undated_and_is_quarantined(read):
    found = noted(read, "path,changed,until\na.md,soon,never\nx/b.md,2024-01-02,\n", expires_on="until")
    assert found.documents["modified_on"].to_list() == [None, date(2024, 1, 2)]
    assert found.quarantine.select("location", "rule", "excerpt").rows() == [("a.md", "bad_date", "soon, never")]


def test_a_second_sidecar_row_and_a_ragged_one_are_quarantined(read):
    found = noted(read, "path,changed\na.md,2024-01-02\na.md,2024-01-03\na.md,2024-01-02\nx/b.md\n")
    assert found.documents["modified_on"].to_list() == [date(2024, 1, 2), None]
    assert rules(found) == {"pages.csv:3": "duplicate_id", "pages.csv:4": "repeated_row", "pages.csv:5": "ragged_row"}


def test_a_sidecar_inside_the_folder_is_no_document(read):
    found = docs(read, {"a.md": "A", "pages.csv": "path,changed\na.md,2024-01-02\n"}, metadata=SIDECAR | {"path": "d/pages.csv"})
    assert found.documents["modified_on"].to_list() == [date(2024, 1, 2)]
    assert found.quarantine.is_empty()


def test_one_column_of_the_sidecar_may_say_several_things(read):
    found = noted(read, "path,changed\na.md,2024-01-02\n", expires_on="changed", url="path")
    assert found.documents.select("modified_on", "expires_on", "url").row(0) == (date(2024, 1, 2), date(2024, 1, 2), "a.md")


@pytest.mark.parametrize("file", ["pages.jsonl", "pages.xlsx"])
def test_the_sidecar_may_have_any_table_format(read, workbook, file):
    table = (
        workbook(A=[["path", "changed"], ["a.md", date(2024, 1, 2)]]) if file.endswith("x") else '{"path": "a.md", "changed": "2024-01-02"}'
    )
    found = read({"d/a.md": "A", file: table}, kind="documents", path="d", metadata=SIDECAR | {"path": file})
    assert found.documents["modified_on"].to_list() == [date(2024, 1, 2)]


@pytest.mark.parametrize(
    ("sidecar", "says"),
    [
        ({"path": "gone.csv"}, r"gone\.csv does not exist"),
        ({"key": "pth"}, "'pth' named in metadata.key does not exist in pages.csv; did you mean 'path'"),
        ({"modified_at": "chnged"}, r"metadata\.modified_at"),
        ({"where": {"sied": "x"}}, r"metadata\.where"),
        ({"path": "bad.csv"}, "cannot be decoded"),
    ],
)
def test_a_sidecar_that_does_not_fit_fails_the_source(read, sidecar, says):
    with pytest.raises(SourceError, match=says):
        read({"bad.csv": b"\xff"} | {"d/a.md": "A", "pages.csv": "path,changed\n"}, kind="documents", path="d", metadata=SIDECAR | sidecar)
