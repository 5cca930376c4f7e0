"""Generated queries, right and wrong ones, over an edition of two stores: where hidden rows exist, and where they never did.

Half of the words that queries look for come from what is hidden: somebody who guesses well must learn nothing either. The one thing that an
edition says of the others is that a release happened: the release id differs, so it is replaced before answers are compared. How segments
are compressed is left out: DuckDB tries methods on a random sample, so that the same tables written twice differ in it.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from canonry import store as stores
from canonry.sandbox.parent import AT_ONCE, Answer, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.sql_attacks.company import Company

_SHOWN, _STEP = 5, 1000
_BY_CHANCE = "compression, block_id, block_offset, additional_block_ids"
_CATALOGUE = (
    "SELECT table_name, estimated_size, column_count FROM duckdb_tables() ORDER BY ALL",
    "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL",
    "SELECT database_name, wal_size, memory_limit FROM pragma_database_size()",
    "SELECT constraint_text FROM duckdb_constraints() ORDER BY ALL",
    "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal",
    "SELECT path, readonly FROM duckdb_databases()",
    "SELECT name, value FROM duckdb_settings() ORDER BY ALL",
    "SELECT * FROM duckdb_variables()",
    "SELECT index_name, sql FROM duckdb_indexes()",
)


class Generator:
    """Makes queries from a seed.

    Args:
        columns: Table → (column, type) of each of its columns.
        words: What queries look for, from what may be read and from what is hidden.
        seed: The same seed gives the same queries.
    """

    def __init__(self, columns: dict[str, list[tuple[str, str]]], words: list[str], seed: int) -> None:
        self._columns, self._words, self._dice = columns, words, random.Random(seed)
        self._shapes: list[Callable[[], str]] = [
            self._filtered, self._filtered, self._counted, self._counted, self._grouped, self._joined, self._ranked, self._explained,
            self._stored, self._probed, self._failing, self._failing, self._misspelt, self._broken, self._nested, self._catalogue,
        ]  # fmt: skip

    def query(self) -> str:
        """Make the next one."""
        return self._dice.choice(self._shapes)()

    def _table(self) -> str:
        return self._dice.choice(list(self._columns))

    def _column(self, table: str) -> str:
        return f'"{self._dice.choice(self._columns[table])[0]}"'

    def _word(self) -> str:
        return self._dice.choice(self._words).replace("'", "''")

    def _condition(self, table: str) -> str:
        column, word, number = self._column(table), self._word(), self._dice.randint(-3, 40)
        return self._dice.choice([
            f"{column}::VARCHAR ILIKE '%{word}%'",
            f"contains({column}::VARCHAR, '{word}')",
            f"{column} = '{word}'",
            f"{column} IS NULL",
            f"length({column}::VARCHAR) > {number}",
            f"regexp_matches({column}::VARCHAR, '{re.escape(word)}')",
            f"hash({column}) % 7 = {abs(number) % 7}",
            f"{column} > {number}",
            f"rowid < {number}",
            f"{column}::VARCHAR < '{word}'",
        ])  # fmt: skip

    def _filtered(self) -> str:
        table = self._table()
        order = self._dice.choice(["", f" ORDER BY {self._column(table)}", " ORDER BY rowid DESC", " ORDER BY ALL"])
        chosen = ", ".join(self._column(table) for _ in range(self._dice.randint(1, 4)))
        return f'SELECT {chosen} FROM "{table}" WHERE {self._condition(table)}{order} LIMIT {self._dice.randint(1, 50)}'

    def _counted(self) -> str:
        table = self._table()
        measure = self._dice.choice(["count(*)", "count(DISTINCT {})", "min({})", "max({})", "approx_count_distinct({})", "any_value({})"])
        return f'SELECT {measure.format(self._column(table))} FROM "{table}" WHERE {self._condition(table)}'

    def _grouped(self) -> str:
        table = self._table()
        by = self._column(table)
        return f'SELECT {by}, count(*) n FROM "{table}" GROUP BY {by} HAVING n > {self._dice.randint(0, 3)} ORDER BY n DESC, 1 LIMIT 40'

    def _joined(self) -> str:
        a, b = self._table(), self._table()
        return f'SELECT count(*), min(a.rowid) FROM "{a}" a JOIN "{b}" b ON a.{self._column(a)}::VARCHAR = b.{self._column(b)}::VARCHAR'

    def _ranked(self) -> str:
        table = self._table()
        by = self._column(table)
        most = self._dice.randint(2, 30)
        return f'SELECT rowid, rank() OVER (ORDER BY {by}) r, sum(1) OVER () FROM "{table}" QUALIFY r < {most} ORDER BY ALL'

    def _explained(self) -> str:
        return f"EXPLAIN {self._dice.choice([self._filtered, self._counted, self._joined])()}"

    def _stored(self) -> str:
        table = self._table()
        return self._dice.choice([
            f"SELECT * EXCLUDE ({_BY_CHANCE}) FROM pragma_storage_info('{table}')",
            f'SELECT stats({self._column(table)}) FROM "{table}" LIMIT 1',
            f'SUMMARIZE "{table}"',
            f"SELECT * FROM duckdb_table_sample('{table}')",
            f'SELECT * FROM "{table}" USING SAMPLE 20 ROWS (reservoir, {self._dice.randint(1, 99)})',
            f"SELECT md5(string_agg({self._column(table)}::VARCHAR, ',')) FROM \"{table}\"",
        ])  # fmt: skip

    def _probed(self) -> str:
        table, word = self._table(), self._word()
        return self._dice.choice([
            f"SELECT EXISTS (FROM \"{table}\" WHERE {self._column(table)}::VARCHAR ILIKE '%{word}%')",
            f"SELECT CASE WHEN count(*) > 0 THEN error('found') ELSE 'none' END FROM \"{table}\" WHERE {self._condition(table)}",
            f"SELECT term, count(*), sum(hash(COLUMNS(*)) % 7) FROM _postings WHERE term ILIKE '{word[:12]}%' GROUP BY term ORDER BY ALL",
            f'SELECT 1 / (SELECT count(*) FROM "{table}" WHERE {self._condition(table)})',
            f'SELECT list_sort(list(DISTINCT {self._column(table)}::VARCHAR))[{self._dice.randint(1, 20)}] FROM "{table}"',
        ])  # fmt: skip

    def _failing(self) -> str:
        table = self._table()
        column = self._column(table)
        return self._dice.choice([
            f'SELECT CAST({column} AS INTEGER) FROM "{table}" WHERE {self._condition(table)}',
            f'SELECT CAST({column} AS DATE) FROM "{table}"',
            f'SELECT CAST({column} AS STRUCT(a INTEGER)) FROM "{table}"',
            f'SELECT error({column}::VARCHAR) FROM "{table}" WHERE {self._condition(table)}',
            f'SELECT {column}::TINYINT FROM "{table}"',
            f'SELECT (SELECT {column} FROM "{table}")',
            f'SELECT sum({column}) FROM "{table}"',
            f'SELECT array_value({column})[1]::INTEGER[2] FROM "{table}"',
            f'SELECT {column} + {column} FROM "{table}" LIMIT 3',
            f"SELECT strptime({column}::VARCHAR, '%Y') FROM \"{table}\"",
            f'SELECT * FROM "{table}" WHERE {column}',
            f'SELECT {column}, count(*) FROM "{table}"',
            f'SELECT json({column}::VARCHAR) FROM "{table}"',
            f'SELECT chr({column}::INTEGER) FROM "{table}"',
        ])  # fmt: skip

    def _misspelt(self) -> str:
        table, word = self._table(), re.sub(r"\W", "_", self._word())[:30] or "x"
        return self._dice.choice([
            f'SELECT {word} FROM "{table}"', f'SELECT * FROM "{word}"', f'SELECT {word}({self._column(table)}) FROM "{table}"',
            f'SELECT t.{word} FROM "{table}" t', f'SELECT * FROM hr."{table}"', f'SELECT * FROM "{table}x"', f"SELECT * FROM {word}.{word}",
            f"SELECT current_setting('{word}')", f"SELECT * FROM read_text('{word}')", f"DESCRIBE {word}", f"COPY {table} TO '{word}'",
        ])  # fmt: skip

    def _broken(self) -> str:
        tokens = self._filtered().split(" ")
        at = self._dice.randrange(len(tokens))
        tokens[at : at + 1] = self._dice.choice([[], [tokens[at]] * 2, ["'"], [")"], ["SELECT"], [";"], [self._word()]])
        return " ".join(tokens) or "SELECT"

    def _nested(self) -> str:
        table = self._table()
        return f'SELECT count(*) FROM (SELECT DISTINCT {self._column(table)} c FROM "{table}" WHERE {self._condition(table)}) WHERE c > 1'

    def _catalogue(self) -> str:
        return self._dice.choice(_CATALOGUE)


def interference(there: Company, absent: Company, queries: int) -> bool:
    """Ask the edition `staff` of two companies, one with hidden rows and one without, the same queries; print what differs."""
    digests = [{n: t.digest for n, t in c.manifest.editions["staff"].tables.items() if n != "release"} for c in (there, absent)]
    print(f"tables of the edition alike: {digests[0] == digests[1]}")
    print(f"items that staff may not read: {_hidden(there)} and {_hidden(absent)}")
    generator = Generator(columns_of(there.file("staff")), words_of(there), seed=6)
    codes: Counter[str] = Counter()
    differing: list[str] = []
    with Sandbox() as sandbox, ThreadPoolExecutor(AT_ONCE) as asking:

        def both(query: str) -> tuple[str, tuple[str, str], tuple[str, str]]:
            one, other = (_compared(_patient(sandbox, c.file("staff"), query), c) for c in (there, absent))
            return query, one, other

        for number, (query, one, other) in enumerate(asking.map(both, [generator.query() for _ in range(queries)]), start=1):
            codes[one[0] or "rows"] += 1
            if one != other:
                differing.append(f"{query}\n    {one[:1]} {str(one[1])[:200]}\n    {other[:1]} {str(other[1])[:200]}")
            if number % _STEP == 0:
                print(f"  {number} asked, {len(differing)} answered differently", flush=True)
    print(f"{queries} queries, {queries - len(differing)} answered alike: {', '.join(f'{n} {c}' for c, n in codes.most_common())}")
    print("\n".join(differing[:_SHOWN]))
    return not differing and digests[0] == digests[1]


def _hidden(company: Company) -> int:
    full, staff = (company.manifest.editions[edition].tables["context"].rows for edition in ("full", "staff"))
    return full - staff


def _patient(sandbox: Sandbox, file: Path, query: str) -> Answer:
    """Ask again when time ran out: how busy the machine is, is no answer."""
    answer = sandbox.run(file, query, max_rows=200, max_bytes=50_000)
    return sandbox.run(file, query, max_rows=200, max_bytes=50_000) if answer.code == "SQL_TIMEOUT" else answer


def _compared(answer: Answer, company: Company) -> tuple[str, str]:
    told = json.dumps([answer.position, answer.columns, answer.rows, answer.more], ensure_ascii=False)
    return answer.code, told.replace(company.manifest.release_id, "<release>")


def columns_of(file: Path) -> dict[str, list[tuple[str, str]]]:
    """Table → its columns; the release id alone is left out, for it may differ."""
    with stores.open_file(file) as connection:
        rows = connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in rows:
        if (table, column) != ("release", "release_id"):
            found.setdefault(table, []).append((column, kind))
    return found


def words_of(company: Company) -> list[str]:
    """Words of the staff's edition, and as many that stand only in what is hidden."""
    seen, hidden = (_words(company.file(edition)) for edition in ("staff", "full"))
    only = sorted(hidden - seen)
    dice = random.Random(1)
    return [*dice.sample(sorted(seen), min(len(seen), 400)), *dice.choices(only, k=400)]


def _words(file: Path) -> set[str]:
    with stores.open_file(file) as connection:
        texts = connection.execute("SELECT concat_ws(' ', text, title, cite, source) FROM context").fetchall()
        facts = connection.execute("SELECT concat_ws(' ', subject, attribute, value, verbatim) FROM facts").fetchall()
    return {word for (text,) in [*texts, *facts] for word in re.findall(r"[\w£@./#-]{3,40}", text)}
