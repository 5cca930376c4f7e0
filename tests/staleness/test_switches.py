"""Each signal can be switched off for a source, and what was misspelt is told."""

from __future__ import annotations

from datetime import date

import pytest

from canonry import published
from canonry.config import SignalSwitches, parse
from canonry.errors import ConfigError
from tests.arbitrate.build import World

PAST = date(2024, 1, 1)
EVERY = (*published.HARD_SIGNALS, *published.SOFT_SIGNALS)


def configured(**signals):
    return {"sources": {n: {"kind": "documents", "path": n, "signals": signals if n == "live" else {}} for n in ("live", "wiki")}}


def both() -> World:
    world = World().page("live/b.md", "B.", expires_on=PAST).page("wiki/b.md", "B.", expires_on=PAST)
    for name in ("live", "wiki"):
        world.page(f"{name}/a.md", "A.", review_on=PAST)
    world.links = [{"document_id": f"{n}/a.md", "target": t} for n in ("live", "wiki") for t in ("b.md", "gone.md")]
    return world


def test_every_signal_has_a_switch_and_is_on():
    assert tuple(SignalSwitches.model_fields) == EVERY
    assert all(on for _, on in SignalSwitches())


@pytest.mark.parametrize("signal", ["expired", "review_overdue", "broken_link", "dependency_stale"])
def test_a_signal_that_is_off_for_one_source_is_heard_in_the_others(signal):
    world = both()
    assert {d.split("/")[0] for d in world.signals().signals.filter(signal=signal)["target_id"]} == {"live", "wiki"}
    world.config = configured(**{signal: False})
    assert {d.split("/")[0] for d in world.signals().signals.filter(signal=signal)["target_id"]} == {"wiki"}


def test_what_a_silenced_signal_would_have_led_to_is_silent_too():
    world = both()
    world.config = configured(expired=False)
    assert "live/a.md" not in world.signals().signals.filter(signal="dependency_stale")["target_id"].to_list()
    world.config = configured(broken_link=False, dependency_stale=False)
    stale = world.curated().staleness.filter("is_stale")["target_id"].to_list()
    assert "live/a.md" not in stale
    assert "wiki/a.md" in stale


@pytest.mark.parametrize("written", ["off", False])
def test_a_switch_is_written_off(written):
    assert not parse(configured(age=written)).sources["live"].signals.age


def test_a_misspelt_signal_is_told_with_the_nearest_one():
    with pytest.raises(ConfigError, match=r"unknown key 'sources\.live\.signals\.owner_left'; did you mean 'owner_gone'"):
        parse(configured(owner_left=False))
