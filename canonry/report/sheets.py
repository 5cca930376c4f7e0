"""View model → sheets of plain rows: what the spreadsheet and the CSV file show, and the words in which people decide there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canonry.report.model import Card, ClaimLine, Quote, ReportData, Side

DECIDE, STALE = "Decide", "Stale pages"
DECISION, BECAUSE, BY, UNTIL = "Decision", "Because", "By", "Until"
KEY, SIGNATURE, VALUES, RELEASE = (
    "_key",
    "_signature",
    "_values",
    "_release",
)  # hidden columns: what a row is about, as it was when the file was written
ON_CONFLICT = {
    "all sides stand": "both", "each in its own scope": "scope", "not a conflict": "not-a-conflict", "ask the owner": "ask-owner",
}  # fmt: skip
ON_PAGE = {"still valid": "still-valid", "retire": "retire", "canonical": "canonical"}
OFFERED = 12  # sides that a list offers; a spreadsheet takes 255 characters of choices
_KEEP = re.compile(r"(?:keep )?(?:side )?(\d{1,4})")


@dataclass(frozen=True)
class Link:
    """A cell that leads somewhere."""

    text: str
    url: str


Cell: TypeAlias = "str | Quote | Link"


@dataclass(frozen=True)
class Row:
    """A line of a sheet.

    Attributes:
        cells: One per column.
        choices: What its decision may be; empty where nothing is to be decided.
    """

    cells: tuple[Cell, ...]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet with a heading per column; columns whose heading begins with ``_`` are for canonry and hidden.

    Attributes:
        name: Its name.
        columns: Heading and width in characters.
        rows: Its lines.
        still: How many columns stay in view when one moves to the right.
    """

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    still: int = 0


def verdict(text: str, sheet: str) -> tuple[str, int | None] | None:
    """Read what a person wrote as their decision: the verdict, and of `keep` the number of the side; None when it is no decision.

    >>> verdict("Keep side 2", DECIDE), verdict("not a conflict", DECIDE), verdict("maybe", DECIDE)
    (('keep', 2), ('not-a-conflict', None), None)
    """
    said = normal(text).rstrip(".")
    known = ON_CONFLICT if sheet == DECIDE else ON_PAGE
    if sheet == DECIDE and (side := _KEEP.fullmatch(said)):
        return "keep", int(side[1])
    found = known.get(said) or next((v for v in known.values() if said in (v, v.replace("-", " "))), None)
    return (found, None) if found else None


def choices(sides: int) -> tuple[str, ...]:
    """What can be decided on a conflict of so many sides."""
    return (*(f"keep side {n}" for n in range(1, sides + 1)), *ON_CONFLICT)


def sheets(report: ReportData) -> tuple[Sheet, ...]:
    """All sheets of the workbook: what to decide, what is decided, what is stale, and about the release."""
    settled = report.groups[1:]
    return (
        decide(report),
        _decided([c for g in settled for c in g.cards.rows]),
        _stale(report),
        *([_tasks(report)] if report.tasks.rows else []),
        *([_gaps(report)] if report.gaps.rows else []),
        _about(report),
    )


def decide(report: ReportData) -> Sheet:
    """One row per open conflict, what matters most first, its sides in columns; a person fills in three of them."""
    cards = report.groups[0].cards.rows
    most = max((len(c.sides) for c in cards), default=2)
    of_side = [
        column for n in range(1, most + 1) for column in ((f"Side {n} says", 22), (f"Side {n} in context", 48), (f"Side {n} stands in", 30))
    ]
    columns = (
        ("About", 40), (DECISION, 20), (BECAUSE, 30), (BY, 16), *of_side, ("More sides", 24), ("What it is", 24), ("Asked because", 36),
        ("Owner", 24), (KEY, 10), (SIGNATURE, 10), (VALUES, 10), (RELEASE, 10),
    )  # fmt: skip
    return Sheet(DECIDE, columns, tuple(_to_decide(c, most, report.release_id) for c in cards), still=2)


def _to_decide(card: Card, most: int, release: str) -> Row:
    told = [cell for side in card.sides for cell in _side(side)]
    more = [f"{s.number}: {s.value.text} ({s.first.source})" for s in card.more_sides]
    if card.unlisted:
        more.append(f"and {card.unlisted} more: see the web page")
    every = (*card.sides, *card.more_sides)
    cells = (
        _title(card), "", "", "", *told, *[""] * (3 * (most - len(card.sides))), "\n".join(more), f"{card.type_says}; {card.kind_says}",
        card.decision, card.owner or "", card.conflict_id, card.signature or "",
        json.dumps([s.canonical for s in every], ensure_ascii=False), release,
    )  # fmt: skip
    return Row(cells, choices(min(len(every), OFFERED)))


def _title(card: Card) -> str:
    scope = f" ({card.scope})" if card.scope else ""
    return f"{' › '.join(card.subject)}\n{card.attribute}{scope}"


def _side(side: Side) -> tuple[Cell, Cell, Cell]:
    first = side.first
    read_as = f"\n(read as {side.read_as})" if side.read_as else ""
    return side.value.text + read_as, first.sentence or "", _where(first, len(side.others) + side.unlisted)


def _where(claim: ClaimLine, others: int) -> Cell:
    place = claim.place
    lines = [
        place.text if not place.title or place.is_record else f"{place.title} ({place.text})",
        f"{claim.source}{f', rank {claim.rank}' if claim.rank else ''}; {claim.dated}",
        *([f"owner: {claim.owner}"] if claim.owner else []),
        *([f"and {others} more say so"] if others else []),
    ]
    text = "\n".join(lines)
    return Link(text, place.url) if place.url else text


def _decided(cards: Sequence[Card]) -> Sheet:
    columns = (
        ("About", 40), ("What stands", 24), ("Against", 24), ("Decision", 60), ("By", 22), ("Figures", 40), ("Said by people", 40),
        ("Conflict", 18),
    )  # fmt: skip
    rows = []
    for c in cards:
        every = (*c.sides, *c.more_sides)
        stands = [f"{s.value.text} ({s.first.source})" for s in every if s.wins is not False]
        lost = [f"{s.value.text} ({s.first.source})" for s in every if s.wins is False]
        figures = "\n".join(f"{n}: {v}" for n, v in c.facts)
        cells = (
            _title(c), "\n".join(stands), "\n".join(lost), c.decision, c.status_says, figures, "\n".join(c.rulings), c.conflict_id,
        )  # fmt: skip
        rows.append(Row(cells))
    return Sheet("Decided", columns, tuple(rows), still=1)


def _stale(report: ReportData) -> Sheet:
    columns = (
        ("What", 44), (DECISION, 16), (UNTIL, 12), (BECAUSE, 30), (BY, 16), ("Signs", 60), ("Instead", 36), ("Owner", 24), (KEY, 10),
        (RELEASE, 10),
    )  # fmt: skip
    rows = []
    for s in report.stale.rows:
        signs = "\n".join(f"{g.signal}{f' since {g.since}' if g.since else ''}: {g.evidence or ''}" for g in s.signs)
        title = f"{s.what.title}\n{s.what.text}" if s.what.title else f"{s.kind} {s.what.text}"
        is_page = s.kind == "page"
        what: Cell = Link(title, s.what.url) if s.what.url else title
        cells = (
            what, "", "", "", "", signs, s.instead.text if s.instead else "", s.owner or "", s.what.text if is_page else "",
            report.release_id,
        )  # fmt: skip
        rows.append(Row(cells, tuple(ON_PAGE) if is_page else ()))
    return Sheet(STALE, columns, tuple(rows), still=2)


def _tasks(report: ReportData) -> Sheet:
    columns = (
        ("Task", 24),
        ("Can be served for", 18),
        ("What is not met", 80),
        ("Open conflicts", 24),
        ("Sources", 24),
        ("Who may take it", 30),
    )
    rows = [
        Row((t.task, t.can, "\n".join(t.blocked), "\n".join(t.conflicts), "\n".join(t.sources), ", ".join(t.principals)))
        for t in report.tasks.rows
    ]
    return Sheet("Tasks", columns, tuple(rows), still=1)


def _gaps(report: ReportData) -> Sheet:
    columns = (("Reported", 60), ("What it is", 14), ("Times", 8), ("Items", 44), ("By", 24), ("Last", 12), ("Gap", 18))
    rows = [Row((g.note, g.kind, str(g.reports), "\n".join(g.cites), ", ".join(g.by), g.at or "", g.gap_id)) for g in report.gaps.rows]
    return Sheet("Gaps", columns, tuple(rows), still=1)


def _about(report: ReportData) -> Sheet:
    left = report.groups[0].cards.more
    how = (
        "On “Decide” and “Stale pages”, choose in the column “Decision”, and say why and who you are. Rows may be sorted, filtered or "
        "deleted. Save the file and give it to: canonry rule --from FILE. It takes effect with the next run."
    )
    lines = [
        ("Company", report.name or ""), ("Release", report.release_id), ("Run date", report.run_date), ("Edition", report.edition),
        *((f.says, f"{f.value:,}") for f in report.figures), ("Looked at", report.out_of),
        *([("Not listed", f"{left} open conflicts beyond those on “Decide”")] if left else []),
        ("How to decide", how), ("keep side 1, 2, …", "this side stands, the others are corrected"),
        ("all sides stand", "nothing is wrong, all are served"),
        ("each in its own scope", "all stand; say under “Because” which holds where"),
        ("not a conflict", "the question is dismissed"), ("ask the owner", "it stays open until the owner has answered"),
        ("still valid", "the page is right, however old; “Until” may say how long"),
        ("retire", "the page is no longer served"), ("canonical", "this page stands for its copies and versions"),
    ]  # fmt: skip
    return Sheet("About", (("", 26), (" ", 100)), tuple(Row((a, b)) for a, b in lines))
