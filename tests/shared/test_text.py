import itertools

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.text import normal, normals, sentences, terms, visible, words

WRITTEN = st.lists(
    st.sampled_from(
        [
            "Pay",
            "employee’s",
            "“now”",
            "…",
            "4:30",
            "p.m.",
            "$1,200.50",
            "ops@x.example",
            "https://x.example/a?b=1",
            "25 %",
            "e.g.",
            "Dr.",
            "End.",
            "Why?",
            "(It",
            "rains.)",
            "naïve",
            "x-ray",
            "—",
            "3–5",
            "\u200b",
            "\u00a0",
            "#help",
            "U.S.",
        ]
    ),
    max_size=25,
).map(" ".join)
ANY = st.one_of(st.text(max_size=60), WRITTEN)


@given(ANY)
def test_the_normal_form_of_a_normal_form_is_itself(text):
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize("text", ["e\u200b\u0301t\u0301e", "ΐ", "İstanbul", "\u0345\u0301a", "\ufb03 o", "ẞ"])
def test_the_normal_form_is_stable_where_unicode_is_not(text):
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The “Refund”  Policy", 'the "refund" policy'),
        ("employee’s", "EMPLOYEE'S"),
        ("3–5 days", "3-5\u00a0days"),
        ("wait…", "wait..."),
        ("caf\u00e9", "cafe\u0301"),
        ("zero\u200bwidth", "zerowidth"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_that_a_reader_takes_for_one_are_one(one, other):
    assert normal(one) == normal(other)


def test_what_a_reader_cannot_see_is_taken_out_and_nothing_else():
    assert visible("pay\u200b \u202enow\u2060 – “ok”…") == "pay now – “ok”…"


@given(ANY)
def test_the_span_of_a_word_holds_the_word(text):
    found = words(text)
    for word, start, end in found:
        assert normal(text[start:end]) == normal(word)
        assert 0 <= start < end <= len(text)
    assert all(a[2] <= b[1] for a, b in itertools.pairwise(found))


def test_spans_of_words_hold_after_ellipses_and_curly_quotes():
    text = "Well … the “employee’s” fee—£1,200.50—is due…"
    assert [text[a:b] for _, a, b in words(text)] == ["Well", "the", "employee’s", "fee", "£1,200.50", "is", "due"]


@pytest.mark.parametrize("value", ["$1,200.50", "ops@x.example", "https://x.example/a?b=1", "4:30", "25 %", "#help", "2024-01-31", "x-ray"])
def test_a_value_in_a_sentence_is_one_word(value):
    assert value in [w for w, _, _ in words(f"Then {value}, and on.")]


@given(ANY)
def test_sentences_stand_in_order_and_hold_all_that_is_not_blank(text):
    spans = sentences(text)
    assert all(a < b and text[a:b] == text[a:b].strip() for a, b in spans)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Open 9 a.m. to 5 p.m. daily. Ask Dr. Lee.", 2),
        ("The fee is $4.50. It is due on 3 Jan. 2024.", 2),
        ("J. Smith and Acme Inc. agreed.", 1),
        ("He said “Go.” Then he left.", 2),
        ('He said "Go." (It rained.) The end!', 3),
        ("Really? Yes! #help answers.", 3),
        ("no capital follows. so this stays one", 1),
        ("   ", 0),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text, n):
    assert len(sentences(text)) == n


@pytest.mark.parametrize(
    ("one", "other"),
    [("policies", "policy"), ("booking", "booked"), ("Refunds", "refund"), ("employee’s", "employee"), ("stopped", "stopping")],
)
def test_forms_of_a_word_are_one_search_term(one, other):
    assert terms(one) == terms(other)


@pytest.mark.parametrize("word", ["status", "process", "analysis", "CS-200", "bus", "h2o"])
def test_words_that_only_look_like_plurals_keep_their_end(word):
    assert "".join(terms(word)) == word.casefold().replace("-", "")


def test_stop_words_are_no_search_terms():
    assert terms("how do I get to the office") == ["get", "office"]


@given(st.lists(st.text(st.characters(codec="utf-8")) | st.text(st.characters(max_codepoint=127))))
def test_many_texts_come_into_the_same_form_as_one(texts):
    assert normals(pl.Series(texts, dtype=pl.String)).to_list() == [normal(t) for t in texts]
