"""Each page gets a copy of the example company after its first night, which runs once for the whole suite."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _loaded(path):
    spec = importlib.util.spec_from_file_location("docs_generate", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _loaded(ROOT / "docs" / "generate.py")


@pytest.fixture(scope="session")
def guests(tmp_path_factory):
    """The folder of the second example, two exports without a common key, after its first night."""
    folder = tmp_path_factory.mktemp("guests")
    generate.guests(folder)
    return folder / "examples" / "guests"


@pytest.fixture
def company(example, guests, tmp_path, monkeypatch):
    """A copy of the finished example, as the current folder; beside it an own folder of documents, and the second example."""
    folder = Path(shutil.copytree(example.folder, tmp_path / "brightwater"))
    shutil.copytree(folder / "docs" / "minutes", folder / "company" / "docs")
    shutil.copytree(guests, folder / "examples" / "guests")
    monkeypatch.chdir(folder)
    return folder
