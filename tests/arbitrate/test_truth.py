"""Agreement weighs sources: copies count once, good sources more, places support what lies in them, lists stand by their elements."""

from __future__ import annotations

import random

import polars as pl
import pytest

from canonry.arbitrate.truth import beliefs, calibrated
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


def spoken(said, things=60, **more):
    """Claims from a function of the thing's number that gives values by source."""
    out = []
    for n in range(things):
        thing = {"subject_id": f"domain/{n}", "subject": str(n), "record_id": str(n)}
        out += [asserted(value, source, **thing, **more) for source, value in said(n).items() if value is not None]
    return frame(out)


def test_sources_that_cannot_be_told_apart_are_left_to_the_votes():
    chance = random.Random(3)  # noqa: S311
    rows = spoken(lambda n: {f"s{i}": f"{n}-{'right' if chance.random() < 0.6 else f'slip{i}'}" for i in range(8)})
    assert beliefs(rows, SMALL).height == 0


def test_measured_numbers_are_decided_by_the_sources_that_come_near_the_others():
    chance = random.Random(5)  # noqa: S311

    def said(n):
        exact = 1000 + 37 * n
        near = {f"near{i}": str(round(exact * chance.gauss(1, 0.002), 2)) for i in range(3)}
        return near | {f"far{i}": str(round(exact * chance.gauss(1.1, 0.1), 2)) for i in range(4)}

    chosen = best(beliefs(spoken(said, value_type="number"), SMALL))
    off = [abs(float(v) / (1000 + 37 * int(k.removeprefix("domain/"))) - 1) for k, v in chosen.items()]
    assert len(off) == 60
    assert sum(o < 0.01 for o in off) / len(off) > 0.95


def test_sources_that_leave_names_out_do_not_vote_against_them():
    names = ["ada", "bob", "cleo", "dan", "eve", "finn"]

    def said(n):
        whole = sorted({names[n % 6], names[(n + 1 + n // 6) % 6], names[(n + 3) % 6]})
        full, first = "; ".join(whole), whole[0]
        return {"a": full, "b": full, "c": first, "d": first if n % 2 else full, "e": first if n % 3 else full}

    rows = spoken(said, value_type="name")
    chosen = best(beliefs(rows, SMALL))
    assert chosen
    assert sum(";" in v for v in chosen.values()) / len(chosen) > 0.9


def test_a_number_said_in_two_units_is_two_values():
    rows = frame([
        asserted("5", f"s{i}", subject_id=f"domain/{n}", subject=str(n), record_id=str(n), value_type="quantity",
                 unit="kg" if i < 2 + (n % 3) else "m")
        for n in range(40) for i in range(5)
    ])  # fmt: skip
    assert set(beliefs(rows, SMALL)["value"]) == {"5 kg", "5 m"}


BAD = {
    "empty": lambda _: {},
    "one-source": lambda n: {"only": str(n)},
    "nobody-agrees": lambda n: {f"s{i}": f"{n}-{i}" for i in range(6)},
    "everybody-agrees": lambda n: {f"s{i}": str(n) for i in range(6)},
    "two-sources": lambda n: {"a": str(n), "b": f"{n}-b"},
    "one-always-alone": lambda n: {**{f"s{i}": str(n) for i in range(5)}, "odd": "x"},
    "numbers-without-end": lambda n: {f"s{i}": v for i, v in enumerate(("1e400", "nan", "-inf", str(n)))},
}


@pytest.mark.parametrize("said", BAD.values(), ids=BAD)
@pytest.mark.parametrize("value_type", ["text", "number"])
def test_claims_that_teach_nothing_break_nothing(said, value_type):
    found = beliefs(spoken(said, value_type=value_type), SMALL)
    assert found["belief"].is_between(0.0, 1.0).all()
    assert found["belief"].is_finite().all()


def test_a_source_without_a_value_says_nothing():
    rows = frame([asserted(None, s, subject_id=f"domain/{n}", subject=str(n), record_id=str(n)) for n in range(30) for s in "abc"])
    assert beliefs(rows, SMALL).height == 0


def test_thousands_of_values_for_one_thing_are_weighed(tmp_path):
    thing = {"subject_id": "domain/0", "subject": "0", "record_id": "0"}
    many = [asserted(f"v{n}", f"crowd{n}", **thing) for n in range(3000)]
    found = beliefs(frame(planted() + many), SMALL).filter(subject_id="domain/0")
    assert found.height > 3000
    assert found["belief"].sum() <= 1.0 + 1e-6
    config = configured(tmp_path, "id,name,parent_id\n1,Land,\n2,North,1\n")
    places = [{**c, "value_type": "place"} for c in planted() + many]
    assert beliefs(frame(places), config)["belief"].is_between(0.0, 1.0).all()


def test_a_place_whose_parent_is_missing_counts_as_a_top(tmp_path):
    config = configured(tmp_path, "id,name,parent_id\n2,North,99\n3,Town,2\n4,Port,98\n")
    rows = spoken(lambda n: {"a": "town", "b": "north", "c": "port" if n % 3 == 0 else "town"}, value_type="place")
    assert set(best(beliefs(rows, config)).values()) == {"town"}


def test_starts_that_end_apart_lower_the_confidence():
    signs = {"subject_id": "t", "attribute": "a", "scope": "", "method": "sources", "heads": 1, "record": 0.9}
    rows = [
        {**signs, "subject_id": f"t{doubted}", "value": v, "alike": v, "truth": p, "voices": n, "is_doubted": doubted}
        for doubted in (False, True)
        for v, p, n in (("x", 0.9, 3), ("y", 0.1, 2))
    ]
    sure = dict(calibrated(pl.DataFrame(rows)).filter(value="x").select("is_doubted", "belief").iter_rows())
    assert sure[True] < sure[False]


@pytest.mark.parametrize("order", [sorted, reversed], ids=["one-spelling", "two-spellings"])
def test_voices_for_one_list_count_together_however_it_is_spelt(order):
    names = ["ada", "bob", "cleo", "dan", "eve", "finn"]

    def said(n):
        both = sorted([names[n % 6], names[(n + 1) % 6]])
        plain, other = "; ".join(both), "; ".join(order(both))
        return {"a": plain, "b": plain, "c": plain, "d": other, "e": other, "short": both[0]}

    found = beliefs(spoken(said, value_type="name"), SMALL)
    assert found.group_by("subject_id").agg(pl.col("belief").max())["belief"].min() > 0.8
