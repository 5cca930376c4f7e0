"""Read `canonry.yaml`; errors name file, line, key and the nearest valid key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from canonry.config.model import Config, MisplacedError
from canonry.errors import ConfigError
from canonry.settings import expanded, line_of, nearest, refuse_repeated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails


def load(path: Path, environment: Mapping[str, str]) -> Config:
    """Read and check a configuration file.

    Args:
        path: The YAML file.
        environment: Where ``${VAR}`` is looked up.

    Raises:
        ConfigError: The file is missing, is no YAML, or does not fit the model.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as e:
        msg = f"cannot read {path}: {e.strerror}."
        raise ConfigError(msg, "Run `canonry init FOLDER` to make one, or name it with --config.") from e
    text = expanded(text, environment, path)
    try:
        body = yaml.safe_load(text)
        node = yaml.compose(text)
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        raise ConfigError(f"not valid YAML: {getattr(e, 'problem', e)}", file=path.name, line=mark.line + 1 if mark else None) from e
    if node is not None:
        refuse_repeated(node, path.name, (), set())
    if not isinstance(body, dict):
        msg = "the configuration must be a mapping with the key sources"
        raise ConfigError(msg, "The smallest file is `sources: {x: {kind: documents, path: docs}}`.", file=path.name, line=1)
    config = parse(body, file=path.name, node=node)
    for entity, spec in config.entities.items():
        for attribute, declared in spec.attributes.items():
            try:
                declared.read_places(path.parent)
            except ConfigError as e:
                key = ["entities", entity, "attributes", attribute, "hierarchy"]
                line = line_of(node, key) if node else None
                raise ConfigError(e.message, e.hint, file=path.name, line=line, key=".".join(key)) from e
    return config


def parse(body: dict[str, Any], file: str = "canonry.yaml", node: yaml.Node | None = None) -> Config:
    """Check a configuration given as data; see `load`."""
    try:
        return Config.model_validate(body)
    except ValidationError as e:
        first = next((x for x in e.errors() if x["type"] == "extra_forbidden"), e.errors()[0])  # a misspelt key explains a missing one
        place = _place(first)
        key = ".".join(place)
        line = line_of(node, place) if node else None
        if first["type"] == "extra_forbidden":
            valid = _keys_at(place[:-1])
            raise ConfigError(f"unknown key {key!r}{nearest(place[-1], valid)}", file=file, line=line, key=key) from e
        if first["type"] == "missing":
            raise ConfigError(f"the key {key!r} is missing", file=file, line=line, key=key) from e
        message = str(first["msg"]).removeprefix("Value error, ")
        raise ConfigError(f"{key}: {message}" if key else message, file=file, line=line, key=key) from e


def _place(error: ErrorDetails) -> list[str]:
    """Say which key an error speaks of."""
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, MisplacedError):
        return list(cause.place)
    return [str(p) for p in error["loc"] if not str(p).startswith("function-")]


def find(start: Path) -> Path:
    """Look for ``canonry.yaml`` in a folder and in those above it."""
    for folder in (start, *start.parents):
        if (folder / "canonry.yaml").is_file():
            return folder / "canonry.yaml"
    msg = "no canonry.yaml here or above."
    raise ConfigError(msg, "Run `canonry init FOLDER` to make one, or name it with --config.")


def _keys_at(place: list[str]) -> list[str]:
    """The valid keys of the model part that a path leads to."""
    schema: dict[str, Any] = Config.model_json_schema(by_alias=True)
    defs, here = schema.get("$defs", {}), schema
    for step in place:
        here = _resolve(here, defs)
        here = here.get("properties", {}).get(step) or here.get("items") or here.get("additionalProperties") or {}
        if not isinstance(here, dict):
            return []
    return list(_resolve(here, defs).get("properties", {}))


def _resolve(part: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    for option in (part, *part.get("anyOf", []), *part.get("allOf", [])):
        if "$ref" in option:
            return dict(defs[option["$ref"].rsplit("/", 1)[-1]])
    return part
