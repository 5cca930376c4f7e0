"""Tasks: what a decision needs before an agent may take it, and who may."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from canonry.config.base import Days, Names, Strict


class Need(Strict):
    """One thing that a task needs: attributes of an entity that the request names, or what answers a query."""

    entity: str | None = Field(None, description="Kind of thing; the request names which one.")
    attributes: Names = Field([], description="Which of its attributes must be known.")
    query: str | None = Field(None, min_length=1, description="Or: a question that a passage must answer.")
    sources: Names = Field([], description="Only what these sources say counts; default: all.")
    min_confidence: float | None = Field(None, ge=0, le=1, description="How sure a value must be.")
    min_quality: float | None = Field(None, ge=0, le=1, description="How good the passage must be.")
    max_age: Days | None = Field(None, description="How old it may be; what has no date is too old.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Need:
        if (self.query is None) == (self.entity is None) or (self.entity is None) != (not self.attributes):
            msg = "a need has either a query, or an entity with attributes"
            raise ValueError(msg)
        if self.min_confidence is not None and self.query is not None:
            msg = "min_confidence goes with attributes; a passage has min_quality"
            raise ValueError(msg)
        if self.min_quality is not None and self.entity is not None:
            msg = "min_quality goes with a query; a value has min_confidence"
            raise ValueError(msg)
        return self


class Task(Strict):
    """A decision that an agent may take only when all that it needs is there."""

    principals: Names = Field([], description="Who may take it; default: every principal.")
    needs: list[Need] = Field(min_length=1, max_length=20, description="What must be there.")
    on_conflict: Literal["winner", "both", "abstain"] = Field(
        "abstain", description="Of an open conflict, serve the better side, all sides, or none; the need is unmet in any case."
    )
    budget_tokens: int = Field(4000, ge=500, le=16_000, description="Size of the pack where the request names none.")
