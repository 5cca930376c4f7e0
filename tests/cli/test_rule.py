from __future__ import annotations

import getpass
import json

import pytest


def applied(company):
    return {r["ruling_id"]: r["status"] for r in company.json("list", "rulings")["rows"]}


def test_keeping_a_claim_decides_the_conflict_with_the_next_run(company, conflict):
    kept = next(s for s in conflict["sides"] if s["source"] == "billing")
    done = company.call("rule", conflict["conflict_id"], "--keep", kept["claim_id"], "--by", "ada", "--because", "invoice of May")
    assert "next run" in done.stderr
    assert company.json("status")["rulings_waiting"] == 1
    company.call("run")
    after = company.json("list", "conflicts")["rows"][0]
    assert after["status"] == "decided_by_person"
    assert [s["source"] for s in after["sides"] if s["wins"]] == ["billing"]
    assert list(applied(company).values()) == ["applies"]
    assert company.json("fact", "team", "price")["value"] == "25.00 USD"


def test_a_ruling_holds_no_id_of_ours_and_one_anchor_per_claim(company, conflict):
    ruling = company.json("rule", conflict["conflict_id"][:6], "--keep", "$20", "--by", "ada")
    line = company.journal("rulings")[0]
    assert line["ruling_id"] == ruling["ruling_id"]
    assert (line["target_kind"], line["verdict"], line["by"]) == ("conflict", "keep", "ada")
    assert sorted((a["source"], a["value"], a.get("keep")) for a in line["anchors"]) == [
        ("billing", "25.00 USD", None), ("crm", "20.00 USD", True),
    ]  # fmt: skip
    assert conflict["conflict_id"] not in json.dumps(line)
    assert not any(s["claim_id"] in json.dumps(line) for s in conflict["sides"])


@pytest.mark.parametrize("flag", [["--both"], ["--not-a-conflict"], ["--scope", "old contracts only"], ["--ask-owner"]])
def test_the_other_verdicts_are_written_and_taken_by_the_next_run(company, conflict, flag):
    company.json("rule", conflict["conflict_id"], *flag)
    line = company.journal("rulings")[0]
    assert line["verdict"] == flag[0].removeprefix("--")
    assert line.get("scope") == ("old contracts only" if flag[0] == "--scope" else None)
    assert line["by"] == getpass.getuser()
    assert company.call("run").exit_code == 0
    assert list(applied(company).values()) == ["applies"]


def test_a_document_is_still_valid_by_id_or_by_cite(company):
    company.json("rule", "handbook/leave.md", "--still-valid", "--until", "2025-12-31")
    company.json("rule", "handbook/refunds.md#window", "--still-valid")
    first, second = company.journal("rulings")
    assert first["target_kind"] == "document"
    assert first["until"] == "2025-12-31"
    assert first["anchors"][0].keys() == {"source", "path", "content_hash", "title"}
    assert second["anchors"][0]["path"] == "refunds.md"
    company.call("run")
    assert set(applied(company).values()) == {"applies"}


def test_a_withdrawn_ruling_opens_the_conflict_again(company, conflict):
    ruling = company.json("rule", conflict["conflict_id"], "--both")
    company.call("run")
    assert company.call("unrule", ruling["ruling_id"], "--because", "a mistake").exit_code == 0
    company.call("run")
    assert company.json("list", "conflicts")["rows"][0]["status"] == "open"
    assert applied(company) == {ruling["ruling_id"]: "withdrawn"}
    again = company.call("unrule", ruling["ruling_id"])
    assert again.exit_code == 2
    assert "withdrawn already" in again.stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([], "say what you rule"),
        (["--both", "--ask-owner"], "exclude each other"),
        (["--keep", "nothing"], "Its claims are:"),
        (["--scope", "  "], "--scope is empty"),
        (["--still-valid"], "That is a conflict"),
        (["--still-valid", "--until", "soon"], "no day"),
    ],
)
def test_a_ruling_that_says_nothing_clear_is_refused_and_not_written(company, conflict, args, says):
    done = company.call("rule", conflict["conflict_id"], *args)
    assert done.exit_code == 2
    assert says in done.stderr
    assert not company.journal("rulings")


def test_an_unknown_target_is_answered_with_the_nearest(company, conflict):
    typo = conflict["conflict_id"][:-1] + "zz"
    assert conflict["conflict_id"] in company.call("rule", typo, "--both").stderr
    assert "handbook/leave.md" in company.call("rule", "handbook/leaves.md", "--still-valid").stderr
    assert "use --still-valid" in company.call("rule", "handbook/leave.md", "--both").stderr


def test_an_unknown_ruling_is_answered_with_the_nearest(company, conflict):
    ruling = company.json("rule", conflict["conflict_id"], "--both")["ruling_id"]
    done = company.call("unrule", ruling[:-2])
    assert done.exit_code == 2
    assert ruling in done.stderr


def test_accepting_a_source_that_shrank_lets_the_next_run_take_it(company):
    rows = "".join(f"p{i},${i},1\n" for i in range(20))
    company.write("crm.csv", f"plan,price,seats\n{rows}")
    company.call("run")
    company.write("crm.csv", "plan,price,seats\nteam,$20,5\n")
    held = company.json("run")["sources"]["crm"]
    assert held["status"] == "held"
    assert "canonry accept crm" in held["message"]
    done = company.call("accept", "crm", "--by", "ada")
    assert "accepted with 1 records, where the last good copy has" in done.stdout
    assert company.journal("acceptances")[0].keys() == {"source", "copy_hash", "at", "by"}
    assert company.json("run")["sources"]["crm"]["status"] == "ok"


@pytest.mark.parametrize(("source", "says"), [("cmr", "did you mean 'crm'?"), ("billing", "cannot be accepted")])
def test_what_cannot_be_accepted_is_refused(company, source, says):
    (company.root / "billing.csv").unlink()
    done = company.call("accept", source)
    assert done.exit_code == 2
    assert says in done.stderr
    assert not company.journal("acceptances")


def test_a_ruling_that_would_end_before_the_next_run_is_refused(company, conflict):
    done = company.call("rule", conflict["conflict_id"], "--both", "--until", "2024-12-30")
    assert done.exit_code == 2
    assert "2024-12-31" in done.stderr
    assert company.journal("rulings") == []
    assert company.call("rule", conflict["conflict_id"], "--both", "--until", "2024-12-31").exit_code == 0


def test_a_new_ruling_waits_in_the_list_until_the_next_run(company, conflict):
    made = company.json("rule", conflict["conflict_id"], "--both", "--by", "ada")
    rows = company.json("list", "rulings")["rows"]
    assert [(r["ruling_id"], r["verdict"], r["status"], r["by"]) for r in rows] == [(made["ruling_id"], "both", "waiting", "ada")]
    assert "waits for the next run" in company.call("explain", made["ruling_id"]).stderr
    assert company.json("list", "rulings", "--edition", "staff")["rows"] == []
    company.call("run")
    assert [r["status"] for r in company.json("list", "rulings")["rows"]] == ["applies"]
    company.call("unrule", made["ruling_id"])
    assert "withdrawn" in company.json("list", "rulings")["rows"][0]["remark"]


def test_a_second_ruling_on_a_conflict_says_which_one_it_replaces(company, conflict):
    first = company.json("rule", conflict["conflict_id"], "--both", "--by", "ada")
    assert first["replaces"] is None
    done = company.call("rule", conflict["conflict_id"], "--not-a-conflict", "--by", "ben")
    assert f"takes the place of {first['ruling_id']} (both), by ada" in done.stdout
    again = company.json("rule", conflict["conflict_id"], "--not-a-conflict", "--by", "ben")
    assert again["replaces"] is None


def test_a_ruling_is_told_in_the_words_of_the_sources(company, conflict):
    shown = company.call("rule", conflict["conflict_id"], "--keep", "$20", "--by", "ada").stdout
    assert "keeps  $20 (crm)" in shown
    assert "  $25 (billing)" in shown


def test_the_same_ruling_is_the_same_after_it_took_effect_and_turned_the_sides_around(company, conflict):
    for value in ("$20", "$25"):
        first = company.json("rule", conflict["conflict_id"], "--keep", value, "--by", "ada", "--because", value)
        company.call("run")
        assert company.json("list", "conflicts")["rows"][0]["sides"][0]["verbatim"] == value
        again = company.json("rule", conflict["conflict_id"], "--keep", value, "--by", "ada", "--because", value)
        assert (again["ruling_id"], again["already"]) == (first["ruling_id"], True)
