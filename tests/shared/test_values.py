import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.published import VALUE_TYPES
from canonry.values import Value, canonical, find, is_null

ODD = [
    "9" * 400,
    "https://[abc",
    "http://a℀b",
    "$",
    "%",
    "٣",
    "-",
    "31 Feb 2024",
    "0000-00-00",
    "25:99",
    "1e999",
    "\ud800",
    "()",
    "ten ten",
]
PIECES = st.lists(
    st.sampled_from(
        [
            "$",
            "£",
            "1,234.50",
            "80",
            "%",
            "-",
            "..",
            "to",
            "4:30",
            "pm",
            "March",
            "5th",
            "2024",
            "two",
            "week",
            "km",
            "hour",
            "k",
            "https://",
            "[",
            "www.",
            "@",
            "x.example",
            "(0)",
            "+44",
            "yes",
            "inc",
            "twenty",
            " ",
            "\n",
        ]
    ),
    max_size=8,
).map(" ".join)
ANY = st.one_of(st.text(max_size=40), PIECES, st.sampled_from(ODD))


@given(ANY, st.sampled_from(VALUE_TYPES))
def test_any_text_has_a_canonical_form_in_any_type(text, kind):
    assert isinstance(canonical(text, kind), Value)


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("kind", VALUE_TYPES)
def test_odd_text_has_a_canonical_form_in_any_type(text, kind):
    assert isinstance(canonical(text, kind), Value)


@given(ANY, st.sampled_from(VALUE_TYPES))
def test_values_are_found_inside_the_text_and_not_blank(text, kind):
    for start, end in find(text, kind):
        assert 0 <= start < end <= len(text)
        assert text[start:end].strip()


@given(ANY, st.sampled_from(VALUE_TYPES))
def test_the_canonical_form_of_a_canonical_form_is_itself(text, kind):
    once = canonical(text, kind).value
    assert canonical(once, kind).value == once


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("number", "see room 12"),
        ("number", "building 5, 3rd floor"),
        ("number", "2024-01-31"),
        ("money", "£10 or £20"),
        ("money", "£5 to $10"),
        ("percent", "80 % of 20"),
        ("date", "3 march 2024 or 4 march 2024"),
        ("date", "31 february 2024"),
        ("datetime", "2024-01-31t25:00:00"),
        ("time", "see room 12:30"),
        ("duration", "5 days after 2 weeks"),
        ("duration", "10 to 5 days"),
        ("quantity", "5 km in 2 kg"),
        ("phone", "ask for 5"),
        ("url", "see the handbook"),
    ],
)
def test_a_value_that_does_not_fit_its_type_is_text(kind, text):
    assert canonical(text, kind) == Value(text)


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_an_amount_is_the_same_however_its_thousands_are_marked(whole, cents):
    forms = {f"${whole:,}.{cents:02d}", f"$ {whole}.{cents:02d}", f"{whole:,}.{cents:02d} USD", f"{whole}.{cents:02d} dollars"}
    assert {canonical(f, "money") for f in forms} == {Value(f"{whole}.{cents:02d} USD", "USD")}


@given(st.integers(0, 40_000))
def test_a_day_is_the_same_however_it_is_written(days):
    day = date(1960, 1, 1) + timedelta(days=days)
    forms = {day.isoformat(), f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}", f"{day:%b}. {day.day} {day.year}"}
    assert {canonical(f, "date").value for f in forms} == {day.isoformat()}


@pytest.mark.parametrize(
    ("kind", "forms", "value"),
    [
        ("money", ["£1,395", "£1395.00", "1,395 GBP", "1395 pounds"], "1395.00 GBP"),
        ("money", ["$2k", "2,000 dollars", "USD 2000"], "2000.00 USD"),
        ("percent", ["80 %", "80%", "80 per cent", "80 percent", "0.8"], "0.8"),
        ("date", ["3rd of March 2024", "March 3rd, 2024", "2024-3-3", "Mar. 3 2024"], "2024-03-03"),
        ("time", ["4:30 p.m.", "16:30", "4.30pm", "04:30 PM"], "16:30"),
        ("time", ["12:05 am", "00:05", "0:05"], "00:05"),
        ("time", ["noon 12pm", "12:00"], "12:00"),
        ("duration", ["2 weeks", "14 days", "two weeks", "two-week", "fourteen days"], "P14D"),
        ("duration", ["1 year", "12 months", "twelve months"], "P12M"),
        ("duration", ["1 hour 30 minutes", "90 minutes", "90 min", "1.5 hours"], "PT90M"),
        ("duration", ["24 hours", "twenty-four hours", "twenty four hours", "1 day", "1440 minutes"], "P1D"),
        ("duration", ["4 weeks", "28 days", "P28D", "28 days."], "P28D"),
        ("duration", ["10 working days", "ten business days"], "P10D working"),
        ("duration", ["two years", "24 months"], "P24M"),
        ("duration", ["5-10 days", "5 to 10 days", "five to ten days", "between 5 and 10 days"], "P5D..P10D"),
        ("money", ["1.234,50 €", "€1,234.50", "1.234,50 EUR", "1234,50 euros"], "1234.50 EUR"),
        ("money", ["up to £50", "at most 50 GBP", "<= £50.00", "£50 or less"], "<=50.00 GBP"),
        ("money", ["£5-£10", "£5-10", "from 5 to 10 GBP", "£5 – £10"], "5.00..10.00 GBP"),
        ("money", ["-$5", "$-5", "-5 USD", "-5.00 dollars"], "-5.00 USD"),
        ("money", ["1480 GBP", "£1,480"], "1480.00 GBP"),
        ("percent", ["5-10 %", "5% to 10%"], "0.05..0.1"),
        (
            "time",
            ["12/02/2011 7:10a", "7:10aDec 2", "Fri, Dec 2 07:10", "7:10 a.m. (Estimated)", "7:10 a.m. (-00:00)", "7:10 a.m.   Delayed"],
            "07:10",
        ),
        ("time", ["9:00-17:00", "9am to 5pm", "9 a.m. - 5 p.m. (local)"], "09:00..17:00"),
        ("datetime", ["2024-01-31T23:30:00-05:00", "2024-02-01 04:30", "2024-02-01T06:30+02:00"], "2024-02-01T04:30:00Z"),
        ("url", ["HTTPS://X.example/Case?Id=A", "x.example/Case?Id=A"], "https://x.example/Case?Id=A"),
        ("duration", ["1 year 6 months", "18 months"], "P18M"),
        ("phone", ["+44 (0)20 7946 0000", "+44 20 7946 0000", "+442079460000"], "+442079460000"),
        (
            "url",
            ["https://x.example/a/", "HTTPS://X.example/a#top", "https://x.example/a?utm_source=mail", "x.example/a"],
            "https://x.example/a",
        ),
        ("boolean", ["yes", "Y", "TRUE", "1", "on"], "true"),
        ("boolean", ["no", "N", "False", "0"], "false"),
        ("organization", ["Acme Ltd.", "ACME Limited", "Acme, Inc.", "Acme Co., Ltd.", "acme"], "acme"),
        ("number", ["1,200", "1200", "1200.0", "+1200"], "1200"),
        ("number", ["seventy-five", "75", "75.00"], "75"),
        ("number", ["two hundred", "200"], "200"),
        ("quantity", ["1.5 km", "1,500 m", "1500 metres"], "1500"),
        ("email", ["Ops@X.example", "ops@x.example "], "ops@x.example"),
        ("datetime", ["2024-01-31 09:00", "2024-01-31T09:00:00"], "2024-01-31T09:00:00Z"),
    ],
)
def test_forms_of_one_value_are_equal(kind, forms, value):
    assert {canonical(f, kind).value for f in forms} == {value}


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("money", "$5", "£5"),
        ("duration", "1 hour 30 minutes", "1 hour 45 minutes"),
        ("duration", "5 days", "5 working days"),
        ("duration", "24 minutes", "24 months"),
        ("time", "4:30 am", "4:30 pm"),
        ("number", "at most 5", "5"),
        ("number", "5-10", "5-12"),
        ("url", "https://x.example/a?id=1", "https://x.example/a?id=2"),
        ("organization", "Acme Labs", "Acme"),
    ],
)
def test_values_that_differ_stay_apart(kind, one, other):
    assert canonical(one, kind) != canonical(other, kind)


def test_ranges_and_bounds_say_so():
    assert canonical("5 to 10", "number") == Value("5..10", precision="range")
    assert canonical("up to 30", "number") == Value("<=30", precision="bound")
    assert canonical("up to £50", "money") == Value("<=50.00 GBP", "GBP", "bound")
    assert canonical("£5-£10", "money") == Value("5.00..10.00 GBP", "GBP", "range")
    assert canonical("about 30", "number") == Value("30", precision="approximate")


@pytest.mark.parametrize("cell", ["", " ", "N/A", "(blank)", "Not Available", "—", "n/a ", "NULL", "TBD", "\u00a0", "?"])
def test_an_empty_token_asserts_nothing(cell):
    assert is_null(cell)


@pytest.mark.parametrize("cell", ["0", "no", "false", "nano", "none of these"])
def test_a_small_value_is_no_empty_token(cell):
    assert not is_null(cell)


PAGE = (Path(__file__).parents[2] / "docs" / "for-engineers.md").read_text(encoding="utf-8").partition("## Values and types")[2]
TOLD = [
    (kind, spelling, row[2])
    for row in re.findall(r"^\| (`.+?`) \| (`.+`) \| `(.+)` \|$", PAGE.partition("\n## ")[0], re.MULTILINE)
    for kind in re.findall(r"`(\w+)`", row[0])
    for spelling in re.findall(r"`([^`]+)`", row[1])
]


@pytest.mark.parametrize(("kind", "spelling", "value"), TOLD)
def test_what_the_page_for_engineers_says_of_a_spelling_is_so(kind, spelling, value):
    assert canonical(spelling, kind).value == value


def test_the_page_for_engineers_speaks_of_every_type():
    assert {kind for kind, _, _ in TOLD} == set(VALUE_TYPES)


@pytest.mark.parametrize(
    ("kind", "forms", "value"),
    [
        ("money", ["5 Mio. €", "€5 million", "5m EUR", "EUR 5,000,000"], "5000000.00 EUR"),
        ("money", ["(£1,200)", "-£1,200", "£-1200", "GBP 1200-"], "-1200.00 GBP"),
        ("money", ["C$5", "$5 CAD", "CAD 5"], "5.00 CAD"),
        ("money", ["₹12,34,567", "INR 1,234,567"], "1234567.00 INR"),
        ("money", ["$0.001"], "0.001 USD"),
        ("number", ["1 234 567,89", "1\u202f234\u202f567.89", "1'234'567.89", "12,34,567.89"], "1234567.89"),
        ("number", ["two hundred and five", "205", "٢٠٥", "２０５"], "205"),
        ("number", ["half", "½", "1/2", "0.5", ".5"], "0.5"),
        ("number", ["twenty-first", "21st", "21"], "21"),
        ("number", ["more than 5", "over 5", "> 5"], ">5"),
        ("number", ["5 or more", "at least 5", "5+", "no fewer than five", "≥5"], ">=5"),
        ("percent", ["5 ‰", "0.5 %", "0.5 percent"], "0.005"),
        ("quantity", ["5 MW", "5000 kW"], "5000000"),
        ("quantity", ["20 °C", "293.15 K"], "293.15"),
        ("quantity", ["3 cubic metres", "3000 l", "3 m³"], "3"),
        ("duration", ["half a day", "12 hours", "720 minutes", "PT12H"], "PT720M"),
        ("duration", ["an hour and a half", "one and a half hours", "1h 30m", "1½ hours", "90 min"], "PT90M"),
        ("duration", ["4 business hours", "four working hours"], "PT4H working"),
        ("duration", ["1 month 15 days", "P1M15D", "one month and 15 days"], "P1M15D"),
        ("date", ["the first Monday of May 2024", "6 May 2024"], "2024-05-06"),
        ("date", ["14 de marzo de 2024", "14. März 2024", "14 mars 2024", "2024年3月14日", "14/03/24"], "2024-03-14"),
        ("date", ["20240314", "1710374400", "45365", "Thursday, March 14, 2024"], "2024-03-14"),
        ("date", ["1-5 March 2024", "March 1–5, 2024", "1 March to 5 March 2024", "2024-03-01..2024-03-05"], "2024-03-01..2024-03-05"),
        ("date", ["by 5 March 2024", "until March 5, 2024", "no later than 2024-03-05"], "<=2024-03-05"),
        ("date", ["mid-March 2024", "early March 2024", "about March 2024"], "2024-03"),
        ("datetime", ["1711000000", "1711000000000", "2024-03-21T05:46:40Z"], "2024-03-21T05:46:40Z"),
        ("time", ["midnight", "12 am", "00:00"], "00:00"),
        ("time", ["07:10:30", "7:10:30 am"], "07:10:30"),
        ("time", ["9-5pm", "9am to 5pm", "from 9 am until 5 pm"], "09:00..17:00"),
        ("phone", ["020 7946 0000 ext. 12", "(020) 7946-0000 x12"], "02079460000x12"),
        ("organization", ["AT&amp;T Inc.", "AT&T", "The AT&T Company"], "at&t"),
        ("organization", ["Foo S.p.A.", "foo"], "foo"),
        ("person", ["King, Martin Luther, Jr.", "Martin Luther King Jr."], "martin luther king jr"),
        ("address", ["10 St. James's Square", "10 Saint James's Sq"], "10 st james's sq"),
        ("code", ["AB-12-3", "ab12-3"], "ab12-3"),
        ("text", ["Caf\u0065\u0301 &amp; Bar", "café  &amp;amp; bar"], "café & bar"),
    ],
)  # fmt: skip
def test_more_forms_of_one_value_are_equal(kind, forms, value):
    assert {canonical(f, kind).value for f in forms} == {value}


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("percent", "5 %", "5 percentage points"),
        ("code", "AB-12-3", "AB-1-23"),
        ("quantity", "5 mW", "5 MW"),
        ("number", "less than 5", "at most 5"),
        ("money", "$0.001", "$0.002"),
        ("date", "March 2024", "1 March 2024"),
        ("organization", "Sunset Spa", "Sunset"),
    ],
)
def test_more_values_that_differ_stay_apart(kind, one, other):
    assert canonical(one, kind) != canonical(other, kind)


def test_a_zone_stays_beside_the_time_of_day():
    assert canonical("9am ET", "time") == Value("09:00", "ET")
    assert canonical("14:00 CET", "time") == Value("14:00", "CET")
    assert canonical("14:00", "time") == Value("14:00")


@pytest.mark.parametrize("cell", ["[none]", "<null>", "&nbsp;", "n.a.", "To be confirmed", "Not Specified", "#REF!", "...", "( blank )"])
def test_more_empty_tokens_assert_nothing(cell):
    assert is_null(cell)
