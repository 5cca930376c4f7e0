"""How far what is derived may be trusted: no further than the least trusted of what it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canonry.protect.instructions import speaks_to_agents

if TYPE_CHECKING:
    from canonry.frames import Normalised

_LONG = 20  # characters; a cell of fewer gives nobody orders
_WORDS = [
    "ignor", "disregard", "forget", "vergiss", "missachte", "olvida", "oublie", "dimentica", "overrid", "bypass", "instruct", "prompt",
    "assistant", " ai ", "llm", "gpt", "chatbot", "copilot", "model", "agent", "you are", "from now on", "pretend", "act as", "developer",
    "jailbreak", "obey", "system", "the user", "inst]", "im_start", "tool", "conversation", "respon", "repl", "answer",
]  # fmt: skip


def doubts(claims: pl.DataFrame, normalised: Normalised) -> pl.DataFrame:
    """Say which claims stand in text that speaks to agents, or on a page that hides text.

    Args:
        claims: Columns ``claim_id``, ``item_id``, ``document_id``, ``verbatim``.
        normalised: Passages and documents.

    Returns:
        ``claim_id``, ``speaks``, ``is_hidden``: a row for each claim of which one is true.
    """
    passages = normalised.passages.filter("speaks").select("item_id", speaks="speaks")
    pages = normalised.documents.filter("is_hidden").select("document_id", is_hidden="is_hidden")
    spoken = _spoken(claims["verbatim"])
    told = (
        claims.select("claim_id", "item_id", "document_id", cell=pl.col("verbatim").is_in(spoken))
        .join(passages, on="item_id", how="left")
        .join(pages, on="document_id", how="left")
        .with_columns(pl.col("speaks").fill_null(value=False) | pl.col("cell"), pl.col("is_hidden").fill_null(value=False))
    )
    return told.filter(pl.col("speaks") | pl.col("is_hidden")).select("claim_id", "speaks", "is_hidden")


def _spoken(values: pl.Series) -> list[str]:
    """The values that speak to agents themselves; few are long enough and hold a word that makes a closer look worthwhile."""
    near = values.str.contains_any(_WORDS, ascii_case_insensitive=True) & (values.str.len_chars() >= _LONG)
    return sorted(v for v in values.filter(near.fill_null(value=False)).unique() if speaks_to_agents(v))
