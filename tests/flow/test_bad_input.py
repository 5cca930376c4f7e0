"""Whatever comes in, the run says what is wrong, and the release before stays current or stands with what is good."""

from __future__ import annotations

import errno
import fcntl
import os

import polars as pl
import pytest

from canonry import store
from canonry.errors import ConfigError, LockedError, RunFailedError
from canonry.publish import files
from tests.flow.company import TinyWorkspace, page, table

pytestmark = pytest.mark.promise("bad-input")


@pytest.fixture
def ran(company):
    """A company with one good night behind it."""
    company.run()
    return company


def source(company, name):
    return company.table("sources").row(by_predicate=pl.col("source") == name, named=True)


def held(company, name, summary, *words):
    """A source is held: said in the summary and in the table, its last good copy stands in, the others are as before."""
    told, row = summary.sources[name], source(company, name)
    assert (told["status"], row["status"], summary.degraded) == ("held", "held", (name,))
    assert company.table("release")["degraded"][0].to_list() == [name]
    for word in words:
        assert word in told["message"], told["message"]
        assert word in row["message"]
    assert {s["status"] for n, s in summary.sources.items() if n != name} == {"ok"}


def test_a_folder_that_is_gone_is_held_and_its_pages_stand(ran):
    before = ran.table("documents").filter(source="live")
    ran.take_down("live")
    held(ran, "live", ran.run(1), "live")
    after = ran.table("documents").filter(source="live")
    assert after["document_id"].equals(before["document_id"])
    assert set(after["status"]) == {"held"}
    assert all("source_held" in f for f in ran.table("context").filter(source="live", kind="passage")["flags"].to_list())


def test_an_export_without_rows_is_held(ran):
    header = table(ran.rows["prices.csv"]).splitlines()[0]
    ran.rows["prices.csv"] = []
    (ran.base / "prices.csv").write_text(header + "\n")
    held(ran, "prices", ran.run(1))
    assert ran.table("records").filter(source="prices").height == 3


def test_an_empty_export_is_held(ran):
    ran.rows["prices.csv"] = []
    (ran.base / "prices.csv").write_bytes(b"")
    held(ran, "prices", ran.run(1))


def test_an_export_of_unreadable_bytes_is_held(ran):
    ran.rows["prices.csv"] = []
    (ran.base / "prices.csv").write_bytes(b"PK\x03\x04\x00\xff\x00\x9d" * 50)
    held(ran, "prices", ran.run(1))


def test_a_source_that_fell_by_more_than_it_may_is_held_and_says_how_to_accept(ran):
    ran.rows["prices.csv"] = ran.rows["prices.csv"][:1]
    held(ran, "prices", ran.run(1), "from 3 to 1", "canonry accept prices")


def test_a_page_of_unreadable_bytes_is_set_aside_with_the_rule_it_broke(ran):
    ran.put("wiki", "broken.md", b"\x00\x9d\xff\xfe\x01" * 30)
    summary = ran.run(1)
    rows = ran.table("quarantine").filter(source="wiki")
    assert rows.select("location", "rule").rows() == [("broken.md", "undecodable")]
    assert rows["detail"][0]
    assert (summary.quarantined, summary.sources["wiki"]["quarantined"], summary.sources["wiki"]["status"]) == (1, 1, "ok")
    assert source(ran, "wiki")["quarantined"] == 1


def test_a_ragged_row_is_set_aside_and_the_others_stand(ran):
    text = table(ran.rows["prices.csv"])
    ran.rows["prices.csv"] = []
    (ran.base / "prices.csv").write_text(text + "CS-900,Clearsight 900,too,many,cells,in,this,row\n")
    summary = ran.run(1)
    assert ran.table("quarantine").select("source", "location", "rule").rows() == [("prices", "prices.csv:5", "ragged_row")]
    assert summary.sources["prices"]["quarantined"] == 1
    assert ran.table("records").filter(source="prices").height == 3


def test_the_second_row_with_an_id_is_set_aside(ran):
    ran.rows["prices.csv"].append({**ran.rows["prices.csv"][0], "List price": "£1"})
    ran.run(1)
    assert ran.table("quarantine").select("source", "location", "rule").rows() == [("prices", "prices.csv:5", "duplicate_id")]
    assert "£1" not in [v for r in ran.table("records")["values"] for v in r.split('"')]


def test_a_column_in_fields_that_the_export_does_not_have_is_said_by_name(ran):
    ran.config["sources"]["prices"]["fields"] = {"Produkt": "name"}
    summary = ran.run(1)
    held(ran, "prices", summary, "Produkt")


def test_on_the_first_night_a_source_that_cannot_be_read_is_missing_and_the_others_are_published(company):
    company.write()
    company.take_down("prices")
    summary = company.run()
    assert (summary.published, summary.sources["prices"]["status"], summary.degraded) == (True, "missing", ("prices",))
    assert source(company, "prices")["status"] == "missing"
    assert company.table("records").filter(source="prices").is_empty()
    assert company.table("records").filter(source="prices_old").height == 3


def test_when_no_source_can_be_read_nothing_is_published(company):
    company.write()
    for name in company.config["sources"]:
        company.take_down(name)
    with pytest.raises(RunFailedError, match="no source could be read") as e:
        company.run()
    assert e.value.exit_code == 1
    assert not (company.workspace.store / "CURRENT").exists()


def test_when_every_source_is_down_the_last_good_copies_stand(ran):
    documents = ran.table("documents")["document_id"].to_list()
    for name in ran.config["sources"]:
        ran.take_down(name)
    summary = ran.run(1)
    assert {s["status"] for s in summary.sources.values()} == {"held"}
    assert ran.table("documents")["document_id"].to_list() == documents


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        ({"sorces": {}}, "sorces", "did you mean 'sources'"),
        ({"run_date": "soon"}, "run_date", "date"),
        ({"keep": {"releases": 0}}, "keep.releases", "greater than or equal to 1"),
    ],
)
def test_a_mistake_in_the_configuration_names_file_line_and_key(ran, change, key, words):
    before = ran.manifest
    ran.config |= change
    ran.write()
    with pytest.raises(ConfigError, match=words) as e:
        TinyWorkspace.open(ran.base / "canonry.yaml", {})
    assert (e.value.exit_code, e.value.file, e.value.key) == (2, "canonry.yaml", key)
    assert e.value.line
    for top in change:
        del ran.config[top]
    ran.write()
    assert ran.manifest == before


def _full(*_args, **_more):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("edge", ["sync", "replace_file"])
def test_a_full_disk_while_publishing_leaves_the_release_before(ran, monkeypatch, edge):
    before = ran.manifest
    ran.put("live", "people/more.md", page("desk", (1, 1)))
    with monkeypatch.context() as patched:
        patched.setattr(f"canonry.publish.protocol.{edge}", _full)
        with pytest.raises(RunFailedError, match="full") as e:
            ran.run(1)
    assert "release before stays current" in str(e.value)
    assert ran.manifest == before
    assert not files.orphans(ran.workspace.store)
    assert ran.run(0).published  # and with space again it goes on


@pytest.mark.parametrize("place", ["copies", "memo", "frozen"])
def test_a_full_disk_while_computing_leaves_the_release_before(ran, monkeypatch, place):
    before = ran.manifest
    ran.put("live", "people/more.md", page("desk", (1, 1), "A sentence that nobody has read before."))
    real = pl.DataFrame.write_parquet

    def write(frame, file, *args, **more):
        return _full() if place in str(file) else real(frame, file, *args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(pl.DataFrame, "write_parquet", write)
        with pytest.raises((RunFailedError, OSError)) as e:
            ran.run(1)
    assert isinstance(e.value, RunFailedError), f"{type(e.value).__name__} instead of an error that says what to do: {e.value}"
    assert ran.manifest == before
    assert ran.run(0).published


@pytest.mark.promise("one-run-at-a-time")
def test_a_second_run_meanwhile_is_turned_away_and_changes_nothing(ran):
    before = ran.manifest
    handle = os.open(ran.workspace.store / files.LOCK, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with pytest.raises(LockedError) as e:
            ran.run(1)
    finally:
        os.close(handle)
    assert e.value.exit_code == 75
    assert ran.manifest == before
    ran.run(0)
    assert ran.manifest.sequence == before.sequence + 1


def test_a_journal_line_that_is_no_json_stops_the_run_and_is_not_skipped(ran):
    before = ran.manifest
    folder = ran.workspace.journal
    folder.mkdir(exist_ok=True)
    (folder / "rulings.jsonl").write_text('{"ruling_id": \n')
    with pytest.raises(store.StoreError, match=r"rulings\.jsonl, line 1"):
        ran.run(1)
    assert ran.manifest == before


def test_a_gate_whose_questions_cannot_be_read_stops_the_release(ran):
    before = ran.manifest
    ran.config["gate"] = {"questions": "golden.jsonl"}
    with pytest.raises(RunFailedError, match=r"golden\.jsonl"):
        ran.run(1)
    assert ran.manifest == before


@pytest.mark.promise("gate")
def test_a_gate_that_finds_wrong_context_keeps_the_release_before(ran):
    before = ran.manifest
    (ran.base / "golden.jsonl").write_text(
        '{"id": "q", "query": "annual leave a year for full-time employees", "right": ["25 days"], "wrong": ["27 days"]}\n'
    )
    ran.config["gate"] = {"questions": "golden.jsonl", "max_wrong_context_rate": 0.0, "max_flag_rate": 1.0}
    with pytest.raises(RunFailedError, match="wrong_context_rate"):
        ran.run(1)
    assert ran.manifest == before
