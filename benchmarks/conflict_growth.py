"""How the cost of claims and conflicts grows with the number of sentences.

    python benchmarks/conflict_growth.py [SENTENCES ...]

Writes pages of invented rules (a template's share, repeated rules, planted contradictions), brings them into canonical form, and prints
the processor seconds of `match`, `claims` and `conflicts` for each size, nothing memoised, and the exponent of growth between the
smallest and the largest: seconds ~ sentences ** exponent.
"""

from __future__ import annotations

import math
import random
import sys
import time
from datetime import date

from canonry.claims import claims
from canonry.config import parse
from canonry.conflicts import conflicts
from canonry.context import History, RunContext
from canonry.frames import INGESTED, Ingested, frame
from canonry.journal import Journal
from canonry.match import match
from canonry.normalise import normalise
from canonry.similarity import SentenceEncoder
from canonry.state import NoMemo

SIZES = (10_000, 30_000, 100_000)
PER_PAGE = 40  # sentences
_ONSETS, _ENDS = (
    ("br", "cl", "dr", "fl", "gr", "m", "n", "p", "st", "tr"),
    ("ane", "ell", "ick", "ond", "ume", "arp", "est", "ift", "oam", "ug"),
)
_UNITS = ("days", "hours", "weeks", "minutes")


def words_of(count: int) -> list[str]:
    """Invented nouns, enough that their frequencies resemble those of a language (a few common ones, many rare ones)."""
    made = [f"{a}{b}{c}{d}" for a in _ONSETS for b in _ENDS for c in _ONSETS for d in _ENDS]
    return made[:count]


def page(draw: random.Random, vocabulary: list[str], number: int) -> tuple[str, str]:
    """A page's title and Markdown."""

    def noun() -> str:
        return vocabulary[min(int(draw.paretovariate(0.6)) - 1, len(vocabulary) - 1)]

    subject = f"{noun()} {noun()}"
    lines = [f"# Handling {subject}", "", "## Rules", ""]
    for n in range(PER_PAGE):
        if n % 10 == 0:
            lines.append(f"The job {subject} requires {draw.randint(1, 12)} years of practice.")  # a template: each page has its own
        elif n % 10 == 1:
            lines.append(f"A {noun()} for the {noun()} must be returned to the {noun()} within {draw.randint(2, 9)} {draw.choice(_UNITS)}.")
        elif n == PER_PAGE // 2:  # pages on the same thing agree or contradict each other
            lines.append(f"A lost {subject} is reported to the front desk within {draw.randint(1, 3)} hours.")
        else:
            lines.append(f"Every {noun()} that the {noun()} brings is {noun()} by the {noun()} before the {noun()} leaves for {noun()}.")
    return f"{subject}-{number}.md".replace(" ", "-"), "\n".join(lines) + "\n"


def measured(sentences: int) -> tuple[int, float, dict[str, float]]:
    """How many sentences were read, the seconds of claims and conflicts together, and those of each stage."""
    draw, vocabulary = random.Random(sentences), words_of(4000)
    pages = [page(draw, vocabulary, n) for n in range(sentences // PER_PAGE)]
    documents = [{"source": "wiki", "path": p, "media": "markdown", "text": t} for p, t in pages]
    source = {"source": "wiki", "kind": "documents", "status": "ok", "copy_hash": "c", "items": len(documents)}
    filled = {"sources": [source], "documents": documents}
    ingested = Ingested(**{name: frame(shape, filled.get(name, [])) for name, shape in INGESTED.items()})
    config = parse({"sources": {"wiki": {"kind": "documents", "path": "wiki"}}})
    run = RunContext(date(2024, 12, 31), config, Journal(), NoMemo(), SentenceEncoder(), NoMemo(), History(), "")
    normalised = normalise(run, ingested)
    seconds, matched = _timed(lambda: match(run, normalised))
    spent, claimed = _timed(lambda: claims(run, normalised, matched))
    last, clashes = _timed(lambda: conflicts(run, matched, claimed))
    found = {"differences": float(clashes.differences.height)}
    return normalised.sentences.height, spent + last, {"match": seconds, "claims": spent, "conflicts": last} | found


def _timed(work):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    start = time.process_time()
    made = work()
    return time.process_time() - start, made


def main(sizes: list[int]) -> None:
    """Measure each size and print the exponent."""
    told = []
    for size in sizes:
        sentences, seconds, parts = measured(size)
        told.append((sentences, seconds))
        print(f"{sentences:>8,} sentences  {seconds:7.2f} s  ({', '.join(f'{k} {v:.4g}' for k, v in parts.items())})", flush=True)
    (n, a), (m, b) = told[0], told[-1]
    if m > n:
        print(f"exponent {math.log(b / a) / math.log(m / n):.2f}")


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or list(SIZES))
