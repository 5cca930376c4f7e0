"""The coefficients of the confidence: fitted over the regimes and labelled sets, and told how they hold on sets left out."""

from __future__ import annotations

import csv
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks.truth_discovery.measuring import DECIDED, claims_of
from benchmarks.truth_discovery.regimes import REGIMES, UNKNOWABLE
from canonry.arbitrate import truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from canonry.config import Config

EACH = 300.0  # what the examples of one set weigh together
FOUND = "labelled "  # how the names of sets that nobody generated begin


def examples(name: str, claims: pl.DataFrame, config: Config, is_right: Callable[[str, str, str], bool | None]) -> pl.DataFrame:
    """One row per weighed thing with a known truth: its set, method, signs, and whether the best value is right."""
    best = truth.signs(truth.weighed(claims, config)).filter("is_best").sort("subject_id", "attribute", "value")
    best = best.unique(["subject_id", "attribute"], keep="first", maintain_order=True)
    told = [is_right(*row) for row in best.select("subject_id", "attribute", "value").iter_rows()]
    return best.select("method", *truth.SIGNS, right=pl.Series(told, dtype=pl.Boolean), set=pl.lit(name)).drop_nulls("right")


def labelled(shared: Path, name: str) -> tuple[pl.DataFrame, Config, Callable[[str, str, str], bool | None]]:
    """The claims of a labelled set as the stages make them, and how a value is judged."""
    sys.path.insert(0, str(shared / "bench"))
    import claims as scorer

    from canonry.context import RunContext
    from canonry.flow import PER_EDITION
    from canonry.ingest import CopyStore, observe
    from canonry.journal import Journal
    from canonry.state import NoMemo
    from canonry.workspace import Workspace

    data = shared / "data" / "claims" / name
    how, rows = json.loads((data / "set.json").read_text()), scorer.read(data / "claims.csv")
    norm, gold_of, equal = scorer.normaliser(how["normaliser"], rows)
    gold = {(g["object"], g["attribute"]): gold_of((g["object"], g["attribute"]), g["value"]) for g in scorer.read(data / "gold.csv")}
    columns = {"subject": "object", "attribute": "attribute", "value": "value", "source": "source"}
    entity: dict[str, Any] = {"identity": "key"}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(data / "claims.csv", Path(folder) / "claims.csv")
        if (data / "hierarchy.csv").exists():
            with (Path(folder) / "hierarchy.csv").open("w", newline="", encoding="utf-8") as f:
                tops = [(h["ID"], h["name"], "" if h["parentID"] == "-1" else h["parentID"]) for h in scorer.read(data / "hierarchy.csv")]
                csv.writer(f).writerows([("id", "name", "parent_id"), *tops])
            entity["attributes"] = {a: {"type": "place", "hierarchy": "hierarchy.csv"} for a in sorted({a for _, a in gold})}
        source = {"kind": "claims", "path": "claims.csv", "columns": columns, "entity": how["entity"]}
        settings = {"sources": {"claims": source}, "entities": {how["entity"]: entity}, "run_date": "2024-12-31"}
        (Path(folder) / "canonry.yaml").write_text(json.dumps(settings), encoding="utf-8")
        workspace = Workspace.open(Path(folder) / "canonry.yaml", {})
        day = workspace.config.run_date
        assert day  # noqa: S101
        copies = CopyStore(workspace.store / "copies")
        made: dict[str, Any] = {
            "Ingested": observe(workspace.config, workspace.base, run_date=day, copies=copies, parent_inputs={}, journal=Journal())
        }
        run = RunContext(day, workspace.config, Journal(), NoMemo(), NoVectors(), NoMemo(), edition="full")
        for stage in PER_EDITION:
            if "Claimed" not in made:
                made[stage.makes] = stage.make(run, *(made[kind] for kind in stage.takes))
    claims = made["Claimed"].claims
    spelt = claims.group_by("subject_id", "attribute", "value").agg(pl.col("subject").first(), pl.col("verbatim").mode().sort().first())
    verbatim = {(i, a, v): (s, x) for i, a, v, s, x in spelt.select("subject_id", "attribute", "value", "subject", "verbatim").iter_rows()}

    def is_right(thing: str, attribute: str, value: str) -> bool | None:
        subject, said = verbatim[thing, attribute, value]
        right = gold.get((subject, attribute))
        return None if right is None else bool(equal(norm((subject, attribute), said), right))

    return claims, workspace.config, is_right


class NoVectors:
    """An encoder that says nothing."""

    name, dimensions = "none", 1

    def encode(self, texts: list[str], progress: Any = None) -> np.ndarray:  # noqa: ARG002  (the protocol's)
        """The same for every text."""
        return np.ones((len(texts), 1), dtype=np.float32)

    def encode_query(self, text: str) -> np.ndarray:
        """The same for every query."""
        return self.encode([text])[0]


def fitted(rows: pl.DataFrame) -> np.ndarray:
    """Logistic regression with a ridge, by Newton's method; no sign may count against its sense.

    Every generated set has the same weight, every labelled one too, and all labelled ones together as much as all generated ones: worlds
    that we make up are tidier than those that are found. The elements of a list are no independent witnesses (a long list has large odds,
    whoever says it), so that only the voices count for lists. Doubt is rare and set by hand in `truth`.
    """
    kept = [0, 2] if rows["method"][0] == "lists" else [0, 1, 2]
    beta = np.zeros(4)
    x_all = np.column_stack([np.ones(rows.height), rows.select(truth.SIGNS).to_numpy()])
    y = rows["right"].cast(pl.Float64).to_numpy()
    weight = (1.0 / rows.select(pl.len().over("set")).to_series().to_numpy()) * EACH
    found = rows["set"].str.starts_with(FOUND).to_numpy()
    if found.any() and not found.all():
        weight *= weight.sum() / 2.0 / np.where(found, weight[found].sum(), weight[~found].sum())
    while True:
        x, beta = x_all[:, kept], np.zeros(4)
        part = np.zeros(len(kept))
        for _ in range(50):
            p = 1.0 / (1.0 + np.exp(-np.clip(x @ part, -30, 30)))
            ridge = np.diag([0.0 if k == 0 else 1.0 for k in kept])
            gradient = x.T @ (weight * (y - p)) - ridge @ part
            part += np.linalg.solve((x.T * (weight * p * (1 - p))) @ x + ridge + 1e-6 * np.eye(len(kept)), gradient)
        beta[kept] = part
        against = [k for k in kept if k and beta[k] < 0]
        if not against:
            beta[3] = truth.DOUBT
            return np.round(beta, 3)
        kept.remove(against[0])


def chances(rows: pl.DataFrame, beta: np.ndarray) -> np.ndarray:
    """How sure the best values are."""
    x = np.column_stack([np.ones(rows.height), rows.select(truth.SIGNS).to_numpy()])
    chance: np.ndarray = 1.0 / (1.0 + np.exp(-x @ beta))
    return chance


def fit(shared: Path | None, seeds: int) -> None:
    """Fit the confidence of each method, and tell how it holds on sets left out."""
    parts = []
    for name, make in REGIMES.items():
        for seed in range(seeds):
            made = make(random.Random(f"{name}-{seed}"))
            claims, config = claims_of(made)
            parts.append(examples(name, claims, config, lambda t, _, v, made=made: made.is_right(t, v)))
    sets = sorted((shared / "data" / "claims").iterdir()) if shared else []
    parts += [examples(f"{FOUND}{folder.name}", *labelled(shared, folder.name)) for folder in sets if shared]
    rows = pl.concat(parts)
    for (method,), mine in rows.group_by("method", maintain_order=True):
        known = mine.filter(~pl.col("set").is_in(UNKNOWABLE))
        print(json.dumps({"method": method, "coefficients": fitted(known).tolist()}))
        for (name,), held in mine.group_by("set", maintain_order=True):
            others = known.filter(pl.col("set") != name)
            chance, right = chances(held, fitted(others)), held["right"].to_numpy()
            done = chance >= DECIDED
            told = {"things": len(right), "right": right.mean(), "said": chance.mean(), "decided": done.mean()}
            if done.any():
                told |= {"decided_right": right[done].mean(), "decided_said": chance[done].mean()}
            print(json.dumps({"left out": name, **{k: round(float(v), 3) for k, v in told.items()}}), flush=True)
