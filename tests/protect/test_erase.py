"""What is erased stands in no file of canonry's, stays out, and leaves everything else readable."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from canonry import erase, journal, publish, store
from canonry.cli import cli
from canonry.erasures import Erasure, Erasures, unfinished
from canonry.errors import UsageError
from canonry.publish import erasing
from canonry.serve import Client
from canonry.workspace import Workspace
from tests.flow.company import BagOfWords, Company, page
from tests.protect.reading import places_of

pytestmark = pytest.mark.promise("erase")
ABOUT = {"at": "2024-12-03T10:00:00+00:00", "by": "ann"}
ONLY = "Marjorie Featherstonehaugh keeps the calendar of absences in room 4711."
PLACE = "people/only.md"


def places(company, *texts):
    return places_of(list(texts), company.base / "store", company.base / "journal", company.base / ".canonry")


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A company after two nights, with a ruling that quotes the page that is to go, and one page that says the contrary."""
    company = Company.small(tmp_path_factory.mktemp("erase"), editions=True)
    del company.config["editions"]["hr"]
    company.put("live", PLACE, page("leave", (2, 0), f"## Absences\n\n{ONLY}"))
    company.rows["prices.csv"].append(
        {"SKU": "ZQ-777", "Product": "Zyxometer", "List price": "£9,876", "Warranty": "", "Updated": "2024-06-01"}
    )
    company.run(full=True)
    claims = company.table("claims").filter(document_id=f"live/{PLACE}")
    text = company.table("context").filter(document_id=f"live/{PLACE}")["text"][0]
    anchor = {"source": "live", "subject": "x", "attribute": "y", "value": "30 days",
              "quote": {"sentence": "Full-time employees get 30 days of annual leave a year, plus public holidays.", "before": text[:32],
                        "after": text[-32:]}}  # fmt: skip
    line = {"ruling_id": "r-1", "target_kind": "conflict", "verdict": "both", "anchors": [{**anchor, "keep": True}], "by": "ann",
            "because": "I asked.", "at": "2024-12-01T09:00:00+00:00", "until": None}  # fmt: skip
    journal.append(company.workspace.journal, "rulings", line)
    journal.append(company.workspace.journal, "gaps", {"gap_id": "g", "kind": "missing", "note": "?", "cites": [f"live/{PLACE}#absences"]})
    company.put("wiki", "HR/More.md", "# More\n\nOne more page that changes nothing else at all.\n")
    company.run(1)
    assert claims.height
    return company


@pytest.fixture
def two_nights(before, tmp_path):
    return before.copy(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The same page after one night, without editions: for what does not hang on how many there are."""
    company = Company.small(tmp_path_factory.mktemp("first"))
    company.put("live", PLACE, page("leave", (2, 0), f"## Absences\n\n{ONLY}"))
    company.run(full=True)
    return company


@pytest.fixture
def company(first, tmp_path):
    return first.copy(tmp_path)


def erased(company, target=None, text=None):
    wanted = erase.tombstone_of_words(text, "salt") if text else erase.tombstone(company.workspace, target, "salt")
    return erase.erase(company.workspace, wanted, ABOUT)


def assert_whole(company):
    assert publish.verify(company.workspace.store) == []
    for release in store.releases(company.workspace.store):
        client = Client(company.workspace.store, "full", release=release.release_id, encoder=BagOfWords())
        assert client.search("annual leave").items


def test_an_erased_page_stands_nowhere_and_stays_out_while_its_source_has_it(two_nights):
    company = two_nights
    words = [ONLY, "30 days of annual leave", "Marjorie", PLACE]
    assert places(company, *words)
    done = erased(company, f"live/{PLACE}")
    assert len(done.releases) == len(store.releases(company.workspace.store))
    assert done.journal == {"rulings": 1, "gaps": 1}
    assert places(company, *words) == []
    assert_whole(company)
    company.run(1)
    company.rename("live", PLACE, "people/moved.md")
    company.run(1, full=True)
    assert places(company, *words, "people/moved.md") == []
    assert company.table("documents").filter(source="live").height == 3
    assert publish.verify(company.workspace.store) == []


def test_an_erased_record_stands_nowhere_and_stays_out(two_nights):
    company = two_nights
    words = ["ZQ-777", "zq-777", "Zyxometer", "zyxometer", "9,876"]
    assert places(company, *words)
    erased(company, "prices/ZQ-777")
    assert places(company, *words) == []
    assert_whole(company)
    company.run(1)
    assert places(company, *words) == []
    assert company.table("records").filter(source="prices").height == 3


def test_one_of_two_records_of_a_thing_goes_and_the_other_stays(company):
    erased(company, "prices/CS-200")
    assert places(company, "£1,480") == []  # what only this record said
    (card,) = company.table("context").filter(entity_id="product/cs-200")["text"]
    assert "prices/CS-200" not in card
    assert "list_price: £1,395" in card
    assert_whole(company)


def test_an_erased_source_stands_nowhere(company):
    erased(company, "wiki")
    assert places(company, "machine takes a message") == []
    assert_whole(company)
    company.run(1)
    assert places(company, "machine takes a message") == []
    assert company.table("sources").filter(source="wiki")["status"].item() == "missing"


def test_erased_words_stand_nowhere_however_they_are_written(company):
    company.put("live", "other.md", "# Others\n\nAsk *marjorie*\n<b>FEATHERSTONEHAUGH</b> about it, and nobody else.\n")
    company.rows["prices.csv"][0]["Product"] = "Featherstonehaugh, Marjorie"
    company.rows["prices.csv"][1]["Product"] = "Marjorie  Featherstonehaugh"
    company.run(1)
    erased(company, text="Marjorie Featherstonehaugh")
    assert places(company, "Marjorie Featherstonehaugh", "marjorie featherstonehaugh", "FEATHERSTONEHAUGH", "Marjorie  F") == []
    assert places(company, "Featherstonehaugh, Marjorie")  # in another order they are other words
    assert_whole(company)
    text = "".join(company.table("context").filter(document_id=f"live/{PLACE}")["text"])
    assert "█ keeps the calendar of absences" in text
    company.run(1)
    assert places(company, "Marjorie Featherstonehaugh", "FEATHERSTONEHAUGH") == []


def test_spans_stay_right_where_words_were_erased(company):
    erased(company, text="calendar of absences")
    texts = dict(company.table("context").select("item_id", "text").iter_rows())
    rows = company.table("claims").drop_nulls(["item_id", "span_start"]).select("item_id", "span_start", "span_end", "verbatim")
    assert rows.height
    assert all(texts[i][a:b] == v for i, a, b, v in rows.iter_rows() if i in texts and "|" not in v)


def test_a_tombstone_holds_no_word_of_what_it_is_about(company):
    erased(company, f"live/{PLACE}")
    told = (company.base / "journal" / "erasures.jsonl").read_text()
    assert "only" not in told
    assert "Marjorie" not in told
    assert all(m.erased for m in store.releases(company.workspace.store))


def test_a_dry_run_touches_nothing(company):
    files = {p: p.read_bytes() for p in company.base.rglob("*") if p.is_file() and p.name != ".lock"}
    wanted = erase.tombstone(company.workspace, f"live/{PLACE}", "salt")
    would = erase.erase(company.workspace, wanted, ABOUT, dry_run=True)
    assert would.releases
    assert would.copies
    assert {p: p.read_bytes() for p in company.base.rglob("*") if p.is_file() and p.name != ".lock"} == files


class KilledError(BaseException):
    """Stands for the end of the process."""


STEPS = [  # where the process ends: what is called, and how many times before
    (erase, "_journal", 0), (erase, "_from_copies", 0), (erasing, "_aside", 0), (erasing, "replace_file", 0), (erasing, "replace_file", 1),
    (erasing, "replace_file", 2), (erasing, "sync", 2), (erase, "retain", 0), (erase.shutil, "rmtree", 0),
]  # fmt: skip


@pytest.mark.parametrize(("module", "name", "when"), STEPS, ids=lambda v: str(getattr(v, "__name__", v)))
def test_an_erasure_that_is_cut_short_is_finished_by_the_next_call(company, monkeypatch, module, name, when):
    real, calls = getattr(module, name), []

    def dying(*args, **more):
        calls.append(name)
        if len(calls) == when + 1:
            raise KilledError
        return real(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, dying)
        with pytest.raises(KilledError):
            erased(company, f"live/{PLACE}")
    for release in store.releases(company.workspace.store):  # readers find every release readable all along
        assert store.read_table(company.workspace.store, release, "full", "context").height
    erase.finish(company.workspace, ABOUT["at"])
    assert unfinished(journal.read(company.workspace.journal).erasures) == []
    assert places(company, ONLY, "30 days of annual leave") == []
    assert publish.verify(company.workspace.store) == []


def test_the_next_run_finishes_an_erasure_that_was_cut_short(company):
    wanted = erase.tombstone(company.workspace, f"live/{PLACE}", "salt")
    journal.append(company.workspace.journal, "erasures", {**wanted.line, **ABOUT})
    company.run(1)
    assert places(company, ONLY) == []
    assert unfinished(journal.read(company.workspace.journal).erasures) == []


def test_a_name_that_nothing_has_is_refused(company):
    with pytest.raises(UsageError, match="nothing that is kept"):
        erase.tombstone(company.workspace, "live/never.md", "salt")
    with pytest.raises(UsageError, match="no word"):
        erase.tombstone_of_words("—!", "salt")


def test_a_tombstone_reads_back_as_it_was_written():
    for made in (Erasure.of_words("Jo Doe", "s"), Erasure.of_item("document", "live", "a.md", ["Text."], "s")):
        assert Erasure.of(json.loads(json.dumps(made.line))) == made


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask Jo Doe.", "Ask ██████."),
        ("ask jo-doe", "ask ██████"),
        ("Jo **Doe** and Jo\nDoe", "████████** and ██████"),
        ("Joe Doe, Jo Doelan, Jo", "Joe Doe, Jo Doelan, Jo"),
    ],
)
def test_words_are_erased_whole_and_in_order(text, left):
    assert Erasures((Erasure.of_words("Jo Doe", "s"),)).cleaned(text) == left


def test_the_command_asks_says_what_it_touched_and_verify_tells_of_the_tombstone(company, monkeypatch):
    monkeypatch.setattr(Workspace, "encoder", lambda self: BagOfWords())
    call = lambda *args, **more: CliRunner().invoke(cli, ["-c", str(company.base / "canonry.yaml"), *args], **more)  # noqa: E731
    refused = call("erase", f"live/{PLACE}", input="n\n")
    assert refused.exit_code != 0
    assert places(company, ONLY)
    looked = json.loads(call("erase", f"live/{PLACE}", "--dry-run", "--json").stdout)
    done = json.loads(call("erase", f"live/{PLACE}", "--yes", "--by", "ann", "--json").stdout)
    assert done["releases"] == looked["releases"]
    assert places(company, ONLY) == []
    told = json.loads(call("verify", "--json").stdout)
    assert told["problems"] == []
    assert [e for r in told["erased"].values() for e in r] == [done["erasure_id"]] * len(done["releases"])
    assert "was taken out" in call("verify").output
