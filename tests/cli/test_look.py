from __future__ import annotations

import json

import pytest

from canonry.config import Config


@pytest.fixture
def two_nights(company):
    company.write("handbook/leave.md", "# Leave\n\n## Parental\n\nParental leave is 18 weeks.\n")
    company.call("run", "--date", "2025-01-01")
    return company


def test_status_tells_release_sources_and_what_waits(company):
    shown = company.call("status").stdout
    assert all(part in shown for part in ("2024-12-31-1-", "handbook", "1 open", "served", str(company.root / "store")))


def test_status_before_the_first_run_says_to_run(blank):
    done = blank.call("status")
    assert done.exit_code == 0
    assert "Nothing is published yet" in done.stdout
    assert "canonry run" in done.stderr


@pytest.mark.parametrize("kind", ["conflicts", "stale", "families", "entities", "rulings", "quarantine"])
def test_every_list_has_rows_for_a_program_and_words_for_a_person(company, kind):
    found = company.json("list", kind)
    assert found["total"] == found["shown"] == len(found["rows"])
    assert company.call("list", kind).stdout.strip()


def test_a_cut_list_says_how_many_there_are(company):
    done = company.call("list", "entities", "--limit", "1")
    assert "1 of 2 shown" in done.stderr
    assert company.json("list", "entities", "--limit", "1")["total"] == 2


def test_no_conflicts_come_with_the_number_of_pairs_considered(company):
    assert "pairs were considered" in company.call("list", "conflicts", "--status", "dismissed").stdout


def test_conflicts_come_by_severity_exposure_and_doubt(company):
    company.write("crm.csv", "plan,price,seats\nteam,$20,5\nsolo,$9,2\n")
    company.call("run")
    found = company.json("list", "conflicts")["rows"]
    assert len(found) == 3
    assert [c["importance"] for c in found] == sorted((c["importance"] for c in found), reverse=True)
    for c in found:
        assert c["importance"] == pytest.approx((c["severity"] or 0) * (1 + c["exposure"]) * (1 - (c["confidence"] or 0)))


def test_releases_are_listed_with_the_current_one_marked(two_nights):
    kept = two_nights.json("releases")
    assert [r["current"] for r in kept] == [False, True]
    assert "→  2025-01-01-2-" in two_nights.call("releases").stdout


def test_diff_takes_ids_numbers_and_words(two_nights):
    by_id = [r["release_id"] for r in two_nights.json("releases")]
    ways = [by_id, ["1", "2"], ["parent", "current"], [by_id[0][:12], by_id[1][:12]]]
    found = [two_nights.json("diff", *way) for way in ways]
    assert all(f == found[0] for f in found)
    assert found[0]["tables"]["documents"]["changed"] >= 1
    assert "handbook/leave.md#parental" in two_nights.call("diff", "1", "2").stdout
    assert "Nothing differs" in two_nights.call("diff", "1", "1").stdout


@pytest.mark.parametrize("wanted", ["9", "2024-12-31-7-ffffffff", "20", "nonsense"])
def test_an_unknown_release_is_refused(two_nights, wanted):
    for command in (["diff", "1", wanted], ["verify", wanted], ["rollback", wanted], ["search", "x", "--release", wanted]):
        done = two_nights.call(*command)
        assert done.exit_code == 2
        assert "canonry releases" in done.stderr


def test_rolling_back_holds_over_the_next_run_and_says_how_to_go_forward(two_nights):
    first, second = [r["release_id"] for r in two_nights.json("releases")]
    done = two_nights.call("rollback")
    assert f"Release {first} is current now" in done.stdout
    assert f"canonry rollback {second}" in done.stderr
    again = two_nights.json("run", "--date", "2025-01-01")
    assert (again["release_id"], again["exit_reason"]) == (first, "held after rollback")


def test_rolling_back_the_first_release_is_refused(company):
    assert company.call("rollback").exit_code == 2


def test_a_store_that_somebody_changed_does_not_verify(company):
    assert "as they were published" in company.call("verify").stdout
    file = next(company.root.glob("store/releases/*/full/store.duckdb"))
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    done = company.call("verify", "--json")
    assert done.exit_code == 1
    assert any("changed after it was published" in p["message"] for p in json.loads(done.stdout)["problems"])


def test_the_schema_is_the_one_that_checks_the_configuration(blank):
    assert json.loads(blank.call("show", "schema").stdout) == Config.model_json_schema(by_alias=True)


def test_the_policy_in_effect_is_shown_with_its_defaults(blank):
    assert "supersession" in blank.call("show", "policy").stdout
    assert blank.json("show", "policy")[0]["else"] == "person"


def test_the_report_is_written_beside_the_configuration(company):
    done = company.call("report")
    assert done.stdout.strip() == str(company.root / "report.html")
    assert "<html" in (company.root / "report.html").read_text().lower()


def test_a_report_that_cannot_be_written_says_so(company):
    done = company.call("report", "-o", company.root / "nowhere" / "r.html")
    assert done.exit_code == 2
    assert "next: Name another file" in done.stderr


def test_a_configuration_may_be_named_before_or_after_the_command_or_found_above(company, monkeypatch):
    from click.testing import CliRunner

    from canonry.cli import cli

    monkeypatch.chdir(company.root / "handbook")
    for args in (["status"], ["-c", company.root, "status"], ["status", "-c", company.root / "canonry.yaml"]):
        assert CliRunner().invoke(cli, list(map(str, args))).exit_code == 0
    monkeypatch.chdir("/")
    lost = CliRunner().invoke(cli, ["status"])
    assert lost.exit_code == 2
    assert "canonry init" in lost.stderr


def test_the_doctor_finds_a_sound_workspace_sound(company):
    (company.root / ".canonry").chmod(0o700)
    found = {c["name"]: c["status"] for c in json.loads(company.call("doctor", "--json").stdout)}
    assert {
        "python",
        "packages",
        "torch",
        "configuration",
        "model",
        "disk",
        "lock",
        "last run",
        "store",
        "journal",
        "state",
        "source crm",
    } <= found.keys()
    assert "problem" not in found.values()


@pytest.mark.parametrize(
    ("break_it", "name"),
    [
        (lambda root: (root / "canonry.yaml").write_text("sources: {}"), "configuration"),
        (lambda root: (root / "crm.csv").unlink(), "source crm"),
        (lambda root: (root / "journal").mkdir() or (root / "journal/rulings.jsonl").write_text("{\n"), "journal"),
        (lambda root: (root / "store/CURRENT").write_text("{}"), "last run"),
    ],
)
def test_the_doctor_names_every_problem_with_its_next_step(company, break_it, name):
    break_it(company.root)
    done = company.call("doctor", "--json")
    assert done.exit_code == 1
    problems = {c["name"]: c["next"] for c in json.loads(done.stdout) if c["status"] == "problem"}
    assert problems[name]


def test_the_doctor_warns_of_folders_that_others_may_open(company):
    (company.root / ".canonry").chmod(0o755)
    assert f"chmod go-rwx {company.root / '.canonry'}" in company.call("doctor").stdout.replace("\n", " ")


def test_gc_says_what_would_go_before_it_removes_anything(two_nights):
    first = two_nights.json("releases")[0]["release_id"]
    (two_nights.root / "store" / ".staging-dead").mkdir()
    planned = two_nights.json("gc", "--dry-run")
    assert planned == {"releases": [], "copies": [], "orphans": [".staging-dead"], "dry_run": True}
    assert "gone: left by a dead run .staging-dead" in two_nights.call("gc", "--keep", "1").stdout
    assert "Nothing to remove." in two_nights.call("gc").stdout
    assert two_nights.json("releases")[0]["release_id"] == first, "the parent of the current release stays"


def test_a_conflict_is_explained_first_with_ranks_dates_as_what_they_are_and_the_next_step(company, conflict):
    done = company.call("explain", conflict["conflict_id"])
    assert done.stdout.strip().startswith(f"conflict {conflict['conflict_id']}")
    assert "2024-12-31 (no later than)" in done.stdout
    assert f"canonry rule {conflict['conflict_id']} --keep CLAIM" in done.stderr
    sides = company.json("explain", conflict["conflict_id"])["conflicts"][0]["sides"]
    assert {s["date_kind"] for s in sides} == {"no_later_than"}


def test_a_page_that_is_not_served_says_why_apart_from_what_stands_instead(two_nights):
    (two_nights.root / "handbook" / "refunds.md").unlink()
    two_nights.call("run", "--date", "2025-01-02")
    shown = two_nights.call("explain", "handbook/refunds.md").stdout
    assert "because  It is absent from its source since 2025-01-02." in " ".join(shown.split("\n"))
    assert "instead" not in shown
    assert "1 document" in two_nights.call("status").stdout


@pytest.fixture
def renamed(company):
    """The page on refunds, renamed in the second night, unchanged."""
    (company.root / "handbook" / "refunds.md").rename(company.root / "handbook" / "money-back.md")
    company.call("run", "--date", "2025-01-01")
    return company


def test_a_page_that_was_renamed_names_where_it_is_now_wherever_it_is_shown(renamed):
    row = next(r for r in renamed.json("list", "stale")["rows"] if r["signal"] == "removed")
    assert (row["target_id"], row["superseded_by"]) == ("handbook/refunds.md", "handbook/money-back.md")
    assert "handbook/money-back.md" in renamed.call("list", "stale").stdout
    assert "moved: handbook/refunds.md → handbook/money-back.md" in " ".join(renamed.call("status").stdout.split())
    assert "instead   handbook/money-back.md" in renamed.call("explain", "handbook/refunds.md").stdout
    item = renamed.json("explain", "handbook/refunds.md#window")["items"][0]
    assert (item["reason"], item["superseded_by"]) == ("removed", "handbook/money-back.md#window")
    renamed.call("report", "--format", "json", "-o", renamed.root / "r.json")
    stale = json.loads((renamed.root / "r.json").read_text())["stale"]["rows"]
    assert [s["instead"]["text"] for s in stale if s["what"]["text"] == "handbook/refunds.md"] == ["handbook/money-back.md"]


def test_a_page_that_moved_long_ago_is_still_answered_with_where_it_is(renamed):
    renamed.call("run", "--date", "2025-03-01")
    done = renamed.call("explain", "handbook/refunds.md#window")
    assert done.exit_code == 2
    assert "It moved: canonry explain handbook/money-back.md#window" in done.stderr


def test_what_is_gone_from_a_source_is_counted_apart_from_what_is_there(renamed):
    found = renamed.json("status")
    assert {n: (s["items"], s["removed"]) for n, s in found["sources"].items()} == {"handbook": (2, 1), "crm": (2, 0), "billing": (2, 0)}
    assert renamed.json("run", "--date", "2025-01-01")["sources"]["handbook"]["items"] == 2


def test_signs_that_alone_make_nothing_stale_are_counted_and_shown_when_asked_for(company):
    company.write("handbook/leave.md", "# Leave\n\n## Parental\n\nParental leave is 16 weeks. See [laptops](laptops.md).\n")
    company.call("run", "--date", "2025-01-01")
    few, every = company.json("list", "stale"), company.json("list", "stale", "--all")
    assert (few["total"], few["hidden"], every["hidden"]) == (0, every["total"], 0)
    assert {r["signal"] for r in every["rows"]} == {"broken_link"}
    assert "1 sign more that alone make nothing stale: canonry list stale --all" in company.call("list", "stale").stderr
    assert "laptops.md" in company.call("list", "stale", "--all").stdout
    assert company.call("list", "families", "--all").exit_code == 2


def test_a_row_that_is_gone_is_listed_as_it_can_be_asked_for(company):
    company.write("crm.csv", "plan,price,seats\nteam,$20,5\n")
    company.call("run", "--date", "2025-01-01")
    assert "crm/solo" in company.call("list", "stale").stdout
    assert company.json("explain", "crm/solo")["kind"] == "record"


def test_the_member_that_stands_for_its_family_is_said_to(company):
    company.write("handbook/copy.md", (company.root / "handbook" / "leave.md").read_text())
    company.call("run")
    lines = [line for line in company.call("list", "families").stdout.splitlines() if line.startswith("document")]
    assert [("stands for it" in line, "exact" in line) for line in sorted(lines, key=lambda at: "exact" in at)] == [
        (True, False),
        (False, True),
    ]


def test_the_sides_of_a_conflict_stand_in_one_order_everywhere(company):
    config = (company.root / "canonry.yaml").read_text()
    for best in ("crm", "billing"):
        company.write("canonry.yaml", config.replace(f"path: {best}.csv", f"path: {best}.csv, authority: 1"))
        company.call("run")
        listed = company.json("list", "conflicts")["rows"][0]
        told = company.json("explain", listed["conflict_id"])["conflicts"][0]
        company.call("report", "--format", "json", "-o", company.root / "r.json")
        groups = json.loads((company.root / "r.json").read_text())["groups"]
        card = next(c for g in groups for c in g["cards"]["rows"] if c["conflict_id"] == listed["conflict_id"])
        orders = [[s["claim_id"] for s in listed["sides"]], [s["claim_id"] for s in told["sides"]]]
        orders.append([s["first"]["claim_id"] for s in card["sides"]])
        assert orders[0] == orders[1] == orders[2]
        assert [(s["source"] == best, s["wins"]) for s in told["sides"]] == [(True, True), (False, False)]
        assert [s["side"] for s in told["sides"]] == [s["number"] for s in card["sides"]] == [1, 2]


def test_questions_are_made_or_compared_not_both(company, tmp_path):
    done = company.call("eval", "--make", tmp_path / "q.jsonl", "--against", "parent")
    assert done.exit_code == 2
    assert "canonry eval FILE --against ID" in done.stderr
