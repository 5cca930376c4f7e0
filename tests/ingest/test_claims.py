from __future__ import annotations

import pytest

from canonry.errors import SourceError
from canonry.frames import INGESTED

COLUMNS = {"subject": "flight", "attribute": "what", "value": "says", "source": "site", "observed_at": "seen"}


def claims(read, text, **columns):
    return read({"c.csv": text}, kind="claims", path="c.csv", columns=columns or COLUMNS)


def test_one_row_is_one_claim_as_it_is_written(read):
    found = claims(read, "flight,what,says,site,seen,more\nAA1,gate, B7 ,aa,,x\nAA1,gate,,,2024-01-01,y\n")
    assert dict(found.claims.schema) == INGESTED["claims"]
    says = ("location", "asserter", "subject", "attribute", "value", "observed_at", "removed_on")
    assert found.claims.select(says).rows() == [
        ("c.csv:3", None, "AA1", "gate", "", "2024-01-01", None),
        ("c.csv:2", "aa", "AA1", "gate", " B7 ", None, None),
    ]


def test_exact_repeats_are_kept_once_and_counted(read):
    found = claims(read, "flight,what,says,site,seen\n" + "AA1,gate,B7,aa,\n" * 3 + "AA1,gate,B8,aa,\nAA1,gate,B7,bb,\n")
    assert found.claims.height == 3
    assert found.message == "2 exact repeats are left out"


def test_a_row_without_subject_or_attribute_is_quarantined(read):
    found = claims(read, "flight,what,says,site,seen\n,gate,B7,aa,\nAA1, ,B7,aa,\nAA1,gate,B7,aa,\n")
    assert found.quarantine.select("location", "rule").rows() == [("c.csv:2", "missing_subject"), ("c.csv:3", "missing_subject")]
    assert found.quarantine["excerpt"][0] == ", gate, B7, aa, "


def test_source_and_date_may_be_missing_from_the_configuration(read):
    found = claims(read, "s,a,v\nx,y,z\n", subject="s", attribute="a", value="v")
    assert found.claims.select("asserter", "observed_at").rows() == [(None, None)]


@pytest.mark.parametrize("key", ["subject", "value", "source", "observed_at"])
def test_a_column_that_does_not_exist_is_named_with_its_key(read, key):
    with pytest.raises(SourceError, match=rf"'flihgt' named in columns\.{key} does not exist in c\.csv; did you mean 'flight'"):
        claims(read, "flight,what,says,site,seen\nAA1,gate,B7,aa,\n", **(COLUMNS | {key: "flihgt"}))
