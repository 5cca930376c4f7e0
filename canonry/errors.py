"""Every error a caller can meet: one base class, the data as attributes, a hint with the next step, an exit code."""

from __future__ import annotations

from typing import ClassVar


class CanonryError(Exception):
    """Base of all errors that canonry raises on purpose.

    Attributes:
        message: What went wrong, in one sentence.
        hint: What to do next, in one sentence; empty when there is nothing to do.
        exit_code: What the command line ends with.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep message and hint apart, so that each interface prints them its own way."""
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint


class ConfigError(CanonryError):
    """The configuration is wrong; names file, line and key."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "", *, file: str = "", line: int | None = None, key: str = "") -> None:
        """Prefix the message with the place it speaks of."""
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(place + message, hint)
        self.file, self.line, self.key = file, line, key


class UsageError(CanonryError):
    """A command was called with arguments that cannot be carried out."""

    exit_code = 2


class LockedError(CanonryError):
    """Another run holds the lock of this store."""

    exit_code = 75


class RunFailedError(CanonryError):
    """The run could not produce a release; the release before stays current."""


class SourceError(CanonryError):
    """One source could not be read; the run goes on without it (held or missing)."""


class StoreError(CanonryError):
    """The published store is missing, incomplete or was changed by somebody else."""


class UndeclaredReadError(CanonryError):
    """A stage read a configuration field that it did not declare."""
