"""Which kind of difference it is, by the values and the sentences alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from canonry.config import load
from canonry.conflicts.compatible import Said, looks_slipped, one_is_finer
from tests.arbitrate.build import World, asserted, dated, only, policy, stated


def kind(*claims, **world) -> tuple[str, bool]:
    found = only(World(list(claims), **world).clashes().differences)
    return found["type"], found["is_observation"]


@pytest.mark.parametrize(
    ("coarse", "fine"),
    [
        (asserted("march 2024", value_type="date"), asserted("2024-03-15", "b", value_type="date")),
        (asserted("2024", value_type="date"), asserted("2024-03-15", "b", value_type="date")),
        (asserted("5..7", value_type="number", precision="range"), asserted("6", "b", value_type="number")),
        (asserted("P5D..P7D", value_type="duration", precision="range"), asserted("P5D", "b", value_type="duration")),
        (asserted("50", value_type="number", precision="approximate"), asserted("48", "b", value_type="number")),
        (asserted("1200000.00 GBP", value_type="money", verbatim="£1.2m"), asserted("1234567.00 GBP", "b", value_type="money")),
        (stated("50", "The depot has about 50 sondes.", value_type="number"), asserted("48", "b", value_type="number")),
    ],
    ids=["month", "year", "range", "range-of-durations", "about", "millions", "about-in-a-sentence"],
)
def test_a_coarser_value_is_a_matter_of_granularity(coarse, fine):
    assert kind(coarse, fine) == ("granularity", True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (asserted("april 2024", value_type="date"), asserted("2024-03-15", "b", value_type="date")),
        (asserted("5..7", value_type="number", precision="range"), asserted("8", "b", value_type="number")),
        (asserted("50", value_type="number"), asserted("48", "b", value_type="number")),
        (asserted("50", value_type="number", precision="approximate"), asserted("71", "b", value_type="number")),
        (asserted("P5D..P7D", value_type="duration", precision="range"), asserted("P6M", "b", value_type="duration")),
    ],
    ids=["another-month", "outside", "exact", "far-off", "another-unit"],
)
def test_control_values_that_do_not_fit_stay_a_conflict(one, other):
    assert kind(one, other) == ("value_conflict", False)


def test_three_sides_of_which_one_does_not_fit_stay_a_conflict():
    said = [("50", "approximate"), ("48", "exact"), ("60", "exact")]
    claims = [asserted(v, s, value_type="number", precision=p) for s, (v, p) in zip("abc", said, strict=True)]
    assert kind(*claims) == ("value_conflict", False)


@pytest.mark.parametrize(
    ("odd", "usual", "value_type"),
    [("14000", "1400", "number"), ("2204-03-01", "2024-03-01", "date"), ("441134960819", "441134960189", "phone"),
     ("1609.344", "1000", "quantity"), ("1045.00 GBP", "10.45 GBP", "money")],
    ids=["ten-times", "year", "digits-changed-about", "miles-for-kilometres", "decimal-mark"],
)  # fmt: skip
def test_a_lone_implausible_value_beside_three_that_agree_is_a_suspected_error(odd, usual, value_type):
    claims = [asserted(usual, s, value_type=value_type, record_id=s) for s in "abc"]
    assert kind(*claims, asserted(odd, "d", value_type=value_type, record_id="d")) == ("suspected_error", False)


def test_control_a_plausible_lone_value_is_a_value_conflict():
    claims = [asserted("1400", s, value_type="number", record_id=s) for s in "abc"]
    assert kind(*claims, asserted("1450", "d", value_type="number", record_id="d")) == ("value_conflict", False)


def test_control_an_implausible_value_beside_one_other_only_is_a_value_conflict():
    assert kind(asserted("1400", value_type="number"), asserted("14000", "b", value_type="number")) == ("value_conflict", False)


def test_a_year_that_cannot_be_is_a_suspected_error_even_alone_against_one():
    old, new = dated("2020-01-01"), dated("2024-01-01")
    claims = asserted("2024-03-01", value_type="date", **old), asserted("2924-03-01", "b", value_type="date", **new)
    assert kind(*claims) == ("suspected_error", False)


def test_what_an_older_version_says_is_outdated_however_odd():
    old = stated("1924", "The works opened in 9124.", "live/old.md", value_type="number")
    new = stated("9124", "The works opened in 1924.", "live/new.md", value_type="number")
    pair = {"left_id": "live/new.md", "right_id": "live/old.md", "newer_id": "live/new.md"}
    assert kind(old, new, page_pairs=[pair]) == ("outdated", False)


def test_a_newer_version_that_is_more_exact_outdates_the_older_one():
    old = stated("3..6", "It takes 3-6 weeks.", "live/old.md", value_type="number", precision="range")
    new = stated("6", "It takes 6 weeks.", "live/new.md", value_type="number")
    pair = {"left_id": "live/new.md", "right_id": "live/old.md", "newer_id": "live/new.md"}
    assert kind(old, new, page_pairs=[pair]) == ("outdated", False)
    assert kind(old, new) == ("granularity", True)


def test_one_sentence_that_denies_the_other_is_a_negation():
    topic = {"subject_kind": "topic", "value_type": "boolean"}
    yes = stated("true", "Visitors may park here.", "live/a.md", verbatim="may", **topic)
    no = stated("false", "Visitors may not park here.", "live/b.md", verbatim="may not", **topic)
    assert kind(yes, no) == ("negation", False)


def test_records_that_say_yes_and_no_are_a_value_conflict():
    assert kind(asserted("true", value_type="boolean"), asserted("false", "b", value_type="boolean"))[0] == "value_conflict"


def test_two_meanings_of_a_term_are_a_definition_clash():
    texts = ("A day means any day of the week.", "A day means a day on which banks are open.")
    claims = [stated(t.split("means ")[1], t, f"live/{n}.md", value_type="text") for n, t in enumerate(texts)]
    assert kind(*claims) == ("definition", False)


def test_values_under_different_conditions_are_one_observation_and_no_conflict():
    claims = [stated(v, f"It is {v}.", f"live/{v}.md", scope=s) for v, s in (("20 days", "uk"), ("30 days", "germany"))]
    clashes = World(claims).clashes()
    found = only(clashes.differences)
    assert (found["type"], found["is_observation"], found["scope"]) == ("scope_difference", True, "")
    assert clashes.members["side"].to_list() == [1, 2]


def test_values_under_one_condition_conflict():
    claims = [stated(v, f"It is {v}.", f"live/{v}.md", scope="uk") for v in ("20 days", "30 days")]
    assert kind(*claims) == ("value_conflict", False)


def test_the_same_value_under_different_conditions_is_nothing():
    claims = [stated("20 days", "It is 20 days.", f"live/{s}.md", scope=s) for s in ("uk", "germany")]
    assert World(claims).clashes().differences.height == 0


def test_the_order_of_sides_means_nothing():
    sides = [Said("50", "number", "approximate"), Said("48", "number"), Said("40..60", "number", "range")]
    assert one_is_finer(sides) == one_is_finer(sides[::-1]) is True


def test_a_slip_is_judged_from_the_run_date_only():
    odd, usual = Said("2150-01-01", "date"), Said("2015-01-01", "date")
    assert looks_slipped(odd, usual, date(2024, 1, 1))
    assert not looks_slipped(odd, usual, date(2100, 1, 1))


def placed(folder, *said):
    (folder / "places.csv").write_text("id,name,parent_id\n1,Land,\n2,North,1\n3,Town,2\n4,Port,1\n", encoding="utf-8")
    entities = "entities: {domain: {attributes: {contact: {type: place, hierarchy: places.csv}}}}"
    (folder / "canonry.yaml").write_text(f"sources: {{live: {{kind: documents, path: docs}}}}\n{entities}\n", encoding="utf-8")
    claims = [asserted(v, f"s{n}", value_type="place", record_id=f"s{n}", authority=n) for n, v in enumerate(said)]

    class Placed(World):
        run = property(lambda self: replace(super().run, config=load(folder / "canonry.yaml", {})))

    return Placed(claims)


def test_a_place_beside_one_around_it_is_a_matter_of_grain_and_the_deeper_one_is_the_fact(tmp_path):
    decided = placed(tmp_path, "land", "north", "town", "land").decided()
    assert decided.conflicts.is_empty()
    assert decided.observations["type"].to_list() == ["granularity"]
    assert only(decided.facts)["value"] == "town"  # whatever the rank of its source
    assert "loses" not in decided.claims["standing"].to_list()


def test_control_places_of_which_none_lies_in_the_other_are_a_conflict(tmp_path):
    assert placed(tmp_path, "land", "town", "port").decided().conflicts["type"].to_list() == ["value_conflict"]


def test_one_number_in_two_units_is_a_conflict():
    claims = [asserted("5", s, value_type="quantity", unit=u, record_id=s) for s, u in (("a", "kg"), ("b", "m"), ("c", "kg"))]
    assert kind(*claims) == ("value_conflict", False)
    decided = World(claims, config=policy("agreement", min_confidence=0.5)).decided()
    assert only(decided.facts)["sources"] == ["a", "c"]


@pytest.mark.parametrize("units", [("kg", None, "kg"), (None, None, None), ("kg", "kg", None)])
def test_control_a_number_without_a_unit_agrees_with_the_one_unit_that_others_name(units):
    claims = [asserted("5", f"s{n}", value_type="quantity", unit=u, record_id=f"s{n}") for n, u in enumerate(units)]
    decided = World(claims).decided()
    assert decided.conflicts.is_empty()
    assert len(only(decided.facts)["sources"]) == 3
