"""The `Table` class: one declaration from which schema, DDL, contract checks, metadata and reference are derived.

The published tables themselves are declared in `canonry.published`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

PolarsType: TypeAlias = "pl.DataType | type[pl.DataType]"
_CORRECTION = pl.Struct(
    {"start": pl.Int64, "end": pl.Int64, "says": pl.String, "stands": pl.String, "cite": pl.String, "conflict_id": pl.String}
)

# name of a type → (polars, DuckDB)
TYPES: dict[str, tuple[PolarsType, str]] = {
    "text": (pl.String, "VARCHAR"),
    "int": (pl.Int64, "BIGINT"),
    "float": (pl.Float64, "DOUBLE"),
    "decimal": (pl.Decimal(9, 6), "DECIMAL(9, 6)"),
    "bool": (pl.Boolean, "BOOLEAN"),
    "date": (pl.Date, "DATE"),
    "instant": (pl.Datetime("us", "UTC"), "TIMESTAMPTZ"),
    "json": (pl.String, "JSON"),
    "texts": (pl.List(pl.String), "VARCHAR[]"),
    "vector": (pl.List(pl.Int8), "TINYINT[]"),
    "corrections": (
        pl.List(_CORRECTION),
        'STRUCT("start" BIGINT, "end" BIGINT, says VARCHAR, stands VARCHAR, cite VARCHAR, conflict_id VARCHAR)[]',
    ),
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: Its name in polars and in DuckDB.
        type: A key of `TYPES`.
        doc: One sentence for the catalogue.
        nullable: Whether null is allowed.
        between: Inclusive bounds of a number, or None.
        one_of: The closed list of its values, or empty.
        volatile: Whether the digest leaves it out (timings, the moment of publishing).
    """

    name: str
    type: str
    doc: str
    nullable: bool = True
    between: tuple[float, float] | None = None
    one_of: tuple[str, ...] = ()
    volatile: bool = False

    @property
    def dtype(self) -> PolarsType:
        """The polars type."""
        return TYPES[self.type][0]

    @property
    def rule(self) -> pl.Expr | None:
        """An expression that is true where the column keeps its contract; None when anything will do."""
        column, parts = pl.col(self.name), []
        if not self.nullable:
            parts.append(column.is_not_null())
        if self.between:
            parts.append(column.is_between(*self.between).fill_null(value=True))
        if self.one_of:
            parts.append(column.is_in(self.one_of).fill_null(value=True))
        return pl.all_horizontal(parts) if parts else None


@dataclass(frozen=True)
class Table:
    """A declared table: its columns, its primary key, what it is for."""

    name: str
    doc: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def schema(self) -> dict[str, PolarsType]:
        """Column name → polars type, in order."""
        return {c.name: c.dtype for c in self.columns}

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [c.name for c in self.columns]

    def empty(self) -> pl.DataFrame:
        """An empty frame of this shape."""
        return pl.DataFrame(schema=self.schema)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Bring a frame into this shape: columns in order and cast, missing ones null, others dropped, rows in key order."""
        have = set(frame.columns)
        shaped = frame.select(
            (pl.col(c.name) if c.name in have else pl.lit(None)).cast(c.dtype, strict=True).alias(c.name) for c in self.columns
        )
        return shaped.sort(self.key) if self.key else shaped

    def breaches(self, frame: pl.DataFrame) -> dict[str, int]:
        """Count the rows that break the contract, per rule; an empty result means that the frame keeps it."""
        found = {c.name: int(frame.select((~c.rule).sum()).item()) for c in self.columns if c.rule is not None and frame.height}
        if self.key and frame.height:
            found["primary key"] = frame.height - frame.select(self.key).n_unique()
        return {rule: n for rule, n in found.items() if n}

    def digest(self, frame: pl.DataFrame) -> str:
        """Hash the content: rows in key order, JSON lines, without the volatile columns."""
        kept = [c.name for c in self.columns if not c.volatile]
        ordered = frame.sort(self.key) if self.key else frame
        state = hashlib.blake2b(digest_size=16)
        for part in ordered.select(kept).iter_slices(65_536):  # the text of millions of rows at once would take gigabytes
            state.update(part.write_ndjson().encode())
        return state.hexdigest()

    def ddl(self, schema: str = "") -> str:
        """The CREATE TABLE statement for DuckDB, with its contract as CHECK and PRIMARY KEY."""
        lines = [self._column_ddl(c) for c in self.columns]
        if self.key:
            lines.append(f"PRIMARY KEY ({', '.join(map(_quoted, self.key))})")
        return f"CREATE TABLE {schema}{_quoted(self.name)} (\n  " + ",\n  ".join(lines) + "\n)"

    def comments(self, schema: str = "") -> Sequence[str]:
        """The COMMENT statements for the table and for each of its columns."""
        name = f"{schema}{_quoted(self.name)}"
        return [
            f"COMMENT ON TABLE {name} IS {_literal(self.doc)}",
            *(f"COMMENT ON COLUMN {name}.{_quoted(c.name)} IS {_literal(c.doc)}" for c in self.columns),
        ]

    @staticmethod
    def _column_ddl(column: Column) -> str:
        parts = [_quoted(column.name), TYPES[column.type][1]]
        if not column.nullable:
            parts.append("NOT NULL")
        if column.between:
            parts.append(f"CHECK ({_quoted(column.name)} BETWEEN {column.between[0]} AND {column.between[1]})")
        if column.one_of:
            parts.append(f"CHECK ({_quoted(column.name)} IN ({', '.join(map(_literal, column.one_of))}))")
        return " ".join(parts)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
