"""The worked examples of the page for knowledge managers are what a run makes of them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from canonry.arbitrate import arbitrate
from canonry.claims import claims
from canonry.conflicts import conflicts
from canonry.match import match
from tests.normalise.small import claim, configured, context, document, normalised, record

PAGE = (Path(__file__).parents[2] / "docs" / "for-knowledge-managers.md").read_text(encoding="utf-8")
STORE = {"product": {"attributes": {"aliases": {"type": "name", "cardinality": "many"}, "launched": {"type": "date"}}}}
OUTCOMES = {"open": "open", "the newer stands": "decided_by_policy", "no conflict": None}


def rows(name: str) -> list[list[str]]:
    """The cells of a table of worked examples, without its head."""
    table = re.search(rf"<!-- worked: {name} -->\n(.*?)<!-- /worked -->", PAGE, re.DOTALL)[1]
    return [[c.strip() for c in line.strip("|\n").split("|")] for line in table.strip().splitlines()[2:]]


def page(where: str, says: str, source: str):
    """A page from its cell: title › heading (date)."""
    title, heading, day = re.fullmatch(r"(.+?) › (.+?)(?: \((.+)\))?", where).groups()
    text = f"# {title}\n\n## {heading}\n\n{says}\n"
    return document(f"{title}.md", text, source, title=title, modified_on=date.fromisoformat(day) if day else None)


def decided(run, *pages, **read):
    made = normalised(*pages, run=run, **read)
    matched = match(run, made)
    claimed = claims(run, made, matched)
    clashes = conflicts(run, matched, claimed)
    return arbitrate(run, made, matched, claimed, clashes), claimed


@pytest.mark.parametrize("row", rows("pages"), ids=lambda r: f"{r[4]} {r[5]}")
def test_two_pages_differ_as_the_table_says(row):
    one, says, other, says_too, kind, outcome = row
    found, claimed = decided(context(), page(one, says, "live"), page(other, says_too, "wiki"))
    told = [(r["type"], r["status"]) for r in found.conflicts.iter_rows(named=True)]
    assert told == ([(kind.strip("`"), OUTCOMES[outcome])] if OUTCOMES[outcome] else [])
    seen = found.observations.select("type", "status").rows()
    assert seen == ([] if OUTCOMES[outcome] or kind == "nothing" else [(kind.strip("`"), "dismissed")])
    if outcome == "the newer stands":
        winner = claimed.claims.filter(claim_id=found.conflicts["winner_claim_id"].item())
        assert winner["sentence"].item() == says_too


@pytest.mark.parametrize("row", rows("records"), ids=lambda r: f"{r[0]} {r[2]}")
def test_exports_differ_as_the_table_says(row):
    attribute, said, kind = row[0].split()[0], re.findall(r"`(.+?)`", row[1]), row[2].strip("`")
    asserters = ("one", "two", "three", "four")
    told = [claim(a, "CS-200", attribute, v) for a, v in zip(asserters, said, strict=False)]
    if len(said) == 2:
        told = []
    cells = [record(s, "CS-200", json.dumps({attribute: v})) for s, v in zip(("register", "shop"), said, strict=False)] if not told else []
    found, _ = decided(context(configured(entities=STORE)), records=cells, claims=told)
    types = [r["type"] for t in (found.conflicts, found.observations) for r in t.iter_rows(named=True)]
    assert types == [kind]


def test_every_type_has_a_worked_example():
    from canonry.published import CONFLICT_TYPES, OBSERVATION_TYPES

    shown = {r[4].strip("`") for r in rows("pages")} | {r[2].strip("`") for r in rows("records")}
    assert shown - {"nothing"} == {*CONFLICT_TYPES, *OBSERVATION_TYPES}
