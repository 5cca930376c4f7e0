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


def test_every_tool_reads_the_release_that_it_is_told_to(published, encoder):
    first, second = (r.release_id for r in store.releases(published))
    client = Client(published, encoder=encoder)
    assert [client.search("refund", release=r).items[0].text[-7:] for r in (first, second)] == ["14 days", "30 days"]
    assert [client.get_context("refund", release=r).release for r in (first, second)] == [first, second]
    assert client.get_item("live/a.md#a", release=first).items[0].text == "refund in 14 days"
    assert client.explain("live/a.md#a", release=first).items[0].text == "refund in 14 days"
    assert client.describe_store(release=first).run_date == date(2024, 12, 30)
    assert client.resolve_fact("x", "y", release=first).release == first
    with pytest.raises(AgentError) as caught:
        client.search("refund", release="2024-01-01-1-abcdefab")
    assert caught.value.code == "RELEASE_GONE"


def test_what_changed_since_a_release_is_told_once_with_its_cite(published, encoder):
    first, second = (r.release_id for r in store.releases(published))
    client = Client(published, encoder=encoder)
    told = client.changes_since(first)
    assert (told.since, told.release, told.was_run_date) == (first, second, date(2024, 12, 30))
    assert [(i.change, i.cite, i.parts) for i in told.items] == [("changed", "live/a.md#a", ("text",))]
    assert not any(client.changes_since(second).totals.values())
    with pytest.raises(AgentError) as caught:
        client.changes_since("2024-01-01-1-abcdefab")
    assert caught.value.code == "RELEASE_GONE"


def test_a_report_leaves_the_store_as_it_is(published, encoder, tmp_path_factory):
    def seen():
        return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in published.rglob("*") if p.is_file()}

    journal, before = tmp_path_factory.mktemp("journal"), seen()
    Client(published, encoder=encoder, journal=journal).report_gap("missing", "no page on parking")
    assert seen() == before
    assert (journal / "gaps.jsonl").exists()


def test_an_edition_that_is_not_there_is_refused_without_naming_the_others(published):
    with pytest.raises(AgentError) as caught:
        Client(published, "hr")
    assert caught.value.code == "UNKNOWN_EDITION"
    assert "full" not in str(caught.value)
