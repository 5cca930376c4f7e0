"""A small company, published once with a tiny real encoder, and a way to call the command line in this process."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pytest
from click.testing import CliRunner

from canonry.cli import cli
from canonry.text import terms
from canonry.workspace import Workspace

CONFIG = """\
name: small
run_date: 2024-12-31
sources:
  handbook: {kind: documents, path: handbook, authority: 1, owner: ada@example.org}
  crm: {kind: records, path: crm.csv, id: plan, entity: plan}
  billing: {kind: records, path: billing.csv, id: plan, entity: plan}
editions:
  staff: {audiences: [staff], principals: [agent]}
default_audience: [staff]
"""
FILES = {
    "handbook/refunds.md": "# Refunds\n\n## Window\n\nA refund takes 30 days.\n\n## Who\n\nAsk the billing desk for a refund in writing.\n",
    "handbook/leave.md": "# Leave\n\n## Parental\n\nParental leave is 16 weeks.\n",
    "crm.csv": "plan,price,seats\nteam,$20,5\nsolo,$8,1\n",
    "billing.csv": "plan,price,seats\nteam,$25,5\nsolo,$8,1\n",
}


class BagOfWords:
    """A real encoder, only small: terms hashed into 64 counts."""

    name, dimensions = "bag-of-words", 64

    def encode(self, texts, progress=None):
        return np.stack([self.encode_query(t) for t in texts]) if len(texts) else np.zeros((0, self.dimensions), dtype=np.float32)

    def encode_query(self, text):
        out = np.zeros(self.dimensions, dtype=np.float32)
        for term in terms(text):
            out[crc32(term.encode()) % self.dimensions] += 1
        return out / max(float(np.linalg.norm(out)), 1e-12)


@dataclass
class Company:
    """A workspace on disk, and its command line."""

    root: object

    def call(self, *args, stdin=None):
        """Call a command with the configuration of this workspace; the result has exit_code, stdout, stderr."""
        found = CliRunner().invoke(cli, ["-c", str(self.root / "canonry.yaml"), *map(str, args)], input=stdin, prog_name="canonry")
        assert "Traceback" not in found.output
        return found

    def json(self, *args):
        found = self.call(*args, "--json")
        assert found.exit_code == 0, found.stderr
        return json.loads(found.stdout)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def journal(self, name):
        path = self.root / "journal" / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture(autouse=True)
def quick_encoder(monkeypatch):
    monkeypatch.setattr(Workspace, "encoder", lambda self: BagOfWords())


@pytest.fixture
def blank(tmp_path):
    """The company before its first run."""
    company = Company(tmp_path / "company")
    for name, text in {**FILES, "canonry.yaml": CONFIG}.items():
        company.write(name, text)
    return company


@pytest.fixture(scope="session")
def published_once(tmp_path_factory):
    root = tmp_path_factory.mktemp("published") / "company"
    company = Company(root)
    for name, text in {**FILES, "canonry.yaml": CONFIG}.items():
        company.write(name, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workspace, "encoder", lambda self: BagOfWords())
        done = company.call("run", "--json")
    assert done.exit_code == 0, done.stderr
    return root


@pytest.fixture
def company(published_once, tmp_path):
    """The company after its first run; each test has its own."""
    root = tmp_path / "company"
    shutil.copytree(published_once, root)
    yield Company(root)
    for path in root.rglob("*"):  # a test may have taken permissions away
        if path.is_dir():
            os.chmod(path, 0o700)  # noqa: PTH101


@pytest.fixture
def conflict(company):
    """The open conflict about the price of the team plan."""
    return next(c for c in company.json("list", "conflicts")["rows"] if c["attribute"] == "price")
