from __future__ import annotations

import pytest

from canonry.report.differences import LONGEST, marked, marked_values


def marks(sentences, values):
    return [None if q is None else [p.text for p in q.pieces if p.differs] for q in marked(sentences, values)]


@pytest.mark.parametrize(
    ("sentences", "values", "expected"),
    [
        (["Refunds take 30 days.", "Refunds take 14 days."], ["30 days", "14 days"], [["30"], ["14"]]),
        (["You must book it.", "You must not book it."], ["must", "must not"], [[], ["not"]]),
        (["Ask “Ann”, please.", 'ask "Bob" please'], ["Ann", "Bob"], [["Ann"], ["Bob"]]),
        (["年休は20日です。", "年休は15日です。"], ["20日", "15日"], [["20"], ["15"]]),
        (["Opens at 9:00.", "Opens at 10:00.", "Opens at 11:00."], ["9:00", "10:00", "11:00"], [["9:00"], ["10:00"], ["11:00"]]),
    ],
)
def test_only_the_differing_words_of_similar_sentences_are_marked(sentences, values, expected):
    assert marks(sentences, values) == expected


def test_words_in_a_row_that_differ_are_one_mark():
    found = marks(["Send it to the front desk today.", "Send it to Ann Lee today."], ["the front desk", "Ann Lee"])
    assert found == [["the front desk"], ["Ann Lee"]]


def test_a_sentence_unlike_all_others_has_only_its_value_marked():
    found = marks(["Refunds take 30 days.", "As agreed in May with legal, customers wait 14 days for money."], ["30 days", "14 days"])
    assert found == [["30 days"], ["14 days"]]


def test_a_sentence_against_a_record_has_its_value_marked():
    assert marks(["Gareth Pugh looks after Harrow.", None], ["Gareth Pugh", "Fiona Glass"]) == [["Gareth Pugh"], None]


def test_marks_and_gaps_give_the_sentence_back_unchanged():
    said = "  Kit… that comes — “back” after 14:00\tcounts.  "
    (quote, _) = marked([said, said.replace("14", "16")], ["14:00", "16:00"])
    assert quote is not None
    assert quote.text == said
    assert [p.text for p in quote.pieces if p.differs] == ["14:00"]


def test_a_very_long_sentence_is_cut_around_its_value_and_says_by_how_much():
    said = "x " * 5000 + "costs £19" + " y" * 5000
    (quote, _) = marked([said, None], ["£19", "£21"])
    assert quote is not None
    assert "£19" in quote.text
    assert len(quote.text) == LONGEST
    assert quote.before + len(quote.text) + quote.after == len(said)


def test_values_of_several_words_show_where_they_differ_and_short_ones_carry_no_mark():
    long = marked_values(["Unit 4, Quay Road, BS1 4QA", "Unit 4, Quay Road, BS1 4QB"])
    short = marked_values(["27 days", "25 days"])
    assert [[p.text for p in q.pieces if p.differs] for q in (*long, *short)] == [["4QA"], ["4QB"], [], []]
