"""Match the records of a folder with Splink 5, as its documentation has a user do it who has no labels. See `told.py`.

Which comparison suits a column is chosen by what the column is: names, days of birth and e-mail addresses get the comparisons that Splink
has for them; columns of few values are compared for equality, short texts by Jaro–Winkler, codes by Levenshtein, prose by the letters it
shares; all with term frequencies where equality is compared. Blocking is on each column and the beginning of each text, and on pairs of
columns where one alone would give more than `_MOST` pairs. u from random pairs, m by expectation–maximisation on up to four rules.
Clusters at .95, the value of its tutorial; with the argument `one_to_one` by the best link only.

Persons in the columns of `generated_people.py` are configured by hand instead, after Splink's demonstration of 50,000 persons, once dates,
telephones and streets have been brought to one form, which its documentation asks for; that is counted as part of the matching.
"""

from __future__ import annotations

import re
import sys
import time
import warnings
from itertools import combinations
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import splink
import splink.comparison_level_library as cll
import splink.comparison_library as cl
import told
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splink.internals.linker_components.training import LinkerTraining

_MOST = 1_000_000  # pairs of one blocking rule
_BEGUN = 5  # characters of a text that are blocked on
_FEW = 60  # different values of a column that is compared for equality
_LEARNT = 300  # pairs of a blocking rule from which there is something to learn
_RULES = 4  # blocking rules that are trained on
_LONG = 40.0  # mean characters from which a column holds prose
_CUT = 0.95
PERSON = {"given_name", "surname", "date_of_birth", "street", "town", "postcode", "phone", "email"}


class Columns:
    """What the tables hold, as a user sees it who looks before configuring."""

    def __init__(self, con: duckdb.DuckDBPyConnection, names: Sequence[str], *, linked: bool) -> None:
        self.con, self.names, self.linked = con, list(names), linked

    def pairs(self, *terms: str) -> int:
        """How many pairs agree in all of these columns or beginnings of columns; between the tables where there are two."""
        held = " AND ".join(f"{t} <> ''" for t in terms)
        key = f"concat_ws(chr(1), {', '.join(terms)})"
        own = "sum(k * (k - 1) / 2)" if self.linked else "0"
        return int(
            self.con.execute(f"""
                SELECT coalesce(sum(n * (n - 1) / 2 - own), 0) FROM (SELECT sum(k) n, {own} own FROM
                (SELECT {key} AS value, source_dataset, count(*) k FROM everything WHERE {held} GROUP BY ALL) GROUP BY value)
            """).fetchall()[0][0]
        )

    def blocking(self) -> list[tuple[str, ...]]:
        """Columns, and beginnings of texts, that are selective; and pairs of the columns that are not but are together."""
        single = [(c,) for c in self.names if 0 < self.pairs(c) <= _MOST]
        coarse = [c for c in self.names if (c,) not in single and self.pairs(c)]
        begun = [(f"substr({c}, 1, {_BEGUN})",) for c in self.names if self.mean_length(c) > 2 * _BEGUN]
        return single + [t for t in (*begun, *combinations(coarse, 2)) if 0 < self.pairs(*t) <= _MOST]

    def sure(self, rules: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Pairs of the most selective columns: what agrees in both is hardly ever two things."""
        telling = sorted((r[0] for r in rules if len(r) == 1 and r[0] in self.names), key=lambda c: (self.pairs(c), c))[:4]
        return [p for p in combinations(telling, 2) if self.pairs(*p)] or [(c,) for c in telling[:1]]

    def mean_length(self, name: str) -> float:
        """Mean characters of a column."""
        return float(self.con.execute(f"SELECT avg(length({name})) FROM everything").fetchall()[0][0])

    def comparison(self, name: str) -> Any:
        """The comparison that suits a column."""
        values, digits, days = self.con.execute(f"""
            SELECT count(DISTINCT {name}), avg(CAST(regexp_full_match({name}, '[0-9 .,$/()+-]+') AS INT)),
                avg(CAST(regexp_full_match({name}, '[0-9]{{8}}') AS INT)) FROM everything
        """).fetchall()[0]
        if re.search(r"birth|^dob$", name):
            return cl.DateOfBirthComparison(name, input_is_string=True, datetime_format="%Y%m%d" if days > 0.5 else "%Y-%m-%d")
        if re.search(r"e_?mail", name):
            return cl.EmailComparison(name)
        if self.mean_length(name) > _LONG:
            return cl.JaccardAtThresholds(name, [0.9, 0.7, 0.5])
        if re.search(r"given|first|sur|last", name):
            suited = cl.NameComparison(name)
        elif values <= _FEW:
            suited = cl.ExactMatch(name)
        elif digits > 0.8:
            suited = cl.LevenshteinAtThresholds(name, [1, 2])
        else:
            suited = cl.JaroWinklerAtThresholds(name, [0.92, 0.8])
        return suited.configure(term_frequency_adjustments=True)


def people_cleaned(con: duckdb.DuckDBPyConnection) -> None:
    """Bring dates, telephones and streets of the generated persons to one form."""
    short = {"st": "street", "rd": "road", "ave": "avenue", "ln": "lane", "dr": "drive", "ct": "court"}
    street = "street"
    for abbreviation, word in short.items():
        street = f"regexp_replace({street}, '\\b{abbreviation}$', '{word}')"
    con.execute(f"""
        CREATE OR REPLACE TABLE everything AS SELECT * REPLACE (
            strftime(try_strptime(date_of_birth, ['%Y-%m-%d', '%d/%m/%Y', '%Y%m%d']), '%Y-%m-%d') AS date_of_birth,
            right(regexp_replace(phone, '[^0-9]', '', 'g'), 9) AS phone,
            {street} AS street) FROM everything""")


def people_settings() -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Comparisons, blocking rules, rules that hardly err, and rules to train on, by hand for persons."""
    comparisons = [
        cl.ForenameSurnameComparison("given_name", "surname"),
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True),
        cl.CustomComparison(  # one comparison of the home: columns that say the same twice would make one person of a household
            [
                cll.And(cll.NullLevel("street"), cll.NullLevel("postcode")),
                cll.ExactMatchLevel("street", term_frequency_adjustments=True),
                cll.JaroWinklerLevel("street", 0.92),
                cll.ExactMatchLevel("postcode"),
                cll.ElseLevel(),
            ],
            output_column_name="home",
        ),
        cl.LevenshteinAtThresholds("phone", [1, 2]).configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ]
    blocking = [
        block_on("given_name", "surname"), block_on("surname", "date_of_birth"), block_on("given_name", "date_of_birth"),
        block_on("surname", "postcode"), block_on("given_name", "postcode"), block_on("date_of_birth", "postcode"),
        block_on("phone"), block_on("email"), block_on("street", "date_of_birth"), block_on("given_name", "substr(surname, 1, 3)", "town"),
        block_on("substr(given_name, 1, 2)", "street", "postcode"),
    ]  # fmt: skip
    sure = [block_on("given_name", "surname", "date_of_birth"), block_on("email", "date_of_birth"), block_on("phone", "given_name")]
    return comparisons, blocking, sure, [block_on("given_name", "surname"), block_on("date_of_birth", "postcode")]


def configured(columns: Columns) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """The same for any columns; training is on the most selective rules that find enough to learn from."""
    rules = columns.blocking()
    size = {r: columns.pairs(*r) for r in rules}
    telling = sorted((r for r in rules if size[r] >= _LEARNT), key=lambda r: (size[r], r)) or sorted(rules, key=lambda r: (-size[r], r))
    comparisons = [columns.comparison(c) for c in columns.names]
    return comparisons, [block_on(*r) for r in rules], [block_on(*r) for r in columns.sure(rules)], [block_on(*r) for r in telling[:_RULES]]


def trained(training: LinkerTraining, sure: list[Any], rules: list[Any]) -> None:
    """Estimate the share of matches, u, and m; what finds too little to learn from is passed over, as a user would."""
    try:
        training.estimate_probability_two_random_records_match(sure, recall=0.7)
    except ValueError as problem:
        warnings.warn(f"share of matches left at its default: {problem}", stacklevel=2)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in rules:
        try:
            training.estimate_parameters_using_expectation_maximisation(rule)
        except Exception as problem:  # noqa: BLE001  (Splink raises its own and DuckDB's)
            warnings.warn(f"a rule was not trained on: {problem}", stacklevel=2)


def safe(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """A heading as a name that SQL takes."""
    plain = re.sub(r"\W+", "_", name).lower()
    return f"{plain}_" if con.execute("SELECT count(*) FROM duckdb_keywords() WHERE keyword_name = ?", [plain]).fetchall()[0][0] else plain


def main() -> None:
    """Match, and write what was found."""
    folder = told.folder()
    shared = [c for c in next(iter(folder.tables.values()))[0] if c != "id" and all(c in t[0] for t in folder.tables.values())]
    rows = [
        (source, row["id"], *((row[c].strip().lower() or None) for c in shared)) for source, table in folder.tables.items() for row in table
    ]
    con = duckdb.connect()
    shared = [safe(con, c) for c in shared]
    names = ["source_dataset", "unique_id", *shared]
    everything = pa.table({name: pa.array(values, pa.string()) for name, values in zip(names, zip(*rows, strict=True), strict=True)})
    spent = told.Spent()
    begun = time.process_time()

    def stage(name: str) -> None:
        spent.of_stage[name] = time.process_time() - begun - sum(spent.of_stage.values())

    con.register("read", everything)
    con.execute("CREATE TABLE everything AS SELECT * FROM read")
    telling = [c for c in shared if con.execute(f"SELECT count(DISTINCT {c}) FROM everything").fetchall()[0][0] > 1]
    if set(shared) == PERSON:
        people_cleaned(con)
        comparisons, blocking, sure, training_rules = people_settings()
    else:
        comparisons, blocking, sure, training_rules = configured(Columns(con, telling, linked=folder.kind == "link"))
    stage("configure")
    api = DuckDBAPI(connection=con)
    columns = ", ".join(("unique_id", *telling))
    tables = [
        api.register(con.sql(f"SELECT {columns} FROM everything WHERE source_dataset = '{s}'").to_arrow_table(), dataset_display_name=s)
        for s in folder.tables
    ]
    settings = SettingsCreator(
        link_type="link_only" if len(tables) > 1 else "dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocking,
        retain_matching_columns=False,
    )
    linker = Linker(tables if len(tables) > 1 else tables[0], settings, log_level=None)
    trained(linker.training, sure, training_rules)
    stage("train")
    scored = linker.inference.predict(threshold_match_probability=0.05)
    stage("predict")
    if "one_to_one" in sys.argv:
        found = linker.clustering.cluster_using_single_best_links(scored, list(folder.tables), threshold_match_probability=_CUT)
    else:
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, _CUT)
    rows = found.as_duckdbpyrelation().to_arrow_table().to_pylist()
    stage("cluster")
    spent.cpu_s = time.process_time() - begun
    told.write(splink.__version__, spent, [(r.get("source_dataset", "a"), r["unique_id"], r["cluster_id"]) for r in rows])


if __name__ == "__main__":
    main()
