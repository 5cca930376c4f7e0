"""What rulings hang on: words and keys instead of ids of ours, and how tonight's claims, pages and records are found by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from rapidfuzz import fuzz, process

from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ALIKE = 90.0  # likeness from which a changed sentence is still the quoted one, when it is the only one
PAGE = ("source", "path", "content_hash", "title")  # what a page is found by: its path, else its content or title in its source


def anchor(claim: Mapping[str, Any], item_text: str | None) -> dict[str, Any]:
    """Describe a claim by what it says and where, so that it can be found again after any re-ingestion.

    Args:
        claim: A row of the published claims.
        item_text: The text of the item it stands in; None for records.

    Returns:
        ``{source, subject, attribute, value, record | quote {sentence, before, after}}``.
    """
    found: dict[str, Any] = {k: claim[k] for k in ("source", "subject", "attribute", "value")}
    if claim["record_id"]:
        return {**found, "record": {"source": claim["source"], "id": claim["record_id"]}}
    if claim["sentence"] is None:
        return found
    text, at, until = item_text or "", claim["span_start"] or 0, claim["span_end"] or 0
    return {**found, "quote": {"sentence": claim["sentence"], "before": text[max(0, at - 32) : at], "after": text[until : until + 32]}}


def attached(anchored: Mapping[str, Any], claims: pl.DataFrame, families: Mapping[str, str]) -> list[str]:
    """Find the claims that an anchor is about tonight.

    The same attribute (of entities) and value, and: the same record; or a sentence equal to the quote in normal form, or the single best
    one of likeness 0.9 and more, in the same source or in a family with a page of it.

    Args:
        anchored: As `anchor` made it.
        claims: The claims of tonight with ``source``, ``subject``, ``attribute``, ``value``, ``record_id``, ``sentence``, ``document_id``.
        families: document_id → family_id.

    Returns:
        claim_ids; empty when nothing fits.
    """
    same = claims.filter(pl.col("value") == anchored["value"])
    if record := anchored.get("record"):
        same = same.filter((pl.col("source") == record["source"]) & (pl.col("record_id") == record["id"]))
        return same.filter(pl.col("attribute") == anchored["attribute"])["claim_id"].to_list()
    if not (quote := anchored.get("quote")):
        fits = (pl.col("source") == anchored["source"]) & (pl.col("subject") == anchored["subject"])
        return same.filter(fits & (pl.col("attribute") == anchored["attribute"]))["claim_id"].to_list()
    fits = (pl.col("subject_kind") == "topic") | (pl.col("attribute") == anchored["attribute"])  # a topic's changes with its words
    texts = same.filter(pl.col("sentence").is_not_null() & fits)
    own_families = {families[d] for d, s in texts.select("document_id", "source").iter_rows() if s == anchored["source"] and d in families}
    near: dict[str, list[tuple[str, str]]] = {}
    for claim, text, document, source, subject in texts.select("claim_id", "sentence", "document_id", "source", "subject").iter_rows():
        if source == anchored["source"] or families.get(document) in own_families:
            near.setdefault(normal(text), []).append((claim, subject))
    found = said_again(quote["sentence"], list(near))
    return _of_subject(near[found], anchored["subject"]) if found is not None else []


def said_again(sentence: str, norms: Sequence[str]) -> str | None:
    """Find the sentence that says what was quoted: the equal one, else the single best of likeness 0.9 and more.

    Args:
        sentence: The quote.
        norms: Sentences in normal form.

    >>> said_again("Leave is 30 days.", ["leave is 30 days.", "leave is 14 days."])
    'leave is 30 days.'
    """
    wanted = normal(sentence)
    if wanted in norms:
        return wanted
    best = process.extract(wanted, norms, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=2)
    return best[0][0] if best and (len(best) == 1 or best[0][1] > best[1][1]) else None


def _of_subject(claims: list[tuple[str, str]], subject: str) -> list[str]:
    """Of equal sentences about several subjects those about the anchored one; all of them where the subject was renamed."""
    same = [c for c, s in claims if normal(s) == normal(subject)]
    return same or [c for c, _ in claims]


def page(anchored: Mapping[str, Any], documents: pl.DataFrame) -> str | None:
    """Find the page that an anchor is about tonight: of the same path, else of the same content or title, when that is one.

    Args:
        anchored: ``{source, path, content_hash, title}``.
        documents: Columns ``document_id`` and those of the anchor, without pages that were removed.

    Returns:
        Its document_id, or None.
    """
    mine = documents.filter(pl.col("source") == anchored["source"])
    for column in (c for c in PAGE[1:] if anchored.get(c) is not None):
        same = mine.filter(pl.col(column) == anchored[column])
        if same.height == 1:
            return str(same["document_id"][0])
    return None
