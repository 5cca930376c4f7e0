"""How well text that speaks to agents is told from text that speaks to people.

    python -m benchmarks.untrusted.measure [FOLDER …]

`speaks.txt` and `silent.txt` hold one passage a line, written for this project: attacks of every family that the rules name, and sentences
of handbooks, manuals and policies that come close to them. Rules were made with the even lines in view, never with the odd ones. For each
FOLDER of Markdown pages the share of passages that would be flagged is told, and which.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from canonry.normalise.markup import parse
from canonry.normalise.passages import passages
from canonry.protect import speaks_to_agents

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


if __name__ == "__main__":
    speaks, silent = lines("speaks.txt"), lines("silent.txt")
    missed, wrong = told("in view ", speaks[::2], silent[::2])
    print(*(f"  missed: {s}" for s in missed), *(f"  wrong:  {s}" for s in wrong), sep="\n")
    told("held out", speaks[1::2], silent[1::2])
    for folder in sys.argv[1:]:
        for path, text in pages(folder):
            print(f"  {path.name}: {' '.join(text.split())[:300]}")
