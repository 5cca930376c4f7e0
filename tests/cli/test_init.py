from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from canonry.cli import cli
from canonry.cli.profile import profile
from canonry.ingest.rows import attribute

FILES = {
    "docs/handbook/leave.md": "# Leave\n\nParental leave is 16 weeks.\n",
    "docs/handbook/it/laptops.md": "# Laptops\n\nLock the screen.\n",
    "docs/wiki/leave.html": "<h1>Leave</h1><p>Parental leave is 12 weeks.</p>",
    "sidecars/handbook.csv": "path,last_modified,owner\nleave.md,2024-01-02,ada\nit/laptops.md,2024-03-04,bob\n",
    "exports/crm.csv": "Customer,Account ID,Last Modified,Signed\nAcme,A1,2024-05-01,2020-01-01\nAcme,A2,2024-05-02,2021-01-01\n",
    "exports/seen.csv": "flight,attribute,value,site,seen_on\nAA1,gate,B2,x.com,2024-05-01\n"
    "AA1,gate,B3,y.com,2024-05-01\nAA1,gate,B3,y.com,2024-05-01\n",
    "exports/no id: ${HOME}.csv": "colour,size\nred,1.5\nred,2.5\n",
    "exports/empty.csv": "",
    "golden.jsonl": '{"id": "1", "query": "leave", "right": ["16 weeks"]}\n',
    "manual.pdf": "%PDF",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "acme" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "acme"


def init(folder, *args):
    return CliRunner().invoke(cli, ["init", str(folder), *args])


def proposed(folder):
    done = init(folder)
    assert done.exit_code == 0, done.stderr
    return yaml.safe_load((folder / "canonry.yaml").read_text())["sources"]


def test_what_is_proposed_runs_as_it_is(folder):
    assert init(folder).exit_code == 0
    done = CliRunner().invoke(cli, ["run", "-c", str(folder), "--json"])
    assert done.exit_code == 0, done.stderr
    assert {s["status"] for s in json.loads(done.stdout)["sources"].values()} == {"ok"}


def test_folders_of_documents_become_sources_with_the_table_that_speaks_of_them(folder):
    found = proposed(folder)
    assert found["handbook"]["path"] == "docs/handbook"
    assert found["handbook"]["include"] == ["**/*.md"]
    assert found["handbook"]["metadata"] == {
        "path": "sidecars/handbook.csv",
        "key": "path",
        "modified_at": "last_modified",
        "owner": "owner",
    }
    assert found["wiki"]["include"] == ["*.html"]
    assert not [s for s in found.values() if s["path"] == "sidecars/handbook.csv"]


def test_an_export_gets_its_id_and_the_date_on_which_a_row_was_last_right(folder):
    assert proposed(folder)["crm"] == {"kind": "records", "path": "exports/crm.csv", "id": "Account ID", "observed_at": "Last Modified"}


def test_a_table_of_asserted_values_becomes_claims(folder):
    assert proposed(folder)["seen"]["columns"] == {
        "subject": "flight", "attribute": "attribute", "value": "value", "source": "site", "observed_at": "seen_on",
    }  # fmt: skip


def test_an_export_without_an_id_says_so_and_odd_names_are_quoted(folder):
    found = proposed(folder)["no_id_home"]
    assert "id" not in found
    assert found["path"] == "exports/no id: ?{HOME}.csv"


def test_what_stays_out_is_named_with_the_reason(folder):
    done = init(folder)
    assert "exports/empty.csv" in done.stdout
    assert "golden questions" in done.stdout
    assert "1 × .pdf" in (folder / "canonry.yaml").read_text()


def test_a_configuration_that_is_there_is_not_overwritten_without_force(folder):
    (folder / "canonry.yaml").write_text("mine")
    refused = init(folder)
    assert (refused.exit_code, (folder / "canonry.yaml").read_text()) == (2, "mine")
    assert "--force" in refused.stderr
    assert init(folder, "--force").exit_code == 0


def test_a_missing_folder_and_one_without_anything_to_read_are_refused(tmp_path):
    assert "there is no folder" in init(tmp_path / "nowhere").stderr
    assert "no document and no export" in init(tmp_path).stderr


def test_a_column_that_is_called_an_id_is_taken_although_a_few_rows_repeat(tmp_path):
    rows = "".join(f"{i},{i}@x.org\n" for i in range(19))
    (tmp_path / "people.csv").write_text(f"id,email\n{rows}3,other@x.org\n")
    export = profile(tmp_path).exports[0]
    assert (export.id, export.repeated) == ("id", 1)


def test_hidden_and_tool_folders_and_our_own_are_left_alone(tmp_path):
    for name in (".git/a.md", "node_modules/b.md", "store/c.md", "journal/d.md", "ok/e.md"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("# x\n\ny\n")
    assert [d.path for d in profile(tmp_path).documents] == ["ok"]


def exports(folder, **columns):
    """Exports of one column of ids and one of names: file name → heading and ids."""
    for name, (heading, ids) in columns.items():
        (folder / f"{name}.csv").write_text(f"{heading},name\n" + "".join(f"{i},n{n}\n" for n, i in enumerate(ids)))
    return {n: s.get("entity") for n, s in proposed(folder).items()}


def test_exports_that_share_a_fifth_of_their_ids_are_proposed_as_one_kind_of_thing(tmp_path):
    new, old = [f"AB-{n}" for n in range(10)], [f"ab-{n}" for n in range(8, 18)]
    assert exports(tmp_path, prices=("SKU", new), prices_2023=("Code", old), people=("id", ["p1", "p2"])) == {
        "prices": "prices", "prices_2023": "prices", "people": None,
    }  # fmt: skip
    done = init(tmp_path, "--force", "--json")
    assert json.loads(done.stdout)["alike"] == [["prices.csv", "prices_2023.csv"]]
    run = CliRunner().invoke(cli, ["run", "-c", str(tmp_path), "--json"])
    assert json.loads(run.stdout)["counts"]["entities"] == 20


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("SKU", [f"AB-{n}" for n in range(10)]), ("Code", ["AB-1", *(f"X-{n}" for n in range(9))])),
        (("order_id", range(1, 11)), ("customer_id", range(1, 11))),
        (("id", range(1, 11)), ("id", range(1, 11))),
    ],
    ids=["too-few", "numbers-of-different-things", "numbers-of-anything"],
)
def test_ids_that_are_alike_by_chance_make_no_common_kind(tmp_path, one, other):
    assert exports(tmp_path, a=one, b=other) == {"a": None, "b": None}


def test_numbers_under_the_same_telling_heading_are_the_same_things(tmp_path):
    assert exports(tmp_path, new=("customer_id", range(1, 11)), old=("customer_id", range(8, 18))) == {"new": "new", "old": "new"}


EXAMPLES = Path(__file__).parents[2] / "examples"


def copied(tmp_path, *files):
    for f in files:
        shutil.copy(EXAMPLES / f, tmp_path / Path(f).name)
    return tmp_path


def test_exports_without_a_common_id_whose_rows_look_alike_are_proposed_to_be_matched(tmp_path):
    folder = copied(tmp_path, "guests/bookings.csv", "guests/club.csv")
    found = json.loads(init(folder, "--json").stdout)
    assert found["matched"] == [["bookings.csv", "club.csv"]]
    said = yaml.safe_load((folder / "canonry.yaml").read_text())
    assert {n: s["entity"] for n, s in said["sources"].items()} == {"bookings": "club", "club": "club"}
    assert said["entities"] == {"club": {"identity": "match"}}
    assert said["sources"]["club"]["fields"] == {
        "Guest": "name", "Address": "street", "City": "town", "Date of birth": "born", "Telephone": "phone",
    }  # fmt: skip
    run = CliRunner().invoke(cli, ["run", "-c", str(folder), "--json"])
    told = json.loads(run.stdout)
    assert told["counts"]["entities"] < told["counts"]["records"] == 280
    assert told["conflicts"]["value_conflict"]["open"] > 0  # the same attribute on both sides, so that they can contradict each other


def test_columns_of_exports_that_share_ids_are_proposed_as_a_person_wrote_them_down(tmp_path):
    folder = copied(tmp_path, "brightwater/exports/prices.xlsx", "brightwater/exports/prices_2023.csv")
    written = yaml.safe_load((EXAMPLES / "brightwater/canonry.yaml").read_text())["sources"]
    columns = {a: c for c, a in written["prices"]["fields"].items()}
    right = {c: attribute(columns.get(a, a)) for c, a in written["prices_2023"]["fields"].items()}
    assert proposed(folder)["prices_2023"]["fields"] == right


def people(seed, heading, first, extra):
    """An export of 60 persons of its own, with names as others have them too, under the same headings, and one column more."""
    r = random.Random(seed)  # noqa: S311  (no secrets)
    word = lambda: "".join(r.choice("bdf") + r.choice("aeiou") for _ in range(2))  # noqa: E731
    rows = [
        f"{heading[0]}{first + n},{word()} {word()},{word()}@x.example,{r.randrange(10**8, 10**9)},{r.choice(extra)}" for n in range(60)
    ]
    return f"{heading},name,email,phone,{'grade' if first else 'tier'}\n" + "\n".join(rows)


def test_the_same_headings_over_other_rows_make_no_common_kind(tmp_path):
    (tmp_path / "employees.csv").write_text(people(1, "staff_id", 100, ["junior", "senior"]))
    (tmp_path / "customers.csv").write_text(people(2, "customer_id", 0, ["gold", "silver"]))
    assert not any("entity" in s for s in proposed(tmp_path).values())


def test_what_only_may_mean_the_same_stands_in_a_comment_and_changes_nothing(tmp_path):
    r = random.Random(4)  # noqa: S311  (no secrets)
    size = lambda: f"{r.gauss(300, 50):.1f}"  # noqa: E731
    (tmp_path / "new.csv").write_text("sku,length\n" + "\n".join(f"AB-{n},{size()}" for n in range(40)))
    (tmp_path / "old.csv").write_text("code,length over all,length folded\n" + "\n".join(f"AB-{n},{size()},{size()}" for n in range(40)))
    assert "fields" not in proposed(tmp_path)["old"]
    text = (tmp_path / "canonry.yaml").read_text()
    assert re.search(r'# "?length (over all|folded)"?: length .*perhaps', text)


def test_what_is_proposed_does_not_depend_on_the_order_of_rows(tmp_path):
    folder = copied(tmp_path, "guests/bookings.csv", "guests/club.csv")
    before = proposed(folder)
    for file in ("bookings.csv", "club.csv"):
        head, *rows = (folder / file).read_text().splitlines()
        (folder / file).write_text("\n".join([head, *reversed(rows)]))
    assert init(folder, "--force").exit_code == 0
    assert yaml.safe_load((folder / "canonry.yaml").read_text())["sources"] == before


def test_the_run_names_columns_that_only_matching_took_for_one_another_and_how_to_declare_them(tmp_path):
    folder = copied(tmp_path, "guests/bookings.csv", "guests/club.csv", "guests/canonry.yaml")
    told = " ".join(CliRunner().invoke(cli, ["run", "-c", str(folder / "canonry.yaml")]).stdout.split())
    assert "telephone of club for phone" in told
    assert "fields: {HEADING: ATTRIBUTE}" in told
