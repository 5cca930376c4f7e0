"""What every command has: its configuration, its store, a release, and a way to answer a person or a program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canonry import config
from canonry import store as stores
from canonry.cli import edge
from canonry.cli.nearest import meant
from canonry.errors import ConfigError, UsageError
from canonry.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from canonry.store import Manifest


@dataclass
class Session:
    """One call of a command.

    Attributes:
        given: The configuration that was named with ``--config``; None to look for it.
        as_json: Whether standard output is for a program.
    """

    given: Path | None
    as_json: bool

    @property
    def config_path(self) -> Path:
        """The configuration file.

        Raises:
            ConfigError: There is none.
        """
        if self.given is None:
            return config.find(Path.cwd())
        path = self.given / "canonry.yaml" if self.given.is_dir() else self.given
        if not path.is_file():
            raise ConfigError(f"there is no file {path}.", "Run `canonry init FOLDER` to make one, or name another with --config.")
        return path

    @cached_property
    def workspace(self) -> Workspace:
        """The configuration with its folders."""
        return Workspace.open(self.config_path, edge.environment())

    @property
    def store(self) -> Path:
        """The store's folder."""
        return self.workspace.store

    def release(self, wanted: str | None) -> Manifest:
        """Find a release by its id, the beginning of its id, its number, ``current`` or ``parent``; None means the current one.

        Raises:
            StoreError: Nothing is published yet.
            UsageError: No release, or more than one, is meant.
        """
        if wanted is None or wanted == "current":
            return stores.needed(self.store)
        kept = stores.releases(self.store)
        if wanted == "parent":
            wanted = str(stores.needed(self.store).parent)
        found = [m for m in kept if wanted == m.release_id] or [m for m in kept if wanted == str(m.sequence)]
        found = found or [m for m in kept if m.release_id.startswith(wanted) and not wanted.isdigit()]
        if len(found) != 1:
            many = f"{len(found)} releases begin with {wanted!r}." if found else f"there is no release {wanted!r}"
            close = "" if found else meant(wanted, [m.release_id for m in kept])
            raise UsageError(many + close, "List those that are kept with `canonry releases`.")
        return found[0]

    def answer(self, value: Any, show: Callable[[], None]) -> None:
        """Print a result: as JSON, or as `show` does for a person."""
        if self.as_json:
            click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))
        else:
            show()


class Command(click.Command):
    """A command with examples in its help, and the options that all have."""

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (click's signature)
        """Write the examples, one a line."""
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write(f"{'':>{formatter.current_indent}}{example}\n")

    def invoke(self, ctx: click.Context) -> Any:
        """Make the session out of the options that all commands have."""
        given = ctx.params.pop("config")
        before = ctx.parent.obj if ctx.parent else None
        ctx.obj = Session(given or before, as_json=ctx.params.pop("as_json"))
        return super().invoke(ctx)


def command(name: str, *examples: str) -> Callable[[Callable[..., None]], click.Command]:
    """Declare a command; its function gets the `Session` first.

    Args:
        name: What a person types.
        examples: Whole command lines for its help page.
    """

    def declared(function: Callable[..., None]) -> click.Command:
        of = click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="The configuration.")
        as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
        return click.command(name, cls=Command, examples=examples)(of(as_json(click.pass_obj(function))))

    return declared
