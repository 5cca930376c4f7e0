"""Types of attributes: declared, else shown by the values of all sources; each source written in its own way."""

from __future__ import annotations

import json

from tests.claims.statements import claimed
from tests.normalise.small import claim, configured, context, record


def made(*records, claims=(), entities=None):
    return claimed(run=context(configured(entities=entities or {})), records=list(records), claims=list(claims))


def rows(values, attribute="x", source="register", **more):
    return [record(source, f"{source}-{n}", json.dumps({attribute: v}), **more) for n, v in enumerate(values)]


def report(found, attribute="x"):
    (row,) = found.attributes.filter(attribute=attribute).select("value_type", "origin", "distinct_values", "unread", "note").rows()
    return row


def said(found, attribute="x"):
    return dict(found.claims.filter(attribute=attribute).select("verbatim", "value").rows())


def test_a_type_is_inferred_from_the_values_and_reported():
    found = made(*rows(["5 days", "2 weeks", "N/A", "10 days", "5 days"]))
    assert report(found) == ("duration", "inferred", 3, 0, None)
    assert said(found) == {"5 days": "P5D", "2 weeks": "P14D", "10 days": "P10D"}


def test_a_declared_type_is_kept_and_what_does_not_fit_is_text_and_reported():
    found = made(*rows(["5 days", "soon"]), entities={"product": {"attributes": {"x": {"type": "duration"}}}})
    assert report(found) == ("duration", "declared", 2, 1, "no duration, kept as text: 'soon'")
    assert said(found) == {"5 days": "P5D", "soon": "soon"}


def test_a_mixture_of_types_falls_back_to_text_and_says_so():
    found = made(*rows(["5 days", "2 weeks", "3 March 2024", "a@x.example"]))
    assert report(found)[:2] == ("text", "inferred")
    assert report(found)[4] == "mixed: duration 50 %, date 25 %, email 25 %"


def sites(**columns):
    """Claims tables: who writes which values."""
    return made(claims=[claim(who, f"p{n}", "x", v) for who, values in columns.items() for n, v in enumerate(values)])


def test_days_are_read_in_the_order_that_their_own_source_shows():
    found = sites(european=["03/04/2024", "25/12/2024"], american=["04/03/2024", "12/25/2024"])
    american, european = (found.claims.filter(source=f"sites/{w}").sort("subject")["value"].to_list() for w in ("american", "european"))
    assert american == european == ["2024-04-03", "2024-12-25"]


def test_days_that_no_value_makes_clear_are_left_as_they_are_and_reported():
    found = made(*rows(["03/04/2024", "05/06/2024", "2024-05-06"]))
    assert report(found) == ("date", "inferred", 3, 2, "could be two days: '03/04/2024', '05/06/2024'")
    assert said(found)["03/04/2024"] == "03/04/2024"


def test_a_decimal_comma_in_one_source_does_not_touch_another():
    found = sites(de=["1.234", "12,5"], en=["1.234", "12.5"])
    assert found.claims.sort("source", "subject")["value"].to_list() == ["1234", "12.5", "1.234", "12.5"]


def test_numbers_without_a_code_are_of_the_region_that_the_others_share():
    found = made(*rows(["+44 20 7946 0001", "020 7946 0000", "(020) 7946 0002"]))
    assert report(found)[0] == "phone"
    assert said(found)["020 7946 0000"] == "+442079460000"


def test_a_unit_in_the_heading_goes_for_the_numbers_under_it():
    headed = [{**r, "headings": json.dumps({"x": "Notice (days)"})} for r in rows(["5", "30"])]
    named = [{**r, "record_id": f"n{n}"} for n, r in enumerate(rows(["two weeks", "30 days"]))]
    found = made(*headed, *named)
    assert report(found)[0] == "duration"
    assert found.claims.filter(verbatim="30")["value"].to_list() == ["P30D"]


def test_the_order_of_rows_changes_nothing():
    values = ["03/04/2024", "25/12/2024", "soon", "2024-05-06", "5 May 2024"]
    once, again = made(*rows(values)), made(*reversed(rows(values)))
    assert once.attributes.equals(again.attributes)
    assert once.claims.equals(again.claims)
