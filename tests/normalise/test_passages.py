import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from canonry.normalise.markup import parse
from canonry.normalise.passages import PASSAGE_CHARACTERS, passages, sentences_of

LONG = "\n\n".join(f"Paragraph {n} tells at some length what happens in case number {n}, and whom to ask about it." for n in range(40))


def cut(text, media="markdown"):
    return passages(parse(text, media))


def anchors(text):
    return [p.anchor for p in cut(text)]


def test_a_passage_is_called_after_its_heading_and_knows_the_path_to_it():
    found = cut("Intro.\n\n# Travel & time\n\nOne.\n\n## Booking leave\n\nTwo.\n\n# End\n\nThree.\n")
    assert [(p.anchor, p.heading) for p in found] == [
        ("", ""),
        ("travel-time", "Travel & time"),
        ("booking-leave", "Travel & time > Booking leave"),
        ("end", "End"),
    ]


def test_a_heading_without_text_lives_on_in_the_path_of_those_below():
    found = cut("# Top\n\n## Inner\n\nText.\n")
    assert [(p.anchor, p.heading) for p in found] == [("inner", "Top > Inner")]


def test_a_heading_with_nothing_below_is_a_passage_of_its_own():
    assert [p.anchor for p in cut("# Top\n\nText.\n\n# Empty\n\n# Last\n")] == ["top", "empty", "last"]


def test_further_passages_under_one_heading_carry_a_hash_of_their_text():
    found = anchors(f"# Cases\n\n{LONG}\n")
    assert found[0] == "cases"
    assert len(found) > 2
    assert all(re.fullmatch(r"cases\.[0-9a-f]{4}", a) for a in found[1:])


def test_equal_sections_under_equal_headings_have_anchors_of_their_own():
    found = anchors("# Note\n\nSame.\n\n# Note\n\nSame.\n\n# Note\n\nSame.\n")
    assert len(set(found)) == 3
    assert found[0] == "note"


def test_anchors_stay_when_a_paragraph_is_added_elsewhere():
    text = f"# A\n\nOne.\n\n# B\n\n{LONG}\n\n# C\n\nTwo.\n"
    before = anchors(text)
    for place in ("# A\n\n", "# C\n\n"):
        assert anchors(text.replace(place, f"{place}Something new stands here now.\n\n")) == before


def test_anchors_of_other_texts_stay_when_a_section_is_added_in_between():
    text = f"# A\n\nOne.\n\n# B\n\n{LONG}\n"
    assert set(anchors(text)) < set(anchors(text.replace("# B", "# New\n\nText.\n\n# B")))


def test_a_long_section_is_cut_between_its_paragraphs():
    found = cut(f"# Cases\n\n{LONG}\n")
    assert all(len(p.text) <= PASSAGE_CHARACTERS for p in found)
    assert all(p.text.endswith(".") for p in found)


def test_one_long_paragraph_stays_whole():
    paragraph = "Word and word again. " * 100
    (found,) = cut(f"# A\n\n{paragraph}\n")
    assert found.text.endswith(paragraph.strip())


def test_a_long_list_is_cut_between_its_items():
    items = "\n".join(f"- Item {n} of a list that is much longer than what one passage may hold, with words." for n in range(40))
    found = cut(f"# List\n\n{items}\n")
    assert len(found) > 1
    assert all(p.text.startswith(("- Item", "# List")) for p in found)


PIECES = st.lists(
    st.sampled_from(
        [
            "# Head one",
            "## Head two",
            "# Head one\n\n### Deep",
            "Alpha *beta* gamma. Delta epsilon!",
            "- one item\n  - inner\n- two",
            "| a | b |\n| - | - |\n| 1 | 2 |",
            "> quoted words. More.",
            "```\nx = 1\n```",
            "See [this page](u.md) – “now”… employee’s",
            LONG,
            "1. first\n\n   more of first\n2. second",
            "Line one\nline two",
        ]
    ),
    max_size=9,
).map("\n\n".join)


@given(PIECES)
def test_a_passage_is_what_stands_at_its_place(text):
    parsed = parse(text, "markdown")
    found = passages(parsed)
    assert all(p.text == parsed.text[p.start : p.end] for p in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert len({p.anchor for p in found}) == len(found)


@given(PIECES)
def test_no_word_outside_headings_is_lost(text):
    parsed = parse(text, "markdown")
    kept = " ".join(p.text for p in passages(parsed)).split()
    assert [w for b in parsed.blocks if b.kind != "heading" for w in parsed.text[b.start : b.end].split()] == [
        w for p in passages(parsed) for b in p.blocks if b.kind != "heading" for w in parsed.text[b.start : b.end].split()
    ]
    lines = [line for line in parsed.text.splitlines() if not line.startswith("#")]
    assert set(" ".join(lines).split()) <= set(kept)


@given(PIECES)
def test_the_span_of_a_sentence_holds_its_words(text):
    parsed = parse(text, "markdown")
    for passage in passages(parsed):
        for s in sentences_of(passage, parsed.text):
            said = passage.text[s.start : s.end]
            bare = " ".join(re.sub(r"\]\([^)]*\)|[*`>|\[\]]", " ", said).split())
            assert bare.split() == " ".join(re.sub(r"[|\[\]*`]", " ", s.text).split()).split()


def test_sentences_tell_rows_items_headings_and_leave_code_out():
    parsed = parse("# Days\n\nOne. Two.\n\n- Three. Four.\n\n| a | b |\n| - | - |\n| 5 | 6 |\n\n```\ncode here\n```\n", "markdown")
    (passage,) = passages(parsed)
    assert [(s.kind, s.text) for s in sentences_of(passage, parsed.text)] == [
        ("heading", "Days"),
        ("paragraph", "One."),
        ("paragraph", "Two."),
        ("item", "Three."),
        ("item", "Four."),
        ("row", "a | b"),
        ("row", "5 | 6"),
    ]


def test_the_span_of_a_sentence_leaves_out_the_mark_of_its_item():
    parsed = parse("- **Three** [days](x.md) off. Four.\n", "markdown")
    (passage,) = passages(parsed)
    first, second = sentences_of(passage, parsed.text)
    assert passage.text[first.start : first.end] == "Three** [days](x.md) off."
    assert passage.text[second.start : second.end] == "Four."
