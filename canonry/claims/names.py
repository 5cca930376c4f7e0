"""Which entities a text names: key, name, short form or alias as whole words, or a name misspelt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from canonry.text import STOPWORDS, normal

if TYPE_CHECKING:
    from canonry.frames import Matched

LONGEST = 6  # words of a name
_SHORTEST_NAME = 3  # characters; shorter ones stand for too many things
_SHORTEST_PART = 4
_ALIKE = 92.0  # rapidfuzz ratio from which a name is taken for another one misspelt
_BLOCK = 1024
_LEAST_FUZZY = 9  # characters; in shorter names one letter makes another name
WORD = r"[^\W_]+(?:[-'.&/][^\W_]+)*"
_LEGAL = re.compile(r"(?: (?:inc|incorporated|ltd|limited|llc|llp|gmbh|ag|plc|co|corp|corporation|company|sa|bv))+$")
_LEGAL_WORD = re.compile(r"(?:inc|ltd|limited|llc|llp|gmbh|ag|plc|co|corp|company)\b", re.IGNORECASE)
# How sure a mention is; a name seen in everyday use (in lower case) counts for less than the operating point.
LINKS = {"key": 1.0, "name": 1.0, "alias": 0.95, "fuzzy": 0.85}


def tokens(column: pl.Series) -> pl.Series:
    """Words joined by one blank, without possessive s: the form in which names and sentences are compared."""
    return pl.Series([token_form(v or "") for v in column.to_list()], dtype=pl.String)


def token_form(text: str) -> str:
    """See `tokens`."""
    return " ".join(w.removesuffix("'s") for w in re.findall(WORD, normal(text)))


def names(matched: Matched, cells: pl.DataFrame) -> pl.DataFrame:
    """Forms under which an entity may stand in a text; a form that two entities share names none of them.

    Returns:
        Columns entity_id, entity_type, form, link (key, name, alias), is_word: whether the form is one word that everyday language may
        have too.
    """
    entities = matched.entities.select("entity_id", "entity_type", "name")
    keys = entities.select(
        "entity_id", "entity_type", said=pl.col("entity_id").str.splitn("/", 2).struct.field("field_1"), link=pl.lit("key")
    )
    named = entities.select("entity_id", "entity_type", said="name", link=pl.lit("name"))
    typed = cells.filter(pl.col("value_type").is_in(["name", "organization"]) & pl.col("attribute").str.contains("name|alias|title"))
    alias = typed.select(entity_id="subject_id", entity_type="entity_type", said="verbatim", link=pl.lit("alias"))
    full = pl.concat([keys, named, alias]).with_columns(form=pl.col("said").map_batches(tokens, return_dtype=pl.String)).drop("said")
    persons = cells.filter(pl.col("value_type") == "person").select(
        entity_id="subject_id", form=pl.col("verbatim").map_batches(tokens, return_dtype=pl.String)
    )
    called = full.filter(pl.col("link") != "key").join(persons, on=["entity_id", "form"], how="anti")
    short = _shorter(called)
    forms = pl.concat([full, short.join(full.select("form").unique(), on="form", how="anti")])
    stop = pl.col("form").str.split(" ").list.eval(pl.element().is_in(list(STOPWORDS))).list.all()
    forms = forms.filter((pl.col("form").str.len_chars() >= _SHORTEST_NAME) & ~pl.col("form").str.contains(r"^[\d\s.-]+$") & ~stop)
    forms = forms.unique(["form", "entity_id"], keep="first", maintain_order=True).filter(pl.col("entity_id").n_unique().over("form") == 1)
    return forms.with_columns(is_word=(pl.col("link") != "key") & ~pl.col("form").str.contains(r"[\s\d]"))


def _shorter(called: pl.DataFrame) -> pl.DataFrame:
    """Names without their legal form, and the first words of longer names."""
    rows = []
    for entity, kind, form in called.select("entity_id", "entity_type", "form").unique(maintain_order=True).iter_rows():
        bare = _LEGAL.sub("", form)
        parts = bare.split(" ")
        cut = [" ".join(parts[:n]) for n in range(1, len(parts) + (bare != form))]
        rows += [(entity, kind, "alias", c) for c in cut if len(c) >= _SHORTEST_PART and c != form]
    return pl.DataFrame(
        rows,
        schema=["entity_id", "entity_type", "link", "form"],
        orient="row",
        schema_overrides=dict.fromkeys(("entity_id", "entity_type", "link", "form"), pl.String),
    )


def grams(lines: pl.DataFrame) -> pl.DataFrame:
    """Runs of one to `LONGEST` words of a text in `tokens` form: line, form, at, size."""
    words = (
        lines.with_columns(word=pl.col("text").str.split(" "))
        .explode("word", empty_as_null=True, keep_nulls=True)
        .drop("text")
        .drop_nulls()
    )
    words = words.with_columns(at=pl.int_range(pl.len()).over("line"))
    parts = []
    for size in range(1, LONGEST + 1):
        form = pl.concat_str([pl.col("word").shift(-k).over("line") for k in range(size)], separator=" ")
        parts.append(words.select("line", "at", form=form, size=pl.lit(size)).drop_nulls())
    return pl.concat(parts)


def mentions(lines: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Where names stand in texts.

    Args:
        lines: line, text (as written).
        known: As from `names`.

    Returns:
        Columns line, entity_id, entity_type, form, link, confidence, start, end (in the text); none within another.
    """
    spoken = lines.with_columns(text=pl.col("text").map_batches(tokens, return_dtype=pl.String))
    runs = grams(spoken)
    hits = runs.join(known, on="form")
    lone = spoken.join(hits.select("line").unique(), on="line", how="anti")
    fuzzy = _misspelt(runs.join(lone.select("line"), on="line", how="semi"), known)
    hits = pl.concat([hits.with_columns(confidence=pl.col("link").replace_strict(LINKS, return_dtype=pl.Float64)), fuzzy])
    said = dict(lines.select("line", "text").iter_rows())
    rows = []
    for line, group in hits.sort("line", "at", "size", "entity_id").group_by("line", maintain_order=True):
        text = said[line[0]]
        places = [(m.start(), m.end()) for m in re.finditer(WORD, text)]
        found = []
        for r in group.iter_rows(named=True):
            if r["at"] + r["size"] > len(places):
                continue
            start, end = places[r["at"]][0], places[r["at"] + r["size"] - 1][1]
            found.append({**r, "start": start, "end": end})
        rows += [
            m
            for m in found
            if not any(o["start"] <= m["start"] and m["end"] <= o["end"] and o["size"] > m["size"] for o in found) and _meant(text, m)
        ]
    schema = {
        "line": pl.UInt32,
        "entity_id": pl.String,
        "entity_type": pl.String,
        "form": pl.String,
        "link": pl.String,
        "confidence": pl.Float64,
        "start": pl.Int64,
        "end": pl.Int64,
    }
    return pl.DataFrame([{k: m[k] for k in schema} for m in rows], schema=schema)


def _meant(text: str, mention: dict[str, object]) -> bool:
    """Whether a name is meant as one: a word or a short form only when written large; none as the head of a longer name."""
    start, end = int(str(mention["start"])), int(str(mention["end"]))
    verbatim, behind = text[start:end], text[end:]
    is_large = verbatim[:1].isupper() or not verbatim[:1].isalpha()
    if (mention["is_word"] or mention["link"] == "alias") and not is_large:
        return False
    after = re.match(r"\s(?!(?:MOT|VAT)\b)([A-Z][a-z]\S*|\d+(?![\w:.,/%-]*\d)\b)", behind)
    is_title = sum(w[:1].isupper() for w in text.split()) > len(text.split()) / 2
    longer = after and not _LEGAL_WORD.match(after[1]) and mention["link"] != "key" and is_large and not is_title
    return not longer


def _misspelt(runs: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Runs of words that are almost a name, in texts that name nothing; digits must be equal."""
    wanted = known.filter(
        (pl.col("link") != "key") & pl.col("form").str.contains(" ") & (pl.col("form").str.len_chars() >= _LEAST_FUZZY)
    ).with_columns(words=pl.col("form").str.count_matches(" ") + 1)
    empty = runs.clear().join(known, on="form").with_columns(confidence=pl.lit(None, dtype=pl.Float64))
    parts = []
    for size, group in wanted.sort("form").group_by("words", maintain_order=True):
        heard = runs.filter((pl.col("size") == size[0]) & (pl.col("form").str.len_chars() >= _LEAST_FUZZY))["form"].unique().sort()
        # a name does not begin or end with a stop word, and a misspelt one keeps its first letter: most runs fall away unseen
        ends = [heard.str.split(" ").list.get(i).is_in(list(STOPWORDS)) for i in (0, -1)]
        heads = group["form"].str.slice(0, 1).unique().to_list()
        pairs = _alike(heard.filter(~ends[0] & ~ends[1] & heard.str.slice(0, 1).is_in(heads)), group["form"])
        same = pl.col("form").str.replace_all(r"\D", "") == pl.col("meant").str.replace_all(r"\D", "")
        pairs = pairs.filter(same & (pl.len().over("form") == 1))
        hits = runs.join(pairs, on="form").join(known.rename({"form": "meant"}), on="meant")
        parts.append(hits.with_columns(link=pl.lit("fuzzy"), confidence=pl.lit(LINKS["fuzzy"])).select(empty.columns))
    return pl.concat([empty, *parts])


def _alike(heard: pl.Series, meant: pl.Series) -> pl.DataFrame:
    """Pairs of forms that are almost equal, compared by blocks so that memory stays small: form, meant."""
    left: list[str] = []
    right: list[str] = []
    written, wanted = heard.to_list(), meant.to_list()
    for at in range(0, len(written), _BLOCK):
        block = written[at : at + _BLOCK]
        rows, columns = np.nonzero(process.cdist(block, wanted, scorer=fuzz.ratio, score_cutoff=_ALIKE, dtype=np.uint8))
        left += [block[i] for i in rows]
        right += [wanted[i] for i in columns]
    return pl.DataFrame({"form": left, "meant": right}, schema={"form": pl.String, "meant": pl.String})
