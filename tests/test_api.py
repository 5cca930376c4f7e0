"""The public names of the package."""

import shutil
from pathlib import Path

import canonry
from tests.serve.conftest import BagOfWords

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "brightwater"


def test_a_night_and_a_question_need_two_names(tmp_path, monkeypatch):
    monkeypatch.setattr("canonry.workspace.Workspace.encoder", lambda _: BagOfWords())
    company = shutil.copytree(EXAMPLE, tmp_path / "company", ignore=shutil.ignore_patterns("store", "journal", ".canonry"))
    summary = canonry.run(company / "canonry.yaml")
    assert summary.published
    client = canonry.Client(company / "store", "full", encoder=BagOfWords())
    assert client.search("How many days of annual leave?").items
    assert canonry.run(company / "canonry.yaml").exit_reason == "nothing changed"


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(canonry, "compare_everything")
