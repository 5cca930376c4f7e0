"""The client over a store on disk, as `publish` makes it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from canonry import store
from canonry.publish import About, publish
from canonry.serve import AgentError, Client
from canonry.store import Input


@pytest.fixture
def published(tmp_path, build, encoder):
    def night(day, text):
        served = build.context([{"item_id": "a", "cite": "live/a.md#a", "text": text}], encoder)
        inputs = {"live": Input(hash=text, observed_on=day, last_seen_on=day, items=1)}
        about = About(day, "cfg", "0.1", encoder.name, {}, inputs, parent=store.current(tmp_path))
        publish({"full": {"context": served}}, about, tmp_path, now=datetime(2024, 12, 31, tzinfo=UTC))

    night(date(2024, 12, 30), "refund in 14 days")
    night(date(2024, 12, 31), "refund in 30 days")
    return tmp_path


def test_a_published_release_is_searched_packed_and_described(published, encoder):
    client = Client(published, encoder=encoder)
    assert [i.text for i in client.search("refund").items] == ["refund in 30 days"]
    assert client.get_context("refund").release == client.release == store.needed(published).release_id
    assert client.describe_store().run_date == date(2024, 12, 31)


def test_a_release_can_be_pinned_and_stays_readable_after_the_next_night(published, encoder):
    first = store.releases(published)[0].release_id
    assert Client(published, release=first, encoder=encoder).search("refund").items[0].text == "refund in 14 days"


def test_an_edition_that_is_not_there_is_refused_without_naming_the_others(published):
    with pytest.raises(AgentError) as caught:
        Client(published, "hr")
    assert caught.value.code == "UNKNOWN_EDITION"
    assert "full" not in str(caught.value)
