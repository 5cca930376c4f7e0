from datetime import date

import pytest

from canonry.frames import MATCHED
from canonry.published import TABLES
from tests.match.library import LEAVE, LOANS, matched
from tests.normalise.small import configured, context, document, record

OLD, NEW = date(2023, 1, 1), date(2024, 6, 1)
CHANGED = LEAVE.replace("25 days", "27 days")


def family(found, kind="document"):
    return {r["member_id"]: (r["relation"], r["canonical_id"]) for r in found.families.filter(member_kind=kind).iter_rows(named=True)}


def test_the_newer_version_stands_for_its_family():
    found = matched(document("leave.md", CHANGED, modified_on=NEW), document("Leave.md", LEAVE, "wiki", modified_on=OLD))
    assert family(found) == {"live/leave.md": ("exact", "live/leave.md"), "wiki/Leave.md": ("version", "live/leave.md")}
    assert found.page_pairs["newer_id"].to_list() == ["live/leave.md"]


def test_an_older_copy_in_another_form_is_a_copy_and_its_passages_have_the_newer_ones_to_stand_for_them():
    wrapped = LEAVE.replace(", ", ",\n")
    assert wrapped != LEAVE
    found = matched(document("leave.md", LEAVE, modified_on=NEW), document("Leave.md", wrapped, "wiki", modified_on=OLD))
    assert family(found) == {"live/leave.md": ("exact", "live/leave.md"), "wiki/Leave.md": ("exact", "live/leave.md")}
    assert {r for r, _ in family(found, "passage").values()} == {"exact"}


def test_without_a_direction_versions_are_near_and_supersede_nothing():
    found = matched(document("leave.md", CHANGED), document("Leave.md", LEAVE, "wiki"))
    assert {r for r, _ in family(found).values()} == {"exact", "near"}
    assert found.page_pairs["newer_id"].to_list() == [None]


def test_the_page_of_the_better_source_stands_for_its_family():
    sources = {"live": {"kind": "documents", "path": "a", "authority": 3}, "wiki": {"kind": "documents", "path": "b", "authority": 1}}
    found = matched(document("leave.md", CHANGED), document("Leave.md", LEAVE, "wiki"), run=context(configured(sources=sources)))
    assert {c for _, c in family(found).values()} == {"wiki/Leave.md"}


def test_a_page_that_was_removed_is_in_no_family():
    found = matched(document("leave.md", LEAVE, removed_on=NEW), document("Leave.md", LEAVE, "wiki"))
    assert found.families.is_empty()
    assert found.page_pairs.is_empty()


def test_passages_with_the_same_words_on_versions_of_a_page_are_one_family():
    found = matched(document("leave.md", CHANGED, modified_on=NEW), document("Leave.md", LEAVE, "wiki", modified_on=OLD))
    same = family(found, "passage")
    assert len(same) == 2
    assert {r for r, _ in same.values()} == {"exact"}


@pytest.mark.parametrize(("repeats", "families"), [(1, 0), (6, 1)])
def test_on_pages_about_other_things_only_a_long_passage_is_a_copy(repeats, families):
    shared = "## Note\n\n" + "Ask the desk when the pump is loud or wet.\n" * repeats
    found = matched(document("leave.md", f"{LEAVE}\n{shared}"), document("loans.md", f"{LOANS}\n{shared}"))
    assert found.families.filter(member_kind="passage")["family_id"].n_unique() == families


def test_every_table_keeps_its_contract():
    found = matched(
        document("leave.md", CHANGED, modified_on=NEW), document("Leave.md", LEAVE, "wiki", modified_on=OLD), document("loans.md", LOANS),
        records=[record("register", "1", '{"name": "a"}'), record("shop", "1", '{"name": "b"}')],
    )  # fmt: skip
    for name in ("families", "entities", "entity_members", "match_links", "coverage"):
        assert TABLES[name].breaches(getattr(found, name)) == {}
    assert dict(found.page_pairs.schema) == MATCHED["page_pairs"]


def test_nothing_at_all_is_matched_with_nothing():
    found = matched()
    assert found.families.is_empty()
    assert found.page_pairs.is_empty()
    assert found.coverage["pairs_capped"].sum() == 0


def test_what_was_looked_at_is_counted():
    counted = {
        r["detector"]: r
        for r in matched(
            document("leave.md", LEAVE), document("loans.md", LOANS), document("Leave.md", CHANGED, "wiki")
        ).coverage.iter_rows(named=True)
    }
    assert counted["families.documents"]["pairs_possible"] == 3
    assert counted["families.documents"]["pairs_considered"] >= 1
    assert not any(r["partial"] for r in counted.values())
