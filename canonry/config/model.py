"""`canonry.yaml` as one pydantic model."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from canonry.config.base import Days, Names, Strict
from canonry.config.serving import Serve
from canonry.config.tasks import Task
from canonry.hierarchy import Hierarchy
from canonry.hierarchy import read as read_hierarchy
from canonry.ids import digest_json
from canonry.settings import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OWN_EDITION = "full"
ValueType = Literal[
    "text", "name", "organization", "person", "address", "email", "phone", "url", "date", "datetime", "time", "money", "number",
    "percent", "quantity", "duration", "identifier", "code", "boolean", "place",
]  # fmt: skip
PolicyWord = Literal["validity", "supersession", "authority", "agreement", "corroboration", "recency", "specificity"]
ConflictKind = Literal["records", "texts", "text_and_record"]


def _off(value: Any) -> Any:
    """Take the word that YAML reads as a boolean for the word."""
    return "off" if value is False else value


class Sidecar(Strict):
    """A table beside the documents that says more about them: one row per document, found by `key`."""

    path: str = Field(description="The table; formats as for exports.")
    key: str = Field(description="Column that holds the document's path.")
    modified_at: str | None = Field(None, description="Column with the day on which the document was last changed.")
    title: str | None = Field(None, description="Column with its title.")
    owner: str | None = Field(None, description="Column with who answers for it.")
    audience: str | None = Field(None, description="Column with who may read it.")
    expires_on: str | None = Field(None, description="Column with the day after which it no longer holds.")
    review_on: str | None = Field(None, description="Column with the day on which it is due for review.")
    replaced_by: str | None = Field(None, description="Column with the path, id or URL of its successor.")
    url: str | None = Field(None, description="Column with where it can be opened.")
    where: dict[str, str] = Field({}, description="Only rows with these values: column → value.")


class CsvOptions(Strict):
    """How to read a delimited file; everything is recognised when not given."""

    encoding: str | None = Field(None, description="Such as `cp1252`; else recognised.")
    delimiter: str | None = Field(None, description="Such as `;`; else recognised.")
    header_rows: int = Field(1, ge=1, le=5, description="Rows that the headings take up, joined.")


class XlsxOptions(Strict):
    """Which sheet of a workbook to read; default: the first that is not empty."""

    sheet: str | None = Field(None, description="Name of the sheet.")


class ClaimColumns(Strict):
    """Which columns of a claims table hold what."""

    subject: str = Field(description="Column with what the value is about.")
    attribute: str = Field(description="Column with which property it is.")
    value: str = Field(description="Column with the value.")
    source: str | None = Field(None, description="Column with who asserts it; each becomes a source of its own, `table/name`.")
    observed_at: str | None = Field(None, description="Column with the day on which it was seen.")


class SignalSwitches(Strict):
    """Which signs of age count for a source: each does unless it is switched off. What is gone or held stays so, said or not."""

    expired: bool = Field(default=True, description="It says until when it holds.")
    replaced: bool = Field(default=True, description="It names its successor.")
    older_version: bool = Field(default=True, description="A newer version of it is there.")
    removed: bool = Field(default=True, description="It is gone from its source.")
    absent_from_authority: bool = Field(default=True, description="Its key is gone from a register that ranks better.")
    review_overdue: bool = Field(default=True, description="Its review is due.")
    age: bool = Field(default=True, description="It is older than allowed, or than is usual in its source.")
    contradicted: bool = Field(default=True, description="One of its claims lost a conflict.")
    owner_gone: bool = Field(default=True, description="Its owner is not in the directory.")
    broken_link: bool = Field(default=True, description="One of its links leads nowhere.")
    dead_reference: bool = Field(default=True, description="It speaks of a thing that is gone.")
    dependency_stale: bool = Field(default=True, description="It links to a page that is out of date.")
    source_silent: bool = Field(default=True, description="Its source has not changed for longer than usual.")
    stamped_date: bool = Field(default=True, description="It shares its date with many others.")
    source_held: bool = Field(default=True, description="Its source could not be read.")


class Source(Strict):
    """One place that documents, records or claims come from."""

    kind: Literal["documents", "records", "claims"] = Field(description="Pages, rows about things, or rows of one asserted value each.")
    path: str = Field(description="File, folder or glob, relative to the configuration.")
    include: Names = Field([], description="Only files that match one of these globs; default: every file of a known format.")
    exclude: Names = Field([], description="No file that matches one of these globs.")
    authority: int | None = Field(None, ge=1, description="Rank, 1 is best; equal ranks do not decide, none ranks last.")
    owner: str | None = Field(None, description="Who answers for it, where the item names nobody.")
    audience: Names | None = Field(None, description="Who may read it, where the item says nothing; default: `default_audience`.")
    observed_on: date | None = Field(None, description="When this copy was taken: its items are no later than that.")
    metadata: Sidecar | None = Field(None, description="A table that says more about its documents.")
    review_every: Days | None = Field(None, description="After how long a document with an exact date is due for review.")
    max_age: Days | None = Field(None, description="A copy older than this makes its items stale by itself.")
    signals: SignalSwitches = Field(SignalSwitches(), description="Which signs of age count here.")
    max_drop: float = Field(0.5, gt=0, le=1, description="A fall by more than this share of the last good copy holds the source.")
    url: str | None = Field(None, description="Where a person opens a document; `{path}` stands for its path.")
    format: Literal["csv", "tsv", "xlsx", "xls", "json", "jsonl"] | None = Field(
        None, description="Format of an export; default: recognised."
    )
    csv: CsvOptions = Field(CsvOptions(), description="How to read it, if it is delimited.")
    xlsx: XlsxOptions = Field(XlsxOptions(), description="How to read it, if it is a workbook.")
    entity: str | None = Field(None, description="What its rows are about; default: the source's name.")
    id: Names | None = Field(None, description="Column, or columns, that name a row; default: ids are made from the rows.")
    fields: dict[str, str] = Field({}, description="Column → attribute; default: the heading in snake case.")
    observed_at: str | None = Field(None, description="Column with the day on which a row was last right.")
    columns: ClaimColumns | None = Field(None, description="Which column holds what; needed for kind `claims`.")
    authorities: dict[str, Annotated[int, Field(ge=1)]] = Field({}, description="Rank of those who assert in a claims table: name → rank.")

    @model_validator(mode="after")
    def _claims_need_columns(self) -> Source:
        if self.kind == "claims" and self.columns is None:
            msg = "a source of kind claims needs the key columns: {subject, attribute, value}"
            raise ValueError(msg)
        return self


class Attribute(Strict):
    """What is known beforehand about one attribute of an entity type."""

    type: ValueType | None = Field(
        None, description="How its values are read and compared; default: inferred from the values of all sources."
    )
    volatile: bool = Field(default=False, description="Changes often.")
    says: Names = Field([], description="How documents speak of it; default: its own words and those of its headings.")
    audience: Names | None = Field(None, description="Who may read its values; default: whoever may read the source.")
    cardinality: Literal["one", "many"] = Field("one", description="Whether several values may hold at once.")
    hierarchy: str | None = Field(None, description="File with columns id, name and parent_id: which place lies in which.")
    _places: Hierarchy | None = PrivateAttr(None)

    @property
    def places(self) -> Hierarchy | None:
        """What the file that `hierarchy` names says; None without one, and before `load` has read it."""
        return self._places

    def read_places(self, base: Path) -> None:
        """Read the file that `hierarchy` names, relative to a folder."""
        if self.hierarchy is not None:
            self._places = read_hierarchy(base / self.hierarchy)


class EntityType(Strict):
    """One kind of thing that records describe."""

    identity: Literal["key", "match"] | None = Field(None, description="How rows become one thing: by equal ids, or by likeness.")
    one_to_one: Literal["auto"] | bool = Field("auto", description="Whether two rows of one source are two things.")
    names: Names = Field(
        [], description="Attributes that hold what documents call it; default: the id, and those of type name or organization."
    )
    attributes: dict[str, Attribute] = Field({}, description="What is known of its attributes.")


class Edition(Strict):
    """What a group of principals may read."""

    audiences: Names = Field(description="It holds what these may read.")
    principals: Names = Field([], description="The agents that read it; each belongs to one edition.")


class When(Strict):
    """A condition on a conflict; empty parts match everything."""

    type: Literal["value_conflict", "outdated", "negation", "definition", "suspected_error"] | None = Field(
        None, description="This type of conflict."
    )
    entity: str | None = Field(None, description="About this kind of thing.")
    attribute: str | None = Field(None, description="About this attribute.")
    source: str | None = Field(None, description="With a side from this source.")
    scope: str | None = Field(None, description="Under this condition.")
    kind: ConflictKind | None = Field(None, description="Between these kinds of sources.")


class PolicyRule(Strict):
    """The first rule whose `when` matches decides a conflict."""

    when: When = Field(When(), description="Which conflicts it is for.")
    decide_by: list[PolicyWord] = Field(description="Words tried from left to right; each separates one side or abstains.")
    min_confidence: float = Field(0.8, ge=0, le=1, description="What `agreement` has to reach.")
    otherwise: Literal["person", "both", "abstain"] = Field(
        "person",
        alias="else",
        description="What becomes of a conflict that no word decides: a person is asked, both stand, or it stays open.",
    )

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Weights(Strict):
    """Weights of the quality components; they are brought to a sum of one."""

    freshness: float = Field(0.25, ge=0, description="How young it is, by its source's own rhythm of change.")
    agreement: float = Field(0.25, ge=0, description="Whether it is contested or corrected.")
    authority: float = Field(0.2, ge=0, description="Rank of its source.")
    uniqueness: float = Field(0.1, ge=0, description="Whether other versions of it stand beside it.")
    completeness: float = Field(0.1, ge=0, description="Of entity cards: how many of the attributes are filled.")
    provenance: float = Field(0.1, ge=0, description="Whether it has an owner and an exact date.")


class Quality(Strict):
    """How the quality score is made, and below what nothing is served."""

    weights: Weights = Field(Weights(), description="How much each component counts.")
    floor: float = Field(0.2, ge=0, le=1, description="An item below this is left out.")


class Protect(Strict):
    """What to do with secrets and personal data, and with text that hides something or speaks to an agent."""

    secrets: Literal["quarantine", "redact", "flag"] = Field(
        "quarantine",
        description="Passwords, keys and tokens: taken out and what is around them is not served, taken out, or left and only flagged.",
    )
    hidden_text: Literal["flag", "quarantine"] = Field("flag", description="Text that a reader of the page does not see.")
    instructions: Literal["flag", "quarantine"] = Field("flag", description="Text that tells an assistant what to do.")
    personal: Annotated[Literal["off", "redact"], BeforeValidator(_off)] = Field(
        "off", description="E-mail addresses, phone numbers, account, card and social security numbers: left, or taken out."
    )
    ignore: Names = Field(
        [], description="Kinds that are left alone, as `quarantine` names them: `email`, `iban`, `card`, `ssn`, `phone`, `password`, …"
    )


class Gate(Strict):
    """What a release must reach before it becomes current."""

    questions: str = Field(description="File of golden questions, as for `canonry eval`.")
    max_wrong_context_rate: float = Field(0.05, ge=0, le=1, description="Share of questions that may be served a wrong value as current.")
    max_flag_rate: float = Field(0.3, ge=0, le=1, description="Share of right items that may be served with a flag.")


class Embedding(Strict):
    """Which model turns text into vectors: the shipped one, or a folder with a sentence-transformers model."""

    model: str = Field("all-MiniLM-L6-v2", description="Its name, or the folder.")


class Keep(Strict):
    """How many releases are kept, and how long removed items stand in `excluded`."""

    releases: int = Field(7, ge=1, description="How many of the newest stay.")
    days: Days = Field(30, description="How long a removed item is still told.")


DEFAULT_POLICY = (
    PolicyRule(
        when=When(), decide_by=["validity", "supersession", "authority", "agreement", "corroboration", "recency"], min_confidence=0.8
    ),
)


class MisplacedError(ValueError):
    """What is wrong with the file as a whole, and the place that it speaks of."""

    def __init__(self, message: str, *place: str) -> None:
        super().__init__(message)
        self.place = place


def _plain_name(part: str, name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        msg = f"the name {name!r} may hold letters, digits, '.', '_' and '-' only"
        raise MisplacedError(msg, part, name)
    if part == "editions" and name == _OWN_EDITION:
        msg = f"the name {name!r} is canonry's own: the edition that holds everything is always made; choose another name"
        raise MisplacedError(msg, part, name)


def _one_edition_each(editions: Mapping[str, Edition]) -> None:
    taken: dict[str, str] = {}
    for edition, declared in editions.items():
        for number, principal in enumerate(declared.principals):
            if taken.setdefault(principal, edition) != edition:
                msg = f"principal {principal!r} stands in the editions {taken[principal]!r} and {edition!r}; it may belong to one"
                raise MisplacedError(msg, "editions", edition, "principals", str(number))


def _known_tasks(config: Config) -> None:
    """Hold tasks to the sources, entities and principals that there are."""
    kinds = {*config.entities, *(s.entity or name for name, s in config.sources.items() if s.kind != "documents")}
    readers = {p for e in config.editions.values() for p in e.principals}
    for name, task in config.tasks.items():
        _plain_name("tasks", name)
        for number, need in enumerate(task.needs):
            at = ("tasks", name, "needs", str(number))
            for source in (s for s in need.sources if s not in config.sources):
                msg = f"a need names the source {source!r}, which does not exist{nearest(source, config.sources)}"
                raise MisplacedError(msg, *at, "sources")
            if need.entity is not None and need.entity not in kinds:
                msg = f"a need names the entity {need.entity!r}, which does not exist{nearest(need.entity, kinds)}"
                raise MisplacedError(msg, *at, "entity")
        for principal in (p for p in task.principals if p not in readers):
            msg = f"principal {principal!r} of a task stands in no edition, and so can ask for nothing{nearest(principal, readers)}"
            raise MisplacedError(msg, "tasks", name, "principals")


class Config(Strict):
    """The whole configuration."""

    name: str = Field("canonry", description="What the report is headed with.")
    store: str = Field("store", description="Folder of the published releases.")
    journal: str = Field("journal", description="Folder of what people ruled, accepted and reported.")
    state: str = Field(".canonry", description="Folder of what can be computed again.")
    run_date: date | None = Field(None, description="The day that counts as today, where `--date` names none; default: today (UTC).")
    default_audience: Names | None = Field(None, description="Who may read an item where neither it nor its source says so.")
    sources: dict[str, Source] = Field(min_length=1, description="Where documents, records and claims come from.")
    entities: dict[str, EntityType] = Field({}, description="What is known beforehand about the kinds of things.")
    editions: dict[str, Edition] = Field({}, max_length=8, description="Who may read what; besides `full`, which holds everything.")
    policy: tuple[PolicyRule, ...] = Field(DEFAULT_POLICY, description="How conflicts are decided: the first rule that matches.")
    quality: Quality = Field(Quality(), description="How items are scored.")
    protect: Protect = Field(Protect(), description="What becomes of secrets, personal data, and text that hides or commands.")
    tasks: dict[str, Task] = Field({}, description="What a decision needs before an agent may take it, and who may.")
    gate: Gate | None = Field(None, description="What a release must reach before it becomes current.")
    embedding: Embedding = Field(Embedding(), description="What turns text into vectors.")
    keep: Keep = Field(Keep(), description="How long releases and removed items are kept.")
    serve: Serve = Field(Serve(), description="How agents are served; changes nothing that is published.")

    @model_validator(mode="after")
    def _coherent(self) -> Config:
        for part in ("sources", "editions"):
            for name in getattr(self, part):
                _plain_name(part, name)
        _one_edition_each(self.editions)
        _known_tasks(self)
        for number, rule in enumerate(self.policy):
            if rule.when.source and rule.when.source not in self.sources:
                msg = f"a policy rule names the source {rule.when.source!r}, which does not exist{nearest(rule.when.source, self.sources)}"
                raise MisplacedError(msg, "policy", str(number), "when", "source")
        return self

    @property
    def hash(self) -> str:
        """Hash of the effective configuration, defaults included; where things lie and how they are served does not count."""
        told = self.model_dump(mode="json", by_alias=True, exclude={"store", "journal", "state", "run_date", "serve"})
        trees = [(t, a, s.places.digest) for t, e in self.entities.items() for a, s in e.attributes.items() if s.places]
        return digest_json([told, sorted(trees)] if trees else told)
