"""What a table reader returns, and how columns are named and looked up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl
from rapidfuzz import process, utils

from canonry.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from canonry.config import CsvOptions, XlsxOptions
    from canonry.ingest.reading import Fault

_NEAR = 60.0  # rapidfuzz ratio from which a column is named as the one that was probably meant


@dataclass(frozen=True)
class Options:
    """What is configured about the formats; everything else is recognised.

    Attributes:
        csv: Encoding, delimiter and number of heading rows.
        xlsx: The sheet.
    """

    csv: CsvOptions
    xlsx: XlsxOptions


@dataclass(frozen=True)
class Rows:
    """A table as it stands in a file.

    Attributes:
        cells: One text column per heading; an empty cell is ``""``, never null.
        locations: Line or row of each row inside the file.
        faults: Rows set aside, located by line or row.
    """

    cells: pl.DataFrame
    locations: list[str]
    faults: tuple[Fault, ...] = ()

    def only(self, keep: pl.Series) -> Rows:
        """Keep the rows where a mask is true."""
        return replace(self, cells=self.cells.filter(keep), locations=pl.Series(self.locations, dtype=pl.String).filter(keep).to_list())


def texts(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> pl.DataFrame:
    """Make a frame of text columns out of rows of equal width."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(headings)
    return pl.DataFrame([pl.Series(h, c, dtype=pl.String) for h, c in zip(headings, columns, strict=True)])


def unique(names: Iterable[str]) -> list[str]:
    """Tell repeated names apart by a number.

    >>> unique(["name", "name", "name_2"])
    ['name', 'name_2', 'name_2_2']
    """
    taken: set[str] = set()
    out = []
    for name in names:
        n, free = 1, name
        while free in taken:
            n += 1
            free = f"{name}_{n}"
        taken.add(free)
        out.append(free)
    return out


def headings(cells: Iterable[str | None]) -> list[str]:
    """Name the columns: blanks collapsed, empty headings by position, repeated ones told apart.

    >>> headings(["Name", "", " First  name ", "Name"])
    ['Name', 'column_2', 'First name', 'Name_2']
    """
    return unique(" ".join((cell or "").split()) or f"column_{n}" for n, cell in enumerate(cells, 1))


def attribute(heading: str) -> str:
    """Give a column its default attribute name.

    >>> attribute("Domain Name")
    'domain_name'
    """
    return "_".join(heading.lower().split())


def attributes(columns: Sequence[str], fields: Mapping[str, str]) -> dict[str, str]:
    """Say which attribute each column is.

    Args:
        columns: The headings.
        fields: Configured heading → attribute; these keep their name, defaults give way to them.

    Returns:
        Heading → attribute, in column order.

    Raises:
        SourceError: Two columns are mapped to the same attribute.
    """
    mapped = {_plain(column): name for column, name in fields.items()}
    if twice := [name for name, n in Counter(mapped.values()).items() if n > 1]:
        raise SourceError(f"fields maps several columns to {twice[0]!r}.", "Give each column an attribute of its own.")
    given = [c for c in columns if c in mapped]
    free = [c for c in columns if c not in mapped]
    names = unique([*(mapped[c] for c in given), *(attribute(c) for c in free)])
    named = dict(zip((*given, *free), names, strict=True))
    return {c: named[c] for c in columns}


def column(wanted: str, columns: Sequence[str], key: str, file: str) -> str:
    """Find a configured column in a table.

    Args:
        wanted: The heading as configured; runs of blanks count as one.
        columns: The headings that exist.
        key: The configuration key that names it, for the message.
        file: The file, for the message.

    Raises:
        SourceError: It does not exist; the message names the nearest one.
    """
    if (name := _plain(wanted)) in columns:
        return name
    best = process.extractOne(name, columns, processor=utils.default_process, score_cutoff=_NEAR)
    meant = f"; did you mean {best[0]!r}?" if best else "."
    raise SourceError(f"The column {wanted!r} named in {key} does not exist in {file}{meant}", f"Its columns are: {', '.join(columns)}.")


def _plain(heading: str) -> str:
    return " ".join(heading.split())
