from __future__ import annotations

import stat

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry.config import Source
from canonry.errors import RunFailedError, StoreError
from canonry.frames import INGESTED, frame
from canonry.ingest import CopyStore, copy_hash, read_source

DOCUMENTS = frame(INGESTED["documents"], [{"source": "s", "path": p, "text": p, "audience": ["hr"]} for p in ("b", "a")])
ASIDE = frame(INGESTED["quarantine"], [{"source": "s", "location": "c", "rule": "undecodable"}])


def test_a_copy_comes_back_as_it_was_put(tmp_path):
    store = CopyStore(tmp_path / "copies")
    name = store.put("documents", DOCUMENTS, ASIDE)
    found = store.get("s", name)
    assert found.documents.equals(DOCUMENTS.sort("path"))
    assert found.quarantine.equals(ASIDE)
    assert found.records.is_empty()
    assert store.has("s", name)


def test_only_its_owner_may_open_the_copies(tmp_path):
    store = CopyStore(tmp_path / "copies")
    name = store.put("documents", DOCUMENTS, ASIDE)
    for folder in (store.folder, store.folder / "s", store.folder / "s" / name):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_copy_is_written_once(tmp_path):
    store = CopyStore(tmp_path)
    name = store.put("documents", DOCUMENTS, ASIDE)
    before = (tmp_path / "s" / name / "documents.parquet").stat().st_mtime_ns
    assert store.put("documents", DOCUMENTS.reverse(), ASIDE) == name
    assert (tmp_path / "s" / name / "documents.parquet").stat().st_mtime_ns == before
    assert [p.name for p in (tmp_path / "s").iterdir()] == [name]


def test_a_full_disk_ends_the_run_and_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(RunFailedError, match="No space left on device") as e:
        CopyStore(tmp_path).put("documents", DOCUMENTS, ASIDE)
    assert "Free space" in e.value.hint
    assert list((tmp_path / "s").iterdir()) == []


@pytest.mark.parametrize("damage", ["gone", "half"])
def test_a_missing_or_damaged_copy_is_an_error_with_a_way_out(tmp_path, damage):
    store = CopyStore(tmp_path)
    name = store.put("documents", DOCUMENTS, ASIDE) if damage == "half" else "0" * 32
    if damage == "half":
        (tmp_path / "s" / name / "documents.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="missing or damaged") as e:
        store.get("s", name)
    assert "store/copies" in e.value.hint


def test_the_hash_changes_with_rows_and_with_what_is_set_aside():
    hashes = {
        copy_hash("documents", DOCUMENTS, ASIDE),
        copy_hash("documents", DOCUMENTS.head(1), ASIDE),
        copy_hash("documents", DOCUMENTS, ASIDE.clear()),
    }
    assert len(hashes) == 3


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.text("abc", min_size=1, max_size=4), st.text("xyz\n", min_size=1), min_size=1, max_size=8), st.data())
def test_the_order_of_files_does_not_change_the_hash(tmp_path_factory, files, data):
    names = []
    for order in (list(files), data.draw(st.permutations(list(files)))):
        base = tmp_path_factory.mktemp("docs")
        for name in order:
            (base / f"{name}.md").write_text(files[name])
        found = read_source("s", Source(kind="documents", path="."), base)
        shuffled = found.documents.sample(fraction=1, shuffle=True, seed=len(order))
        names.append(copy_hash("documents", shuffled, found.quarantine.reverse()))
    assert names[0] == names[1]
