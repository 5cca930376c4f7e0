"""Frames → view model: a pure function, so that the page can be tested without a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canonry.report import beside, cards, sections, words
from canonry.report.beside import Beside
from canonry.report.lookup import lookup, table
from canonry.report.model import Choice, Choices, Figure, ReportData, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from canonry.report.model import Card, Group, SourceLine

LIMIT = 500  # conflicts shown in full, and rows of each table
ALL = 100_000  # conflicts, and rows of each table, of the formats that hold everything; a sheet has a million lines


def view(tables: Mapping[str, pl.DataFrame], *, name: str | None = None, limit: int = LIMIT, more: Beside | None = None) -> ReportData:
    """Decide what the page shows, in which order and in which words.

    Args:
        tables: Published tables by name; those that are absent are empty. Read are release, sources, documents, conflicts,
            conflict_claims, claims, observations, staleness, families, quarantine, rulings, coverage, and of context and excluded the
            columns ``item_id, cite, document_id, title``.
        name: The company's name.
        limit: At most so many conflicts in full, and rows per table; what is left out is counted.
        more: Tasks and gaps, which no table holds.
    """
    more = more or Beside()
    known = lookup(tables)
    groups = cards.groups(tables, known, limit)
    sources = sections.sources(tables)
    degraded = tuple(s for s in sources if s.status != "ok" and s.parent is None)
    release = next(table(tables, "release").iter_rows(named=True), {})
    observed = table(tables, "observations").group_by("type").len().sort("type")
    return ReportData(
        name=name,
        release_id=release.get("release_id") or "(unknown)",
        edition=release.get("edition") or "full",
        run_date=words.day(release.get("run_date")) or "(unknown)",
        figures=_figures(tables, groups, degraded),
        degraded=degraded,
        groups=groups,
        observations=tuple((words.TYPES.get(t, words.plain(t)), n) for t, n in observed.iter_rows()),
        stale=sections.stale(tables, known, limit, is_stale=True),
        signs=sections.stale(tables, known, limit, is_stale=False),
        families=sections.families(tables, known, limit),
        quarantine=sections.quarantine(tables, limit),
        sources=Section(tuple(sources[:limit]), len(sources)),
        rulings=sections.rulings(tables, limit),
        tasks=beside.tasks(more.tasks, limit),
        gaps=beside.gaps(more.gaps, limit),
        coverage=sections.coverage(tables, limit),
        out_of=sections.out_of(tables),
        choices=_choices([c for g in groups for c in g.cards.rows], sources),
    )


def _figures(tables: Mapping[str, pl.DataFrame], groups: Sequence[Group], degraded: Sequence[SourceLine]) -> tuple[Figure, ...]:
    waiting, settled = groups[0].cards.total, groups[1].cards.total
    pages, aside = sections.stale_pages(tables), table(tables, "quarantine").height
    return (
        Figure(waiting, "open conflict" if waiting == 1 else "open conflicts", "to-decide", waiting > 0),
        Figure(settled, "decided by policy", "by-policy", calls=False),
        Figure(pages, "stale page" if pages == 1 else "stale pages", "stale", calls=False),
        Figure(aside, "quarantined row" if aside == 1 else "quarantined rows", "quarantine", calls=False),
        Figure(len(degraded), "held source" if len(degraded) == 1 else "held sources", "sources", bool(degraded)),
    )


def _choices(shown: Sequence[Card], sources: Sequence[SourceLine]) -> Choices:
    taking_part = {s for c in shown for s in c.sources} | {s.source for s in sources}
    taking_part |= {s.split("/", 1)[0] for s in taking_part}  # a source stands for those found inside it
    audiences = {a for c in shown for a in c.audience} | {a for s in sources for a in s.audience}
    return Choices(
        sources=tuple(Choice(s, s) for s in sorted(taking_part)),
        types=_said(((c.type, c.type_says) for c in shown), words.TYPES),
        kinds=_said(((c.kind, c.kind_says) for c in shown), words.KINDS),
        statuses=_said(((c.status, c.status_says) for c in shown), words.STATUSES),
        audiences=tuple(Choice(a, a) for a in sorted(audiences)),
    )


def _said(found: Iterable[tuple[str, str]], order: Iterable[str]) -> tuple[Choice, ...]:
    rank = {name: n for n, name in enumerate(order)}
    return tuple(Choice(v, s) for v, s in sorted(set(found), key=lambda p: (rank.get(p[0], len(rank)), p[0])))
