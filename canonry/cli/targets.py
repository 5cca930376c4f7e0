"""What a ruling can be about, found in the current release, and what it is anchored to: words and keys, no id of canonry's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry import store as stores
from canonry.anchors import PAGE, anchor
from canonry.cli import output
from canonry.cli.nearest import nearest
from canonry.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.store import Manifest

_TABLES = ("conflicts", "conflict_claims", "claims", "context", "excluded", "documents", "records", "entity_members")


@dataclass(frozen=True)
class Target:
    """What a ruling is about.

    Attributes:
        kind: conflict, document, entity or claim.
        name: Its id in the current release, for messages.
        anchors: One per claim of a conflict; one for a document, and one for its successor; one per record.
        claims: Of a conflict, the claims in the order of the anchors.
        signature: Of a conflict, the hash of its sides.
    """

    kind: str
    name: str
    anchors: tuple[dict[str, Any], ...]
    claims: tuple[dict[str, Any], ...] = ()
    signature: str | None = None

    def kept(self, wanted: str) -> tuple[dict[str, Any], ...]:
        """Mark the anchor of the claim that stands.

        Args:
            wanted: Its id, the beginning of its id, or a value as it is written or in canonical form.

        Raises:
            UsageError: No claim, or claims of several sides, are meant.
        """
        kept = self._meant(wanted, "--keep", "value")
        return tuple({**a, "keep": True} if c["claim_id"] == kept else a for a, c in zip(self.anchors, self.claims, strict=True))

    def withheld(self, wanted: str) -> Target:
        """Turn to one of its claims, to withhold it.

        Args:
            wanted: As for `kept`; a value that several claims have names none of them.

        Raises:
            UsageError: No claim, or several, are meant.
        """
        gone = self._meant(wanted, "--withhold", "claim_id")
        marked = tuple({**a, "withhold": True} if c["claim_id"] == gone else a for a, c in zip(self.anchors, self.claims, strict=True))
        return Target("claim", gone, marked, self.claims)

    def _meant(self, wanted: str, option: str, by: str) -> str:
        exact = [c for c in self.claims if wanted in (c["claim_id"], c["verbatim"], c["value"])]
        meant = exact or [c for c in self.claims if c["claim_id"].startswith(wanted)]
        if len({c[by] for c in meant}) != 1:
            many = "means several sides of" if by == "value" else "means several claims of"
            known = "; ".join(f"{c['claim_id']} ({output.short(c['verbatim'], 40)}, {c['source']})" for c in self.claims)
            raise UsageError(f"{option} {wanted!r} {many if meant else 'is no claim of'} {self.name}.", f"Its claims are: {known}.")
        return str(meant[0]["claim_id"])


class Targets:
    """Conflicts, documents, records and claims of a release."""

    def __init__(self, store: Path, release: Manifest) -> None:
        """Name the release; it is read when something is looked for."""
        self._store, self._release = store, release

    @cached_property
    def _tables(self) -> dict[str, pl.DataFrame]:
        return dict(stores.read_tables(stores.edition_file(self._store, self._release, stores.FULL), _TABLES))

    @cached_property
    def _items(self) -> pl.DataFrame:
        columns = ["item_id", "cite", "document_id", "text"]
        return pl.concat([self._tables[t].select(columns) for t in ("context", "excluded")])

    def conflict(self, wanted: str) -> Target:
        """Find a conflict by its id or the beginning of it.

        Raises:
            UsageError: There is none, or more than one.
        """
        known = self._tables["conflicts"]["conflict_id"].to_list()
        conflict_id = _one(wanted, known, "conflict", "List them with `canonry list conflicts`.", self._is_document(wanted))
        signature = self._tables["conflicts"].filter(conflict_id=conflict_id)["signature"].item()
        members = self._tables["conflict_claims"].filter(pl.col("conflict_id") == conflict_id).select("claim_id")
        # By value, not by side: sides are numbered anew when a ruling takes effect, and the same ruling has to give the same anchors.
        claims = members.join(self._tables["claims"], on="claim_id").sort("value", "claim_id").to_dicts()
        return Target("conflict", conflict_id, self._anchored(claims), tuple(claims), signature)

    def signature(self, conflict_id: str) -> str | None:
        """Give the hash of the sides of a conflict; None when there is no such conflict."""
        found = self._tables["conflicts"].filter(conflict_id=conflict_id)["signature"].to_list()
        return str(found[0]) if found else None

    def is_there(self, document_id: str) -> bool:
        """Whether a document is there and was not removed."""
        return self._tables["documents"].filter((pl.col("document_id") == document_id) & (pl.col("status") != "removed")).height == 1

    def claim(self, wanted: str) -> Target:
        """Find a claim by its id or the beginning of it, with what contradicts it where it stands in a conflict.

        Raises:
            UsageError: There is none, or more than one.
        """
        ids = self._tables["claims"]["claim_id"].to_list()
        hint = "Take its id from `canonry explain`, or name the conflict first: canonry rule CONFLICT --withhold CLAIM --in EDITION."
        claim_id = _one(wanted, ids, "claim", hint, "")
        about = self._tables["conflict_claims"].filter(pl.col("conflict_id").is_in(self._tables["conflicts"]["conflict_id"].implode()))
        conflicts = about.filter(claim_id=claim_id)["conflict_id"].to_list()
        if len(conflicts) == 1:
            return self.conflict(conflicts[0]).withheld(claim_id)
        claims = self._tables["claims"].filter(claim_id=claim_id).to_dicts()
        return Target("claim", claim_id, tuple({**a, "withhold": True} for a in self._anchored(claims)), tuple(claims))

    def records(self, one: str, other: str) -> Target:
        """Find two records, each as ``source/record_id`` or as the entity of all its records.

        Raises:
            UsageError: One is not there, both are the same, or they are things of different kinds.
        """
        sides = (self._records(one), self._records(other))
        if set(sides[0]) & set(sides[1]):
            raise UsageError(f"{one} and {other} share a record.", "Name two records, as source/id.")
        kinds = sorted({kind for side in sides for _, _, kind in side})
        if len(kinds) > 1:
            raise UsageError(
                f"{one} and {other} are things of different kinds ({', '.join(kinds)}).", "Only records of one kind can be ruled on."
            )
        found = [{"record": {"source": s, "id": r}, "side": n} for n, side in enumerate(sides, 1) for s, r, _ in side]
        return Target("entity", f"{one} and {other}", tuple(found))

    def _records(self, wanted: str) -> list[tuple[str, str, str]]:
        records = self._tables["records"].select("source", "record_id", "entity_type")
        source, _, record_id = wanted.partition("/")
        if (found := records.filter(source=source, record_id=record_id)).height:
            return found.rows()
        members = self._tables["entity_members"].filter(entity_id=wanted)
        if members.height:
            return records.join(members, on=["source", "record_id"], how="semi").sort("source", "record_id").rows()
        known = {f"{s}/{r}" for s, r, _ in records.iter_rows()} | set(self._tables["entity_members"]["entity_id"])
        close = nearest(wanted, known)
        raise UsageError(
            f"there is no record {wanted!r} in the current release.",
            f"Close to it: {', '.join(close)}." if close else "Name it as source/id, as in `canonry list entities`.",
        )

    def _anchored(self, claims: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
        texts = dict(
            self._items.filter(pl.col("item_id").is_in([c["item_id"] for c in claims if c["item_id"]]))
            .select("item_id", "text")
            .iter_rows()
        )
        return tuple(anchor(c, texts.get(c["item_id"])) for c in claims)

    def document(self, wanted: str) -> Target:
        """Find a document by its id, or by the cite of one of its passages.

        Raises:
            UsageError: There is none.
        """
        cite = wanted.removesuffix(f"@{self._release.release_id}")
        documents = self._tables["documents"]
        held = self._items.filter((pl.col("cite") == cite) & pl.col("document_id").is_not_null())["document_id"].to_list()
        known = documents["document_id"].to_list()
        document_id = (
            held[0]
            if held
            else _one(cite, known, "document", "Name it as source/path, or by a cite from `canonry search`.", self._is_conflict(cite))
        )
        row = documents.filter(pl.col("document_id") == document_id).to_dicts()[0]
        return Target("document", document_id, ({k: row[k] for k in PAGE},))

    def _is_document(self, wanted: str) -> str:
        found = wanted in self._tables["documents"]["document_id"] or wanted in self._items["cite"]
        return "That is a document: use --still-valid, --retire or --canonical." if found else ""

    def _is_conflict(self, wanted: str) -> str:
        return (
            "That is a conflict: use --keep, --both, --scope, --not-a-conflict or --ask-owner."
            if wanted in self._tables["conflicts"]["conflict_id"]
            else ""
        )


def _one(wanted: str, known: list[str], what: str, hint: str, better: str) -> str:
    found = [k for k in known if k == wanted] or ([k for k in known if wanted and k.startswith(wanted)] if what != "document" else [])
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{len(found)} {what}s begin with {wanted!r}.", f"They are: {', '.join(found[:5])}.")
    close = nearest(wanted, known)
    raise UsageError(
        f"there is no {what} {wanted!r} in the current release.", better or (f"Close to it: {', '.join(close)}." if close else hint)
    )
