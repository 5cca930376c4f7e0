"""Each verdict over two nights: what it changes, and that taking it back leaves no trace."""

from __future__ import annotations

import json

import polars as pl
import pytest

from canonry import store
from canonry.store import needed
from canonry.workspace import Workspace
from tests.cli.conftest import BagOfWords, Company

pytestmark = pytest.mark.promise("rulings-are-reversible")

CONFIG = """\
name: verdicts
run_date: 2024-12-31
sources:
  live: {kind: documents, path: live, owner: ada@example.org, audience: [staff]}
  wiki: {kind: documents, path: wiki, owner: bo@example.org, audience: [staff]}
  board: {kind: documents, path: board, authority: 1, audience: [hr]}
  crm: {kind: records, path: crm.csv, id: plan, entity: plan, audience: [staff]}
  billing: {kind: records, path: billing.csv, id: plan, entity: plan, audience: [staff]}
editions:
  staff: {audiences: [staff], principals: [agent]}
  hr: {audiences: [staff, hr], principals: [people]}
default_audience: [staff]
"""
LEAVE = """\
# Parental leave

## How long

Parental leave is granted for {} to every member of staff who has worked here for a year.

## How to ask

Ask your manager in writing, and name the person who stands in for you while you are away from the office.
Keep a copy of the letter, because the payroll office will want to see it before the first day of your leave.
"""
FILES = {
    "live/leave.md": LEAVE.format("16 weeks"),
    "wiki/leave.md": LEAVE.format("12 weeks"),
    "board/leave.md": LEAVE.format("20 weeks"),
    "live/visitors.md": "---\nexpires_on: 2024-06-30\n---\n# Visitors\n\nVisitors sign the book at the front desk and wear a badge.\n",
    "live/parking.md": "# Parking\n\nPark behind the hall, and leave the two places at the gate to visitors.\n",
    "crm.csv": "plan,price,seats\nteam,$20,5\nsolo,$8,1\ncrew,$20,5\n",
    "billing.csv": "plan,price,seats\nteam,$25,5\nsolo,$8,1\n",
}


class Verdicts(Company):
    """The company with what these tests look at."""

    def table(self, name, edition="full"):
        return store.read_table(self.root / "store", needed(self.root / "store"), edition, name)

    def digests(self):
        tables = {e: entry.tables for e, entry in needed(self.root / "store").editions.items()}
        return {(e, n): t.digest for e, of in tables.items() for n, t in of.items() if n != "rulings"}

    def conflict(self, attribute):
        return next(c for c in self.json("list", "conflicts")["rows"] if attribute in c["attribute"])

    def ruled(self, *args):
        return self.json("rule", *args, "--by", "ada")

    def excluded(self, edition="full"):
        return {r["document_id"]: r for r in self.table("excluded", edition).iter_rows(named=True) if r["document_id"]}

    def served(self, edition="full"):
        return {r["cite"]: r for r in self.table("context", edition).iter_rows(named=True)}


@pytest.fixture(scope="module")
def first_night(tmp_path_factory):
    made = Verdicts(tmp_path_factory.mktemp("verdicts") / "company")
    for name, text in {**FILES, "canonry.yaml": CONFIG}.items():
        made.write(name, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workspace, "encoder", lambda self: BagOfWords())
        made.json("run")
    return made


@pytest.fixture
def company(first_night, tmp_path):
    import shutil

    return Verdicts(shutil.copytree(first_night.root, tmp_path / "company"))


def tables_of(company, edition):
    return {n: company.table(n, edition) for n in needed(company.root / "store").editions[edition].tables}


def topic(company, edition="full"):
    return company.table("conflicts", edition).filter(kind="texts")


def keep(company):
    return [company.conflict("price")["conflict_id"], "--keep", "$25"]


def retire(company):
    return ["live/parking.md", "--retire", "--because", "the hall is sold"]


CASES = {
    "keep": keep,
    "scope": lambda c: [c.conflict("price")["conflict_id"], "--scope", "old contracts"],
    "ask-owner": lambda c: [c.conflict("____")["conflict_id"], "--ask-owner"],
    "still-valid": lambda c: ["live/visitors.md", "--still-valid"],
    "retire": retire,
    "retire-for": lambda c: ["live/leave.md", "--retire", "--replaced-by", "wiki/leave.md"],
    "canonical": lambda c: ["wiki/leave.md", "--canonical"],
    "same": lambda c: ["--same", "crm/crew", "billing/team"],
    "different": lambda c: ["--different", "crm/team", "billing/team"],
    "withhold": lambda c: ["--withhold", claim_of(c, "wiki/leave.md"), "--in", "staff"],
}


def claim_of(company, document):
    return company.table("claims").filter(document_id=document, verbatim="12 weeks")["claim_id"][0]


TOGETHER = [("keep", "ask-owner", "still-valid", "retire"), ("scope", "canonical"), ("different", "retire-for", "withhold"), ("same",)]


@pytest.mark.parametrize("verdicts", TOGETHER, ids="+".join)
def test_every_verdict_applies_and_taking_it_back_ends_where_it_began(company, verdicts):
    before = company.digests()
    ids = {company.ruled(*CASES[v](company))["ruling_id"] for v in verdicts}
    company.json("run")
    rows = company.json("list", "rulings")["rows"]
    assert {(r["ruling_id"], r["status"], r["by"], bool(r["applied_to"])) for r in rows} == {(i, "applies", "ada", True) for i in ids}
    assert company.digests() != before
    for ruling_id in ids:
        assert company.call("unrule", ruling_id, "--because", "a mistake").exit_code == 0
    company.json("run")
    assert {name for (edition, name), digest in company.digests().items() if before[edition, name] != digest} <= {"id_changes"}
    changed = company.table("id_changes").filter(kind="entity").select("old_id", "new_id").rows()
    known = set(company.table("entities")["entity_id"])
    assert all(old not in known and new in known for old, new in changed), "an id that was published for a night leads on"
    rows = company.json("list", "rulings")["rows"]
    assert {(r["status"], r["applied_to"], r["remark"].partition(": ")[2]) for r in rows} == {("withdrawn", None, "a mistake")}


def test_a_retired_page_is_left_out_with_who_said_so_points_to_its_successor_and_loses_its_conflicts(company):
    company.ruled("live/leave.md", "--retire", "--replaced-by", "wiki/leave.md")
    company.ruled(*retire(company))
    company.json("run")
    row = company.excluded()["live/parking.md"]
    assert row["reason"] == "expired"
    assert "ada ruled so on " in row["evidence"]
    assert "the hall is sold" in row["evidence"]
    assert "live/parking.md" in company.excluded("staff")
    rows = [r for r in company.table("excluded", "staff").iter_rows(named=True) if r["document_id"] == "live/leave.md"]
    assert {r["reason"] for r in rows} == {"superseded"}
    assert all(
        r["superseded_by"].startswith("wiki/leave.md") and "retired in favour of wiki/leave.md: ada ruled" in r["evidence"] for r in rows
    )
    decided = topic(company, "staff").row(0, named=True)
    assert decided["status"] == "decided_by_policy"
    stands = company.table("claims", "staff").filter(claim_id=decided["winner_claim_id"])
    assert stands["document_id"].to_list() == ["wiki/leave.md"]


def test_the_last_page_called_canonical_stands_for_its_family_whatever_ranks_above_it(company):
    first, second = company.ruled("live/leave.md", "--canonical"), company.ruled("wiki/leave.md", "--canonical")
    company.json("run")
    told = {r["ruling_id"]: (r["status"], r["remark"]) for r in company.json("list", "rulings")["rows"]}
    assert told[second["ruling_id"]] == ("applies", None)
    assert told[first["ruling_id"]] == ("withdrawn", f"{second['ruling_id']} took its place")
    family = company.table("families").filter(member_kind="document")
    assert set(family["canonical_id"]) == {"wiki/leave.md"}
    stale = company.table("staleness").filter(signal="older_version")
    assert set(stale["target_id"]) == {"live/leave.md", "board/leave.md"}
    assert "wiki/leave.md is the canonical page: ada ruled so" in stale.filter(target_id="board/leave.md")["evidence"][0]
    stands = topic(company).join(company.table("claims"), left_on="winner_claim_id", right_on="claim_id")["document_id"].to_list()
    assert stands == ["wiki/leave.md"]


def test_a_page_that_expired_is_served_again_until_the_day_that_was_named(company):
    assert "live/visitors.md" in company.excluded()
    company.ruled("live/visitors.md", "--still-valid", "--until", "2025-01-31")
    company.json("run")
    assert "live/visitors.md" not in company.excluded()
    company.json("run", "--date", "2025-02-01")
    assert company.excluded()["live/visitors.md"]["reason"] == "expired"
    row = company.json("list", "rulings")["rows"][0]
    assert (row["status"], row["remark"]) == ("lapsed", "it held until 2025-01-31")


def test_records_that_are_the_same_make_one_entity_and_its_values_are_compared(company):
    company.ruled("--same", "crm/crew", "billing/team")
    company.json("run")
    members = company.table("entity_members").filter(entity_id="plan/crew").select("source", "record_id").rows()
    assert sorted(members) == [("billing", "team"), ("crm", "crew"), ("crm", "team")]
    assert "plan/team" not in set(company.table("entities")["entity_id"])
    assert company.table("conflicts").filter(subject_id="plan/crew", attribute="price").height == 1


def test_records_that_are_different_are_two_entities_and_contradict_each_other_no_more(company):
    ruling = company.ruled("--different", "crm/team", "billing/team")
    company.json("run")
    members = {r: e for e, s, r in company.table("entity_members").select("entity_id", "source", "record_id").rows() if s == "billing"}
    assert members["team"] == "plan/team"
    assert company.table("entity_members").filter(source="crm", record_id="team")["entity_id"][0].startswith("plan/team.")
    assert company.table("conflicts").filter(attribute="price").height == 0
    assert company.json("list", "rulings")["rows"][0]["ruling_id"] == ruling["ruling_id"]
    company.ruled("--same", "crm/team", "billing/team")  # said otherwise later
    company.json("run")
    assert company.table("conflicts").filter(attribute="price").height == 1
    assert [r["status"] for r in sorted(company.json("list", "rulings")["rows"], key=lambda r: r["verdict"])] == ["withdrawn", "applies"]


def test_a_withheld_claim_is_gone_from_its_edition_and_from_no_other(company):
    said = "Parental leave is granted for 12 weeks"
    company.ruled("--withhold", claim_of(company, "wiki/leave.md"), "--in", "staff", "--because", "the board has decided on 20")
    company.json("run")
    texts = {
        e: "".join(company.table("context", e)["text"]) + "".join(company.table("excluded", e)["text"]) for e in ("full", "hr", "staff")
    }
    assert [said in texts[e] for e in ("full", "hr", "staff")] == [True, True, False]
    assert "12 weeks" not in company.table("claims", "staff")["verbatim"]
    assert topic(company, "staff").height == 0
    flagged = [c for c, r in company.served("staff").items() if "withheld_side" in r["flags"]]
    assert flagged == ["live/leave.md#how-long"]
    assert not any("withheld_side" in r["flags"] for r in company.served("hr").values())
    assert company.table("rulings", "staff").height == 0
    assert not [n for n, t in tables_of(company, "staff").items() if "the board has decided" in t.write_ndjson()]
    served = {r["item_id"]: r["text"] for n in ("context", "excluded") for r in company.table(n, "staff").iter_rows(named=True)}
    for c in company.table("claims", "staff").filter(pl.col("item_id").is_not_null()).iter_rows(named=True):
        assert served[c["item_id"]][c["span_start"] : c["span_end"]] == c["verbatim"]
    row = company.table("rulings").row(0, named=True)
    assert (row["status"], row["target_kind"], row["remark"]) == ("applies", "claim", "withheld from staff")


def test_a_withheld_cell_leaves_its_record(company):
    claim = company.table("claims").filter(source="billing", record_id="team", attribute="price")["claim_id"][0]
    company.ruled("--withhold", claim, "--in", "staff")
    company.json("run")
    values = {e: json.loads(company.table("records", e).filter(source="billing", record_id="team")["values"][0]) for e in ("hr", "staff")}
    assert ("price" in values["hr"], "price" in values["staff"], values["staff"]["seats"]) == (True, False, "5")
    card = company.served("staff")["plan/team"]
    assert "withheld_side" in card["flags"]
    assert "$25" not in card["text"]


def test_a_withheld_value_that_stood_before_is_no_past_of_its_fact_either(company):
    company.ruled(company.conflict("price")["conflict_id"], "--keep", "$25")
    company.json("run")
    assert "25.00 USD" in company.table("facts", "staff")["value"]
    claim = company.table("claims").filter(source="billing", record_id="team", attribute="price")["claim_id"][0]
    company.ruled("--withhold", claim, "--in", "staff")
    company.json("run")
    assert not [n for n, t in tables_of(company, "staff").items() if "25.00 USD" in t.write_ndjson()]
    assert "25.00 USD" in company.table("facts", "hr")["value"]


def test_why_a_person_ruled_is_told_only_to_those_who_may_read_every_side(company):
    company.ruled(company.conflict("____")["conflict_id"], "--keep", "12 weeks", "--because", "20 weeks is for the board alone")
    company.json("run")
    told = {e: [n for n, t in tables_of(company, e).items() if "20 weeks is for" in t.write_ndjson()] for e in ("full", "hr", "staff")}
    assert (bool(told["full"]), bool(told["hr"]), told["staff"]) == (True, True, [])
    assert set(topic(company, "staff")["status"]) == {"decided_by_person"}


def test_a_later_ruling_takes_the_place_of_the_earlier_and_gives_it_back_when_withdrawn(company):
    conflict = company.conflict("price")["conflict_id"]
    first = company.ruled(conflict, "--keep", "$20")
    second = company.ruled(conflict, "--keep", "$25")
    company.json("run")
    found = {r["ruling_id"]: r for r in company.json("list", "rulings")["rows"]}
    assert found[first["ruling_id"]]["status"] == "withdrawn"
    assert found[first["ruling_id"]]["remark"] == f"{second['ruling_id']} took its place"
    assert company.json("fact", "team", "price")["value"] == "25.00 USD"
    company.call("unrule", second["ruling_id"])
    company.json("run")
    assert company.json("fact", "team", "price")["value"] == "20.00 USD"


def test_a_ruling_lapses_visibly_and_the_question_says_so(company):
    conflict = company.conflict("price")["conflict_id"]
    company.ruled(conflict, "--keep", "$25")
    company.json("run")
    company.write("billing.csv", FILES["billing.csv"].replace("$25", "$30"))
    company.json("run")
    again = company.conflict("price")
    assert again["status"] == "open"
    assert again["reason"].endswith("The ruling “keep” of ada lapsed: a value appeared: $30.")
    row = company.json("list", "rulings")["rows"][0]
    assert (row["status"], row["remark"]) == ("lapsed", "a value appeared: $30")
    company.write("billing.csv", FILES["billing.csv"])  # the same question as before is not asked again
    company.json("run")
    assert company.conflict("price")["status"] == "decided_by_person"


def test_a_side_that_goes_leaves_the_ruling_on_those_that_are_left(company):
    conflict = company.conflict("____")["conflict_id"]
    company.ruled(conflict, "--keep", "12 weeks")
    company.json("run")
    decided = {e: set(topic(company, e)["status"]) for e in ("full", "hr", "staff")}
    assert decided == {e: {"decided_by_person"} for e in decided}  # staff may not read the third side
    (company.root / "board/leave.md").unlink()
    company.write("board/other.md", "# Other\n\nNothing of interest stands on this page.\n")
    company.json("run")
    assert set(topic(company)["status"]) == {"decided_by_person"}


def test_rulings_follow_pages_that_are_renamed_and_cut_into_other_pieces(company):
    for verdict in ("ask-owner", "canonical", "withhold"):
        company.ruled(*CASES[verdict](company))
    company.json("run")
    for old, new in (("live/leave.md", "live/people/leave.md"), ("wiki/leave.md", "wiki/HR/Parental-leave.md")):
        text = (company.root / old).read_text()
        (company.root / old).unlink()
        company.write(new, text.replace("## How to ask\n\n", ""))
    company.json("run")
    assert {(r["verdict"], r["status"]) for r in company.json("list", "rulings")["rows"]} == {
        ("ask-owner", "applies"), ("canonical", "applies"), ("withhold", "applies"),
    }  # fmt: skip
    assert "12 weeks" not in "".join(company.table("context", "staff")["text"])


def test_the_same_ruling_twice_is_one(company):
    first = company.ruled(*keep(company))
    again = company.ruled(*keep(company))
    assert (again["ruling_id"], again["already"]) == (first["ruling_id"], True)
    assert len(company.journal("rulings")) == 1


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["live/leaves.md", "--retire"], "live/leave.md"),
        (["live/leave.md", "--retire", "--replaced-by", "wiki/laeve.md"], "wiki/leave.md"),
        (["live/leave.md", "--retire", "--replaced-by", "live/leave.md"], "cannot replace itself"),
        (["live/leave.md", "--canonical", "--replaced-by", "wiki/leave.md"], "--replaced-by goes with --retire only"),
        (["live/leave.md", "--both"], "use --still-valid, --retire or --canonical"),
        (["--retire"], "of what?"),
        (["--same", "crm/teem", "billing/team"], "crm/team"),
        (["--same", "crm/team", "crm/team"], "share a record"),
        (["crm/team", "--same", "crm/team", "billing/team"], "names both records itself"),
        (["--withhold", "abc"], "--withhold needs --in"),
        (["--withhold", "zzz", "--in", "staff"], "there is no claim 'zzz'"),
        (["--partial", "x", "--both"], "--partial goes with --from only"),
        (["--from", "gone.xlsx", "--both"], "--from takes what is ruled from the file alone"),
        (["--from", "gone.xlsx"], "cannot read"),
    ],
)
def test_what_cannot_be_ruled_is_refused_with_what_to_do_and_not_written(company, args, says):
    done = company.call("rule", *args)
    assert done.exit_code == 2
    assert says in done.stderr
    assert not company.journal("rulings")


def test_a_claim_is_withheld_only_from_an_edition_that_has_it(company):
    hidden = company.table("claims").filter(document_id="board/leave.md", verbatim="20 weeks")["claim_id"][0]
    for edition, says in (("staff", "nothing to withhold"), ("full", "holds everything"), ("staf", "did you mean 'staff'")):
        done = company.call("rule", "--withhold", hidden, "--in", edition)
        assert (done.exit_code, says in done.stderr) == (2, True)
    conflict = company.conflict("____")["conflict_id"]
    assert company.ruled(conflict, "--withhold", "12 weeks", "--in", "staff")["target_kind"] == "claim"


def test_the_owner_of_the_page_is_asked_before_the_owner_of_the_source(company):
    assert company.conflict("____")["owner"] in {"ada@example.org", "bo@example.org"}
    company.write("wiki/leave.md", "---\nowner: eve@example.org\n---\n" + FILES["wiki/leave.md"])
    company.json("run")
    assert company.conflict("____")["owner"] == "eve@example.org"


def test_gaps_of_the_journal_are_listed(company):
    company.write("journal/gaps.jsonl", json.dumps({"gap_id": "g-1", "kind": "missing", "note": "no page on sick leave"}) + "\n")
    assert company.json("list", "gaps")["rows"][0]["note"] == "no page on sick leave"
    assert "no page on sick leave" in company.call("list", "gaps").stdout
