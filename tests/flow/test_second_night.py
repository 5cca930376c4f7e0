"""The second night of the example company: a page changed, one renamed, a source down, a ruling made, an export grown."""

from __future__ import annotations

import shutil

import pytest

from examples import night2
from tests.flow.truth import same_sentence

pytestmark = [pytest.mark.slow, pytest.mark.promise("second-night", "incremental-equals-full")]


@pytest.fixture(scope="module")
def nights(example, tmp_path_factory):
    folder = shutil.copytree(example.folder, tmp_path_factory.mktemp("night2") / "brightwater")
    return night2.two_nights(folder, example.summary)


@pytest.fixture(scope="module")
def expected(nights):
    return night2.moves(nights.folder)["expect"]


def test_the_release_equals_one_from_scratch(nights):
    assert nights.second.published
    assert nights.differing == []
    assert nights.second.release_id == nights.scratch.release_id


def test_what_is_computed_is_what_changed(nights):
    first, second = nights.first.cache["steps"], nights.second.cache["steps"]
    assert second["normalise-parse"]["misses"] == 1  # one page changed; the renamed one has the same words
    assert second["vectors"]["misses"] <= 6  # its changed passages
    for step, counted in second.items():
        assert counted["misses"] <= max(6, first[step]["misses"] // 10), f"{step} computed {counted['misses']} anew"


def test_the_source_that_is_down_is_held_and_its_items_stand(nights, expected):
    assert {n: s["status"] for n, s in nights.second.sources.items() if s["status"] != "ok"} == expected["sources"]
    minutes = night2.table(nights.folder, "documents").filter(source="minutes")
    assert (minutes.height, set(minutes["status"])) == (4, {"held"})


def test_the_export_that_grew_has_its_new_rows(nights, expected):
    for source, rows in expected["records"].items():
        assert night2.table(nights.folder, "records").filter(source=source).height == rows


def test_the_ruling_holds_although_its_page_was_renamed(nights, expected):
    ruling = night2.table(nights.folder, "rulings").row(0, named=True)
    assert (ruling["status"], ruling["by"]) == ("applies", "priya.nair@brightwater.example")
    conflict = night2.table(nights.folder, "conflicts").filter(conflict_id=ruling["applied_to"]).row(0, named=True)
    assert (conflict["status"], conflict["rule"], conflict["decided_by"]) == ("decided_by_person", "ruling", ruling["by"])
    winner = night2.table(nights.folder, "claims").filter(claim_id=conflict["winner_claim_id"]).row(0, named=True)
    assert winner["document_id"] == expected["ruling_applies_to"]


def test_the_renamed_page_is_known_by_both_its_names(nights, expected):
    changes = night2.table(nights.folder, "id_changes").filter(kind="document")
    assert changes.select("old_id", "new_id").rows() == [(m["from"], m["to"]) for m in expected["renamed_documents"]]


def test_the_conflict_of_the_changed_page_shows_its_new_value(nights, expected):
    sides = night2.table(nights.folder, "conflict_claims").join(
        night2.table(nights.folder, "claims").select("claim_id", "sentence"), on="claim_id"
    )
    found = [{r["conflict_id"] for r in sides.iter_rows(named=True) if same_sentence(r, expected["conflict_changed"][s])} for s in "ab"]
    assert found[0] & found[1]


def test_the_script_tells_it_all(nights):
    lines: list[str] = []
    night2.told(nights, lines.append)
    text = "\n".join(lines)
    for word in ("vectors", "minutes: held", "applies", "wiki/Rentals/Lending-demo-kit.md", "equals the one from scratch"):
        assert word in text
