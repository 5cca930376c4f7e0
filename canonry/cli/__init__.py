"""The command line. This package alone reads the clock, the environment and the login name."""

from __future__ import annotations

from pathlib import Path

import click

from canonry.cli.group import LazyGroup
from canonry.version import VERSION

SECTIONS = {
    "Set up and run": {
        "init": "Profile a folder and propose a canonry.yaml.",
        "run": "Do the nightly job now.",
        "doctor": "Check this machine, the configuration and the store.",
        "show": "Print the schema of canonry.yaml, or the policy in effect.",
    },
    "Look": {
        "status": "Say what is published and how it is.",
        "list": "List conflicts, stale things, quarantine, rulings and more.",
        "explain": "Tell everything that bears on one id or cite.",
        "report": "Write the conflict report: web page, spreadsheet, CSV or JSON.",
    },
    "Ask, as an agent does": {
        "search": "Find items for a query, or for a file of them.",
        "context": "Pack whole items for a query within a budget.",
        "fact": "Look up what stands for a subject and an attribute.",
        "sql": "Run one SQL query over an edition, shut in.",
        "changes": "Tell what changed for a reader since a release.",
        "gap": "Report what is missing or wrong, or close a report.",
        "eval": "Measure a release with golden questions.",
    },
    "Serve agents": {
        "serve": "Serve an edition to agents (MCP).",
        "token": "Make a bearer token for a principal.",
        "audit": "Check the record of what agents asked.",
    },
    "Decide": {
        "rule": "Rule on a conflict, a document or records.",
        "unrule": "Withdraw a ruling.",
        "accept": "Say that a source that shrank is right.",
        "erase": "Take a page, a row, a source or words out of everything that is kept.",
    },
    "Releases": {
        "releases": "List the releases that are kept.",
        "diff": "Compare two releases.",
        "rollback": "Make an earlier release current.",
        "verify": "Check that releases are what was published.",
        "gc": "Remove releases and copies that are no longer kept.",
    },
}
_MODULES = {
    "init": "init", "run": "run", "doctor": "doctor", "show": "show",
    "status": "status", "list": "lists", "explain": "explain", "report": "report",
    "search": "search", "context": "ask", "fact": "ask", "sql": "sql", "changes": "changes", "gap": "gap", "eval": "evaluate",
    "serve": "serve", "token": "serve", "audit": "serve",
    "rule": "rule", "unrule": "rule", "accept": "accept", "erase": "erase",
    "releases": "releases", "diff": "releases", "rollback": "releases", "verify": "releases", "gc": "releases",
}  # fmt: skip


@click.group(
    cls=LazyGroup,
    sections=SECTIONS,
    modules={name: f"canonry.cli.{module}" for name, module in _MODULES.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Example: canonry init company && canonry -c company/canonry.yaml run",
)
@click.option(
    "-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="The configuration; default: canonry.yaml here or above."
)
@click.version_option(VERSION, "-V", "--version", package_name="canonry", prog_name="canonry")
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """Turn scattered documents and data exports into one curated context store that agents can trust."""
    ctx.obj = config


def main() -> None:
    """Run the command line."""
    cli.main(prog_name="canonry")
