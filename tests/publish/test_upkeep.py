"""Going back, checking, comparing and clearing away."""

from __future__ import annotations

import errno
import json
from datetime import date

import polars as pl
import pytest

from canonry import journal, store
from canonry.errors import RunFailedError, StoreError, UsageError
from canonry.publish import collect, diff, rollback, verify
from canonry.store import Input
from tests.publish.sample import NOW, conflicts, context, tables


def test_going_back_makes_the_parent_current_and_is_written_down(nights):
    first, second = nights.publish().manifest, nights.publish(2).manifest
    assert rollback(nights.store, None, nights.journal, now=NOW) == first == store.current(nights.store)
    (line,) = journal.read(nights.journal).rollbacks
    assert (line["from"], line["to"], line["at"]) == (second.release_id, first.release_id, NOW.isoformat())


def test_a_rollback_holds_the_inputs_on_every_later_day_until_they_change(nights):
    first = nights.publish().manifest
    bad = {"live": Input(hash="bad")}
    nights.publish(2, inputs=bad)
    rollback(nights.store, None, nights.journal, now=NOW)
    for night in (2, 3):
        held = nights.publish(night, inputs=bad)
        assert (held.published, held.reason, held.manifest) == (False, "held after rollback", first)
    mended = nights.publish(3, inputs={"live": Input(hash="mended")})
    assert (mended.published, mended.manifest.sequence, mended.manifest.parent) == (True, 3, first.release_id)


def test_a_rollback_holds_even_when_only_the_day_had_moved(nights):
    same = {"live": Input(hash="same")}
    nights.publish(1, inputs=same)
    nights.publish(2, inputs=same)
    rollback(nights.store, None, nights.journal, now=NOW)
    assert nights.publish(3, inputs=same).reason == "held after rollback"


def test_going_back_over_several_releases_holds_all_of_them_and_going_forward_frees_them(nights):
    first, second, third = (nights.publish(n).manifest for n in (1, 2, 3))
    rollback(nights.store, first.release_id, nights.journal, now=NOW)
    assert {nights.publish(n).reason for n in (2, 3)} == {"held after rollback"}
    rollback(nights.store, third.release_id, nights.journal, now=NOW)
    assert store.current(nights.store) == third
    again = nights.publish(2)
    assert again.published
    assert again.manifest.sequence == 4
    assert again.manifest.release_id != second.release_id


def test_going_nowhere_is_refused_with_the_next_step(nights):
    first = nights.publish().manifest
    with pytest.raises(UsageError, match="is the first"):
        rollback(nights.store, None, nights.journal, now=NOW)
    with pytest.raises(UsageError, match="current already"):
        rollback(nights.store, first.release_id, nights.journal, now=NOW)
    with pytest.raises(StoreError, match="no release"):
        rollback(nights.store, "2020-01-01-1-00000000", nights.journal, now=NOW)


@pytest.mark.parametrize(("edge", "lines", "says"), [("journal.append", 0, "was not touched"), ("replace_file", 1, "has the line")])
def test_a_rollback_that_fails_says_what_was_written_and_what_was_not(nights, monkeypatch, edge, lines, says):
    first, second = nights.publish().manifest, nights.publish(2).manifest

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(f"canonry.publish.upkeep.{edge}", full)
        with pytest.raises(RunFailedError, match="No space") as e:
            rollback(nights.store, None, nights.journal, now=NOW)
    assert says in e.value.hint
    assert (store.current(nights.store), len(journal.read(nights.journal).rollbacks)) == (second, lines)
    assert rollback(nights.store, None, nights.journal, now=NOW) == first


def test_a_damaged_release_is_never_gone_back_to(nights):
    first, second = nights.publish().manifest, nights.publish(2).manifest
    flip(store.edition_file(nights.store, first, "full"))
    with pytest.raises(StoreError, match=r"cannot be trusted.*changed after"):
        rollback(nights.store, None, nights.journal, now=NOW)
    assert store.current(nights.store) == second
    assert journal.read(nights.journal).rollbacks == ()


def flip(path, at=-1000):
    path.chmod(0o644)
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    path.chmod(0o444)


def test_an_untouched_store_has_no_problems(nights):
    nights.publish(editions={"full": tables(), "staff": tables()})
    nights.publish(2)
    assert verify(nights.store) == []


@pytest.mark.parametrize("at", [0, 5000, 700_000, -1])
def test_one_changed_byte_anywhere_is_found(nights, at):
    done = nights.publish(editions={"full": tables(), "staff": tables()})
    flip(store.edition_file(nights.store, done.manifest, "staff"), at)
    (found,) = verify(nights.store)
    assert (found.release_id, found.place) == (done.manifest.release_id, "staff")
    assert "changed after it was published" in found.message


def test_open_modes_missing_files_and_a_forged_manifest_are_found(nights):
    first = nights.publish().manifest
    path = store.edition_file(nights.store, first, "full")
    path.chmod(0o644)
    path.parent.chmod(0o755)
    assert [p.message for p in verify(nights.store)] == [
        "edition full: its file can be written to",
        "edition full: its folder is open to others than its owner",
    ]
    path.parent.chmod(0o700)
    path.chmod(0o444)
    place = store.release_folder(nights.store, first.release_id) / "manifest.json"
    forged = json.loads(place.read_text())
    forged["editions"]["full"]["tables"]["documents"]["digest"] = "0" * 32
    place.write_text(json.dumps(forged))
    assert {p.place for p in verify(nights.store)} == {"full", "CURRENT"}
    assert any("table documents holds other content" in p.message for p in verify(nights.store, first.release_id))
    path.unlink()
    assert any("file is missing" in p.message for p in verify(nights.store))


def test_a_damaged_pointer_is_found_and_mended_by_naming_a_release(nights):
    first, second = nights.publish().manifest, nights.publish(2).manifest
    for damage in ("", "{}", second.to_json().replace("-2-", "-9-")):
        (nights.store / "CURRENT").write_text(damage)
        assert [p.place for p in verify(nights.store)] == ["CURRENT"]
        rollback(nights.store, second.release_id, nights.journal, now=NOW)
        assert store.current(nights.store) == second
    (store.release_folder(nights.store, first.release_id) / "manifest.json").write_text("{")
    assert [(p.release_id, p.place) for p in verify(nights.store)] == [(first.release_id, "manifest.json")]


def test_diff_counts_rows_per_table_and_names_items_facts_and_conflicts(nights):
    one = nights.publish(editions={"full": {"context": context({"a": "A.", "b": "B.", "c": "C."}), "conflicts": conflicts("k1")}}).manifest
    left_out = context({"c": "C."}).drop("embedding", "embedding_scale").with_columns(reason=pl.lit("expired"))
    two = nights.publish(2, editions={"full": {"context": context({"a": "A.", "b": "B!", "d": "D."}), "excluded": left_out}}).manifest
    found = diff(nights.store, one.release_id, two.release_id)
    expected = {
        "context": (1, 1, 1),
        "excluded": (1, 0, 0),
        "conflicts": (0, 1, 0),
        "items": (1, 0, 2),
        "documents": (0, 0, 0),
        "release": (0, 0, 1),
    }
    assert {t: (found[t].added, found[t].removed, found[t].changed) for t in expected} == expected
    assert found["items"].keys.rows() == [("added", "d", "live/d#a"), ("changed", "b", "live/b#a"), ("changed", "c", "live/c#a")]
    assert found["conflicts"].keys.rows() == [("removed", "k1")]
    assert found["facts"].keys.is_empty()
    assert found["context"].keys is None
    with pytest.raises(StoreError, match="no edition"):
        diff(nights.store, one.release_id, two.release_id, "hr")


def test_collection_keeps_the_newest_the_current_and_its_parent_whatever_the_file_times(nights):
    made = [nights.publish(n).manifest.release_id for n in range(1, 7)]
    rollback(nights.store, made[2], nights.journal, now=NOW)
    gone = collect(nights.store, 1)
    assert list(gone.releases) == [made[0], made[3], made[4]]
    assert [m.release_id for m in store.releases(nights.store)] == [made[1], made[2], made[5]]
    assert store.current(nights.store).release_id == made[2]
    assert verify(nights.store) == []
    mended = nights.publish(9).manifest
    assert mended.sequence == 7


def test_collection_by_age_never_takes_the_current_release_or_its_parent(nights):
    made = [nights.publish(n).manifest.release_id for n in (1, 2, 3)]
    gone = collect(nights.store, 7, keep_days=30, run_date=date(2026, 1, 1))
    assert list(gone.releases) == made[:1]


def test_collection_removes_copies_that_no_kept_release_names_and_what_dead_runs_left(nights):
    for n in (1, 2, 3):
        nights.publish(n)
        (nights.store / "copies" / "live" / f"{n:032x}").mkdir(parents=True)
    strange = nights.store / "copies" / "live" / "README"
    strange.write_text("kept")
    (nights.store / "copies" / "live" / ".tmp-x").mkdir()
    (nights.store / ".staging-dead").mkdir()
    gone = collect(nights.store, 1)
    assert gone.copies == (f"copies/live/{1:032x}",)
    assert gone.orphans == (".staging-dead", "copies/live/.tmp-x")
    assert sorted(p.name for p in (nights.store / "copies" / "live").iterdir()) == [f"{2:032x}", f"{3:032x}", "README"]
