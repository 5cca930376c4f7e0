"""What is shipped, and the command that makes it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from canonry.compare import judge
from canonry.compare.weights import load, save
from canonry.errors import CanonryError
from canonry.operating import COMPARED

ROOT = Path(__file__).parents[2]


def test_the_weights_are_small():
    assert judge.WEIGHTS.stat().st_size <= 1_000_000


def test_other_weights_than_those_calibrated_are_refused(tmp_path, monkeypatch):
    save(tmp_path / "other.npz", {"head.first": np.zeros((2, 2), dtype=np.float32)})
    monkeypatch.setattr(judge, "WEIGHTS", tmp_path / "other.npz")
    judge.judge.cache_clear()
    with pytest.raises(CanonryError, match="Install canonry again"):
        judge.judge()
    judge.judge.cache_clear()


def test_the_same_weights_give_the_same_bytes(tmp_path):
    weights = {"b": np.ones((2, 3), dtype=np.float32), "a": np.zeros(2, dtype=np.float32)}
    save(tmp_path / "one.npz", weights)
    save(tmp_path / "two.npz", dict(reversed(weights.items())))
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert {n: w.tolist() for n, w in load(tmp_path / "one.npz").items()} == {n: w.tolist() for n, w in weights.items()}


def test_the_operating_point_is_the_one_measured_in_training():
    measured = json.loads(judge.CALIBRATION.read_text(encoding="utf-8"))["operating_point"]
    assert measured == {"threshold": COMPARED.threshold, "precision": COMPARED.precision, "recall": COMPARED.recall, "n": COMPARED.n}


def test_the_training_command_explains_itself():
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "train_compare.py"), "--help"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert "--vitc" in done.stdout
