"""How well columns of different headings are matched to each other: on invented exports, and on record sets whose columns are renamed.

python -m benchmarks.columns                       # invented exports
python -m benchmarks.columns --shared ../shared    # the record sets of shared/data/matching, columns renamed, some left out
python -m benchmarks.columns --fit                 # fits the weights of canonry.match.entities.alike, on other invented exports

Of two exports of one kind of thing each has four in five of the columns, so that many columns have no counterpart. Headings are other words
for the same ("salary", "gross pay"), or say nothing at all ("F07"). All, half, a tenth or none of the rows stand in both, with other values
in some cells, and days in another form; of some exports it is known by an id which rows are one. Nothing is fitted to the record sets.
"""

from __future__ import annotations

import argparse
import random
import string
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canonry.match.entities.alike import LIKELY, SURE, WEIGHTS, alike, columns_of, features, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MEASURED, _FITTED = range(2), range(100, 104)  # seeds
_KEPT = 0.8  # share of the columns that an export has
_EMPTY, _OTHER, _TYPED = 0.05, 0.07, 0.05  # share of the cells of the second export that are empty, of something else, mistyped
_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y", "%d %b %Y")
_FIRST = (
    "anna", "ben", "carl", "dora", "emil", "fritz", "greta", "hugo", "ines", "jan", "karl", "lena", "max", "nora", "otto",
    "paula", "rosa", "sven", "tina", "uwe", "vera", "amir", "bao", "chen", "dalia", "farid",
)  # fmt: skip
_LAST = (
    "abel", "berg", "claus", "dorn", "ernst", "falk", "graf", "hahn", "ibsen", "jung", "kraft", "lenz", "moser", "nagel", "ott",
    "quast", "roth", "thoma", "vogel", "weiss", "okafor", "patel", "rossi",
)  # fmt: skip
_TOWNS = (
    "Aldmoor", "Brackley", "Cressing", "Danby", "Ellerby", "Fernham", "Grimsley", "Holtby", "Ilkham", "Jarrow", "Kelso", "Larne",
    "Morley", "Norham", "Ormsby", "Penrith",
)  # fmt: skip
_STREETS = (
    "Mill", "High", "Church", "Park", "Station", "Garden", "Bridge", "School", "Forest", "Lake", "Spring", "Orchard",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Two exports, and which of their columns mean the same.

    Attributes:
        name: What it is.
        left: One export.
        right: The other.
        same: Pairs of headings.
        rows: Which rows are one, if that is known.
        has_headings: Whether headings say something.
    """

    name: str
    left: pl.DataFrame
    right: pl.DataFrame
    same: frozenset[tuple[str, str]]
    rows: tuple[np.ndarray, np.ndarray] | None
    has_headings: bool


def _word(r: random.Random, syllables: int = 3) -> str:
    return "".join(r.choice("bcdfglmnprstv") + r.choice("aeiou") for _ in range(syllables))


def _day(r: random.Random, first: int, last: int) -> date:
    return date(first, 1, 1) + timedelta(days=r.randrange(365 * (last - first)))


def _phone(r: random.Random) -> str:
    return f"0{r.randrange(1000, 1999)} {r.randrange(100000, 999999)}"


def _person(r: random.Random) -> str:
    return f"{r.choice(_FIRST)} {r.choice(_LAST)}".title()


def _company(r: random.Random) -> str:
    return f"{_word(r).title()} {r.choice(['Ltd', 'GmbH', 'Inc', 'Group', 'Systems', 'Works'])}"


def _employee(r: random.Random) -> dict[str, object]:
    first, last = r.choice(_FIRST), r.choice(_LAST) + r.choice(["", "son", "er", "mann", "i"])
    return {
        "first name|given name|forename|fname": first.title(),
        "surname|last name|family name|lname": last.title(),
        "mail|e-mail address|work email": f"{first}.{last}@firm.example",
        "telephone|phone|tel|office phone": _phone(r),
        "mobile|cell|cell phone": "07" + _phone(r)[2:],
        "salary|annual pay|gross salary|base pay": r.randrange(250, 1200) * 100,
        "hired|start date|date of hire|joined": _day(r, 2005, 2024),
        "born|date of birth|dob|birthday": _day(r, 1955, 2003),
        "department|dept|team|unit": r.choice(["Sales", "Finance", "Support", "Legal", "Operations", "Marketing", "People"]),
        "town|city|location|place": r.choice(_TOWNS),
        "postcode|zip|zip code|postal code": r.randrange(10000, 99999),
        "hours per week|weekly hours|working hours": r.choice([20, 30, 35, 37.5, 40]),
        "grade|level|pay band|job grade": r.randrange(1, 9),
        "last review|reviewed on|appraisal date": _day(r, 2022, 2024),
    }


def _invoice(r: random.Random) -> dict[str, object]:
    net, day = round(r.lognormvariate(6, 1.2), 2), _day(r, 2022, 2024)
    return {
        "customer|client|account name|billed to": _company(r),
        "net amount|net|subtotal": f"{net:.2f}",
        "tax|vat|sales tax": f"{net * 0.2:.2f}",
        "gross amount|total|grand total": f"{net * 1.2:.2f}",
        "issued|invoice date|billed on": day,
        "due|due date|payable by": day + timedelta(days=r.choice([14, 30, 60])),
        "paid|paid on|payment date|settled": day + timedelta(days=r.randrange(1, 70)),
        "currency|ccy|currency code": r.choice(["EUR", "EUR", "USD", "GBP"]),
        "purchase order|PO number|order ref": f"PO-{r.randrange(10000, 99999)}",
        "items|lines|line count": r.randrange(1, 40),
        "contact|contact person|attention|buyer": _person(r),
        "status|state|payment status": r.choice(["open", "paid", "overdue"]),
        "cost centre|cost center|cc": r.randrange(100, 160),
    }


def _part(r: random.Random) -> dict[str, object]:
    price = r.lognormvariate(3, 1)
    return {
        "description|product name|article": f"{_word(r, 2)} {r.choice(['valve', 'pump', 'filter', 'hose', 'motor'])} {r.randrange(10, 99)}",
        "weight kg|mass|net weight (kg)": f"{r.lognormvariate(1, 1):.3f}",
        "length mm|length|len": r.randrange(20, 900),
        "width mm|width|breadth": r.randrange(20, 900),
        "height mm|height|hgt": r.randrange(20, 900),
        "list price|price|sales price|unit price": f"{price:.2f}",
        "purchase price|cost|buying price": f"{price * r.uniform(0.5, 0.7):.2f}",
        "stock|quantity on hand|in stock|qty": r.randrange(500),
        "minimum stock|reorder level|safety stock": r.choice([5, 10, 20, 50]),
        "ean|barcode|gtin": "".join(r.choice(string.digits) for _ in range(13)),
        "supplier|vendor|manufacturer": _company(random.Random(r.randrange(25))),
        "launched|introduced|available since": _day(r, 2010, 2022),
        "changed|last modified|updated": _day(r, 2022, 2024),
        "colour|color|finish": r.choice(["red", "blue", "green", "black", "white", "grey"]),
        "lead time days|delivery time|lead time": r.choice([3, 5, 7, 14, 21, 30]),
    }


def _site(r: random.Random) -> dict[str, object]:
    town = r.choice(_TOWNS)
    return {
        "site name|branch|location name": f"{town} {r.choice(['North', 'South', 'Central'])} {r.choice(['depot', 'store', 'office'])}",
        "street|address|address line 1": f"{r.randrange(1, 200)} {r.choice(_STREETS)} Street",
        "town|city|municipality": town,
        "postcode|zip|postal code": f"{r.choice('ABCDEG')}{r.randrange(1, 20)} {r.randrange(1, 9)}{r.choice('ABCDEG')}",
        "latitude|lat|y": f"{r.uniform(50, 58):.5f}",
        "longitude|lon|lng|x": f"{r.uniform(-5, 1):.5f}",
        "opened|opening date|open since": _day(r, 1970, 2020),
        "floor area|area sqm|size": r.randrange(100, 9000),
        "seats|capacity|desks": r.randrange(300),
        "telephone|phone|phone no": _phone(r),
        "fax|fax no|facsimile": _phone(r),
        "manager|branch manager|head": _person(r),
        "web|website|url|homepage": f"https://{_word(r, 4)}.example/",
        "open sundays|sunday opening": r.choice(["yes", "no"]),
        "parking|car park": r.choice(["yes", "no", "no"]),
        "lease ends|lease expiry|contract until": _day(r, 2024, 2040),
    }


def _patient(r: random.Random) -> dict[str, object]:
    return {
        "patient|patient name|full name": ", ".join(reversed(_person(r).split())),
        "birth date|dob|date of birth": _day(r, 1930, 2020),
        "sex|gender|m/f": r.choice("MF"),
        "weight|body weight|kg": f"{r.gauss(75, 14):.1f}",
        "height|body height|cm": int(r.gauss(170, 10)),
        "pulse|heart rate|bpm": int(r.gauss(72, 9)),
        "systolic|bp sys|systolic bp": int(r.gauss(128, 14)),
        "diastolic|bp dia|diastolic bp": int(r.gauss(80, 9)),
        "admitted|admission date|date of admission": _day(r, 2021, 2024),
        "insurance number|policy number|health insurance id": f"{r.choice('ABCDEFGH')}{r.randrange(10**8, 10**9)}",
        "ward|station|ward no": r.randrange(1, 12),
        "doctor|physician|consultant": "Dr. " + r.choice(_LAST).title(),
        "blood group|blood type|abo": r.choice(["A+", "A-", "B+", "0+", "0-", "AB+"]),
        "phone|telephone|contact number": _phone(r),
    }


_KINDS: dict[str, Callable[[random.Random], dict[str, object]]] = {
    "employees": _employee, "invoices": _invoice, "parts": _part, "sites": _site, "patients": _patient,
}  # fmt: skip


def invented(seed: int) -> Iterator[Case]:
    """Draw exports: every kind, with every share of common rows, with headings that say something and without."""
    for kind, draw in _KINDS.items():
        for common in (1.0, 0.5, 0.1, 0.0):
            for has_headings in (True, False):
                r = random.Random(f"{seed} {kind} {common} {has_headings}")
                yield _drawn(r, f"{kind}, {common:.0%} of the rows common", draw, common, has_headings)


def _drawn(r: random.Random, name: str, draw: Callable[[random.Random], dict[str, object]], common: float, has_headings: bool) -> Case:  # noqa: FBT001
    height = r.choice([60, 300, 1200])
    both = int(height * common)
    one = [draw(r) for _ in range(height)]
    other = one[:both] + [draw(r) for _ in range(height - both)]
    places = r.sample(range(height), height)
    columns = list(one[0])
    kept = [[c for c in columns if r.random() < _KEPT] for _ in range(2)]
    called = [_headings(r, columns, has_headings or side == 0) for side in range(2)]
    form = [r.choice(_FORMS) for _ in range(2)]
    left = pl.DataFrame([{called[0][c]: _shown(row[c], form[0]) for c in kept[0]} for row in one])
    second = [{called[1][c]: _changed(r, _shown(row[c], form[1]), _shown(draw(r)[c], form[1])) for c in kept[1]} for row in other]
    right = pl.DataFrame([second[p] for p in places])
    at = {p: n for n, p in enumerate(places)}
    is_known = common >= 0.5 and r.random() < 0.5
    rows = (np.arange(both), np.array([at[n] for n in range(both)], dtype=np.int64)) if is_known else None
    return Case(name, left, right, frozenset((called[0][c], called[1][c]) for c in kept[0] if c in kept[1]), rows, has_headings)


def _headings(r: random.Random, columns: list[str], has_headings: bool) -> dict[str, str]:  # noqa: FBT001
    """Choose one of the words for each column, no word twice."""
    if not has_headings:
        return {c: f"F{n:02d}" for n, c in enumerate(columns)}
    out: dict[str, str] = {}
    for c in columns:
        out[c] = r.choice([w for w in c.split("|") if w not in out.values()])
    return out


def _shown(value: object, form: str) -> str:
    return value.strftime(form) if isinstance(value, date) else str(value)


def _changed(r: random.Random, text: str, other: str) -> str:
    chance = r.random()
    if chance < _EMPTY:
        return ""
    if chance < _EMPTY + _OTHER:
        return other
    if chance < _EMPTY + _OTHER + _TYPED and len(text) > 3 and text[0].isalpha():
        place = r.randrange(1, len(text))
        return text[:place] + r.choice(string.ascii_lowercase) + text[place + 1 :]
    return text


def renamed(shared: Path, seed: int) -> Iterator[Case]:
    """Take the record sets, rename all columns of one side, and leave some out; a single table is cut into two at random."""
    for folder in sorted((shared / "data" / "matching").iterdir()):
        if not (folder / "a.csv").exists():
            continue
        one = pl.read_csv(folder / "a.csv", infer_schema_length=0)
        partners = set(pl.read_csv(folder / "truth.csv", infer_schema_length=0).to_series(1))
        for thinned in (False, True):
            r = random.Random(f"{seed} {folder.name} {thinned}")
            if (folder / "b.csv").exists():
                left, right = one, pl.read_csv(folder / "b.csv", infer_schema_length=0)
            else:
                drawn = one.sample(fraction=1, shuffle=True, seed=seed)
                left, right = drawn[: one.height // 2], drawn[one.height // 2 :]
            if thinned:  # nine tenths of the partners are gone
                right = right.filter(pl.Series([i not in partners or r.random() < 0.1 for i in right["id"]]))
            columns = [c for c in left.columns if c in right.columns and c != "id"]
            few = len(columns) <= 4
            kept = [[c for c in columns if few or r.random() < _KEPT] for _ in range(2)]
            told = [{c for c in columns if f[c].drop_nulls().n_unique() > 1} for f in (left, right)]
            new = {c: f"F{n:02d}" for n, c in enumerate(columns)}
            same = frozenset((c, new[c]) for c in kept[0] if c in kept[1] and c in told[0] & told[1])
            name = f"{folder.name}{', nine tenths of the partners removed' if thinned else ''}"
            yield Case(name, left.select(kept[0]), right.select(pl.col(c).alias(new[c]) for c in kept[1]), same, None, has_headings=False)


def measured(cases: Iterator[Case]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Count pairs: (what was asked, of which cases) → found, right among them, right altogether."""
    out: dict[tuple[str, str], tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for case in cases:
        found = alike(case.left, case.right, (case.left.columns, case.right.columns), case.rows)
        asked = {
            "proposed": {(p.left, p.right) for p in found if p.is_clear and p.likeness >= SURE},
            "matched": {(p.left, p.right) for p in found if p.is_clear and p.likeness >= LIKELY},
            "proposed or in a comment": {(p.left, p.right) for p in found},
        }
        groups = ["all", "headings that say something" if case.has_headings else "headings that say nothing"]
        for what, pairs in asked.items():
            for group in groups:
                before = out[what, group]
                out[what, group] = (before[0] + len(pairs), before[1] + len(pairs & case.same), before[2] + len(case.same))
    return dict(out)


def fitted(cases: Iterator[Case]) -> dict[str, float]:
    """Fit the weights."""
    from sklearn.linear_model import LogisticRegression

    told, right = [], []
    for case in cases:
        sides = columns_of(case.left, case.left.columns), columns_of(case.right, case.right.columns)
        told.append(features(*sides, case.rows or together(case.left, case.right)).reshape(-1, len(WEIGHTS)))
        right += [(a.name, b.name) in case.same for a in sides[0] for b in sides[1]]
    model = LogisticRegression(C=1.0, max_iter=5000, fit_intercept=False).fit(np.concatenate(told), right)
    return {name: round(float(w), 2) for name, w in zip(WEIGHTS, model.coef_[0], strict=True)}


def main() -> None:
    """Print what was found, or the weights."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    arguments.add_argument("--shared", type=Path, help="measure on the record sets of this folder")
    arguments.add_argument("--fit", action="store_true", help="print weights fitted on other invented exports than those measured on")
    given = arguments.parse_args()
    if given.fit:
        print(fitted(case for seed in _FITTED for case in invented(seed)))
        return
    cases = (case for seed in _MEASURED for case in (renamed(given.shared, seed) if given.shared else invented(seed)))
    for (what, group), (found, right, possible) in sorted(measured(cases).items()):
        print(f"{what:26} {group:28} {found:5} pairs: precision {right / max(1, found):.3f}, recall {right / max(1, possible):.3f}")


if __name__ == "__main__":
    main()
