from __future__ import annotations

import shutil
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry.config import Config, Source
from canonry.context import narrow
from canonry.frames import INGESTED
from canonry.ingest import CopyStore, copy_hash, observe, read_source
from canonry.journal import Journal


def status(found):
    return dict(found.sources.select("source", "status").iter_rows())


def row(found, source):
    return next(r for r in found.sources.iter_rows(named=True) if r["source"] == source)


def frames(found):
    return {k: getattr(found, k) for k in INGESTED}


def equal(left, right):
    return all(frames(left)[k].equals(frames(right)[k]) for k in INGESTED)


def export(nights, *ids):
    (nights.base / "x.csv").write_text("id,n\n" + "".join(f"{i},v{i}\n" for i in ids))


def test_a_first_night_reads_every_source_and_keeps_its_copy(nights):
    found = nights("2024-01-01")
    assert status(found) == {"docs": "ok", "x": "ok"}
    assert {k: dict(f.schema) for k, f in frames(found).items()} == INGESTED
    assert (found.documents.height, found.records.height) == (2, 4)
    assert row(found, "docs") | {"copy_hash": ""} == {
        "source": "docs", "kind": "documents", "status": "ok", "copy_hash": "", "observed_on": date(2024, 1, 1),
        "last_seen_on": date(2024, 1, 1), "held_since": None, "items": 2, "message": None,
    }  # fmt: skip
    assert CopyStore(nights.base / "store/copies").has("docs", row(found, "docs")["copy_hash"])


def test_an_unchanged_night_has_the_same_copies(nights):
    first, second = nights("2024-01-01"), nights("2024-01-02")
    assert first.sources["copy_hash"].to_list() == second.sources["copy_hash"].to_list()
    assert row(second, "docs")["last_seen_on"] == date(2024, 1, 2)


def test_the_configured_day_of_a_copy_wins_over_the_run_date(nights):
    nights.sources["docs"]["observed_on"] = date(2023, 5, 5)
    assert row(nights("2024-01-01"), "docs")["observed_on"] == date(2023, 5, 5)


def test_a_source_that_is_down_is_held_and_its_copy_stands_in_unchanged(nights):
    first = nights("2024-01-01")
    shutil.rmtree(nights.base / "docs")
    second, third = nights("2024-01-02"), nights("2024-01-03")
    assert status(third) == {"docs": "held", "x": "ok"}
    assert second.documents.equals(first.documents)
    assert third.documents.equals(first.documents)
    kept = row(third, "docs")
    assert (kept["copy_hash"], kept["items"]) == (row(first, "docs")["copy_hash"], 2)
    assert (kept["observed_on"], kept["last_seen_on"], kept["held_since"]) == (date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 2))
    assert "docs does not exist" in kept["message"]


def test_a_source_that_never_was_there_is_missing_and_the_others_go_on(nights):
    shutil.rmtree(nights.base / "docs")
    first, second = nights("2024-01-01"), nights("2024-01-02")
    assert status(second) == {"docs": "missing", "x": "ok"}
    gone = row(second, "docs")
    assert (gone["copy_hash"], gone["items"], gone["held_since"]) == (None, 0, date(2024, 1, 1))
    assert first.documents.is_empty()


def test_a_missing_source_still_shows_what_was_set_aside(nights):
    shutil.rmtree(nights.base / "docs")
    (nights.base / "docs").mkdir()
    (nights.base / "docs" / "a.md").write_bytes(b"\xff")
    found = nights("2024-01-01")
    assert status(found)["docs"] == "missing"
    assert row(found, "docs")["message"] == "There is nothing usable in docs; set aside: 1 undecodable."
    assert found.quarantine.select("source", "rule").rows() == [("docs", "undecodable")]


@pytest.mark.parametrize("content", ["", "id,n\n", "id,n\nragged\n"])
def test_an_emptied_export_is_held(nights, content):
    first = nights("2024-01-01")
    (nights.base / "x.csv").write_text(content)
    second = nights("2024-01-02")
    assert status(second)["x"] == "held"
    assert second.records.equals(first.records)


def test_a_wrong_column_holds_the_source_and_says_which(nights):
    nights("2024-01-01")
    nights.sources["x"]["observed_at"] = "nn"
    found = nights("2024-01-02")
    assert status(found)["x"] == "held"
    assert "'nn'" in row(found, "x")["message"]


def test_a_fall_by_more_than_the_limit_is_held_and_a_smaller_one_is_not(nights):
    nights("2024-01-01")
    export(nights, 1)
    second = nights("2024-01-02")
    assert status(second)["x"] == "held"
    assert row(second, "x")["message"] == "It fell from 4 to 1 records; `canonry accept x` says that this is right."
    export(nights, 1, 2)
    assert status(nights("2024-01-03"))["x"] == "ok"


def test_a_fall_that_a_person_accepted_is_taken_over(nights):
    nights("2024-01-01")
    export(nights, 1)
    reading = read_source("x", Source(**nights.sources["x"]), nights.base)
    accept = ("x", copy_hash("records", reading.records, reading.quarantine))
    other = ("docs", accept[1])
    assert status(nights("2024-01-02", accept=other))["x"] == "held"
    assert status(nights("2024-01-03", accept=accept))["x"] == "ok"
    assert status(nights("2024-01-04"))["x"] == "ok"


def test_removed_items_do_not_count_in_the_next_fall(nights):
    nights("2024-01-01")
    export(nights, 1, 2)
    assert row(nights("2024-01-02"), "x")["items"] == 2
    export(nights, 1)
    assert status(nights("2024-01-03"))["x"] == "ok"


def removed(frame, key):
    return dict(frame.drop_nulls("removed_on").select(key, "removed_on").iter_rows())


def test_an_absent_item_is_removed_on_the_day_it_went_until_its_time_is_over(nights):
    nights.keep_days = 3
    nights("2024-01-01")
    export(nights, 1, 2, 3)
    (nights.base / "docs" / "a.md").unlink()
    for day in ("2024-01-02", "2024-01-03", "2024-01-04"):
        found = nights(day)
        assert removed(found.records, "record_id") == {"4": date(2024, 1, 2)}
        assert removed(found.documents, "path") == {"a.md": date(2024, 1, 2)}
    assert removed(nights("2024-01-05").records, "record_id") == {}


def test_an_item_that_comes_back_is_no_longer_removed(nights):
    nights("2024-01-01")
    export(nights, 1, 2, 3)
    nights("2024-01-02")
    export(nights, 1, 2, 3, 4)
    found = nights("2024-01-03").records
    assert found["record_id"].to_list() == ["1", "2", "3", "4"]
    assert found["removed_on"].null_count() == 4


def test_a_claim_is_removed_when_nobody_of_that_name_says_anything_any_more(nights):
    nights.sources = {"c": {"kind": "claims", "path": "c.csv", "columns": {"subject": "s", "attribute": "a", "value": "v", "source": "w"}}}
    (nights.base / "c.csv").write_text("s,a,v,w\nx,y,1,aa\nx,y,2,aa\nx,y,3,\nx,z,4,bb\n")
    nights("2024-01-01")
    (nights.base / "c.csv").write_text("s,a,v,w\nx,y,2,aa\nx,y,3,\n")
    found = nights("2024-01-02").claims
    assert found.select("value", "removed_on").rows() == [("3", None), ("2", None), ("4", date(2024, 1, 2))]


def test_a_held_source_removes_nothing(nights):
    nights("2024-01-01")
    (nights.base / "x.csv").unlink()
    assert nights("2024-01-02").records["removed_on"].null_count() == 4


def test_a_renamed_kind_or_a_lost_copy_starts_anew(nights):
    nights("2024-01-01")
    shutil.rmtree(nights.base / "store")
    export(nights, 1)
    found = nights("2024-01-02")
    assert status(found) == {"docs": "ok", "x": "ok"}
    assert row(found, "x")["message"] == "its last good copy could not be used"
    nights.sources["x"] = {"kind": "documents", "path": "docs"}
    assert row(nights("2024-01-03"), "x")["items"] == 2


def test_a_run_limited_to_one_source_takes_the_others_as_they_were(nights):
    nights("2024-01-01")
    shutil.rmtree(nights.base / "docs")
    held = nights("2024-01-02")
    export(nights, 1, 2, 3, 4, 5)
    nights.sources["new"] = {"kind": "documents", "path": "docs"}
    found = nights("2024-01-03", only=("x",))
    assert row(found, "docs") == row(held, "docs")
    assert found.documents.equals(held.documents)
    assert row(found, "x")["items"] == 5
    assert row(found, "new")["status"] == "missing"
    assert "limited" in row(found, "new")["message"]


def test_a_narrowed_view_of_the_configuration_is_enough(nights, tmp_path):
    seen = []
    found = observe(
        narrow(Config(sources=nights.sources), ("sources", "protect", "keep.days")),
        nights.base,
        run_date=date(2024, 1, 1),
        copies=CopyStore(tmp_path / "c"),
        parent_inputs={},
        journal=Journal(),
        progress=seen.append,
    )
    assert status(found) == {"docs": "ok", "x": "ok"}
    assert seen == ["docs", "x"]


folders = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(["one", "two"]), min_size=1)


@settings(max_examples=25, deadline=None)
@given(folders, folders, st.integers(1, 3))
def test_nights_ok_down_ok_end_as_ok_ok(tmp_path_factory, before, after, down):
    ends = []
    for pause in (0, down):
        base = tmp_path_factory.mktemp("nights")
        config = Config(sources={"docs": {"kind": "documents", "path": "docs", "max_drop": 1}})
        states = [before, *[None] * pause, after]
        days = [date(2024, 1, 1), *(date(2024, 1, 2 + n) for n in range(pause)), date(2024, 2, 1)]
        parent = {}
        for files, day in zip(states, days, strict=True):
            shutil.rmtree(base / "docs", ignore_errors=True)
            for name, text in (files or {}).items():
                (base / "docs").mkdir(exist_ok=True)
                (base / "docs" / f"{name}.md").write_text(text)
            found = observe(config, base, run_date=day, copies=CopyStore(base / "copies"), parent_inputs=parent, journal=Journal())
            parent = {"docs": {k: str(v) if v is not None else None for k, v in row(found, "docs").items()}}
            parent["docs"]["hash"] = parent["docs"]["copy_hash"]
        ends.append(found)
    assert equal(*ends)
