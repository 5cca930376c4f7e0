"""How likely a passage is current: parts that add up, nothing for what the model never saw."""

from __future__ import annotations

import json
import math
from datetime import date

import pytest

from canonry.likelihood import COEFFICIENTS, INTERCEPT
from tests.arbitrate.build import World, asserted, dated, only, policy, stated

PAST = date(2024, 1, 1)


def test_the_parts_add_up_to_the_log_odds_of_the_probability():
    curated = World().page("live/a.md", "A.", **dated("2023-03-03")).curated()
    parts = json.loads(only(curated.quality_components)["p_parts"])
    assert set(parts) == {"intercept", *COEFFICIENTS}
    assert only(curated.context)["p_current"] == pytest.approx(1 / (1 + math.exp(-sum(parts.values()))), abs=1e-4)


def test_a_plain_page_is_as_likely_as_the_intercept_says():
    parts = json.loads(only(World().page("live/a.md", "A.", **dated("0001-01-01")).curated().quality_components)["p_parts"])
    assert parts["intercept"] == INTERCEPT
    assert {k for k, v in parts.items() if v} == {"intercept"}


def chances(world):
    curated = world.curated()
    return {r["document_id"]: r["p_current"] for f in (curated.context, curated.excluded) for r in f.iter_rows(named=True)}


def test_the_older_version_is_less_likely_than_the_newer_one():
    pair = {"left_id": "live/new.md", "right_id": "live/old.md", "newer_id": "live/new.md", "basis": "dates", "evidence": "dates"}
    world = World(page_pairs=[pair]).page("live/old.md", "Old.").page("live/new.md", "New.").page("live/x.md", "X.")
    found = chances(world)
    assert found["live/old.md"] < found["live/x.md"] < found["live/new.md"]


def test_a_page_of_which_a_claim_lost_is_much_less_likely():
    live, wiki = stated("30 days", "Notice is 30 days.", authority=1), stated("14 days", "You get 14 days.", "wiki/leave.md", authority=2)
    world = World([live, wiki], config=policy("authority"))
    world.page("live/leave.md", live["sentence"], authority=1).page("wiki/leave.md", "You get 14 days. Ask Ann.", authority=2)
    found = chances(world)
    assert found["wiki/leave.md"] < 0.5
    assert found["live/leave.md"] > 0.9


@pytest.mark.parametrize("more", [{"expires_on": PAST}, {"removed_on": PAST}])
def test_what_ended_has_no_probability(more):
    assert chances(World().page("live/a.md", "A.", **more)) == {"live/a.md": None}


def test_a_card_has_no_probability():
    world = World([asserted("a@x.gov", "register", authority=1)]).record("register", "x.gov", authority=1)
    assert only(world.curated().context)["p_current"] is None
