from __future__ import annotations

import polars as pl
import pytest

from canonry.report import view
from canonry.report.cards import SIDES
from canonry.report.words import linkable
from tests.report.sample import frame, tables


def cards(report):
    return [c for g in report.groups for c in g.cards.rows]


def card(report, conflict_id):
    return next(c for c in cards(report) if c.conflict_id == conflict_id)


def test_conflicts_stand_under_who_decides_open_ones_first(report):
    assert [(g.heading, {c.status for c in g.cards.rows}) for g in report.groups] == [
        ("To decide", {"open"}),
        ("Decided by policy", {"decided_by_policy"}),
        ("Decided by a person", {"decided_by_person"}),
    ]


def test_a_dismissed_conflict_is_a_persons_decision(release):
    said = view({**release, "conflicts": release["conflicts"].with_columns(status=pl.lit("dismissed"))})
    assert [g.cards.total for g in said.groups] == [0, 0, release["conflicts"].height]


def test_conflicts_are_ordered_by_severity_times_exposure_times_doubt(release):
    rows = {"a": (0.5, 9, None), "b": (0.9, 0, None), "c": (1.0, 9, 0.9), "d": (0.9, 0, 0.5)}  # 5, 0.9, 1, 0.45
    base = release["conflicts"].filter(pl.col("status") == "open").row(0, named=True)
    made = [base | {"conflict_id": k, "severity": s, "exposure": e, "confidence": c} for k, (s, e, c) in rows.items()]
    said = view({"conflicts": frame("conflicts", made)})
    assert [c.conflict_id for c in cards(said)] == ["a", "c", "b", "d"]


def test_the_order_of_rows_in_the_store_does_not_matter(release, report):
    shuffled = {n: t.sample(fraction=1.0, shuffle=True, seed=7) if t.height else t for n, t in release.items()}
    assert view(shuffled, name="Brightwater") == report


def test_the_winning_side_comes_first_and_is_said_to_stand(report):
    sides = card(report, "k0000").sides
    assert [(s.value.text, s.wins) for s in sides] == [("27 days", True), ("25 days", False)]


def test_an_open_conflict_has_no_winner_and_starts_with_the_best_rank(report):
    assert [(s.first.source, s.wins) for s in card(report, "k0001").sides] == [("handbook", None), ("minutes", None), ("wiki", None)]


def test_several_claims_of_one_value_are_one_side_with_the_best_one_quoted(report):
    crm, others = card(report, "k0008").sides
    assert (crm.first.source, crm.others) == ("crm", ())
    assert others.first.source == "minutes"
    assert [c.source for c in others.others] == ["wiki", "prices_2023"]


def test_every_side_says_source_rank_date_place_and_owner(report):
    claim = card(report, "k0000").sides[1].first
    assert (claim.source, claim.rank, claim.dated) == ("wiki", 3, "no later than 15 Jun 2024")
    assert (claim.place.text, claim.place.title) == ("wiki/HR/Holiday-policy.md#0", "Holiday-policy")
    assert claim.owner == "people-ops@brightwater.example"


def test_every_side_and_the_conflict_as_a_whole_have_a_command(report):
    found = card(report, "k0001")
    assert [s.keep for s in found.sides] == [f"canonry rule k0001 --keep k0001c{n}" for n in (0, 1, 2)]
    assert "canonry rule k0001 --not-a-conflict" in [c.text for c in found.commands]


def test_a_ruling_that_applies_is_told_and_can_be_taken_back(report):
    found = card(report, "k0003")
    assert found.rulings == ("mara ruled “keep” on 27 Feb 2026: Asked the airport.",)
    assert "canonry unrule r1" in [c.text for c in found.commands]


def test_a_conflict_of_many_sides_lists_the_others_in_short(report):
    found = card(report, "k0010")
    assert (len(found.sides), len(found.more_sides), found.unlisted) == (SIDES, 3, 0)
    assert [s.number for s in found.more_sides] == [7, 8, 9]


def test_a_bare_number_shows_the_unit_that_was_read_into_it(release):
    value = pl.when(pl.col("claim_id") == "k0007c0").then(pl.lit("1395.00 GBP")).otherwise("value").alias("value")
    verbatim = pl.when(pl.col("claim_id") == "k0007c0").then(pl.lit("1395")).otherwise("verbatim").alias("verbatim")
    sides = card(view({**release, "conflict_claims": release["conflict_claims"].with_columns(value, verbatim)}), "k0007").sides
    assert [s.read_as for s in sides] == ["1395.00 GBP", None]


def test_what_is_beyond_the_cap_is_counted_in_every_section(release):
    said = view(release, limit=1)
    assert [(len(g.cards.rows), g.cards.total) for g in said.groups] == [(1, 21), (0, 9), (0, 3)]
    sections = (said.stale, said.quarantine, said.sources, said.rulings)
    assert [(len(s.rows), s.more) for s in sections] == [(1, 1), (1, 1), (1, 7), (1, 1)]
    assert said.figures == view(release).figures


def test_the_figures_that_matter_are_at_the_head(report):
    assert [(f.value, f.says) for f in report.figures] == [
        (21, "open conflicts"),
        (9, "decided by policy"),
        (1, "stale page"),
        (2, "quarantined rows"),
        (2, "held sources"),
    ]
    assert [(s.source, s.status) for s in report.degraded] == [("drive", "missing"), ("minutes", "held")]


def test_a_stale_page_says_why_since_when_and_what_stands_instead(report):
    page, record = report.stale.rows
    assert [(s.signal, s.since) for s in page.signs] == [("replaced", "3 Nov 2025"), ("stamped date", None)]
    assert page.instead is not None
    assert page.instead.text == "handbook/people/leave.md"
    assert (record.kind, record.what.text) == ("record", "prices_2023/CS-100")


def test_a_soft_signal_alone_is_only_worth_a_look(report):
    assert [r.what.text for r in report.signs.rows] == ["handbook/travel.md"]


def test_a_family_names_what_stands_for_it_and_the_versions_before_the_copies(report):
    (family,) = report.families.rows
    assert family.canonical.text == "handbook/people/leave.md"
    assert [(m.relation, m.similarity) for m in family.members] == [("older version", "83 %"), ("near copy", "99 %")]


def test_rulings_that_lapsed_come_first(report):
    assert [r.status for r in report.rulings.rows] == ["lapsed", "applies"]


def test_observations_are_only_counted(report):
    assert report.observations == (("same value, other format or unit", 12),)


def test_no_conflicts_says_out_of_how_many_pairs_and_what_was_capped():
    rows = [{"detector": "conflicts.claims", "pairs_possible": 900, "pairs_considered": 800, "pairs_capped": 100, "partial": True}]
    said = view({"coverage": frame("coverage", rows)})
    assert said.out_of.startswith("0 conflicts and 0 harmless differences out of 800 pairs of claims considered.")
    assert said.out_of.endswith("100 pairs left out by a cap, in 1 detector.")


def test_an_empty_release_is_a_report_too():
    said = view({})
    assert [g.cards.total for g in said.groups] == [0, 0, 0]
    assert "does not say" in said.out_of


def test_a_claim_that_has_no_row_of_its_own_is_still_shown(release):
    said = view({**release, "claims": frame("claims", [])})
    assert [s.value.text for s in card(said, "k0000").sides] == ["27 days", "25 days"]
    assert card(said, "k0000").sides[0].first.dated == "undated"


@pytest.mark.parametrize("url", ["http://a.example/x?y=1#z", "https://a.example", "mailto:a@b.example", "HTTPS://A.example"])
def test_addresses_of_the_web_and_of_mail_are_linked(url):
    assert linkable(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", " https://a.example", "JaVaScRiPt:x", "java\nscript:x", "data:text/html,x", "file:///etc/passwd",
        "//a.example", "https://a b", "", None,
    ],
)  # fmt: skip
def test_any_other_address_is_not_linked(url):
    assert linkable(url) is None


def test_the_sample_has_every_kind_of_conflict():
    conflicts = tables()["conflicts"]
    assert conflicts["kind"].n_unique() == 3
    assert conflicts["type"].n_unique() == 5
    assert conflicts.height >= 30
