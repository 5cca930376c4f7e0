"""Each policy word separates one side from all others, or abstains; the first rule that matches decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.arbitrate.build import World, asserted, dated, no_later_than, only, policy, stated

WORDS = ("validity", "supersession", "authority", "agreement", "corroboration", "recency", "specificity")


def day(text: str):
    return dated(text)["dated_on"]


def decide(word, *claims, **more):
    """The value that stands by one word alone, or None where it abstains."""
    decided = World(list(claims), config=policy(word, **more)).decided()
    found = only(decided.conflicts)
    if found["winner_claim_id"] is None:
        assert found["status"] == "open"
        return None
    assert (found["status"], found["rule"]) == ("decided_by_policy", word)
    return only(decided.claims.filter(claim_id=found["winner_claim_id"]))["value"]


PAST, FUTURE = {"valid_to": day("2024-12-30")}, {"valid_from": day("2025-01-01")}


@pytest.mark.parametrize(
    ("old", "new", "stands"),
    [
        (PAST, {}, "new"),
        ({}, FUTURE, "old"),
        (PAST, FUTURE, None),
        (PAST, {"valid_from": day("2024-12-31")}, "new"),
        ({"valid_to": day("2024-12-31")}, {}, None),
        ({}, {}, None),
    ],
    ids=["over", "not-yet", "neither", "from-today", "until-today", "both"],
)
def test_validity_separates_what_holds_on_the_run_date(old, new, stands):
    assert decide("validity", asserted("old", "a", **old), asserted("new", "b", **new)) == stands


def test_one_valid_claim_makes_its_side_valid():
    assert decide("validity", asserted("x", "a", **PAST), asserted("x", "b"), asserted("y", "c", **PAST)) == "x"


@pytest.mark.parametrize("newer", ["live/new.md", "live/old.md", None])
def test_supersession_separates_the_newer_version(newer):
    said = {d: stated(d, f"It is {d}.", d) for d in ("live/new.md", "live/old.md")}
    pair = {"left_id": "live/new.md", "right_id": "live/old.md", "newer_id": newer}
    found = only(World([*said.values()], page_pairs=[pair], config=policy("supersession")).decided().conflicts)
    assert found["winner_claim_id"] == (said[newer]["claim_id"] if newer else None)


def test_a_side_that_also_stands_elsewhere_is_not_superseded():
    said = [stated("30", "It is 30.", "live/new.md"), stated("14", "It is 14.", "live/old.md"), asserted("14", "register")]
    pair = {"left_id": "live/new.md", "right_id": "live/old.md", "newer_id": "live/new.md"}
    assert only(World(said, page_pairs=[pair], config=policy("supersession")).decided().conflicts)["status"] == "open"


@pytest.mark.parametrize(
    ("ranks", "stands"),
    [((1, 2), "v0"), ((2, 1), "v1"), ((1, None), "v0"), ((1, 1), None), ((None, None), None), ((1, 1, 2), None), ((2, 1, 2), "v1")],
)
def test_authority_separates_a_strictly_better_rank(ranks, stands):
    assert decide("authority", *(asserted(f"v{n}", f"s{n}", authority=r) for n, r in enumerate(ranks))) == stands


def voices(**votes):
    return [asserted(v, f"{v}{n}") for v, count in votes.items() for n in range(count)]


@pytest.mark.parametrize(
    ("votes", "least", "stands"),
    [
        ({"x": 2, "y": 1}, 0.8, None),
        ({"x": 2, "y": 1}, 0.6, "x"),
        ({"x": 9, "y": 1}, 0.8, "x"),
        ({"x": 3, "y": 3}, 0.0, None),
        ({"x": 3, "y": 3, "z": 1}, 0.0, None),
        ({"x": 6, "y": 1, "z": 1}, 0.9, None),
    ],
)
def test_agreement_separates_a_majority_that_is_sure_enough(votes, least, stands):
    assert decide("agreement", *voices(**votes), min_confidence=least) == stands


def test_agreement_counts_sources_not_claims():
    thrice = [asserted("x", "a", record_id=f"r{n}") for n in range(3)]
    assert decide("agreement", *thrice, asserted("y", "b"), min_confidence=0.0) is None


def test_the_confidence_of_agreement_is_its_share_of_the_votes():
    found = only(World(voices(x=9, y=1), config=policy("agreement")).decided().conflicts)
    assert found["confidence"] == pytest.approx(9.5 / 11)
    assert found["margin"] == pytest.approx(2 * 9.5 / 11 - 1)


ON = dated("2024-01-01")


@pytest.mark.parametrize(
    ("claims", "stands"),
    [
        ([asserted("x", "a", **ON), asserted("x", "b", **ON), asserted("y", "c", **ON)], "x"),
        ([asserted("x", "a", **ON), asserted("x", "b"), asserted("y", "c", **ON)], None),
        ([asserted("x", "a", **ON), asserted("x", "b", **ON), asserted("y", "c", **ON), asserted("y", "d", **ON)], None),
        ([asserted("x", "a", **ON), asserted("y", "c", **ON)], None),
    ],
    ids=["one-side", "undated-does-not-count", "both-sides", "neither"],
)
def test_corroboration_separates_the_only_side_with_other_dated_items(claims, stands):
    assert decide("corroboration", *claims) == stands


def test_copies_of_one_page_do_not_corroborate_each_other():
    pages = [stated("x", "It is x.", f"live/{n}.md", **ON) for n in (1, 2)]
    other = asserted("y", "register", **ON)
    family = [
        {"family_id": "f", "member_kind": "document", "member_id": p["document_id"], "relation": "exact", "canonical_id": "live/1.md"}
        for p in pages
    ]
    assert decide("corroboration", *pages, other) == "x"
    assert only(World([*pages, other], families=family, config=policy("corroboration")).decided().conflicts)["status"] == "open"


NEW, OLD = dated("2024-06-01"), dated("2020-01-01")
HELD = {"is_held": True}


@pytest.mark.parametrize(
    ("old", "new", "stands"),
    [
        (OLD, NEW, "new"),
        (no_later_than("2024-05-31"), NEW, "new"),
        (no_later_than("2024-06-01"), NEW, None),
        (no_later_than("2024-12-31"), NEW, None),
        (OLD, no_later_than("2024-06-01"), None),
        ({}, NEW, None),
        (OLD, {}, None),
        (NEW, NEW, None),
        ({}, {}, None),
        ({**OLD, **HELD}, NEW, "new"),
        (OLD, {**NEW, **HELD}, None),
        ({**NEW, **HELD}, OLD, None),
        ({**OLD, "authority": 1}, {**NEW, "authority": 9}, "new"),
        (OLD, dated("2030-01-01"), "new"),
    ],
    ids=[
        "newer", "after-bound", "on-bound", "before-bound", "bound", "unknown", "unknown-new", "same-day", "none", "held-loses",
        "held-does-not-win", "held-does-not-win-back", "rank-is-another-word", "future",
    ],
)  # fmt: skip
def test_recency_compares_dates_that_can_be_trusted(old, new, stands):
    assert decide("recency", asserted("old", "a", **old), asserted("new", "b", **new)) == stands


def test_recency_must_beat_every_other_side():
    sides = [asserted("a", "a", **OLD), asserted("b", "b", **NEW), asserted("c", "c", **no_later_than("2024-07-01"))]
    assert decide("recency", *sides[:2]) == "b"
    assert decide("recency", *sides) is None


@pytest.mark.parametrize(
    ("precisions", "stands"),
    [(("exact", "range"), "v0"), (("exact", "exact"), None), (("range", "bound"), None), (("approximate", None), "v1")],
)
def test_specificity_separates_the_only_exact_side(precisions, stands):
    assert decide("specificity", *(asserted(f"v{n}", f"s{n}", precision=p) for n, p in enumerate(precisions))) == stands


def test_words_are_tried_from_left_to_right():
    claims = [asserted("old", "a", authority=1, **OLD), asserted("new", "b", authority=2, **NEW)]
    rules = {
        w: only(World(claims, config=policy(*w)).decided().conflicts)["rule"] for w in (("authority", "recency"), ("recency", "authority"))
    }
    assert rules == {("authority", "recency"): "authority", ("recency", "authority"): "recency"}


def test_a_word_that_abstains_leaves_it_to_the_next():
    claims = [asserted("old", "a", **OLD), asserted("new", "b", **NEW)]
    assert only(World(claims, config=policy("validity", "authority", "recency")).decided().conflicts)["rule"] == "recency"


@pytest.mark.parametrize(
    ("otherwise", "status", "wins"), [("person", "open", None), ("abstain", "open", None), ("both", "decided_by_policy", True)]
)
def test_what_nothing_separates_follows_else(otherwise, status, wins):
    decided = World([asserted("x", "a"), asserted("y", "b")], config=policy("authority", otherwise=otherwise)).decided()
    assert only(decided.conflicts)["status"] == status
    assert only(decided.conflicts)["winner_claim_id"] is None
    assert decided.conflict_claims["wins"].to_list() == [wins, wins]


def test_a_policy_without_rules_leaves_everything_open():
    assert only(World([asserted("x", "a"), asserted("y", "b")], config={"policy": []}).decided().conflicts)["status"] == "open"


PAIRS = {
    "contact": [asserted("x", "a", authority=1, **OLD), asserted("y", "b", authority=2, **NEW)],
    "name": [asserted("x", "a", attribute="name", authority=1, **OLD), asserted("y", "b", attribute="name", authority=2, **NEW)],
}
ALL = [c for pair in PAIRS.values() for c in pair]


def winners(rules, claims=ALL, sources=("a", "b")):
    config = {"sources": {n: {"kind": "records", "path": n} for n in sources}, "policy": rules}
    decided = World(list(claims), config=config).decided()
    stands = dict(decided.claims.select("claim_id", "value").iter_rows())
    return {a: stands.get(w) for a, w in decided.conflicts.select("attribute", "winner_claim_id").iter_rows()}


BY_RANK, BY_DATE = {"decide_by": ["authority"]}, {"decide_by": ["recency"]}


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"attribute": "contact"}, {"contact"}),
        ({"type": "value_conflict"}, {"contact", "name"}),
        ({"type": "outdated"}, set()),
        ({"entity": "domain"}, {"contact", "name"}),
        ({"entity": "person"}, set()),
        ({"kind": "records"}, {"contact", "name"}),
        ({"kind": "texts"}, set()),
        ({"source": "a"}, {"contact", "name"}),
        ({"source": "c"}, set()),
        ({"scope": "staff"}, set()),
        ({"attribute": "name", "entity": "domain", "source": "b"}, {"name"}),
        ({"attribute": "name", "entity": "person"}, set()),
        ({}, {"contact", "name"}),
    ],
)
def test_a_rule_decides_what_its_when_describes(when, holds):
    found = winners([{"when": when, **BY_DATE}, BY_RANK], sources="abc")
    assert found == {a: "y" if a in holds else "x" for a in PAIRS}


def test_a_rule_on_a_claims_table_holds_for_the_sources_inside_it():
    inside = [asserted("x", "a/p", authority=1, **OLD), asserted("y", "a/q", authority=2, **NEW)]
    assert winners([{"when": {"source": "a"}, **BY_DATE}, BY_RANK], inside) == {"contact": "y"}


def test_a_rule_can_name_a_scope():
    scoped = [{**c, "scope": "staff"} for c in PAIRS["contact"]]
    assert winners([{"when": {"scope": "staff"}, **BY_DATE}, BY_RANK], [*scoped, *PAIRS["name"]]) == {"contact": "y", "name": "x"}


def test_the_first_rule_that_matches_decides_even_when_it_abstains():
    rules = [{"when": {"attribute": "contact"}, "decide_by": ["specificity"]}, BY_RANK]
    assert winners(rules) == {"contact": None, "name": "x"}
    assert winners(rules[::-1]) == {"contact": "x", "name": "x"}


def test_a_conflict_that_no_rule_matches_stays_open():
    assert winners([{"when": {"attribute": "contact"}, **BY_RANK}]) == {"contact": "x", "name": None}


def test_changing_one_line_flips_what_it_speaks_of_and_nothing_else():
    rules = [{"when": {"attribute": "contact"}, **BY_RANK}, BY_RANK]
    before, after = winners(rules), winners([{"when": {"attribute": "contact"}, **BY_DATE}, BY_RANK])
    assert {a for a in before if before[a] != after[a]} == {"contact"}


def planned():
    """One conflict per attribute; its name says which words can decide it, in the order in which the default policy tries them."""

    def one(attribute, *claims):
        return [asserted(value, source, **{"attribute": attribute, "record_id": source, **more}) for value, source, more in claims]

    return [
        *one("validity", ("old", "a", PAST), ("new", "b", {})),
        *one("authority", ("first", "a", {"authority": 1}), ("second", "b", {"authority": 2})),
        *one("authority_or_recency", ("ranked", "a", {"authority": 1, **OLD}), ("newer", "b", {"authority": 2, **NEW})),
        *one("agreement", ("many", "a", {}), ("many", "b", {}), ("many", "c", {}), ("many", "d", {}), ("one", "e", {})),
        *one("agreement_or_recency", *(("many", s, OLD) for s in "abcd"), ("newer", "e", NEW)),
        *one("recency", ("old", "a", OLD), ("new", "b", NEW)),
        *one("nothing", ("x", "a", {}), ("y", "b", {})),
    ]


ALL = ["validity", "supersession", "authority", "agreement", "corroboration", "recency"]
USUAL = {
    "validity": "new", "authority": "first", "authority_or_recency": "ranked", "agreement": "many", "agreement_or_recency": "many",
    "recency": "new", "nothing": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "flipped"),
    [
        (ALL, {}),
        ([w for w in ALL if w != "agreement"], {"agreement": None, "agreement_or_recency": "newer"}),
        ([w for w in ALL if w != "authority"], {"authority": None, "authority_or_recency": "newer"}),
        ([w for w in ALL if w != "recency"], {"recency": None}),
        ([w for w in ALL if w != "validity"], {"validity": None}),
        (["validity", "recency", "agreement", "authority"], {"authority_or_recency": "newer", "agreement_or_recency": "newer"}),
        (["recency", "validity"], {"authority": None, "authority_or_recency": "newer", "agreement": None, "agreement_or_recency": "newer"}),
    ],
    ids=["usual", "no-agreement", "no-authority", "no-recency", "no-validity", "recency-before-authority", "two-words"],
)
def test_changing_the_words_flips_exactly_the_decisions_that_hang_on_them(words, flipped):
    policy_line = {"decide_by": words, "min_confidence": 0.75}
    without_copies = [w for w in words if w != "corroboration"]
    assert winners([{**policy_line, "decide_by": without_copies}], planned()) == {**USUAL, **flipped}


CLAIMS = st.lists(
    st.builds(
        lambda value, source, rank, dates, more: asserted(value, source, authority=rank, **dates, **more),
        st.sampled_from(["1", "2", "3"]),
        st.sampled_from("abcd"),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([{}, OLD, NEW, no_later_than("2024-07-01")]),
        st.sampled_from([{}, HELD, PAST, FUTURE, {"precision": "range"}, {"attribute": "name"}]),
    ),
    max_size=8,
    unique_by=lambda c: c["claim_id"],
)


@given(CLAIMS, st.permutations(WORDS), st.randoms())
def test_the_order_of_claims_decides_nothing(claims, words, shuffle):
    mixed = list(claims)
    shuffle.shuffle(mixed)
    one, other = (World(c, config=policy(*words, min_confidence=0.5)).decided() for c in (claims, mixed))
    for table in ("claims", "facts", "conflicts", "conflict_claims", "observations"):
        assert getattr(one, table).equals(getattr(other, table)), table


@given(CLAIMS, st.sampled_from(WORDS))
def test_a_word_separates_at_most_one_side(claims, word):
    decided = World(claims, config=policy(word, min_confidence=0.0)).decided()
    for (conflict_id,), members in decided.conflict_claims.group_by("conflict_id"):
        found = decided.conflicts.filter(conflict_id=conflict_id)
        if found.height and only(found)["winner_claim_id"]:
            assert members.filter("wins")["side"].n_unique() == 1
            assert members["wins"].null_count() == 0
        else:
            assert members["wins"].null_count() == members.height
