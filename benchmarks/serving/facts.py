"""How long `resolve_fact` takes in process over a published store: p50, p95 and p99 in milliseconds, and how often it finds what is meant.

python benchmarks/serving/facts.py STORE            # 600 subjects: named as they are, misspelt, and not there at all

Each subject is asked for with one of its attributes; a misspelling swaps or drops one letter. What is not there is made of the letters of
a real name in reverse. Figures are after one warm-up question, which builds the index of names.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from canonry import store as stores
from canonry.serve import Client


def misspelt(name: str, chance: random.Random) -> str:
    """Swap two letters in a row, or drop one; digits stay."""
    places = [i for i in range(1, len(name) - 1) if name[i : i + 2].isalpha()]
    if not places:
        return name
    at = chance.choice(places)
    return name[:at] + (name[at + 1] + name[at] if chance.random() < 0.5 else name[at + 1]) + name[at + 2 :]


def main() -> None:
    """Measure, and print one JSON line per kind of question."""
    store, chance = Path(sys.argv[1]), random.Random(7)
    client, every = Client(store), stores.read_table(store, stores.needed(store), stores.FULL, "facts")
    facts = every.filter("is_current").unique("subject_id", keep="first", maintain_order=True)
    asked = facts.sample(min(200, facts.height), seed=7).select("subject_id", "subject", "attribute").rows()
    started = time.perf_counter()
    client.resolve_fact("warm", "up")
    print(json.dumps({"facts": every.height, "first_ms": round((time.perf_counter() - started) * 1000, 1)}))
    kinds = {
        "exact": [(s, a) for _, s, a in asked],
        "misspelt": [(misspelt(s, chance), a) for _, s, a in asked],
        "unknown": [(s[::-1], a) for _, s, a in asked],
    }
    for kind, questions in kinds.items():
        taken, right = [], 0
        for (subject, attribute), (subject_id, name, _) in zip(questions, asked, strict=True):
            began = time.perf_counter()
            told = client.resolve_fact(subject, attribute)
            taken.append((time.perf_counter() - began) * 1000)
            right += told.subject == name or any(subject_id in m or name == m for m in told.did_you_mean or ())
        taken.sort()
        figures = {f"p{p}_ms": round(taken[min(len(taken) - 1, len(taken) * p // 100)], 2) for p in (50, 95, 99)}
        print(json.dumps({"kind": kind, "n": len(taken), "named": right, **figures}))


if __name__ == "__main__":
    main()
