"""Persons by chance, and copies of them with errors."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.normalise.small import record

_FIRST = [
    "anna",
    "bruno",
    "clara",
    "david",
    "elena",
    "felix",
    "greta",
    "henry",
    "irene",
    "jonas",
    "karla",
    "louis",
    "maria",
    "nikol",
    "oscar",
]
_SYLLABLES = ["ber", "dal", "fen", "gor", "hal", "kin", "lor", "mar", "nes", "pol", "rit", "sun", "tor", "vel", "win", "zan"]


def person(rng: random.Random) -> dict[str, str]:
    """One person."""
    word = lambda n: "".join(rng.choice(_SYLLABLES) for _ in range(n))  # noqa: E731
    return {
        "first": rng.choice(_FIRST),
        "last": word(2),
        "street": f"{rng.randint(1, 99)} {word(3)} street",
        "city": word(2),
        "born": f"{rng.randint(1940, 2005)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "phone": str(rng.randint(10**8, 10**9 - 1)),
    }


def with_errors(rng: random.Random, one: dict[str, str]) -> dict[str, str]:
    """The same person, with a typing error, and a field left out."""
    out = dict(one)
    name = rng.choice(["last", "street", "city", "phone"])
    i = rng.randrange(len(out[name]) - 1)
    out[name] = out[name][:i] + out[name][i + 1] + out[name][i] + out[name][i + 2 :]
    out[rng.choice(["first", "city", "born"])] = ""
    return out


def registers(left: int, right: int, shared: int, seed: int = 3) -> list[dict[str, Any]]:
    """Rows of the sources register and shop; the first ``shared`` of both are the same persons (``l0`` and ``r0``, …)."""
    rng = random.Random(seed)  # noqa: S311  (no secrets)
    people = [person(rng) for _ in range(left)]
    others = [with_errors(rng, p) for p in people[:shared]] + [person(rng) for _ in range(right - shared)]
    return [record("register", f"l{i}", json.dumps(p)) for i, p in enumerate(people)] + [
        record("shop", f"r{i}", json.dumps(p)) for i, p in enumerate(others)
    ]
