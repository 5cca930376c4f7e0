"""What people decided in the spreadsheet, read back and checked cell by cell."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from canonry.config import CsvOptions, XlsxOptions
from canonry.errors import SourceError, UsageError
from canonry.ids import digest_json
from canonry.ingest.reading import UnreadableFileError
from canonry.ingest.rows import Options
from canonry.ingest.workbook import read_xlsx
from canonry.report.sheets import BECAUSE, BY, DECIDE, DECISION, KEY, RELEASE, SIGNATURE, STALE, UNTIL, VALUES, choices, verdict
from canonry.report.sheets import ON_PAGE as PAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEEDED = {DECIDE: (DECISION, KEY, SIGNATURE, VALUES, RELEASE), STALE: (DECISION, KEY, RELEASE)}


@dataclass(frozen=True)
class Decision:
    """A row in which somebody decided, or tried to.

    Attributes:
        cell: Where the decision stands, as ``Decide!B3``.
        text: The decision as written.
        about: The first line of what the row is about.
        kind: conflict or document.
        key: The conflict or document, in the release of the report.
        signature: Of a conflict, what its sides were.
        verdict: What is ruled; empty where something is wrong.
        keep: The canonical value that stands, for `keep`.
        because, by: As written; None when empty.
        until: As written.
        release: The release that the report was made of.
        wrong: What is wrong with the row, with the cell; None when nothing is.
    """

    cell: str
    text: str
    about: str
    kind: str
    key: str
    signature: str | None
    verdict: str
    keep: str | None
    because: str | None
    by: str | None
    until: date | None
    release: str
    wrong: str | None = None

    @property
    def ruling_id(self) -> str:
        """The same for the same decision in the same file, however often it is read."""
        said = (self.release, self.kind, self.key, self.signature, self.verdict, self.keep, self.because, self.by, str(self.until))
        return f"r-{digest_json(said)}"


def decisions(data: bytes, name: str) -> list[Decision]:
    """Read the rows in which something is decided; rows without a decision are left aside.

    Args:
        data: The workbook, as `formats.as_xlsx` wrote it and people filled it in.
        name: The file's name, for messages.

    Raises:
        UsageError: It is no such workbook.
    """
    found = [d for sheet in (DECIDE, STALE) for d in _of_sheet(data, name, sheet)]
    ways: dict[str, set[tuple[str, str | None]]] = {}
    for d in found:
        ways.setdefault(d.key, set()).add((d.verdict, d.keep))
    return [_contrary(d) if len(ways[d.key]) > 1 and not d.wrong else d for d in found]


def _contrary(d: Decision) -> Decision:
    return Decision(**{**d.__dict__, "wrong": f"{d.cell}: another row decides the same differently"})


def _of_sheet(data: bytes, name: str, sheet: str) -> list[Decision]:
    try:
        rows = read_xlsx(data, Options(CsvOptions(), XlsxOptions(sheet=sheet)))
    except (SourceError, UnreadableFileError) as e:
        raise UsageError(f"{name} cannot be read as a report.", f"{e} Make one with `canonry report --format xlsx`.") from e
    columns = rows.cells.columns
    if columns and (missing := [c for c in _NEEDED[sheet] if c not in columns]):
        raise UsageError(
            f"{name}, sheet {sheet}: the columns {', '.join(missing)} are gone.",
            "They tell which conflict a row is about: take a fresh report and leave its columns as they are.",
        )
    letters = {c: _letter(n) for n, c in enumerate(columns)}
    told = zip(rows.locations, rows.cells.iter_rows(named=True), strict=True)
    return [_decision(sheet, at, row, letters) for at, row in told if row[DECISION].strip() and row[KEY].strip()]


def _letter(n: int) -> str:
    """Name a column as spreadsheets do.

    >>> _letter(0), _letter(25), _letter(26), _letter(701), _letter(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    return (_letter(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)  # noqa: PLR2004  (letters)


def _decision(sheet: str, at: str, row: Mapping[str, str], letters: Mapping[str, str]) -> Decision:
    text, because = row[DECISION].strip(), row.get(BECAUSE, "").strip()
    first = next((v for k, v in row.items() if k != DECISION and v.strip()), "").splitlines()

    def place(column: str) -> str:
        return f"{sheet}!{letters.get(column, '?')}{at}"

    read, wrong = verdict(text, sheet), None
    values = _values(row.get(VALUES, ""))
    until = _until(row.get(UNTIL, ""))
    if read is None:
        offered = choices(len(values)) if sheet == DECIDE else tuple(PAGES)
        wrong = f"{place(DECISION)}: {text!r} is no decision; choose one of {', '.join(offered)}"
    elif read[1] is not None and not 1 <= read[1] <= len(values):
        wrong = f"{place(DECISION)}: there is no side {read[1]}; the row has {len(values)}"
    elif read[0] == "scope" and not because:
        wrong = f"{place(BECAUSE)}: say which side holds where"
    elif row.get(UNTIL, "").strip() and until is None:
        wrong = f"{place(UNTIL)}: {row[UNTIL]!r} is no day; write it like 2025-12-31"
    keep = values[read[1] - 1] if read and read[1] and not wrong else None
    return Decision(
        cell=place(DECISION), text=text, about=": ".join(first[:2]), kind="conflict" if sheet == DECIDE else "document",
        key=row[KEY].strip(), signature=row.get(SIGNATURE, "").strip() or None, verdict=read[0] if read and not wrong else "", keep=keep,
        because=because or None, by=row.get(BY, "").strip() or None, until=until, release=row[RELEASE].strip(), wrong=wrong,
    )  # fmt: skip


def _values(text: str) -> list[str]:
    try:
        found = json.loads(text or "[]")
    except (json.JSONDecodeError, RecursionError):  # somebody filled in the hidden column
        return []
    return [str(v) for v in found] if isinstance(found, list) else []


def _until(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
