from __future__ import annotations

import re
import subprocess
import sys
import time

import click
import pytest
from click.testing import CliRunner

from canonry.cli import SECTIONS, cli

NAMES = [name for commands in SECTIONS.values() for name in commands]


def help_of(*args):
    return CliRunner().invoke(cli, [*args, "--help"], prog_name="canonry")


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_every_command_has_an_example_of_that_command(name):
    found = help_of(name)
    assert found.exit_code == 0
    examples = found.stdout.split("Examples:\n")[1].splitlines()
    assert any(f"canonry {name}" in line for line in examples)


@pytest.mark.parametrize("name", NAMES)
def test_every_example_uses_options_and_values_that_the_command_has(name):
    command = cli.get_command(click.Context(cli), name)
    options = {o for p in command.params for o in p.opts}
    for example in command.examples:
        assert set(re.findall(r"(?<!\w)--[a-z-]+", example)) <= options


@pytest.mark.parametrize("name", NAMES)
def test_every_command_takes_a_configuration_and_can_print_json(name):
    assert {"-c", "--config", "--json"} <= {o for p in cli.get_command(click.Context(cli), name).params for o in p.opts}


def test_the_list_of_commands_says_what_each_one_does():
    shown = help_of().stdout
    assert all(re.search(rf"^  {name}  +\S", shown, re.MULTILINE) for name in NAMES)


def test_a_command_that_is_not_built_is_not_listed():
    assert "review" not in NAMES


def test_help_does_not_wait_for_the_engine():
    code = "import sys; from canonry.cli import cli; cli.main(['--help'], standalone_mode=False)\n"
    code += "print(sorted({'torch','duckdb','polars'} & sys.modules.keys()))"
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
    assert time.perf_counter() - started < 5  # 0.2 s alone; a busy machine counts for the rest


@pytest.mark.parametrize(
    ("args", "suggestion"),
    [(["lst"], "list"), (["run", "--ful"], "--full"), (["list", "conflict"], "conflicts"), (["show", "polcy"], "policy")],
)
def test_a_misspelt_word_is_answered_with_the_nearest_one_and_exit_2(args, suggestion):
    found = CliRunner().invoke(cli, args, prog_name="canonry")
    assert found.exit_code == 2
    assert f"ean '{suggestion}'?" in found.stderr
    assert "next: See `canonry" in found.stderr
    assert not found.stdout


def test_without_a_command_the_help_is_shown():
    found = CliRunner().invoke(cli, [], prog_name="canonry")
    assert found.exit_code == 2
    assert "Set up and run:" in found.stderr
