"""What the pages say is true: commands run, outputs are those shown, keys exist, links lead somewhere, the reference is fresh."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from canonry import published
from canonry.cli import SECTIONS, cli
from canonry.config import ConflictKind, PolicyWord, parse
from canonry.store import needed
from tests.docs.conftest import generate
from tests.docs.pages import PAGES, ROOT, blocks, codes, commands, headings, links, name

WRITTEN = generate.pages()
COMMANDS = [c for names in SECTIONS.values() for c in names]
TARGETS = re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
# Lines that are not run, and why.
NOT_RUN = {
    "make": "targets make an environment, serve a page or run this very suite: that they exist is checked",
    ".": "activates the environment that this test runs in",
    "cd": "the test stands in that folder already",
    "export": "sets a place on the reader's machine for the line after it",
}


def _wrong(line):
    """Run one line of a shell block; say what is wrong, or nothing."""
    echo, _, file = line.partition(" > ")
    word = shlex.split(line)[0]
    if line.startswith("canonry serve"):
        return ""  # it goes on until it is stopped: tests/docs/test_connect.py starts and asks it
    if word in NOT_RUN:
        missing = [t for t in shlex.split(line)[1:] if t not in TARGETS] if word == "make" else []
        return f"{line}: there is no target {missing[0]}" if missing else ""
    if word == "echo":
        Path(file).write_text(shlex.split(echo)[1] + "\n", encoding="utf-8")
        return ""
    if word != "canonry":
        return f"{line}: what runs this?"
    done = CliRunner().invoke(cli, shlex.split(echo if file else line)[1:])
    if file:
        Path(file).write_text(done.stdout, encoding="utf-8")
    return f"{line}: ended with {done.exit_code}: {done.stderr[-300:]}" if done.exit_code else ""


@pytest.mark.slow
@pytest.mark.parametrize("page", [p for p in PAGES if commands(p)], ids=name)
def test_every_command_shown_runs(page, company):
    assert [w for line in commands(page) if (w := _wrong(line))] == []


@pytest.mark.slow
@pytest.mark.parametrize("page", [p for p in WRITTEN if "<!-- output: " in p.read_text(encoding="utf-8")], ids=name)
def test_every_output_shown_is_what_comes_out(page, company):
    shown = list(generate.outputs(page.read_text(encoding="utf-8")))
    assert [(c, text) for c, _, text in shown] == [(c, generate.output(c, section)) for c, section, _ in shown], (
        "`python docs/generate.py --example` writes them anew"
    )


@pytest.mark.slow
def test_python_and_sql_for_agents_run(company, capsys):
    found = blocks(ROOT / "docs" / "for-agent-builders.md")
    scope = {}
    for block in [b for b in found if b.language == "python"]:
        exec(compile(block.text, f"for-agent-builders.md:{block.line}", "exec"), scope)  # noqa: S102  (our own page)
    assert scope["pack"].items, "the pack shown is empty"
    statements = [s for b in found if b.language == "sql" for s in b.text.split(";") if s.strip()]
    assert statements
    for statement in statements:
        assert scope["con"].sql(statement).fetchall(), f"nothing comes out of: {statement}"
    scope["con"].close()


def test_python_for_engineers_runs(capsys):
    scope = {}
    for block in [b for b in blocks(ROOT / "docs" / "for-engineers.md") if b.language == "python"]:
        exec(compile(block.text, f"for-engineers.md:{block.line}", "exec"), scope)  # noqa: S102  (our own page)
    other_days, same_days = scope["compared"]["conflict_probability"]
    assert other_days > same_days, "the page shows a contradiction and an agreement"


@pytest.mark.slow
def test_sql_for_engineers_runs(company):
    release = needed(company / "examples" / "guests" / "store")
    statements = [s for b in blocks(ROOT / "docs" / "for-engineers.md") if b.language == "sql" for s in b.text.split(";") if s.strip()]
    assert statements
    with duckdb.connect(str(company / "examples" / "guests" / "store" / release.editions["full"].file), read_only=True) as con:
        assert [s for s in statements if not con.sql(s).fetchall()] == [], "nothing comes out of these"


@pytest.mark.slow
def test_the_tables_of_the_reference_stand_in_a_published_file(company):
    release = needed(company / "store")
    with duckdb.connect(str(company / "store" / release.editions["staff"].file), read_only=True) as con:
        there = {t for (t,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert there == set(re.findall(r"^## (\w+)$", generate.reference()["tables.md"], re.MULTILINE))


@pytest.mark.parametrize("file", sorted(generate.reference()))
def test_the_reference_is_fresh(file):
    assert (generate.REFERENCE / file).read_text(encoding="utf-8") == generate.reference()[file], "`make docs` writes it anew"


def test_every_command_is_told_of_outside_the_reference():
    said = "\n".join(p.read_text(encoding="utf-8") for p in WRITTEN)
    assert [c for c in COMMANDS if not re.search(rf"\bcanonry (?:-c \S+ )?{c}\b", said)] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_named_in_a_sentence_exists(page):
    named = [c for code in codes(page) if (f := re.match(r"canonry(?: -c \S+)? ([a-z]+)(?:$| )", code)) for c in [f[1]]]
    assert [c for c in named if c not in COMMANDS] == []
    made = [t for code in codes(page) if (f := re.match(r"make ([a-z0-9]+)", code)) for t in [f[1]]]
    assert [t for t in made if t not in TARGETS] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_option_named_in_a_sentence_exists(page):
    known = set(re.findall(r"--[a-z][a-z-]+", generate.reference()["commands.md"]))
    ours = [o for code in codes(page) if code.startswith(("canonry", "--")) for o in re.findall(r"(?<![\w-])--[a-z][a-z-]+", code)]
    assert [o for o in ours if o not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_configuration_shown_is_valid(page):
    for block in [b for b in blocks(page) if b.language == "yaml"]:
        parse(yaml.safe_load(block.text))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    dead = [f"{file}#{heading}" for file, heading in links(page) if not file.exists() or (heading and heading not in headings(file))]
    assert dead == []


@pytest.mark.parametrize("key", ["volatile"])
def test_keys_that_are_said_to_have_no_effect_have_none(key):
    readers = [p for p in (ROOT / "canonry").rglob("*.py") if p.name not in ("tables.py", "comparison.py") and p.parent.name != "config"]
    assert f"`{key}`" in generate.reference()["configuration.md"].partition("## ")[0]
    assert [p.name for p in readers if re.search(rf"\.{key}\b", p.read_text(encoding="utf-8"))] == []


def test_every_policy_word_is_explained():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [w for w in PolicyWord.__args__ if f"| `{w}` |" not in text] == []
    assert ConflictKind.__args__ == ("records", "texts", "text_and_record")


def test_the_page_for_managers_tells_of_the_signals_that_exist_and_no_others():
    text = (ROOT / "docs" / "for-knowledge-managers.md").read_text(encoding="utf-8")
    code = "".join(
        f.read_text(encoding="utf-8") for f in ((ROOT / "canonry" / "curate.py"), *(ROOT / "canonry" / "staleness").glob("*.py"))
    )
    signals = (*published.HARD_SIGNALS, *published.SOFT_SIGNALS)
    made = {s for s in signals if re.search(rf'(?:, |pl\.lit\()"{s}"', code)}
    assert {s for s in signals if f"| `{s}` |" in text} == made


def test_the_page_for_managers_gives_every_reason_to_leave_an_item_out():
    text = (ROOT / "docs" / "for-knowledge-managers.md").read_text(encoding="utf-8")
    assert [r for r in published.REASONS if f"`{r}`" not in text] == []


def test_the_page_for_agents_gives_every_item_status_and_flag():
    text = (ROOT / "docs" / "for-agent-builders.md").read_text(encoding="utf-8")
    assert [w for w in (*published.ITEM_STATUSES, *published.FLAGS) if f"`{w}`" not in text] == []


def test_the_readme_shows_a_command_within_25_lines_and_its_picture_is_small():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert "```sh" in lines[:25]
    assert (ROOT / "docs" / "img" / "report.png").stat().st_size < 300_000


def test_no_page_names_a_place_of_ours():
    """No machine's path and no package registry's host; the data beside the checkout is named on one page only."""
    foreign = re.compile(r"pypi\.org|download\.pytorch\.org|pythonhosted|/opt/|/work/|/home/|/tmp/\w|127\.0\.0\.1|localhost")
    assert {name(p): f for p in PAGES if p.name != "commands.md" and (f := foreign.findall(p.read_text(encoding="utf-8")))} == {}


def test_every_decision_is_listed_and_has_its_three_parts():
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    for page in sorted(folder.glob("0*.md")):
        text = page.read_text(encoding="utf-8")
        assert f"({page.name})" in index
        assert [p for p in ("**Context.**", "**Choice.**", "**What was measured.**") if p not in text] == []
