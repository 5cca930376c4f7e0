"""Match the records of a folder with the matcher of Canonry, with nothing configured. See `told.py` for what is read and written."""

from __future__ import annotations

import json

import polars as pl
import told

from canonry.match.entities.found import matched_records
from canonry.version import VERSION


def main() -> None:
    """Match, and write what was found."""
    rows = [(source, row.pop("id"), json.dumps(row, ensure_ascii=False)) for source, table in told.folder().tables.items() for row in table]
    records = pl.DataFrame(rows, schema={"source": pl.String, "record_id": pl.String, "values": pl.String}, orient="row")
    with told.stages() as spent:
        members, *_ = matched_records("thing", records, "auto")
    told.write(VERSION, spent, members.select("source", "record_id", "entity_id").iter_rows())


if __name__ == "__main__":
    main()
