"""A reading without what must not be kept: secrets, and personal data where the configuration says so. Nothing is written before this."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from canonry.ids import digest
from canonry.ingest.reading import EXCERPT, Fault, Reading, quarantined
from canonry.protect import Guard
from canonry.protect.masking import only_marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canonry.config import Protect

_SAID = ("title", "url", "owner", "replaced_by")  # what a sidecar says of a document
_WORDS = {"quarantine": "taken out; what is around it is not served", "redact": "taken out", "flag": "left as it is"}
_CUT = re.compile(r"\S{8,}\Z")  # the last word of a cut excerpt may be the beginning of a secret that is told by its length


def guarded(reading: Reading, protect: Protect) -> Reading:
    """Take out of a reading what must not be kept, and say so in its quarantine.

    A find in a text is replaced by a mark such as ``[secret: github pat]``. Where secrets are quarantined, the cell of a record that holds
    one is emptied and a row of a claims table is set aside; a cell that holds nothing else is emptied in any case: it asserts nothing.
    A document whose path, and a row whose id holds a secret, are set aside whole.

    Args:
        reading: What was read tonight.
        protect: What the configuration asks for.
    """
    guard = Guard.of(protect)
    faults = _Faults(protect)
    documents = _documents(reading.documents, guard, faults)
    records = _records(reading.records, guard, faults)
    claims = _claims(reading.claims, guard, faults)
    source = next((f["source"][0] for f in (reading.documents, reading.records, reading.claims, reading.quarantine) if f.height), "")
    aside = pl.concat([_excerpts(reading.quarantine, guard), quarantined(source, faults.told)]).sort("location", "rule")
    return Reading(documents, records, claims, aside, guard.masked(reading.message).text)


class _Faults:
    """What was found, for the quarantine; the find itself is never told."""

    def __init__(self, protect: Protect) -> None:
        self.protect = protect
        self.told: list[Fault] = []

    def are_set_aside(self, kinds: Iterable[str]) -> bool:
        """Whether what holds these goes with them."""
        return self.protect.secrets == "quarantine" and any(k.startswith("secret") for k in kinds)

    def add(self, location: str, kinds: Iterable[str], done: str = "") -> None:
        """Tell what was found at one place."""
        counts = Counter(kinds)
        secret = [f"{n} × {k.partition(': ')[2]}" for k, n in sorted(counts.items()) if k.startswith("secret")]
        if secret:
            self.told.append(Fault(location, "secret", f"{', '.join(secret)}: {done or _WORDS[self.protect.secrets]}."))
        for kind in sorted(k.partition(": ")[2] for k in counts if k.startswith("personal")):  # of an export once: each row may hold some
            self.told.append(Fault(location.partition(":")[0], "personal", f"{kind}: taken out."))


def _documents(documents: pl.DataFrame, guard: Guard, faults: _Faults) -> pl.DataFrame:
    if not documents.height:
        return documents
    named = set(guard.suspicious(documents["path"].to_list())) if guard.masks else set()
    for n in sorted(named):
        path = guard.masked(documents["path"][n])
        faults.add(path.text, path.kinds, "it is in the name of the file, which is not read")
    kept = documents.filter(~pl.int_range(pl.len()).is_in(sorted(named)))
    texts = []
    for path, text in kept.select("path", "text").iter_rows():
        masked = guard.masked(text)
        faults.add(path, masked.kinds)
        texts.append(masked.text)
    said = [_masked(kept[c], guard, kept["path"], faults) for c in _SAID]
    return kept.with_columns(pl.Series("text", texts, dtype=pl.String), *said)


def _masked(column: pl.Series, guard: Guard, places: pl.Series, faults: _Faults) -> pl.Series:
    """A column of short texts; nulls stay."""
    told = column.fill_null("").to_list()
    found = {n: guard.masked(told[n]) for n in guard.suspicious(told)}
    for n, masked in found.items():
        faults.add(places[n], masked.kinds)
    return _with(column, {n: m.text for n, m in found.items()})


def _with(column: pl.Series, changed: dict[int, str]) -> pl.Series:
    return column.scatter(list(changed), list(changed.values())) if changed else column


def _records(records: pl.DataFrame, guard: Guard, faults: _Faults) -> pl.DataFrame:
    if not records.height:
        return records
    records = _headed(records, guard, faults)
    suspects = guard.suspicious(records["values"].to_list())
    found = {n: _row(json.loads(records["values"][n]), guard, faults) for n in suspects}
    changed = {n: values for n, (values, kinds) in found.items() if kinds}
    ids, gone = _ids(records, guard, faults)
    for n in sorted(set(changed) - gone):
        faults.add(str(records["location"][n]), found[n][1], "its cell is emptied" if faults.are_set_aside(found[n][1]) else "")
    out = records.with_columns(
        _with(records["values"], changed),
        _with(records["record_id"], ids),
        observed_at=_masked(records["observed_at"], guard, records["location"].fill_null(""), faults),
    )
    return out.filter(~pl.int_range(pl.len()).is_in(sorted(gone)))


def _headed(records: pl.DataFrame, guard: Guard, faults: _Faults) -> pl.DataFrame:
    """Take out the columns whose heading holds what must not be kept, and the names of files that do."""
    bad: dict[str, tuple[str, ...]] = {}
    for text in records["headings"].drop_nulls().unique().sort():
        told = {a: guard.masked(h) for a, h in json.loads(text).items()}
        bad |= {a: m.kinds for a, m in told.items() if m.text != json.loads(text)[a]}
    records = _located(records, guard)
    if not bad:
        return records
    faults.add(
        str(records["location"][0]), [k for kinds in bad.values() for k in kinds], "it is the heading of a column, which is not read"
    )
    kept = {c: [_less(t, bad) for t in records[c]] for c in ("values", "headings")}
    return records.with_columns(pl.Series(c, texts, dtype=pl.String) for c, texts in kept.items())


def _less(told: str | None, bad: Iterable[str]) -> str | None:
    return json.dumps({k: v for k, v in json.loads(told).items() if k not in bad}, ensure_ascii=False) if told else told


def _located(rows: pl.DataFrame, guard: Guard) -> pl.DataFrame:
    """The rows of files whose names hold what must not be kept, under other names."""
    files = rows["location"].str.split(":").list.first().drop_nulls().unique().sort().to_list()
    renamed = {f: m for f in files if (m := guard.masked(f).text) != f}
    return rows.with_columns(pl.col("location").str.replace_many(renamed)) if renamed else rows


def _row(values: dict[str, str | None], guard: Guard, faults: _Faults) -> tuple[str, list[str]]:
    """A row with its cells masked, each looked at with its attribute; one that is set aside or held nothing else is empty."""
    kinds: list[str] = []
    for name, value in values.items():
        before = f"{name}: "
        masked = guard.masked(before + value) if value else None
        if masked is None or not masked.kinds:
            continue
        kinds += masked.kinds
        text = masked.text.removeprefix(before) if masked.text.startswith(before) else masked.text
        values[name] = "" if faults.are_set_aside(masked.kinds) or only_marks(text) else text
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")), kinds


def _ids(records: pl.DataFrame, guard: Guard, faults: _Faults) -> tuple[dict[int, str], set[int]]:
    """Ids that hold personal data get a hash in their place; rows whose id holds a secret go."""
    told = records["record_id"].to_list()
    ids, gone = dict[int, str](), set[int]()
    for n in guard.suspicious(told):
        masked = guard.masked(told[n])
        if any(k.startswith("secret") for k in masked.kinds):
            if guard.masks:
                gone.add(n)
                faults.add(str(records["location"][n]), masked.kinds, "it is the id of the row, which is not read")
        elif masked.text != told[n]:
            ids[n] = f"{masked.text}.{digest('personal', told[n], size=4)}"
    return ids, gone


def _claims(claims: pl.DataFrame, guard: Guard, faults: _Faults) -> pl.DataFrame:
    if not claims.height:
        return claims
    claims = _located(claims, guard)
    lines = [f"{a}: {v}" for a, v in claims.select("attribute", "value").iter_rows()]
    changed, gone = dict[int, str](), set[int]()
    for n in guard.suspicious(lines):
        masked = guard.masked(lines[n])
        before = f"{claims['attribute'][n]}: "
        if faults.are_set_aside(masked.kinds):
            gone.add(n)
            faults.add(str(claims["location"][n]), masked.kinds, "the row is not read")
            continue
        faults.add(str(claims["location"][n]), masked.kinds)
        changed[n] = "" if only_marks(masked.text.removeprefix(before)) else masked.text.removeprefix(before)
    places = claims["location"].fill_null("")
    more = [_masked(claims[c], guard, places, faults) for c in ("subject", "attribute", "asserter", "observed_at")]
    return claims.with_columns(_with(claims["value"], changed), *more).filter(~pl.int_range(pl.len()).is_in(sorted(gone)))


def _excerpts(quarantine: pl.DataFrame, guard: Guard) -> pl.DataFrame:
    """What was set aside before, told without what must not be kept."""
    return quarantine.with_columns(
        _shortened(quarantine["excerpt"], guard),
        *(pl.Series(c, [guard.masked(t or "").text for t in quarantine[c]], dtype=pl.String) for c in ("location", "detail")),
    )


def _shortened(excerpts: pl.Series, guard: Guard) -> pl.Series:
    out = []
    for text in excerpts.fill_null("").to_list():
        masked = guard.masked(text).text
        is_cut = len(text) >= EXCERPT - 1
        spelt = guard.masked(text.replace("\\0", "")).kinds  # of bytes in an unknown encoding
        out.append("" if spelt and masked == text and guard.masks else _CUT.sub("…", masked) if is_cut else masked)
    return pl.Series("excerpt", out, dtype=pl.String)
