"""What weighing sources is worth against counting votes, on generated sources of many kinds, and whether its confidence holds.

    python -m benchmarks.truth_discovery [--seeds N] [REGIME ...]
    python -m benchmarks.truth_discovery --fit [../shared]

Prints per regime how many of the disputed things come out right by a vote (ties are no one's: the share of the tied values that is
right), by expectation and maximisation without a look at copies, and by the method that ships; of the latter the share of all things that
is decided at 0.8, how many of these are right, and the mean confidence of them. `--fit` fits the coefficients of the confidence over the
regimes, and over labelled claim sets where the folder with `bench` and `data` is given (every set counts the same), and prints what it says
and what was right on each set with that set left out.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np

from benchmarks.truth_discovery.confidence import fit
from benchmarks.truth_discovery.measuring import measured
from benchmarks.truth_discovery.regimes import REGIMES


def main() -> None:
    """Measure each regime, or fit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("regimes", nargs="*")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--fit", nargs="?", const="", default=None, metavar="SHARED")
    asked = parser.parse_args()
    if asked.fit is not None:
        fit(Path(asked.fit).resolve() if asked.fit else None, asked.seeds)
        return
    print(f"{'regime':24}{'things':>7}{'vote':>7}{'em':>7}{'full':>7}{'decided':>9}{'right':>7}{'said':>7}")
    for name in asked.regimes or REGIMES:
        found = [measured(REGIMES[name](random.Random(f"{name}-{seed}")))[0] for seed in range(asked.seeds)]
        known = {k: [f[k] for f in found if not np.isnan(f[k])] for k in found[0]}
        mean = {k: float(np.mean(v)) if v else float("nan") for k, v in known.items()}
        flag = " worse" if mean["full"] < mean["vote"] - 0.01 else ""
        print(
            f"{name:24}{mean['things']:7.0f}" + "".join(f"{mean[k]:{9 if k == 'decided' else 7}.3f}" for k in list(mean)[1:]) + flag,
            flush=True,
        )


if __name__ == "__main__":
    main()
