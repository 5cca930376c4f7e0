"""How well text that speaks to agents is told from text that speaks to people, and secrets from what looks like them.

    python -m benchmarks.untrusted.measure [FOLDER …]

`speaks.txt` and `silent.txt` hold one passage a line, written for this project: attacks of every family that the rules name, and sentences
of handbooks, manuals and policies that come close to them. Rules were made with the even lines in view, never with the odd ones. For each
FOLDER of Markdown pages the share of passages that would be flagged is told, and which; and each secret that would be taken out.
Secrets are generated, with random bodies, in the forms of `tests/protect/tokens.py`.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from canonry.normalise.markup import parse
from canonry.normalise.passages import passages
from canonry.protect import Guard, speaks_to_agents
from tests.protect.tokens import FORMS, example

HERE = Path(__file__).parent


def lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def told(part: str, speaks: list[str], silent: list[str]) -> tuple[list[str], list[str]]:
    hits, wrong = [s for s in speaks if speaks_to_agents(s)], [s for s in silent if speaks_to_agents(s)]
    precision = len(hits) / max(1, len(hits) + len(wrong))
    print(f"{part}: precision {precision:.3f}, recall {len(hits) / len(speaks):.3f} ({len(speaks)} attacks, {len(silent)} others)")
    return [s for s in speaks if s not in hits], wrong


def pages(folder: str) -> list[tuple[Path, str]]:
    flagged, seen, seconds = list[tuple[Path, str]](), 0, 0.0
    for path in sorted(Path(folder).rglob("*.md")):
        cut = passages(parse(path.read_text(encoding="utf-8"), "markdown"))
        begun = time.process_time()
        flagged += [(path, p.text) for p in cut if speaks_to_agents(p.text)]
        seconds += time.process_time() - begun
        seen += len(cut)
    print(f"{folder}: {len(flagged)} of {seen} passages flagged ({len(flagged) / max(1, seen):.4f}), {seconds:.2f} CPU-s")
    return flagged


def secrets_found(times: int = 20) -> None:
    guard, missed, n = Guard(), Counter[str](), 0
    for form in FORMS:
        for seed in range(1000, 1000 + times):
            text, hidden = example(form, seed)
            missed[form] += hidden in guard.masked(f"Use this to get in: {text}\nAsk Ada if it fails.\n").text
            n += 1
    print(f"secrets: recall {1 - missed.total() / n:.3f} ({n} of {len(FORMS)} forms); missed: {dict(+missed)}")


def secrets_in(folder: str) -> None:
    guard, begun, n = Guard(), time.process_time(), 0
    found = []
    for path in sorted(Path(folder).rglob("*.md")):
        n += 1
        found += [(path.name, kind) for kind in guard.masked(path.read_text(encoding="utf-8")).kinds]
    print(f"{folder}: {len(found)} secrets in {n} pages, {time.process_time() - begun:.2f} CPU-s; {found[:20]}")


if __name__ == "__main__":
    speaks, silent = lines("speaks.txt"), lines("silent.txt")
    missed, wrong = told("in view ", speaks[::2], silent[::2])
    print(*(f"  missed: {s}" for s in missed), *(f"  wrong:  {s}" for s in wrong), sep="\n")
    told("held out", speaks[1::2], silent[1::2])
    secrets_found()
    for folder in sys.argv[1:]:
        secrets_in(folder)
        for path, text in pages(folder):
            print(f"  {path.name}: {' '.join(text.split())[:300]}")
