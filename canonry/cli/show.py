"""``canonry show``: the schema of the configuration, and the policy in effect."""

from __future__ import annotations

from typing import Any

import click
import yaml

from canonry.cli import output
from canonry.cli.nearest import OneOf
from canonry.cli.session import Session, command
from canonry.config import Config


@command("show", "canonry show schema > canonry.schema.json", "canonry show policy", "canonry show policy --json")
@click.argument("what", type=OneOf(["schema", "policy"]), metavar="schema|policy")
def show_command(session: Session, what: str) -> None:
    """Print the JSON Schema of canonry.yaml, or the policy in effect, defaults included."""
    if what == "schema":
        Session(None, as_json=True).answer(Config.model_json_schema(by_alias=True), lambda: None)
        return
    rules = [r.model_dump(mode="json", by_alias=True) for r in session.workspace.config.policy]
    session.answer(rules, lambda: _policy(rules))


def _policy(rules: list[dict[str, Any]]) -> None:
    output.line(
        "# The first rule whose `when` matches decides; its words are tried left to right, after any ruling of a person.", style="dim"
    )
    for number, rule in enumerate(rules, 1):
        shown = {**rule, "when": {k: v for k, v in rule["when"].items() if v is not None}}
        output.line(f"# rule {number}{'' if shown['when'] else ': everything else' if number > 1 else ': every conflict'}", style="dim")
        output.line(yaml.safe_dump([shown], sort_keys=False, allow_unicode=True, default_flow_style=None, width=140).rstrip())
