"""Pairs of statements made by rules, to teach what public sets of pairs seldom show: part of `train_compare.py`.

Four kinds: statements of an office written from templates (same value in other words, in another unit, another value, another
matter); sentences of the training set denied; equal and unrelated sentences; captions told shorter, with another word, another deed or
a circumstance that the picture does not show. Everything hangs on one seed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

ENTAILMENT, NEUTRAL, CONTRADICTION = 0, 1, 2
Pair = tuple[str, str, int]

# Each value is a list of ways to write one and the same; values of one list differ.
DAYS = [["7 days", "one week", "a week"], ["14 days", "two weeks", "fourteen days"], ["30 days", "thirty days"], ["48 hours", "two days"]]
DAYS += [
    ["90 days", "ninety days"],
    ["10 working days", "ten working days"],
    ["24 hours", "one day"],
    ["six months", "6 months"],
    ["a year", "12 months"],
]
MONEY = [
    ["$50", "50 dollars"],
    ["$1,200", "1200 dollars", "$1,200.00"],
    ["€300", "300 euros"],
    ["$75", "seventy-five dollars"],
    ["$2 million", "$2,000,000"],
]
COUNTS = [["five", "5"], ["twelve", "12"], ["twenty-five", "25"], ["three", "3"], ["100", "one hundred", "a hundred"], ["1,500", "1500"]]
TIMES = [["9 am", "9:00", "09:00"], ["5 pm", "17:00"], ["noon", "12:00"], ["6:30 pm", "18:30"], ["8 am", "8:00"]]
DATES = [["1 March 2024", "March 1, 2024", "2024-03-01"], ["15 June 2023", "June 15, 2023"], ["31 December 2024", "December 31, 2024"]]
DATES += [["1 April 2025", "April 1st, 2025"], ["10 October 2022", "2022-10-10"]]
PLACES = [["Leeds"], ["Lisbon"], ["the Denver office"], ["Building B"], ["Osaka"], ["the second floor"]]
PEOPLE = [["Maria Ortiz"], ["John Baker"], ["the finance team", "finance"], ["Priya Nair"], ["the operations desk"], ["Tom Reed"]]

FACTS: list[tuple[list[str], list[list[str]]]] = [
    (["Refunds are accepted within {v} of delivery.", "Customers have {v} after delivery to ask for a refund."], DAYS),
    (["Invoices must be paid within {v}.", "The payment term for invoices is {v}."], DAYS),
    (["Backups are kept for {v}.", "We retain backups for {v}."], DAYS),
    (["The notice period is {v}.", "Employees give notice of {v}."], DAYS),
    (["Tickets are answered within {v}.", "Support replies to a ticket within {v}."], DAYS),
    (["The meal allowance is {v} a day.", "Up to {v} a day is paid for meals."], MONEY),
    (["Purchases over {v} need approval.", "A manager must approve any purchase above {v}."], MONEY),
    (["The yearly licence costs {v}.", "A licence is {v} per year."], MONEY),
    (["The team has {v} members.", "There are {v} people in the team."], COUNTS),
    (["Staff get {v} days of leave.", "Annual leave is {v} days."], COUNTS),
    (["Passwords need at least {v} characters.", "A password must have a minimum of {v} characters."], COUNTS),
    (["The support line opens at {v}.", "You can call support from {v}."], TIMES),
    (["The weekly meeting starts at {v}.", "Our weekly meeting begins at {v}."], TIMES),
    (["The new policy takes effect on {v}.", "From {v} the new policy applies."], DATES),
    (["The contract ends on {v}.", "The contract expires on {v}."], DATES),
    (["The archive is in {v}.", "You will find the archive in {v}."], PLACES),
    (["The head of security is {v}.", "{v} leads security."], PEOPLE),
    (["Expense reports go to {v}.", "Send your expense report to {v}."], PEOPLE),
]
BOUNDS = [("more than", lambda bound, n: n > bound), ("fewer than", lambda bound, n: n < bound)]
RULES = [
    ("work from abroad", "Working from abroad"),
    ("install their own software", "Installing one's own software"),
    ("share a password", "Sharing a password"),
    ("book a taxi to the airport", "Booking a taxi to the airport"),
    ("bring a dog to the office", "Bringing a dog to the office"),
    ("use a private laptop", "Use of a private laptop"),
    ("carry over unused leave", "Carrying over unused leave"),
    ("publish on the company blog", "Publishing on the company blog"),
    ("sign contracts alone", "Signing contracts alone"),
    ("record a customer call", "Recording a customer call"),
]
WHO = ["Staff", "Employees", "Contractors", "Interns", "Managers"]
_BE = re.compile(r"\b(is|are|was|were|can|will|has|have)\b(?! not)")
_SUBJECT = re.compile(r"^(?:a|an|the|some|two|three|several) (.{2,40}?) (is|are) (\w+ing\b.*)$")
# What a shorter telling leaves out.
_END = re.compile(r"(?: ,|,| in| on| at| with| near| while| by| for| from| as| under| next to)\b.*$|\.$")
# Deeds that go with any other.
_ANYWAY = {"wearing", "standing", "sitting", "looking", "smiling", "holding", "watching", "carrying", "talking", "being", "having", "using"}
# One word of a line excludes the others in the same picture.
_SWAPS = """
man woman
boy girl
men women
boys girls
red blue green yellow black white
outside inside
old young
dog cat
sitting standing running
walking sleeping
indoors outdoors
happy sad
guitar piano drums
car bicycle truck
"""
SWAPS = {w: [o for o in line.split() if o != w] for line in _SWAPS.strip().splitlines() for w in line.split()}
_WIDER = {"person": "man woman", "child": "boy girl", "people": "men women", "kids": "boys girls", "animal": "dog cat"}
_WIDER |= {"instrument": "guitar piano", "vehicle": "car truck"}
WIDER = {w: [wide] for wide, words in _WIDER.items() for w in words.split()}
# What a picture does not show: it may be so or not.
CIRCUMSTANCES = ["for the first time", "before going home", "to win a prize", "on a Sunday", "because it is a holiday", "for a friend"]
CIRCUMSTANCES += ["to earn money", "after a long day", "with a new friend", "to impress someone", "every morning"]
CIRCUMSTANCES += ["while waiting for the bus"]
TRAITS = ["tall", "tired", "famous", "hungry", "lonely", "angry", "rich", "friendly"]
_PERSON = re.compile(r"\b(?:man|woman|boy|girl|person|child|kid|lady|guy|player|worker|people|men|women|children)\b")


def office(draw: random.Random, n: int) -> list[Pair]:
    """Statements of an office: one fact with equal or other values, bounds, permissions, and two facts that have nothing in common."""
    made: list[Pair] = []
    for _ in range(n):
        kind = draw.random()
        if kind < 0.65:
            phrases, values = draw.choice(FACTS)
            first, second = draw.sample(values, 2)
            a = draw.choice(phrases).format(v=draw.choice(first))
            roll = draw.random()
            if roll < 0.42:
                made.append((a, draw.choice(phrases).format(v=draw.choice(second)), CONTRADICTION))
            elif roll < 0.82:
                made.append((a, draw.choice(phrases).format(v=draw.choice(first)), ENTAILMENT))
            else:
                others, theirs = draw.choice([f for f in FACTS if f[0] is not phrases])
                made.append((a, draw.choice(others).format(v=draw.choice(draw.choice(theirs))), NEUTRAL))
        elif kind < 0.78:
            thing = draw.choice(["members", "reviews a week", "licences", "visitors a day", "rooms"])
            number, bound = draw.randint(2, 400), draw.randint(2, 400)
            words, holds = draw.choice(BOUNDS)
            made.append(
                (
                    f"There are {number} {thing}.",
                    f"There are {words} {bound} {thing}.",
                    ENTAILMENT if holds(bound, number) else CONTRADICTION,
                )
            )
        else:
            (act, doing), who = draw.choice(RULES), draw.choice(WHO)
            yes = [f"{who} may {act}.", f"{who} can {act}.", f"{doing} is allowed for {who.lower()}.", f"{who} are permitted to {act}."]
            no = [
                f"{who} may not {act}.",
                f"{who} must not {act}.",
                f"{doing} is forbidden for {who.lower()}.",
                f"{who} are not allowed to {act}.",
            ]
            first, second = draw.choice([(yes, no), (no, yes), (yes, yes), (no, no)])
            made.append((draw.choice(first), draw.choice(second), ENTAILMENT if first is second else CONTRADICTION))
    return made


def denied(sentence: str) -> str | None:
    """The sentence with `not` after its first auxiliary; None where it has none.

    >>> denied("a man is asleep")
    'a man is not asleep'
    """
    return _BE.sub(r"\1 not", sentence, count=1) if _BE.search(sentence) else None


def nobody(sentence: str) -> str | None:
    """The sentence said of no one.

    >>> nobody("a man is playing a flute")
    'there is no man playing a flute'
    """
    hit = _SUBJECT.match(sentence)
    return f"there {hit.group(2)} no {hit.group(1)} {hit.group(3)}" if hit else None


def from_sentences(draw: random.Random, sentences: list[str], n: int, *, unrelated: bool) -> list[Pair]:
    """Pairs from single sentences: denied, said of nobody, equal, unrelated with a denial, and, if asked for, just unrelated.

    Captions are taken to be of one picture, so that two of them that have nothing in common are not said to be neutral.
    """
    made: list[Pair] = []
    for sentence in draw.sample(sentences, min(n, len(sentences))):
        other, roll = draw.choice(sentences), draw.random()
        no, none = denied(sentence), nobody(sentence)
        if roll < 0.25 and no:
            made.append((sentence, no, CONTRADICTION))
        elif roll < 0.50 and none:
            someone = _SUBJECT.match(sentence)
            alone = someone and _PERSON.search(someone.group(1)) and draw.random() < 0.4
            made.append((sentence, f"nobody is {someone.group(3)}" if alone and someone else none, CONTRADICTION))
        elif roll < 0.58 and no:
            made.append((no, no, ENTAILMENT))
        elif roll < 0.66:
            made.append((sentence, sentence, ENTAILMENT))
        elif roll < 0.80 and no:
            made.append((no, other, NEUTRAL))
        elif unrelated:
            made.append((sentence, other, NEUTRAL))
    return made


def captions(draw: random.Random, sentences: list[str], n: int) -> list[Pair]:
    """A caption and a telling of it: shorter or in wider words, with another word, another deed, or something it does not show."""
    told = [(s, *hit.groups()) for s in sentences if (hit := _SUBJECT.match(s))]
    deeds: dict[str, list[str]] = {"is": [], "are": []}
    for _, _, be, deed in told:
        if deed.split()[0] not in _ANYWAY:
            deeds[be].append(_END.sub("", deed))
    return [
        (sentence, telling, label)
        for sentence, who, be, deed in draw.sample(told, min(n, len(told)))
        for telling, label in [_told(draw, sentence, (who, be, _END.sub("", deed)), deeds[be])]
        if telling
    ]


def _told(draw: random.Random, sentence: str, parts: tuple[str, str, str], deeds: list[str]) -> tuple[str | None, int]:
    """A telling of a caption and its label; None where the caption does not lend itself to the kind that was drawn."""
    who, be, deed = parts
    roll, late = draw.random(), draw.choice(CIRCUMSTANCES)
    shorter = f"the {who} {be} {deed}"
    telling = shorter if draw.random() < 0.6 else sentence.rstrip(" .")
    if roll < 0.25:
        return _of_another_deed(draw, sentence, f"the {who} {be}", deeds, late), CONTRADICTION
    if roll < 0.5:
        swapped = _replaced(draw, telling, SWAPS)
        return swapped and swapped + (f" {late}" if draw.random() < 0.2 else ""), CONTRADICTION
    if roll < 0.7:
        return _replaced(draw, shorter, WIDER) or shorter, ENTAILMENT
    if roll < 0.85:
        return f"{telling} {late}", NEUTRAL
    trait = draw.choice(TRAITS)
    return f"the {who} {be} {trait}" if roll < 0.92 else f"the {trait} {who} {be} {deed}", NEUTRAL


def _of_another_deed(draw: random.Random, sentence: str, subject: str, deeds: list[str], late: str) -> str | None:
    """Say of the subject what it does in another picture; None where both have a word in common."""
    if not deeds:
        return None
    other = draw.choice(deeds)
    if set(other.split()) & set(sentence.split()) - {"a", "the", "an", "is", "are"}:
        return None
    return f"{subject} {other}" + (f" {late}" if draw.random() < 0.3 else "")


def _replaced(draw: random.Random, sentence: str, words: dict[str, list[str]]) -> str | None:
    """The sentence with one of the words replaced by another one; None where none of them is in it."""
    tokens = sentence.split()
    places = [i for i, t in enumerate(tokens) if t in words]
    if not places:
        return None
    at = draw.choice(places)
    return " ".join([*tokens[:at], draw.choice(words[tokens[at]]), *tokens[at + 1 :]])
