from datetime import date

from tests.claims.statements import claimed
from tests.flow.company import page
from tests.normalise.small import document, normalised


def topics(*documents):
    return claimed(*documents).claims.filter(subject_kind="topic")


def leave(days, **more):
    return page("leave", **more).replace("25 days", days)


def test_a_value_that_differs_between_versions_is_a_topic_with_a_claim_on_each_side():
    found = topics(document("leave.md", leave("25 days")), document("Leave.md", leave("27 days"), "wiki")).sort("source")
    assert found["subject_id"].n_unique() == 1
    assert found["verbatim"].to_list() == ["25 days", "27 days"]
    assert found["attribute"].unique().to_list() == ["full-time employees get ____ of annual leave a year, plus public holidays."]
    assert found["subject"].unique().to_list() == ["Annual leave > Annual leave > How much you get"]
    assert found["source"].to_list() == ["live", "wiki"]


def test_versions_that_say_the_same_make_no_topic():
    assert topics(
        document("leave.md", leave("25 days")), document("Leave.md", leave("25 days") + "\nOne more line of text.\n", "wiki")
    ).is_empty()


def test_versions_that_say_the_same_in_another_form_assert_one_value():
    found = topics(document("leave.md", leave("two weeks")), document("Leave.md", leave("14 days"), "wiki"))
    assert (set(found["verbatim"]), found["value"].n_unique()) == ({"two weeks", "14 days"}, 1)


def test_places_that_correspond_over_three_versions_are_one_topic():
    pages = [
        document("leave.md", leave("25 days")),
        document("Leave.md", leave("27 days"), "wiki"),
        document("old/leave.md", leave("30 days"), "wiki"),
    ]
    found = topics(*pages)
    assert found["subject_id"].n_unique() == 1
    assert sorted(found["verbatim"]) == ["25 days", "27 days", "30 days"]
    assert found["claim_id"].n_unique() == 3


def test_a_version_that_agrees_with_one_side_joins_its_topic():
    pages = [
        document("leave.md", leave("25 days")),
        document("Leave.md", leave("27 days"), "wiki"),
        document("old/leave.md", leave("25 days") + "\nMore.\n", "wiki"),
    ]
    assert sorted(topics(*pages)["verbatim"]) == ["25 days", "25 days", "27 days"]


def test_the_same_long_sentence_elsewhere_belongs_to_the_topic():
    elsewhere = "# Quite another page\n\nFull-time employees get 25 days of annual leave a year, plus public holidays.\n"
    pages = [document("leave.md", leave("25 days")), document("Leave.md", leave("27 days"), "wiki"), document("faq.md", elsewhere)]
    assert sorted(topics(*pages)["document_id"]) == ["live/faq.md", "live/leave.md", "wiki/Leave.md"]


def test_the_same_short_sentence_elsewhere_says_something_of_its_own():
    short = page("leave").replace("Full-time employees get 25 days of annual leave a year, plus public holidays.", "You get {} of leave.")
    pages = [document("leave.md", short.format("25 days")), document("Leave.md", short.format("27 days"), "wiki"),
             document("faq.md", "# Quite another page\n\nYou get 25 days of leave.\n")]  # fmt: skip
    assert sorted(topics(*pages)["document_id"]) == ["live/leave.md", "wiki/Leave.md"]


def test_two_values_of_a_page_are_two_topics():
    found = topics(document("leave.md", page("leave", (0, 0))), document("Leave.md", page("leave", (1, 1)), "wiki"))
    assert found["subject_id"].n_unique() == 2
    assert found.height == 4


def test_the_span_of_a_claim_is_its_value_in_the_passage():
    text = leave("25 days").replace("Full-time employees", "25 days, “25 days”… and **employees**")
    other = leave("27 days").replace("Full-time employees", "25 days, “25 days”… and **employees**")
    found = topics(document("leave.md", text), document("Leave.md", other, "wiki"))
    passages = dict(
        normalised(document("leave.md", text), document("Leave.md", other, "wiki")).passages.select("item_id", "text").iter_rows()
    )
    assert found.height == 2
    for item, start, end, verbatim in found.select("item_id", "span_start", "span_end", "verbatim").iter_rows():
        assert passages[item][start:end] == verbatim
        assert passages[item][:start].endswith("get ")


def test_a_page_that_was_removed_is_compared_with_none():
    gone = document("Leave.md", leave("27 days"), "wiki", removed_on=date(2024, 1, 1))
    assert topics(document("leave.md", leave("25 days")), gone).is_empty()


def test_claims_do_not_depend_on_the_order_of_pages():
    pages = [
        document("leave.md", leave("25 days")),
        document("Leave.md", leave("27 days"), "wiki"),
        document("old/leave.md", leave("30 days"), "wiki"),
    ]
    assert topics(*pages).equals(topics(*reversed(pages)))


def test_a_ruling_finds_a_claim_again_when_other_text_is_added():
    pages = [document("leave.md", leave("25 days")), document("Leave.md", leave("27 days"), "wiki")]
    before = set(topics(*pages)["claim_id"])
    changed = document(
        "leave.md", leave("25 days").replace("## How to ask", "A new sentence stands here and changes nothing else.\n\n## How to ask")
    )
    assert set(topics(changed, pages[1])["claim_id"]) == before
