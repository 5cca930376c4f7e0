"""Which type a column or a word has, and where in a sentence its values stand."""

import pytest

from canonry.values import find, infer, kind_of


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("email", ["a@x.example", "b@y.example"]),
        ("url", ["https://x.example", "www.y.example/a"]),
        ("date", ["2024-01-31", "3 March 2024"]),
        ("datetime", ["2024-01-31 09:00", "2024-02-01T10:15:00"]),
        ("time", ["7:10a", "16:30", "12/02/2011 7:10a"]),
        ("money", ["$4.50", "$12.25", "$9.10"]),
        ("money", ["£1,480", "£640"]),
        ("percent", ["80 %", "5.5%"]),
        ("boolean", ["yes", "No", "N/A"]),
        ("number", ["4.50", "3.25", "12.05"]),
        ("phone", ["+44 20 7946 0000", "(212) 555-0100"]),
        ("money", ["1.234,50 €", "9,99 €", "-$5"]),
        ("identifier", ["00501", "10001", "94103"]),
        ("number", ["0", "0.5", "10"]),
        ("text", ["red", "4.50", "2024-01-31"]),
        ("text", ["N/A", ""]),
        ("text", []),
    ],
)
def test_the_type_of_a_column_is_what_nearly_all_its_values_have(kind, column):
    assert infer(column) == kind


def test_names_behind_thousands_of_numbers_are_seen():
    assert infer([*map(str, range(1, 3001)), *(f"name {n}" for n in range(3000))]) == "text"
    assert infer(sorted([*map(str, range(1, 9001)), *(f"name {n}" for n in range(9000))])) == "text"


def test_one_odd_value_in_twenty_does_not_change_a_type():
    assert infer([f"{n}.5" for n in range(20)] + ["see note"]) == "number"


@pytest.mark.parametrize(
    ("kind", "sentence", "values"),
    [
        ("money", "It was £1,395, and is $2k now.", ["£1,395", "$2k"]),
        ("duration", "Answer within twenty-four hours or 3 working days.", ["twenty-four hours", "3 working days"]),
        ("duration", "It takes 5-10 days, or two to three weeks.", ["5-10 days", "two to three weeks"]),
        ("money", "A fee of -$5, or £5-£10.", ["-$5", "£5-£10"]),
        ("percent", "From 5 % to 7.5 per cent.", ["5 %", "7.5 per cent"]),
        ("date", "On 3rd of March 2024, not March 4, 2024.", ["3rd of March 2024", "March 4, 2024"]),
        ("time", "From 9.30am until 17:00.", ["9.30am until 17:00"]),
        ("email", "Mail ops@x.example.", ["ops@x.example"]),
        ("organization", "Acme Ltd. makes it.", []),
    ],
)
def test_values_of_a_type_are_found_in_a_sentence(kind, sentence, values):
    assert [sentence[a:b] for a, b in find(sentence, kind)] == values


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("4.50", "number"),
        ("16:30", "time"),
        ("#help", "identifier"),
        ("3-5", "number"),
        ("CS200", "code"),
        ("a@x.example", "email"),
        ("ordinary", None),
        ("£5", "money"),
        ("2024-01-31", "date"),
    ],
)
def test_a_word_of_a_sentence_shows_its_type(token, kind):
    assert kind_of(token) == kind


@pytest.mark.parametrize(
    ("kind", "loosely", "values"),
    [
        ("money", False, ["£50", "$5 million", "£5-10"]),
        ("money", True, ["up to £50", "$5 million", "£5-10"]),
        ("duration", False, ["5–7 days", "Five working days", "half a day", "two weeks"]),
        ("duration", True, ["5–7 days", "Five working days", "half a day", "At least two weeks"]),
        ("percent", False, ["5 %", "10 %", "10–12 %"]),
        ("quantity", True, ["5 and 10 km", "about 20 kg"]),
        ("date", False, ["14/03/2024", "1–5 March 2024"]),
        ("date", True, ["Q3 2021", "mid-March 2024", "5 April", "14/03/2024", "1–5 March 2024"]),
        ("time", False, ["9am to 5pm ET"]),
        ("phone", False, ["+1 212 555 0100"]),
        ("url", False, ["https://x.example/a"]),
    ],
)
def test_values_are_found_exactly_or_with_what_makes_them_less_than_exact(kind, loosely, values):
    text = (
        "Pay up to £50, $5 million or £5-10 within 5–7 days. It rose from 5 % to 10 %, or 10–12 %. Between 5 and 10 km, about 20 kg. In Q3 "
        "2021, mid-March 2024, on 5 April and 14/03/2024. Open 9am to 5pm ET. Five working days, half a day. At least two weeks. "
        "Call +1 212 555 0100. See https://x.example/a. 1–5 March 2024."
    )
    assert [text[a:b] for a, b in find(text, kind, loosely=loosely)] == values


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("duration", ["5 days", "two weeks", "3 working days"]),
        ("quantity", ["5 km", "3.5 miles"]),
        ("money", ["$4.50", "3.20", "5"]),
        ("date", ["2024-01-31 00:00:00", "2024-02-01"]),
        ("datetime", ["2024-01-31 09:30:00", "2024-02-01"]),
        ("date", ["03/04/2024", "05/06/2024"]),
        ("date", ["19840801", "19770913"]),
        ("number", ["12345678", "99999999"]),
        ("boolean", ["Y", "N", "N"]),
        ("code", ["B12", "C 3", "14"]),
        ("text", ["N", "S", "W"]),
        ("text", ["123-45-6789", "987-65-4321"]),
    ],
)
def test_the_type_of_more_columns_is_what_nearly_all_their_values_have(kind, column):
    assert infer(column) == kind
