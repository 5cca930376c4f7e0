import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.claims.differ import aligned, changes


def told(left, right):
    return [(c.kind, left[slice(*c.left)], right[slice(*c.right)]) for c in changes(left, right)]


@pytest.mark.parametrize(
    ("left", "right", "change"),
    [
        ("The list price of the sonde is £1,395 today.", "The list price of the sonde is £1,480 today.", ("money", "£1,395", "£1,480")),
        ("Close to 25 % of all tickets are closed.", "Close to 30 % of all tickets are closed.", ("percent", "25 %", "30 %")),
        (
            "Send your report to ops@x.example each week.",
            "Send your report to desk@x.example each week.",
            ("email", "ops@x.example", "desk@x.example"),
        ),
        (
            "Read more about it at https://x.example/a now.",
            "Read more about it at https://y.example/a now.",
            ("url", "https://x.example/a", "https://y.example/a"),
        ),
        ("The desk answers calls until 17:00 each day.", "The desk answers calls until 18:30 each day.", ("time", "17:00", "18:30")),
        (
            "The new rule holds from 2024-01-01 for everybody.",
            "The new rule holds from 2024-03-01 for everybody.",
            ("date", "2024-01-01", "2024-03-01"),
        ),
        (
            "Ask for help in the channel #help at any time.",
            "Ask for help in the channel #desk at any time.",
            ("identifier", "#help", "#desk"),
        ),
        ("The room holds up to 12 chairs and a table.", "The room holds up to 16 chairs and a table.", ("number", "12", "16")),
        ("The room holds up to twelve chairs and a table.", "The room holds up to 16 chairs and a table.", ("number", "twelve", "16")),
        (
            "Questions about pay go to Ann Miller in person.",
            "Questions about pay go to Bob Stone in person.",
            ("name", "Ann Miller", "Bob Stone"),
        ),
    ],
)
def test_a_value_that_changed_is_found_with_its_type(left, right, change):
    assert told(left, right) == [change]
    assert told(right, left) == [(change[0], change[2], change[1])]


def test_a_number_is_taken_with_its_unit():
    left, right = "Employees get 25 days of annual leave a year.", "Employees get 27 days of annual leave a year."
    assert told(left, right) == [("duration", "25 days", "27 days")]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The list price of the sonde is £1,395 today.", "The list price of the sonde is £1395.00 today."),
        ("The new van is 4.50 metres long at most.", "The new van is 4.5 metres long at most."),
        ("Answers come within two weeks of the call.", "Answers come within 14 days of the call."),
        ("Send your report to Ops@X.example each week.", "Send your report to ops@x.example each week."),
        ("Read more about it at https://x.example/a/ now.", "Read more about it at https://x.example/a now."),
        ("Questions about pay go to “Ann Miller” in person.", 'Questions about pay go to "Ann Miller" in person.'),
    ],
)
def test_another_form_of_the_same_value_is_no_difference(left, right):
    assert told(left, right) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ask your manager in the leave tool first.", "Ask your team lead in the leave form first."),
        ("The desk is open on every working day.", "The desk is open on each working day of the year."),
        ("Please close the door behind you.", "Close the door behind you, please."),
        ("It rains.", "It rains."),
        ("", "Something."),
    ],
)
def test_a_rewording_is_no_difference(left, right):
    assert told(left, right) == []


def test_numbers_in_sentences_that_say_other_things_are_no_difference():
    assert told("Room 12 has a view of the park.", "Buy 16 pens before the winter comes.") == []


def test_two_values_of_a_sentence_are_two_changes():
    left, right = "From 9:00 until 17:00 the desk answers all calls.", "From 8:30 until 18:00 the desk answers all calls."
    found = changes(left, right)
    assert [left[slice(*c.left)] for c in found] == ["9:00", "17:00"]
    assert found[1].pattern == "From 9:00 until ____ the desk answers all calls."


def test_the_first_word_of_a_sentence_is_no_name_for_its_capital():
    assert told("Managers sign the form before it is sent.", "Owners sign the form before it is sent.") == []


TEXT = st.lists(
    st.sampled_from(
        ["the", "desk", "costs", "£5", "£6", "5", "six", "Ann", "Bob", "Stone", "on", "a.m.", "10:30", "“x”", "…", "25 %", "days"]
    ),
    max_size=12,
).map(" ".join)


@given(TEXT, TEXT)
def test_a_change_lies_inside_both_sentences_and_goes_both_ways(left, right):
    found = changes(left, right)
    for c in found:
        assert 0 <= c.left[0] < c.left[1] <= len(left)
        assert 0 <= c.right[0] < c.right[1] <= len(right)
        assert c.pattern == left[: c.left[0]] + "____" + left[c.left[1] :]
    assert changes(left, left) == []


def test_sentences_are_paired_best_first_and_each_once():
    left = ["the desk closes at five", "the depot closes at five on fridays"]
    right = ["the depot closes at six on fridays", "the desk closes at six", "nothing alike here whatsoever"]
    assert sorted((i, j) for i, j, _ in aligned(left, right)) == [(0, 1), (1, 0)]
    assert aligned([], right) == aligned(left, []) == []


@given(st.lists(TEXT, max_size=4), st.lists(TEXT, max_size=4))
def test_no_sentence_is_paired_twice(left, right):
    found = aligned(left, right)
    assert len({i for i, _, _ in found}) == len({j for _, j, _ in found}) == len(found)
    assert all(0 < likeness <= 1 for _, _, likeness in found)
