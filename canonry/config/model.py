"""`canonry.yaml` as one pydantic model."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from canonry.hierarchy import Hierarchy
from canonry.hierarchy import read as read_hierarchy
from canonry.ids import digest_json
from canonry.settings import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OWN_EDITION = "full"
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
ValueType = Literal[
    "text", "name", "organization", "person", "address", "email", "phone", "url", "date", "datetime", "time", "money", "number",
    "percent", "quantity", "duration", "identifier", "code", "boolean", "place",
]  # fmt: skip
PolicyWord = Literal["validity", "supersession", "authority", "agreement", "corroboration", "recency", "specificity"]
ConflictKind = Literal["records", "texts", "text_and_record"]


def _days(value: Any) -> Any:
    """Turn ``180d``, ``26w``, ``6m`` or ``1y`` into days."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*(\d+)\s*([dwmy])\s*", value)
        if not found:
            msg = "a span of time is written like 180d, 26w, 6m or 1y"
            raise ValueError(msg)
        return int(found[1]) * _DAYS[found[2]]
    return value


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Days = Annotated[int, BeforeValidator(_days), Field(ge=0)]
Names = Annotated[list[str], BeforeValidator(_one_or_many)]


class Strict(BaseModel):
    """Base of all parts: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sidecar(Strict):
    """A table beside the documents that says more about them: one row per document, found by `key`."""

    path: str
    key: str
    modified_at: str | None = None
    title: str | None = None
    owner: str | None = None
    audience: str | None = None
    expires_on: str | None = None
    review_on: str | None = None
    replaced_by: str | None = None
    url: str | None = None
    where: dict[str, str] = {}


class CsvOptions(Strict):
    """How to read a delimited file; everything is recognised when not given."""

    encoding: str | None = None
    delimiter: str | None = None
    header_rows: int = Field(1, ge=1, le=5)


class XlsxOptions(Strict):
    """Which sheet of a workbook to read; default: the first that is not empty."""

    sheet: str | None = None


class ClaimColumns(Strict):
    """Which columns of a claims table hold what."""

    subject: str
    attribute: str
    value: str
    source: str | None = None
    observed_at: str | None = None


class SignalSwitches(Strict):
    """Which signs of age count for a source: each does unless it is switched off. What is gone or held stays so, said or not."""

    expired: bool = True
    replaced: bool = True
    older_version: bool = True
    removed: bool = True
    absent_from_authority: bool = True
    review_overdue: bool = True
    age: bool = True
    contradicted: bool = True
    owner_gone: bool = True
    broken_link: bool = True
    dead_reference: bool = True
    dependency_stale: bool = True
    source_silent: bool = True
    stamped_date: bool = True
    source_held: bool = True


class Source(Strict):
    """One place that documents, records or claims come from."""

    kind: Literal["documents", "records", "claims"]
    path: str
    include: Names = []
    exclude: Names = []
    authority: int | None = Field(None, ge=1)
    owner: str | None = None
    audience: Names | None = None
    observed_on: date | None = None
    metadata: Sidecar | None = None
    review_every: Days | None = None
    max_age: Days | None = None
    signals: SignalSwitches = SignalSwitches()
    max_drop: float = Field(0.5, gt=0, le=1)
    url: str | None = None
    format: Literal["csv", "tsv", "xlsx", "xls", "json", "jsonl"] | None = None
    csv: CsvOptions = CsvOptions()
    xlsx: XlsxOptions = XlsxOptions()
    entity: str | None = None
    id: Annotated[list[str], BeforeValidator(_one_or_many)] | None = None
    fields: dict[str, str] = {}
    observed_at: str | None = None
    columns: ClaimColumns | None = None
    authorities: dict[str, Annotated[int, Field(ge=1)]] = {}

    @model_validator(mode="after")
    def _claims_need_columns(self) -> Source:
        if self.kind == "claims" and self.columns is None:
            msg = "a source of kind claims needs the key columns: {subject, attribute, value}"
            raise ValueError(msg)
        return self


class Attribute(Strict):
    """What is known beforehand about one attribute of an entity type."""

    type: ValueType | None = None
    volatile: bool = False
    says: Names = []
    audience: Names | None = None
    cardinality: Literal["one", "many"] = "one"
    hierarchy: str | None = None
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

    identity: Literal["key", "match"] | None = None
    one_to_one: Literal["auto"] | bool = "auto"
    names: Names = []
    attributes: dict[str, Attribute] = {}


class Edition(Strict):
    """What a group of principals may read."""

    audiences: Names
    principals: Names = []


class When(Strict):
    """A condition on a conflict; empty parts match everything."""

    type: Literal["value_conflict", "outdated", "negation", "definition", "suspected_error"] | None = None
    entity: str | None = None
    attribute: str | None = None
    source: str | None = None
    scope: str | None = None
    kind: ConflictKind | None = None


class PolicyRule(Strict):
    """The first rule whose `when` matches decides a conflict."""

    when: When = When()
    decide_by: list[PolicyWord]
    min_confidence: float = Field(0.8, ge=0, le=1)
    otherwise: Literal["person", "both", "abstain"] = Field("person", alias="else")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Weights(Strict):
    """Weights of the quality components; they are brought to a sum of one."""

    freshness: float = Field(0.25, ge=0)
    agreement: float = Field(0.25, ge=0)
    authority: float = Field(0.2, ge=0)
    uniqueness: float = Field(0.1, ge=0)
    completeness: float = Field(0.1, ge=0)
    provenance: float = Field(0.1, ge=0)


class Quality(Strict):
    """How the quality score is made, and below what nothing is served."""

    weights: Weights = Weights()
    floor: float = Field(0.2, ge=0, le=1)


class Protect(Strict):
    """What to do with text that hides something or speaks to an agent."""

    hidden_text: Literal["flag", "quarantine"] = "flag"
    instructions: Literal["flag", "quarantine"] = "flag"


class Gate(Strict):
    """What a release must reach before it becomes current."""

    questions: str
    max_wrong_context_rate: float = Field(0.05, ge=0, le=1)
    max_flag_rate: float = Field(0.3, ge=0, le=1)


class Embedding(Strict):
    """Which model turns text into vectors: the shipped one, or a folder with a sentence-transformers model."""

    model: str = "all-MiniLM-L6-v2"


class Keep(Strict):
    """How many releases are kept, and how long removed items stand in `excluded`."""

    releases: int = Field(7, ge=1)
    days: Days = 30


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


class Config(Strict):
    """The whole configuration."""

    name: str = "canonry"
    store: str = "store"
    journal: str = "journal"
    state: str = ".canonry"
    run_date: date | None = None
    default_audience: Names | None = None
    sources: dict[str, Source] = Field(min_length=1)
    entities: dict[str, EntityType] = {}
    editions: dict[str, Edition] = Field({}, max_length=8)
    policy: tuple[PolicyRule, ...] = DEFAULT_POLICY
    quality: Quality = Quality()
    protect: Protect = Protect()
    gate: Gate | None = None
    embedding: Embedding = Embedding()
    keep: Keep = Keep()

    @model_validator(mode="after")
    def _coherent(self) -> Config:
        for part in ("sources", "editions"):
            for name in getattr(self, part):
                _plain_name(part, name)
        _one_edition_each(self.editions)
        for number, rule in enumerate(self.policy):
            if rule.when.source and rule.when.source not in self.sources:
                msg = f"a policy rule names the source {rule.when.source!r}, which does not exist{nearest(rule.when.source, self.sources)}"
                raise MisplacedError(msg, "policy", str(number), "when", "source")
        return self

    @property
    def hash(self) -> str:
        """Hash of the effective configuration, defaults included; where things lie on this machine does not count."""
        told = self.model_dump(mode="json", by_alias=True, exclude={"store", "journal", "state", "run_date"})
        trees = [(t, a, s.places.digest) for t, e in self.entities.items() for a, s in e.attributes.items() if s.places]
        return digest_json([told, sorted(trees)] if trees else told)
