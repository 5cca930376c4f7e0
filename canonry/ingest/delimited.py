"""Comma-, semicolon-, tab- and bar-separated files."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from canonry.errors import SourceError
from canonry.ingest.decode import decode
from canonry.ingest.reading import Fault, UnreadableFileError, excerpt
from canonry.ingest.rows import Rows, headings, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from canonry.ingest.rows import Options

DELIMITERS = ",;\t|"
_SPELLED = {"\\t": "\t", "tab": "\t"}  # as people write it into YAML
LONGEST_LINE = 10_000_000  # characters; one line beyond that is no table, and parsers choke on it
_SAMPLE = 100  # records looked at to recognise the delimiter
_BATCH = 50_000  # rows turned into a frame at a time, so that Python's strings do not pile up
_MOST_BROKEN = 20  # unclosed quotes; each costs reading to the end of the file again

_Record = tuple[int, list[str], str]  # line it starts on, cells, what is wrong with its quotes


def read_csv(data: bytes, options: Options) -> Rows:
    """Read a delimited file; delimiter and byte-order mark are recognised.

    Raises:
        UnreadableFileError: It cannot be decoded, or is no table.
        SourceError: The configured delimiter is none.
    """
    return _read(data, options, None)


def read_tsv(data: bytes, options: Options) -> Rows:
    """Read a file separated by tabs, unless another delimiter is configured.

    Raises:
        UnreadableFileError: It cannot be decoded, or is no table.
    """
    return _read(data, options, "\t")


def _read(data: bytes, options: Options, usual: str | None) -> Rows:
    lines = list(io.StringIO(decode(data, options.csv.encoding)))
    if lines and max(map(len, lines)) > LONGEST_LINE:
        raise UnreadableFileError("line_too_long", f"A line is longer than {LONGEST_LINE:,} characters.", excerpt=excerpt(lines[0]))
    csv.field_size_limit(LONGEST_LINE)
    delimiter = _SPELLED.get(options.csv.delimiter or "", options.csv.delimiter) or usual or recognised(lines)
    if len(delimiter) != 1 or delimiter in '"\n':
        raise SourceError(f"csv.delimiter is {delimiter!r}.", "Give one character that is no quote, or leave it out to have it recognised.")
    return _table(lines, delimiter, options.csv.header_rows)


def recognised(lines: Sequence[str]) -> str:
    r"""Choose the delimiter that cuts most of the first records into as many fields as the heading; more fields win.

    >>> recognised(["a;b;c\n", "1,5;2;x, y\n"])
    ';'
    """
    sample = lines[: _SAMPLE * 5]

    def score(delimiter: str) -> tuple[float, int]:
        rows = [cells for _, cells, _ in islice(_records(sample, delimiter, forgiving=True), _SAMPLE) if cells]
        width = len(rows[0]) if rows else 0
        return (sum(len(r) == width for r in rows) / len(rows), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=score)


def _table(lines: Sequence[str], delimiter: str, header_rows: int) -> Rows:
    records = _records(lines, delimiter)
    names, faults = _headings(records, lines, header_rows)
    width = len(names)
    frames, batch, locations = [texts(names, [])], list[list[str]](), list[str]()
    for line, cells, wrong in records:
        if len(cells) == width and not wrong:
            batch.append(cells)
            locations.append(str(line))
        elif wrong or lines[line - 1].strip():
            faults.append(_fault(line, lines[line - 1], cells, wrong, width))
        if len(batch) == _BATCH:
            frames.append(texts(names, batch))
            batch = []
    return Rows(pl.concat([*frames, texts(names, batch)]), locations, tuple(faults))


def _headings(records: Iterator[_Record], lines: Sequence[str], header_rows: int) -> tuple[list[str], list[Fault]]:
    """Take the heading rows off the records; blank lines before them do not count."""
    top, faults = list[list[str]](), list[Fault]()
    for line, cells, wrong in records:
        if wrong:
            faults.append(_fault(line, lines[line - 1], cells, wrong, 0))
        elif any(cells):
            top.append(cells)
        if len(top) == header_rows:
            break
    width = max(map(len, top), default=0)
    return headings(" ".join(filter(None, (row[n].strip() for row in top if n < len(row)))) for n in range(width)), faults


def _fault(line: int, text: str, cells: list[str], wrong: str, width: int) -> Fault:
    if wrong:
        return Fault(str(line), "unclosed_quote", f"A quoted field is not closed as it should be: {wrong}.", excerpt(text))
    return Fault(str(line), "ragged_row", f"{len(cells)} fields where the heading has {width}.", excerpt(text))


def _records(lines: Sequence[str], delimiter: str, *, forgiving: bool = False) -> Iterator[_Record]:
    """Cut lines into records; one whose quotes do not close costs its first line, not the rest of the file."""
    start = broken = 0
    while start < len(lines):
        base, wrong = start, ""
        reader = csv.reader(islice(lines, start, None), delimiter=delimiter)
        while not wrong:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as e:
                wrong = str(e)
                break
            end = base + reader.line_num
            wrong = _misquoted(lines[start:end], delimiter, last=end == len(lines))
            if not wrong:
                yield start + 1, cells, ""
                start = end
        broken += 1
        if broken > _MOST_BROKEN and not forgiving:
            message = f"More than {_MOST_BROKEN} quoted fields are not closed; the first of the last is on line {start + 1}."
            raise UnreadableFileError("unclosed_quote", message, "Export it again with quotes doubled inside fields.")
        yield start + 1, [], wrong
        start += 1


def _misquoted(record: Sequence[str], delimiter: str, *, last: bool) -> str:
    """Say what is wrong with the quotes of a record that spans lines or ends the file; on one line stray quotes are let pass."""
    if len(record) == 1 and not last:
        return ""
    try:
        list(csv.reader(record, delimiter=delimiter, strict=True))
    except csv.Error as e:
        return str(e) if len(record) > 1 or "end of data" in str(e) else ""
    return ""
