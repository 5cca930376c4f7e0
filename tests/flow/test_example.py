"""The example company, run with the real model and held to `examples/brightwater/truth.yaml`."""

from __future__ import annotations

import json

import pytest
import yaml

from canonry.serve import Client, evaluate
from canonry.similarity import SentenceEncoder
from tests.flow.truth import SECTIONS, Found

pytestmark = [pytest.mark.slow, pytest.mark.promise("example-truth")]

# section → least recall, least precision: what is reached today. Raise them with the detectors; the aim is 0.9 and nothing false.
REACHED = {
    "text_text": (1.0, 1.0),
    "not_text_text": (1.0, 1.0),
    "record_record": (1.0, 1.0),
    "form_only": (1.0, 1.0),
    "text_record": (1.0, 1.0),
    "near_misses": (1.0, 1.0),
    "families": (0.55, 1.0),
    "stale": (0.86, 0.92),
    "corrected": (0.83, 0.66),
}
QUESTIONS = {"right": 0.9, "wrong": 0.05, "cited": 0.8, "expected": 0.66}


@pytest.fixture(scope="module")
def truth(example):
    return yaml.safe_load((example.folder / "truth.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(example):
    return Found(example.tables())


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_a_run_finds_what_is_planted(found, truth, section):
    score = SECTIONS[section](found, truth)
    recall, precision = REACHED[section]
    assert score.recall >= recall, f"{section}: {score.told()}"
    assert score.precision >= precision, f"{section}: {score.told()}"


def test_everything_is_read_and_counted(example, found, truth):
    counts, tables = truth["counts"], found.tables
    assert tables["documents"].height == counts["documents"]
    assert tables["records"].height == counts["records"]
    for kind in ("documents", "records"):
        told = dict(tables[kind].group_by("source").len().iter_rows())
        assert told == counts[f"{kind}_by_source"]
    assert example.summary.quarantined == counts["quarantined"]
    asserted = tables["sources"].filter(parent="reagent_sites")
    assert asserted["items"].sum() == counts["claims_rows"]


def test_what_cannot_be_read_is_set_aside_with_its_rule(found, truth):
    told = sorted(found.tables["quarantine"].select("source", "location", "rule").rows())
    assert told == sorted((q["source"], q["location"], q["rule"]) for q in truth["quarantine"])


def test_hidden_text_is_flagged(found, truth):
    context = found.tables["context"].filter(kind="passage")
    flagged = {d for d, flags in context.select("document_id", "flags").iter_rows() if "hidden_text" in flags}
    assert flagged == set(truth["hidden_text"])


def test_the_conflict_that_spans_the_audiences_leaves_no_trace_for_staff(example, truth):
    spanning = next(c for c in truth["text_text"] if c.get("spans_audiences"))
    hidden = spanning["a"]["says"]
    for name, frame in example.tables("staff").items():
        assert hidden not in frame.write_ndjson(), f"staff read it in {name}"
    assert not example.tables("staff")["documents"]["document_id"].str.starts_with("hr/").any()
    assert hidden in example.tables("hr")["context"].write_ndjson()


def test_golden_questions_are_answered_right(example):
    questions = [json.loads(line) for line in (example.folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    told = evaluate(Client(example.folder / "store", "full", encoder=SentenceEncoder()), questions)
    bad = "\n".join(
        f"{q['id']} {q['query']}: {v.status}, right {v.right}, wrong {v.wrong}, cited {v.cited}, as expected {v.as_expected}"
        for q, v in zip(questions, told.questions, strict=True)
        if v.right is False or v.wrong or v.cited is False or v.as_expected is False
    )
    rates = {"right": told.right_context_rate, "cited": told.cited_rate, "expected": told.as_expected}
    assert {n: r.value for n, r in rates.items() if r.value is not None and r.value < QUESTIONS[n]} == {}, bad
    assert told.wrong_context_rate.value <= QUESTIONS["wrong"], bad
    assert told.silent_conflicts.count == 0, bad


@pytest.mark.promise("nothing-changed")
def test_the_same_night_again_publishes_nothing_and_computes_nothing(example, tmp_path):
    import shutil

    from examples import night2

    folder = shutil.copytree(example.folder, tmp_path / "brightwater")
    again = night2.night(folder, example.summary.run_date)
    assert (again.exit_reason, again.cache["misses"]) == ("nothing changed", 0)
