"""What a release is made of beside its tables, and what became of publishing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from canonry import published
from canonry.errors import RunFailedError
from canonry.ids import digest_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from canonry.store import Input, Manifest

_SAID = ("rulings", "acceptances", "erasures")  # what people said that changes what is published; gaps and audit change nothing


@dataclass(frozen=True)
class About:
    """The five inputs of a run, by name and hash.

    Attributes:
        run_date: The day that counts as today.
        config_hash: Hash of the effective configuration.
        code_version: The canonry that runs.
        model: The embedding model.
        journal: Per file of the journal ``{offset, head}`` (`Journal.heads`).
        inputs: Per source what is used of it tonight.
        degraded: Sources that are held or missing.
        readable: Edition → the sources that it may name; `full` names all when it is not given.
        parent: The release that the run started from; None on the first night.
        rollbacks: The lines of the journal's file of that name; they hold inputs back.
        schema_version: Version of the published tables.
    """

    run_date: date
    config_hash: str
    code_version: str
    model: str
    journal: Mapping[str, Mapping[str, Any]]
    inputs: Mapping[str, Input]
    degraded: tuple[str, ...] = ()
    readable: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parent: Manifest | None = None
    rollbacks: tuple[Mapping[str, Any], ...] = ()
    schema_version: int = published.SCHEMA_VERSION


@dataclass(frozen=True)
class GateResult:
    """What the gate says of a release that is about to become current.

    Attributes:
        passed: Whether it may.
        reasons: Why not, one sentence each.
        figures: What was measured.
    """

    passed: bool
    reasons: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)


Gate: TypeAlias = "Callable[[Mapping[str, Path]], GateResult]"
"""Judges the staged files (edition → file, read-only) before they become current."""


class GateFailedError(RunFailedError):
    """The gate refused the release; the one before stays current.

    Attributes:
        result: What the gate said.
    """

    def __init__(self, result: GateResult) -> None:
        super().__init__(
            f"the gate refused the release: {'; '.join(result.reasons) or 'no reason given'}.",
            "Look at the questions that failed with `canonry eval`; the release before stays current.",
        )
        self.result = result


@dataclass(frozen=True)
class Published:
    """What became of publishing.

    Attributes:
        manifest: The release that is current now.
        published: Whether it is a new one.
        reason: Why, or why not.
        gate: What the gate said, when there is one.
    """

    manifest: Manifest
    published: bool
    reason: str
    gate: GateResult | None = None


def inputs_fingerprint(about: About | Manifest) -> str:
    """Hash what a night brought: sources, configuration, what people said, code and model; neither the date nor the parent.

    Two runs with one fingerprint would publish the same again on another day; this is what a rollback holds back.
    """
    return digest_json(
        {
            "config": about.config_hash,
            "code": about.code_version,
            "model": about.model,
            "schema": about.schema_version,
            "sources": {name: [i.hash, i.status] for name, i in about.inputs.items()},
            "journal": {name: _head(about, name) for name in _SAID},
        }
    )


def same_inputs(about: About, parent: Manifest) -> bool:
    """Tell whether a run has the inputs that the parent release was made of, its own parent aside."""
    return (
        about.run_date == parent.run_date
        and inputs_fingerprint(about) == inputs_fingerprint(parent)
        and _head(about, "rollbacks") == _head(parent, "rollbacks")
    )


def held_back(rollbacks: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Read from the journal which inputs may not be published again: those of releases left by going back."""
    held: set[str] = set()
    for line in rollbacks:
        held |= set(line.get("held", ()))
        held -= set(line.get("freed", ()))
    return frozenset(held)


def _head(about: About | Manifest, name: str) -> str | None:
    """Hash of a file of the journal; an absent file and an empty one are the same."""
    entry = about.journal.get(name, {})
    return str(entry["head"]) if entry.get("offset") else None
