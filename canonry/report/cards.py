"""Conflicts → cards: the sides beside each other, what was decided and why, and the commands to rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.quoting import quoted_first
from canonry.report import words
from canonry.report.differences import LONGEST, cut, marked, marked_values
from canonry.report.lookup import table
from canonry.report.model import Card, ClaimLine, Command, Group, Place, Quote, Section, Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from canonry.report.lookup import Lookup

SIDES = 6  # shown in full; a conflict of more lists the others in short
MORE_SIDES = 30  # listed in short
CLAIMS = 12  # of one side, beside the first
_LETTERS = re.compile(r"[^\W\d_]|[$£€¥%]")
_HEADINGS = (
    ("to-decide", "To decide", "Nothing waits for a person.", ("open",)),
    ("by-policy", "Decided by policy", "The policy had nothing to decide.", ("decided_by_policy",)),
    ("by-person", "Decided by a person", "No ruling applies.", ("decided_by_person", "dismissed")),
)


def groups(tables: Mapping[str, pl.DataFrame], known: Lookup, limit: int) -> tuple[Group, ...]:
    """Group the conflicts by who decides, what matters most first; at most `limit` become cards, the open ones first."""
    ordered = _ordered(table(tables, "conflicts"))
    chosen, left = [], limit
    for anchor, heading, empty, statuses in _HEADINGS:
        mine = ordered.filter(pl.col("status").is_in(statuses))
        shown = mine.head(left)
        left -= shown.height
        chosen.append((anchor, heading, empty, shown, mine.height))
    cards = _cards(tables, known, pl.concat([shown for _, _, _, shown, _ in chosen]))
    return tuple(
        Group(anchor, heading, empty, Section(tuple(cards[c] for c in shown["conflict_id"]), total))
        for anchor, heading, empty, shown, total in chosen
    )


def _ordered(conflicts: pl.DataFrame) -> pl.DataFrame:
    """Severity × (1 + exposure) × (1 − confidence); what is unknown counts in full."""
    doubt = 1.0 - pl.col("confidence").fill_null(0.0)
    weight = pl.col("severity").fill_null(1.0) * (1 + pl.col("exposure").fill_null(0)) * doubt
    return conflicts.sort(-weight, -pl.col("severity").fill_null(1.0), "subject", "attribute", "conflict_id")


def _cards(tables: Mapping[str, pl.DataFrame], known: Lookup, conflicts: pl.DataFrame) -> dict[str, Card]:
    members = table(tables, "conflict_claims").join(conflicts.select("conflict_id"), on="conflict_id", how="semi")
    claims = table(tables, "claims").join(members.select("claim_id"), on="claim_id", how="semi")
    told = {r["claim_id"]: r for r in claims.iter_rows(named=True)}
    of_conflict: dict[str, list[dict[str, Any]]] = {}
    for m in members.iter_rows(named=True):
        of_conflict.setdefault(m["conflict_id"], []).append({**told.get(m["claim_id"], {}), **m})
    rulings: dict[str, list[dict[str, Any]]] = {}
    for r in table(tables, "rulings").sort("ruling_id").iter_rows(named=True):
        if r["applied_to"]:
            rulings.setdefault(r["applied_to"], []).append(r)
    return {
        c["conflict_id"]: _card(c, of_conflict.get(c["conflict_id"], []), rulings.get(c["conflict_id"], []), known)
        for c in conflicts.iter_rows(named=True)
    }


def _card(conflict: Mapping[str, Any], members: Sequence[dict[str, Any]], rulings: Sequence[Mapping[str, Any]], known: Lookup) -> Card:
    sides = _by_side(members, known)
    full, short = sides[:SIDES], sides[SIDES : SIDES + MORE_SIDES]
    is_topic = "____" in conflict["attribute"]
    return Card(
        **{k: conflict[k] for k in ("conflict_id", "type", "kind", "status", "scope", "owner", "spans_audiences", "signature")},
        subject=_subject(conflict["subject"]),
        attribute=cut(conflict["attribute"], "____", LONGEST).text if is_topic else words.plain(conflict["attribute"]),
        is_topic=is_topic,
        type_says=words.TYPES.get(conflict["type"], words.plain(conflict["type"])),
        kind_says=words.KINDS.get(conflict["kind"], words.plain(conflict["kind"])),
        status_says=words.STATUSES.get(conflict["status"], words.plain(conflict["status"])),
        sides=_sides(conflict["conflict_id"], full, 1, known),
        more_sides=_sides(conflict["conflict_id"], short, SIDES + 1, known),
        unlisted=len(sides) - len(full) - len(short),
        sources=tuple(sorted({m["source"] for m in members})),
        decision=conflict["reason"] or _UNSAID.get(conflict["status"], ""),
        facts=_facts(conflict),
        audience=tuple(sorted(conflict["audience"] or ())),
        commands=_commands(conflict["conflict_id"], rulings),
        rulings=tuple(_said(r) for r in rulings),
    )


def _subject(subject: str) -> tuple[str, ...]:
    """Title and headings, without those that only repeat the one before."""
    parts = [p.strip() for p in subject.split(" > ") if p.strip()] or ["(unnamed)"]
    return tuple(p for n, p in enumerate(parts) if n == 0 or p != parts[n - 1])


_UNSAID = {
    "open": "No rule separates the sides; a person is asked.",
    "decided_by_policy": "The policy decided; it gave no reason.",
    "decided_by_person": "A person decided; no reason was given.",
    "dismissed": "A person says that this is no conflict.",
}


def _by_side(members: Iterable[dict[str, Any]], known: Lookup) -> list[list[dict[str, Any]]]:
    """The claims of each side as they are numbered, the one to quote first."""
    sides: dict[int, list[dict[str, Any]]] = {}
    for m in sorted(members, key=lambda m: (m["side"], quoted_first(m, known.source(m["source"]).get("authority")))):
        sides.setdefault(m["side"], []).append(m)
    return list(sides.values())


def _sides(conflict_id: str, sides: Sequence[Sequence[dict[str, Any]]], number: int, known: Lookup) -> tuple[Side, ...]:
    firsts = [claims[0] for claims in sides]
    written = [_written(c) for c in firsts]
    quotes = marked([c.get("sentence") for c in firsts], written)
    values = marked_values(written)
    return tuple(
        Side(
            number=n,
            value=value,
            canonical=str(claims[0]["value"] or ""),
            read_as=_read_as(claims[0]),
            wins=_wins(claims),
            first=_line(claims[0], quote, known),
            others=tuple(_line(c, _plain_quote(c), known) for c in claims[1 : CLAIMS + 1]),
            unlisted=max(0, len(claims) - CLAIMS - 1),
            keep=words.command("rule", conflict_id, "--keep", claims[0]["claim_id"]),
        )
        for n, (claims, quote, value) in enumerate(zip(sides, quotes, values, strict=True), number)
    )


def _wins(claims: Sequence[Mapping[str, Any]]) -> bool | None:
    said = {c["wins"] for c in claims}
    return True if True in said else False if False in said else None


def _written(claim: Mapping[str, Any]) -> str:
    """The value as it stands in the source, or else in its canonical form."""
    return str(claim["verbatim"] or claim["value"] or "(empty)")


def _read_as(claim: Mapping[str, Any]) -> str | None:
    """The canonical value where a bare number was taken to have a unit: 780 as 780.00 GBP."""
    value = str(claim["value"] or "")
    return value if not _LETTERS.search(_written(claim)) and _LETTERS.search(value) else None


def _plain_quote(claim: Mapping[str, Any]) -> Quote | None:
    sentence = claim.get("sentence")
    return cut(sentence, _written(claim), LONGEST) if sentence else None


def _line(claim: Mapping[str, Any], sentence: Quote | None, known: Lookup) -> ClaimLine:
    source = known.source(claim["source"])
    return ClaimLine(
        claim_id=claim["claim_id"],
        source=claim["source"],
        rank=source.get("authority"),
        owner=known.owner(claim["document_id"], claim["source"]),
        dated=words.dated(claim.get("dated_on"), claim.get("date_kind")),
        place=_place(claim, known),
        sentence=sentence,
        verbatim=_written(claim),
        reason=claim["reason"],
        source_status=source.get("status") or "ok",
    )


def _place(claim: Mapping[str, Any], known: Lookup) -> Place:
    if claim["record_id"]:
        return known.record(claim["source"], claim["record_id"])
    if claim["document_id"]:
        return known.passage(claim.get("item_id"), claim["document_id"])
    return Place(claim["source"], is_record=True)


def _facts(conflict: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    severity, exposure, rule = conflict["severity"], conflict["exposure"], conflict["rule"]
    found = (
        ("Rule", words.plain(rule) if rule else None),
        ("Confidence", words.share(conflict["confidence"])),
        ("Margin", words.share(conflict["margin"])),
        ("Severity", None if severity is None else f"{severity:.1f} of 1"),
        ("Served to agents", words.counted(exposure, "time") if exposure else None),
        ("Sources", str(conflict["independent_sources"])),
        ("Found", words.day(conflict["detected_at"])),
        ("Decided", words.day(conflict["decided_at"])),
        ("By", conflict["decided_by"]),
        ("Owner", None if conflict["status"] == "open" else conflict["owner"]),
    )
    return tuple((name, value) for name, value in found if value)


def _commands(conflict_id: str, rulings: Sequence[Mapping[str, Any]]) -> tuple[Command, ...]:
    undone = (Command(f"Take back the ruling “{words.plain(r['verdict'])}”", words.command("unrule", r["ruling_id"])) for r in rulings)
    return (
        Command("Not a conflict", words.command("rule", conflict_id, "--not-a-conflict")),
        Command("All sides stand", words.command("rule", conflict_id, "--both")),
        Command("Ask the owner", words.command("rule", conflict_id, "--ask-owner")),
        *undone,
    )


def _said(ruling: Mapping[str, Any]) -> str:
    parts = (
        f"{ruling['by'] or 'Someone'} ruled “{words.plain(ruling['verdict'])}”",
        f" on {words.day(ruling['at'])}" if ruling["at"] else "",
        f", until {words.day(ruling['until'])}" if ruling["until"] else "",
        f": {ruling['because']}" if ruling["because"] else ".",
    )
    return "".join(parts)
