"""Families of a folder's documents with the stage `match` of Canonry, with nothing configured. See `told.py`.

The documents lie in one source of files whose names tell nothing. No vector is made: none is looked at.
"""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date
from pathlib import Path

import polars as pl
import told

from canonry.context import RunContext
from canonry.flow import PER_EDITION
from canonry.ingest import CopyStore, observe
from canonry.journal import Journal
from canonry.state import NoMemo
from canonry.version import VERSION
from canonry.workspace import Workspace

DAY = date(2026, 11, 1)


def main() -> None:
    """Match, and write what was found; CPU seconds of `match` and, as a part apart, of reading and dividing into passages."""
    texts = told.documents()
    file = {hashlib.sha1(i.encode(), usedforsecurity=False).hexdigest()[:12] + ".md": i for i in texts}
    spent = told.Spent()
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "docs").mkdir()
        for name, ident in file.items():
            (Path(made) / "docs" / name).write_text(texts[ident], encoding="utf-8")
        (Path(made) / "canonry.yaml").write_text(
            f"name: bench\nstore: store\njournal: journal\nrun_date: {DAY}\nsources:\n  docs: {{kind: documents, path: docs}}\n",
            encoding="utf-8",
        )
        workspace = Workspace.open(Path(made) / "canonry.yaml", {})
        with told.stages() as reading:
            copies = CopyStore(workspace.store / "copies")
            ingested = observe(workspace.config, workspace.base, run_date=DAY, copies=copies, parent_inputs={}, journal=Journal())
            run = RunContext(DAY, workspace.config, Journal(), NoMemo(), told.NoVectors(), NoMemo(), edition="full")  # type: ignore[arg-type]
            stages = {s.name: s for s in PER_EDITION}
            normalised = stages["normalise"].make(run, ingested)
        with told.stages() as matching:
            matched = stages["match"].make(run, normalised)
    spent.cpu_s, spent.of_stage = matching.cpu_s, {"reading": reading.cpu_s}
    of_document = dict(normalised.documents.select("document_id", "path").iter_rows())
    families = matched.families.filter((pl.col("member_kind") == "document") & (pl.col("relation") != "shared"))
    rows = [("a", file[Path(of_document[m]).name], f) for m, f in families.select("member_id", "family_id").iter_rows()]
    told.write(VERSION, spent, rows)


if __name__ == "__main__":
    main()
