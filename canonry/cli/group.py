"""The command group: loads a command when it is called, and ends every error in two lines and an exit code."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from canonry.cli import edge
from canonry.errors import CanonryError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

INTERRUPTED = 130
_UNCHANGED = "Nothing was published: the release before stays current."


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that ``--help`` is quick.

    Attributes:
        sections: Heading → command → its short help.
        modules: Command → the module that holds it, as ``<command>_command``.
    """

    def __init__(self, *args: Any, sections: Mapping[str, Mapping[str, str]], modules: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.sections, self.modules = sections, modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Give the names in the order of the help page."""
        return [name for commands in self.sections.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(self.modules[cmd_name])
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which ones come close."""
        if args[0] not in self.list_commands(ctx) and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=self.list_commands(ctx), ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (click's signature)
        """List the commands in sections, without importing them."""
        for heading, commands in self.sections.items():
            with formatter.section(heading):
                formatter.write_dl(list(commands.items()))

    def main(  # type: ignore[override]  # it never returns
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002  (click's signature)
        **extra: Any,
    ) -> None:
        """Run a command and exit: 0, or what the error says."""
        given = list(sys.argv[1:] if args is None else args)
        if not standalone_mode:
            super().main(given, prog_name, complete_var, standalone_mode=False, **extra)
            return
        sys.exit(self._ended(given, prog_name, complete_var, extra))

    def _ended(self, given: list[str], prog_name: str | None, complete_var: str | None, extra: dict[str, Any]) -> int:
        try:
            code = super().main(given, prog_name, complete_var, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as e:
            e.show()
            return e.exit_code
        except Exception as e:
            told = _explained(e)
            if told is None and edge.environment().get("CANONRY_DEBUG"):
                raise
            return _told(told or _unexpected(e), as_json="--json" in given)
        return code if isinstance(code, int) else 0


@dataclass(frozen=True)
class _Ending:
    """What is said about an error, and what the command ends with."""

    message: str
    hint: str
    exit_code: int
    code: str


def _explained(error: Exception) -> _Ending | None:
    """Put an error that was raised on purpose, or by the file system, in words; None for a defect."""
    if isinstance(error, click.Abort):
        return _Ending("interrupted.", _UNCHANGED, INTERRUPTED, "Interrupted")
    if isinstance(error, click.ClickException):
        return _Ending(error.format_message(), _usage_hint(error), error.exit_code, "Usage")
    if isinstance(error, CanonryError):
        return _Ending(error.message, next_step(error), error.exit_code, getattr(error, "code", type(error).__name__.removesuffix("Error")))
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return _Ending(f"{where}{error.strerror or error}.", "Look at the disk and at the permissions, then try again.", 1, "System")
    return None


def next_step(error: CanonryError) -> str:
    """Say what to do about an error; one in the configuration that says nothing itself points at the list of keys."""
    return error.hint or ("Mend the file; `canonry show schema` lists every key." if isinstance(error, ConfigError) else "")


def _unexpected(error: Exception) -> _Ending:
    from canonry.protect import Guard  # noqa: PLC0415  (only a defect needs it: it may quote what was being read)

    hint = "This is a defect of canonry, not of your data: run it again with CANONRY_DEBUG=1 and report what it prints."
    return _Ending(f"unexpected {type(error).__name__}: {Guard().masked(str(error)).text[:300]}", hint, 1, "Defect")


def _usage_hint(error: click.ClickException) -> str:
    ctx = getattr(error, "ctx", None)
    return f"See `{ctx.command_path} --help`." if ctx else ""


def _told(ending: _Ending, *, as_json: bool) -> int:
    """Say on standard error what went wrong and what to do next."""
    if as_json:
        told = {"error": ending.message, "next": ending.hint, "code": ending.code, "exit_code": ending.exit_code}
        click.echo(json.dumps(told, ensure_ascii=False), err=True)
        return ending.exit_code
    click.echo(f"{click.style('error:', fg='red', bold=True)} {ending.message}", err=True)
    if ending.hint:
        click.echo(f"{click.style('next:', bold=True)} {ending.hint}", err=True)
    return ending.exit_code
