"""Every call is noted, and what happens to the record afterwards is found."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import shutil
import stat
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from canonry import audit, journal
from canonry.cli import cli
from tests.flow.company import TinyWorkspace
from tests.mcp.serving import serving, token

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.promise("calls-are-accounted-for")


def call(number=0, **more):
    told = {
        "principal": "desk",
        "tool": "search",
        "arguments": audit.hashed({"query": f"q{number}"}),
        "status": "ok",
        "ms": 1.25,
        "edition": "staff",
    }
    return audit.Call(AT, **{**told, "cites": (f"live/a.md#{number}",), "tokens": 100 + number, **more})


def written(folder, number=8):
    log = audit.Log(folder)
    for n in range(number):
        log.note(call(n))
    log.close()
    return (folder / audit.FILE).read_bytes().splitlines(keepends=True)


def anchored(folder):
    return {"2026-03-02-1-00000000": journal.read(folder).heads["audit"]}


def test_a_record_that_nobody_touched_is_in_order(tmp_path):
    written(tmp_path)
    found = audit.check(tmp_path, anchored(tmp_path))
    assert (found.rows, found.anchors, found.problems) == (8, 1, ())
    assert audit.check(tmp_path / "none", {}).problems == ()


def _forged(row):
    """Change a row and mend its own hash."""
    body = row.replace(b'"desk"', b'"dusk"').rpartition(b',"hash"')[0]
    return body + b',"hash":"' + audit._hash(body + b"}").encode() + b'"}\n'


def _flipped(row, byte):
    place = byte % (len(row) - 1)
    return row[:place] + bytes([row[place] ^ 1]) + row[place + 1 :]


# Rows, which one, a number → rows: one way each to tamper with them; the hashes of later rows are left as they are.
TAMPERED = {
    "change": lambda r, n, _: [*r[:n], r[n].replace(b'"principal":"desk"', b'"principal":"dusk"'), *r[n + 1 :]],
    "remove": lambda r, n, _: [*r[:n], *r[n + 1 :]],
    "swap": lambda r, n, _: [*r[: max(n, 1) - 1], r[max(n, 1)], r[max(n, 1) - 1], *r[max(n, 1) + 1 :]],
    "cut": lambda r, n, _: r[:n],
    "double": lambda r, n, _: [*r[:n], r[n], *r[n:]],
    "insert": lambda r, n, _: [*r[:n], r[n].replace(b'"search"', b'"get_item"'), *r[n:]],
    "byte": lambda r, n, byte: [*r[:n], _flipped(r[n], byte), *r[n + 1 :]],
    "blank": lambda r, n, _: [*r[:n], r[n].replace(b'"tool":', b'"tool": '), *r[n + 1 :]],
    "forge": lambda r, n, _: [*r[:n], _forged(r[n]), *r[n + 1 :]],
}


@settings(max_examples=80)
@given(how=st.sampled_from(sorted(TAMPERED)), at=st.integers(0, 7), byte=st.integers(0, 10_000))
def test_every_row_that_was_changed_removed_moved_added_or_cut_off_is_found(tmp_path_factory, how, at, byte):
    folder = tmp_path_factory.mktemp("audit")
    rows = written(folder)
    changed = TAMPERED[how](rows, at, byte)
    assert changed != rows
    (folder / audit.FILE).write_bytes(b"".join(changed))
    assert audit.check(folder, {}).problems


@given(at=st.integers(0, 7))
def test_a_record_cut_off_together_with_its_head_is_found_by_what_a_release_saw_of_it(tmp_path_factory, at):
    folder = tmp_path_factory.mktemp("audit")
    rows, anchors = written(folder), anchored(folder)
    (folder / audit.FILE).unlink()
    (folder / audit.HEAD).unlink()
    written(folder, at)
    assert (folder / audit.FILE).read_bytes() == b"".join(rows[:at])
    assert not audit.check(folder, {}).problems
    assert [p.message for p in audit.check(folder, anchors).problems]


@given(at=st.integers(0, 7))
def test_rows_removed_under_a_running_server_are_found_although_it_went_on(tmp_path_factory, at):
    folder = tmp_path_factory.mktemp("audit")
    log = audit.Log(folder)
    for n in range(8):
        log.note(call(n))
    rows = (folder / audit.FILE).read_bytes().splitlines(keepends=True)
    os.truncate(folder / audit.FILE, len(b"".join(rows[:at])))
    log.note(call(9))
    log.close()
    assert "were missing at the end" in audit.check(folder, {}).problems[0].message


def _added(folder, number):
    log = audit.Log(folder)
    for n in range(number):
        log.note(call(n, principal=f"p{os.getpid()}"))
    log.close()


def test_two_servers_write_one_record(tmp_path):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_added, args=(tmp_path, 150)) for _ in range(2)]
    for w in writers:
        w.start()
    for w in writers:
        w.join()
    found = audit.check(tmp_path, {})
    assert (found.rows, found.problems) == (300, ())
    assert len({json.loads(line)["principal"] for line in (tmp_path / audit.FILE).read_text().splitlines()}) == 2


def test_a_row_cut_short_by_a_crash_is_told_of_and_the_next_ones_follow(tmp_path):
    rows = written(tmp_path, 3)
    (tmp_path / audit.FILE).write_bytes(b"".join(rows) + b'{"n":4,"at"')
    log = audit.Log(tmp_path)
    log.note(call(5))
    log.close()
    assert [p.message for p in audit.check(tmp_path, {}).problems] == ["This line is no whole row."]


def test_the_record_is_its_owners(tmp_path):
    written(tmp_path / "journal")
    assert stat.S_IMODE((tmp_path / "journal").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "journal" / audit.FILE).stat().st_mode) == 0o600


def test_every_call_is_noted_with_who_what_which_release_and_what_was_served_but_not_the_question(asked):
    before = len(asked.rows())
    pack = asked.call(asked.tokens["desk"], "get_context", query="demo kit loans").body
    asked.call(asked.tokens["helper"], "search", query="demo kit loans", k=2)
    asked.call(asked.tokens["desk"], "search", query="x", filter="nope = 1")
    asked.call(asked.tokens["stranger"], "search", query="demo kit loans")
    asked.call(asked.tokens["desk"], "no_such_tool", query="demo kit loans")
    rows = asked.rows()[before:]
    assert [(r["principal"], r.get("acting_for"), r["tool"], r["status"]) for r in rows] == [
        ("desk", None, "get_context", pack["status"]), ("helper", "desk", "search", rows[1]["status"]),
        ("desk", None, "search", "BAD_FILTER"), ("stranger", None, "search", "denied"), ("desk", None, "no_such_tool", "UNKNOWN_TOOL"),
    ]  # fmt: skip
    assert set(rows[0]["cites"]) >= {i["cite"] for i in pack["items"]}
    assert (rows[0]["release"], rows[0]["tokens"], rows[0]["edition"]) == (pack["release"], pack["tokens"]["used"], "staff")
    assert rows[0]["arguments"] == audit.hashed({"query": "demo kit loans"})
    assert all(isinstance(r["ms"], float) for r in rows)
    assert "demo kit" not in json.dumps(rows).replace("demo-kit", "")
    assert not any(secret in json.dumps(asked.rows()) for secret in asked.tokens.values())


@pytest.fixture
def alone(two_eyes, tmp_path):
    """A server with a record of its own that keeps the questions."""
    base, (secret, entry) = two_eyes.company.base, token("desk")
    audited = {"tokens": [entry], "audit": {"query_text": True, "sync": "call"}}
    (base / "alone.yaml").write_text(json.dumps(two_eyes.company.config | {"journal": str(tmp_path / "journal"), "serve": audited}))
    with serving(TinyWorkspace.open(base / "alone.yaml", {})) as asking:
        asking.token, asking.config = secret, base / "alone.yaml"
        yield asking


def test_the_question_is_kept_where_the_configuration_says_so(alone):
    alone.call(alone.token, "search", query="demo kit")
    assert alone.rows()[-1]["query"] == {"query": "demo kit"}


def test_a_call_that_cannot_be_noted_is_not_answered(alone, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(audit.Log, "note", full)
    got = alone.call(alone.token, "search", query="demo kit")
    assert (got.is_error, got.body["code"], got.body["retryable"]) == (True, "AUDIT_UNAVAILABLE", True)


def test_the_command_says_whether_the_record_is_in_order(alone):
    for n in range(3):
        alone.call(alone.token, "search", query=f"demo kit {n}")
    done = CliRunner().invoke(cli, ["-c", str(alone.config), "audit", "verify"])
    assert (done.exit_code, done.stdout.split(",")[0]) == (0, "3 calls checked")
    path = alone.journal / audit.FILE
    path.write_text(path.read_text().replace("demo kit 1", "demo kit 7"))
    done = CliRunner().invoke(cli, ["-c", str(alone.config), "audit", "verify", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["problems"] == [{"line": 2, "message": "This row was changed after it was written."}]
    for file in (audit.FILE, audit.HEAD):
        (alone.journal / file).unlink()
    assert "There is no record of calls" in CliRunner().invoke(cli, ["-c", str(alone.config), "audit", "verify"]).stdout


@pytest.fixture(scope="module")
def next_night(two_eyes, asked, tmp_path_factory):
    """The night after some conflicts were served: to people three times, to the desk once."""
    for who, limit in (("people", 100), ("people", 100), ("people", 100), ("desk", 1)):
        asked.call(asked.tokens[who], "list_conflicts", limit=limit)
    company = two_eyes.company.copy(tmp_path_factory.mktemp("next") / "company")
    shutil.rmtree(company.workspace.journal, ignore_errors=True)
    shutil.copytree(asked.journal, company.workspace.journal)
    company.run(1)
    return company


def test_a_release_anchors_the_record_and_an_edition_does_not_tell_how_much_was_asked(next_night):
    anchor = next_night.manifest.journal["audit"]
    assert anchor["offset"] > 0
    assert anchor == journal.head(next_night.workspace.journal / audit.FILE, anchor["offset"])
    of = {e: json.loads(next_night.table("release", e)["journal"].item()) for e in ("full", "staff", "hr")}
    assert [set(told) & {"audit", "gaps"} for told in of.values()] == [{"audit", "gaps"}, set(), set()]


@pytest.mark.parametrize("edition", ["staff", "hr", "full"])
def test_each_edition_counts_the_calls_of_its_own_audience_and_full_counts_all(next_night, edition):
    rows = [json.loads(line) for line in (next_night.workspace.journal / audit.FILE).read_text().splitlines()]
    heard = [set(r["cites"]) for r in rows if edition in ("full", r.get("edition"))]
    claims = {c["claim_id"]: c for c in next_night.table("claims", edition).to_dicts()}
    cites = dict(next_night.table("context", edition).select("item_id", "cite").iter_rows())
    cites |= dict(next_night.table("excluded", edition).select("item_id", "cite").iter_rows())
    about = {}
    for side in next_night.table("conflict_claims", edition).to_dicts():
        claim = claims[side["claim_id"]]
        shown = {cites.get(claim["item_id"]), claim["subject_id"] if claim["subject_kind"] == "entity" else None}
        shown |= {f"{claim['source']}/{claim['record_id']}"} if claim["record_id"] else set()
        about.setdefault(side["conflict_id"], set()).update(shown - {None})
    counted = dict(next_night.table("conflicts", edition).select("conflict_id", "exposure").iter_rows())
    assert counted == {c: sum(bool(about[c] & h) for h in heard) for c in counted}
    assert sum(counted.values()) >= (3 if edition != "staff" else 1)
