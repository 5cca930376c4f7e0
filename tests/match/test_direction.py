from datetime import date

import polars as pl
import pytest

from canonry.match.direction import directed

OLD, NEW = date(2023, 1, 1), date(2024, 6, 1)


def page(document_id, dated_on=None, kind="unknown", **more):
    return {"document_id": document_id, "path": document_id.split("/", 1)[1], "dated_on": dated_on, "date_kind": kind, "replaced_by": None,
            "url": None, "authority": 1, "observed_on": None, "source": document_id.split("/")[0], "is_stamped": False, "told_on": None,
            "date_basis": "sidecar" if dated_on else "none", **more}  # fmt: skip


def found(*pages, links=(), pairs=None):
    schema = {"document_id": pl.String, "path": pl.String, "dated_on": pl.Date, "date_kind": pl.String, "replaced_by": pl.String,
              "url": pl.String, "authority": pl.Int64, "observed_on": pl.Date, "source": pl.String,
              "told_on": pl.Date, "is_stamped": pl.Boolean, "date_basis": pl.String}  # fmt: skip
    ends = [(pages[0]["document_id"], pages[1]["document_id"])] if pairs is None else pairs
    return directed(
        pl.DataFrame(ends, schema={"left_id": pl.String, "right_id": pl.String}, orient="row"),
        pl.DataFrame(pages, schema=schema),
        pl.DataFrame(list(links), schema={"document_id": pl.String, "target": pl.String}, orient="row"),
    )


def newer(*pages, **more):
    return found(*pages, **more).select("newer_id", "basis").row(0)


@pytest.mark.parametrize("target", ["b.md", "./b.md", "wiki/b.md", "https://x.example/b"])
def test_a_page_that_names_its_successor_is_the_older_one_whatever_the_dates_say(target):
    pages = [page("live/a.md", NEW, "exact", replaced_by=target), page("wiki/b.md", OLD, "exact", url="https://x.example/b", authority=3)]
    assert newer(*pages) == ("wiki/b.md", "replaced_by")
    assert newer(*pages[::-1]) == ("wiki/b.md", "replaced_by")


def test_a_successor_that_is_another_page_says_nothing_of_this_pair():
    assert newer(page("live/a.md", replaced_by="c.md"), page("wiki/b.md")) == (None, None)


def test_the_later_of_two_exact_dates_is_newer():
    assert newer(page("live/a.md", NEW, "exact"), page("wiki/b.md", OLD, "exact")) == ("live/a.md", "dates")
    assert newer(page("live/a.md", OLD, "exact"), page("wiki/b.md", NEW, "exact")) == ("wiki/b.md", "dates")


def test_an_exact_date_after_a_latest_possible_one_is_newer():
    row = found(page("live/a.md", NEW, "exact"), page("wiki/b.md", OLD, "no_later_than")).row(0, named=True)
    assert (row["newer_id"], row["basis"]) == ("live/a.md", "dates")
    assert "no later than 2023-01-01" in row["evidence"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((NEW, "exact"), (NEW, "exact")),
        ((NEW, "no_later_than"), (OLD, "no_later_than")),
        ((OLD, "exact"), (NEW, "no_later_than")),
        ((NEW, "exact"), (None, "unknown")),
        ((None, "unknown"), (None, "unknown")),
    ],
)
def test_dates_that_leave_the_order_open_decide_nothing(one, other):
    assert newer(page("live/a.md", *one), page("wiki/b.md", *other)) == (None, None)


def test_the_day_a_page_was_filed_is_not_compared_with_the_day_another_says_it_was_written():
    def written(told, filed_told):
        return newer(
            page("live/a.md", OLD, "exact", date_basis="content", told_on=told),
            page("wiki/b.md", NEW, "exact", date_basis="sidecar", told_on=filed_told),
        )

    assert written(OLD, OLD) == (None, None)
    assert written(NEW, OLD) == ("live/a.md", "dates")
    assert written(OLD, NEW) == ("wiki/b.md", "dates")
    assert written(OLD, None) == ("wiki/b.md", "dates"), "where only one names its day, the days at hand must do"


@pytest.mark.parametrize("rank", [2, None])
def test_a_careless_edit_of_the_worse_source_does_not_win_by_date(rank):
    pages = page("live/a.md", OLD, "exact"), page("wiki/b.md", NEW, "exact", authority=rank)
    assert newer(*pages) == ("live/a.md", "authority")
    assert newer(*pages[::-1]) == ("live/a.md", "authority")


def test_the_copy_of_the_better_source_must_not_be_the_older_one_to_win_without_dates():
    def taken(best, other):
        return newer(page("live/a.md", observed_on=best), page("wiki/b.md", authority=2, observed_on=other))

    assert taken(NEW, OLD) == taken(NEW, NEW) == taken(None, NEW) == taken(OLD, None) == ("live/a.md", "authority")
    assert taken(OLD, NEW) == (None, None)


def test_a_better_source_wins_by_date():
    assert newer(page("live/a.md", NEW, "exact"), page("wiki/b.md", OLD, "exact", authority=2))[0] == "live/a.md"


def moved(n, *, dated, authority=1):
    """A page moved from the folder old to the folder new, with dates or without."""
    kind = "exact" if dated else "unknown"
    return (
        page(f"live/new/p{n}.md", NEW if dated else None, kind, authority=authority),
        page(f"live/old/p{n}.md", OLD if dated else None, kind),
    )


def drifted(known, *, authority=1, links=()):
    pages = [p for n in range(known) for p in moved(n, dated=True)] + list(moved(99, dated=False, authority=authority))
    pairs = [(f"live/new/p{n}.md", f"live/old/p{n}.md") for n in (*range(known), 99)]
    return found(*pages, pairs=pairs, links=links).row(-1, named=True)


def test_pages_without_dates_follow_the_way_that_other_pages_moved():
    row = drifted(5)
    assert (row["newer_id"], row["basis"]) == ("live/new/p99.md", "drift")
    assert "folder" in row["evidence"]


def test_a_few_pages_that_moved_show_no_way():
    assert drifted(2)["newer_id"] is None


def test_pages_that_moved_both_ways_show_no_way():
    pages = [p for n in range(6) for p in moved(n, dated=True)]
    for p in pages[6:]:
        p["dated_on"] = OLD if "new/" in p["path"] else NEW
    pages += moved(99, dated=False)
    pairs = [(f"live/new/p{n}.md", f"live/old/p{n}.md") for n in (*range(6), 99)]
    assert found(*pages, pairs=pairs).row(-1, named=True)["newer_id"] is None


def test_the_way_that_pages_moved_does_not_decide_between_ranks():
    assert drifted(5, authority=2)["basis"] == "authority"


def test_links_that_were_redirected_show_the_way_too():
    ids = [(f"live/a{n}.md", f"wiki/b{n}.md") for n in range(6)]
    pages = [page(i, day, "exact") for a, b in ids[:5] for i, day in ((a, NEW), (b, OLD))] + [page(i) for i in ids[5]]
    links = [(i, f"https://{'new' if i.startswith('live') else 'old'}.example/x") for pair in ids for i in pair]
    row = found(*pages, pairs=ids, links=links).row(-1, named=True)
    assert (row["newer_id"], row["basis"]) == ("live/a5.md", "drift")


def stamped(known):
    """Pages that folders put in order, of which the old ones bear one stamp; and one pair that only the stamp tells apart."""
    pages = [p for n in range(5) for p in moved(n, dated=True)]
    day = {"dated_on": date(2024, 12, 31), "date_kind": "no_later_than", "is_stamped": True, "date_basis": "sidecar"}
    for n in range(10, 10 + known):
        new, old = moved(n, dated=False)
        pages += [{**new, "dated_on": NEW, "date_kind": "exact", "date_basis": "sidecar"}, {**old, **day}]
    pages += [page("live/x.md", NEW, "exact"), {**page("wiki/y.md"), **day}]
    ends = [(f"live/new/p{n}.md", f"live/old/p{n}.md") for n in (*range(5), *range(10, 10 + known))]
    return found(*pages, pairs=[*ends, ("live/x.md", "wiki/y.md")]).row(-1, named=True)


def test_what_a_stamp_says_is_learned_from_the_pairs_that_other_evidence_decides():
    row = stamped(6)
    assert (row["newer_id"], row["basis"]) == ("live/x.md", "drift")
    assert "stamp 2024-12-31" in row["evidence"]
    assert stamped(2)["newer_id"] is None


def test_pages_that_name_each_other_or_themselves_as_successor_fall_back_to_the_dates():
    a, b = page("live/a.md", NEW, "exact", replaced_by="b.md"), page("live/b.md", OLD, "exact", replaced_by="a.md")
    assert newer(a, b) == ("live/a.md", "dates")
    assert newer({**a, "replaced_by": "a.md"}, {**b, "replaced_by": None}) == ("live/a.md", "dates")


def test_no_page_is_newer_than_itself_over_others_when_names_lead_in_a_circle():
    ring = [page(f"live/{x}.md", replaced_by=f"{y}.md") for x, y in ("ab", "bc", "ca")]
    ends = [("live/a.md", "live/b.md"), ("live/b.md", "live/c.md"), ("live/a.md", "live/c.md")]
    assert found(*ring, pairs=ends)["newer_id"].null_count() == 1


def test_equal_dates_and_dates_in_the_future_are_compared_as_they_stand():
    future = date(2099, 1, 1)
    assert newer(page("live/a.md", future, "exact"), page("wiki/b.md", future, "exact")) == (None, None)
    assert newer(page("live/a.md", future, "exact"), page("wiki/b.md", NEW, "exact")) == ("live/a.md", "dates")


def test_no_pairs_are_no_directions():
    assert found(page("live/a.md"), page("wiki/b.md"), pairs=[]).is_empty()
