"""Pages whose owner is gone: the address does not stand in the export that lists the people."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from canonry.frames import stack
from canonry.published import STALENESS
from canonry.staleness.rows import of_documents

if TYPE_CHECKING:
    from canonry.frames import Normalised

_PART = re.compile(r"[^\W_]+")
_USUAL = 0.1  # share of the addresses that a form must have to be one of people
_ADDRESS = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[a-z]{2,}")
_KNOWS = 0.5  # share of the owners that a list must know to be the directory
_ONE_EACH = 0.9  # share of its rows with an address of their own: a list of customers repeats those of their managers


def orphaned(normalised: Normalised) -> tuple[pl.DataFrame, tuple[int, int]]:
    """Compare the owners of pages with the directory.

    The directory is the records source, and the column in it, that knows most of the owners' addresses: at least half of them, and with
    an address per row. Who never stood there is gone only when the address looks like those that do, in its domain and in the form of
    its name: `first.last@` among such, but not the shared mailbox `help-desk@`. Who once stood there and left counts in any case.

    Returns:
        The signals; how many different owners with an address there are, and how many of them could be looked up: none where nothing is
        the directory, an empty one included.
    """
    documents = normalised.documents.filter(pl.col("removed_on").is_null() & pl.col("owner").is_not_null())
    asked = documents.with_columns(address=pl.col("owner").str.strip_chars().str.to_lowercase())
    asked = asked.filter(pl.col("address").str.contains(f"^(?:{_ADDRESS.pattern})$"))
    owners = set(asked["address"])
    listed = _directory(_addresses(normalised.records), owners)
    if not listed:
        return stack([], STALENESS.schema), (len(owners), 0)
    name, here, left = listed
    forms = _forms(here)
    told = sorted(o for o in owners if o in here or o in left or _form(o) in forms)
    rows = asked.filter(pl.col("address").is_in(told) & ~pl.col("address").is_in(sorted(here))).with_columns(
        since=pl.col("address").replace_strict(left, default=None, return_dtype=pl.Date)
    )
    was, listing = pl.col("since").is_not_null(), pl.lit(name)  # a heading may hold braces, so it is no part of a format
    said = rows.with_columns(
        score=pl.when(was).then(0.5).otherwise(0.3),
        evidence=pl.when(was)
        .then(pl.format("Its owner {} is gone from {} since {}.", "owner", listing, pl.col("since").cast(pl.String).fill_null("")))
        .otherwise(pl.format("Its owner {} does not stand in {}.", "owner", listing)),
    )
    return of_documents(said, "owner_gone"), (len(owners), len(told))


def _form(address: str) -> str:
    """Domain and form of the name: ana.ruiz@x.gov and ben.lee@x.gov are a.a@x.gov."""
    name, _, domain = address.partition("@")
    return "@".join((_PART.sub("a", name), domain))


def _forms(listed: set[str]) -> frozenset[str]:
    """The forms that the addresses of people have here: each on a tenth of them at least."""
    counted = Counter(_form(a) for a in listed)
    return frozenset(f for f, n in counted.items() if n >= _USUAL * len(listed))


def _addresses(records: pl.DataFrame) -> dict[tuple[str, str], list[tuple[str, object]]]:
    """(source, attribute) → each row's address in it, and the day on which the row was removed."""
    found: dict[tuple[str, str], list[tuple[str, object]]] = {}
    rows = records.filter(pl.col("values").str.contains("@", literal=True)).sort("source", "record_id")
    for source, values, removed_on in rows.select("source", "values", "removed_on").iter_rows():
        for attribute, value in json.loads(values).items():
            address = str(value).strip().lower()
            if _ADDRESS.fullmatch(address):
                found.setdefault((source, attribute), []).append((address, removed_on))
    return found


def _directory(lists: dict[tuple[str, str], list[tuple[str, object]]], owners: set[str]) -> tuple[str, set[str], dict[str, object]] | None:
    """The best list that knows enough owners: its name, who stands there, who left it when."""
    best: tuple[int, str, set[str], dict[str, object]] | None = None
    for (source, attribute), rows in sorted(lists.items()):
        here = {address for address, gone in rows if gone is None}
        known = len(owners & here)
        standing = sum(gone is None for _, gone in rows)
        if known and known >= _KNOWS * len(owners) and len(here) >= _ONE_EACH * standing and (best is None or known > best[0]):
            left = {address: gone for address, gone in rows if gone is not None and address not in here}
            best = (known, f"{source} ({attribute})", here, left)
    return best[1:] if best else None
