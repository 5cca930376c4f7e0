"""The example company, published, with secrets around it that no query of the edition `staff` may bring back."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from canonry import store as stores
from canonry.flow import nightly
from canonry.workspace import RunOptions, Workspace

if TYPE_CHECKING:
    from canonry.store import Manifest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "brightwater"
_NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
_MADE = shutil.ignore_patterns("store", "journal", ".canonry")


@dataclass(frozen=True)
class Company:
    """A published company and what is to be kept from a query.

    Attributes:
        folder: Everything lies in it; its name is a word of its own, so that a path that comes back is found too.
        canary: The word in every secret.
    """

    folder: Path
    canary: str

    @property
    def store(self) -> Path:
        """The store's folder."""
        return self.folder / "store"

    @property
    def manifest(self) -> Manifest:
        """The current release."""
        return stores.needed(self.store)

    def file(self, edition: str) -> Path:
        """The file of an edition."""
        return stores.edition_file(self.store, self.manifest, edition)

    def places(self, port: int) -> dict[str, str]:
        """What attacks fill in."""
        names = {"file": "secret.txt", "csv": "secret.csv", "json": "secret.json", "parquet": "secret.parquet", "database": "secret.db"}
        names |= {"link": "link.txt", "journal": "journal/audit.jsonl", "out": "written"}
        found = {key: str(self.folder / name) for key, name in names.items()}
        found |= {"folder": str(self.folder), "store": str(self.file("staff")), "other": str(self.file("hr"))}
        return {**found, "pid": str(os.getpid()), "port": str(port)}

    def digests(self) -> dict[str, str]:
        """Every file and its hash."""
        return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(self.folder.rglob("*")) if p.is_file()}

    def shows(self, told: bytes, query: str = "") -> bool:
        """Whether a secret came back: the canary in any form, or a path that the query did not name itself."""
        if self.folder.name not in query and _holds(told, self.folder.name):
            return True
        return _holds(told, self.canary)


def _holds(told: bytes, word: str) -> bool:
    """Whether a word is there plain, hexadecimal, or in base64 at any offset."""
    plain = word.encode()
    coded = [base64.b64encode(b"." * shift + plain)[4:-4] for shift in range(3)]
    return plain in told.lower() or plain.hex().encode() in told.lower() or any(c in told for c in coded)


def published(base: Path, *, hidden: bool = True) -> Company:
    """Publish the example company below a folder; without `hidden`, what only hr may read does not exist."""
    canary, folder = f"canary{secrets.token_hex(8)}", base / f"place{secrets.token_hex(8)}"
    shutil.copytree(EXAMPLE, folder, ignore=_MADE)
    company = Company(folder, canary)
    place = folder / "docs" / "hr"
    if hidden:
        (place / "secret.md").write_text(f"# {canary}\n\n## {canary}\n\nThe salary of {canary} is £99,000 a year.\n", encoding="utf-8")
    else:
        for page in place.iterdir():
            page.unlink()
    workspace = Workspace.open(folder / "canonry.yaml", {})
    assert workspace.config.run_date  # noqa: S101
    nightly(workspace, RunOptions(_NOW, workspace.config.run_date))
    return company


def with_secrets(company: Company) -> Company:
    """Lay secrets around the store, open to every user of the machine: the sandbox alone has to keep them."""
    folder, word = company.folder, company.canary
    (folder / "secret.txt").write_text(f"{word}\n", encoding="utf-8")
    (folder / "secret.csv").write_text(f"a,b\n{word},{word}\n", encoding="utf-8")
    (folder / "secret.json").write_text(json.dumps({"a": word}) + "\n", encoding="utf-8")
    (folder / "link.txt").symlink_to(folder / "secret.txt")
    (folder / "journal").mkdir(exist_ok=True)
    (folder / "journal" / "audit.jsonl").write_text(json.dumps({"query": word}) + "\n", encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT '{word}' AS a) TO '{folder / 'secret.parquet'}' (FORMAT parquet, KV_METADATA {{k: '{word}'}})")
    with duckdb.connect(str(folder / "secret.db")) as connection:
        connection.execute(f"CREATE TABLE secrets AS SELECT '{word}' AS a")
        connection.execute(f"EXPORT DATABASE '{folder / 'exported'}'")
    os.environ["CANARY"] = word
    for place in (folder.parent, folder, *folder.rglob("*")):
        place.chmod(place.stat().st_mode | (0o555 if place.is_dir() else 0o444))
    return company
