"""The example of two exports without a common key: what is found, how it is explained, and how people steer it over several nights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from canonry import store
from canonry.serve import Client
from canonry.store import needed
from canonry.workspace import Workspace
from examples import guests
from tests.cli.conftest import BagOfWords, Company

ROOT = Path(__file__).parents[2]


class Guests(Company):
    """The inn, with what these tests look at."""

    def table(self, name):
        return store.read_table(self.root / "store", needed(self.root / "store"), "full", name)

    def digests(self):
        tables = needed(self.root / "store").editions["full"].tables
        return {n: t.digest for n, t in tables.items() if n != "rulings"}

    def entities(self):
        return dict(self.table("entity_members").select("record_id", "entity_id").iter_rows())

    def merged(self):
        both = self.table("entity_members").group_by("entity_id").agg(pl.col("record_id").sort()).filter(pl.col("record_id").list.len() > 1)
        return {tuple(r) for r in both["record_id"]}

    def link(self, left, right):
        return self.table("match_links").filter(left_record_id=left, right_record_id=right).to_dicts()

    def coverage(self):
        return {d for d in self.table("coverage")["detector"] if d.startswith("entities.")}


@pytest.fixture(scope="module")
def first_night(tmp_path_factory):
    made = Guests(tmp_path_factory.mktemp("guests") / "guests")
    shutil.copytree(guests.FOLDER, made.root, ignore=shutil.ignore_patterns("store", "journal", ".canonry", "report.html"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workspace, "encoder", lambda self: BagOfWords())
        made.json("run")
    return made


@pytest.fixture
def inn(first_night, tmp_path):
    return Guests(shutil.copytree(first_night.root, tmp_path / "guests"))


def test_the_files_of_the_example_are_what_its_script_writes():
    assert {n: (guests.FOLDER / n).read_text(encoding="utf-8") for n in guests.exports()} == guests.exports()


def test_guests_meet_without_a_key_and_without_a_heading_in_common(first_night):
    found = first_night.merged()
    assert len(found & guests.pairs()) >= 0.97 * len(guests.pairs())
    assert len(found - guests.pairs()) <= 0.03 * len(found)
    assert guests.MARRIED not in found
    said = "\n".join(first_night.coverage())
    assert "one to one" in said
    for theirs, ours in (("telephone", "phone"), ("date_of_birth", "born"), ("address", "street"), ("city", "town"), ("guest", "name")):
        assert f"(club: {theirs} taken for {ours})" in said


def test_father_and_son_of_one_name_and_address_are_no_sure_strangers_and_their_days_of_birth_speak_against_them(first_night):
    (link,) = first_night.link(*guests.FATHER_AND_SON)
    assert link["decision"] in ("merged", "review")
    assert json.loads(link["comparisons"])["born"] < 0


@pytest.mark.parametrize("asked", ["guest/b-1003", "club/M-5003"])
def test_explain_shows_pairs_whose_bits_add_up_to_their_weight(first_night, asked):
    told = first_night.json("explain", asked)
    assert sorted(told["entity"]["records"]) == ["bookings/B-1003", "club/M-5003"]
    (pair,) = told["entity"]["matches"]
    assert (pair["left"], pair["right"], pair["decision"]) == ("bookings/B-1003", "club/M-5003", "merged")
    assert sum(pair["comparisons"].values()) == pytest.approx(pair["match_weight"], abs=0.001 * len(pair["comparisons"]))
    assert {"name", "born", "phone", "street", "town", "the whole record"} == set(pair["comparisons"])
    view = Client(first_night.root / "store", edition="full").explain(asked).entity.matches[0]
    assert (view.match_weight, dict(view.comparisons)) == (pair["match_weight"], pair["comparisons"])


def test_every_published_weight_is_the_sum_of_its_comparisons(first_night):
    links = first_night.table("match_links")
    parts = links["comparisons"].str.json_decode(
        pl.Struct(dict.fromkeys(["name", "born", "phone", "street", "town", "the whole record"], pl.Float64))
    )
    added = parts.struct.unnest().sum_horizontal()
    assert (added - links["match_weight"]).abs().max() <= 0.005
    assert links.filter(pl.col("match_probability") < 0.05).is_empty()


def test_the_terminal_shows_the_bits_of_each_pair(first_night):
    shown = first_night.call("explain", "guest/b-1000").stdout
    (line,) = (row for row in shown.splitlines() if row.startswith("bookings/B-1000  club/M-5000"))
    (link,) = first_night.link(*guests.FATHER_AND_SON)
    assert link["decision"] in line
    assert f"{link['match_probability']:.0%}" in line
    assert f"{link['match_weight']:+.1f}" in line
    assert "born -" in line


def ruled(inn):
    apart = inn.json("rule", "--different", "bookings/B-1000", "club/M-5000", "--because", "father and son")
    one = inn.json("rule", "--same", "bookings/B-1001", "club/M-5001", "--because", "married, and moved")
    return [r["ruling_id"] for r in (apart, one)]


def holds(inn):
    now = inn.entities()
    return now["B-1000"] != now["M-5000"] and now["B-1001"] == now["M-5001"] == "guest/b-1001"


def test_rulings_move_what_they_name_and_taking_them_back_ends_where_it_began(inn):
    digests, was = inn.digests(), inn.entities()
    assert not holds(inn)
    rulings = ruled(inn)
    inn.json("run")
    assert holds(inn)
    assert {r: e for r, e in inn.entities().items() if was[r] != e} == {"M-5000": "guest/m-5000", "M-5001": "guest/b-1001"}
    for ruling in rulings:
        inn.call("unrule", ruling, "--because", "a mistake")
    inn.json("run")
    assert {n for n, d in inn.digests().items() if d != digests[n]} == {"id_changes"}
    gave_way = inn.table("id_changes").select("kind", "old_id", "new_id").rows()
    assert gave_way == [("entity", "guest/m-5000", "guest/b-1000")]
    assert "canonry explain guest/b-1000" in inn.call("explain", "guest/m-5000").output  # who cites the son of that night is led on


def test_rulings_hold_on_later_nights_whatever_is_added(inn):
    rulings = ruled(inn)
    inn.json("run")
    (link,) = inn.link(*guests.FATHER_AND_SON)
    assert (link["decision"], link["match_probability"] >= 0.2) == ("apart", True)  # nobody is asked again
    inn.write("club.csv", guests.exports()["club.csv"] + "M-9999,Somebody Else,1 Far Lane,Elsewhere,1930-01-01,\n")
    inn.json("run", "--date", "2026-03-03")
    assert holds(inn)
    assert inn.entities()["M-9999"] == "guest/m-9999"
    assert inn.link(*guests.FATHER_AND_SON)[0]["decision"] == "apart"
    assert {r["ruling_id"]: r["status"] for r in inn.json("list", "rulings")["rows"]} == dict.fromkeys(rulings, "applies")


@pytest.mark.parametrize(
    ("bookings", "club", "why"),
    [
        ("Booking No,Name\nB-1,Ann\n", "Member,Name\nM-1,Ann\n", "2 records are too few to tell chance from likeness"),
        (
            "Booking No,Name\n" + "".join(f"B-{i},Ann\n" for i in range(30)),
            "Member,Name\n" + "".join(f"M-{i},Ann\n" for i in range(30)),
            "no column tells records apart",
        ),
        (
            "Booking No,Name\n" + "".join(f"B-{i},\n" for i in range(30)),
            "Member,Name\n" + "".join(f"M-{i},N/A\n" for i in range(30)),
            "no column tells records apart",
        ),
        (
            "Booking No,Colour\n" + "".join(f"B-{i},{'abcdefghij'[i % 10]}{i}q\n" for i in range(30)),
            "Member,Weight\n" + "".join(f"M-{i},{i}.25\n" for i in range(30)),
            "the sources share no column",
        ),
    ],
    ids=["two rows", "all rows equal", "a column without values", "no column in common"],
)
def test_what_cannot_be_matched_stays_apart_and_the_reason_stands_in_the_store(first_night, tmp_path, bookings, club, why):
    made = Guests(tmp_path / "guests")
    made.write("canonry.yaml", (first_night.root / "canonry.yaml").read_bytes())
    made.write("bookings.csv", bookings)
    made.write("club.csv", club)
    made.json("run")
    assert made.merged() == set()
    assert f"entities.match.guest (nothing was matched: {why})" in made.coverage()


def test_a_row_whose_id_was_used_is_set_aside_and_the_first_one_is_matched(first_night, tmp_path):
    made = Guests(tmp_path / "guests")
    for name, text in {**guests.exports(), "canonry.yaml": (first_night.root / "canonry.yaml").read_text()}.items():
        made.write(name, text)
    made.write("club.csv", guests.exports()["club.csv"] + "M-5003,Another Person,9 Other Street,Elsewhere,1931-01-01,\n")
    made.json("run")
    assert [(r["source"], r["rule"]) for r in made.json("list", "quarantine")["rows"]] == [("club", "duplicate_id")]
    assert made.merged() == first_night.merged()
