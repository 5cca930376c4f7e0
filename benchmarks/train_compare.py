"""Train what `canonry.compare_statements` ships: low-rank additions to the shipped model, a head, and a calibration.

python benchmarks/train_compare.py --vitc PATH --cad PATH [--out canonry/compare/weights.npz]

PATH: JSON lines with `premise`, `hypothesis`, `label` (entailment, neutral, contradiction): revisions of Wikipedia (VitaminC) and
counterfactually edited captions (CAD). About half an hour of one core. The same command on the same type of machine writes the same
bytes: one thread, one seed, no clock. A tenth of each set, no sentence of which is in the rest, is held out for calibration and
for the operating point; the last line printed has what was measured there; it stands in
`canonry/operating.py` too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from pathlib import Path

import generated_pairs
import numpy as np
import torch  # noqa: TID253  (training is all torch)

from canonry import similarity
from canonry.compare.features import explain, matrix
from canonry.compare.judge import Judge, terms
from canonry.compare.statements import canonical
from canonry.compare.weights import load, save

LABELS = {"entailment": 0, "neutral": 1, "contradiction": 2}
SEED, RANK, UPPER, HIDDEN = 20261121, 12, 5, 64
EPOCHS, RATE = 1, 1e-3  # the learning rate rises to RATE and falls towards nought at the end of the epochs
PRECISE = 0.85  # precision that the operating point is chosen for
Pair = tuple[str, str, int]


def read(path: Path) -> tuple[list[Pair], list[tuple[Pair, int]]]:
    """Pairs to train on, and pairs held out, in two halves; pairs that share a sentence, directly or through others, stay together."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [(*canonical(r["premise"], r["hypothesis"]), LABELS[r["label"]]) for r in rows if r["label"] in LABELS]
    root: dict[str, str] = {}

    def find(text: str) -> str:
        while root.setdefault(text, text) != text:
            root[text] = root[root[text]]
            text = root[text]
        return text

    for left, right, _ in pairs:
        a, b = sorted((find(left), find(right)))
        root[b] = a
    place = [int.from_bytes(hashlib.blake2b(find(left).encode(), digest_size=4).digest()) % 20 for left, _, _ in pairs]
    return [p for p, at in zip(pairs, place, strict=True) if at % 10], [
        (p, at // 10) for p, at in zip(pairs, place, strict=True) if at % 10 == 0
    ]


class Added(torch.nn.Module):
    """A frozen linear layer with a low-rank addition that is trained (LoRA)."""

    def __init__(self, base: torch.nn.Linear, seeded: torch.Generator) -> None:
        """Begin with no change: the second matrix is zero."""
        super().__init__()
        self.base = base
        self.down = torch.nn.Parameter(torch.randn(RANK, base.in_features, generator=seeded) / base.in_features**0.5)
        self.up = torch.nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add the product of both matrices; in training some of its ranks are left out."""
        return self.base(x) + torch.nn.functional.dropout(x @ self.down.to(x.dtype).T, 0.1, self.training) @ self.up.to(x.dtype).T


class Head(torch.nn.Module):
    """Three logits from what the model pools."""

    def __init__(self, seeded: torch.Generator) -> None:
        """Draw the weights from the seed."""
        super().__init__()
        self.first = torch.nn.Parameter(torch.randn(3 * 384, HIDDEN, generator=seeded) / (3 * 384) ** 0.5)
        self.first_bias = torch.nn.Parameter(torch.zeros(HIDDEN))
        self.second = torch.nn.Parameter(torch.randn(HIDDEN, 3, generator=seeded) / HIDDEN**0.5)
        self.second_bias = torch.nn.Parameter(torch.zeros(3))

    def forward(self, pooled: torch.Tensor) -> torch.Tensor:
        """Logits, shape (pairs, 3)."""
        hidden = torch.tanh(pooled @ self.first + self.first_bias)
        return torch.nn.functional.dropout(hidden, 0.1, self.training) @ self.second + self.second_bias


class Lower:
    """States after the frozen lower layers, computed once per pair."""

    def __init__(self, model: torch.nn.Module, tokenizer: object, pairs: list[Pair]) -> None:
        """Run the lower layers over all pairs, sorted by length."""
        ids, kinds = similarity.pair_tokens(tokenizer, [(a, b) for a, b, _ in pairs])
        self.lengths = np.array([len(i) for i in ids])
        self.labels = torch.tensor([label for *_, label in pairs])
        self.states: list[torch.Tensor] = [torch.empty(0)] * len(pairs)
        order = np.argsort(self.lengths, kind="stable")
        for start in range(0, len(order), 32):
            part = order[start : start + 32]
            tokens, kind, mask = similarity.padded_pairs([ids[i] for i in part], [kinds[i] for i in part], int(self.lengths[part].max()))
            with torch.no_grad():
                hidden = similarity.run_layers(model.encoder.layer[:-UPPER], model.embeddings(input_ids=tokens, token_type_ids=kind), mask)
            for row, i in enumerate(part):
                self.states[i] = hidden[row, : self.lengths[i]].clone()

    def batch(self, part: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Padded states and their mask."""
        hidden = torch.nn.utils.rnn.pad_sequence([self.states[i] for i in part], batch_first=True)
        return hidden, torch.arange(hidden.shape[1])[None, :] < torch.tensor(self.lengths[part])[:, None]


def batches(lengths: np.ndarray, copies: np.ndarray, draw: np.random.Generator) -> list[np.ndarray]:
    """Batches of 32 pairs of like length, in random order."""
    order = draw.permutation(np.repeat(np.arange(len(lengths)), copies))
    chunks = [order[i : i + 1024] for i in range(0, len(order), 1024)]
    made = [c[i : i + 32] for chunk in chunks for c in [chunk[np.argsort(lengths[chunk], kind="stable")]] for i in range(0, len(c), 32)]
    return [made[i] for i in draw.permutation(len(made))]


class Training:
    """The model with its additions, the head, and the pairs to learn from."""

    def __init__(self, pairs: list[Pair], copies: np.ndarray) -> None:
        """Load the model, run its lower layers over all pairs, and put additions with no effect into the upper ones."""
        seeded = torch.Generator().manual_seed(SEED)
        model, tokenizer = similarity.pair_model()
        model = model.to(torch.bfloat16)
        self.copies, self.lower = copies, Lower(model, tokenizer, pairs)
        self.upper, self.added = model.encoder.layer[-UPPER:], dict[str, Added]()
        for depth, layer in enumerate(self.upper, start=len(model.encoder.layer) - UPPER):
            for name, module in list(layer.named_modules()):
                if isinstance(module, torch.nn.Linear):
                    self.added[f"encoder.layer.{depth}.{name}"] = Added(module, seeded)
                    setattr(
                        layer.get_submodule(name.rpartition(".")[0]), name.rpartition(".")[2], self.added[f"encoder.layer.{depth}.{name}"]
                    )
        self.head = Head(seeded)

    def weights(self) -> dict[str, torch.nn.Parameter]:
        """What is trained, by the name under which it is shipped."""
        named = {f"{name}.{part}": getattr(a, part) for name, a in self.added.items() for part in ("down", "up")}
        return named | {f"head.{n}": p for n, p in self.head.named_parameters()}

    def run(self) -> None:
        """Minimise cross-entropy over three labels with AdamW, linear warm-up and decay; then round to what is shipped."""
        torch.manual_seed(SEED)
        draw, trained = np.random.default_rng(SEED), list(self.weights().values())
        plan = [b for _ in range(EPOCHS) for b in batches(self.lower.lengths, self.copies, draw)]
        optimiser, warm = torch.optim.AdamW(trained, lr=RATE, weight_decay=0.01), max(1, len(plan) // 20)
        slope = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min((s + 1) / warm, (len(plan) - s) / max(1, len(plan) - warm)))
        running, began = 1.1, time.process_time()
        for step, part in enumerate(plan):
            hidden, mask = self.lower.batch(part)
            logits = self.head(similarity.pool(similarity.run_layers(self.upper, hidden, mask), mask))
            loss = torch.nn.functional.cross_entropy(logits, self.lower.labels[part])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            slope.step()
            running = 0.99 * running + 0.01 * loss.item()
            if step % 100 == 0:
                spent = round(time.process_time() - began)
                print(json.dumps({"step": step, "of": len(plan), "loss": round(running, 3), "cpu_s": spent}), flush=True)
        with torch.no_grad():
            for weight in trained:
                weight.copy_(weight.half().float())


def logistic(features: np.ndarray, is_true: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Coefficients of a logistic regression with a small ridge, by Newton's method; `counts` says how much each row counts for."""
    found = np.zeros(features.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-features @ found))
        slope = features.T @ (counts * (chance - is_true)) + found
        found -= np.linalg.solve((features.T * (counts * chance * (1 - chance))) @ features + np.eye(len(found)), slope)
    return found


def calibrate(weights: dict[str, np.ndarray], kinds: list[list[tuple[Pair, int]]], made: list[Pair]) -> dict[str, object]:
    """Coefficients from held-out pairs and newly made ones, each kind of text counting the same.

    The operating point is measured on the held-out pairs, each half by the other's fit.
    """
    n = sum(len(kind) for kind in kinds)
    kinds = [*kinds, [(pair, i % 2) for i, pair in enumerate(made)]]
    held = [pair for kind in kinds for pair in kind]
    counts = np.repeat([len(held) / len(kinds) / len(kind) for kind in kinds], [len(kind) for kind in kinds])
    pairs = [(a, b) for (a, b, _), _ in held]
    table = terms(Judge(weights, {}).evidence(pairs), matrix([explain(a, b) for a, b in pairs]))
    features, fold = np.column_stack(list(table.values())), np.array([f for _, f in held])
    is_true = np.array([label == LABELS["contradiction"] for (*_, label), _ in held])
    chance = np.zeros(len(held))
    for half in (0, 1):
        chance[fold == half] = 1 / (
            1 + np.exp(-features[fold == half] @ logistic(features[fold != half], is_true[fold != half], counts[fold != half]))
        )
    points = [(t / 100, is_true[:n][chance[:n] >= t / 100]) for t in range(50, 100)]
    threshold, hits = next(p for p in points if len(p[1]) and p[1].mean() >= PRECISE)
    measured = {
        "threshold": threshold,
        "precision": round(float(hits.mean()), 3),
        "recall": round(float(hits.sum() / is_true[:n].sum()), 3),
    }
    coefficients = dict(zip(table, [round(c, 6) for c in logistic(features, is_true, counts).tolist()], strict=True))
    return {"coefficients": coefficients, "operating_point": measured | {"n": n}}


def sentences(pairs: list[Pair]) -> list[str]:
    """All sentences of pairs, each once, sorted."""
    return sorted({text for a, b, _ in pairs for text in (a, b)})


def generated(draw: random.Random, short: list[Pair], long: list[Pair], share: float) -> list[Pair]:
    """Pairs made by rules, from templates and from the sentences of short and long pairs."""
    made = generated_pairs.office(draw, int(2500 * share))
    made += generated_pairs.from_sentences(draw, sentences(short), int(3000 * share), unrelated=False)
    made += generated_pairs.from_sentences(draw, sentences(long), int(1500 * share), unrelated=True)
    return [(*canonical(a, b), label) for a, b, label in made]


def train(vitc: list[Pair], cad: list[Pair], held: int) -> dict[str, np.ndarray]:
    """Train on both sets and on generated pairs; say first how many there are."""
    draw = random.Random(SEED)
    made = generated(draw, cad, vitc, 1)
    made += [(*canonical(a, b), label) for a, b, label in generated_pairs.captions(draw, sentences(cad), 3500)]
    pairs = vitc + cad + made
    copies = np.array([1] * len(vitc) + [6] * len(cad) + [1] * len(made))
    print(
        json.dumps({"vitc": len(vitc), "cad": len(cad), "generated": len(made), "held": held}),
        flush=True,
    )
    training = Training(pairs, copies)
    training.run()
    return {name: p.detach().numpy() for name, p in training.weights().items()}


def main() -> None:
    """Train, calibrate, measure on what was held out, and write the weights."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--vitc", type=Path, required=True)
    asked.add_argument("--cad", type=Path, required=True)
    asked.add_argument("--trained", type=Path, help="weights that are calibrated again, and not trained")
    asked.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "canonry" / "compare" / "weights.npz")
    options = asked.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    (vitc, vitc_held), (cad, cad_held) = read(options.vitc), read(options.cad)
    weights = dict(load(options.trained)) if options.trained else train(vitc, cad, len(vitc_held) + len(cad_held))
    save(options.out, weights)
    fresh = generated(random.Random(SEED + 1), [p for p, _ in cad_held], [p for p, _ in vitc_held], 0.2)
    made = calibrate(weights, [vitc_held, cad_held], fresh) | {"weights_sha256": hashlib.sha256(options.out.read_bytes()).hexdigest()}
    options.out.with_name("calibration.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(made["operating_point"]))


if __name__ == "__main__":
    main()
