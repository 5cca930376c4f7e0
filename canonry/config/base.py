"""What all parts of the configuration share: strict models, spans of time, one name or several."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_SPAN = r"^\s*(\d+)\s*([dwmy])\s*$"
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def _days(value: Any) -> Any:
    """Turn ``180d``, ``26w``, ``6m`` or ``1y`` into days."""
    if isinstance(value, str):
        found = re.fullmatch(_SPAN, value)
        if not found:
            msg = "a span of time is written like 180d, 26w, 6m or 1y"
            raise ValueError(msg)
        return int(found[1]) * _DAYS[found[2]]
    return value


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_Span = Annotated[str, Field(pattern=_SPAN)]
Days = Annotated[int, BeforeValidator(_days, json_schema_input_type=_Span | int), Field(ge=0)]
Names = Annotated[list[str], BeforeValidator(_one_or_many, json_schema_input_type=str | list[str])]


class Strict(BaseModel):
    """Base of all parts: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
