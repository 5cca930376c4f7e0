"""Search terms with their weights: BM25 postings of the served items, made per edition."""

from __future__ import annotations

import polars as pl

from canonry import published
from canonry.text import terms

K1 = 1.2
B = 0.4  # passages are of similar length; measured on two handbooks (docs/measured.md)


def postings(context: pl.DataFrame) -> pl.DataFrame:
    """Weigh every term of every served item by BM25, in the variant of Lucene.

    weight = idf · tf / (tf + k1 · (1 - b + b · length / mean length)), idf = ln(1 + (N - n + ½) / (n + ½)). The words of the title
    count once beside those of the text, those of the heading path twice. The score of an item for a query
    is the sum of the weights of the query's terms.
    Method: Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework"; variant: Kamphuis et al. (2020), "Which BM25 Do You
    Mean?".

    Args:
        context: Columns item_id, title, heading, text; further ones are ignored.

    Returns:
        Columns term, item_id, weight (six decimals), in this order of rows; terms as `canonry.text.terms` makes them.
    """
    counts = _counts(context)
    if counts.is_empty():
        return published.POSTINGS.empty()
    per_item = counts.group_by("item").agg(pl.col("tf").sum().alias("length"))
    per_term = counts.group_by("term").agg(pl.len().alias("n"))
    mean = counts["tf"].sum() / context.height
    idf = (1 + (context.height - pl.col("n") + 0.5) / (pl.col("n") + 0.5)).log()
    share = pl.col("tf") / (pl.col("tf") + K1 * (1 - B + B * pl.col("length") / mean))
    ids = context.select(pl.col("item_id").sort()).with_columns(item=pl.int_range(pl.len(), dtype=pl.UInt32))
    return (
        counts.join(per_item, on="item")
        .join(per_term.sort("term").with_columns(rank=pl.int_range(pl.len(), dtype=pl.UInt32)), on="term")
        .sort("rank", "item")  # numbers sort faster than the texts they stand for, in the same order
        .join(ids, on="item", how="left", maintain_order="left")
        .select("term", "item_id", (idf * share).round(6).alias("weight"))
    )


def _counts(context: pl.DataFrame) -> pl.DataFrame:
    """Count how often each term stands in each item: item (its number in the order of ids), term, tf."""
    whole = pl.concat_str([pl.col(c).fill_null("") for c in ("title", "heading", "heading", "text")], separator="\n")
    chunks = (
        context.select("item_id", chunk=whole.str.replace_all(r"\s+", " ").str.strip_chars(" ").str.split(" "))
        .sort("item_id")
        .select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("item"), "chunk")
        .explode("chunk")
        .group_by("item", "chunk")
        .agg(pl.len().alias("times"))
    )
    # A term never spans a blank: each different word is analysed once, whatever the number of items.
    distinct = chunks["chunk"].unique().to_list()
    vocabulary = pl.DataFrame(
        {"chunk": distinct, "term": [terms(c) for c in distinct]}, schema={"chunk": pl.String, "term": pl.List(pl.String)}
    )
    return (
        chunks.join(vocabulary.filter(pl.col("term").list.len() > 0).explode("term"), on="chunk")
        .group_by("item", "term")
        .agg(pl.col("times").sum().cast(pl.Int64).alias("tf"))
    )
