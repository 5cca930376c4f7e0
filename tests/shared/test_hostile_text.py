"""Text that is made to be slow: no page may keep the night from ending."""

from __future__ import annotations

import time
from datetime import date

import pytest

from canonry.claims.modality import modality
from canonry.text import shown, words
from canonry.validity import validity

READERS = {"words": words, "shown": shown, "modality": modality, "validity": lambda text: validity(text, date(2024, 5, 3))}


@pytest.mark.parametrize(
    ("reader", "piece"),
    [("words", "-"), ("words", "1.."), ("shown", "]({% %}"), ("modality", "if "), ("validity", "moving from ")],
)
def test_the_time_to_read_a_text_does_not_grow_faster_than_the_text(reader, piece):
    begun = time.process_time()
    READERS[reader](piece * (60_000 // len(piece)))
    assert time.process_time() - begun < 2.0  # a few hundredths; of squared or cubed growth several seconds to hours
