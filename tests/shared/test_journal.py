import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry import journal
from canonry.errors import StoreError

ANCHOR = {"source": "a", "subject": "Leave", "attribute": "leave", "value": "30 days"}
VALUES = st.recursive(
    st.none() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=8), lambda v: st.lists(v, max_size=3), max_leaves=4
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "journal"


def line(ruling_id, **more):
    base = {"target_kind": "conflict", "verdict": "keep", "anchors": [ANCHOR], "at": "2024-12-01T09:00:00+00:00"}
    return {"ruling_id": ruling_id, **base, **more}


def ruled(folder, ruling_id):
    journal.append(folder, "rulings", line(ruling_id))


def test_a_folder_that_is_not_there_is_an_empty_journal(folder):
    read = journal.read(folder)
    assert read.rulings == read.acceptances == read.rollbacks == ()
    assert {h["offset"] for h in read.heads.values()} == {0}
    assert set(read.heads) == set(journal.FILES)


@given(st.lists(st.dictionaries(st.sampled_from(["source", "copy", "at"]), VALUES, min_size=1), max_size=4))
def test_what_is_written_is_read_back_in_order(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("journal")
    for each in lines:
        journal.append(folder, "acceptances", each)
    assert list(journal.read(folder).acceptances) == lines


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_a_reason_may_hold_any_character_that_text_holds(folder, mark):
    said = line("r-1", because=f"one{mark}two")
    journal.append(folder, "rulings", said)
    assert journal.read(folder).rulings == (said,)


def test_a_line_that_is_still_being_written_is_not_there_yet(folder):
    ruled(folder, "r-1")
    before = journal.read(folder)
    with (folder / "rulings.jsonl").open("a") as file:
        file.write('{"ruling_id": "r-2", "ver')
    assert journal.read(folder) == before


@pytest.mark.parametrize("broken", ["{not json}", "[1, 2]", '"text"', "17"])
def test_a_broken_line_is_refused_with_its_place_and_not_skipped(folder, broken):
    ruled(folder, "r-1")
    with (folder / "rulings.jsonl").open("a") as file:
        file.write(broken + "\n")
    ruled(folder, "r-2")
    with pytest.raises(StoreError, match=r"rulings\.jsonl, line 2"):
        journal.read(folder)


def test_a_ruling_that_was_withdrawn_no_longer_stands(folder):
    for n in (1, 2, 3):
        ruled(folder, f"r-{n}")
    journal.append(folder, "rulings", {"withdraws": "r-2", "by": "ann"})
    read = journal.read(folder)
    assert [r["ruling_id"] for r in read.standing_rulings] == ["r-1", "r-3"]
    assert len(read.rulings) == 4


def test_the_head_of_a_file_changes_with_its_text_and_with_nothing_else(folder):
    ruled(folder, "r-1")
    one = journal.read(folder).heads
    assert journal.read(folder).heads == one
    journal.append(folder, "acceptances", {"source": "live"})
    journal.append(folder, "audit", {"what": "read"})
    two = journal.read(folder).heads
    assert two["rulings"] == one["rulings"]
    assert two["audit"]["offset"] > 0
    path = folder / "rulings.jsonl"
    path.write_text(path.read_text().replace("r-1", "r-9"))
    three = journal.read(folder).heads
    assert three["rulings"]["offset"] == two["rulings"]["offset"]
    assert three["rulings"]["head"] != two["rulings"]["head"]


def test_appending_keeps_every_byte_that_was_there(folder):
    ruled(folder, "r-1")
    before = (folder / "rulings.jsonl").read_bytes()
    ruled(folder, "r-ü")
    after = (folder / "rulings.jsonl").read_bytes()
    assert after.startswith(before)
    assert json.loads(after.splitlines()[-1])["ruling_id"] == "r-ü"


def test_only_its_owner_may_read_the_journal(folder):
    ruled(folder, "r-1")
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "rulings.jsonl").stat().st_mode & 0o077 == 0


def test_lines_that_git_merged_in_any_order_are_read_by_their_time_and_once(folder):
    lines = [line(f"r-{n}", at=f"2024-12-0{n}T09:00:00{zone}") for n, zone in ((1, ""), (2, "+00:00"), (3, "-05:00"))]
    journal.append(folder, "rulings", lines[2], lines[0], lines[1], lines[0])
    assert [r["ruling_id"] for r in journal.read(folder).standing_rulings] == ["r-1", "r-2", "r-3"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"at": None}, "at missing"),
        ({"at": "yesterday"}, "no date"),
        ({"until": "soon"}, "no date"),
        ({"verdict": "kep"}, "not one of keep, both"),
        ({"target_kind": "thing"}, "not one of conflict"),
        ({"anchors": [{"source": "a"}]}, "an anchor without value"),
        ({"anchors": [{k: v for k, v in ANCHOR.items() if k != "source"}]}, "an anchor without source"),
        ({"anchors": [{**ANCHOR, "quote": {"before": ""}}]}, "an anchor without the sentence of its quote"),
        ({"anchors": [{**ANCHOR, "record": {"source": "a"}}]}, "an anchor without source and id of its record"),
        ({"anchors": ["x"]}, "no list of objects"),
        ({"target_kind": "entity", "verdict": "same", "anchors": [{"record": {"source": "a", "id": "1"}, "side": 1}]}, "sides 1 and 2"),
        ({"target_kind": "claim", "verdict": "withhold"}, "needs an edition"),
    ],
)
def test_a_line_that_is_no_ruling_is_refused_with_its_place(folder, change, says):
    ruled(folder, "r-1")
    journal.append(folder, "rulings", line("r-2", **change))
    with pytest.raises(StoreError, match="ruling 2") as e:
        journal.read(folder)
    assert says in e.value.message
