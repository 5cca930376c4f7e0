"""Accuracy of a vote, of plain expectation and maximisation, and of what ships, on one generated set."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canonry.arbitrate import reliability, truth
from canonry.arbitrate.votes import Votes
from canonry.config import load, parse

if TYPE_CHECKING:
    from benchmarks.truth_discovery.regimes import Made
    from canonry.config import Config

DECIDED = 0.8
PLAIN = parse({"sources": {"x": {"kind": "documents", "path": "docs"}}})


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
