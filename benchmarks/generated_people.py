"""Invented persons, some of whom are recorded several times, with the errors that real registers have.

python benchmarks/generated_people.py 10000 --out FOLDER   # writes a.csv, truth.csv and meta.json, in the layout that matching.py reads

A quarter of the records are further records of persons who have one already: most of these persons have two, some up to four. Names and
towns follow Zipf's law, so that two persons of one name are common. As with the customers of a shop, one person of most households is known
and several of some: they share surname, address and at times the telephone; there are twins, and children named like a parent. Towns,
streets and surnames grow with the number of persons, as they do in a country.

The same number of records and the same seed give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from bisect import bisect
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate, combinations
from pathlib import Path

COLUMNS = ("given_name", "surname", "date_of_birth", "street", "town", "postcode", "phone", "email")
_FURTHER = 0.25  # share of further records
_RECORDS = ((2, 0.7), (3, 0.2), (4, 0.1))  # records of a person who has several
_HOUSEHOLDS = (70, 18, 6, 4, 2)  # of how many persons of a household a shop or an office knows, in per cent
_TYPED = (0.10, 0.14, 0.18, 0.08)  # chance of a typing error in given name, surname, street and town
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BESIDE = {a: b for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for a, b in zip(row, row[1:] + row[-2], strict=True)}
_SOUNDS = (("ph", "f"), ("ck", "k"), ("ie", "y"), ("ei", "ie"), ("ll", "l"), ("tt", "t"), ("th", "t"), ("mann", "man"), ("sen", "son"))

_MALE = [
    "james", "john", "robert", "michael", "william", "david", "richard", "joseph", "thomas", "charles", "daniel", "matthew", "anthony",
    "steven", "paul", "andrew", "joshua", "kenneth", "kevin", "brian", "george", "edward", "ronald", "timothy", "jason", "jeffrey",
    "ryan", "jacob", "gary", "nicholas", "eric", "jonathan", "stephen", "larry", "justin", "scott", "benjamin", "samuel", "gregory",
    "alexander", "frank", "patrick", "raymond", "jack", "dennis", "peter", "aaron", "adam", "nathan", "henry", "douglas", "zachary",
    "kyle", "walter", "ethan", "jeremy", "harold", "keith", "christian", "roger", "noah", "gerald", "carl", "terry", "sean", "austin",
    "arthur", "lawrence", "dylan", "bryan", "albert", "philip", "liam", "lucas", "felix", "oscar", "hugo", "emil",
]  # fmt: skip
_FEMALE = [
    "mary", "patricia", "jennifer", "linda", "elizabeth", "barbara", "susan", "jessica", "sarah", "karen", "lisa", "nancy", "betty",
    "margaret", "sandra", "ashley", "kimberly", "emily", "donna", "michelle", "carol", "amanda", "dorothy", "melissa", "deborah",
    "stephanie", "rebecca", "sharon", "laura", "cynthia", "kathleen", "amy", "angela", "shirley", "anna", "brenda", "pamela", "emma",
    "nicole", "helen", "samantha", "katherine", "christine", "debra", "rachel", "carolyn", "janet", "catherine", "maria", "heather",
    "diane", "ruth", "julie", "olivia", "joyce", "virginia", "victoria", "kelly", "lauren", "christina", "joan", "evelyn", "judith",
    "megan", "andrea", "cheryl", "hannah", "jacqueline", "martha", "gloria", "teresa", "ann", "alice", "nora",
]  # fmt: skip
_SHORT = {
    "james": "jim", "john": "jack", "robert": "bob", "michael": "mike", "william": "bill", "david": "dave", "richard": "dick",
    "joseph": "joe", "thomas": "tom", "charles": "chuck", "daniel": "dan", "matthew": "matt", "anthony": "tony", "steven": "steve",
    "andrew": "andy", "joshua": "josh", "kenneth": "ken", "edward": "ted", "timothy": "tim", "nicholas": "nick", "jonathan": "jon",
    "benjamin": "ben", "samuel": "sam", "gregory": "greg", "alexander": "alex", "patrick": "pat", "raymond": "ray", "lawrence": "larry",
    "zachary": "zach", "gerald": "jerry", "albert": "al", "philip": "phil", "patricia": "pat", "jennifer": "jen", "elizabeth": "liz",
    "barbara": "barb", "susan": "sue", "jessica": "jess", "margaret": "peggy", "sandra": "sandy", "kimberly": "kim", "deborah": "debbie",
    "stephanie": "steph", "rebecca": "becky", "cynthia": "cindy", "kathleen": "kathy", "pamela": "pam", "samantha": "sam",
    "katherine": "kate", "christine": "chris", "catherine": "cathy", "victoria": "vicky", "christina": "tina", "judith": "judy",
    "jacqueline": "jackie", "teresa": "terry",
}  # fmt: skip
_COMMON = [
    "smith", "johnson", "williams", "brown", "jones", "garcia", "miller", "davis", "martinez", "anderson", "taylor", "thomas", "moore",
    "jackson", "martin", "lee", "thompson", "white", "harris", "clark", "lewis", "robinson", "walker", "young", "allen", "king",
    "wright", "scott", "hill", "green", "adams", "baker", "nelson", "carter", "mitchell", "roberts", "turner", "phillips", "parker",
    "evans", "edwards", "collins", "stewart", "morris", "murphy", "cook", "rogers", "morgan", "cooper", "peterson", "reed", "bailey",
    "bell", "kelly", "howard", "ward", "cox", "richardson", "wood", "watson", "brooks", "bennett", "gray", "hughes", "price", "foster",
    "butler", "simmons", "russell", "griffin", "hayes",
]  # fmt: skip
_BEGIN = [
    "al", "ar", "ba", "ber", "bra", "bur", "car", "col", "dal", "dor", "el", "fair", "far", "fen", "gar", "gor", "gran", "hal", "har",
    "hol", "ken", "kin", "lan", "lor", "mar", "mel", "mor", "nor", "os", "pem", "ray", "ris",
]  # fmt: skip
_MIDDLE = [
    "ba", "be", "bi", "cha", "da", "de", "fel", "ga", "ken", "la", "le", "li", "lo", "ma", "mi", "na", "ni", "no", "ra", "ri", "ro",
    "sa", "ste", "ta", "ten", "ti", "ve", "vi", "wa", "wen",
]  # fmt: skip
_SURNAME_END = [
    "berg", "by", "den", "er", "ford", "ham", "ins", "ler", "ley", "low", "man", "mann", "ner", "sen", "sey", "son", "stein", "ton",
    "well", "wood", "worth",
]  # fmt: skip
_PLACE_END = [
    "borough", "bridge", "brook", "burgh", "bury", "combe", "dale", "field", "ford", "ham", "haven", "hurst", "ley", "mouth", "port",
    "stead", "ton", "ville", "wick", "worth",
]  # fmt: skip
_STREET_END = ("street", "road", "avenue", "lane", "drive", "close", "court", "way")
_STREET_SHORT = {"street": "st", "road": "rd", "avenue": "ave", "lane": "ln", "drive": "dr", "court": "ct"}
_PROVIDERS = ("mailbox.example", "post.example", "inbox.example", "web.example", "home.example", "work.example")


@dataclass(frozen=True)
class Address:
    """Where a household lives."""

    street: str
    town: str
    postcode: str
    area: str


@dataclass(frozen=True)
class Person:
    """What is true of one person at one time."""

    given: str
    surname: str
    born: date
    address: Address
    phone: str
    email: str


class _Zipf:
    """Draws ranks by Zipf's law: rank r as often as 1 / (r + shift)."""

    def __init__(self, ranks: int, shift: float = 2.0) -> None:
        self.sums = list(accumulate(1 / (r + shift) for r in range(ranks)))

    def draw(self, rng: random.Random) -> int:
        return min(bisect(self.sums, rng.random() * self.sums[-1]), len(self.sums) - 1)


class Country:
    """Draws households.

    Args:
        persons: How many are to live there; towns, streets and surnames become more with them.
        rng: Chance.
    """

    def __init__(self, persons: int, rng: random.Random) -> None:
        self.rng = rng
        self.taken: set[str] = set()
        names = _words(rng, _SURNAME_END, 60 + int(6 * persons**0.6))
        self.surnames = _COMMON + [n for n in names if n not in _COMMON]
        self.of_surname = _Zipf(len(self.surnames))
        self.of_given = {s: _Zipf(len(n)) for s, n in (("f", _FEMALE), ("m", _MALE))}
        self.towns = _words(rng, _PLACE_END, max(8, persons // 500))
        self.of_town = _Zipf(len(self.towns), 6.0)
        ends = _STREET_END
        self.streets = [f"{w} {ends[i % len(ends)]}" for i, w in enumerate(_words(rng, _PLACE_END, max(60, int(4 * persons**0.6))))]
        self.of_street = _Zipf(len(self.streets), 10.0)

    def address(self) -> Address:
        """Draw a home."""
        rng, town = self.rng, self.of_town.draw(self.rng)
        number = rng.randint(1, 30) if rng.random() < 0.5 else rng.randint(1, 220)
        flat = f"flat {rng.randint(1, 40)}, " if rng.random() < 0.15 else ""
        district = rng.randint(0, max(1, 40 // (town + 1)))
        street = self.streets[self.of_street.draw(rng)]
        return Address(f"{flat}{number} {street}", self.towns[town], f"{10 + town:03d}{district:02d}", f"0{200 + town}")

    def given(self, sex: str) -> str:
        """Draw a given name."""
        names = _FEMALE if sex == "f" else _MALE
        return names[self.of_given[sex].draw(self.rng)]

    def phone(self, area: str) -> str:
        """Draw a number: a mobile one, or one of the area."""
        if self.rng.random() < 0.6:
            return f"07{self.rng.randint(10**8, 10**9 - 1)}"
        return f"{area}{self.rng.randint(10**6, 10**7 - 1)}"

    def email(self, given: str, surname: str, born: date) -> str:
        """Draw an address of a usual make; some persons have none."""
        rng, host = self.rng, _PROVIDERS[min(int(self.rng.expovariate(0.7)), len(_PROVIDERS) - 1)]
        digits = str(born.year)[2:] if rng.random() < 0.5 else str(rng.randint(1, 999))
        made = (
            f"{given}.{surname}{digits}",
            f"{given[0]}{surname}{digits}",
            f"{surname}.{given}",
            f"{_SHORT.get(given, given)}{digits}{surname[:3]}",
        )
        if rng.random() < 0.2:
            return ""
        wanted, number = rng.choice(made), 1
        while (address := f"{wanted}{number if number > 1 else ''}@{host}") in self.taken:
            number += 1  # namesakes do not share an address
        self.taken.add(address)
        return address

    def household(self) -> list[Person]:
        """Draw the persons of one home."""
        rng, home = self.rng, self.address()
        surname, line = self.surnames[self.of_surname.draw(rng)], self.phone(home.area)
        first, size = date(1935, 1, 1) + timedelta(rng.randint(0, 24000)), rng.choices((1, 2, 3, 4, 5), _HOUSEHOLDS)[0]
        people: list[Person] = []
        for n in range(size):
            sex = rng.choice("fm")
            born = first + timedelta(rng.randint(-1800, 1800)) if n < 2 else first + timedelta(rng.randint(8000, 13000))
            if n > 2 and rng.random() < 0.08:
                born = people[-1].born  # twins
            given = people[0].given if n == 2 and rng.random() < 0.08 else self.given(sex)  # named like a parent
            own = surname if n != 1 or rng.random() < 0.8 else self.surnames[self.of_surname.draw(rng)]
            phone = line if rng.random() < 0.3 else self.phone(home.area)
            people.append(Person(given, own, born, home, phone, self.email(given, own, born)))
        return people


def _words(rng: random.Random, ends: list[str], most: int) -> list[str]:
    """Draw up to so many different invented names, in the order of their drawing."""
    out: dict[str, None] = {}
    for _ in range(most * 3):
        middle = rng.choice(_MIDDLE) if rng.random() < 0.6 else ""
        out.setdefault(f"{rng.choice(_BEGIN)}{middle}{rng.choice(ends)}")
        if len(out) == most:
            break
    return list(out)


# ------------------------------------------------------------------------------------------------------------- what is written down


def mistyped(rng: random.Random, text: str) -> str:
    """Make one error of a typist: a letter changed, left out, doubled, added or exchanged with the next, or a sound written otherwise."""
    if len(text) < 2:
        return text
    i, kind = rng.randrange(len(text) - 1), rng.random()
    heard = [(a, b) for a, b in _SOUNDS if a in text]
    if kind < 0.2 and heard:
        return text.replace(*rng.choice(heard), 1)
    if kind < 0.4:
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    if kind < 0.6:
        return text[:i] + text[i + 1 :]
    if kind < 0.7:
        return text[:i] + text[i] + text[i:]
    other = rng.choice("0123456789") if text[i].isdigit() else _BESIDE.get(text[i]) or rng.choice(_LETTERS)
    return text[:i] + other + text[i + (kind < 0.9) :]


def moved_on(rng: random.Random, country: Country, one: Person) -> Person:
    """The same person later: some have moved, taken another surname, another telephone or e-mail address."""
    if rng.random() < 0.12:
        one = replace(one, address=country.address())
    if rng.random() < 0.05:
        one = replace(one, surname=country.surnames[country.of_surname.draw(rng)])
    if rng.random() < 0.12:
        one = replace(one, phone=country.phone(one.address.area))
    if rng.random() < 0.12:
        one = replace(one, email=country.email(one.given, one.surname, one.born))
    return one


def written(rng: random.Random, one: Person, *, with_errors: bool) -> list[str]:
    """A person as a record in the order of `COLUMNS`; the first record of a person has no errors but may lack a value."""
    given, surname, born = one.given, one.surname, one.born.isoformat()
    street, town, postcode, phone, email = one.address.street, one.address.town, one.address.postcode, one.phone, one.email
    if with_errors:
        chance = rng.random()
        if chance < 0.10:
            given = _SHORT.get(given, given)
        elif chance < 0.13:
            given = given[0]
        born = _misdated(rng, one.born)
        given, surname, street, town = (
            mistyped(rng, t) if rng.random() < p else t for t, p in zip((given, surname, street, town), _TYPED, strict=True)
        )
        phone, email, postcode = (mistyped(rng, t) if rng.random() < 0.06 else t for t in (phone, email, postcode))
        if rng.random() < 0.03:
            given, surname = surname, given
        if rng.random() < 0.25:
            street = " ".join(_STREET_SHORT.get(w, w) for w in street.split(" "))
    row = [given, surname, _dated(rng, born), street, town, postcode, _dialled(rng, phone), email]
    missing = (0.04, 0.01, 0.08, 0.08, 0.04, 0.08, 0.20, 0.15) if with_errors else (0.01, 0.0, 0.03, 0.03, 0.01, 0.03, 0.10, 0.05)
    return ["" if rng.random() < p else v for v, p in zip(row, missing, strict=True)]


def _misdated(rng: random.Random, born: date) -> str:
    """A day of birth as it was heard: day and month exchanged, a digit wrong, or only the year known."""
    chance = rng.random()
    if chance < 0.03 and born.day <= 12:
        return f"{born.year}-{born.day:02d}-{born.month:02d}"
    if chance < 0.07:
        return (born + timedelta(rng.choice((-10, -1, 1, 10, 30, 365)))).isoformat()
    return f"{born.year}-01-01" if chance < 0.09 else born.isoformat()


def _dated(rng: random.Random, iso: str) -> str:
    year, month, day = iso.split("-")
    chance = rng.random()
    if chance < 0.85:
        return iso
    return f"{day}/{month}/{year}" if chance < 0.95 else f"{year}{month}{day}"


def _dialled(rng: random.Random, number: str) -> str:
    chance = rng.random()
    if chance < 0.7 or len(number) < 5:
        return number
    return f"+44 {number[1:4]} {number[4:]}" if chance < 0.85 else f"({number[:4]}) {number[4:]}"


def people(records: int, seed: int = 1) -> tuple[list[list[str]], list[tuple[str, str]]]:
    """Draw records, in no order, and the pairs of them that are one person.

    Returns:
        Rows of an id and `COLUMNS`; and pairs of ids, the lesser first.
    """
    rng = random.Random(seed)
    country = Country(round(records * (1 - _FURTHER)), rng)
    persons: list[Person] = []
    while len(persons) < records - int(records * _FURTHER):
        persons += country.household()
    persons = persons[: records - int(records * _FURTHER)]
    rows = [(p, written(rng, one, with_errors=False)) for p, one in enumerate(persons)]
    for p in rng.sample(range(len(persons)), len(persons)):
        more = rng.choices([n - 1 for n, _ in _RECORDS], [share for _, share in _RECORDS])[0]
        rows += [(p, written(rng, moved_on(rng, country, persons[p]), with_errors=True)) for _ in range(min(more, records - len(rows)))]
        if len(rows) == records:
            break
    rng.shuffle(rows)
    of_person: dict[int, list[str]] = {}
    for i, (p, _) in enumerate(rows):
        of_person.setdefault(p, []).append(f"{i:07d}")
    truth = [pair for ids in of_person.values() for pair in combinations(ids, 2)]
    return [[f"{i:07d}", *row] for i, (_, row) in enumerate(rows)], sorted(truth)


def write(folder: Path, records: int, seed: int = 1) -> None:
    """Write the set into a folder."""
    rows, truth = people(records, seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, header, lines in (("a.csv", ("id", *COLUMNS), rows), ("truth.csv", ("a", "b"), truth)):
        with (folder / name).open("w", newline="", encoding="utf-8") as f:
            csv.writer(f, lineterminator="\n").writerows([header, *lines])
    (folder / "meta.json").write_text(json.dumps({"name": f"people {records}", "kind": "dedupe"}), encoding="utf-8")


def main() -> None:
    """Write a set, or show ten records."""
    parser = argparse.ArgumentParser(description="Invented persons, some recorded several times with errors.")
    parser.add_argument("records", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="folder to write into; without it ten records are printed")
    asked = parser.parse_args()
    if asked.out:
        write(asked.out, asked.records, asked.seed)
        return
    rows, truth = people(asked.records, asked.seed)
    print(json.dumps({"records": len(rows), "pairs": len(truth)}))
    of = {r[0]: r for r in rows}
    for a, b in truth[:5]:
        print(json.dumps([of[a], of[b]]))


if __name__ == "__main__":
    main()
