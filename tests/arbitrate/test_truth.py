"""Agreement weighs sources: copies count once, good sources more, places support what lies in them, lists stand by their elements."""

from __future__ import annotations

import random

import polars as pl
import pytest

from canonry.arbitrate.truth import beliefs
from canonry.config import load, parse
from canonry.errors import ConfigError
from tests.arbitrate.build import World, asserted

SMALL = parse({"sources": {"x": {"kind": "documents", "path": "docs"}}})
THINGS = 80


def planted(seed=7):
    """Four careful sources with errors of their own, and six copies of a careless one; votes alone follow the copies."""
    chance, claims = random.Random(seed), []  # noqa: S311
    for n in range(THINGS):
        thing = {"subject_id": f"domain/{n}", "subject": str(n), "record_id": str(n)}
        copied = f"{n}-wrong" if chance.random() < 0.5 else f"{n}-right"
        said = {f"copy{i}": copied for i in range(6)}
        said |= {f"careful{i}": f"{n}-right" if chance.random() < 0.92 else f"{n}-slip{i}" for i in range(4)}
        claims += [asserted(value, source, **thing) for source, value in said.items()]
    return claims


def frame(claims):
    return World(claims).claimed.claims


def best(found):
    top = found.sort("belief", "value", descending=[True, False]).group_by("subject_id").first()
    return dict(top.select("subject_id", "value").iter_rows())


def test_copies_of_a_careless_source_do_not_outvote_careful_ones():
    chosen = best(beliefs(frame(planted()), SMALL))
    assert sum(v.endswith("-right") for v in chosen.values()) / len(chosen) > 0.95


def test_the_reason_names_voices_and_copies():
    found = beliefs(frame(planted()), SMALL)
    why = found.filter(pl.col("value").str.ends_with("-right")).sort("belief")["why"][-1]
    assert "against" in why
    assert found["why"].str.contains("independent|copy one another").any()


def test_the_order_of_claims_changes_nothing():
    rows = frame(planted())
    key = ["subject_id", "value"]
    one = beliefs(rows, SMALL).sort(key)
    assert beliefs(rows.sample(fraction=1.0, shuffle=True, seed=3), SMALL).sort(key).equals(one)


def test_probabilities_stay_in_bounds():
    found = beliefs(frame(planted(11)), SMALL)
    assert found["belief"].is_between(0.0, 1.0).all()
    assert found.group_by("subject_id").agg(pl.col("belief").sum())["belief"].max() <= 1.0 + 1e-9


def test_too_little_evidence_leaves_the_votes_to_be_counted():
    assert beliefs(frame(planted()[:50]), SMALL).height == 0


def test_a_source_that_contradicts_itself_splits_its_vote():
    thing = {"subject_id": "domain/0", "subject": "0", "record_id": "0"}
    extra = [asserted(f"0-other{n}", "careful0", **thing) for n in range(200)]
    assert beliefs(frame(planted() + extra), SMALL)["belief"].is_finite().all()


def test_without_agreement_the_weighed_conflicts_stay_open():
    rows = planted()
    with_it = World(rows, config={"policy": [{"decide_by": ["authority", "agreement"]}]}).decided().conflicts
    without = World(rows, config={"policy": [{"decide_by": ["authority"]}]}).decided().conflicts
    assert set(without["status"]) == {"open"}
    decided = with_it.filter(status="decided_by_policy")
    assert decided.height > THINGS // 4
    assert set(decided["rule"]) == {"agreement"}


def configured(folder, table):
    (folder / "places.csv").write_text(table, encoding="utf-8")
    (folder / "canonry.yaml").write_text(
        "sources: {x: {kind: documents, path: docs}}\nentities: {domain: {attributes: {contact: {type: place, hierarchy: places.csv}}}}\n",
        encoding="utf-8",
    )
    return load(folder / "canonry.yaml", {})


def test_an_ancestor_supports_its_descendant(tmp_path):
    config = configured(tmp_path, "id,name,parent_id\n1,Land,\n2,North,1\n3,Town,2\n4,Port,1\n")
    claims = []
    for n in range(30):
        thing = {"subject_id": f"domain/{n}", "subject": str(n), "record_id": str(n), "value_type": "place"}
        claims += [asserted(v, s, **thing) for s, v in (("a", "town"), ("b", "north"), ("c", "port" if n % 3 == 0 else "town"))]
    assert set(best(beliefs(frame(claims), config)).values()) == {"town"}


@pytest.mark.parametrize(
    ("table", "says"),
    [("id,name,parent_id\n1,A,2\n2,B,1\n", "circle"), ("id,name\n1,A\n", "parent_id"), ("id,name,parent_id\n1,A,\n1,B,\n", "twice")],
)
def test_a_broken_hierarchy_is_an_error_that_names_the_key(tmp_path, table, says):
    with pytest.raises(ConfigError, match=says) as caught:
        configured(tmp_path, table)
    assert caught.value.key == "entities.domain.attributes.contact.hierarchy"
