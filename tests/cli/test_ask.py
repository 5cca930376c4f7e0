from __future__ import annotations

import json

import pytest


def batch(company, text, *args):
    company.write("asked.jsonl", text)
    done = company.call("search", "--batch", company.root / "asked.jsonl", *args)
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done


def test_a_search_shows_whole_items_with_cite_and_status(company):
    done = company.call("search", "refund window")
    assert "1. handbook/refunds.md#window" in done.stdout
    assert "A refund takes 30 days." in done.stdout
    assert "release 2024-12-31-1-" in done.stderr


def test_a_search_with_json_is_the_typed_result(company):
    found = company.json("search", "refund window", "--k", "1")
    assert found["status"] == "ok"
    assert [i["cite"] for i in found["items"]] == ["handbook/refunds.md#window"]


def test_a_batch_answers_every_line_in_order(company):
    queries = [{"id": "b", "query": "parental leave"}, {"id": 7, "query": "refund window", "k": 1}]
    found, _ = batch(company, "\n".join(map(json.dumps, queries)) + "\n", "--json")
    assert [f["id"] for f in found] == ["b", 7]
    assert found[1]["items"][0]["cite"] == "handbook/refunds.md#window"
    assert found[1]["items"][0].keys() == {
        "cite", "item_id", "document_id", "source", "text", "status", "flags", "corrections", "conflict_ids", "quality", "score",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no JSON"),
        ("[1]", "no JSON object"), ("", "no JSON"), ('{"id": "a"}', "query"), ('{"query": "x"}', "id"),
        ('{"id": "a", "query": ""}', "empty"),
        ('{"id": "a", "query": "x", "k": "3"}', "whole number"),
        ('{"id": "a", "query": "x", "k": 0}', "range"),
        ('{"id": "a", "query": "x", "filter": "sorce = \'y\'"}', "sorce"),
        ('{"id": "a", "query": "x", "size": 3}', "size"), (b"\xff\xfe", "no JSON"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_answered_says_so_in_its_place(company, line, says):
    raw = line if isinstance(line, bytes) else line.encode()
    good = b'{"id": "z", "query": "refund"}'
    found, done = batch(company, b"\n".join([good, raw, good, b""]))
    assert [f["status"] == "error" for f in found] == [False, True, False]
    assert says in found[1]["error"]["message"]
    assert found[1]["line"] == 2
    assert "1 of 3 lines" in done.stderr


def test_a_batch_comes_from_standard_input_too(company):
    done = company.call("search", "--batch", "-", stdin='{"id": "a", "query": "refund"}\n')
    assert json.loads(done.stdout)["id"] == "a"


def test_an_empty_batch_has_an_empty_answer(company):
    assert batch(company, "")[0] == []


def test_what_the_command_line_says_about_k_and_filter_holds_for_lines_that_say_nothing(company):
    found, _ = batch(company, '{"id": "a", "query": "refund leave"}\n', "--k", "1", "--filter", "path = 'leave.md'")
    assert [i["source"] for i in found[0]["items"]] == ["handbook"]
    assert found[0]["items"][0]["cite"].startswith("handbook/leave.md")


def test_a_filter_on_an_unknown_field_is_refused_with_the_fields(company):
    done = company.call("search", "refund", "--filter", "sorce = 'x'")
    assert done.exit_code == 2
    assert "source" in done.stderr


def test_an_unknown_edition_is_refused_with_those_there_are(company):
    done = company.call("search", "refund", "--edition", "stff")
    assert done.exit_code == 2
    assert "did you mean 'staff'?" in done.stderr


def test_asking_before_the_first_run_says_to_run(blank):
    for command in (["search", "x"], ["fact", "a", "b"], ["list", "stale"], ["explain", "x"], ["releases"], ["verify"], ["report"]):
        done = blank.call(*command)
        assert done.exit_code == 1
        assert "next: Run `canonry run` first." in done.stderr


def test_a_context_pack_stays_in_its_budget_and_says_how_much_was_used(company):
    found = company.json("context", "refund window", "--budget", "600")
    assert found["tokens"]["used"] <= 600
    shown = company.call("context", "refund window", "--budget", "600")
    assert "A refund takes 30 days." in shown.stdout
    assert "of 600 tokens" in shown.stderr


def test_a_budget_out_of_range_is_refused(company):
    done = company.call("context", "refund", "--budget", "5")
    assert (done.exit_code, "500" in done.stderr) == (2, True)


def test_a_fact_shows_the_value_and_its_runner_up(company):
    done = company.call("fact", "team", "price")
    assert "conflicting" in done.stdout
    assert "runner-up" in done.stdout
    assert company.json("fact", "team", "seats", "--as-of", "2024-12-31")["value"] == "5"


def test_a_misspelt_fact_is_answered_with_what_comes_close(company):
    done = company.call("fact", "team", "owner")
    assert done.exit_code == 0
    assert "did you mean" in done.stderr


def test_explain_tells_both_sides_of_a_conflict(company, conflict):
    shown = company.call("explain", conflict["conflict_id"]).stdout
    assert all(part in shown for part in ("$20", "$25", "crm", "billing", "open"))
    assert company.json("explain", "handbook/leave.md")["kind"] == "document"


def test_an_unknown_id_is_answered_with_the_nearest(company):
    done = company.call("explain", "handbook/leav.md")
    assert done.exit_code == 2
    assert "handbook/leave.md" in done.stderr


def test_text_of_a_document_cannot_drive_the_terminal(company):
    company.write("handbook/evil.md", "# Evil\n\nA refund \x1b[2Jof nothing \u202e ever.\n")
    company.call("run")
    shown = company.call("search", "refund of nothing").stdout
    assert "of nothing" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_questions_are_measured_and_those_to_look_at_are_named(company):
    company.write(
        "q.jsonl",
        '{"id": "good", "query": "refund window", "right": ["30 days"]}\n{"id": "bad", "query": "parental leave", "right": ["20 weeks"]}\n',
    )
    done = company.call("eval", company.root / "q.jsonl")
    assert "50.0 %" in done.stdout
    assert "bad" in done.stdout
    assert company.json("eval", company.root / "q.jsonl")["right_context_rate"] == {"value": 0.5, "count": 1, "n": 2}


@pytest.mark.parametrize(
    ("text", "says"), [("{\n", "line 1"), ("[]\n", "line 1"), ("", "no question"), (b"\xff", "UTF-8"), ('{"id": "a"}\n', "Question 1")]
)
def test_a_file_of_questions_that_is_none_is_refused_with_its_line(company, text, says):
    company.write("q.jsonl", text)
    done = company.call("eval", company.root / "q.jsonl")
    assert done.exit_code == 2
    assert says in done.stderr


def test_questions_are_made_out_of_what_changed_and_never_over_a_file(company):
    done = company.call("eval", "--make", company.root / "made.jsonl")
    assert done.exit_code == 0
    made = [json.loads(line) for line in (company.root / "made.jsonl").read_text(encoding="utf-8").splitlines()]
    assert made
    assert all(q.get("expect") == "conflicting" or (q["right"] and q["wrong"]) for q in made)
    found = company.json("eval", company.root / "made.jsonl")
    assert found["wrong_context_rate"]["value"] in {None, 0.0}
    assert found["silent_conflicts"]["count"] == 0
    again = company.call("eval", "--make", company.root / "made.jsonl")
    assert again.exit_code == 2
    assert "there already" in again.stderr


def test_two_releases_are_measured_beside_each_other(company):
    company.write("q.jsonl", '{"id": "leave", "query": "parental leave", "right": ["20 weeks"]}\n')
    company.write("handbook/leave2.md", "# Parental leave\n\nParental leave is 20 weeks for everybody.\n")
    company.call("run")
    done = company.json("eval", company.root / "q.jsonl", "--against", "parent")
    assert (done["release"]["right_context_rate"]["value"], done["against"]["right_context_rate"]["value"]) == (1.0, 0.0)
    assert (done["worse"], done["better"]) == ([], ["leave"])
    shown = company.call("eval", company.root / "q.jsonl", "--against", "parent").stdout
    assert "100.0 %" in shown
    assert "0.0 %" in shown


@pytest.mark.parametrize("more", [(), ("--make", "x.jsonl", "q.jsonl")])
def test_eval_takes_questions_or_makes_them(company, more):
    done = company.call("eval", *more)
    assert done.exit_code == 2
    assert "--make" in done.stderr


def test_a_question_with_another_status_than_expected_is_named(company):
    question = {"id": "quiet", "kind": "fact", "query": "solo | price", "right": ["$8"], "expect": "conflicting"}
    company.write("q.jsonl", json.dumps(question))
    done = company.call("eval", company.root / "q.jsonl")
    assert done.stdout.split("Questions to look at")[1].split() == ["quiet"]
