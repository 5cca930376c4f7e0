"""Match the records of a folder with GoldenMatch, with nothing configured. See `told.py` for what is read and written.

It is told to go on where it doubts the configuration that it chose; else it would refuse some sets. Between two tables it gives links,
which are counted as they are.
"""

from __future__ import annotations

import goldenmatch
import pyarrow as pa
import told


def table(rows: list[dict[str, str]]) -> pa.Table:
    """Columns of a table, without its id: nothing is to be matched by it."""
    return pa.table({c: pa.array([r[c] or None for r in rows], pa.string()) for c in rows[0] if c != "id"})


def main() -> None:
    """Match, and write what was found."""
    folder = told.folder()
    names = {s: [r["id"] for r in rows] for s, rows in folder.tables.items()}
    tables = {s: table(rows) for s, rows in folder.tables.items()}
    with told.stages() as spent:
        if folder.kind == "dedupe":
            clusters = goldenmatch.dedupe_df(tables["a"], confidence_required=False, allow_red_config=True).clusters
            rows = [("a", names["a"][m], c) for c, cluster in clusters.items() for m in cluster["members"]]
        else:
            links = goldenmatch.match_df(tables["a"], tables["b"], confidence_required=False, allow_red_config=True).matched
            ends = (
                zip(*(pa.table(links)[c].to_pylist() for c in ("__target_row_id__", "__ref_row_id__")), strict=True)
                if links is not None
                else ()
            )
            first = len(names["a"])  # rows of the second table are numbered after those of the first
            rows = [e for n, (a, b) in enumerate(ends) for e in (("a", names["a"][a], n), ("b", names["b"][b - first], n))]
    told.write(goldenmatch.__version__, spent, rows)


if __name__ == "__main__":
    main()
