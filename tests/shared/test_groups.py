from hypothesis import given
from hypothesis import strategies as st

from canonry.groups import grouped

NAMES = st.sampled_from("abcdefghij")
PAIRS = st.lists(st.tuples(NAMES, NAMES), max_size=12)


@given(PAIRS, st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order_of_pairs_or_of_their_ends(pairs, random):
    other = [random.choice([p, p[::-1]]) for p in pairs]
    random.shuffle(other)
    assert list(grouped(other).items()) == list(grouped(pairs).items())


@given(PAIRS)
def test_every_name_is_in_one_group_named_by_its_smallest_member(pairs):
    groups = grouped(pairs)
    members = [m for g in groups.values() for m in g]
    assert sorted(members) == sorted({n for p in pairs for n in p})
    assert all(name == min(g) and g == sorted(g) for name, g in groups.items())
    place = {m: name for name, g in groups.items() for m in g}
    assert all(place[a] == place[b] for a, b in pairs)


def test_a_chain_is_one_group_and_strangers_are_two():
    assert grouped([("c", "d"), ("a", "b"), ("b", "c"), ("x", "y")]) == {"a": ["a", "b", "c", "d"], "x": ["x", "y"]}
    assert grouped([]) == {}
