"""What weighing sources is worth against counting votes, on generated sources of many kinds, and whether its confidence holds.

    python benchmarks/truth_discovery.py [--seeds N] [REGIME ...]
    python benchmarks/truth_discovery.py --fit [../shared]

Prints per regime how many of the disputed things come out right by a vote (ties are no one's: the share of the tied values that is
right), by expectation and maximisation without a look at copies, and by the method that ships; of the latter the share of all things that
is decided at 0.8, how many of these are right, and the mean confidence of them. `--fit` fits the coefficients of the confidence over the
regimes, and over labelled claim sets where the folder with `bench` and `data` is given (every set counts the same), and prints what it says
and what was right on each set with that set left out.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from canonry.arbitrate import reliability, truth
from canonry.arbitrate.votes import Votes
from canonry.config import load, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from canonry.config import Config

DECIDED = 0.8
PLAIN = parse({"sources": {"x": {"kind": "documents", "path": "docs"}}})
THINGS = 300
# Worlds in which the larger party is systematically wrong and nothing in the claims says so: measured, and told, but not fitted on.
UNKNOWABLE = ("camps_even", "camps_right_smaller", "clique_loose", "default_common")
EACH = 300.0  # what the examples of one set weigh together
Said = list[tuple[str, str, str]]  # thing, source, value


@dataclass(frozen=True)
class Made:
    """Generated claims, what is right, and how a value is judged."""

    said: Said
    gold: dict[str, str]
    kind: str = "text"
    tree: str = ""
    tolerance: float = 0.0

    def is_right(self, thing: str, value: str) -> bool:
        """Whether the value is the right one, or near enough where the regime says so."""
        if not self.tolerance:
            return value == self.gold[thing]
        return abs(float(value) - float(self.gold[thing])) <= self.tolerance * abs(float(self.gold[thing]))


def wrong(draw: random.Random, thing: str, among: int = 6) -> str:
    """A wrong value: some are likelier than others."""
    return f"{thing}-w{min(int(draw.paretovariate(1.0)) - 1, among - 1)}"


def honest(draw: random.Random, rates: dict[str, float], things: int = THINGS, covers: float = 0.7, among: int = 6) -> Made:
    """Sources that are right at a rate each, independently."""
    gold = {f"t{n}": f"t{n}-right" for n in range(things)}
    said = [
        (t, s, right if draw.random() < rate else wrong(draw, t, among))
        for t, right in gold.items()
        for s, rate in rates.items()
        if draw.random() < covers
    ]
    return Made(said, gold)


def rates(draw: random.Random, count: int, low: float, high: float, name: str = "s") -> dict[str, float]:
    """So many sources, their rates drawn evenly."""
    return {f"{name}{n}": draw.uniform(low, high) for n in range(count)}


def copied(draw: random.Random, copies: int, others: int, *, rate: float = 0.5, faithful: float = 0.97, covers: float = 0.7) -> Made:  # noqa: PLR0913
    """A clique of copies of one source, which speak of what it speaks of, beside honest ones."""
    made = honest(draw, rates(draw, others, 0.7, 0.9))
    original = {t: right if draw.random() < rate else wrong(draw, t) for t, right in made.gold.items() if draw.random() < covers}
    said = [
        (t, f"c{n}", v if draw.random() < faithful else wrong(draw, t))
        for t, v in original.items()
        for n in range(copies)
        if draw.random() < (0.93 if covers < 1.0 else 1.0)
    ]
    return Made(made.said + said, made.gold)


def camps(draw: random.Random, right: int, other: int) -> Made:
    """On four things in ten a second camp gives one systematic other value (the planned for the actual); all make slips."""
    gold = {f"t{n}": f"t{n}-right" for n in range(THINGS)}
    parted = {t for t in gold if draw.random() < 0.4}
    careful = rates(draw, right + other, 0.8, 0.95)
    said = []
    for t, value in gold.items():
        for n, (s, rate) in enumerate(careful.items()):
            if draw.random() < 0.7:
                mine = f"{t}-planned" if n >= right and t in parted else value
                said.append((t, s, mine if draw.random() < rate else wrong(draw, t)))
    return Made(said, gold)


def crowd(draw: random.Random, better: float) -> Made:
    """Thousands of people with one or two claims; some with many, who are better (or not)."""
    gold = {f"t{n}": f"t{n}-right" for n in range(THINGS)}
    said = []
    for n in range(2500):
        said += [
            (t, f"p{n}", gold[t] if draw.random() < 0.45 else wrong(draw, t)) for t in draw.sample(sorted(gold), draw.choice((1, 1, 2)))
        ]
    for n in range(12):
        said += [(t, f"many{n}", gold[t] if draw.random() < better else wrong(draw, t)) for t in draw.sample(sorted(gold), 60)]
    return Made(said, gold)


def chained(draw: random.Random) -> Made:
    """Thousands of people of whom most repeat what was last said of a thing; some bring a value of their own, mostly right."""
    gold = {f"t{n}": f"t{n}-right" for n in range(THINGS)}
    said = []
    for t, value in gold.items():
        last = None
        for _ in range(draw.randint(4, 14)):
            if last is None or draw.random() < 0.4:
                last = value if draw.random() < 0.55 else f"{t}-x{draw.randint(0, 9)}"
            said.append((t, f"p{draw.randint(0, 1500)}", last))
    return Made(said, gold)


def numbers(draw: random.Random, *, spread: bool) -> Made:
    """Measured numbers: near the truth with an error of its own per source, some rounded, some off by a digit."""
    gold = {f"t{n}": str(draw.randint(10_000, 900_000)) for n in range(THINGS)}
    noise = {f"s{n}": draw.choice((0.002, 0.01, 0.05) if spread else (0.02,)) for n in range(9)}
    said = []
    for t, value in gold.items():
        for n, (s, sigma) in enumerate(noise.items()):
            if draw.random() < 0.8:
                about = round(int(value) * draw.gauss(1.0, sigma)) * (10 if draw.random() < 0.03 else 1)
                said.append((t, s, str(round(about, -3) if n % 3 == 0 else about)))
    return Made(said, gold, "number", tolerance=0.01)


def rounded(draw: random.Random) -> Made:
    """Most sources give the exact number, the rest a round one: the truth is said, and often."""
    gold = {f"t{n}": str(draw.randint(10_000, 900_000)) for n in range(THINGS)}
    careful = rates(draw, 8, 0.3, 0.9)
    said = [
        (t, s, v if draw.random() < rate else str(round(int(v), draw.choice((-3, -4)))))
        for t, v in gold.items()
        for s, rate in careful.items()
        if draw.random() < 0.7
    ]
    return Made(said, gold, "number")


def places(draw: random.Random, *, coarse: float) -> Made:
    """Towns in districts in countries; sources name the town, or something around it, or another town."""
    rows, towns, above = ["id,name,parent_id"], [], {}
    for c in range(6):
        rows.append(f"c{c},c{c},")
        for d in range(5):
            rows.append(f"c{c}d{d},c{c}d{d},c{c}")
            for n in range(6):
                rows.append(f"c{c}d{d}t{n},c{c}d{d}t{n},c{c}d{d}")
                towns.append(f"c{c}d{d}t{n}")
                above[towns[-1]] = (f"c{c}d{d}", f"c{c}")
    gold = {f"t{n}": draw.choice(towns) for n in range(THINGS)}
    near = {t: [w for w in towns if above[w][0] == above[g][0] and w != g] for t, g in gold.items()}
    vague, careful = rates(draw, 8, max(coarse - 0.3, 0.0), min(coarse + 0.3, 0.95)), rates(draw, 8, 0.55, 0.92)
    said = []
    for t, place in gold.items():
        for s, rate in careful.items():
            if draw.random() < 0.6:
                mine = place if draw.random() < rate else draw.choice(near[t] if draw.random() < 0.5 else towns)
                said.append((t, s, draw.choice(above[mine]) if draw.random() < vague[s] else mine))
    return Made(said, gold, "place", "\n".join(rows) + "\n")


def lists(draw: random.Random, *, partial: float) -> Made:
    """Lists of people: sources that give the first one or two only, leave one out, or add one."""
    names = [
        f"{a}{b}" for a in ("bar", "cor", "dal", "fen", "gor", "hal", "jen", "kel", "lor", "mar") for b in ("a", "en", "is", "old", "ton")
    ]
    gold, said = {}, []
    short, careless = rates(draw, 9, 0.0, min(2 * partial, 1.0)), rates(draw, 9, 0.02, 0.2)
    for n in range(THINGS):
        right = draw.sample(names, draw.choice((1, 2, 2, 3, 4)))
        gold[f"t{n}"] = "; ".join(sorted(right))
        for s in short:
            if draw.random() < 0.6:
                mine = [w for w in right if draw.random() >= careless[s] / 2]
                mine = right[: draw.choice((1, 2))] if draw.random() < short[s] else mine
                mine = [*mine, draw.choice(names)] if draw.random() < careless[s] else mine
                said.append((f"t{n}", s, "; ".join(sorted(set(mine) or set(right)))))
    return Made(said, gold, "name")


def defaults(draw: random.Random, share: float) -> Made:
    """One popular wrong value stands for many things: a default that sources fill in when they do not know."""
    gold = {f"t{n}": f"v{draw.randint(0, 80)}" for n in range(THINGS)}
    careful = rates(draw, 9, 0.7, 0.95)
    lazy = rates(draw, 9, 0.0, 2 * share)
    said = []
    for t, value in gold.items():
        hard = draw.random() < 0.4
        for s, rate in careful.items():
            if draw.random() < 0.7:
                own = value if draw.random() < rate else f"v{draw.randint(0, 80)}"
                said.append((t, s, "default" if draw.random() < (2 if hard else 0.3) * lazy[s] else own))
    return Made(said, gold)


REGIMES: dict[str, Callable[[random.Random], Made]] = {
    "varied": lambda d: honest(d, rates(d, 12, 0.3, 0.95)),
    "varied_few_wrong": lambda d: honest(d, rates(d, 10, 0.4, 0.95), among=2),
    "some_hopeless": lambda d: honest(d, rates(d, 4, 0.85, 0.95) | rates(d, 8, 0.15, 0.35, "bad")),
    "equal": lambda d: honest(d, dict.fromkeys(rates(d, 10, 0, 1), 0.55)),
    "equal_noisy": lambda d: honest(d, dict.fromkeys(rates(d, 10, 0, 1), 0.35), among=12),
    "equal_good": lambda d: honest(d, dict.fromkeys(rates(d, 8, 0, 1), 0.9)),
    "clique_small": lambda d: copied(d, 3, 8),
    "clique_large": lambda d: copied(d, 8, 8),
    "clique_majority": lambda d: copied(d, 12, 6),
    "clique_everywhere": lambda d: copied(d, 8, 8, covers=1.0),
    "clique_loose": lambda d: copied(d, 8, 8, faithful=0.85),
    "clique_of_a_good_one": lambda d: copied(d, 5, 8, rate=0.95),
    "camps_right_larger": lambda d: camps(d, 10, 7),
    "camps_even": lambda d: camps(d, 8, 8),
    "camps_right_smaller": lambda d: camps(d, 7, 10),
    "crowd": lambda d: crowd(d, 0.45),
    "crowd_with_experts": lambda d: crowd(d, 0.85),
    "crowd_chained": chained,
    "three_unlike": lambda d: honest(d, {"a": 0.9, "b": 0.7, "c": 0.55}, covers=1.0),
    "three_alike": lambda d: honest(d, {"a": 0.7, "b": 0.7, "c": 0.7}, covers=1.0),
    "five_unlike": lambda d: honest(d, rates(d, 5, 0.4, 0.95), covers=0.9),
    "few_things": lambda d: honest(d, rates(d, 9, 0.3, 0.95), things=30),
    "numbers_noisy": lambda d: numbers(d, spread=False),
    "numbers_unlike": lambda d: numbers(d, spread=True),
    "numbers_rounded": rounded,
    "places_fine": lambda d: places(d, coarse=0.15),
    "places_coarse": lambda d: places(d, coarse=0.6),
    "lists_partial": lambda d: lists(d, partial=0.3),
    "lists_mostly_partial": lambda d: lists(d, partial=0.55),
    "lists_full": lambda d: lists(d, partial=0.05),
    "default_rare": lambda d: defaults(d, 0.15),
    "default_common": lambda d: defaults(d, 0.45),
}


def claims_of(made: Made) -> tuple[pl.DataFrame, Config]:
    """The frame that truth discovery takes, and the configuration with the hierarchy."""
    rows = pl.DataFrame(made.said, schema=["subject_id", "source", "value"], orient="row").with_columns(
        attribute=pl.lit("is"),
        scope=pl.lit(""),
        value_type=pl.lit(made.kind),
        entity_type=pl.lit("thing"),
        modality=pl.lit("is"),
        unit=pl.lit(None, pl.String),
        link_confidence=pl.lit(None, pl.Float64),
        document_id=pl.lit(None, pl.String),
    )
    if not made.tree:
        return rows, PLAIN
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tree.csv").write_text(made.tree, encoding="utf-8")
        settings = (
            "sources: {x: {kind: documents, path: docs}}\nentities: {thing: {attributes: {is: {type: place, hierarchy: tree.csv}}}}\n"
        )
        (Path(folder) / "canonry.yaml").write_text(settings, encoding="utf-8")
        return rows, load(Path(folder) / "canonry.yaml", {})


Scores = dict[str, dict[str, float]]  # thing → value → how much speaks for it


def by_vote(made: Made) -> Scores:
    """How many sources say so."""
    found: Scores = {}
    for thing, source, value in set(made.said):
        del source
        found.setdefault(thing, Counter())[value] += 1  # type: ignore[arg-type]
    return found


def by_plain_em(claims: pl.DataFrame) -> Scores:
    """Reliability and values from each other, every source for itself."""
    disputed = claims.filter(pl.col("value").n_unique().over("subject_id") > 1).with_columns(volume=pl.len().over("source").cast(pl.Int64))
    votes = Votes.of(disputed)
    chance = reliability.settled(votes).truth
    found: Scores = {}
    for thing, value, p in votes.of_value.with_columns(p=pl.Series(chance)).select("subject_id", "value", "p").iter_rows():
        found.setdefault(thing, {})[value] = p
    return found


def by_full(claims: pl.DataFrame, config: Config) -> Scores:
    """What ships."""
    found: Scores = {}
    for thing, value, p in truth.beliefs(claims, config).select("subject_id", "value", "belief").iter_rows():
        found.setdefault(thing, {})[value] = p
    return found


def rightness(made: Made, scores: dict[str, float], thing: str) -> float:
    """The share of the best values that is right."""
    most = max(scores.values())
    best = [v for v, s in scores.items() if s >= most - 1e-9]
    return sum(made.is_right(thing, v) for v in best) / len(best)


def measured(made: Made) -> tuple[dict[str, float], list[tuple[float, bool, int]]]:
    """The figures of one set, and (confidence, right, voices) of every disputed thing."""
    claims, config = claims_of(made)
    votes, plain, full = by_vote(made), by_plain_em(claims), by_full(claims, config)
    disputed = sorted(t for t, v in votes.items() if len(v) > 1)
    told = []
    for t in disputed:
        scores = full.get(t) or {v: (n + 0.5) / (sum(votes[t].values()) + 0.5 * len(votes[t])) for v, n in votes[t].items()}
        most = max(scores.values())
        is_tie = sum(s >= most - 1e-9 for s in scores.values()) > 1
        told.append((0.0 if is_tie else most, rightness(made, scores, t) > 0.5, int(sum(votes[t].values()))))
    done = [right for p, right, _ in told if p >= DECIDED]
    share = {
        "things": float(len(disputed)),
        "vote": float(np.mean([rightness(made, votes[t], t) for t in disputed])),
        "em": float(np.mean([rightness(made, plain[t], t) for t in disputed])),
        "full": float(np.mean([rightness(made, full.get(t) or votes[t], t) for t in disputed])),
        "decided": len(done) / len(disputed),
        "right": float(np.mean(done)) if done else float("nan"),
        "said": float(np.mean([p for p, _, _ in told if p >= DECIDED])) if done else float("nan"),
    }
    return share, told


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
    """Logistic regression with a ridge, every set of the same weight, by Newton's method; no sign may count against its sense.

    The voices for a list say nothing of its elements, and doubt is rare: the one is left out, the other set by hand in `truth`.
    """
    kept = [0, 1] if rows["method"][0] == "lists" else [0, 1, 2]
    beta = np.zeros(4)
    x_all = np.column_stack([np.ones(rows.height), rows.select(truth.SIGNS).to_numpy()])
    y = rows["right"].cast(pl.Float64).to_numpy()
    weight = (1.0 / rows.select(pl.len().over("set")).to_series().to_numpy()) * EACH
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
    parts += [examples(f"labelled {folder.name}", *labelled(shared, folder.name)) for folder in sets if shared]
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
        mean = {k: np.nanmean([f[k] for f in found]) for k in found[0]}
        flag = " worse" if mean["full"] < mean["vote"] - 0.01 else ""
        print(
            f"{name:24}{mean['things']:7.0f}" + "".join(f"{mean[k]:{9 if k == 'decided' else 7}.3f}" for k in list(mean)[1:]) + flag,
            flush=True,
        )


if __name__ == "__main__":
    main()
