from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import dagster as dg
import pytest

from canonry import flow
from pipelines.definitions import definitions

ROOT = Path(__file__).parents[2]


def python(code, **more):
    return subprocess.run([sys.executable, *code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False, **more)


def environment(home):
    return {**os.environ, "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1", "PYTHONPATH": str(ROOT)}


def test_loading_the_definitions_imports_neither_great_expectations_nor_torch_nor_pandas():
    heavy = "{'great_expectations', 'torch', 'sentence_transformers', 'transformers', 'pandas'}"
    code = f"import sys; from pipelines.definitions import definitions; definitions(); print(sorted({heavy} & set(sys.modules)))"
    assert python(["-c", code]).stdout.strip() == "[]"


def test_dagster_accepts_the_definitions(tmp_path):
    done = python(["-m", "dagster", "definitions", "validate"], env=environment(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "All code locations passed validation" in done.stdout + done.stderr


def test_the_job_holds_every_stage_and_every_check_and_needs_one_process():
    loaded = definitions()
    job = loaded.resolve_job_def("nightly")
    assert {k.to_user_string() for k in job.asset_layer.executable_asset_keys} == set(flow.STAGES)
    assert set(job.asset_layer.asset_graph.asset_check_keys) == set(loaded.resolve_asset_graph().asset_check_keys)
    assert job.executor_def.name == "in_process"


def test_dagster_accepts_the_instance_of_the_checkout_and_reports_nothing_home(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text((ROOT / "dagster.yaml").read_text())
    with dg.DagsterInstance.get() as instance:
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1
        assert instance.telemetry_enabled is False
        assert instance.run_monitoring_enabled
        assert instance.run_retries_enabled


@pytest.mark.slow
def test_dagster_dev_shows_the_graph_and_the_job(tmp_path):
    (tmp_path / "dagster.yaml").write_text((ROOT / "dagster.yaml").read_text())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        told = _asked(
            port, "{assetNodes {assetKey {path} groupName} repositoriesOrError {... on RepositoryConnection {nodes {jobs {name}}}}}"
        )
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # it does not listen to gentler signals from the background
        server.wait()
    assert {n["assetKey"]["path"][0]: n["groupName"] for n in told["assetNodes"]} == {s: s for s in flow.STAGES}
    assert "nightly" in {j["name"] for n in told["repositoriesOrError"]["nodes"] for j in n["jobs"]}


def _asked(port, query):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
    )
    for _ in range(240):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  (our own server on this machine)
                told = json.load(answer)["data"]
                if told["assetNodes"]:
                    return told
        except OSError:
            pass
        time.sleep(0.5)
    raise AssertionError("dagster dev did not answer within two minutes")
