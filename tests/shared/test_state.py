import errno
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.errors import StoreError
from canonry.state import FileMemo, NoMemo, Step, counts

STEP = Step("stage-part", 1)


class Lengths:
    """A pure step: as many rows as a key has letters after the first; and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, keys: list[str]) -> pl.DataFrame:
        self.asked.append(keys)
        found = [(k, n) for k in keys for n in range(len(k) - 1)]
        return pl.DataFrame(found, schema={"key": pl.String, "n": pl.Int64}, orient="row")


@pytest.fixture
def compute():
    return Lengths()


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.parquet"))


def test_what_was_computed_once_is_a_hit_the_next_night(tmp_path, compute):
    first = FileMemo(tmp_path).rows(STEP, ["abc", "de"], compute)
    memo = FileMemo(tmp_path)
    assert memo.rows(STEP, ["de", "abc", "de"], compute).equals(first)
    assert (memo.hits["stage-part"], memo.misses["stage-part"]) == (2, 0)
    assert compute.asked == [["abc", "de"]]


def test_only_what_is_missing_is_computed(tmp_path, compute):
    FileMemo(tmp_path).rows(STEP, ["abc"], compute)
    memo = FileMemo(tmp_path)
    assert memo.rows(STEP, ["xyz", "abc"], compute)["key"].to_list() == ["abc", "abc", "xyz", "xyz"]
    assert compute.asked[-1] == ["xyz"]
    assert (memo.hits["stage-part"], memo.misses["stage-part"]) == (1, 1)


def test_a_key_without_rows_is_remembered_too(tmp_path, compute):
    memo = FileMemo(tmp_path)
    assert memo.rows(STEP, ["a", "b"], compute).height == 0
    memo.rows(STEP, ["a"], compute)
    again = FileMemo(tmp_path)
    assert again.rows(STEP, ["a", "b", "cd"], compute)["key"].to_list() == ["cd"]
    assert compute.asked == [["a", "b"], ["cd"]]


def test_only_rows_of_the_keys_that_were_asked_for_come_back(tmp_path, compute):
    memo = FileMemo(tmp_path)
    memo.rows(STEP, ["abc", "de"], compute)
    assert memo.rows(STEP, ["de"], compute)["key"].to_list() == ["de"]
    assert memo.rows(STEP, [], compute).height == 0


@pytest.mark.parametrize("other", [Step("stage-part", 2), Step("stage-part", 1, (("model", "x"),)), Step("stage-other", 1)])
def test_another_version_setting_or_step_computes_anew(tmp_path, compute, other):
    FileMemo(tmp_path).rows(STEP, ["abc"], compute)
    FileMemo(tmp_path).rows(other, ["abc"], compute)
    assert compute.asked == [["abc"], ["abc"]]


@pytest.mark.parametrize("damage", [lambda p: p.write_bytes(b"PAR1 broken"), lambda p: p.write_bytes(b""), lambda p: p.unlink()])
@pytest.mark.parametrize("kind", ["rows", "keys"])
def test_a_damaged_file_costs_time_and_no_wrong_row(tmp_path, compute, damage, kind):
    right = FileMemo(tmp_path).rows(STEP, ["abc", "de"], compute)
    damage(next(p for p in files(tmp_path) if p.name.startswith(kind)))
    assert FileMemo(tmp_path).rows(STEP, ["abc", "de"], compute).equals(right)
    assert FileMemo(tmp_path).rows(STEP, ["abc", "de"], compute).equals(right)
    assert len(compute.asked) == 2


def test_refresh_forgets_what_was_there_and_remembers_what_is_new(tmp_path, compute):
    FileMemo(tmp_path).rows(STEP, ["abc"], compute)
    memo = FileMemo(tmp_path, refresh=True)
    memo.rows(STEP, ["abc"], compute)
    memo.rows(STEP, ["abc"], compute)
    FileMemo(tmp_path).rows(STEP, ["abc"], compute)
    assert compute.asked == [["abc"], ["abc"]]


def test_many_nights_are_put_together_and_every_row_is_kept(tmp_path, compute):
    keys = [f"k{n:02d}" for n in range(30)]
    for key in keys:
        FileMemo(tmp_path).rows(STEP, [key], compute)
    assert FileMemo(tmp_path).rows(STEP, keys, compute).equals(compute(keys))
    assert len(files(tmp_path)) < 30
    assert len(compute.asked) == 31  # thirty nights and the line above


def full_disk(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files(folder)}


def test_a_full_disk_while_parts_are_put_together_loses_nothing(tmp_path, compute, monkeypatch):
    keys = [f"k{n:02d}" for n in range(30)]
    for key in keys[:25]:
        FileMemo(tmp_path, is_cache=False)._write(tmp_path / STEP.name / STEP.fingerprint, [key], compute([key]), alone=False)
    before = contents(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(pl.DataFrame, "write_parquet", full_disk)
        with pytest.raises(OSError, match="No space"):
            FileMemo(tmp_path, is_cache=False).rows(STEP, keys[:25], compute)
    assert contents(tmp_path) == before
    compute.asked.clear()
    assert FileMemo(tmp_path, is_cache=False).rows(STEP, keys[:25], compute).height == 50
    assert (len(files(tmp_path)), compute.asked) == (2, [])


def test_a_run_that_died_between_putting_parts_together_and_tidying_leaves_no_row_twice(tmp_path, compute):
    place = tmp_path / STEP.name / STEP.fingerprint
    for keys in (["abc"], ["de"], ["abc", "de"]):
        FileMemo._write(place, keys, compute(keys), alone=False)
    assert FileMemo(tmp_path).rows(STEP, ["abc", "de"], Lengths()).equals(compute(["abc", "de"]))


@pytest.mark.parametrize("kind", ["rows", "keys"])
def test_damage_where_what_is_there_is_the_value_is_an_error_and_nothing_is_taken_away(tmp_path, compute, kind):
    FileMemo(tmp_path, is_cache=False).rows(STEP, ["abc", "de"], compute)
    next(p for p in files(tmp_path) if p.name.startswith(kind)).write_bytes(b"PAR1 broken")
    before = contents(tmp_path)
    with pytest.raises(StoreError, match="damaged") as e:
        FileMemo(tmp_path, is_cache=False).rows(STEP, ["abc", "de"], compute)
    assert "--refit" in e.value.hint
    assert contents(tmp_path) == before
    FileMemo(tmp_path, is_cache=False, refresh=True).rows(STEP, ["abc", "de"], compute)
    assert FileMemo(tmp_path, is_cache=False).rows(STEP, ["abc", "de"], compute).height == 3


def test_refresh_keeps_the_old_rows_until_the_new_ones_are_written(tmp_path, compute, monkeypatch):
    FileMemo(tmp_path).rows(STEP, ["abc"], compute)
    before = contents(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(pl.DataFrame, "write_parquet", full_disk)
        with pytest.raises(OSError, match="No space"):
            FileMemo(tmp_path, refresh=True).rows(STEP, ["de"], compute)
    assert contents(tmp_path) == before
    FileMemo(tmp_path, refresh=True, writes=False).rows(STEP, ["de"], compute)
    assert contents(tmp_path) == before
    fresh = FileMemo(tmp_path, refresh=True)
    fresh.rows(STEP, ["de"], compute)
    fresh.rows(STEP, ["fg"], compute)
    assert len(files(tmp_path)) == 4
    assert contents(tmp_path).keys().isdisjoint(before)


@given(st.lists(st.lists(st.text("abc", min_size=1, max_size=4), max_size=4), max_size=4))
def test_a_remembered_result_equals_a_computed_one(tmp_path_factory, nights):
    folder = tmp_path_factory.mktemp("memo")
    for keys in nights:
        assert FileMemo(folder).rows(STEP, keys, Lengths()).equals(NoMemo().rows(STEP, keys, Lengths()))


def test_hits_and_misses_of_several_stores_are_added_up(tmp_path, compute):
    one, other = FileMemo(tmp_path / "a"), FileMemo(tmp_path / "b")
    one.rows(STEP, ["abc"], compute)
    one.rows(STEP, ["abc", "de"], compute)
    other.rows(Step("stage-z", 1), ["abc"], compute)
    assert counts([one, other]) == {"stage-part": (1, 2), "stage-z": (0, 1)}
