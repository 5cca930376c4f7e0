"""Generated sources of many kinds: who says what of which thing, and what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

THINGS = 300
# Worlds in which the larger party is systematically wrong and nothing in the claims says so: measured, and told, but not fitted on.
UNKNOWABLE = ("camps_even", "camps_right_smaller", "clique_loose", "default_common")
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
