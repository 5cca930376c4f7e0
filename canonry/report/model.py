"""What the page shows, as frozen values: everything is decided, ordered and put in words before a template sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from canonry.report.beside import GapLine, TaskLine

Row = TypeVar("Row")


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and whether it differs from the other sides."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Quote:
    """A text with its differing words marked, cut to what can be read.

    Attributes:
        pieces: The text in order.
        before: Characters left out before it.
        after: Characters left out after it.
    """

    pieces: tuple[Piece, ...]
    before: int = 0
    after: int = 0

    @property
    def text(self) -> str:
        """The text without its marks."""
        return "".join(p.text for p in self.pieces)


@dataclass(frozen=True)
class Section(Generic[Row]):
    """The first rows of a table, and how many there are in all.

    Attributes:
        rows: Those that are shown.
        total: All there are.
    """

    rows: tuple[Row, ...]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


@dataclass(frozen=True)
class Place:
    """Where something stands.

    Attributes:
        text: Cite, document or record, as an agent or the command line knows it.
        title: What a person calls it.
        url: Where it can be opened; only http, https and mailto.
        is_record: Whether it is a row of an export.
    """

    text: str
    title: str | None = None
    url: str | None = None
    is_record: bool = False


@dataclass(frozen=True)
class ClaimLine:
    """One claim of a side.

    Attributes:
        claim_id: What `canonry rule --keep` takes.
        source: Who asserts it.
        rank: Authority rank of the source, 1 is best.
        owner: Who answers for it.
        dated: The date in words, with its kind.
        place: Where it stands.
        sentence: The sentence, or null for a record.
        verbatim: The value as written there.
        reason: Why it won or lost.
        source_status: ok, held or missing.
    """

    claim_id: str
    source: str
    rank: int | None
    owner: str | None
    dated: str
    place: Place
    sentence: Quote | None
    verbatim: str
    reason: str | None
    source_status: str


@dataclass(frozen=True)
class Side:
    """All claims of one value.

    Attributes:
        number: Number of the side, from 1.
        value: The value as its best claim writes it.
        canonical: The value that all its claims have, in canonical form.
        read_as: The canonical value, where a bare number was taken to have a unit.
        wins: Whether it stands; null while open.
        first: The claim to quote.
        others: Further claims of the same value.
        unlisted: How many more there are.
        keep: The command that rules for this side.
    """

    number: int
    value: Quote
    canonical: str
    read_as: str | None
    wins: bool | None
    first: ClaimLine
    others: tuple[ClaimLine, ...]
    unlisted: int
    keep: str


@dataclass(frozen=True)
class Command:
    """A command to copy, and what it does in words."""

    says: str
    text: str


@dataclass(frozen=True)
class Card:
    """One conflict.

    Attributes:
        conflict_id: Its id.
        subject: What it is about, from the general to the particular.
        attribute: Which property, in words.
        is_topic: Whether the attribute is a sentence with a gap.
        type: What kind of difference, as stored.
        type_says: The same in words.
        kind: Between which kinds of sources, as stored.
        kind_says: The same in words.
        status: open, decided_by_policy, decided_by_person or dismissed.
        status_says: The same in words.
        scope: Under which condition.
        signature: Hash of its sides; another one is another question.
        sides: The sides shown in full; the winner first.
        more_sides: The others, in short.
        unlisted: How many sides are not shown at all.
        sources: Names of all sources that take part.
        decision: What was decided and why, in one sentence.
        facts: Figures behind the decision, as (name, value).
        owner: Who should be asked.
        audience: Who may read it.
        spans_audiences: Whether its sides have different readers.
        commands: Rulings on the conflict as a whole.
        rulings: What people said about it, in words.
    """

    conflict_id: str
    subject: tuple[str, ...]
    attribute: str
    is_topic: bool
    type: str
    type_says: str
    kind: str
    kind_says: str
    status: str
    status_says: str
    scope: str | None
    signature: str | None
    sides: tuple[Side, ...]
    more_sides: tuple[Side, ...]
    unlisted: int
    sources: tuple[str, ...]
    decision: str
    facts: tuple[tuple[str, str], ...]
    owner: str | None
    audience: tuple[str, ...]
    spans_audiences: bool
    commands: tuple[Command, ...]
    rulings: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """The conflicts of one heading: to decide, decided by policy, decided by a person."""

    anchor: str
    heading: str
    empty: str
    cards: Section[Card]


@dataclass(frozen=True)
class Sign:
    """One sign that something is out of date."""

    signal: str
    since: str | None
    evidence: str | None


@dataclass(frozen=True)
class Stale:
    """A page, passage or record that is out of date, or may be, with all its signs."""

    what: Place
    kind: str
    source: str
    owner: str | None
    signs: tuple[Sign, ...]
    instead: Place | None


@dataclass(frozen=True)
class Member:
    """A member of a family beside the one that stands for it."""

    place: Place
    relation: str
    similarity: str | None


@dataclass(frozen=True)
class Family:
    """Copies and versions of one thing."""

    kind: str
    canonical: Place
    members: tuple[Member, ...]
    unlisted: int
    sources: tuple[str, ...]


@dataclass(frozen=True)
class SetAside:
    """A row or file that was quarantined."""

    source: str
    location: str
    rule: str
    detail: str | None
    excerpt: Quote | None
    audience: tuple[str, ...]


@dataclass(frozen=True)
class SourceLine:
    """A source tonight."""

    source: str
    parent: str | None
    kind: str
    rank: int | None
    owner: str | None
    audience: tuple[str, ...]
    status: str
    items: int
    removed: int
    quarantined: int
    observed: str | None
    held_since: str | None
    message: str | None


@dataclass(frozen=True)
class Looked:
    """What one detector looked at."""

    detector: str
    possible: int
    considered: int
    capped: int
    partial: bool


@dataclass(frozen=True)
class RulingLine:
    """What a person decided."""

    ruling_id: str
    verdict: str
    target_kind: str
    by: str | None
    because: str | None
    at: str | None
    until: str | None
    status: str
    applied_to: str | None
    remark: str | None


@dataclass(frozen=True)
class Figure:
    """A number at the head of the page."""

    value: int
    says: str
    anchor: str
    calls: bool


@dataclass(frozen=True)
class Choice:
    """What a filter offers: the value as stored, and in words."""

    value: str
    says: str


@dataclass(frozen=True)
class Choices:
    """What the filters offer: what occurs in the conflicts shown, and for sources and audiences in the other sections too."""

    sources: tuple[Choice, ...]
    types: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    statuses: tuple[Choice, ...]
    audiences: tuple[Choice, ...]


@dataclass(frozen=True)
class ReportData:
    """The whole page.

    Attributes:
        name: The company's name, when it is known.
        release_id: Which release.
        edition: Which edition.
        run_date: The day that counted as today, in words.
        figures: The five that matter.
        degraded: Sources that were held or missing.
        groups: The conflicts by who decides or decided.
        observations: Type of harmless difference in words, and how many.
        stale: What is out of date.
        signs: What has signs that alone do not make it stale.
        families: Copies and versions.
        quarantine: What was set aside.
        sources: All sources.
        rulings: What people decided.
        tasks: Those that cannot be served today, wholly or in part.
        gaps: What was reported as missing or wrong, and is open.
        coverage: What each detector looked at.
        out_of: How much was considered, in one sentence.
        choices: What the filters offer.
    """

    name: str | None
    release_id: str
    edition: str
    run_date: str
    figures: tuple[Figure, ...]
    degraded: tuple[SourceLine, ...]
    groups: tuple[Group, ...]
    observations: tuple[tuple[str, int], ...]
    stale: Section[Stale]
    signs: Section[Stale]
    families: Section[Family]
    quarantine: Section[SetAside]
    sources: Section[SourceLine]
    rulings: Section[RulingLine]
    tasks: Section[TaskLine]
    gaps: Section[GapLine]
    coverage: Section[Looked]
    out_of: str
    choices: Choices
