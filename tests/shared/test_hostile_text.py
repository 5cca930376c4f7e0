"""Text that is made to be slow: no page may keep the night from ending."""

from __future__ import annotations

import time
from datetime import date

import pytest

from canonry.claims.modality import modality
from canonry.protect import Guard, cleared, speaks_to_agents
from canonry.protect.personal import personal
from canonry.text import shown, words
from canonry.validity import validity

READERS = {"words": words, "shown": shown, "modality": modality, "validity": lambda text: validity(text, date(2024, 5, 3)),
           "speaks": speaks_to_agents, "secrets": Guard().masked, "personal": personal, "cleared": cleared}  # fmt: skip


@pytest.mark.parametrize(
    ("reader", "piece"),
    [
        ("words", "-"),
        ("words", "1.."),
        ("shown", "]({% %}"),
        ("modality", "if "),
        ("validity", "moving from "),
        ("speaks", "ignore the "),
        ("speaks", "all the any "),
        ("speaks", "a b c d e f "),
        ("speaks", "ai must "),
        ("speaks", "note to "),
        ("secrets", "password: "),
        ("secrets", "token=a1 "),
        ("secrets", "://a:"),
        ("secrets", "-----BEGIN PRIVATE KEY-----\n"),
        ("secrets", "eyJ."),
        ("secrets", "<b "),
        ("secrets", "&#"),
        ("secrets", "akia"),
        ("personal", "a@"),
        ("personal", "4111 "),
        ("personal", "+44 "),
        ("personal", "GB82 "),
        ("cleared", "a\u200b"),
        ("cleared", "\u200b"),
        ("cleared", "\U0001f3f4\U000e0061"),
    ],
)
def test_the_time_to_read_a_text_does_not_grow_faster_than_the_text(reader, piece):
    begun = time.process_time()
    READERS[reader](piece * (60_000 // len(piece)))
    assert time.process_time() - begun < 2.0  # a few hundredths; of squared or cubed growth several seconds to hours
