"""What packing serves: right context within a budget, against plain top-k; and that no pack is over budget or holds a cut item.

python benchmarks/serving/packing.py right STORE ../shared/data/handbooks/18f
    Share of questions whose right evidence stands in a pack of 1,000, 2,000 and 4,000 tokens, of the same store: packed by `get_context`,
    and as plain top-k does it: search hits in the order of rank until the next one is too long. Plain hits come twice: in the form and the
    envelope of a pack (status, release, what is left out, cursor), and bare, as cite, title, text and score with nothing around them.
    Questions, and how evidence is looked for, are those of the development data (skipped where they are absent).

python benchmarks/serving/packing.py budget STORE [N]
    N (default 10,000) random requests made of the store's own words: how many packs are over budget, counted on the bytes of the whole
    result; how many items are not, byte for byte, the whole text of their cite; how many requests differ when asked again.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canonry import store as stores
from canonry.serve import Client
from canonry.text import words

if TYPE_CHECKING:
    from collections.abc import Sequence

BUDGETS = (1000, 2000, 4000)


def questions(path: Path) -> list[dict[str, str]]:
    """Lines of a question file that name their evidence."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [r for r in rows if r.get("evidence_right")]


def asked(kind: str, question: dict[str, str]) -> str:
    """The query of a question: the sentence with a gap, or only its topic."""
    return f"{question['title']}: {question['heading']}" if kind == "topic" else question["question"].replace("____", " ")


def plain(hits: Sequence[dict[str, Any]], envelope: int, budget: int) -> list[str]:
    """Texts of the hits, in the order of rank, until the next one is too long."""
    texts, used = [], envelope
    for hit in hits:
        used += len(json.dumps(hit, ensure_ascii=False, separators=(",", ":")).encode()) + 1
        if used > budget:
            break
        texts.append(hit["text"])
    return texts


def right(store: Path, data: Path) -> None:
    """Print the share of questions answered per kind and budget."""
    if not data.is_dir():
        print(f"skipped: there is no {data.name} data")
        return
    sys.path.insert(0, str(data.resolve().parents[2] / "bench"))
    from textnorm import evidence, key  # of the development data

    client = Client(store)
    changed, controls = questions(data / "questions.jsonl"), questions(data / "controls.jsonl")
    titles = dict(stores.read_table(store, stores.needed(store), stores.FULL, "context").select("cite", "title").iter_rows())
    sets = {"masked": changed, "topic": changed, "controls": controls}
    for kind, rows in sets.items():
        found: Counter[tuple[str, int]] = Counter()
        for row in rows:
            wanted, query = str(evidence(row["evidence_right"])), asked(kind, row)
            hits = client.search(query, k=40).items
            bare = [{"cite": h.cite, "title": titles.get(h.cite), "text": h.text, "score": h.score} for h in hits]
            forms = {i.cite: json.loads(i.as_json()) for i in client.get_context(query, 16_000).items}
            same = [forms.get(h.cite) or {"cite": h.cite, "text": h.text, "status": h.status} for h in hits]
            for budget in BUDGETS:
                pack = client.get_context(query, budget)
                envelope = pack.tokens.used - sum(len(i.as_json().encode()) + 1 for i in pack.items)
                found["packed", budget] += any(wanted in key(i.text) for i in pack.items)
                found["plain", budget] += any(wanted in key(t) for t in plain(same, envelope, budget))
                found["plain, bare", budget] += any(wanted in key(t) for t in plain(bare, len('{"hits":[]}'), budget))
        for budget in BUDGETS:
            shares = {name: round(found[name, budget] / len(rows), 3) for name in ("packed", "plain", "plain, bare")}
            print(json.dumps({"kind": kind, "budget": budget, "n": len(rows), **shares}), flush=True)


def budgets(store: Path, number: int) -> None:
    """Print how many random requests break a promise."""
    client, chance = Client(store), random.Random(11)
    context = stores.read_table(store, stores.needed(store), stores.FULL, "context").select("cite", "text", "entity_id")
    whole = dict(context.select("cite", "text").iter_rows())
    vocabulary = sorted({w for text in context["text"] for w, _, _ in words(text)})
    entities = context["entity_id"].drop_nulls().to_list()
    over = cut = differ = 0
    taken = []
    for _ in range(number):
        query = " ".join(chance.choices(vocabulary, k=chance.randint(1, 12)))
        request = {
            "budget_tokens": chance.randint(500, 16_000),
            "on_conflict": chance.choice(["winner", "both", "abstain"]),
            "detail": chance.choice(["concise", "detailed"]),
            "min_quality": chance.choice([None, chance.random()]),
            "entity": chance.choice(entities) if entities and chance.random() < 0.2 else None,
        }
        started = time.perf_counter()
        pack = client.get_context(query, **request)
        taken.append((time.perf_counter() - started) * 1000)
        over += not len(pack.as_json().encode()) == pack.tokens.used <= request["budget_tokens"]
        cut += sum(whole[i.cite] != i.text for i in pack.items)
        differ += chance.random() < 0.05 and client.get_context(query, **request).as_json() != pack.as_json()
    taken.sort()
    figures = {f"p{p}_ms": round(taken[min(number - 1, number * p // 100)], 1) for p in (50, 99)}
    print(json.dumps({"requests": number, "over_budget": over, "cut_items": cut, "not_repeated": differ, **figures}))


def main() -> None:
    """Measure, and print JSON lines."""
    kind, store, *rest = sys.argv[1:]
    if kind == "right":
        right(Path(store), Path(rest[0]))
    else:
        budgets(Path(store), int(rest[0]) if rest else 10_000)


if __name__ == "__main__":
    main()
