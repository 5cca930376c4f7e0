"""What holds the chain together: declared reads, memo keys, annotations, and no clock in the engine."""

from __future__ import annotations

import ast
import inspect
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import canonry
from canonry import flow, frames
from canonry.bench import FolderBench
from canonry.config import parse
from canonry.context import RunContext, narrow
from canonry.errors import UndeclaredReadError
from canonry.journal import Journal
from canonry.state import FileMemo, NoMemo, Step
from tests.flow.company import CONFIG

ENGINE = Path(canonry.__file__).parent
# The places where the outside comes in, and why.
EDGES = {
    "api": "`canonry.run` is an edge like the command line: it reads the clock and the environment",
    "cli": "the command line reads the clock, the environment and the login name",
    "serve/client.py": "what a reader reports is dated when it is reported; no run reads it",
}


@pytest.fixture
def config():
    return parse(CONFIG)


@pytest.fixture
def context(config, bag_of_words):
    return RunContext(date(2024, 12, 1), config, Journal(), NoMemo(), bag_of_words, NoMemo(), edition="full")


@pytest.mark.promise("declared-reads")
@pytest.mark.parametrize("stage", flow.PER_EDITION, ids=lambda s: s.name)
def test_a_stage_cannot_read_what_it_does_not_declare(context, stage):
    view = context.narrowed(stage.reads).config
    declared = {r.partition(".")[0] for r in stage.reads}
    undeclared = [f for f in type(context.config).model_fields if f not in declared]
    assert undeclared
    for name in undeclared:
        with pytest.raises(UndeclaredReadError, match=name) as e:
            getattr(view, name)
        assert "flow.py" in e.value.hint


@pytest.mark.promise("declared-reads")
def test_a_night_whose_stage_reads_an_undeclared_field_fails(company, monkeypatch):
    real = flow.PER_EDITION[2]
    curious = flow.Stage(real.name, _curious, real.reads)
    monkeypatch.setattr(flow, "PER_EDITION", (*flow.PER_EDITION[:2], curious, *flow.PER_EDITION[3:]))
    with pytest.raises(UndeclaredReadError, match="policy"):
        company.run()
    assert not (company.workspace.store / "CURRENT").exists()


def _curious(run: RunContext, normalised: frames.Normalised, matched: frames.Matched) -> frames.Claimed:
    assert run.config.policy
    return real(run, normalised, matched)


_curious.__annotations__.update({"normalised": "Normalised", "matched": "Matched", "return": "Claimed"})
real = flow.PER_EDITION[2].make


def test_a_path_with_a_star_opens_that_field_of_every_source_and_no_other(config):
    view = narrow(config, ("sources.*.review_every", "keep.days"))
    assert {n: s.review_every for n, s in view.sources.items()} == {n: s.review_every for n, s in config.sources.items()}
    assert view.keep.days == config.keep.days
    with pytest.raises(UndeclaredReadError, match=r"sources\.live\.authority"):
        _ = view.sources["live"].authority
    with pytest.raises(UndeclaredReadError, match=r"keep\.releases"):
        _ = view.keep.releases


@pytest.mark.parametrize("stage", flow.PER_EDITION, ids=lambda s: s.name)
def test_what_a_stage_declares_exists(config, stage):
    for path in stage.reads:
        here = [config]
        for step in path.split("."):
            here = [v for h in here for v in (h.values() if step == "*" else [getattr(h, step)])]
        assert here, path


@pytest.mark.promise("memo-keys")
def test_the_key_of_a_kept_result_changes_with_version_settings_and_name(tmp_path):
    steps = [
        Step("stage-part", 1),
        Step("stage-part", 2),
        Step("stage-other", 1),
        Step("stage-part", 1, (("model", "a"),)),
        Step("stage-part", 1, (("model", "b"),)),
    ]
    assert len({s.fingerprint for s in steps}) == len(steps)
    memo, asked = FileMemo(tmp_path), []

    def compute(keys: list[str]) -> pl.DataFrame:
        asked.append(keys)
        return pl.DataFrame({"key": keys, "n": [len(asked)] * len(keys)}, schema={"key": pl.String, "n": pl.Int64})

    for step in (*steps, *steps):
        memo.rows(step, ["k"], compute)
    assert asked == [["k"]] * len(steps)


@pytest.mark.promise("memo-keys")
def test_another_model_computes_the_vectors_anew(company, monkeypatch):
    from tests.flow.company import BagOfWords

    company.run()
    monkeypatch.setattr(BagOfWords, "name", "another bag")
    steps = company.run().cache["steps"]
    assert steps["vectors"]["hits"] == 0 < steps["vectors"]["misses"]
    assert steps["normalise-parse"]["misses"] == 0


@pytest.mark.promise("one-graph")
def test_the_edges_of_the_chain_are_the_annotations_of_its_functions():
    maker = {s.makes: s.name for s in flow.PER_EDITION} | {"Ingested": "ingest"}
    needs = flow.needs()
    assert tuple(needs) == flow.STAGES
    for stage in flow.PER_EDITION:
        hints = inspect.signature(stage.make).parameters
        assert next(iter(hints)) == "run"
        assert needs[stage.name] == tuple(maker[str(p.annotation)] for p in list(hints.values())[1:])
        assert hasattr(frames, stage.makes), f"{stage.name} makes {stage.makes}, which no frame declares"


@pytest.mark.promise("one-graph")
def test_the_chain_runs_forward_only():
    order = {name: n for n, name in enumerate(flow.STAGES)}
    assert all(order[before] < order[stage] for stage, befores in flow.needs().items() for before in befores)


def test_results_survive_a_folder_between_the_stages(company, tmp_path):
    """As under Dagster: each stage reads what the one before wrote."""
    from canonry.workspace import RunOptions
    from tests.flow.company import NOW

    company.run()
    night = flow.Night(company.workspace, RunOptions(now=NOW, run_date=company.day), bench=FolderBench(tmp_path / "bench"))
    night.ingest()
    for stage in flow.PER_EDITION:
        night.advance(stage)
    assert night.publish().reason == "nothing changed"


@pytest.mark.parametrize("stage", flow.PER_EDITION, ids=lambda s: s.name)
def test_a_stage_imports_no_other_stage(stage):
    names = set(flow.STAGES) | {"serve"}
    place = ENGINE / stage.name
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    for file in files:
        seen = {m.split(".")[1] for m in _imported(file) if m.startswith("canonry.")}
        assert not seen & (names - {stage.name}), f"{file.name} imports {seen & names}"


@pytest.mark.promise("no-clock")
def test_the_engine_reads_no_clock_and_no_environment():
    found = []
    for file in sorted(ENGINE.rglob("*.py")):
        inside = file.relative_to(ENGINE)
        if not EDGES.keys() & {inside.parts[0].removesuffix(".py"), inside.as_posix()}:
            found += [f"{inside}:{line}: {what}" for line, what in _outside(file) if not _excused(file, line)]
    assert not found


def _imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    froms = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    return froms | {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}


OUTSIDE = {
    ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("time", "time_ns"),
    ("time", "localtime"), ("time", "gmtime"), ("os", "environ"), ("os", "getenv"), ("os", "getlogin"), ("getpass", "getuser"),
    ("uuid", "uuid1"), ("uuid", "uuid4"), ("random", "random"), ("random", "shuffle"), ("secrets", "token_hex"),
}  # fmt: skip


def _outside(file: Path) -> list[tuple[int, str]]:
    """Uses of the clock, the environment or chance: `module.name`, however the module is reached."""
    out = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Attribute):
            value = node.value
            owner = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
            if (owner, node.attr) in OUTSIDE:
                out.append((node.lineno, f"{owner}.{node.attr}"))
    return out


def _excused(file: Path, line: int) -> bool:
    """The model's library has a switch of its own in the environment; that it is only written says the remark beside it."""
    text = file.read_text().splitlines()[line - 1]
    return file.name == "similarity.py" and "setdefault" in text and "TID251" in text
