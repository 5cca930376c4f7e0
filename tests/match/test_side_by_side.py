"""The benchmark that measures Canonry beside its peers: what it generates, how it counts, and what it says when a tool is missing."""

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from benchmarks import generated_people, matching, near_duplicates
from benchmarks.peers import children

SCRIPTS = Path(generated_people.__file__).parent


@pytest.fixture(scope="module")
def drawn():
    return generated_people.people(2000, seed=3)


def test_invented_persons_are_the_same_for_the_same_seed_and_differ_for_another(drawn):
    assert generated_people.people(2000, seed=3) == drawn
    assert generated_people.people(2000, seed=4)[0] != drawn[0]


def test_a_quarter_of_the_records_are_further_records_of_persons(drawn):
    rows, truth = drawn
    parent = {r[0]: r[0] for r in rows}
    for a, b in truth:  # lesser ids first, so that the first record of a person stands for it
        parent[b] = min(parent[b], parent[a])
    persons = Counter(parent.values())
    assert len(rows) == 2000
    assert len(persons) == 1500
    assert set(persons.values()) == {1, 2, 3, 4}
    assert len(truth) == sum(n * (n - 1) // 2 for n in persons.values())


def test_records_of_one_person_differ_in_every_column_somewhere_but_mostly_agree(drawn):
    rows, truth = drawn
    of = {r[0]: r[1:] for r in rows}
    for place, name in enumerate(generated_people.COLUMNS):
        both = [(of[a][place], of[b][place]) for a, b in truth if of[a][place] and of[b][place]]
        equal = sum(a == b for a, b in both) / len(both)
        assert 0.3 < equal < 0.97, name


def test_persons_who_are_not_one_share_names_and_homes(drawn):
    rows, truth = drawn
    named, housed = {}, {}
    for r in rows:
        named.setdefault((r[1], r[2]), []).append(r[0])
        housed.setdefault((r[2], r[4], r[6]), []).append(r[0])
    namesakes = {pair for ids in named.values() for pair in combinations(ids, 2)} - set(truth)
    households = {pair for home, ids in housed.items() if all(home) for pair in combinations(ids, 2)} - set(truth)
    assert len(namesakes) > len(truth) / 2
    assert len(households) > len(truth) / 4


@given(st.randoms(), st.sampled_from(["katherine", "o", "19 melford close", "01234567890"]))
def test_errors_change_a_text_by_little(rng, text):
    assert Levenshtein.distance(generated_people.mistyped(rng, text), text) <= 2


def folder(tmp_path, kind, truth):
    (tmp_path / "meta.json").write_text(json.dumps({"kind": kind}))
    (tmp_path / "truth.csv").write_text("a,b\n" + "".join(f"{a},{b}\n" for a, b in truth))
    for side in ("a", "b"):
        (tmp_path / f"{side}.csv").write_text("id,name\n1,x\n2,y\n")
    return tmp_path


def test_between_two_tables_only_pairs_across_them_count(tmp_path):
    data = folder(tmp_path, "link", [("1", "1"), ("2", "2")])
    outcome = children.Outcome(groups={"": [[("a", "1"), ("a", "2"), ("b", "1")]]})
    row = matching.judged(data, outcome)
    assert (row["precision"], row["recall"]) == (0.5, 0.5)


def test_within_one_table_the_order_of_a_true_pair_does_not_matter(tmp_path):
    data = folder(tmp_path, "dedupe", [("2", "1")])
    row = matching.judged(data, children.Outcome(groups={"": [[("a", "1"), ("a", "2")]]}))
    assert row["f1"] == 1.0


def test_a_group_of_nearly_everything_counts_as_wrong(tmp_path):
    data = folder(tmp_path, "dedupe", [("1", "2")])
    row = matching.judged(data, children.Outcome(groups={"": [[("a", str(n)) for n in range(matching.HUGE + 1)]]}))
    assert row["f1"] == 0.0
    assert "more than" in row["note"]


def test_a_tool_that_is_not_installed_says_so_and_costs_nothing(tmp_path):
    tool = children.Tool("splink", "splink_records.py", "no-such-package-anywhere")
    assert children.run(tool, tmp_path, sys.executable).note == "not installed"
    assert "--peers-python" in str(children.run(tool, tmp_path, None).note)


def test_a_tool_that_fails_or_hangs_says_why(tmp_path):
    failed = children.started([sys.executable, "-c", "raise KeyError('here')"])
    assert failed.note == "failed (1): KeyError: 'here'"
    assert failed.groups == {}
    stopped = children.started([sys.executable, "-c", "import time; time.sleep(60)"], limit_s=0.2)
    assert stopped.note == "stopped after 0 s"


def test_the_cost_of_a_child_is_its_own(tmp_path):
    work = "import sys, json; x = bytearray(80_000_000); sum(range(3_000_000)); open(sys.argv[1], 'w').write(json.dumps({'groups': {}}))"
    outcome = children.started([sys.executable, "-c", work, children.OUT])
    assert outcome.note is None
    assert outcome.peak_mb > 76
    assert outcome.cpu_s > 0.01


def test_growth_is_the_slope_between_the_logarithms():
    rows = [{"tool": "x", "persons": n, "stages_cpu_s": 3 * n**1.5} for n in (10, 100, 1000)]
    (found,) = matching.growth(rows)
    assert found["exponent"] == pytest.approx(1.5)
    assert not list(matching.growth(rows[:1]))


def test_canonry_runs_beside_peers_that_are_absent():
    command = [sys.executable, str(SCRIPTS / "matching.py"), "--people", "300", "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=SCRIPTS.parent, env=_env())
    rows = {r["tool"]: r for r in map(json.loads, told.stdout.splitlines())}
    assert rows["canonry"]["f1"] is not None
    assert rows["canonry"]["stages_cpu_s"] > 0
    assert rows["splink"]["note"] == rows["goldenmatch"]["note"] == "not run: no --peers-python"


def test_documents_are_judged_without_the_pairs_that_are_unclear(tmp_path):
    texts = {
        name: f"# {name[:-1]}\n\n" + " ".join(f"{name[:-1]}{n % 37} word{n}" for n in range(120))
        for name in ("leave1", "travel1", "badge1")
    }
    texts |= {"leave2": texts["leave1"] + " and one more sentence.", "travel2": texts["travel1"]}
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in texts.items()))
    (tmp_path / "truth.csv").write_text("a,b,token_sim,kind\nleave1,leave2,0.9,lineage\ntravel2,travel1,0.1,ambiguous\n")
    (tool,) = (t for t in near_duplicates.TOOLS if t.name == "canonry")
    outcome = children.run(tool, tmp_path, None)
    assert outcome.note is None
    (row,) = near_duplicates.judged(tmp_path, "canonry", outcome)
    assert (row["precision"], row["recall"]) == (1.0, 1.0)


def _env():
    return {**os.environ, "PYTHONPATH": str(SCRIPTS.parent)}
