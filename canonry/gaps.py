"""What agents and people report as missing or wrong: lines of the journal, folded into one row per report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canonry.ids import digest_json
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KINDS = ("missing", "incorrect", "conflicting", "outdated", "unsafe")


def gap_id(kind: str, note: str, cites: Sequence[str]) -> str:
    """Name a report by its content: the same words about the same items are one gap, whoever says so and however often.

    >>> gap_id("missing", "No  page on parking", ["b", "a"]) == gap_id(
    ...     "missing", "no page on parking", ["a", "b"]
    ... )
    True
    """
    return digest_json(["gap", kind, normal(note), sorted(set(cites))])


def folded(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Fold the lines of ``gaps.jsonl`` into one row per gap.

    Args:
        lines: ``{gap_id, kind, note, cites, items, release, edition, by, at}`` for a report, ``{closes, by, because, at}`` when it is done.

    Returns:
        One row per gap: ``gap_id, kind, note, cites, items, reports, by, at, first_at, release, edition, status, because``, where ``note``
        is that of the newest report, ``by`` all who reported it, ``at`` the newest and ``first_at`` the oldest moment, ``status`` open or
        closed. A report after the closing opens it again. The open ones come first, then what was reported most often, then the newest.
    """
    rows: dict[str, dict[str, Any]] = {}
    for line in lines:
        if "closes" in line:
            if line["closes"] in rows:
                rows[line["closes"]] |= {"status": "closed", "because": line.get("because")}
            continue
        before = rows.get(line["gap_id"], {})
        rows[line["gap_id"]] = {
            **{k: line.get(k) for k in ("gap_id", "kind", "note", "release", "edition", "at")},
            "cites": list(line.get("cites") or ()),
            "items": sorted({*before.get("items", ()), *(line.get("items") or ())}),
            "reports": before.get("reports", 0) + 1,
            "by": [*dict.fromkeys([*before.get("by", ()), *([line["by"]] if line.get("by") else [])])],
            "first_at": before.get("first_at") or line.get("at"),
            "status": "open",
            "because": None,
        }
    newest = sorted(rows.values(), key=lambda r: (r["at"] or "", r["gap_id"]), reverse=True)
    return sorted(newest, key=lambda r: (r["status"] != "open", -r["reports"]))
