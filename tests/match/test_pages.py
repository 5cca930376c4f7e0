import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.text import shown
from tests.match.library import ENGINE, LEAVE, LOANS, pages_of, related
from tests.normalise.small import document


def test_pages_with_the_same_title_and_words_in_common_are_one_page():
    assert related(document("people/leave.md", LEAVE), document("HR/Annual.md", LEAVE.replace("25 days", "27 days"), "wiki")) == {
        ("people/leave.md", "HR/Annual.md"): "page"
    }


def test_equal_texts_are_copies_whatever_they_are_called():
    body = LEAVE.split("\n", 1)[1]
    found = pages_of(document("a.md", body, title="Leave"), document("b.md", body, "wiki", title="Something else"))
    assert found["is_copy"].to_list() == [True]
    assert found["similarity"].to_list() == [1.0]


@pytest.mark.parametrize(
    ("text", "is_copy"),
    [
        (LEAVE.replace("25 days", "**25** days"), True),
        (LEAVE.replace(", ", ",\n"), True),
        (LEAVE.replace("25 days", "[25 days](../days.md)"), True),
        (LEAVE.replace("25 days", "27 days"), False),
        (LEAVE.replace("25 days", "~~25 days~~"), False),
        (LEAVE.replace("25 days", "25 % days"), False),
    ],
)
def test_a_copy_has_the_words_that_a_reader_sees_in_whatever_form(text, is_copy):
    assert text != LEAVE
    assert pages_of(document("leave.md", LEAVE), document("leave.md", text, "wiki"))["is_copy"].to_list() == [is_copy]


@given(st.text(alphabet="ab5$%<>-~ .\n#*[]()", max_size=80))
def test_wrapping_lines_never_changes_the_words_of_a_page(text):
    assert shown(text.replace("\n", " ")) == shown(text.replace("\n", "  "))


def test_a_step_that_was_renumbered_is_one_page_where_no_source_has_both():
    step = LEAVE.replace("# Annual leave", "# Going on leave")
    found = related(document("guide-1-leave.md", LEAVE), document("guide-2-leave.md", step, "wiki"))
    assert found == {("guide-1-leave.md", "guide-2-leave.md"): "page"}


def test_pages_of_one_path_word_whose_titles_name_different_things_are_not_one_page():
    one, other = (LEAVE.replace("# Annual leave", f"# {team} onboarding") for team in ("Quarry", "Harbour"))
    paths = ("quarry/onboarding.md", "harbour/onboarding.md")
    extra = "\n".join(f"Line {w} is told to one team alone, and it says {w} twice." for w in ("ash", "birch", "cedar", "fir", "oak", "yew"))
    assert "page" not in related(document(paths[0], one + extra), document(paths[1], other, "wiki")).values()


def test_pages_about_other_things_are_not_one_page():
    assert related(document("leave.md", LEAVE), document("loans.md", LOANS, "wiki")) == {}


def test_one_title_on_pages_without_a_word_in_common_is_not_enough():
    assert (
        related(
            document("a.md", "# Overview\n\n" + LEAVE.split("\n", 2)[2]),
            document("b.md", "# Overview\n\n" + LOANS.split("\n", 2)[2], "wiki"),
        )
        == {}
    )


def test_a_title_that_many_unlike_pages_bear_names_nothing():
    shared = "Ask the team in the channel when you do not know what to do next."
    bodies = [
        "Pumps are cleaned with warm water after each day of work in the field.",
        "Invoices leave the house on the last Friday of the month.",
        "Visitors get a badge at the door and give it back when they go.",
        "The van is parked behind the depot with its nose to the wall.",
    ]
    pages = [
        document(f"p{n}/about-{n}.md", f"# Overview\n\n{b} {b.upper()} Nothing else is said of it here.\n\n{shared}\n")
        for n, b in enumerate(bodies)
    ]
    assert related(*pages) == {}


def test_a_renamed_page_is_found_by_being_each_others_best_match_in_another_source():
    renamed = LEAVE.replace("# Annual leave", "# Holidays for employees")
    found = related(
        document("people/time-off.md", LEAVE),
        document("Staff-handbook.md", renamed, "wiki"),
        document("loans.md", LOANS),
        document("Kit.md", ENGINE, "wiki"),
    )
    assert found == {("people/time-off.md", "Staff-handbook.md"): "page"}


def product(name, *own):
    shared = "The instrument comes with a case, two standards and a year of support from the desk in the depot.\n\nOrder it before noon."
    return f"# {name}\n\n{shared}\n\n" + "\n\n".join(own) + "\n"


CLEAR = product("Clearsight", "The Clearsight looks through muddy water with a lamp of its own.", "It is carried by one person.")
OXY = product("Oxylog", "The Oxylog counts bubbles in a tank and writes them on a card.", "It stands on three feet.")


def test_two_pages_of_one_template_are_not_one_page():
    assert "page" not in related(document("clearsight.md", CLEAR), document("Oxylog.md", OXY, "wiki")).values()


def test_a_page_that_tells_of_the_other_but_is_not_told_of_is_only_kin():
    telling = OXY.replace("It stands", "Unlike a Clearsight it stands")
    assert related(document("clearsight.md", CLEAR), document("Oxylog.md", telling, "wiki")) == {("clearsight.md", "Oxylog.md"): "kin"}


def test_two_of_a_kind_told_apart_by_a_number_are_not_one_page():
    def notes(version):
        return f"# Release notes {version}\n\n" + LEAVE.split("\n", 2)[2]

    assert related(document("notes-4-0.md", notes("4.0") + "\nOne more.\n"), document("notes-4-1.md", notes("4.1"))) == {}
    untitled = LEAVE.split("\n", 2)[2]
    assert (
        related(document("notes-4-0.md", untitled + "\nOne more.\n", title="Notes"), document("notes-4-1.md", untitled, title="News")) == {}
    )


def test_the_word_of_the_path_names_a_page_whose_title_changed():
    changed = LEAVE.replace("# Annual leave", "# All about days off")
    assert related(document("a/leave/index.md", LEAVE), document("b/leave.md", changed)) == {("a/leave/index.md", "b/leave.md"): "page"}


def test_pairs_do_not_depend_on_the_order_of_pages():
    pages = [
        document("people/leave.md", LEAVE),
        document("Leave.md", LEAVE.replace("25", "27"), "wiki"),
        document("loans.md", LOANS),
        document("Loans.md", LOANS, "wiki"),
    ]
    assert pages_of(*pages).equals(pages_of(*reversed(pages)))
