"""A release holds what it was given, in every edition, and says what it was made of."""

from __future__ import annotations

import errno
import json
import os
import stat
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from canonry import journal, published, store
from canonry.errors import RunFailedError, StoreError
from canonry.publish import GateFailedError, GateResult, protocol
from canonry.store import Input
from tests.publish.sample import NOW, conflicts, context, documents, tables


def test_a_release_reads_back_as_it_was_given_with_every_type_intact(nights):
    done = nights.publish()
    for name, given in tables().items():
        read = store.read_table(nights.store, done.manifest, "full", name)
        assert_frame_equal(read, published.TABLES[name].conform(given))
        assert dict(read.schema) == published.TABLES[name].schema


def test_instants_given_in_another_zone_come_back_as_the_same_instant_in_utc(nights):
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    done = nights.publish(editions={"full": {"conflicts": conflicts("k", detected_at=there)}})
    assert store.read_table(nights.store, done.manifest, "full", "conflicts")["detected_at"].to_list() == [NOW]


def test_the_pointer_is_the_manifest_and_names_every_table_of_every_edition(nights):
    done = nights.publish(editions={"full": tables(), "staff": tables()})
    pointer = json.loads((nights.store / "CURRENT").read_text())
    assert store.Manifest.from_json(json.dumps(pointer)) == done.manifest == store.current(nights.store)
    assert set(pointer) == {
        "release_id", "sequence", "parent", "published_at", "run_date", "schema_version", "duckdb_version", "code_version",
        "config_hash", "journal", "inputs", "model", "editions", "degraded",
    }  # fmt: skip
    assert pointer["inputs"]["live"] == {
        "hash": f"{1:032x}", "status": "ok", "observed_on": "2024-12-01",
        "last_seen_on": None, "held_since": None, "items": 1, "message": None,
    }  # fmt: skip
    assert {e: set(entry["tables"]) for e, entry in pointer["editions"].items()} == {e: set(published.TABLES) for e in ("full", "staff")}
    assert pointer["editions"]["staff"]["file"] == f"releases/{pointer['release_id']}/staff/store.duckdb"
    assert pointer["release_id"].startswith("2024-12-02-1-")


def test_every_table_and_column_of_the_file_has_a_comment_and_its_contract(nights):
    with store.open_file(store.edition_file(nights.store, nights.publish().manifest, "full")) as file:
        bare = file.sql(
            "SELECT table_name, NULL FROM duckdb_tables() WHERE comment IS NULL AND NOT internal "
            "UNION ALL SELECT view_name, NULL FROM duckdb_views() WHERE comment IS NULL AND NOT internal "
            "UNION ALL SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL AND NOT internal"
        ).fetchall()
        keys = file.sql("SELECT table_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'").fetchall()
        checks = file.sql("SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'CHECK'").fetchall()
    assert bare == []
    assert {name for (name,) in keys} == {t.name for t in published.TABLES.values() if t.key and not t.name.startswith("_")}
    assert checks[0][0] > 40


def test_a_duckdb_of_the_first_series_can_read_the_file(nights):
    with store.open_file(store.edition_file(nights.store, nights.publish().manifest, "full")) as file:
        (tags,) = file.sql("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()[0]
    assert tags["storage_version"] == "v1.0.0+"  # tried with the clients 1.1.3, 1.2.2, 1.3.2, 1.4.4 and 1.5.0


def test_the_items_view_shows_each_item_once_and_whether_it_is_served(nights):
    left_out = context({"i9": "Old."}).drop("embedding", "embedding_scale").with_columns(reason=pl.lit("expired"))
    nights.publish(editions={"full": {**tables(), "excluded": left_out}})
    with store.connect(nights.store, "full") as file:
        rows = file.sql("SELECT item_id, is_served, reason FROM items ORDER BY item_id").fetchall()
    assert rows == [("i1", True, None), ("i2", True, None), ("i9", False, "expired")]


def test_an_edition_file_holds_only_what_was_passed_for_it(nights):
    inputs = {"live": Input(hash="aa"), "hr": Input(hash="bb", status="held", message="only 3 of 90 pages")}
    full = {"documents": pl.concat([documents("a.md"), documents("salaries.md", source="hr")])}
    done = nights.publish(
        editions={"full": full, "staff": {"documents": documents("a.md")}},
        inputs=inputs, degraded=("hr",), readable={"staff": frozenset({"live"}), "full": frozenset(inputs)},
    )  # fmt: skip
    row = store.read_table(nights.store, done.manifest, "staff", "release").row(0, named=True)
    assert list(json.loads(row["inputs"])) == ["live"]
    assert row["degraded"] == []
    raw = store.edition_file(nights.store, done.manifest, "staff").read_bytes()
    for hidden in (b"salaries", b"only 3 of 90"):
        assert hidden not in raw
    whole = store.read_table(nights.store, done.manifest, "full", "release").row(0, named=True)
    assert json.loads(whole["inputs"]) == {"hr": {"hash": "bb", "status": "held"}, "live": {"hash": "aa", "status": "ok"}}
    assert whole["degraded"] == ["hr"]


def test_what_an_edition_may_not_read_does_not_move_its_digests(nights):
    staff = {"documents": documents("a.md")}
    readable = {"staff": frozenset({"live"})}
    one = nights.publish(editions={"full": tables(), "staff": staff}, readable=readable, inputs={"live": Input(hash="with secrets")})
    two = nights.publish(editions={"full": staff, "staff": staff}, readable=readable, inputs={"live": Input(hash="without")})
    assert one.manifest.editions["staff"].tables == two.manifest.editions["staff"].tables
    assert one.manifest.editions["full"].tables != two.manifest.editions["full"].tables


def test_the_full_edition_lies_in_a_folder_that_only_its_owner_opens(nights):
    before = os.umask(0)
    try:
        done = nights.publish(editions={"full": tables(), "staff": tables()})
    finally:
        os.umask(before)
    mode = {p: stat.S_IMODE(p.stat().st_mode) for p in (nights.store / "releases").rglob("*")}
    folder = store.release_folder(nights.store, done.manifest.release_id)
    assert mode[folder / "full"] == 0o700
    assert mode[folder / "staff"] == 0o755
    assert mode[folder / "full" / "store.duckdb"] == mode[folder / "staff" / "store.duckdb"] == 0o444
    assert mode[folder / "manifest.json"] == 0o600
    assert not list(nights.store.rglob("*.wal"))


def test_rows_that_break_their_contract_are_never_published(nights):
    nights.publish()
    before = store.current(nights.store)
    bad = documents("a.md", "b.md").with_columns(document_id=pl.lit("live/a.md"), status=pl.lit("lost"))
    with pytest.raises(RunFailedError, match=r"documents: status \(2 rows\); documents: primary key \(1 rows\)"):
        nights.publish(2, editions={"full": {"documents": bad}})
    assert store.current(nights.store) == before


@pytest.mark.parametrize(
    ("editions", "says"),
    [
        ({"staff": {}}, "'full' is missing"),
        ({"full": {"surprise": documents("a")}}, "surprise cannot be published"),
        ({"full": {"release": pl.DataFrame()}}, "release cannot be published"),
        ({"full": {"documents": documents("a").with_columns(dated_on=pl.lit("soon"))}}, "documents do not fit"),
        ({"full": {"records": pl.DataFrame({
            "record_id": ["r"], "source": ["s"], "entity_type": ["t"], "values": ["{no json"], "date_basis": ["none"],
            "date_kind": ["unknown"], "status": ["served"], "audience": [["a"]]})}}, "could not be written"),
    ],
)  # fmt: skip
def test_what_no_stage_may_hand_over_fails_and_names_it(nights, editions, says):
    with pytest.raises(RunFailedError, match=says):
        nights.publish(editions=editions)
    assert store.current(nights.store) is None
    assert not list(nights.store.glob(".staging-*"))


def test_the_same_night_again_publishes_nothing(nights):
    first = nights.publish()
    again = nights.publish()
    assert (again.published, again.reason, again.manifest) == (False, "nothing changed", first.manifest)
    assert [m.sequence for m in store.releases(nights.store)] == [1]


def test_another_day_a_ruling_or_another_copy_makes_a_new_release_but_served_requests_do_not(nights):
    nights.publish()
    journal.append(nights.journal, "audit", {"tool": "search"})
    journal.append(nights.journal, "gaps", {"note": "?"})
    assert not nights.publish().published
    ruled = {"target_kind": "document", "verdict": "retire", "at": "2024-12-30T09:00:00+00:00"}
    journal.append(nights.journal, "rulings", {"ruling_id": "r1", "anchors": [{"source": "live", "path": "a.md"}], **ruled})
    assert nights.publish().published
    assert nights.publish(run_date=date(2025, 1, 1)).published
    assert nights.publish(inputs={"live": Input(hash="other")}, run_date=date(2025, 1, 1)).published
    assert [m.sequence for m in store.releases(nights.store)] == [1, 2, 3, 4]
    chain = [m.parent for m in store.releases(nights.store)]
    assert chain == [None, *(m.release_id for m in store.releases(nights.store)[:-1])]


def test_a_run_whose_parent_is_no_longer_current_does_not_publish(nights):
    stale = nights.inputs(2).parent
    nights.publish()
    with pytest.raises(RunFailedError, match="another run published"):
        nights.publish(2, parent=stale)


def test_the_gate_sees_the_staged_files_and_its_no_leaves_the_release_before(nights):
    first = nights.publish()
    seen = []

    def gate(files):
        with store.open_file(files["full"]) as file:
            seen.extend(file.sql("SELECT count(*) FROM documents").fetchall())
        return GateResult(passed=len(seen) < 2, reasons=("wrong context in 3 of 10 questions",), figures={"wrong": 0.3})

    second = nights.publish(2, gate=gate)
    assert (second.published, second.gate.figures) == (True, {"wrong": 0.3})
    with pytest.raises(GateFailedError, match="wrong context in 3 of 10") as refused:
        nights.publish(3, gate=gate)
    assert refused.value.result.figures == {"wrong": 0.3}
    assert store.current(nights.store) == second.manifest
    assert seen == [(2,), (3,)]
    assert [m.release_id for m in store.releases(nights.store)] == [first.manifest.release_id, second.manifest.release_id]
    assert not list(nights.store.glob(".staging-*"))


@pytest.mark.parametrize("edge", ["fsync", "rename", "chmod", "replace_pointer"])
def test_a_full_disk_leaves_the_release_before_and_no_debris(nights, monkeypatch, edge):
    first = nights.publish()

    def refuse(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    if edge == "fsync":
        monkeypatch.setattr(os, "fsync", refuse)
    elif edge == "replace_pointer":
        real = Path.replace
        monkeypatch.setattr(Path, "replace", lambda self, to: refuse() if Path(to).name == "CURRENT" else real(self, to))
    else:
        monkeypatch.setattr(Path, edge, refuse)
    with pytest.raises(RunFailedError, match=r"disk .* is full.*keep.releases"):
        nights.publish(2)
    monkeypatch.undo()
    assert store.current(nights.store) == first.manifest == store.releases(nights.store)[-1]
    assert sorted(p.name for p in nights.store.iterdir()) == [".lock", "CURRENT", "releases"]
    assert len(list((nights.store / "releases").iterdir())) == 1
    assert nights.publish(2).published


def test_duckdb_running_out_of_space_is_told_as_a_full_disk(nights, monkeypatch):
    def refuse(*_):
        raise duckdb.IOException("IO Error: Could not write file: No space left on device")

    monkeypatch.setattr(protocol, "write", refuse)
    with pytest.raises(RunFailedError, match="is full"):
        nights.publish()


def test_a_file_that_does_not_hold_what_was_computed_is_not_published(nights, monkeypatch):
    real = protocol.write
    monkeypatch.setattr(protocol, "write", lambda path, frames: real(path, {**frames, "documents": frames["documents"].head(0)}))
    with pytest.raises(RunFailedError, match="table documents has 0 rows, not 1"):
        nights.publish()


def test_leftovers_of_dead_runs_are_swept_at_the_next_publishing(nights):
    first = nights.publish()
    (nights.store / ".staging-dead").mkdir()
    orphan = nights.store / "releases" / "2024-12-03-2-0123abcd"
    (orphan / "full").mkdir(parents=True)
    (nights.store / "releases" / "notes").mkdir()
    nights.publish(2)
    names = {p.name for p in (nights.store / "releases").iterdir()}
    assert not (nights.store / ".staging-dead").exists()
    assert orphan.name not in names
    assert {"notes", first.manifest.release_id} < names


def test_a_store_without_a_release_says_what_to_do(tmp_path):
    assert store.current(tmp_path) is None
    for ask in (lambda: store.needed(tmp_path), lambda: store.connect(tmp_path, "full")):
        with pytest.raises(StoreError, match="Run `canonry run` first"):
            ask()
    with pytest.raises(StoreError, match="canonry releases"):
        store.manifest(tmp_path, "../../etc")


def test_a_missing_edition_table_or_file_is_named(nights):
    done = nights.publish()
    with pytest.raises(StoreError, match=r"no edition 'hr'.*It has: full"):
        store.connect(nights.store, "hr")
    with pytest.raises(StoreError, match="no published table 'x'"):
        store.read_table(nights.store, done.manifest, "full", "x")
    (nights.store / "CURRENT").write_text("{}")
    with pytest.raises(StoreError, match="is no manifest"):
        store.current(nights.store)


def test_a_reader_sent_to_a_release_that_is_collected_meanwhile_finds_the_new_one(nights, monkeypatch):
    first = nights.publish().manifest
    second = nights.publish(2).manifest
    store.edition_file(nights.store, first, "full").unlink()
    answers = iter([first, second])
    monkeypatch.setattr(store, "current", lambda _: next(answers))
    with store.connect(nights.store, "full") as file:
        assert file.sql("SELECT release_id FROM release").fetchall() == [(second.release_id,)]


def test_a_file_that_is_of_another_release_than_its_name_says_is_refused(nights):
    first, second = nights.publish().manifest, nights.publish(2).manifest
    there = store.edition_file(nights.store, second, "full")
    there.unlink()
    there.write_bytes(store.edition_file(nights.store, first, "full").read_bytes())
    with pytest.raises(StoreError, match="holds something else"):
        store.connect(nights.store, "full")


def test_a_connection_reads_nothing_but_its_file_and_writes_nothing(nights, tmp_path):
    nights.publish()
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with store.connect(nights.store, "full") as file:
        for statement in (f"SELECT * FROM '{tmp_path / 'secret.csv'}'", "DELETE FROM documents", f"COPY release TO '{tmp_path / 'x.csv'}'"):
            with pytest.raises(duckdb.Error):
                file.execute(statement)


def test_history_is_the_parent_of_the_same_edition_and_empty_where_that_did_not_exist(nights):
    assert store.history(nights.store, None, "full").table("conflicts").is_empty()
    done = nights.publish()
    known = store.history(nights.store, done.manifest, "full")
    assert set(known.tables) == set(store.HISTORY)
    assert known.table("conflicts")["detected_at"].to_list() == [datetime(2024, 12, 31, 3, tzinfo=NOW.tzinfo)]
    assert store.history(nights.store, done.manifest, "staff").tables == {}
