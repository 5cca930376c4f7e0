"""An edition is what a run would publish if the items that its readers may not see did not exist."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry import store
from canonry.errors import ConfigError
from canonry.flow import FULL
from tests.flow.company import CONFIG, TinyWorkspace, page, rows_that_differ, table
from tests.flow.moves import MOVES, TOPICS

pytestmark = pytest.mark.promise("editions-by-non-interference")
CANARY = "zebrafish"  # stands in everything that only hr may read
SALARIES = [
    {"SKU": "CS-200", "Product": "Clearsight 200", "List price": "£9,999", "Warranty": "36 months", "Note": CANARY},
    {"SKU": "ZZ-900", "Product": f"Secret {CANARY}", "List price": "£1", "Warranty": "2 years", "Note": CANARY},
]
OPINIONS = [
    {"reagent": "Buffer 7", "property": "shelf_life", "stated": "99 months", "site": CANARY, "seen_on": "2024-11-01"},
    {"reagent": f"Secret {CANARY}", "property": "shelf_life", "stated": "1 year", "site": "maker", "seen_on": "2024-11-01"},
]
SECRETS = st.lists(st.tuples(st.sampled_from(["live", "wiki"]), st.sampled_from(TOPICS), st.integers(0, 9)), min_size=1, max_size=4)
STAFF_MOVES = sorted(set(MOVES) - {"rule", "unrule", "change_field", "hold"})


def with_secrets(company, secrets, *, exports=True):
    """Add pages of audience hr to sources that all may read, and a records and a claims source of that audience."""
    for n, (source, topic, number) in enumerate(secrets):
        text = page(topic, (number, number), f"Only the {CANARY} team may know this.") if number % 3 else page(topic, (number, number))
        company.put(source, f"{CANARY}/{n}.md", text, dated=["2024-11-15", "2024-06-15", ""][number % 3], audience="hr")
    if exports:
        company.rows |= {"secret.csv": [dict(r) for r in SALARIES], "opinions.csv": [dict(r) for r in OPINIONS]}


def declare(company):
    """The configuration is the same in both companies: it is one of the five inputs."""
    sources = company.config["sources"]
    sources["secret"] = {**CONFIG["sources"]["prices"], "path": "secret.csv", "audience": ["hr"]}
    del sources["secret"]["observed_at"]
    sources["opinions"] = {**CONFIG["sources"]["sites"], "path": "opinions.csv", "audience": ["hr"], "owner": f"{CANARY}@x.example"}


def without_secrets(company, place):
    """Take from a copy what staff may not read."""
    bare = company.copy(place)
    for source in ("live", "wiki"):
        for path in [p for p in bare.pages(source) if p.startswith(CANARY)]:
            bare.remove(source, path)
    for name in ("secret.csv", "opinions.csv"):
        bare.rows.pop(name, None)
        (bare.base / name).unlink(missing_ok=True)
    return bare


def assert_same_for_staff(company, bare):
    """Hold the two files of the edition staff to the same content; and look for a trace of what is hidden."""
    mine, other = company.digests("staff")["staff"], bare.digests("staff")["staff"]
    wrong = [f"staff.{name}" for name in mine if mine[name] != other[name]]
    assert not wrong, "\n".join(rows_that_differ(company, bare, place) for place in wrong) + f"\nall: {wrong}"
    assert_no_trace(company)


def assert_no_trace(company):
    for name, frame in company.tables("staff").items():
        if name != "release":
            assert CANARY not in frame.write_ndjson(), f"the table {name} of staff tells of what only hr may read"
    told = company.table("release", "staff").row(0, named=True)
    assert "secret" not in json.loads(told["inputs"]), told["inputs"]
    assert CANARY.encode() not in store.edition_file(company.workspace.store, company.manifest, "staff").read_bytes()


@given(SECRETS, st.booleans())
@settings(max_examples=5)
def test_what_staff_may_not_read_leaves_no_trace_in_their_edition(companies, secrets, exports):
    company = companies(editions=True)
    declare(company)
    with_secrets(company, secrets, exports=exports)
    bare = without_secrets(company, company.base.with_name("bare"))
    company.run()
    bare.run()
    assert_same_for_staff(company, bare)


@given(SECRETS, st.lists(st.tuples(st.sampled_from(STAFF_MOVES), st.integers(0, 99)), max_size=2))
@settings(max_examples=3)
def test_a_second_night_keeps_what_staff_may_not_read_from_them(companies, secrets, moves):
    company = companies(editions=True)
    declare(company)
    bare = company.copy(company.base.with_name("bare"))
    with_secrets(company, secrets[:2])
    company.run()
    bare.run()
    with_secrets(company, [*secrets, ("live", "leave", 4)])  # hidden items change over night, too
    for each in (company, bare):
        each.put("live", "people/extra.md", page("desk", (1, 1)), dated="2024-11-11")
        each.run(2)
    assert_same_for_staff(company, bare)


def test_a_hidden_page_that_goes_leaves_no_trace(two_editions):
    declare(two_editions)
    bare = two_editions.copy(two_editions.base.with_name("bare"))
    with_secrets(two_editions, [("live", "loans", 1), ("wiki", "desk", 2)])
    for each in (two_editions, bare):
        each.run()
    two_editions.remove("live", f"{CANARY}/0.md")
    two_editions.rows["secret.csv"].pop()
    for each in (two_editions, bare):
        each.run(1)
    assert_same_for_staff(two_editions, bare)


def test_a_hidden_source_that_is_down_leaves_no_trace(two_editions):
    declare(two_editions)
    with_secrets(two_editions, [("live", "loans", 1)])
    bare = without_secrets(two_editions, two_editions.base.with_name("bare"))
    for each in (two_editions, bare):
        each.run()
    two_editions.take_down("secret")
    for each in (two_editions, bare):
        each.run(1)
    assert two_editions.table("release")["degraded"][0].to_list() == ["secret"]
    assert_same_for_staff(two_editions, bare)


def test_a_broken_page_that_only_hr_may_read_leaves_no_trace(two_editions):
    declare(two_editions)
    bare = two_editions.copy(two_editions.base.with_name("bare"))
    two_editions.put("live", f"{CANARY}/broken.md", b"\x00\x01\xff\xfe\x9d" * 40, audience="hr")
    for each in (two_editions, bare):
        each.run()
    assert_same_for_staff(two_editions, bare)


def test_what_staff_are_served_does_not_depend_on_how_many_hidden_pages_bear_one_date(two_editions):
    declare(two_editions)
    bare = two_editions.copy(two_editions.base.with_name("bare"))
    two_editions.dates["wiki"]["Rentals/Demo-kit-loans.md"] = bare.dates["wiki"]["Rentals/Demo-kit-loans.md"] = ("2024-06-15", "")
    for n in range(14):  # a stamp in full, not in staff
        two_editions.put("wiki", f"{CANARY}/{n}.md", page(TOPICS[n % 4], (n, n)), dated="2024-06-15", audience="hr")
    for each in (two_editions, bare):
        each.run()
    dated = {e: dict(two_editions.table("documents", e).select("document_id", "date_kind").iter_rows()) for e in ("full", "staff")}
    assert dated["full"]["wiki/Rentals/Demo-kit-loans.md"] == "no_later_than"
    assert dated["staff"]["wiki/Rentals/Demo-kit-loans.md"] == "exact"
    assert_same_for_staff(two_editions, bare)


def test_a_conflict_between_audiences_stands_in_full_only(two_editions):
    two_editions.put("live", f"{CANARY}/leave.md", page("leave", (2, 0)), dated="2024-11-01", audience="hr")
    two_editions.run()
    spanning = two_editions.table("conflicts").filter("spans_audiences")
    assert spanning.height > 0
    assert two_editions.table("conflicts", "staff").filter("spans_audiences").height == 0
    assert set(two_editions.table("conflicts", "hr")["conflict_id"]) >= set(spanning["conflict_id"])  # hr reads both sides
    assert_no_trace(two_editions)


def test_a_ruling_about_a_hidden_page_is_not_told_to_staff(two_editions):
    two_editions.put(
        "live", f"{CANARY}/leave.md", page("leave", (2, 0), f"Only the {CANARY} team may know this."), dated="2024-11-01", audience="hr"
    )
    two_editions.run()
    secret = "Full-time employees get 30 days of annual leave a year"
    claims = two_editions.table("claims").filter(pl.col("sentence").str.starts_with(secret))
    sides = two_editions.table("conflict_claims").filter(claim_id=claims["claim_id"][0])
    two_editions.rule(sides["conflict_id"][0], keep=sides["value"][0])
    two_editions.run(1)
    assert two_editions.table("rulings")["status"].to_list() == ["applies"]
    told = two_editions.table("rulings", "staff").write_ndjson()
    assert secret not in told, f"staff read in rulings what only hr may read: {told}"


@pytest.mark.promise("full-is-the-owners")
def test_full_holds_everything_and_only_its_owner_may_open_it(two_editions):
    two_editions.put("live", f"{CANARY}/leave.md", page("leave", (2, 0)), audience="hr")
    two_editions.run()
    ids = {e: set(two_editions.table("documents", e)["document_id"]) for e in ("full", "hr", "staff")}
    assert ids["full"] == ids["hr"] > ids["staff"]
    file = store.edition_file(two_editions.workspace.store, two_editions.manifest, FULL)
    assert file.parent.stat().st_mode & 0o077 == 0
    assert store.edition_file(two_editions.workspace.store, two_editions.manifest, "staff").parent.stat().st_mode & 0o055 == 0o055


def test_without_editions_there_is_one_that_holds_everything(company):
    company.run()
    assert list(company.manifest.editions) == [FULL]


def test_a_principal_belongs_to_one_edition(two_editions):
    two_editions.config["editions"]["hr"]["principals"].append("desk")
    two_editions.write()
    with pytest.raises(ConfigError, match="principal 'desk' stands in the editions 'staff' and 'hr'") as e:
        TinyWorkspace.open(two_editions.base / "canonry.yaml", {})
    assert e.value.exit_code == 2


@pytest.mark.promise("bad-input")
@pytest.mark.parametrize("source", ["live", "prices", "sites"])
def test_an_item_without_an_audience_where_editions_exist_is_an_error_of_the_configuration(two_editions, source):
    two_editions.run()
    before = two_editions.manifest
    del two_editions.config["default_audience"]
    for name, s in two_editions.config["sources"].items():
        if name != source:
            s["audience"] = ["staff"]
    with pytest.raises(ConfigError, match=f"sources.{source}: .* no audience") as e:
        two_editions.run(1)
    assert (e.value.exit_code, e.value.key) == (2, f"sources.{source}.audience")
    assert source in e.value.hint
    assert two_editions.manifest == before


def test_the_run_date_is_written_in_every_edition_but_stands_for_nothing_hidden(two_editions):
    two_editions.run(date(2024, 12, 5))
    for edition in ("full", "staff", "hr"):
        told = two_editions.table("release", edition).row(0, named=True)
        assert (told["edition"], told["run_date"]) == (edition, date(2024, 12, 5))


def test_asserting_sources_are_counted_by_what_an_edition_may_read(two_editions):
    declare(two_editions)
    with_secrets(two_editions, [])
    two_editions.run()
    assert f"opinions/{CANARY}" in two_editions.table("sources")["source"].to_list()
    assert not [s for s in two_editions.table("sources", "staff")["source"] if s.startswith(("opinions", "secret"))]
    assert table(OPINIONS).count(CANARY) == 2
