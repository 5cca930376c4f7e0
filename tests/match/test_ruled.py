"""Rulings on records: together and apart as people said, whatever the order; the later one where they contradict each other."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from canonry import verdicts
from canonry.match.ruled import regrouped

DAY = date(2024, 12, 31)
RECORDS = [(s, r) for s in ("a", "b", "c") for r in ("1", "2", "3")]
FRAME = pl.DataFrame(RECORDS, schema=["source", "record_id"], orient="row").with_columns(
    entity_type=pl.lit("plan"),
    entity_id=pl.concat_str(pl.lit("plan/"), "record_id"),
    by_key=pl.concat_str(pl.lit("plan/"), "record_id"),
    authority=pl.lit(None, pl.Int64),
)
PAIRS = st.lists(st.tuples(st.sampled_from(["same", "different"]), st.sampled_from(RECORDS), st.sampled_from(RECORDS)), max_size=6).map(
    lambda found: [f for f in found if f[1] != f[2]]
)


def rulings(*pairs, **more):
    return [
        {
            "ruling_id": f"r-{n}", "target_kind": "entity", "verdict": verdict, "at": "2024-12-01T09:00:00+00:00", "by": "ana", **more,
            "anchors": [{"record": {"source": s, "id": r}, "side": side} for side, (s, r) in enumerate((one, other), 1)],
        }
        for n, (verdict, one, other) in enumerate(pairs)
    ]  # fmt: skip


def entities(links):
    moved = regrouped(links, FRAME) if links.same or links.apart else {}
    return {(s, r): moved.get((s, r), e) for s, r, e in FRAME.select("source", "record_id", "entity_id").iter_rows()}


@given(PAIRS, st.randoms(use_true_random=False))
def test_what_holds_is_together_or_apart_in_any_order_of_rows(pairs, random):
    links = verdicts.on_records(rulings(*pairs), DAY, FRAME)
    found = entities(links)
    for outcome in links.outcomes:
        one, other = ((a["record"]["source"], a["record"]["id"]) for a in outcome.ruling["anchors"])
        if outcome.status == "applies":
            assert (found[one] == found[other]) == (outcome.verdict == "same")
    order = list(range(FRAME.height))
    random.shuffle(order)
    assert regrouped(links, FRAME[order]) == regrouped(links, FRAME)


@given(PAIRS)
def test_the_latest_ruling_always_holds_and_records_nobody_spoke_of_stay(pairs):
    links = verdicts.on_records(rulings(*pairs), DAY, FRAME)
    assert [o.status for o in links.outcomes[-1:]] == ["applies"] * bool(pairs)
    assert len(links.outcomes) == len(pairs)
    spoken = {r for _, *two in pairs for _, r in two}
    assert all(e == f"plan/{r}" for (_, r), e in entities(links).items() if r not in spoken)


def test_a_chain_of_later_rulings_puts_an_earlier_one_out():
    a, b, c = ("a", "1"), ("b", "2"), ("c", "3")
    links = verdicts.on_records(rulings(("different", a, c), ("same", a, b), ("same", b, c)), DAY, FRAME)
    assert [(o.status, o.remark) for o in links.outcomes] == [
        ("withdrawn", "later rulings say the contrary"), ("applies", None), ("applies", None),
    ]  # fmt: skip


def test_a_ruling_on_a_record_that_is_gone_or_over_lapses():
    gone = verdicts.on_records(rulings(("same", ("a", "1"), ("z", "9"))), DAY, FRAME)
    assert [(o.status, o.remark) for o in gone.outcomes] == [("lapsed", "there is no record z/9 any more")]
    over = verdicts.on_records(rulings(("same", ("a", "1"), ("b", "2")), until="2024-12-30"), DAY, FRAME)
    assert [(o.status, o.remark) for o in over.outcomes] == [("lapsed", "it held until 2024-12-30")]
    assert [*gone.same, *over.same] == []


def test_the_record_of_better_authority_keeps_the_name_of_the_key():
    ranked = FRAME.with_columns(authority=pl.when(pl.col("source") == "b").then(1).otherwise(2))
    links = verdicts.on_records(rulings(("different", ("a", "1"), ("b", "1"))), DAY, FRAME)
    found = regrouped(links, ranked)
    assert (found["b", "1"], found["c", "1"]) == ("plan/1", "plan/1")
    assert found["a", "1"].startswith("plan/1.")


def test_a_record_that_leaves_a_matched_entity_is_called_by_its_own_key_unless_that_name_is_taken():
    keyed = pl.DataFrame(
        {"source": ["a", "b", "c"], "record_id": ["1", "2", "3"], "entity_id": ["plan/1", "plan/1", "plan/3"],
         "by_key": ["plan/1", "plan/2", "plan/3"]}
    ).with_columns(entity_type=pl.lit("plan"), authority=pl.lit(None, pl.Int64))  # fmt: skip
    links = verdicts.on_records(rulings(("different", ("a", "1"), ("b", "2"))), DAY, keyed)
    assert regrouped(links, keyed) == {("a", "1"): "plan/1", ("b", "2"): "plan/2"}
    taken = keyed.with_columns(entity_id=pl.col("entity_id").replace("plan/3", "plan/2"))
    assert regrouped(links, taken)["b", "2"].startswith("plan/1.")
