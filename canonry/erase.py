"""Erasing: a page, a row, a source or words go from everything that canonry keeps, and stay out.

The tombstone is written first. All that follows goes by it alone, so that an erasure that was cut short is finished by the next run or by
calling it again.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from canonry import journal, publish, store
from canonry.erasures import Erasure, Erasures, has_words, unfinished
from canonry.errors import UsageError
from canonry.ingest import CopyStore, without_erased
from canonry.match import references
from canonry.publish.files import replace_file
from canonry.similarity import encoded
from canonry.state import retain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from canonry.workspace import Workspace

_TABLES = ("documents", "records", "context", "excluded", "claims")


@dataclass(frozen=True)
class Erased:
    """What erasing touched, or would touch.

    Attributes:
        erasure_id: Id of the tombstone.
        kind: document, record, source or text.
        copies: Copies of sources, ``source/hash``.
        journal: File of the journal → lines.
        releases: Release → edition → table → rows that went or changed.
        vectors: Vectors that went.
        state: Whether what is recomputable was thrown away.
    """

    erasure_id: str
    kind: str
    copies: tuple[str, ...] = ()
    journal: Mapping[str, int] = field(default_factory=dict)
    releases: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    vectors: int = 0
    state: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Give the fields as JSON-like values."""
        return {**asdict(self), "copies": list(self.copies)}


def tombstone(workspace: Workspace, target: str, salt: str) -> Erasure:
    """Make the tombstone of a source, document or record.

    Args:
        workspace: The configuration and its places.
        target: Name of a source, ``source/path`` or ``source/id``.
        salt: Random text.

    Raises:
        UsageError: Nothing of that name is kept anywhere.
    """
    sources = workspace.config.sources
    if target in sources or any(s == target for s, _ in _copies(workspace).names()):
        return Erasure.of_item("source", target, "", (), salt)
    source, _, name = target.partition("/")
    texts, found = list[str](), set[str]()
    for kind, item in _known(workspace, source, name):
        found.add(kind)
        texts += [item] if kind == "document" else []
    if not found:
        hint = "Documents are named source/path, records source/id; with --text every place of some words is meant."
        raise UsageError(f"nothing that is kept is called {target!r}.", hint)
    return Erasure.of_item("document" if "document" in found else "record", source, name, texts, salt)


def tombstone_of_words(text: str, salt: str) -> Erasure:
    """Make the tombstone of words, wherever they stand.

    Raises:
        UsageError: There is no word in it.
    """
    if not has_words(text):
        raise UsageError("there is no word in what is to be erased.", "Give the words as they are written, in quotes.")
    return Erasure.of_words(text, salt)


def erase(workspace: Workspace, erasure: Erasure, about: Mapping[str, Any], *, dry_run: bool = False) -> Erased:
    """Erase: write the tombstone, then take what it is about out of everything that is kept.

    Args:
        workspace: The configuration and its places.
        erasure: The tombstone.
        about: ``{at, by, because}`` for the journal.
        dry_run: Say what would be touched, and touch nothing.

    Raises:
        LockedError: A run is under way.
        StoreError: A release is not what was published.
    """
    with publish.lock(workspace.store):
        if dry_run:
            return _carried_out(workspace, erasure, dry_run=True)
        journal.append(workspace.journal, "erasures", {**erasure.line, **about})
        return _ended(workspace, erasure, str(about["at"]))


def finish(workspace: Workspace, at: str) -> list[Erased]:
    """Finish the erasures that were cut short.

    Args:
        workspace: The configuration and its places.
        at: The moment to note.
    """
    if not unfinished(journal.read(workspace.journal).erasures):
        return []
    with publish.lock(workspace.store):
        return [_ended(workspace, e, at) for e in unfinished(journal.read(workspace.journal).erasures)]


def _ended(workspace: Workspace, erasure: Erasure, at: str) -> Erased:
    done = _carried_out(workspace, erasure, dry_run=False)
    journal.append(workspace.journal, "erasures", {"done": erasure.erasure_id, "at": at})
    return done


def _carried_out(workspace: Workspace, erasure: Erasure, *, dry_run: bool) -> Erased:
    """The journal first: which rulings quote an erased page is told by the releases that still hold it."""
    erasures = Erasures((erasure,))
    told = _journal(workspace, erasure, erasures, dry_run=dry_run)
    copies = _from_copies(workspace, erasures, dry_run=dry_run)
    releases = publish.erase(workspace.store, erasures, dry_run=dry_run)
    vectors = 0 if dry_run else retain(workspace.store / "frozen", "vectors", _served(workspace))
    if not dry_run:
        references.forget(workspace.store, ())  # it holds records; the next run learns anew
    is_there = workspace.state.is_dir()
    if is_there and not dry_run:
        shutil.rmtree(workspace.state)
    return Erased(erasure.erasure_id, erasure.kind, copies, told, {r.release_id: r.rows for r in releases}, vectors, is_there)


def _copies(workspace: Workspace) -> CopyStore:
    return CopyStore(workspace.store / store.COPIES)


def _known(workspace: Workspace, source: str, name: str) -> Iterator[tuple[str, str]]:
    """Where a document or record is kept: its kind, and what a document says there."""
    copies = _copies(workspace)
    for of, copy in copies.names():
        if of == source:
            reading = copies.get(of, copy)
            yield from (("document", t) for t in reading.documents.filter(path=name)["text"])
            yield from (("record", "") for _ in range(reading.records.filter(record_id=name).height))
    for tables in _published(workspace, ("documents", "records")):
        yield from (("document", "") for _ in range(tables["documents"].filter(source=source, path=name).height))
        yield from (("record", "") for _ in range(tables["records"].filter(source=source, record_id=name).height))


def _published(workspace: Workspace, names: Sequence[str]) -> Iterator[dict[str, pl.DataFrame]]:
    for release in store.releases(workspace.store):
        for edition in release.editions:
            yield dict(store.read_tables(store.edition_file(workspace.store, release, edition), names))


def _from_copies(workspace: Workspace, erasures: Erasures, *, dry_run: bool) -> tuple[str, ...]:
    copies, touched = _copies(workspace), list[str]()
    for source, name in copies.names():
        before = copies.get(source, name)
        after = without_erased(before, erasures)
        if all(before.rows(k).equals(after.rows(k)) for k in ("documents", "records", "claims")) and before.quarantine.equals(
            after.quarantine
        ):
            continue
        touched.append(f"{source}/{name}")
        if not dry_run:
            copies.rewrite(source, name, after)
    return tuple(touched)


def _served(workspace: Workspace) -> set[str]:
    """The keys of the vectors that a kept release serves."""
    kept = (t["context"].filter(pl.col("kind") == "passage") for t in _published(workspace, ("context",)))
    return {key for passages in kept for key in encoded(passages)["key"]}


def _journal(workspace: Workspace, erasure: Erasure, erasures: Erasures, *, dry_run: bool) -> dict[str, int]:
    """Take what was erased out of what people said: quotes of rulings, notes of gaps."""
    held = _held(workspace, erasures) if erasure.kind != "text" else publish.Held(frozenset(), frozenset(), ())
    touched = {}
    for name in journal.FILES:
        path = workspace.journal / f"{name}.jsonl"
        if name in ("audit", "erasures") or not path.exists():
            continue
        lines = path.read_text(encoding="utf-8").split("\n")
        clean = [_line(line, held, erasures) for line in lines]
        if clean != lines:
            touched[name] = sum(a != b for a, b in zip(lines, clean, strict=True))
            if not dry_run:
                replace_file(path, "\n".join(clean))
    return touched


def _line(text: str, held: publish.Held, erasures: Erasures) -> str:
    if not text.strip():
        return text
    before = json.loads(text)
    after = erasures.cleaned_json(before)
    if isinstance(after.get("anchors"), list):
        after["anchors"] = [publish.unanchored(a, held) for a in after["anchors"]]
    if isinstance(after.get("cites"), list):
        gone = held.documents | held.records
        after["cites"] = ["[erased]" if str(c).partition("#")[0].partition("@")[0] in gone else c for c in after["cites"]]
    return text if after == before else json.dumps(after, ensure_ascii=False, sort_keys=True)


def _held(workspace: Workspace, erasures: Erasures) -> publish.Held:
    """What is kept of what is to go: ids, and the words of its pages."""
    documents, records, texts = set[str](), set[str](), set[str]()
    for tables in _published(workspace, _TABLES):
        mine = {d for d, s, p in tables["documents"].select("document_id", "source", "path").iter_rows() if erasures.names(s, p)}
        documents |= mine
        records |= {f"{s}/{r}" for s, r in tables["records"].select("source", "record_id").iter_rows() if erasures.names(s, r)}
        texts |= publish.said(tables, mine)
    return publish.Held(frozenset(documents), frozenset(records), tuple(sorted(texts)))
