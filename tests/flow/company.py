"""A small company on disk that a test can change night after night, and an encoder that needs no model."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import yaml

from canonry import anchors, journal, store
from canonry.flow import nightly
from canonry.workspace import RunOptions, RunSummary, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import polars as pl

FIRST = date(2024, 12, 1)
NOW = datetime(2024, 12, 1, 3, 0, tzinfo=UTC)

# topic → (title, headings with sentences; `{}` takes one of the topic's values)
PAGES: dict[str, tuple[str, list[tuple[str, list[str]]]]] = {
    "leave": ("Annual leave", [
        ("How much you get", ["Full-time employees get {} of annual leave a year, plus public holidays.",
                              "People who work part of the week get a share of that in proportion to their hours."]),
        ("How to ask", ["Ask your manager in the leave tool, and name the person who stands in for you.",
                        "Ask for leave of more than a week at least {} ahead, so that the rota can be changed."]),
    ]),
    "loans": ("Demo kit loans", [
        ("How long", ["A demo kit may stay with a prospect for {}, and the depot keeps the calendar.",
                      "Write the name of the prospect and the serial numbers on the loan form before the case leaves."]),
        ("Insurance", ["Insurance covers demo kit on the road as long as the case is locked in the boot.",
                       "Damage is reported to the depot within {} of being noticed, with two photographs."]),
    ]),
    "desk": ("The service desk", [
        ("Hours", ["The service desk answers calls until {} on every working day of the year.",
                   "Outside these hours the answering machine takes a message and the desk rings back."]),
        ("Answers", ["An urgent ticket gets its first answer within {}, others on the next working day.",
                     "Close a ticket only when the person who opened it agrees that it is solved."]),
    ]),
    "pricing": ("Price questions", [
        ("Sondes", ["The list price of the Clearsight 200 is {}, without standards and without the carry case.",
                    "Ask the sales desk before you promise anybody a discount on an instrument."]),
        ("Hire", ["The warranty on the Oxylog 310 is {}, counted from the day of the delivery note.",
                  "Instruments on hire are covered by us as long as the customer keeps them dry."]),
    ]),
}  # fmt: skip
VALUES: dict[str, list[list[str]]] = {
    "leave": [["25 days", "27 days", "30 days"], ["4 weeks", "6 weeks"]],
    "loans": [["10 days", "21 days", "14 days"], ["2 days", "24 hours"]],
    "desk": [["17:00", "18:30", "16:00"], ["2 hours", "4 hours"]],
    "pricing": [["£1,395", "£1,480", "£1,610"], ["24 months", "12 months"]],
}


class BagOfWords:
    """A real encoder, only small: words hashed into 32 counts; the same vector for a text in any company."""

    name, dimensions = "bag-of-words", 32

    def encode(self, texts, progress=None):
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.casefold().split():
                out[row, crc32(word.encode()) % self.dimensions] += 1
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)

    def encode_query(self, text):
        return self.encode([text])[0]


class TinyWorkspace(Workspace):
    """A workspace whose model is `BagOfWords`."""

    def encoder(self):
        return BagOfWords()


def page(topic: str, chosen: Sequence[int] = (0, 0), extra: str = "") -> str:
    """Write a Markdown page on a topic with the chosen values in it."""
    title, sections = PAGES[topic]
    values = [options[n % len(options)] for options, n in zip(VALUES[topic], chosen, strict=True)]
    lines = [f"# {title}", ""]
    for (heading, sentences), value in zip(sections, values, strict=True):
        lines += [f"## {heading}", "", *(s.format(value) for s in sentences), ""]
    return "\n".join([*lines, extra, ""]) if extra else "\n".join(lines)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


PRODUCTS = [
    {"SKU": "CS-200", "Product": "Clearsight 200", "List price": "£1,480", "Warranty": "24 months", "Updated": "2024-06-01"},
    {"SKU": "OX-310", "Product": "Oxylog 310", "List price": "£1,195", "Warranty": "2 years", "Updated": "2024-06-11"},
    {"SKU": "PH-110", "Product": "Phlux 110", "List price": "£640", "Warranty": "12 months", "Updated": "2024-07-01"},
]
OLD_PRODUCTS = [
    {"SKU": "CS-200", "Description": "CLEARSIGHT 200", "LIST PRICE": "£1,395.00", "Guarantee": "2 years"},
    {"SKU": "OX-310", "Description": "Oxylog 310", "LIST PRICE": "£1,195.00", "Guarantee": "24 months"},
    {"SKU": "PH-090", "Description": "Phlux 90", "LIST PRICE": "£420.00", "Guarantee": "1 year"},
]
CLAIMS = [
    {"reagent": "Buffer 7", "property": "shelf_life", "stated": "24 months", "site": "maker", "seen_on": "2024-05-01"},
    {"reagent": "Buffer 7", "property": "shelf_life", "stated": "18 months", "site": "shop", "seen_on": "2024-05-02"},
    {"reagent": "Buffer 4", "property": "shelf_life", "stated": "1 year", "site": "maker", "seen_on": "2024-05-01"},
    {"reagent": "Buffer 4", "property": "shelf_life", "stated": "12 months", "site": "shop", "seen_on": "2024-05-02"},
]
CONFIG: dict[str, Any] = {
    "name": "tiny",
    "default_audience": ["staff"],
    "sources": {
        "live": {"kind": "documents", "path": "live", "authority": 1, "owner": "ann@x.example", "review_every": "365d",
                 "metadata": {"path": "live.csv", "key": "path", "modified_at": "modified", "audience": "audience"}},
        "wiki": {"kind": "documents", "path": "wiki", "authority": 2, "observed_on": "2024-06-15",
                 "metadata": {"path": "wiki.csv", "key": "path", "modified_at": "modified", "audience": "audience"}},
        "prices": {"kind": "records", "path": "prices.csv", "entity": "product", "id": "SKU", "authority": 1, "observed_at": "Updated",
                   "fields": {"Product": "name"}},
        "prices_old": {"kind": "records", "path": "prices_old.csv", "entity": "product", "id": "SKU", "authority": 3,
                       "observed_on": "2023-04-03", "fields": {"Description": "name", "LIST PRICE": "list_price", "Guarantee": "warranty"}},
        "sites": {"kind": "claims", "path": "sites.csv", "entity": "reagent", "authority": 2, "authorities": {"maker": 1},
                  "columns": {"subject": "reagent", "attribute": "property", "value": "stated", "source": "site",
                              "observed_at": "seen_on"}},
    },
    "entities": {"product": {"identity": "key", "names": ["name"], "attributes": {
        "name": {"type": "name"}, "list_price": {"type": "money", "says": ["list price"]},
        "warranty": {"type": "duration", "says": ["warranty", "guarantee"]}}}},
    "quality": {"floor": 0.2},
    "keep": {"releases": 7, "days": 30},
}  # fmt: skip
EDITIONS = {"staff": {"audiences": ["staff"], "principals": ["desk"]}, "hr": {"audiences": ["staff", "hr"], "principals": ["people"]}}


@dataclass
class Company:
    """A workspace on disk: its files, its configuration, its nights.

    Attributes:
        base: Its folder.
        config: What `canonry.yaml` says; written before each night.
        dates: Source → path → (date in the sidecar, audience in the sidecar); paths that have none are not listed.
        rows: File of an export → its rows; written before each night.
        day: The run date of the last night.
        down: Sources that cannot be reached.
        kind: The class of the workspace; swapped for tests with the real model.
    """

    base: Path
    config: dict[str, Any] = field(default_factory=dict)
    dates: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    day: date = FIRST
    down: set[str] = field(default_factory=set)
    kind: type[Workspace] = TinyWorkspace

    @classmethod
    def small(cls, base: Path, *, editions: bool = False) -> Company:
        """Make one with pages on four topics in two sources, two price lists and a table of claims."""
        config = json.loads(json.dumps(CONFIG | ({"editions": EDITIONS} if editions else {})))
        made = cls(base, config, {"live": {}, "wiki": {}}, {"prices.csv": PRODUCTS, "prices_old.csv": OLD_PRODUCTS, "sites.csv": CLAIMS})
        made.rows = {name: [dict(r) for r in rows] for name, rows in made.rows.items()}
        made.put("live", "people/leave.md", page("leave", (1, 0)), dated="2024-09-01")
        made.put("wiki", "HR/Annual-leave.md", page("leave", (0, 1)), dated="2023-02-01")
        made.put("live", "rentals/loans.md", page("loans", (0, 0)))
        made.put("wiki", "Rentals/Demo-kit-loans.md", page("loans", (1, 0)))
        made.put("wiki", "Desk.md", page("desk", (0, 0)), dated="2024-03-01")
        made.put("live", "sales/prices.md", page("pricing", (0, 1)), dated="2024-01-10")
        return made

    def put(self, source: str, path: str, text: str | bytes, *, dated: str | None = None, audience: str = "") -> None:
        """Write a page, and its line in the sidecar when it has a date or an audience."""
        target = self.base / source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        if dated or audience:
            self.dates[source][path] = (dated or "", audience)

    def remove(self, source: str, path: str) -> None:
        """Take a page away."""
        (self.base / source / path).unlink()
        self.dates[source].pop(path, None)

    def rename(self, source: str, path: str, to: str) -> None:
        """Move a page inside its source; its line in the sidecar goes with it."""
        raw, (dated, audience) = (self.base / source / path).read_bytes(), self.dates[source].get(path, ("", ""))
        self.remove(source, path)
        self.put(source, to, raw, dated=dated, audience=audience)

    def pages(self, source: str) -> list[str]:
        """List the pages of a source."""
        folder = self.base / source
        return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else []

    def write(self) -> None:
        """Write configuration, sidecars and exports."""
        (self.base / "canonry.yaml").write_text(yaml.safe_dump(self.config, sort_keys=False))
        for source, lines in self.dates.items():
            known = [{"path": p, "modified": d, "audience": a} for p, (d, a) in lines.items()]
            (self.base / f"{source}.csv").write_text(table(known or [{"path": "none.md", "modified": "", "audience": ""}]))
        for name, rows in self.rows.items():
            source = next(n for n, s in self.config["sources"].items() if s["path"] == name)
            if rows and source not in self.down:
                (self.base / name).write_text(table(rows))

    def take_down(self, source: str) -> None:
        """Make a source unreachable until `bring_back`."""
        self.down.add(source)
        place = self.base / self.config["sources"][source]["path"]
        place.rename(place.with_name(f"down-{place.name}"))

    def bring_back(self, source: str) -> None:
        """Make a source reachable again."""
        self.down.discard(source)
        place = self.base / self.config["sources"][source]["path"]
        place.with_name(f"down-{place.name}").rename(place)

    @property
    def workspace(self) -> Workspace:
        """The workspace, read anew."""
        return self.kind.open(self.base / "canonry.yaml", {})

    def run(self, day: date | int | None = None, *, now: datetime = NOW, **options: Any) -> RunSummary:
        """Run a night.

        Args:
            day: The run date, or days after the last one; default: the same day again.
            now: The moment of publishing.
            options: See `RunOptions`.
        """
        self.day = self.day + timedelta(days=day) if isinstance(day, int) else day or self.day
        self.write()
        return nightly(self.workspace, RunOptions(now=now, run_date=self.day, **options))

    def copy(self, to: Path) -> Company:
        """Copy everything to another place: the same company, with its history."""
        shutil.copytree(self.base, to, dirs_exist_ok=True)
        return Company(to, json.loads(json.dumps(self.config)), {s: dict(d) for s, d in self.dates.items()},
                       {n: [dict(r) for r in rows] for n, rows in self.rows.items()}, self.day, set(self.down), self.kind)  # fmt: skip

    def forget_state(self) -> None:
        """Delete what is recomputable."""
        shutil.rmtree(self.base / self.config.get("state", ".canonry"), ignore_errors=True)

    @property
    def manifest(self) -> store.Manifest:
        """The current release."""
        return store.needed(self.workspace.store)

    def digests(self, *editions: str) -> dict[str, dict[str, str]]:
        """Edition → table → digest, of the current release."""
        return {
            e: {n: t.digest for n, t in entry.tables.items()}
            for e, entry in self.manifest.editions.items()
            if not editions or e in editions
        }

    def table(self, name: str, edition: str = "full") -> pl.DataFrame:
        """A published table of the current release."""
        return store.read_table(self.workspace.store, self.manifest, edition, name)

    def tables(self, edition: str = "full") -> dict[str, pl.DataFrame]:
        """All published tables of an edition of the current release."""
        path = store.edition_file(self.workspace.store, self.manifest, edition)
        return dict(store.read_tables(path, self.manifest.editions[edition].tables))

    def rule(self, conflict_id: str, *, keep: str | None = None, verdict: str = "keep", at: str = "2024-12-01T09:00:00+00:00") -> str:
        """Enter a ruling on a conflict as the command line does; give its id."""
        sides = self.table("conflict_claims").filter(conflict_id=conflict_id).unique("value", keep="first", maintain_order=True)
        claims = {c["claim_id"]: c for c in self.table("claims").iter_rows(named=True)}
        texts = {i: t for n in ("context", "excluded") for i, t in self.table(n).select("item_id", "text").iter_rows()}
        about = [
            {**anchors.anchor(claims[c], texts.get(claims[c]["item_id"])), "keep": v == keep}
            for c, v in sides.select("claim_id", "value").iter_rows()
        ]
        ruling_id = f"r-{crc32(f'{conflict_id} {keep} {verdict} {at}'.encode()):08x}"
        line = {
            "ruling_id": ruling_id,
            "target_kind": "conflict",
            "verdict": verdict,
            "anchors": about,
            "by": "ann",
            "because": "I know.",
            "at": at,
            "until": None,
        }
        journal.append(self.workspace.journal, "rulings", line)
        return ruling_id

    def unrule(self, ruling_id: str) -> None:
        """Withdraw a ruling."""
        journal.append(
            self.workspace.journal,
            "rulings",
            {"withdraws": ruling_id, "by": "ann", "because": "I erred.", "at": "2024-12-02T09:00:00+00:00"},
        )


def differing(one: Mapping[str, Mapping[str, str]], other: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Name the tables whose digests differ, as edition.table."""
    return sorted(f"{e}.{t}" for e in one.keys() | other.keys() for t in one.get(e, {}).keys() | other.get(e, {}).keys()
                  if one.get(e, {}).get(t) != other.get(e, {}).get(t))  # fmt: skip


def rows_that_differ(one: Company, other: Company, place: str) -> str:
    """Show the first rows of a table that differ between two companies, for a failure's message."""
    edition, name = place.split(".", 1)
    a, b = ({json.dumps(r, sort_keys=True, default=str) for r in c.table(name, edition).iter_rows(named=True)} for c in (one, other))
    return f"{place}\n  only in the first:  " + "\n  ".join([*sorted(a - b)[:3], "only in the second:", *sorted(b - a)[:3]])


def assert_same(one: Company, other: Company, why: str) -> None:
    """Hold two companies to the same content, table by table."""
    wrong = differing(one.digests(), other.digests())
    assert not wrong, f"{why}:\n" + "\n".join(rows_that_differ(one, other, place) for place in wrong[:4]) + f"\nall: {wrong}"
