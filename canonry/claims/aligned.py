"""Claims from sentences that stand in two versions of a page and differ in a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.claims import modality
from canonry.claims.differ import aligned, changes
from canonry.frames import frame
from canonry.groups import grouped
from canonry.ids import digest
from canonry.operating import VERSIONS
from canonry.state import Step
from canonry.text import located, normal, words
from canonry.values import Value, canonical
from canonry.wording import denies, scopes

if TYPE_CHECKING:
    from canonry.frames import Matched, Normalised
    from canonry.state import Memo

_LEAST_WORDS = 3
KIN_ALIKE = 0.75  # likeness of two sentences on pages that are only kin
_TELLING_WORDS = 8  # a shorter sentence on another page may say something else in the same words
PAIRS: dict[str, Any] = {
    "key": pl.String, "left": pl.Int64, "right": pl.Int64, "likeness": pl.Float64, "kind": pl.String, "left_start": pl.Int64,
    "left_end": pl.Int64, "right_start": pl.Int64, "right_end": pl.Int64, "pattern": pl.String,
}  # fmt: skip
MENTIONS: dict[str, Any] = {
    "node": pl.String, "document_id": pl.String, "item_id": pl.String, "ordinal": pl.Int64, "sentence": pl.String, "verbatim": pl.String,
    "value_type": pl.String, "span_start": pl.Int64, "span_end": pl.Int64, "pattern": pl.String, "topic": pl.String, "scope": pl.String,
}  # fmt: skip


def statement_pairs(memo: Memo, normalised: Normalised, matched: Matched) -> tuple[pl.DataFrame, int]:
    """Compare the sentences of each pair of versions.

    Returns:
        One row per differing value: `PAIRS` without ``key`` but with ``left_id``, ``right_id`` (documents) and ``is_kin``; ``left`` and
        ``right`` are the ordinals of the sentences. And how many pairs of sentences there were to compare.
    """
    present = normalised.documents.filter(pl.col("removed_on").is_null()).select("document_id", "key")
    pairs = (
        matched.page_pairs.filter(~pl.col("is_copy"))
        .join(present.rename({"document_id": "left_id", "key": "left_key"}), on="left_id")
        .join(present.rename({"document_id": "right_id", "key": "right_key"}), on="right_id")
    )
    keys = [digest("versions", a, b) for a, b in pairs.select("left_key", "right_key").iter_rows()]
    pairs = pairs.with_columns(key=pl.Series(keys, dtype=pl.String))
    lines = _lines(normalised)
    ends = {k: (a, b) for k, a, b in pairs.select("key", "left_id", "right_id").iter_rows()}
    possible = sum(len(lines.get(a, ())) * len(lines.get(b, ())) for a, b in ends.values())

    def compute(missing: list[str]) -> pl.DataFrame:
        return frame(PAIRS, [row for k in missing for row in _compared(k, lines.get(ends[k][0], []), lines.get(ends[k][1], []))])

    found = memo.rows(Step("claims-versions", 8, (("alike", str(VERSIONS.threshold)),)), list(ends), compute)
    return pairs.select("key", "left_id", "right_id", "is_kin").join(found, on="key").filter(
        ~pl.col("is_kin") | (pl.col("likeness") >= KIN_ALIKE)
    ).drop("key").sort("left_id", "right_id", "left", "left_start"), possible


def _lines(normalised: Normalised) -> dict[str, list[tuple[int, str, str]]]:
    """document_id → (ordinal, text, normal form) of what can hold a statement."""
    usable = normalised.sentences.filter((pl.col("kind") != "heading") & (pl.col("norm").str.count_matches(" ") >= _LEAST_WORDS - 1))
    out: dict[str, list[tuple[int, str, str]]] = {}
    for document, ordinal, text, norm in usable.sort("document_id", "ordinal").select("document_id", "ordinal", "text", "norm").iter_rows():
        out.setdefault(document, []).append((ordinal, text, norm))
    return out


def _compared(key: str, left: list[tuple[int, str, str]], right: list[tuple[int, str, str]]) -> list[dict[str, Any]]:
    have_left, have_right = {n for _, _, n in left}, {n for _, _, n in right}
    only_left = [s for s in left if s[2] not in have_right]
    only_right = [s for s in right if s[2] not in have_left]
    rows: list[dict[str, Any]] = []
    for i, j, likeness in aligned([s[2] for s in only_left], [s[2] for s in only_right]):
        a, b = only_left[i], only_right[j]
        rows.extend(
            {
                "key": key,
                "left": a[0],
                "right": b[0],
                "likeness": likeness,
                "kind": c.kind,
                "left_start": c.left[0],
                "left_end": c.left[1],
                "right_start": c.right[0],
                "right_end": c.right[1],
                "pattern": c.pattern,
            }
            for c in changes(a[1], b[1], with_forms=True)
        )
    return rows


def mentions(pairs: pl.DataFrame, normalised: Normalised) -> pl.DataFrame:
    """Every place in a sentence that takes part in a difference, with the topic it belongs to.

    Places that correspond, over any number of versions, are one topic. A sentence elsewhere with the same words asserts the same value,
    so it belongs to the topic too. Where the sentences of a topic name different conditions (in the UK, in the US), each has its scope.

    Args:
        pairs: As `statement_pairs` and `slot_pairs` return them, with ``is_kin`` and ``is_scoped``.
        normalised: Where the sentences stand.

    Returns:
        Columns `MENTIONS`.
    """
    said = {
        (d, o): (i, t, n) for d, o, i, t, n in normalised.sentences.select("document_id", "ordinal", "item_id", "text", "norm").iter_rows()
    }
    nodes: dict[str, dict[str, Any]] = {}
    links = []
    for row in pairs.iter_rows(named=True):
        ends = [_node(said, row, side) for side in ("left", "right")]
        nodes.update({n["node"]: n for n in ends})
        links.append((ends[0]["node"], ends[1]["node"]))
    scoped, loose = (_left_ends(said, pairs.filter(c)) for c in ("is_scoped", "is_kin"))
    _add_equal(nodes, links, _present(normalised))
    above = _above(normalised) if scoped else {}
    for members in grouped(links).values():
        pattern = min(normal(nodes[m]["pattern"]) for m in members)
        for member in members:
            nodes[member]["topic"] = pattern
            nodes[member]["group"] = members[0]
        _scope([nodes[m] for m in members], above if scoped.intersection(members) else {}, are_versions=not loose.intersection(members))
    return frame({**MENTIONS, "group": pl.String}, [nodes[k] for k in sorted(nodes)])


def _node(said: dict[tuple[str, int], tuple[str, str, str]], row: dict[str, Any], side: str) -> dict[str, Any]:
    document, ordinal, start, end = row[f"{side}_id"], row[side], row[f"{side}_start"], row[f"{side}_end"]
    item, text, _ = said[document, ordinal]
    return {
        "node": f"{document}\n{ordinal:06d}\n{start:06d}", "document_id": document, "item_id": item, "ordinal": ordinal, "sentence": text,
        "verbatim": text[start:end], "value_type": row["kind"], "span_start": start, "span_end": end,
        "pattern": text[:start] + "____" + text[end:],
    }  # fmt: skip


def _above(normalised: Normalised) -> dict[str, str]:
    """item_id → what title and headings say."""
    titled = normalised.passages.join(normalised.documents.select("document_id", named="title"), on="document_id")
    return {i: f"{t or ''}. {h or ''}" for i, t, h in titled.select("item_id", "named", "heading").iter_rows()}


def _left_ends(said: dict[tuple[str, int], tuple[str, str, str]], pairs: pl.DataFrame) -> set[str]:
    return {_node(said, row, "left")["node"] for row in pairs.iter_rows(named=True)}


def _scope(members: list[dict[str, Any]], above: dict[str, str], *, are_versions: bool) -> None:
    """Give each member the conditions in which the members of its topic differ. The next period of a page replaces the one before."""
    told = [scopes(f"{m['pattern']} {above.get(m['item_id'], '')}") for m in members]
    kinds = {k for t in told for k in t} - ({"period", "version"} if are_versions else set())
    parting = [kind for kind in sorted(kinds) if len({t[kind] for t in told if kind in t}) > 1]
    for member, said in zip(members, told, strict=True):
        member["scope"] = "; ".join(said[k] for k in parting if k in said) or None


def _present(normalised: Normalised) -> pl.DataFrame:
    """The sentences of documents that are still there: what was removed asserts nothing."""
    there = normalised.documents.filter(pl.col("removed_on").is_null()).select("document_id")
    return normalised.sentences.join(there, on="document_id")


def _add_equal(nodes: dict[str, dict[str, Any]], links: list[tuple[str, str]], sentences: pl.DataFrame) -> None:
    """Add the places where a telling sentence stands word for word; each is linked to the first such place, not to all of them."""
    first: dict[tuple[str, int], dict[str, Any]] = {}
    for node in [nodes[k] for k in sorted(nodes)]:
        if node["sentence"].count(" ") >= _TELLING_WORDS:
            told = first.setdefault((node["sentence"], node["span_start"]), node)
            if told is not node:
                links.append((node["node"], told["node"]))
    by_text: dict[str, list[dict[str, Any]]] = {}
    for node in first.values():
        by_text.setdefault(node["sentence"], []).append(node)
    same = sentences.filter(pl.col("text").is_in(list(by_text)) & (pl.col("kind") != "heading"))
    for document, ordinal, item, text in same.select("document_id", "ordinal", "item_id", "text").iter_rows():
        for node in by_text[text]:
            twin = f"{document}\n{ordinal:06d}\n{node['span_start']:06d}"
            if twin not in nodes:
                nodes[twin] = {**node, "node": twin, "document_id": document, "ordinal": ordinal, "item_id": item}
                links.append((twin, node["node"]))


def topic_claims(mentions: pl.DataFrame, normalised: Normalised) -> pl.DataFrame:
    """Mentions → claims about topics.

    Returns:
        The published columns of claims, with ``audience``, ``is_held``, ``authority``, ``date_basis``, ``group`` (the topic).
    """
    documents = normalised.documents.select(
        "document_id", "source", "title", "dated_on", "date_kind", "date_basis", "audience", "is_held", "authority"
    )
    rows = mentions.join(documents, on="document_id").join(normalised.passages.select("item_id", "heading", item_text="text"), on="item_id")
    rows = rows.join(normalised.sentences.select("document_id", "ordinal", at="start", until="end"), on=["document_id", "ordinal"])
    nth = pl.int_range(pl.len()).over("document_id", "sentence", "span_start")
    out = [_claim(r) for r in rows.sort("node").with_columns(nth=nth).iter_rows(named=True)]
    first: dict[str, tuple[str, str]] = {}
    for r in out:
        first.setdefault(r["group"], (r["topic"], r["subject"]))
        first[r["group"]] = min(first[r["group"]], (r["topic"], r["subject"]))
    for r in out:
        topic, subject = first[r["group"]]
        r.update(subject=subject, subject_id=digest("topic", normal(subject.split(" > ")[0]), topic))
    return pl.DataFrame(out, infer_schema_length=None) if out else pl.DataFrame()


def _claim(row: dict[str, Any]) -> dict[str, Any]:
    made = _value(row["verbatim"], row["value_type"])
    within = located(row["item_text"][row["at"] : row["until"]], row["sentence"], row["span_start"], row["span_end"])
    start, end = (row["at"] + x for x in within)
    return {
        **{
            k: row[k]
            for k in (
                "source",
                "document_id",
                "item_id",
                "dated_on",
                "date_kind",
                "date_basis",
                "audience",
                "is_held",
                "authority",
                "group",
                "topic",
            )
        },
        "claim_id": digest("claim", row["document_id"], normal(row["sentence"]), str(row["nth"]), str(row["span_start"])),
        "subject_kind": "topic",
        "subject": " > ".join(p for p in (row["title"], row["heading"]) if p),
        "attribute": row["topic"],
        "scope": row["scope"],
        "value": made.value,
        "verbatim": row["verbatim"],
        "value_type": row["value_type"],
        "unit": made.unit,
        "precision": made.precision,
        "span_start": start,
        "span_end": end,
        "sentence": row["sentence"],
        "modality": modality.aligned(row["sentence"]),
    }


def _value(verbatim: str, kind: str) -> Value:
    if kind == "boolean":  # what one sentence says and the other denies
        return Value("false" if denies([w for w, _, _ in words(verbatim)]) else "true")
    return canonical(verbatim, kind)
