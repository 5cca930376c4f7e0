"""A question file out of a release: what changed, asked in the words of the sources, so that every store has golden questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canonry.ids import digest
from canonry.text import normal, words

if TYPE_CHECKING:
    from canonry.serve.snapshot import Snapshot

_BESIDE = 4  # words on either side of a value: a bare "5" stands everywhere
_KEY = ["subject_id", "attribute", "scope"]


def made(snapshot: Snapshot) -> tuple[dict[str, Any], ...]:
    """Make questions of the facts whose value changed, and of those that are open.

    A fact that has a past (a value that a release before held, or the older side of a decided conflict) gives a question: of a statement
    its sentence without the value, with what stands as right and what stood as wrong, both with the words beside them; of an attribute
    the fact itself. An open fact should be answered as conflicting.

    Args:
        snapshot: The release.

    Returns:
        Lines as `evaluate` takes them, in the order of their ids.
    """
    facts = snapshot.table("facts")
    current = facts.filter(pl.col("is_current"))
    single = current.filter((pl.len().over(_KEY) == 1) & (pl.col("decision") != "open"))
    past = facts.filter(~pl.col("is_current"))
    changed = single.join(past.select(*_KEY, old_claim="claim_id", old="verbatim", old_value="value"), on=_KEY)
    claims = snapshot.claims([*single["claim_id"].to_list(), *past["claim_id"].to_list()])
    groups = changed.sort(*_KEY, "old_claim").group_by(_KEY, maintain_order=True)
    asked = [_question(group.to_dicts(), claims) for _, group in groups]
    waiting = [_waiting(row) for row in current.filter(pl.col("decision") == "open").unique(_KEY, keep="first").iter_rows(named=True)]
    return tuple(sorted((q for q in (*asked, *waiting) if q), key=lambda q: str(q["id"])))


def _question(rows: list[dict[str, Any]], claims: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """One question of a fact and all that stood before it; None where right and wrong read the same."""
    row = rows[0]
    name = digest("question", *(str(row[k]) for k in _KEY))
    claim = claims.get(row["claim_id"], {})
    sentence = claim.get("sentence")
    if "____" not in row["attribute"] or not sentence or row["verbatim"] not in sentence:
        right, wrong = _values(row["value"], row["verbatim"]), [v for r in rows for v in _values(r["old_value"], r["old"])]
        return _asked(name, right, wrong, kind="fact", query=f"{row['subject']} | {row['attribute']}", **_named(row))
    right = [_window(sentence, row["verbatim"])]
    wrong = [_older(claims.get(r["old_claim"], {}).get("sentence"), r["old"], sentence, row["verbatim"]) for r in rows]
    title = row["subject"].split(" > ")[0]
    query = f"{title}: {sentence.replace(row['verbatim'], ' ', 1)}"
    return _asked(
        name, right, wrong, kind="search", query=" ".join(query.split()), **({"cites": [claim["cite"]]} if claim.get("cite") else {})
    )


def _asked(name: str, right: list[str], wrong: list[str], **more: Any) -> dict[str, Any] | None:
    said = {_key(v) for v in right}
    other = [v for v in dict.fromkeys(wrong) if _key(v) not in said]
    return {"id": name, **more, "right": right, "wrong": other} if other else None


def _waiting(row: dict[str, Any]) -> dict[str, Any]:
    name = digest("question", *(str(row[k]) for k in _KEY))
    return {"id": name, "kind": "fact", "query": f"{row['subject']} | {row['attribute']}", **_named(row), "expect": "conflicting"}


def _named(row: dict[str, Any]) -> dict[str, str]:
    """Exactly which fact is meant: two subjects may bear one name."""
    return {"subject": row["subject_id"], "attribute": row["attribute"]}


def _values(*said: str | None) -> list[str]:
    return list(dict.fromkeys(v for v in said if v))


def _older(own: str | None, value: str, sentence: str, standing: str) -> str:
    """The old value among its own words, or among those of the sentence that stands where its own is gone."""
    if own and value in own:
        return _window(own, value)
    return _window(sentence.replace(standing, value, 1), value)


def _window(sentence: str, value: str) -> str:
    """The value with the words beside it."""
    start = sentence.find(value)
    end = start + len(value)
    said = words(sentence)
    before = [a for _, a, b in said if b <= start][-_BESIDE:]
    after = [b for _, a, b in said if a >= end][:_BESIDE]
    return sentence[before[0] if before else start : after[-1] if after else end]


def _key(text: str) -> str:
    return " ".join(w for w, _, _ in words(normal(text)))
