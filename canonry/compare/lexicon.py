"""Words that deny, words that exclude each other: short lists of our own, English."""

from __future__ import annotations

import re

NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|cannot|without|no longer|[a-z]+n't|refus(?:e[sd]?|ing)|fail(?:s|ed)?|lacks?|"
    r"forbid(?:s|den)?|prohibit(?:s|ed)?|ban(?:s|ned)?|denie[sd]|isnt|dont|doesnt|wont|cant)\b"
)

# Each line holds sets of words; words of different sets of one line exclude each other. Who acts is not here: another person who does
# the same is more often another subject than a contradiction.
_LINES = """
allow allowed allows permit permitted permits may can | forbid forbidden forbids prohibit prohibited ban banned disallowed
required mandatory compulsory obligatory | optional voluntary
open opened opens | closed close closes shut
enable enabled enables | disable disabled disables
include included includes including | exclude excluded excludes excluding
accept accepted accepts approve approved approves | reject rejected rejects refuse refused declined
win won wins winning | lose lost loses losing
increase increased increases rise rose rising grew | decrease decreased decreases fall fell falling shrank
before | after
first | last
always | never
all every everyone | none nobody
start started starts begin begins began | end ended ends finish finished
buy buys bought buying | sell sells sold selling
arrive arrives arrived arriving | leave leaves left leaving depart departed
push pushes pushing | pull pulls pulling
asleep sleeping sleeps | awake running walking playing eating dancing jumping working cooking
sitting sits sit seated | standing stands stand running walking jumping lying
old elderly | young
tall | short
big large huge | small little tiny
long | short
high higher | low lower
wet | dry
hot warm | cold cool
full | empty
happy smiling | sad crying
inside indoors indoor | outside outdoors outdoor
day daytime | night nighttime
summer | winter | spring | autumn fall
up upward | down downward
left | right
north northern | south southern | east eastern | west western
black | white | red | blue | green | yellow | brown | orange | purple | pink | grey gray
monday | tuesday | wednesday | thursday | friday | saturday | sunday
january | february | march | april | june | july | august | september | october | november | december
daily | weekly | monthly | quarterly | yearly annually annual
alive living | dead died
public | private
internal | external
paid | unpaid free
true correct right | false incorrect wrong
same | different
more | less fewer
maximum | minimum
cat cats kitten | dog dogs puppy
guitar | piano | flute | violin | drums
"""
EXCLUSIVE = [[frozenset(group.split()) for group in line.split("|")] for line in _LINES.strip().splitlines()]
PERMISSION = EXCLUSIVE[0]
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_GROUPS: dict[str, list[tuple[int, int]]] = {}  # word → (line, set) that it stands in
for _i, _line in enumerate(EXCLUSIVE):
    for _j, _group in enumerate(_line):
        for _word in sorted(_group):
            _GROUPS.setdefault(_word, []).append((_i, _j))


def bare(text: str) -> list[str]:
    """Words of a text in normal form."""
    return _WORD.findall(text)


def denials(text: str) -> list[str]:
    """Words of a text in normal form that deny.

    >>> denials("staff may not travel without a permit")
    ['not', 'without']
    """
    return NEGATION.findall(text)


def exclusions(left: str, right: str) -> list[tuple[str, str]]:
    """Pairs of words, one of either text in normal form, that exclude each other where neither stands in the other text.

    >>> exclusions("the red door is open", "the blue door is open")
    [('red', 'blue')]
    """
    a, b = bare(left), bare(right)
    only_a, only_b = sorted(set(a) - set(b), key=a.index), sorted(set(b) - set(a), key=b.index)
    held = {place for word in set(a) & set(b) for place in _GROUPS.get(word, ())}
    return [
        (x, y)
        for x in only_a
        for y in only_b
        if any(
            i == k and j != m and (i, j) not in held and (k, m) not in held for i, j in _GROUPS.get(x, ()) for k, m in _GROUPS.get(y, ())
        )
    ]
