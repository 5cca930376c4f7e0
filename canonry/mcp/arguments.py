"""What tools take. The descriptions are constants that agents read; no text of a document ever stands among them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from canonry.serve.errors import AgentError, bad_argument

if TYPE_CHECKING:
    from collections.abc import Mapping

_Text = Annotated[str, Field(min_length=1, max_length=10_000)]
_Name = Annotated[str, Field(min_length=1, max_length=500)]
_Filter = Annotated[str | None, Field(max_length=2_000, description="Such as: source = 'live' and dated_on >= '2024-01-01'.")]
_Cites = Annotated[tuple[_Name, ...], Field(min_length=1, max_length=50, description="Cites out of earlier results.")]
_AsOf = Annotated[date | None, Field(description="The day on which it was true; default: the day of the release.")]
_Release = Annotated[str | None, Field(max_length=100, description="A release out of an earlier result, to read the same again.")]
_Cursor = Annotated[str | None, Field(max_length=600, description="`next_cursor` of the answer before, with the same arguments.")]
_ASKED_FOR = 40  # characters of a wrong name that are repeated


class Arguments(BaseModel):
    """Base of all: unknown arguments are errors; every tool reads the release that it is told to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: _Release = None


class Search(Arguments):
    """Arguments of `search`."""

    query: Annotated[_Text, Field(description="Words, a question, a phrase or a code.")]
    k: Annotated[int, Field(ge=1, le=100, description="At most so many items.")] = 5
    filter: _Filter = None


class GetContext(Arguments):
    """Arguments of `get_context`."""

    query: Annotated[_Text | None, Field(description="What is to be answered.")] = None
    entity: Annotated[
        _Name | None, Field(description="Name, key or id of a thing: what is known of it; with a task, what it is about.")
    ] = None
    task: Annotated[_Name | None, Field(description="A decision: exactly what it needs is packed, and `unmet` says what is missing.")] = (
        None
    )
    budget_tokens: Annotated[
        int | None, Field(ge=500, le=16_000, description="The whole result is never longer; default: the task's, else 4000.")
    ] = None
    filter: _Filter = None
    as_of: _AsOf = None
    min_quality: Annotated[float | None, Field(ge=0, le=1, description="Leave out items below.")] = None
    on_conflict: Annotated[
        Literal["winner", "both", "abstain"] | None,
        Field(description="Serve the better side, all sides, or no contested item; default: the task's, else winner."),
    ] = None
    detail: Annotated[Literal["concise", "detailed"], Field(description="Whether source, heading, dates and scores come along.")] = (
        "concise"
    )
    cursor: _Cursor = None


class ResolveFact(Arguments):
    """Arguments of `resolve_fact`."""

    subject: Annotated[_Name, Field(description="Name, key or id of what it is about.")]
    attribute: Annotated[_Name, Field(description="Which property.")]
    as_of: _AsOf = None


class GetItem(Arguments):
    """Arguments of `get_item`."""

    cites: _Cites
    start: Annotated[int | None, Field(ge=0, description="First character of a slice; with one cite only.")] = None
    end: Annotated[int | None, Field(ge=1, description="One past its last character.")] = None


class Explain(Arguments):
    """Arguments of `explain`."""

    id: Annotated[_Name, Field(description="An id or a cite; a fact as “<subject id> <attribute>”.")]


class ListConflicts(Arguments):
    """Arguments of `list_conflicts`."""

    status: Annotated[
        Literal["open", "decided_by_policy", "decided_by_person", "dismissed"] | None, Field(description="Only these; default: all.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=100, description="At most so many.")] = 20


class ChangesSince(Arguments):
    """Arguments of `changes_since`."""

    since: Annotated[_Name, Field(description="The release out of an earlier result.")]
    limit: Annotated[int, Field(ge=1, le=500, description="At most so many changes.")] = 100
    cursor: _Cursor = None


class ReportGap(Arguments):
    """Arguments of `report_gap`."""

    kind: Annotated[Literal["missing", "incorrect", "conflicting", "outdated", "unsafe"], Field(description="What is wrong.")]
    note: Annotated[str, Field(min_length=1, max_length=2_000, description="The same in words, for the people who review.")]
    cites: Annotated[tuple[_Name, ...], Field(max_length=20, description="What was served and is meant.")] = ()


class QuerySql(Arguments):
    """Arguments of `query_sql`."""

    sql: Annotated[_Text, Field(description="One SELECT over the tables that describe_store names, in DuckDB's SQL.")]
    max_rows: Annotated[int, Field(ge=1, le=1_000, description="At most so many rows.")] = 100
    budget_tokens: Annotated[int, Field(ge=500, le=16_000, description="The whole result is never longer.")] = 4000


class DescribeStore(Arguments):
    """Arguments of `describe_store`."""


def parsed(model: type[Arguments], given: Mapping[str, Any] | None) -> Arguments:
    """Check what a caller gave.

    Raises:
        AgentError: BAD_ARGUMENT, naming the argument and what it must be; never what was given.
    """
    try:
        return model.model_validate(dict(given or {}))
    except ValidationError as e:
        raise _said(model, e) from None


def _said(model: type[Arguments], error: ValidationError) -> AgentError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        shown = "".join(c for c in name[:_ASKED_FOR] if c.isprintable() and not "\ud800" <= c <= "\udfff")
        return bad_argument(f"There is no argument {shown!r}.", f"There are: {', '.join(model.model_fields)}.")
    told = model.model_fields[name].description if name in model.model_fields else None
    if first["type"] == "missing":
        return bad_argument(f"The argument {name} is missing.", told or f"Give {name}.")
    return bad_argument(f"The argument {name} is not valid: {_reason(first['msg'])}.", told or "Look at the schema of the tool.")


def _reason(message: str) -> str:
    return message[:1].lower() + message[1:200]
