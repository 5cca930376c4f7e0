"""What a ruling can be about, found in the current release, and what it is anchored to: words and keys, no id of canonry's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry import store as stores
from canonry.arbitrate.rulings import anchor
from canonry.cli import output
from canonry.cli.nearest import nearest
from canonry.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from canonry.store import Manifest

_TABLES = ("conflicts", "conflict_claims", "claims", "context", "excluded", "documents")


@dataclass(frozen=True)
class Target:
    """A conflict or a document.

    Attributes:
        kind: conflict or document.
        name: Its id in the current release, for messages.
        anchors: One per claim of a conflict; one for a document.
        claims: Of a conflict, the claims in the order of the anchors.
    """

    kind: str
    name: str
    anchors: tuple[dict[str, Any], ...]
    claims: tuple[dict[str, Any], ...] = ()

    def kept(self, wanted: str) -> tuple[dict[str, Any], ...]:
        """Mark the anchor of the claim that stands.

        Args:
            wanted: Its id, the beginning of its id, or a value as it is written or in canonical form.

        Raises:
            UsageError: No claim, or claims of several sides, are meant.
        """
        exact = [c for c in self.claims if wanted in (c["claim_id"], c["verbatim"], c["value"])]
        meant = exact or [c for c in self.claims if c["claim_id"].startswith(wanted)]
        if len({c["value"] for c in meant}) != 1:
            many = "means several sides of" if meant else "is no claim of"
            known = "; ".join(f"{c['claim_id']} ({output.short(c['verbatim'], 40)}, {c['source']})" for c in self.claims)
            raise UsageError(f"--keep {wanted!r} {many} conflict {self.name}.", f"Its claims are: {known}.")
        kept = meant[0]["claim_id"]
        return tuple({**a, "keep": True} if c["claim_id"] == kept else a for a, c in zip(self.anchors, self.claims, strict=True))


class Targets:
    """Conflicts and documents of a release."""

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
        members = self._tables["conflict_claims"].filter(pl.col("conflict_id") == conflict_id).select("claim_id", "side")
        claims = members.join(self._tables["claims"], on="claim_id").sort("side", "claim_id").to_dicts()
        texts = dict(
            self._items.filter(pl.col("item_id").is_in([c["item_id"] for c in claims if c["item_id"]]))
            .select("item_id", "text")
            .iter_rows()
        )
        return Target("conflict", conflict_id, tuple(anchor(c, texts.get(c["item_id"])) for c in claims), tuple(claims))

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
        return Target("document", document_id, ({k: row[k] for k in ("source", "path", "content_hash", "title")},))

    def _is_document(self, wanted: str) -> str:
        found = wanted in self._tables["documents"]["document_id"] or wanted in self._items["cite"]
        return "That is a document: use --still-valid." if found else ""

    def _is_conflict(self, wanted: str) -> str:
        return (
            "That is a conflict: use --keep, --both, --scope, --not-a-conflict or --ask-owner."
            if wanted in self._tables["conflicts"]["conflict_id"]
            else ""
        )


def _one(wanted: str, known: list[str], what: str, hint: str, better: str) -> str:
    found = [k for k in known if k == wanted] or ([k for k in known if wanted and k.startswith(wanted)] if what == "conflict" else [])
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{len(found)} {what}s begin with {wanted!r}.", f"They are: {', '.join(found[:5])}.")
    close = nearest(wanted, known)
    raise UsageError(
        f"there is no {what} {wanted!r} in the current release.", better or (f"Close to it: {', '.join(close)}." if close else hint)
    )
