from __future__ import annotations

import pytest

from canonry.errors import SourceError
from canonry.ingest.decode import decode, page_charset

SAID = "id,n\n1,Zoë\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_followed_and_not_part_of_the_text(records, encoding):
    assert records(SAID.encode(encoding), id="id") == {"1": {"id": "1", "n": "Zoë"}}


def test_cp1252_is_read_only_when_it_is_configured(records):
    with pytest.raises(SourceError, match="no utf-8") as e:
        records(SAID.encode("cp1252"), id="id")
    assert "encoding" in e.value.hint
    assert records(SAID.encode("cp1252"), id="id", csv={"encoding": "cp1252"})["1"]["n"] == "Zoë"


def test_a_declared_encoding_wins_over_what_would_also_fit(records):
    assert records(SAID.encode(), id="id", csv={"encoding": "cp1252"})["1"]["n"] == "ZoÃ«"


def test_a_declared_utf8_may_have_a_byte_order_mark(records):
    assert records(SAID.encode("utf-8-sig"), id="id", csv={"encoding": "utf-8"}) == {"1": {"id": "1", "n": "Zoë"}}


@pytest.mark.parametrize("encoding", ["no-such", "hex"])
def test_an_encoding_that_does_not_exist_is_named(records, encoding):
    with pytest.raises(SourceError, match=encoding):
        records(SAID, csv={"encoding": encoding})


def test_nul_characters_count_as_undecodable(records):
    with pytest.raises(SourceError, match="NUL"):
        records("id,n\n1,a\0b\n")


def test_line_ends_become_newlines():
    assert decode(b"a\r\nb\rc\n") == "a\nb\nc\n"


def test_a_page_in_the_encoding_it_declares_is_read(read):
    page = '<meta charset="iso-8859-1"><p>café</p>'
    found = read({"d/a.html": page.encode("cp1252")}, kind="documents", path="d").documents
    assert found["text"].to_list() == [page]


def test_a_page_that_declares_latin_but_is_utf8_is_read_as_utf8():
    assert page_charset('<meta charset="iso-8859-1">café'.encode()) is None


@pytest.mark.parametrize("name", ["utf-16", "utf-7", "unicode_escape", "nonsense"])
def test_a_charset_that_a_page_cannot_mean_is_ignored(name):
    assert page_charset(f'<meta charset="{name}">'.encode()) is None
