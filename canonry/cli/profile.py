"""What is in a folder: documents by folder, exports with their columns, and what cannot be read."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from canonry.cli.kinds import kinds
from canonry.config import CsvOptions, XlsxOptions
from canonry.days import order_of, parse_day
from canonry.errors import SourceError
from canonry.ingest.formats import MEDIA, TABLE_SUFFIXES, read_table
from canonry.ingest.rows import Options
from canonry.ingest.sidecar import plain_path
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from canonry.cli.kinds import Kind

_LEFT_OUT = {"node_modules", "__pycache__", "__MACOSX", "venv", "store", "journal"}
_DATED = 0.8  # share of the filled cells that are days, from which a column is one of dates
_IS_PATH = 0.5  # share of the rows that name a document, from which a table is one about documents
_ID = re.compile(r"(^|[ _-])(id|ids|key|code|sku|uuid|no|number|ref|reference|identifier)$|(?<=[a-z])(?:Id|ID)$", re.IGNORECASE)
_OBSERVED = re.compile(r"updated|modified|changed|seen|as[ _]of|snapshot|observed|extracted|verified", re.IGNORECASE)
_LONG_ID = 80  # characters; a longer text names nothing
_NO_DATA = {"package.json", "package-lock.json", "tsconfig.json", "canonry.yaml"}
_SIDECAR_KEYS = {
    "modified_at": re.compile(r"modified|updated|changed|held.?on|^date$", re.IGNORECASE),
    "title": re.compile(r"^title$|^name$", re.IGNORECASE),
    "owner": re.compile(r"owner|author|maintainer|responsible", re.IGNORECASE),
    "audience": re.compile(r"^audience$", re.IGNORECASE),
    "expires_on": re.compile(r"expire|valid.?(?:to|until)", re.IGNORECASE),
    "review_on": re.compile(r"review", re.IGNORECASE),
    "replaced_by": re.compile(r"replaced|superseded", re.IGNORECASE),
    "url": re.compile(r"^url$|^link$", re.IGNORECASE),
}
_CLAIMS = {  # headings of a table whose rows assert one value each
    "attribute": re.compile(r"^(attribute|property|field|measure)$", re.IGNORECASE),
    "value": re.compile(r"^(value|stated|answer|says)$", re.IGNORECASE),
    "source": re.compile(r"^(source|site|website|provider|asserter)$", re.IGNORECASE),
}
_ALMOST = 0.9  # share of different values from which a column that is called an id is taken for one; repeats are set aside by the run
_DAYS = ("modified_at", "expires_on", "review_on")


@dataclass(frozen=True)
class Export:
    """A table that can be read.

    Attributes:
        path: Relative to the profiled folder.
        columns: Its headings.
        rows: How many rows it has.
        id: The column that names its rows, if one does.
        repeated: Rows whose id stands further up.
        observed_at: The column that says when a row was last seen or changed, if one does.
        claims: Of a table of asserted values, its columns by configuration key; else None.
        dates: All columns of dates.
        set_aside: Rows that cannot be read.
        paths: Per column that could hold paths, the paths in it.
        ids: What stands in the id column, in normal form.
        cells: Its rows as text.
    """

    path: str
    columns: tuple[str, ...]
    rows: int
    id: str | None
    repeated: int
    observed_at: str | None
    claims: dict[str, str] | None
    dates: tuple[str, ...]
    set_aside: int
    paths: dict[str, frozenset[str]] = field(repr=False)
    ids: frozenset[str] = field(repr=False)
    cells: pl.DataFrame = field(repr=False, compare=False)


@dataclass(frozen=True)
class Documents:
    """A folder of documents.

    Attributes:
        path: Relative to the profiled folder; ``.`` for itself.
        files: Paths inside it.
        deep: Whether some lie in folders below.
        sidecar: The table that says more about them, with its columns by configuration key.
    """

    path: str
    files: tuple[str, ...]
    deep: bool
    sidecar: tuple[Export, dict[str, str]] | None = None

    @property
    def suffixes(self) -> list[str]:
        """The suffixes that occur, with their dot, in their own spelling."""
        return sorted({PurePosixPath(f).suffix for f in self.files})


@dataclass(frozen=True)
class Profile:
    """What was found.

    Attributes:
        documents: Folders of documents.
        exports: Tables.
        unread: What stays out: path or suffix → why.
        kinds: Which exports describe the same things.
    """

    documents: tuple[Documents, ...]
    exports: tuple[Export, ...]
    unread: dict[str, str]
    kinds: tuple[Kind, ...] = ()


def profile(folder: Path) -> Profile:
    """Look through a folder; files are only read."""
    files = list(_files(folder))
    documents = _documents([f for f in files if PurePosixPath(f).suffix.lower() in MEDIA])
    exports, unread = _exports(folder, [f for f in files if _may_be_export(f)])
    documents, exports = _with_sidecars(documents, exports)
    others = Counter(
        PurePosixPath(f).suffix.lower() or "no suffix"
        for f in files
        if not _may_be_export(f) and PurePosixPath(f).suffix.lower() not in MEDIA
    )
    unread |= {f"{n} × {suffix}": "not a format that is read" for suffix, n in sorted(others.items()) if suffix not in (".yaml", ".yml")}
    return Profile(tuple(documents), tuple(exports), unread, kinds(exports))


def _files(folder: Path) -> Iterable[str]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(d for d in folders if not d.startswith(".") and d not in _LEFT_OUT)
        for name in sorted(names):
            if not name.startswith((".", "~$")):
                yield (Path(here) / name).relative_to(folder).as_posix()


def _may_be_export(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in TABLE_SUFFIXES and PurePosixPath(path).name not in _NO_DATA


def _documents(files: list[str]) -> list[Documents]:
    """Put documents together by the folder that a person would call a collection.

    That is the folder at the top; when it holds nothing but folders with documents, each of those.
    """
    groups: dict[str, list[str]] = {}
    for f in files:
        groups.setdefault(f.split("/", 1)[0] if "/" in f else ".", []).append(f)
    out = []
    for top, members in sorted(groups.items()):
        below = {f.split("/")[1] for f in members if f.count("/") > 1}
        split = top != "." and len(below) > 1 and all(f.count("/") > 1 for f in members)
        for path in sorted({"/".join(f.split("/")[:2]) for f in members}) if split else [top]:
            inside = tuple(f if path == "." else f.removeprefix(f"{path}/") for f in members if path == "." or f.startswith(f"{path}/"))
            out.append(Documents(path, inside, any("/" in f for f in inside)))
    return out


def _exports(folder: Path, files: list[str]) -> tuple[list[Export], dict[str, str]]:
    found: list[Export] = []
    unread: dict[str, str] = {}
    for f in files:
        try:
            export = _export(folder, f)
        except (SourceError, OSError) as e:
            unread[f] = e.message if isinstance(e, SourceError) else str(e.strerror)
            continue
        if export is None:
            unread[f] = "there is no row in it"
        elif _is_questions(export):
            unread[f] = "golden questions, for `canonry eval`"
        else:
            found.append(export)
    return found, unread


def _is_questions(export: Export) -> bool:
    return {"query", "right"} <= set(export.columns)


def _export(folder: Path, file: str) -> Export | None:
    rows = read_table(file, (folder / file).read_bytes(), Options(CsvOptions(), XlsxOptions()))
    cells = rows.cells
    if not cells.height:
        return None
    cells = cells.select(c for c in cells.columns if "${" not in c)  # a configuration cannot name such a column
    dates = tuple(c for c in cells.columns if _is_dates(cells[c]))
    observed_at = next((c for c in dates if _OBSERVED.search(c)), None)
    id_column = _id_column(cells, dates)
    return Export(
        path=file,
        columns=tuple(cells.columns),
        rows=cells.height,
        id=id_column,
        repeated=cells.height - cells[id_column].str.strip_chars().n_unique() if id_column else 0,
        observed_at=observed_at,
        claims=None if id_column else _claim_columns(cells.columns, observed_at),
        dates=dates,
        set_aside=len(rows.faults),
        ids=frozenset(normal(v) for v in cells[id_column] if v.strip()) if id_column else frozenset(),
        paths={c: frozenset(plain_path(v) for v in cells[c] if "." in v) for c in cells.columns},
        cells=cells,
    )


def _is_dates(cells: pl.Series) -> bool:
    filled = [v for v in cells if v.strip()]
    order = order_of(filled)
    return bool(filled) and sum(parse_day(v, order) is not None for v in filled) >= _DATED * len(filled)


def _id_column(cells: pl.DataFrame, dates: Sequence[str]) -> str | None:
    """Choose the column that names the rows: one that is called so and hardly repeats, else the first one if it never repeats."""
    usable = {c: _different(cells[c]) for c in cells.columns if c not in dates}
    called = sorted((c for c in usable if _ID.search(c) and usable[c] >= _ALMOST), key=lambda c: usable[c] < 1)
    first = [c for c in cells.columns[:1] if usable.get(c) == 1]
    return next(iter([*called, *first]), None)


def _different(cells: pl.Series) -> float:
    """Give the share of different values; 0 for a column that cannot name anything: with gaps, long texts or decimals."""
    texts = cells.str.strip_chars()
    long = texts.str.len_chars()
    if not long.is_between(1, _LONG_ID).all() or texts.str.contains(r"^-?\d+[.,]\d+$").all():
        return 0.0
    return texts.n_unique() / len(texts)


def _claim_columns(columns: Sequence[str], observed_at: str | None) -> dict[str, str] | None:
    """Recognise a table of asserted values, one a row, by its headings; the subject is the first column that is none of the others."""
    found = {key: next((c for c in columns if called.search(c)), None) for key, called in _CLAIMS.items()}
    rest = [c for c in columns if c not in found.values() and c != observed_at]
    if not (found["attribute"] and found["value"] and rest):
        return None
    return {k: c for k, c in {"subject": rest[0], **found, "observed_at": observed_at}.items() if c}


def _with_sidecars(documents: list[Documents], exports: list[Export]) -> tuple[list[Documents], list[Export]]:
    """Give tables whose rows name documents to those documents."""
    out, used = [], set[str]()
    for d in documents:
        fits = [(_closeness(e, c, d), e, c) for e in exports if e.path not in used for c in e.columns if _speaks_of(e, c, d)]
        _, export, column = max(fits, key=lambda f: f[0], default=(None, None, ""))
        if export:
            used.add(export.path)
        out.append(Documents(d.path, d.files, d.deep, (export, _sidecar_columns(export, column)) if export else None))
    return out, [e for e in exports if e.path not in used]


def _closeness(export: Export, column: str, documents: Documents) -> tuple[bool, int, int, str]:
    """Rank the tables that may speak of documents: of the same name, not far down, naming many."""
    same = PurePosixPath(export.path).stem == PurePosixPath(documents.path).name
    return same, -export.path.count("/"), len(export.paths[column] & set(documents.files)), export.path


def _speaks_of(export: Export, column: str, documents: Documents) -> bool:
    named = export.paths[column] & set(documents.files)
    return len(named) >= _IS_PATH * min(export.rows, len(documents.files)) and bool(named)


def _sidecar_columns(export: Export, key: str) -> dict[str, str]:
    found = {"key": key}
    for name, called in _SIDECAR_KEYS.items():
        columns = [c for c in export.columns if c not in found.values() and called.search(c) and (name not in _DAYS or c in export.dates)]
        if columns:
            found[name] = columns[0]
    return found
