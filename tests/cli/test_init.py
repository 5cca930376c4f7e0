from __future__ import annotations

import json

import pytest
import yaml
from click.testing import CliRunner

from canonry.cli import cli
from canonry.cli.profile import profile

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
