"""Pages that say in their own words until when they hold."""

from __future__ import annotations

from datetime import date

import pytest

from tests.arbitrate.build import World, dated, only
from tests.staleness.test_staleness import found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("This policy is valid until 31 March 2023. Ask Ann", "document"),
        ("Valid until: 31 March 2023. Ask Ann", "document"),
        ("This policy is valid until 31 March 2025. Ask Ann", None),
        ("The offer is valid until 31 March 2023. Ask Ann", None),
        ("Ask Ann", None),
    ],
)
def test_a_page_that_says_until_when_it_holds_expires_after_that_day(text, kind):
    rows = found(World().page("live/a.md", text), "expired")
    assert rows["target_kind"].to_list() == ([kind] if kind else [])
    if kind:
        row = only(rows)
        assert (row["since"], row["is_stale"]) == (date(2023, 3, 31), True)
        assert "31 March 2023”." in row["evidence"]


def test_a_sentence_further_down_speaks_for_its_passage_alone():
    world = World().page("live/a.md", "A.").page("live/b.md", "This guide holds until 31 March 2023.")
    for part in (world.passages[1], world.sentences[1]):
        part["document_id"] = "live/a.md"
    world.passages[1]["ordinal"] = 1
    world.documents.pop()
    row = only(found(world, "expired"))
    assert (row["target_kind"], row["target_id"], row["document_id"]) == ("passage", "i:live/b.md", "live/a.md")
    curated = world.curated()
    assert curated.context["item_id"].to_list() == ["i:live/a.md"]
    left = only(curated.excluded)
    assert (left["reason"], left["valid_to"], left["evidence"]) == ("expired", date(2023, 3, 31), "It says itself: “until 31 March 2023”.")
    assert only(curated.documents)["status"] == "partly"


def test_a_page_that_calls_itself_deprecated_without_a_day_is_served_until_something_agrees():
    world = World().page("live/a.md", "This page is deprecated. Ask Ann", **dated("2024-01-01"))
    row = only(found(world, "expired"))
    assert (row["is_stale"], row["evidence"]) == (False, "It says itself: “This page is deprecated”.")
    assert only(world.curated().context)["status"] == "current"
    world.documents[0]["review_on"] = date(2024, 6, 1)
    assert only(world.curated().excluded)["reason"] == "expired"


def test_what_is_served_says_from_when_and_until_when_it_holds():
    world = World().page("live/a.md", "This policy is effective 1 July 2024. Ask Ann", expires_on=date(2025, 6, 30))
    row = only(world.curated().context)
    assert (row["valid_from"], row["valid_to"]) == (date(2024, 7, 1), date(2025, 6, 30))
