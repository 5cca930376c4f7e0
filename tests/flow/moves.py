"""What can happen to a company between two nights, each as a function of the company and a number that chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.flow.company import PAGES, page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.flow.company import Company

TOPICS = list(PAGES)


def _pick(options: Sequence[Any], n: int) -> Any:
    return options[n % len(options)]


def _source(company: Company, n: int) -> str:
    return str(_pick([s for s in ("live", "wiki") if s not in company.down] or ["live"], n))


def _existing(company: Company, n: int) -> tuple[str, str] | None:
    found = [(s, p) for s in ("live", "wiki") if s not in company.down for p in company.pages(s)]
    return _pick(found, n) if found else None


def add_page(company: Company, n: int) -> None:
    source, topic = _source(company, n), _pick(TOPICS, n // 2)
    if source not in company.down:
        company.put(source, f"new/{topic}-{n % 3}.md", page(topic, (n, n // 3)), dated=[None, "2024-08-01", "2024-11-11"][n % 3])


def change_page(company: Company, n: int) -> None:
    if found := _existing(company, n):
        source, path = found
        topic = next((t for t in TOPICS if PAGES[t][0] in (company.base / source / path).read_text()), TOPICS[0])
        extra = ["", "A sentence more than before stands here, about nothing in particular."][n % 2]
        dated = company.dates[source].get(path, ("", ""))[0]
        company.put(source, path, page(topic, (n // 2, n // 5), extra), dated="2024-11-20" if dated and n % 3 else dated or None)


def delete_page(company: Company, n: int) -> None:
    found = _existing(company, n)
    if found and len(company.pages(found[0])) > 1:
        company.remove(*found)


def rename_page(company: Company, n: int) -> None:
    if found := _existing(company, n):
        source, path = found
        company.rename(source, path, f"moved/{n % 4}-{path.rsplit('/', 1)[-1]}")


def copy_page(company: Company, n: int) -> None:
    if (found := _existing(company, n)) and not company.down:
        source, path = found
        other = "wiki" if source == "live" else "live"
        company.put(other, f"copies/{n % 3}.md", (company.base / source / path).read_bytes())


def redate_page(company: Company, n: int) -> None:
    if found := _existing(company, n):
        source, path = found
        company.dates[source][path] = (_pick(["", "2022-05-05", "2024-10-10", "2024-11-30"], n), "")


def _set(company: Company, path: str, value: Any) -> None:
    *steps, last = path.split("/")
    here = company.config
    for step in steps:
        here = here.setdefault(step, {})
    here[last] = value


FIELDS: list[tuple[str, list[Any]]] = [
    ("sources/wiki/authority", [1, 2, 5]),
    ("sources/live/review_every", ["10d", "365d"]),
    ("sources/wiki/max_age", ["5d", "4000d"]),
    ("sources/prices/authority", [1, 2, 4]),
    ("sources/sites/authorities", [{}, {"maker": 1}, {"shop": 1}]),
    ("sources/wiki/exclude", [[], ["**/Desk.md"]]),
    ("quality/floor", [0.0, 0.5, 0.9]),
    ("quality/weights", [{}, {"freshness": 0.9}, {"authority": 0.0, "provenance": 1.0}]),
    ("keep/days", ["1d", "30d"]),
    ("policy", [[{"when": {}, "decide_by": ["recency"], "else": "both"}], [{"when": {"kind": "records"}, "decide_by": ["authority"]},
                                                                          {"decide_by": ["supersession", "authority"]}]]),
    ("entities/product/attributes/list_price", [{"type": "money"}, {"type": "money", "says": ["costs", "list price"]},
                                                {"type": "text", "cardinality": "many"}]),
    ("entities/product/names", [[], ["name"]]),
    ("protect/hidden_text", ["flag", "quarantine"]),
]  # fmt: skip


def change_field(company: Company, n: int) -> None:
    path, options = _pick(FIELDS, n)
    _set(company, path, _pick(options, n // len(FIELDS)))


def rule(company: Company, n: int) -> None:
    found = company.table("conflicts")["conflict_id"].to_list()
    if found:
        conflict = _pick(found, n)
        values = company.table("conflict_claims").filter(conflict_id=conflict)["value"].unique().sort().to_list()
        verdict = _pick(["keep", "keep", "both", "not-a-conflict", "ask-owner"], n // 7)
        company.rule(
            conflict, keep=_pick(values, n // 3) if verdict == "keep" else None, verdict=verdict, at=f"2024-12-01T09:{n % 60:02d}:00+00:00"
        )


def unrule(company: Company, n: int) -> None:
    rulings = company.table("rulings").filter(status="applies")["ruling_id"].to_list()
    if rulings:
        company.unrule(_pick(rulings, n))


def hold(company: Company, n: int) -> None:
    source = _pick(["live", "wiki", "prices", "prices_old", "sites"], n)
    if source in company.down:
        company.bring_back(source)
    elif not company.down:
        company.take_down(source)


def grow_export(company: Company, n: int) -> None:
    number = len(company.rows["prices.csv"])
    new = {
        "SKU": f"NX-{number}",
        "Product": f"Nexion {number}",
        "List price": f"£{100 + n}",
        "Warranty": "2 years",
        "Updated": "2024-11-25",
    }
    company.rows["prices.csv"].append(new)


def change_row(company: Company, n: int) -> None:
    file = _pick(["prices.csv", "prices_old.csv", "sites.csv"], n)
    row = _pick(company.rows[file], n // 3)
    column = {"prices.csv": "List price", "prices_old.csv": "LIST PRICE", "sites.csv": "stated"}[file]
    row[column] = _pick(["36 months", "9 months"], n) if file == "sites.csv" else f"£{1000 + n % 5}"


def drop_row(company: Company, n: int) -> None:
    rows = company.rows[_pick(["prices.csv", "prices_old.csv", "sites.csv"], n)]
    if len(rows) > 2:
        rows.pop(n // 3 % len(rows))


MOVES: dict[str, Callable[[Company, int], None]] = {
    f.__name__: f
    for f in (
        add_page, change_page, delete_page, rename_page, copy_page, redate_page, change_field, rule, unrule, hold, grow_export, change_row,
        drop_row,
    )
}  # fmt: skip
