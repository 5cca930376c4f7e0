"""Pairs that are made for training carry the label that the rule gives them."""

import random

from benchmarks.generated_pairs import CONTRADICTION, ENTAILMENT, NEUTRAL, captions, from_sentences

CAPTIONS = [
    "a man is painting a red fence in the garden",
    "a woman is riding a horse on the beach",
    "two dogs are chasing a ball near the river",
    "some children are building a tower with bricks",
]


def made(n=400):
    return [pair for seed in range(n) for pair in captions(random.Random(seed), CAPTIONS, 4)]  # noqa: S311  (no secrets)


def test_a_caption_is_told_in_all_three_ways_from_one_seed():
    assert {label for *_, label in made()} == {ENTAILMENT, NEUTRAL, CONTRADICTION}
    assert made() == made()


def test_a_telling_that_follows_says_no_more_than_the_caption():
    wider = {"person", "people", "animal", "the"}
    for caption, telling, label in made():
        if label == ENTAILMENT:
            assert set(telling.split()) - wider <= set(caption.split())


def test_a_telling_that_contradicts_says_something_else():
    assert all(set(b.split()) - set(a.split()) for a, b, label in made() if label == CONTRADICTION)


def test_captions_that_have_nothing_in_common_are_not_neutral_unless_asked_for():
    def plain(*, unrelated):
        draws = [random.Random(seed) for seed in range(200)]  # noqa: S311  (no secrets)
        pairs = [p for draw in draws for p in from_sentences(draw, CAPTIONS, 4, unrelated=unrelated)]
        return [(a, b) for a, b, label in pairs if label == NEUTRAL and " not " not in a]

    assert not plain(unrelated=False)
    assert plain(unrelated=True)
