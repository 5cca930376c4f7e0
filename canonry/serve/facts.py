"""What stands for a subject and an attribute: exact lookup first, then by spelling, then by meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

from canonry.serve.errors import bad_argument
from canonry.serve.names import ALIKE, SUGGESTED
from canonry.serve.results import FactResult, MatchedBy, RunnerUp, Status
from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from canonry.serve.search import Searcher
    from canonry.serve.snapshot import Snapshot

# Cosine from which another word for an attribute is taken for it, and how far ahead of the next one it must be; and the others may share no
# beginning of a word with what is asked ("calibrated every" has .84 to `last calibrated`, .60 to `calibration interval`). Of 20 phrases
# for the attributes of company exports that takes 3, all right, and leaves the others as suggestions; wrong ones reach .58 otherwise.
MEANT, AHEAD = 0.7, 0.15
_BEGINNING = 5  # letters
SUBJECT_MEANT = 0.5  # score of the best item from which its subject is meant
_LONGEST = 2000


@dataclass(frozen=True)
class _Found:
    """Facts that match, or names that come close."""

    rows: list[dict[str, Any]]
    close: tuple[str, ...] = ()
    by: MatchedBy = "name"


def resolved(snapshot: Snapshot, searcher: Searcher, asked: tuple[str, str], as_of: date | None = None) -> FactResult:
    """Look a fact up.

    Args:
        snapshot: The release.
        searcher: What looks for meaning where spelling does not help.
        asked: Subject (name, key or id of what it is about; spelling may be slightly off) and attribute (which property; blanks and
            underscores are the same).
        as_of: The day on which it was true; default: today's (run date's) fact.

    Returns:
        The value with its cite and runner-up; ``conflicting`` while a person has to decide, ``stale`` when the claim stands in a stale
        item or is valid no more, ``insufficient`` with `did_you_mean` when nothing or no single thing is meant.
    """
    subject, attribute = asked
    if not subject.strip() or not attribute.strip() or max(len(subject), len(attribute)) > _LONGEST:
        raise bad_argument("Subject and attribute are needed.", f"Name both, in at most {_LONGEST} characters each.")
    about = _subject(snapshot, searcher, subject, attribute)
    if not about.rows:
        return _insufficient(snapshot, f"No single subject is called {_short(subject)}.", about.close)
    property_ = _attribute(searcher, about.rows, attribute)
    if not property_.rows:
        return _insufficient(snapshot, f"Nothing is known of {_short(attribute)} of that subject.", property_.close)
    by = max(about.by, property_.by, key=("name", "spelling", "meaning").index)
    standing = holding(property_.rows, as_of)
    if not standing and as_of is not None:
        return _insufficient(snapshot, _between(property_.rows, as_of), ())
    told = _answer(snapshot, standing or [r for r in property_.rows if r["known_to"] is None] or property_.rows, as_of)
    if by == "name":
        return told
    why = f"{told.status_reason} Found by {by}: make sure that {_short(told.attribute or '')} of {_short(told.subject or '')} is meant."
    return told.model_copy(update={"matched_by": by, "status_reason": why})


def holding(rows: Iterable[dict[str, Any]], as_of: date | None) -> list[dict[str, Any]]:
    """Keep the facts that hold on a day; None is the run date."""
    return [r for r in rows if _holds(r, as_of)]


def _between(rows: list[dict[str, Any]], as_of: date) -> str:
    """Say that nothing is known of a day, and which values stand before and after it."""
    before = max((r for r in rows if r["valid_to"] and r["valid_to"] < as_of), key=lambda r: (r["valid_to"], r["claim_id"]), default=None)
    after = min(
        (r for r in rows if r["valid_from"] and r["valid_from"] > as_of), key=lambda r: (r["valid_from"], r["claim_id"]), default=None
    )
    told = f"Nothing is known to have been valid on {as_of.isoformat()}."
    told += f" Until {before['valid_to']} it was {_short(before['verbatim'])}." if before else ""
    return told + (f" From {after['valid_from']} it is {_short(after['verbatim'])}." if after else "")


def _subject(snapshot: Snapshot, searcher: Searcher, asked: str, attribute: str) -> _Found:
    named = snapshot.names.find(asked)
    rows = snapshot.rows("facts", "subject_id", named.ids)
    if len(named.ids) > 1:
        told_apart = sorted({f"{r['subject']} ({r['subject_id']})" for r in rows})
        if len(told_apart) > 1:
            return _Found([], tuple(told_apart[:SUGGESTED]))
    if rows:
        return _Found(rows, named.close, "name" if named.exact else "spelling")
    return _meant_subject(snapshot, searcher, asked, attribute, named.close)


def _meant_subject(snapshot: Snapshot, searcher: Searcher, asked: str, attribute: str, close: tuple[str, ...]) -> _Found:
    """Find the subject by meaning: what the items are about that are found for subject and attribute together."""
    found = searcher.ranked(f"{asked} {attribute}", SUGGESTED)
    items = snapshot.served_rows(found.rows)
    told: dict[str, float] = {}
    for item, score in zip(items, found.scores, strict=True):
        own = (
            [item["entity_id"]]
            if item["kind"] == "entity"
            else [c["subject_id"] for c in snapshot.rows("claims", "item_id", [item["item_id"]])]
        )
        for subject_id in sorted(set(own)):
            told.setdefault(subject_id, score)
    facts = {i: snapshot.rows("facts", "subject_id", [i]) for i in told}
    fitting = {i: rows for i, rows in facts.items() if rows and _spelt(rows, attribute).rows}
    best = [i for i in fitting if told[i] == max(told[j] for j in fitting)]
    if len(best) == 1 and told[best[0]] >= SUBJECT_MEANT:
        return _Found(fitting[best[0]], by="meaning")
    return _Found([], tuple(dict.fromkeys([*(rows[0]["subject"] for rows in fitting.values()), *close]))[:SUGGESTED])


def _attribute(searcher: Searcher, rows: list[dict[str, Any]], asked: str) -> _Found:
    """Find an attribute by its name, by its spelling, else by its meaning."""
    found = _spelt(rows, asked)
    if found.rows:
        return found
    names = {_plain(r["attribute"]): r["attribute"] for r in rows}
    meant, near = _meant(searcher, _plain(asked), sorted(names))
    if meant:
        return _Found([r for r in rows if r["attribute"] == names[meant]], by="meaning")
    return _Found([], tuple(names[n] for n in near) or found.close or tuple(sorted(set(names.values())))[:SUGGESTED])


def _spelt(rows: list[dict[str, Any]], asked: str) -> _Found:
    """Find an attribute by its name, else by its spelling."""
    names: dict[str, set[str]] = {}
    for row in rows:
        names.setdefault(_plain(row["attribute"]), set()).add(row["attribute"])
    wanted = _plain(asked)
    near = (
        []
        if wanted in names
        else process.extract(wanted, sorted(names), scorer=fuzz.token_sort_ratio, limit=SUGGESTED, score_cutoff=ALIKE / 2)
    )
    alike = [name for name, score, _ in near if score >= ALIKE and score == near[0][1]]
    chosen = names.get(wanted) or set().union(*(names[n] for n in alike))
    if len(chosen) == 1:
        return _Found([r for r in rows if r["attribute"] in chosen], by="name" if wanted in names else "spelling")
    return _Found([], tuple(sorted(chosen)) or tuple(n for n, _, _ in near))


def _meant(searcher: Searcher, asked: str, names: Sequence[str]) -> tuple[str, list[str]]:
    """The name that is clearly meant, or an empty text; and the names that come close in meaning."""
    alike = searcher.likeness(asked, [n for n in names if "____" not in n])
    if not alike:
        return "", []
    ahead = alike[0][0] - (alike[1][0] if len(alike) > 1 else 0.0)
    is_clear = alike[0][0] >= MEANT and ahead >= AHEAD and not any(_beginnings(asked) & _beginnings(n) for _, n in alike[1:])
    return alike[0][1] if is_clear else "", [n for _, n in alike[:SUGGESTED]]


def _beginnings(name: str) -> set[str]:
    return {w[:_BEGINNING] for w in name.split() if len(w) >= _BEGINNING}


def _plain(attribute: str) -> str:
    return normal(attribute if "____" in attribute else attribute.replace("_", " "))


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
        status_reason=why + (f" Other scopes: {', '.join(others[:SUGGESTED])}." if others else ""),
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
