"""SQL: what is answered, in which form and bound; what no query brings back or changes; what it tells of hidden rows: nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from benchmarks.sql_attacks.company import Company, with_secrets
from benchmarks.sql_attacks.generated import Generator, columns_of, words_of
from benchmarks.sql_attacks.kinds import FAMILIES, attacks
from canonry.sandbox import kernel
from canonry.sandbox.parent import LONGEST_SQL, Answer, Sandbox
from canonry.serve import AgentError, Client
from canonry.serve import sql as served_sql
from tests.flow.company import Company as Small
from tests.flow.test_editions import declare, without_secrets
from tests.flow.test_editions import with_secrets as with_hidden

ROOT = Path(__file__).parents[2]
HIDDEN = "zebrafish"  # stands in what staff may not read
QUICK = ("repeat", "levenshtein", "endless recursion", "growing text in recursion", "doubling columns", "deep parentheses", "only signs",
         "deep lists", "long column name", "many statements", "sleep_ms", "index in memory", "wide array")  # fmt: skip


@pytest.fixture(scope="module")
def companies(tmp_path_factory):
    """The same company with and without what only hr may read, each in a folder whose name is no other word."""
    company = Small.small(tmp_path_factory.mktemp("sql") / "folderofzebras", editions=True)
    declare(company)
    with_hidden(company, [("live", "leave", 1), ("wiki", "loans", 2)])
    bare = without_secrets(company, company.base.with_name("bare"))
    company.run()
    bare.run()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANARY", "")
        yield with_secrets(Company(company.base, HIDDEN)), Company(bare.base, HIDDEN)


@pytest.fixture(scope="module")
def company(companies):
    return companies[0]


def _sandbox(company, **how):
    made = Sandbox(**how)
    if holes := made.holes(company.file("staff")):
        made.close()
        pytest.skip(f"the sandbox does not hold on this machine: {', '.join(holes)}")
    return made


@pytest.fixture(scope="module")
def sandbox(company):
    with _sandbox(company) as made:
        yield made


@pytest.fixture(scope="module")
def client(company, sandbox):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(served_sql, "sandbox", lambda: sandbox)
        yield Client(company.store, "staff")


_BARELY = """
import json, sys
from pathlib import Path
from canonry.sandbox import kernel
kernel.no_new_privileges()
other_user = (117, 119) if kernel.platform.machine() == "x86_64" else (147, 149)
kernel._filter([444, *other_user], matched=kernel._REFUSE, otherwise=kernel._ALLOW)
from canonry.sandbox.parent import Sandbox
with Sandbox(gate=False, locks=False) as sandbox:
    found = [sandbox.run(Path(sys.argv[1]), q, max_rows=99, max_bytes=99_999) for q in [*json.load(sys.stdin), "SELECT 1"]]
print(json.dumps({"landlock": kernel.landlock_version(), "answers": [[a.code, a.rows] for a in found]}))
"""


def code_of(client, sql, **bounds):
    with pytest.raises(AgentError) as refused:
        client.query_sql(sql, **bounds)
    return refused.value.code


# ------------------------------------------------------------------------------------------------------------- what is answered


def test_rows_come_back_with_their_columns_and_the_release(client):
    found = client.query_sql("SELECT source, count(*) AS items FROM context GROUP BY source ORDER BY source")
    assert [c.model_dump() for c in found.columns] == [{"name": "source", "type": "VARCHAR"}, {"name": "items", "type": "BIGINT"}]
    assert dict(found.rows)["live"] > 0
    assert (found.truncated, found.warning, found.release) == (False, None, client.release)


def test_values_are_as_json_has_them(client):
    found = client.query_sql(
        "SELECT NULL, true, 7, 1.5, 'inf'::DOUBLE, DATE '2024-05-01', TIMESTAMPTZ '2024-05-01 10:00+02', 'ab'::BLOB, [1, NULL],"
        " {'a': NULL}, MAP {'k': 2}, 170141183460469231731687303715884105727::HUGEINT, TIME '10:00',"
        " '00000000-0000-0000-0000-000000000001'::UUID"
    )
    assert list(found.rows[0]) == [
        None, True, 7, 1.5, "inf", "2024-05-01", "2024-05-01T08:00:00+00:00", "6162", [1, None], {"a": None}, {"k": 2},
        170141183460469231731687303715884105727, "10:00:00", "00000000-0000-0000-0000-000000000001",
    ]  # fmt: skip
    assert json.loads(found.as_json())["rows"][0][9] == {"a": None}


@pytest.mark.parametrize(
    "query",
    [
        "FROM facts LIMIT 1",
        "DESCRIBE facts",
        "SHOW TABLES",
        "EXPLAIN FROM facts",
        "SUMMARIZE sources",
        "VALUES (1)",
        "WITH a AS (SELECT 1) FROM a",
        "SELECT term FROM _postings LIMIT 1",
        "(SELECT 1) UNION (SELECT 2)",
    ],
)
def test_whatever_reads_the_edition_is_answered(client, query):
    assert client.query_sql(query, budget_tokens=16_000).rows


def test_more_rows_than_asked_for_are_cut_and_said_so(client):
    found = client.query_sql("SELECT range FROM range(1000)", max_rows=3)
    assert found.rows == ((0,), (1,), (2,))
    assert found.truncated
    assert "max_rows" in found.warning
    assert not client.query_sql("SELECT range FROM range(3)", max_rows=3).truncated


@pytest.mark.parametrize("budget", [500, 777, 1500, 4000, 16_000])
def test_no_answer_is_over_its_budget_and_its_rows_are_whole(client, budget):
    found = client.query_sql("SELECT cite, text, heading FROM context UNION ALL SELECT 'é', repeat('ü\"', range % 90), '' FROM range(999)",
                             max_rows=10_000, budget_tokens=budget)  # fmt: skip
    assert found.tokens.used == len(found.as_json().encode()) <= budget
    assert found.truncated
    assert all(len(row) == 3 for row in found.rows)


def test_many_small_rows_fill_a_budget(client):
    found = client.query_sql("SELECT 1 FROM range(100000)", max_rows=10_000, budget_tokens=16_000)
    assert found.truncated
    assert 15_000 < found.tokens.used <= 16_000


def test_a_row_that_is_larger_than_the_budget_is_left_out_and_said_so(client):
    found = client.query_sql("SELECT repeat('x', 100000)")
    assert (found.rows, found.truncated) == ((), True)
    assert "Not one row fits" in found.warning
    assert code_of(client, 'SELECT 1 AS "' + "x" * 10_000 + '"') == "SQL_TOO_WIDE"


@pytest.mark.parametrize(
    ("query", "code", "position"),
    [
        ("SELEC 1", "SQL_SYNTAX", 0),
        ("SELECT 'ü' FROM nowhere", "SQL_UNKNOWN_NAME", 16),
        ("SELECT nothing FROM context", "SQL_UNKNOWN_NAME", 7),
        ("SELECT nothing(1)", "SQL_UNKNOWN_NAME", 7),
        ("SELECT sum(cite) FROM context", "SQL_INVALID", None),
        ("SELECT text::INTEGER FROM context", "SQL_VALUE", None),
        ("SELECT error(text) FROM context", "SQL_VALUE", None),
        ("SELECT 1; SELECT 2", "SQL_REFUSED", None),
        ("", "BAD_ARGUMENT", None),
        ("SELECT '\ud800'", "BAD_ARGUMENT", None),
        ("SELECT " + "1" * LONGEST_SQL, "BAD_ARGUMENT", None),
        ("DROP TABLE context", "SQL_REFUSED", None),
        ("SET threads = 9", "SQL_REFUSED", None),
        ("ATTACH 'x'", "SQL_REFUSED", None),
        ("COPY (SELECT 1) TO 'x'", "SQL_REFUSED", None),
        ("FROM read_text('x')", "SQL_REFUSED", None),
    ],
)
@pytest.mark.promise("sql-tells-nothing")
def test_an_error_is_a_code_with_a_fix_and_never_the_engines_text(client, query, code, position):
    with pytest.raises(AgentError) as refused:
        client.query_sql(query)
    told = refused.value.as_dict()
    assert told["code"] == code
    assert told["fix"]
    assert not {"Error", "LINE", "duckdb.", "Candidate", HIDDEN} & set(told["message"].split())
    if position is not None:
        assert told["position"] == position


def test_bounds_outside_what_is_allowed_are_refused(client):
    assert code_of(client, "SELECT 1", max_rows=0) == code_of(client, "SELECT 1", max_rows=10_001) == "BAD_ARGUMENT"
    assert code_of(client, "SELECT 1", budget_tokens=499) == code_of(client, "SELECT 1", budget_tokens=16_001) == "BAD_ARGUMENT"


# ------------------------------------------------------------------------------------------------ what is not brought back or changed


@pytest.mark.parametrize("locks", [True, False], ids=["engine's own locks", "walls of the kernel alone"])
@pytest.mark.promise("sql-is-shut-in")
def test_no_attack_brings_back_a_secret_or_changes_a_file(company, locks):
    before, file = company.digests(), company.file("staff")
    shown = {}
    with _sandbox(company, gate=False, locks=locks, seconds=2) as bare:
        for kind, query in attacks(company.places(9)).items():
            if kind[0] in {"reading", "writing", "catalogue" if locks else "settings"}:
                answer = bare.run(file, query, max_rows=1000, max_bytes=1_000_000)
                told = json.dumps([answer.code, answer.columns, answer.rows], default=str).encode()
                if company.shows(told, query):
                    shown[kind] = told[:200]
    assert shown == {}
    assert company.digests() == before


@pytest.mark.promise("sql-is-shut-in")
def test_the_filter_alone_holds(company, sandbox):
    """Without Landlock and as the user that owns the files: what a container or an old kernel may leave."""
    asked = [query for (family, _), query in attacks(company.places(9)).items() if family in {"reading", "writing"}]
    before = company.digests()
    done = subprocess.run(
        [sys.executable, "-c", _BARELY, str(company.file("staff"))],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    told = json.loads(done.stdout)
    assert told["landlock"] == 0
    assert told["answers"][-1] == ["", [[1]]]
    assert [q for q, a in zip(asked, told["answers"], strict=False) if company.shows(json.dumps(a).encode(), q)] == []
    assert company.digests() == before


def test_the_attacks_are_real(company):
    """On DuckDB as it comes, in this very process, one of each sort succeeds."""
    import duckdb

    kinds = attacks(company.places(9))
    with duckdb.connect() as con:
        for kind in ("reader read_text", "replacement scan csv", "attach other edition", "symbolic link", "journal"):
            told = str(con.execute(kinds["reading", kind]).fetchall()).encode()
            assert HIDDEN.encode() in told, kind
            con.execute("DETACH DATABASE IF EXISTS d")


@pytest.mark.parametrize("kind", QUICK)
@pytest.mark.promise("sql-is-shut-in")
def test_a_bomb_ends_in_time_and_within_memory(company, short, kind):
    started = time.perf_counter()
    answer = short.run(company.file("staff"), FAMILIES["bombs"][kind].format(), max_rows=100, max_bytes=10_000)
    assert time.perf_counter() - started < 5
    assert answer.usage.memory_bytes < 2 * 1024**3
    assert answer.usage.seconds > 0, "it ran"


@pytest.fixture(scope="module")
def short(company):
    with _sandbox(company, gate=False, seconds=0.5) as made:
        yield made


def test_others_are_answered_while_bombs_go_off(company, short):
    file, codes = company.file("staff"), []
    bombs = [threading.Thread(target=short.run, args=(file, FAMILIES["bombs"]["cross join"]),
                              kwargs={"max_rows": 1, "max_bytes": 1000}) for _ in range(3)]  # fmt: skip
    for bomb in bombs:
        bomb.start()
    for _ in range(5):
        answer = short.run(file, "SELECT 1", max_rows=1, max_bytes=1000)
        codes.append((answer.code, answer.rows))
    for bomb in bombs:
        bomb.join()
    assert [c for c in codes if c[0] != "SQL_TIMEOUT"] == [("", ((1,),))] * sum(c[0] != "SQL_TIMEOUT" for c in codes)
    assert ("", ((1,),)) in codes


def test_one_query_leaves_nothing_for_the_next(company, short):
    file = company.file("staff")
    assert not short.run(file, "CREATE TABLE memory.t AS SELECT 1; SET VARIABLE v = 1; FROM memory.t", max_rows=1, max_bytes=1000).code
    assert short.run(file, "FROM memory.t", max_rows=1, max_bytes=1000).code == "SQL_UNKNOWN_NAME"
    assert short.run(file, "SELECT getvariable('v')", max_rows=1, max_bytes=1000).rows == ((None,),)


def test_a_template_process_that_died_is_replaced(company, short):
    file = company.file("staff")
    short.run(file, "SELECT 1", max_rows=1, max_bytes=1000)
    os.kill(short._process.pid, signal.SIGKILL)
    short._process.wait()
    codes = [short.run(file, "SELECT 1", max_rows=1, max_bytes=1000).code for _ in range(2)]
    assert codes[-1] == ""


def test_a_child_ends_by_itself_when_nobody_is_left_to_end_it(company):
    with _sandbox(company, gate=False, seconds=0.5) as made:
        asking = threading.Thread(target=made.run, args=(company.file("staff"), "SELECT sleep_ms(20000)"),
                                  kwargs={"max_rows": 1, "max_bytes": 1000})  # fmt: skip
        asking.start()
        child = _child_of(made._process.pid)
        os.kill(made._process.pid, signal.SIGKILL)
        asking.join()
        time.sleep(1)
        assert not Path(f"/proc/{child}").exists() or "zombie" in Path(f"/proc/{child}/status").read_text()


def _child_of(pid):
    for _ in range(100):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            return children[0]
        time.sleep(0.01)
    raise AssertionError("no child came up")


def test_the_template_process_ends_with_its_server(company):
    made = _sandbox(company)
    process = made._process
    made.close()
    assert process.returncode is not None


# ------------------------------------------------------------------------------------------------------------- hidden rows


@pytest.mark.promise("sql-tells-nothing")
def test_generated_queries_do_not_tell_whether_hidden_rows_exist(companies, sandbox):
    there = companies[0]
    generator = Generator(columns_of(there.file("staff")), words_of(there), seed=1)
    codes = set()
    for _ in range(100):
        query = generator.query()
        one, other = (sandbox.run(c.file("staff"), query, max_rows=50, max_bytes=20_000) for c in companies)
        told = [json.dumps([a.code, a.position, a.columns, a.rows, a.more]).replace(c.manifest.release_id, "") for a, c in
                zip((one, other), companies, strict=True)]  # fmt: skip
        assert told[0] == told[1], query
        codes.add(one.code)
    assert {"", "SQL_UNKNOWN_NAME", "SQL_VALUE", "SQL_INVALID", "SQL_SYNTAX"} <= codes


# ----------------------------------------------------------------------------------------------- where the sandbox does not hold


@pytest.mark.promise("sql-is-shut-in")
def test_where_the_kernel_is_not_known_sql_is_not_served(company, monkeypatch):
    monkeypatch.setattr(kernel, "supported", lambda: False)
    with Sandbox() as bare:
        monkeypatch.setattr(served_sql, "sandbox", lambda: bare)
        assert code_of(Client(company.store, "staff"), "SELECT 1") == "SQL_UNAVAILABLE"


def test_a_door_that_opens_keeps_sql_from_being_served(company, monkeypatch):
    with Sandbox() as bare:
        monkeypatch.setattr(bare, "_asked", lambda *_: ({"opened": ["a socket"]}, None))
        assert bare.holes(company.file("staff")) == ("a socket",)
        assert bare.run(company.file("staff"), "SELECT 1", max_rows=1, max_bytes=99) == Answer("SQL_UNAVAILABLE")


def test_a_release_that_was_collected_is_said_to_be_gone(company, client, tmp_path):
    for broken in (tmp_path / "gone.duckdb", tmp_path / "other.duckdb"):
        if broken.name == "other.duckdb":
            broken.write_bytes(b"no database" * 999)
        reader = Client(company.store, "staff")
        reader._snapshot.file = broken
        assert code_of(reader, "SELECT 1") == "RELEASE_GONE"
        with Sandbox() as untried:
            assert untried.run(broken, "SELECT 1", max_rows=1, max_bytes=99).code in {"RELEASE_GONE", "SQL_UNAVAILABLE"}


def test_frames_in_memory_have_no_sql():
    assert code_of(Client.over({}), "SELECT 1") == "SQL_UNAVAILABLE"
