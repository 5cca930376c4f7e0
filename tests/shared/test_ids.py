from hypothesis import given
from hypothesis import strategies as st

from canonry.ids import digest, digest_json, entity_id, record_cite, slug


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_only_equal_parts_have_equal_digests(one, other):
    assert (digest(*one) == digest(*other)) == (one == other)


def test_a_digest_is_as_long_as_asked_and_the_same_for_ever():
    assert digest("live", "travel.md") == "59cb42400a9fc0af"
    assert len(digest("x", size=4)) == 4


def test_a_digest_of_data_knows_no_order_of_keys():
    assert digest_json({"a": 1, "b": [1, 2]}) == digest_json({"b": [1, 2], "a": 1})
    assert digest_json({"a": [1, 2]}) != digest_json({"a": [2, 1]})


@given(st.text(max_size=40))
def test_a_slug_of_a_slug_is_itself_and_fits_an_address(heading):
    made = slug(heading)
    assert slug(made) == made
    assert not set(made) & set(" #/.?&\n\t")


def test_cites_name_the_place():
    assert slug("Booking leave & time-off!") == "booking-leave-time-off"
    assert entity_id("domain", "18f.gov") == "domain/18f.gov"
    assert record_cite("register", "1|2") == "register/1|2"
