"""Write the two exports of `guests/`: an inn's bookings and its club, whose guests meet without a common key.

Everything in them is made up from a fixed seed; telephone numbers are from a range kept free for fiction. A test holds the files to
this script, and a run to what is planted here.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path(__file__).parent / "guests"
BOTH, MORE = 120, 20  # guests in both exports; further ones of each
_FIRST = (
    "Alma Bertil Cora Dorian Edda Fabian Greta Hugo Ines Joris Klara Linus Mira Nils Oda Piet Rosa Stellan Tilda Ulrik Vera Wim Yara Zeno"
)
_SYLLABLES = "ber dal fen gor hal kin lor mar nes pol rit sund tor vel win zan"
_TOWNS = "Aldmere Brackholm Cressing Dunford Ellerby Fernham Grimsley Holtby"

FATHER_AND_SON = ("B-1000", "M-5000")  # of one name, address and telephone: two persons
MARRIED = ("B-1001", "M-5001")  # another name, address and telephone since, born on a day that the club does not know: one person


@dataclass(frozen=True)
class Guest:
    """A person as one of the two exports knows them."""

    first: str
    last: str
    street: str
    town: str
    born: str
    phone: str


def guests() -> tuple[list[Guest], list[Guest]]:
    """Make the guests of both exports; the first `BOTH` of both are the same persons, but for those that are named above."""
    rng = random.Random(1921)  # noqa: S311  (no secrets)
    bookings = [_guest(rng) for _ in range(BOTH)]
    club = [_as_member(rng, g) for g in bookings]
    club[0] = replace(bookings[0], born="1979-06-30")
    bookings[0] = replace(bookings[0], born="1951-02-11")
    club[1] = replace(_guest(rng), first=bookings[1].first, born="")
    return [*bookings, *(_guest(rng) for _ in range(MORE))], [*club, *(_guest(rng) for _ in range(MORE))]


def pairs() -> set[tuple[str, str]]:
    """Ids of the records that are one person: of the bookings, of the club."""
    return {(f"B-{1000 + i}", f"M-{5000 + i}") for i in range(BOTH)} - {FATHER_AND_SON}


def exports() -> dict[str, str]:
    """Make the files: name → text. The club has headings of its own."""
    bookings, club = guests()
    return {
        "bookings.csv": _csv(("Booking No", "Name", "Street", "Town", "Born", "Phone"), "B", 1000, bookings),
        "club.csv": _csv(("Member", "Guest", "Address", "City", "Date of birth", "Telephone"), "M", 5000, club),
    }


def _guest(rng: random.Random) -> Guest:
    word = lambda n: "".join(rng.choice(_SYLLABLES.split()) for _ in range(n)).title()  # noqa: E731
    return Guest(
        first=rng.choice(_FIRST.split()),
        last=word(2),
        street=f"{rng.randint(1, 99)} {word(2)} Street",
        town=rng.choice(_TOWNS.split()),
        born=f"{rng.randint(1940, 2005)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        phone=f"01632 960{rng.randint(0, 999):03}",
    )


def _as_member(rng: random.Random, guest: Guest) -> Guest:
    """The same person as the club knows them: half with a slip of the pen, and with something that was not asked."""
    i = rng.randrange(len(guest.last) - 1)
    slip = (guest.last[:i] + guest.last[i + 1] + guest.last[i] + guest.last[i + 2 :]).title()
    told = replace(guest, last=slip) if rng.random() < 0.5 else guest
    return replace(told, **{rng.choice(["phone", "born", "town", "street"]): ""})


def _csv(head: tuple[str, ...], letter: str, first: int, known: list[Guest]) -> str:
    rows = [(f"{letter}-{first + i}", f"{g.first} {g.last}", g.street, g.town, g.born, g.phone) for i, g in enumerate(known)]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *rows])
    return out.getvalue()


if __name__ == "__main__":
    for name, text in exports().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
