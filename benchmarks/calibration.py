"""How well `p_current` holds: fitted on half of the pages of labelled handbooks, measured on the other half.

python benchmarks/calibration.py ../shared [--fit]   # the folder with `bench` and `data/handbooks`; without it there is nothing to measure

Every passage that holds the right statement of a question or control counts as current, every one that holds the outdated statement and not
the right one as not. Pages are divided by a hash of the page that a question is about, versions of one page together. `--fit` fits the
coefficients anew on one half and prints them; otherwise the shipped ones are measured. No vector is made: none is looked at.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from canonry import likelihood
from canonry.context import RunContext
from canonry.flow import PER_EDITION
from canonry.ids import digest
from canonry.ingest import CopyStore, observe
from canonry.journal import Journal
from canonry.state import NoMemo
from canonry.workspace import Workspace

_BINS = 10
_RIDGE = 1.0  # pulls coefficients towards none, as one observation of either kind would


class NoVectors:
    """An encoder that says nothing."""

    name, dimensions = "none", 1

    def encode(self, texts: list[str], progress: Any = None) -> np.ndarray:  # noqa: ARG002  (the protocol's)
        """The same for every text."""
        return np.ones((len(texts), 1), dtype=np.float32)

    def encode_query(self, text: str) -> np.ndarray:
        """The same for every query."""
        return self.encode([text])[0]


def labelled(shared: Path, name: str) -> pl.DataFrame:
    """Run the stages on one handbook and describe its labelled passages: page, is_right, p_current, `FEATURES`."""
    sys.path.insert(0, str(shared / "bench"))
    import handbooks
    import product
    import textnorm

    data = shared / "data" / "handbooks" / name
    with tempfile.TemporaryDirectory() as folder:
        handbooks.arrange_mixed(data, product.Workspace(product.Product(), Path(folder), None))
        items, described = _described(Workspace.open(Path(folder) / "canonry.yaml", {}))
    texts = [(i, textnorm.key(t)) for i, t in items.select("item_id", "text").iter_rows()]
    found: dict[str, tuple[str, bool]] = {}
    for row in (*product.jsonl(data / "questions.jsonl"), *product.jsonl(data / "controls.jsonl")):
        right, wrong = textnorm.evidence(row["evidence_right"]), textnorm.evidence(row.get("evidence_wrong"))
        for item, text in texts:
            if right and right in text:
                found[item] = (row["page"], True)
            elif wrong and wrong in text:
                found.setdefault(item, (row["page"], False))
    rows = [(i, f"{name}/{page}", is_right) for i, (page, is_right) in sorted(found.items())]
    labels = pl.DataFrame(rows, schema={"item_id": pl.String, "page": pl.String, "is_right": pl.Boolean}, orient="row")
    return labels.join(described, on="item_id").sort("page", "item_id")


def _described(workspace: Workspace) -> tuple[pl.DataFrame, pl.DataFrame]:
    config, day = workspace.config, workspace.config.run_date
    assert day  # noqa: S101
    copies = CopyStore(workspace.store / "copies")
    ingested = observe(config, workspace.base, run_date=day, copies=copies, parent_inputs={}, journal=Journal())
    run = RunContext(day, config, Journal(), NoMemo(), NoVectors(), NoMemo(), edition="full")
    made: dict[str, Any] = {"Ingested": ingested}
    for stage in PER_EDITION:
        made[stage.makes] = stage.make(run, *(made[kind] for kind in stage.takes))
    curated = made["Curated"]
    items = pl.concat([curated.context, curated.excluded], how="diagonal")
    fresh = made["Scored"].components.select("item_id", "freshness")
    signals = curated.staleness.filter(pl.col("target_kind") == "document").group_by("document_id").agg(signals=pl.col("signal"))
    told = items.join(fresh, on="item_id", how="left").join(signals, on="document_id", how="left")
    described = likelihood.features(told.with_columns(pl.col("signals").fill_null([])), made["Matched"].page_pairs)
    return items, described


def fitted(rows: pl.DataFrame) -> tuple[float, dict[str, float]]:
    """Logistic regression with a ridge, by Newton's method."""
    x = np.column_stack([np.ones(rows.height), rows.select(likelihood.FEATURES).to_numpy()])
    y = rows["is_right"].cast(pl.Float64).to_numpy()
    ridge = np.diag([0.0, *[_RIDGE] * len(likelihood.FEATURES)])
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-x @ beta))
        step = np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + ridge, x.T @ (y - p) - ridge @ beta)
        beta += step
    return round(float(beta[0]), 3), {f: round(float(b), 3) for f, b in zip(likelihood.FEATURES, beta[1:], strict=True)}


def reliability(rows: pl.DataFrame) -> tuple[list[dict[str, Any]], float]:
    """Per tenth of the scale: how many, the mean probability, the share that was right; and the expected calibration error."""
    told = rows.join(likelihood.likely(rows.select("item_id", *likelihood.FEATURES)), on="item_id")
    binned = told.with_columns(tenth=(pl.col("p_current") * _BINS).floor().clip(0, _BINS - 1).cast(pl.Int64))
    table = binned.group_by("tenth").agg(n=pl.len(), said=pl.col("p_current").mean(), was=pl.col("is_right").mean()).sort("tenth")
    error = (table["n"] * (table["said"] - table["was"]).abs()).sum() / rows.height
    return [{k: round(v, 3) if isinstance(v, float) else v for k, v in r.items()} for r in table.to_dicts()], float(error)


def main() -> None:
    """Measure all handbooks together, and print JSON lines."""
    parser = argparse.ArgumentParser()
    parser.add_argument("shared", nargs="?", default="../shared", type=Path)
    parser.add_argument("--fit", action="store_true")
    asked = parser.parse_args()
    sets = sorted((asked.shared.resolve() / "data" / "handbooks").glob("*"))
    if not sets:
        print(json.dumps({"skipped": f"no labelled handbooks under {asked.shared.name}"}))
        return
    rows = pl.concat([labelled(asked.shared.resolve(), folder.name) for folder in sets])
    half = pl.Series([int(digest("half", p), 16) % 2 == 0 for p in rows["page"]])
    if asked.fit:
        likelihood.INTERCEPT, likelihood.COEFFICIENTS = fitted(rows.filter(half))
        print(json.dumps({"intercept": likelihood.INTERCEPT, "coefficients": likelihood.COEFFICIENTS}))
    for name, part in (("fitted on", rows.filter(half)), ("held out", rows.filter(~half))):
        table, error = reliability(part)
        for row in table:
            print(json.dumps({"half": name, **row}))
        pages, right = part["page"].n_unique(), int(part["is_right"].sum())
        print(json.dumps({"half": name, "items": part.height, "right": right, "pages": pages, "calibration_error": round(error, 4)}))


if __name__ == "__main__":
    main()
