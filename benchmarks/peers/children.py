"""Runs each tool in a process of its own, says what it cost, and prints outcomes side by side.

Standard library only and small: the peak memory of a child is at least what its parent holds when it is started.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).resolve().parent
LIMIT_S = 900
OUT = "OUT.json"  # in a command: the file that it is to write
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # threads of linear algebra burn CPU while they wait


@dataclass(frozen=True)
class Tool:
    """Something that is measured.

    Attributes:
        name: As shown.
        script: In this folder.
        package: As the package of a peer is called, which runs in the environment of the peers; None for Canonry.
        option: What else the script is told.
    """

    name: str
    script: str
    package: str | None = None
    option: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a tool found.

    Attributes:
        groups: Lists of [source, id] that are one thing, by the way in which the tool made them; nothing where it did not run.
        version: Of the tool.
        stages_cpu_s: CPU seconds of the matching alone.
        cpu_s: CPU seconds of the whole process.
        peak_mb: Peak resident memory of the process.
        of_stage: Parts of ``stages_cpu_s``, where a tool has such.
        note: Why nothing was found; None when the tool ran.
    """

    groups: Mapping[str, Sequence[Sequence[tuple[str, str]]]] = field(default_factory=dict)
    version: str | None = None
    stages_cpu_s: float | None = None
    cpu_s: float | None = None
    peak_mb: float | None = None
    of_stage: Mapping[str, float] = field(default_factory=dict)
    note: str | None = None


def run(tool: Tool, folder: Path, peers_python: str | None, limit_s: float = LIMIT_S) -> Outcome:
    """Run a tool on the data of a folder."""
    python = peers_python if tool.package else sys.executable
    if python is None:
        return Outcome(note="not run: no --peers-python")
    if tool.package and not is_installed(python, tool.package):
        return Outcome(note="not installed")
    return started([python, str(HERE / tool.script), str(folder), OUT, *filter(None, [tool.option])], limit_s)


def is_installed(python: str, package: str) -> bool:
    """Whether an interpreter has a package."""
    asked = f"import importlib.metadata as m; m.version({package!r})"
    return subprocess.run([python, "-c", asked], capture_output=True, check=False).returncode == 0


def started(command: Sequence[str], limit_s: float = LIMIT_S) -> Outcome:
    """Run a command that writes what it found into the file that takes the place of `OUT`."""
    paths = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, **dict.fromkeys(ONE_THREAD, "1"), "HF_HUB_OFFLINE": "1", "PYTHONPATH": os.pathsep.join(paths)}
    with tempfile.TemporaryDirectory() as made:
        out, told = Path(made) / "out.json", Path(made) / "told.txt"
        with told.open("wb") as f:
            child = subprocess.Popen(
                [str(out) if c == OUT else c for c in command], stdout=f, stderr=f, stdin=subprocess.DEVNULL, env=env, cwd=made
            )
            stopped = threading.Event()

            def stop() -> None:
                stopped.set()
                child.kill()

            timer = threading.Timer(limit_s, stop)
            timer.start()
            _, status, usage = os.wait4(child.pid, 0)
            timer.cancel()
            child.returncode = os.waitstatus_to_exitcode(status)
        cost: dict[str, Any] = {
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "peak_mb": usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 1024),
        }
        if stopped.is_set():
            return Outcome(**cost, note=f"stopped after {limit_s:.0f} s")
        if child.returncode or not out.exists():
            return Outcome(**cost, note=f"failed ({child.returncode}): {_reason(told.read_text(encoding='utf-8', errors='replace'))}")
        return Outcome(**json.loads(out.read_text(encoding="utf-8")), **cost)


def _reason(told: str) -> str:
    """The line that names the error, or else the last one."""
    lines = told.strip().splitlines() or ["no word"]
    return next((text for text in reversed(lines) if re.match(r"[\w.]*(Error|Exception|Interrupt)\b", text)), lines[-1])[:200]


def agreement(predicted: set[tuple[str, str]], truth: set[tuple[str, str]]) -> dict[str, float]:
    """F1, precision and recall of pairs."""
    hit = len(predicted & truth)
    return {
        "f1": 2 * hit / (len(predicted) + len(truth)) if predicted or truth else 0.0,
        "precision": hit / len(predicted) if predicted else 0.0,
        "recall": hit / len(truth) if truth else 0.0,
    }


def costs(outcome: Outcome) -> dict[str, float | str | None]:
    """What a row tells of the cost."""
    return {"stages_cpu_s": outcome.stages_cpu_s, "cpu_s": outcome.cpu_s, "peak_mb": outcome.peak_mb, "note": outcome.note}


_SHOWN = {"f1": ".4f", "precision": ".4f", "recall": ".4f", "stages_cpu_s": ".1f", "cpu_s": ".1f", "peak_mb": ".0f", "exponent": ".2f"}


def header(columns: Sequence[str], widths: Mapping[str, int]) -> str:
    """The head of a table."""
    return " ".join(c.ljust(widths[c]) if c in widths else c.rjust(12) for c in columns)


def line(row: Mapping[str, Any], columns: Sequence[str], widths: Mapping[str, int]) -> str:
    """A row of a table; what is not known is a dash, and a note follows."""
    cells = []
    for c in columns:
        value = row.get(c)
        text = "-" if value is None else format(value, _SHOWN.get(c, ""))
        cells.append(text.ljust(widths[c]) if c in widths else text.rjust(12))
    return " ".join([*cells, *filter(None, [row.get("note")])])


def rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for JSON."""
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}
