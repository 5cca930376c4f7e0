"""What the server adds to the results of the client: `denied`, lists in an envelope, and the schemas that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter

from canonry.serve.results import ConflictView, Result

if TYPE_CHECKING:
    from collections.abc import Mapping


class Denied(Result):
    """The caller may not ask this; says nothing of what there is."""

    status: Literal["denied"] = "denied"
    status_reason: str


class Conflicts(Result):
    """Conflicts with all their sides, open ones first, then by severity."""

    conflicts: tuple[ConflictView, ...]
    total: int
    release: str


def output_schema(model: type[Result]) -> dict[str, Any]:
    """Describe what a tool sends: the model without its nulls, or `Denied`."""
    either: Any = model | Denied
    adapter: TypeAdapter[Any] = TypeAdapter(either)
    return {"type": "object", **_plain(adapter.json_schema())}


def input_schema(model: type) -> dict[str, Any]:
    """Describe what a tool takes."""
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    found: dict[str, Any] = _plain(adapter.json_schema())
    found.pop("description", None)
    return found


def _plain(schema: Any, *, in_properties: bool = False) -> Any:
    """Drop titles, which repeat the names, and demand no field that may be null: nulls are left out of what is sent."""
    if isinstance(schema, list):
        return [_plain(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {k: _plain(v, in_properties=k in ("properties", "$defs")) for k, v in schema.items() if in_properties or k != "title"}
    if not in_properties and "required" in kept:
        kept["required"] = [name for name in kept["required"] if not _may_be_null(kept["properties"][name])]
    return kept


def _may_be_null(schema: Mapping[str, Any]) -> bool:
    return any(option.get("type") == "null" for option in schema.get("anyOf", ()))
