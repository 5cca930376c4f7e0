# ruff: noqa: INP001  (a script, no package)
"""Write the reference in `docs/reference/` from the code; with ``--example`` also the outputs and the picture in the pages.

`make docs` calls it. A test compares what stands there with what would be written.
"""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.testing import CliRunner

from canonry import published
from canonry.cli import SECTIONS, cli
from canonry.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
EXAMPLE = ROOT / "examples" / "brightwater"
GUESTS = ROOT / "examples" / "guests"
MADE = ("store", "journal", ".canonry", "report.html")
_NOTE = "<!-- Written by docs/generate.py from {source}; `make docs` writes it anew. -->\n"
_WIDTH = 100
_EXITS = """\
Exit codes: 0 done; 1 the run, its gate or a check failed; 2 wrong usage or configuration; 75 another run holds the lock; 130
interrupted. With `--json`, errors are JSON on standard error too."""
_ABOUT_TABLES = """\
The same tables stand in every edition, `store/releases/<release>/<edition>/store.duckdb`; each table and column has this comment in
the catalogue. The view `items` is `context` and `excluded` together, with `is_served`. Tables whose name begins with `_` are internal."""
_ABOUT_KEYS = """\
Every key of `canonry.yaml`. `canonry show schema` prints the same as JSON Schema, for editors. A span of time is written `180d`,
`26w`, `6m` or `1y`; `${VAR}` comes from the environment; paths are relative to the file. An unknown key is an error that names the
nearest valid one.

Accepted, and without effect yet: `volatile`."""
_OUTPUT = re.compile(r"<!-- output: (?P<command>canonry [^|>]*?)(?: \| (?P<section>[^>]*?))? -->\n```text\n(?P<text>.*?)```", re.DOTALL)


def reference() -> dict[str, str]:
    """Make the pages of the reference: file name → text."""
    return {"tables.md": tables(), "configuration.md": configuration(), "commands.md": commands()}


def tables() -> str:
    """Describe every published table."""
    lines = ["# Tables", "", _NOTE.format(source="canonry/published.py"), _ABOUT_TABLES, ""]
    for table in published.TABLES.values():
        lines += [f"## {table.name}", "", table.doc]
        if table.key:
            lines += ["", f"Key: {', '.join(f'`{c}`' for c in table.key)}."]
        lines += ["", "| column | type | what it says |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {c.type}{'' if c.nullable else ', never null'} | {_cell(_column(c))} |" for c in table.columns]
        lines.append("")
    return "\n".join(lines)


def _column(column: Any) -> str:
    values = f" One of: {', '.join(f'`{v}`' for v in column.one_of)}." if column.one_of else ""
    bounds = f" From {column.between[0]:g} to {column.between[1]:g}." if column.between else ""
    return f"{column.doc}{values}{bounds}{' Stands outside the digest.' if column.volatile else ''}"


def configuration() -> str:
    """Describe every key of `canonry.yaml`."""
    schema = Config.model_json_schema(by_alias=True)
    lines = ["# Configuration", "", _NOTE.format(source="canonry/config/model.py"), _ABOUT_KEYS, "", "## The file", "", *_keys(schema)]
    for name, part in sorted(schema["$defs"].items()):
        lines += [f"## {name}", "", " ".join(part.get("description", "").split()), "", *_keys(part)]
    return "\n".join(lines).rstrip() + "\n"


def _keys(part: dict[str, Any]) -> list[str]:
    needed = set(part.get("required", ()))
    rows = [
        f"| `{key}` | {_cell(spec['description'])} | {_cell(_type(spec))} | {'needed' if key in needed else _cell(_default(spec))} |"
        for key, spec in part.get("properties", {}).items()
    ]
    return ["| key | what it says | value | default |", "|---|---|---|---|", *rows, ""]


def _type(spec: dict[str, Any]) -> str:
    if "$ref" in spec:
        name = spec["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if options := spec.get("anyOf") or spec.get("allOf"):
        return " or ".join(_type(o) for o in options if o.get("type") != "null")
    if "enum" in spec or "const" in spec:
        return ", ".join(f"`{v}`" for v in spec.get("enum", [spec.get("const")]))
    if spec.get("type") == "array":
        return f"list of: {_type(spec.get('items', {}))}"
    if spec.get("type") == "object":
        return f"name → {_type(spec['additionalProperties'])}" if isinstance(spec.get("additionalProperties"), dict) else "mapping"
    return _scalar(spec)


def _scalar(spec: dict[str, Any]) -> str:
    if "[dwmy]" in spec.get("pattern", ""):
        return "span such as `180d`"
    if spec.get("format") == "date":
        return "day such as `2024-12-31`"
    bounds = [f"{word} {spec[key]:g}" for key, word in _BOUNDS.items() if key in spec]
    return " ".join([{"string": "text", "integer": "whole number"}.get(str(spec.get("type")), str(spec.get("type", "any"))), *bounds])


_BOUNDS = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to"}


def _default(spec: dict[str, Any]) -> str:
    value = spec.get("default")
    if value in (None, {}, [], ""):
        return "none"
    if isinstance(value, (dict, list)):
        return "see there" if "$ref" in str(spec) else "`" + str(value) + "`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def commands() -> str:
    """Give the help page of every command."""
    lines = ["# Commands", "", _NOTE.format(source="canonry/cli"), _EXITS, ""]
    parent = click.Context(cli, info_name="canonry", max_content_width=_WIDTH, terminal_width=_WIDTH)
    for section, names in SECTIONS.items():
        lines += [f"## {section}", ""]
        for name in names:
            command = cli.get_command(parent, name)
            if command is None:
                raise AssertionError(name)
            with click.Context(command, info_name=name, parent=parent, max_content_width=_WIDTH, terminal_width=_WIDTH) as context:
                lines += [f"### canonry {name}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines)


def pages() -> list[Path]:
    """List the pages that people wrote."""
    return [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted(ROOT.glob("docs/*.md"))]


def outputs(text: str) -> Iterator[tuple[str, str, str]]:
    """Find the shown outputs of a page: command, heading of the section that is shown (or empty), what stands there."""
    for found in _OUTPUT.finditer(text):
        yield found["command"], found["section"] or "", found["text"]


def output(command: str, section: str) -> str:
    """Run a command in the current folder, and give its standard output, or one section of it."""
    done = CliRunner().invoke(cli, shlex.split(command)[1:], catch_exceptions=False)
    if done.exit_code:
        raise RuntimeError(f"{command}: {done.stderr}")
    text = "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())
    parts = [p for p in text.split("\n\n") if not section or p.strip().startswith(section)]
    return "\n\n".join(parts).strip("\n") + "\n"


def with_outputs(text: str) -> str:
    """Write the shown outputs of a page anew."""

    def put(found: re.Match[str]) -> str:
        shown = output(found["command"], found["section"] or "")
        return found[0][: found.start("text") - found.start()] + shown + "```"

    return _OUTPUT.sub(put, text)


def example(folder: Path) -> Path:
    """Copy the example company into a folder, without what runs on it made."""
    return Path(shutil.copytree(EXAMPLE, folder / "brightwater", ignore=shutil.ignore_patterns(*MADE)))


def guests(folder: Path) -> None:
    """Copy the example of two exports without a common key below a folder, as `examples/guests`, and run it."""
    place = folder / "examples" / "guests"
    shutil.copytree(GUESTS, place, ignore=shutil.ignore_patterns(*MADE))
    output(f"canonry -c {shlex.quote(str(place / 'canonry.yaml'))} run", "")


def picture() -> None:
    """Take the picture of the report, where there is a browser."""
    browser = shutil.which("chromium")
    if browser is None:
        return
    output("canonry report -o report.html", "")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,1500"]
    target = ROOT / "docs" / "img" / "report.png"
    command = [browser, *options, f"--screenshot={target}", Path("report.html").resolve().as_uri()]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  (a browser on a page of our own)


def main() -> None:
    """Write what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--example", action="store_true", help="run the example too, and write the outputs in the pages anew")
    asked = parser.parse_args()
    REFERENCE.mkdir(exist_ok=True)
    for name, text in reference().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"docs/reference/{name}\n")
    if asked.example:
        with tempfile.TemporaryDirectory() as folder, chdir(example(Path(folder))):
            output("canonry run", "")
            guests(Path.cwd())
            picture()
            for page in pages():
                before = page.read_text(encoding="utf-8")
                if list(outputs(before)):
                    page.write_text(with_outputs(before), encoding="utf-8")
                    sys.stdout.write(f"{page.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
