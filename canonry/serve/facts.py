"""What stands for a subject and an attribute: exact lookup first, then fuzzy lookup of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from rapidfuzz import fuzz, process

from canonry.serve.errors import bad_argument
from canonry.serve.results import FactResult, RunnerUp, Status
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from canonry.serve.snapshot import Snapshot

ALIKE = 88.0  # rapidfuzz ratio of sorted words from which a misspelt name is taken for the one it is most like
_SUGGESTED = 5
_LONGEST = 500


@dataclass(frozen=True)
class _Found:
    """Facts that match, or names that come close."""

    rows: list[dict[str, Any]]
    close: tuple[str, ...] = ()


def resolved(snapshot: Snapshot, subject: str, attribute: str, as_of: date | None = None) -> FactResult:
    """Look a fact up.

    Args:
        snapshot: The release.
        subject: Name, key or id of what it is about; spelling may be slightly off.
        attribute: Which property; blanks and underscores are the same.
        as_of: The day on which it was true; default: today's (run date's) fact.

    Returns:
        The value with its cite and runner-up; ``conflicting`` while a person has to decide, ``stale`` when the claim stands in a stale
        item or is valid no more, ``insufficient`` with `did_you_mean` when nothing or no single thing is meant.
    """
    if not subject.strip() or not attribute.strip() or max(len(subject), len(attribute)) > _LONGEST:
        raise bad_argument("Subject and attribute are needed.", f"Name both, in at most {_LONGEST} characters each.")
    about = _subject(snapshot, subject)
    if not about.rows:
        return _insufficient(snapshot, f"No single subject is called {_short(subject)}.", about.close)
    property_ = _attribute(about.rows, attribute)
    if not property_.rows:
        return _insufficient(snapshot, f"Nothing is known of {_short(attribute)} of that subject.", property_.close)
    standing = [r for r in property_.rows if _holds(r, as_of)]
    if not standing and as_of is not None:
        return _insufficient(snapshot, _between(property_.rows, as_of), ())
    return _answer(snapshot, standing or [r for r in property_.rows if r["known_to"] is None] or property_.rows, as_of)


def _between(rows: list[dict[str, Any]], as_of: date) -> str:
    """Say that nothing is known of a day, and which values stand before and after it."""
    before = max((r for r in rows if r["valid_to"] and r["valid_to"] < as_of), key=lambda r: (r["valid_to"], r["claim_id"]), default=None)
    after = min(
        (r for r in rows if r["valid_from"] and r["valid_from"] > as_of), key=lambda r: (r["valid_from"], r["claim_id"]), default=None
    )
    told = f"Nothing is known to have been valid on {as_of.isoformat()}."
    told += f" Until {before['valid_to']} it was {_short(before['verbatim'])}." if before else ""
    return told + (f" From {after['valid_from']} it is {_short(after['verbatim'])}." if after else "")


def _subject(snapshot: Snapshot, asked: str) -> _Found:
    facts = snapshot.table("facts")
    ids, close = _match(asked, _names(snapshot))
    rows = facts.filter(pl.col("subject_id").is_in(sorted(ids))).to_dicts()
    if len(ids) > 1:
        return _Found([], tuple(sorted({f"{r['subject']} ({r['subject_id']})" for r in rows})[:_SUGGESTED]))
    return _Found(rows, close)


def _names(snapshot: Snapshot) -> dict[str, set[str]]:
    """Map the normal form of every id, key and name → the subjects it may mean."""
    pairs = [*snapshot.table("facts").select("subject", "subject_id").unique().iter_rows()]
    known = {i for _, i in pairs}
    pairs += [(n, i) for i, n in snapshot.table("entities").select("entity_id", "name").iter_rows() if n and i in known]
    pairs += [(name, i) for i in known for name in (i, i.partition("/")[2]) if name]
    pairs += [(f"{name} ({i})", i) for name, i in pairs if name]  # as several things of one name are told apart
    names: dict[str, set[str]] = {}
    for name, subject_id in pairs:
        names.setdefault(normal(name), set()).add(subject_id)
    return names


def _attribute(rows: list[dict[str, Any]], asked: str) -> _Found:
    by_id = {r["attribute"]: r for r in rows}
    names: dict[str, set[str]] = {}
    for attribute in by_id:
        names.setdefault(_plain(attribute), set()).add(attribute)
    found, close = _match(_plain(asked), names)
    if len(found) == 1:
        return _Found([r for r in rows if r["attribute"] in found])
    return _Found([], close or tuple(sorted(by_id))[:_SUGGESTED])


def _plain(attribute: str) -> str:
    return normal(attribute if "____" in attribute else attribute.replace("_", " "))


def _match(asked: str, names: dict[str, set[str]]) -> tuple[set[str], tuple[str, ...]]:
    """Find what a name means: exactly, else the one it is most like; and the names that come close."""
    wanted = normal(asked)
    if wanted in names:
        return names[wanted], ()
    near = process.extract(wanted, sorted(names), scorer=fuzz.token_sort_ratio, limit=_SUGGESTED, score_cutoff=ALIKE / 2)
    if not near or near[0][1] < ALIKE:
        return set(), tuple(n for n, _, _ in near)
    best = {i for n, score, _ in near if score == near[0][1] for i in names[n]}
    return best, tuple(n for n, _, _ in near)


def _holds(row: dict[str, Any], as_of: date | None) -> bool:
    if as_of is None:
        return bool(row["is_current"])
    if row["valid_from"] is None and row["valid_to"] is None and row["known_to"] is not None:
        return False  # what is known to be past, and of no day
    return (row["valid_from"] is None or row["valid_from"] <= as_of) and (row["valid_to"] is None or as_of <= row["valid_to"])


def _answer(snapshot: Snapshot, rows: list[dict[str, Any]], as_of: date | None) -> FactResult:
    """Make the answer from the rows of one subject and attribute: the unconditional scope first, then the surest."""
    scope = min(rows, key=lambda r: (r["scope"] != "", -(r["confidence"] or 0.0), r["scope"]))["scope"]
    same = sorted((r for r in rows if r["scope"] == scope), key=lambda r: (-(r["confidence"] or 0.0), r["value"] or "", r["claim_id"]))
    best = same[0]
    claims = snapshot.claims((best["claim_id"], best["runner_up_claim_id"]))
    claim = claims.get(best["claim_id"], {})
    conflict = next(iter(snapshot.rows("conflicts", "conflict_id", [best["conflict_id"]])), {})
    status, why = _status(snapshot, best, claim, as_of)
    others = sorted({r["scope"] for r in rows} - {scope})
    return FactResult(
        status=status,
        status_reason=why + (f" Other scopes: {', '.join(others[:_SUGGESTED])}." if others else ""),
        **{
            k: best[k] for k in ("subject", "attribute", "value", "verbatim", "unit", "confidence", "valid_from", "valid_to", "conflict_id")
        },
        scope=scope or None,
        values=_values(same),
        cite=claim.get("cite"),
        runner_up=_runner_up(snapshot, best, claims.get(best["runner_up_claim_id"])),
        rule=conflict.get("rule") or best["decision"],
        release=snapshot.release,
    )


def _values(rows: Iterable[dict[str, Any]]) -> tuple[str, ...] | None:
    """All values of an attribute that may have many; None when there is one."""
    values = tuple(dict.fromkeys(r["value"] or r["verbatim"] for r in rows))
    return values if len(values) > 1 else None


def _status(snapshot: Snapshot, fact: dict[str, Any], claim: dict[str, Any], as_of: date | None) -> tuple[Status, str]:
    if fact["decision"] == "open":
        return "conflicting", "Sources disagree and nobody has decided; the value is the best side's."
    items = snapshot.rows("context", "item_id", [claim.get("item_id")])
    if any(i["status"] == "stale" for i in items) or _is_stale(snapshot, fact, claim):
        return "stale", "The source of this value is out of date."
    if not fact["is_current"]:
        return "stale", f"It was so on {as_of}, and is no longer." if as_of else "The value was valid once and is no longer."
    return "ok", "The value stands."


def _is_stale(snapshot: Snapshot, fact: dict[str, Any], claim: dict[str, Any]) -> bool:
    signals = snapshot.rows("staleness", "target_id", (fact["claim_id"], claim.get("record_id")))
    return any(s["is_stale"] and (s["target_kind"] == "claim" or s["source"] == claim.get("source")) for s in signals)


def _runner_up(snapshot: Snapshot, fact: dict[str, Any], claim: dict[str, Any] | None) -> RunnerUp | None:
    if claim is None:
        return None
    sides = snapshot.rows("conflict_claims", "conflict_id", [fact["conflict_id"]])
    why = next((s["reason"] for s in sides if s["claim_id"] == claim["claim_id"] and fact["decision"] != "open"), None)
    return RunnerUp(value=claim["value"] or claim["verbatim"], cite=claim["cite"], why_lost=why)


def _insufficient(snapshot: Snapshot, why: str, close: tuple[str, ...]) -> FactResult:
    return FactResult(status="insufficient", status_reason=why, did_you_mean=close or None, release=snapshot.release)


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")  # noqa: PLR2004
