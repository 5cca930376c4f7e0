import pytest

from canonry.claims.modality import modality
from canonry.published import ASSERTIVE
from tests.claims.statements import CLEAR, facts, said
from tests.normalise.small import record

CS, OX = "product/cs-200", "product/ox-310"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("# Notes\n\nThe price of CS-200 is £1,395.\n", "key"),
        ("# Notes\n\nThe price of the clearsight 200 is £1,395.\n", "name"),
        ("# Notes\n\nThe price of the **Clearsight 200** is £1,395.\n", "name"),
        ("# Clearsight 200\n\nThe price is £1,395.\n", "heading"),
        ("# Sondes\n\n## CS-200 in use\n\n### Money\n\nThe price is £1,395.\n", "heading"),
    ],
)
def test_a_sentence_is_about_the_entity_that_stands_nearest(text, link):
    row = said(text).row(0, named=True)
    assert (row["subject_id"], row["attribute"], row["value"], row["link"]) == (CS, "price", "1395.00 GBP", link)
    assert row["subject"] == "Clearsight 200"


def test_the_title_names_the_entity_where_nothing_nearer_does():
    row = said("# Money\n\nThe price is £1,395.\n", title="All about the Clearsight 200").row(0, named=True)
    assert (row["subject_id"], row["link"]) == (CS, "title")


def test_a_nearer_name_goes_before_one_further_off():
    assert facts("# Clearsight 200\n\nThe price of the Oxylog is £600.\n") == [(OX, "price", "£600")]
    near, far = said("# Clearsight 200\n\nThe price of CS-200 is £1.\n\nThe price is £2.\n").sort("span_start")["link_confidence"]
    assert near > far


def test_two_entities_at_one_level_are_no_subject():
    assert facts("# Notes\n\nThe price of the Clearsight 200 and of the Oxylog is £600.\n") == []
    assert facts("# Clearsight 200 and Oxylog\n\nThe price is £600.\n") == []


def test_a_name_that_two_entities_bear_names_none():
    rows = [record("register", "A1", CLEAR), record("register", "B1", CLEAR)]
    assert facts("# Notes\n\nThe price of the Clearsight 200 is £1,395.\n", rows=rows) == []


def test_a_name_inside_a_longer_name_is_not_meant():
    rows = [
        record("register", "A1", '{"name": "Oxylog", "price": "£1"}'),
        record("register", "B1", '{"name": "Oxylog Pro", "price": "£2"}'),
    ]
    assert facts("# Notes\n\nThe price of the Oxylog Pro is £3.\n", rows=rows) == [("product/b1", "price", "£3")]


def test_a_name_inside_a_word_is_not_meant():
    assert facts("# Notes\n\nThe price of the Oxylogger is £600.\n") == []


def test_a_key_with_a_slash_is_a_name_only_as_a_whole():
    rows = [record("register", "cable/red", '{"price": "£5"}'), record("register", "cable/blue", '{"price": "£6"}')]
    assert facts("# Notes\n\nThe price of a cable is £7.\n", rows=rows) == []
    assert facts("# Notes\n\nThe price of cable/red is £7.\n", rows=rows) == [("product/cable/red", "price", "£7")]


def test_without_a_phrase_or_without_a_value_nothing_is_said():
    assert facts("# Clearsight 200\n\nIt is £1,395.\n\nAsk for the price.\n\nThe price is 12 months.\n") == []


def test_the_nearest_value_after_the_phrase_is_taken():
    text = "# Notes\n\nFor £20 more than the case alone you get a lamp; the price of CS-200 is £1,395, and the Deluxe adds £99.\n"
    assert facts(text) == [(CS, "price", "£1,395")]
    assert facts("# Notes\n\nAt £1,395 the CS-200 has a good price.\n") == [(CS, "price", "£1,395")]


def test_a_sentence_may_tell_two_attributes():
    text = "# Notes\n\nThe Oxylog costs £600 and has a warranty of 18 months.\n"
    assert facts(text) == [(OX, "price", "£600"), (OX, "warranty", "18 months")]


def test_a_value_that_is_the_name_is_not_taken():
    rows = [record("register", "CS-200", '{"name": "200 months", "warranty": "24 months"}')]
    assert facts("# Notes\n\nThe warranty of 200 months is not what you think.\n", rows=rows) == []
    assert facts("# Notes\n\nThe warranty of 200 months is 36 months.\n", rows=rows) == [("product/cs-200", "warranty", "36 months")]


def test_the_span_of_a_claim_is_its_value_in_the_passage():
    text = "# Notes\n\nWe say £1,395 here.\n\n- Note: the “price” of *CS-200* … is £1,395!\n"
    from tests.normalise.small import document as page
    from tests.normalise.small import normalised

    row = said(text).row(0, named=True)
    (passage,) = normalised(page("page.md", text)).passages["text"]
    assert passage[row["span_start"] : row["span_end"]] == "£1,395"
    assert row["span_start"] > passage.index("Note:")


def test_headings_and_code_assert_nothing():
    assert facts("# The price of CS-200 is £1,395\n\nText.\n\n```\nprice of CS-200 is £1,395\n```\n") == []


def test_a_word_that_a_register_lists_is_found_as_a_value():
    rows = [
        record("register", "CS-200", '{"name": "Clearsight", "colour": "dark green"}'),
        record("register", "OX-310", '{"name": "Oxylog", "colour": "red"}'),
    ]
    assert facts("# Notes\n\nThe colour of the Clearsight is red.\n", rows=rows) == [("product/cs-200", "colour", "red")]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("The price is £5.", "is"),
        ("Is the price £5?", "question"),
        ("For example, the price is £5.", "example"),
        ("The price was £5.", "was"),
        ("The price was raised from £4 to £5.", "was"),
        ("Until May the price is £5.", "was"),
        ("The price will be £5 from May.", "plan"),
        ("We plan a price of £5.", "plan"),
        ("The price might become £5.", "plan"),
        ("The price is not £5.", "not"),
        ("The price doesn't reach £5.", "not"),
        ("The price must be £5.", "must"),
    ],
)
def test_a_sentence_holds_its_value_in_one_of_these_ways(sentence, kind):
    assert modality(sentence) == kind
    assert (kind in ASSERTIVE) == (kind in ("is", "must"))


def test_how_a_sentence_holds_its_value_stands_in_the_claim():
    text = "# CS-200\n\nThe price was £1.\n\nThe price will be £2.\n\nIs the price £3?\n\nThe price is £4.\n"
    assert said(text).sort("span_start")["modality"].to_list() == ["was", "plan", "question", "is"]


def test_pages_that_were_removed_say_nothing():
    from datetime import date

    from tests.claims.statements import ROWS, claimed
    from tests.normalise.small import document as page

    gone = page("page.md", "# CS-200\n\nThe price is £1.\n", removed_on=date(2024, 1, 1))
    assert claimed(gone, records=ROWS).claims["document_id"].null_count() == claimed(records=ROWS).claims.height
