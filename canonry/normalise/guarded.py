"""What is set aside asserts nothing: its sentences go before anything is derived from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from canonry.ids import digest
from canonry.protect import set_aside

if TYPE_CHECKING:
    from canonry.context import RunContext
    from canonry.frames import Normalised


def without_set_aside(run: RunContext, normalised: Normalised) -> Normalised:
    """Take out the sentences of passages that the configuration sets aside; the passages stay, to be told as quarantined."""
    passages = normalised.passages.join(normalised.documents.select("document_id", "is_hidden"), on="document_id", how="left")
    gone = passages.filter(set_aside(run.config.protect).is_not_null()).select("item_id", "document_id")
    if not gone.height:
        return normalised
    key = pl.col("document_id").is_in(gone["document_id"].unique().to_list())
    items = digest(*sorted(gone["item_id"]))  # what later steps keep of a page is kept for these sentences of it
    rehashed = pl.Series("key", [digest(k, "set aside", items) for k in normalised.documents["key"]], dtype=pl.String)
    return replace(
        normalised,
        sentences=normalised.sentences.join(gone, on="item_id", how="anti", maintain_order="left"),
        documents=normalised.documents.with_columns(key=pl.when(key).then(rehashed).otherwise("key")),
    )
