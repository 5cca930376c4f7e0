"""What one source says tonight: its rows, what was set aside, and what a person should know about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canonry.errors import SourceError
from canonry.frames import INGESTED, frame

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("documents", "records", "claims")
# What names an item of each kind: two rows with the same values here are the same item on different nights.
ITEM: dict[str, tuple[str, ...]] = {"documents": ("path",), "records": ("record_id",), "claims": ("subject", "attribute", "asserter")}
EXCERPT = 200  # characters of what was set aside that are told


@dataclass(frozen=True)
class Fault:
    """A file or row that is set aside.

    Attributes:
        location: File inside the source, with the line or row where there is one (``domains.csv:12``).
        rule: The rule it broke, in snake case.
        detail: What is wrong, in words.
        excerpt: The beginning of it.
    """

    location: str
    rule: str
    detail: str
    excerpt: str = ""

    def within(self, file: str) -> Fault:
        """Give the same fault, with the name of its file in front of the line."""
        return Fault(f"{file}:{self.location}", self.rule, self.detail, self.excerpt)


class UnreadableFileError(SourceError):
    """One file could not be read; among several it is quarantined, alone it is the source's failure.

    Attributes:
        rule: The rule it broke, for the quarantine.
        excerpt: The beginning of what could not be read.
    """

    def __init__(self, rule: str, message: str, hint: str = "", *, excerpt: str = "") -> None:
        """Keep the rule apart from the words."""
        super().__init__(message, hint)
        self.rule, self.excerpt = rule, excerpt

    def fault(self, file: str) -> Fault:
        """Make the quarantine row of this file."""
        return Fault(file, self.rule, str(self), self.excerpt)


@dataclass(frozen=True)
class Reading:
    """One state of one source; of the first three frames only the one of the source's kind has rows.

    Attributes:
        documents: As ``INGESTED["documents"]``.
        records: As ``INGESTED["records"]``.
        claims: As ``INGESTED["claims"]``.
        quarantine: As ``INGESTED["quarantine"]``; one row per location and rule.
        message: What was noticed, in words; empty when there is nothing to say.
    """

    documents: pl.DataFrame
    records: pl.DataFrame
    claims: pl.DataFrame
    quarantine: pl.DataFrame
    message: str = ""

    @classmethod
    def of(cls, kind: str, rows: pl.DataFrame, quarantine: pl.DataFrame, message: str = "") -> Reading:
        """Make a reading with rows of one kind."""
        frames = {k: frame(INGESTED[k]) for k in KINDS} | {kind: rows}
        return cls(frames["documents"], frames["records"], frames["claims"], quarantine, message)

    def rows(self, kind: str) -> pl.DataFrame:
        """Give the rows of a kind."""
        return {"documents": self.documents, "records": self.records, "claims": self.claims}[kind]


def excerpt(text: str) -> str:
    """Cut the beginning of a text, for a person to recognise it by."""
    return text[:EXCERPT].rstrip("\n")


def quarantined(source: str, faults: Iterable[Fault]) -> pl.DataFrame:
    """Turn faults into quarantine rows; faults of one rule at one place become one row.

    Returns:
        ``source, location, rule, detail, excerpt``, in order of location and rule.
    """
    rows = [{"source": source, "location": f.location, "rule": f.rule, "detail": f.detail, "excerpt": excerpt(f.excerpt)} for f in faults]
    return (
        frame(INGESTED["quarantine"], rows)
        .group_by("source", "location", "rule", maintain_order=True)
        .agg(pl.col("detail").unique(maintain_order=True).str.join("; "), pl.col("excerpt").first())
        .sort("location", "rule")
    )
