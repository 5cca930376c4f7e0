"""Search against plain BM25 and plain MiniLM, over the same passages, on every corpus of the development data that says what is right.

python benchmarks/serving/relevance.py [WORK]     # WORK keeps the stores between runs; default: a temporary folder

Corpora: the live pages of two handbooks (questions with a gap, topics, statements that did not change; right is a passage that holds the
evidence) and RAMDocs (all documents of all questions as one corpus; right is a document marked correct for the question). BM25 is
Lucene's (k1 1.2, b 0.75) over words in lower case; MiniLM is the cosine of the vectors in the store; both see title, heading and text as
ours does. Printed are recall@5 (a right one among the first five), MRR@10, and where ours is behind. Skipped where the data is absent.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl

from canonry import store as stores
from canonry.flow import nightly
from canonry.publish import postings
from canonry.published import CONTEXT, RELEASE
from canonry.serve import Client
from canonry.similarity import SentenceEncoder, matrix, quantised
from canonry.workspace import RunOptions, Workspace

SHARED = Path(__file__).resolve().parents[3] / "shared"
HANDBOOKS = ("18f", "sourcegraph")
DEPTH = 10
Ranking = Callable[[str], list[int]]


class Bm25:
    """Plain BM25, as a search engine has it out of the box."""

    def __init__(self, texts: list[str]) -> None:
        counts = [Counter(re.findall(r"\w+", t.lower())) for t in texts]
        length = np.array([sum(c.values()) for c in counts], dtype=np.float64)
        self.norm, self.n = 1.2 * (0.25 + 0.75 * length / length.mean()), len(texts)
        self.postings: dict[str, list[tuple[int, int]]] = {}
        for row, found in enumerate(counts):
            for word, times in found.items():
                self.postings.setdefault(word, []).append((row, times))

    def __call__(self, query: str) -> list[int]:
        """Rank the rows."""
        scores = np.zeros(self.n)
        for word in sorted(set(re.findall(r"\w+", query.lower()))):
            found = np.array(self.postings.get(word, []), dtype=np.int64).reshape(-1, 2)
            idf = np.log(1 + (self.n - len(found) + 0.5) / (len(found) + 0.5))
            scores[found[:, 0]] += idf * found[:, 1] / (found[:, 1] + self.norm[found[:, 0]])
        return np.argsort(-scores, kind="stable")[:DEPTH].tolist()


def rankings(client: Client, context: pl.DataFrame) -> dict[str, Ranking]:
    """Ours and the two plain ones, each from a query to rows of the context."""
    whole = context.select(pl.concat_str([pl.col(c).fill_null("") for c in ("title", "heading", "text")], separator="\n"))[:, 0].to_list()
    vectors, encoder = matrix(context.select("embedding", "embedding_scale")), SentenceEncoder()
    rows = {cite: n for n, cite in enumerate(context["cite"])}

    def ours(query: str) -> list[int]:
        return [rows[i.cite] for i in client.search(query, k=DEPTH).items]

    def minilm(query: str) -> list[int]:
        return np.argsort(-(vectors @ encoder.encode_query(query)), kind="stable")[:DEPTH].tolist()

    return {"canonry": ours, "bm25": Bm25(whole), "minilm": minilm}


def compare(name: str, ranked: dict[str, Ranking], asked: list[tuple[str, Callable[[int], bool]]]) -> None:
    """Print recall@5 and MRR@10 of every ranking, and those that ours is behind."""
    figures: dict[str, tuple[float, float]] = {}
    for system, rank in ranked.items():
        places = [next((n for n, row in enumerate(rank(query), 1) if is_right(row)), 0) for query, is_right in asked]
        figures[system] = (sum(0 < p <= 5 for p in places) / len(places), sum(1 / p for p in places if p) / len(places))
    behind = [s for s, f in figures.items() if f[0] > figures["canonry"][0] or f[1] > figures["canonry"][1]]
    told = {s: {"recall@5": round(r, 3), "mrr@10": round(m, 3)} for s, (r, m) in figures.items()}
    print(json.dumps({"set": name, "n": len(asked), **told, "behind": behind}), flush=True)


def handbook(name: str, work: Path) -> None:
    """Publish the live pages, and ask the questions of the labels."""
    from textnorm import evidence, key  # of the development data

    data = SHARED / "data" / "handbooks" / name
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "canonry.yaml").write_text(json.dumps({"sources": {"live": {"kind": "documents", "path": str(data / "live")}}}))
    workspace = Workspace.open(folder / "canonry.yaml", {})
    nightly(workspace, RunOptions(datetime.now(UTC), date(2025, 1, 1)))
    release = stores.needed(workspace.store)
    context = stores.read_table(workspace.store, release, stores.FULL, "context")
    keys = [key(t) for t in context["text"]]
    ranked = rankings(Client(workspace.store), context)
    rows = {f: [json.loads(line) for line in (data / f"{f}.jsonl").read_text().splitlines()] for f in ("questions", "controls")}
    sets = {
        "masked": [(q["question"].replace("____", " "), q["evidence_right"]) for q in rows["questions"]],
        "topic": [(f"{q['title']}: {q['heading']}", q["evidence_right"]) for q in rows["questions"]],
        "controls": [(q["question"].replace("____", " "), q["evidence_right"]) for q in rows["controls"]],
    }
    for kind, asked in sets.items():
        wanted = [(q, evidence(e)) for q, e in asked]
        compare(f"{name} {kind}", ranked, [(q, lambda row, e=e: e in keys[row]) for q, e in wanted])


def ramdocs() -> None:
    """All documents as one corpus; a document is right when it is marked correct for the question."""
    lines = [json.loads(line) for line in (SHARED / "data" / "ramdocs" / "dev.jsonl").read_text().splitlines()]
    texts = sorted({d["text"] for line in lines for d in line["documents"]})
    number, encoder = {t: n for n, t in enumerate(texts)}, SentenceEncoder()
    vectors = quantised([str(n) for n in range(len(texts))], encoder.encode(texts)).select("embedding", "embedding_scale")
    ids = [f"{n:06d}" for n in range(len(texts))]
    made = pl.DataFrame({"item_id": ids, "cite": ids, "kind": "passage", "text": texts, "status": "current"}).hstack(vectors)
    context = CONTEXT.conform(made)
    about = RELEASE.conform(pl.DataFrame({"release_id": ["ramdocs"], "model": [encoder.name]}))
    client = Client.over({"context": context, "_postings": postings(context), "release": about}, encoder=encoder)
    rights = [{number[d["text"]] for d in line["documents"] if d["type"] == "correct"} for line in lines]
    asked = [(line["question"], lambda row, right=right: row in right) for line, right in zip(lines, rights, strict=True)]
    compare("ramdocs", rankings(client, context), asked)


def main() -> None:
    """Measure, and print a JSON line per set."""
    if not (SHARED / "data").is_dir():
        print("skipped: there is no development data beside this repository")
        return
    sys.path.insert(0, str(SHARED / "bench"))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder)
        ramdocs()
        for name in HANDBOOKS:
            handbook(name, work)


if __name__ == "__main__":
    main()
