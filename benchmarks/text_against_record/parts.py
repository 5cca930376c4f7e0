"""What one half of the set is written in: registers, sentences with slots, tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attribute:
    """One column of a register.

    Attributes:
        heading: Heading of the column in the export.
        kind: Type as in `canonry.yaml`.
        pool: Values in rising order where they have one; each `spelling in the export=in text=another in text`.
        says: Phrases as a knowledge manager would enter them; none leaves the words of the heading.
    """

    heading: str
    kind: str
    pool: tuple[str, ...]
    says: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The attribute that the heading becomes."""
        return self.heading.lower().replace(" ", "_").replace("-", "_")


@dataclass(frozen=True)
class Register:
    """One export: things of one type.

    Attributes:
        key: Heading of the id column, and the pattern of the ids, as in `Ref=C-{n:04d}`.
        called: Heading and type of the column with the names.
        names: `name=a shorter way to say it=the same misspelt`; the later parts may be missing.
        attributes: The other columns.
        words: Names that are words of everyday language too.
        twins: Names that two things share.
        format: csv or jsonl.
    """

    key: str
    called: tuple[str, str]
    names: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    words: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    format: str = "csv"


@dataclass(frozen=True)
class Said:
    """A text with slots about one attribute of one thing.

    The slots: {name} {key} {short} {typo} of the thing; {own} the record's value as the export writes it, {same} in another spelling;
    {v} and {w} two other values of the pool, {lower} and {higher} one below and above the record's; {other} another thing's name,
    {other_own} its value, {other_v} another value than that.

    Attributes:
        register: Which register.
        heading: Which column.
        text: A sentence, or a piece of Markdown when it holds line breaks; a text that begins with `# ` is a page of its own.
        of: Which things: any, word, twin, short or typo (those that have such a name), or the one name that the text itself says.
    """

    register: str
    heading: str
    text: str
    of: str = "any"


@dataclass(frozen=True)
class Grid:
    """A table or list of four things; in one of them one value differs from the record, in the others none.

    Attributes:
        register: Which register.
        headings: Columns of the register that it shows.
        shown: How the page calls the first column and those columns.
        form: markdown, html, key (things by their key), across (things as columns) or definitions (an HTML definition list).
        intro: The sentence above it.
    """

    register: str
    headings: tuple[str, ...]
    shown: tuple[str, ...]
    form: str
    intro: str


@dataclass(frozen=True)
class Half:
    """One half of the set.

    Attributes:
        registers: Name of the entity type → its export.
        conflicts: Kind → texts that contradict the record.
        near_misses: Kind → texts that do not.
        grids: Tables.
        filler: Sentences that say nothing of any record.
        titles: Titles of pages.
        seed: Of the choices of things and values.
    """

    registers: dict[str, Register]
    conflicts: dict[str, tuple[Said, ...]]
    near_misses: dict[str, tuple[Said, ...]]
    grids: tuple[Grid, ...]
    filler: tuple[str, ...]
    titles: tuple[str, ...]
    seed: int
