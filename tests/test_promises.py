"""Promises are data: each names tests that exist and say so, and no test keeps a promise that was never made."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.promises import PROMISES

ROOT = Path(__file__).parents[1]
KNOWN = {p.id: p for p in PROMISES}


def _ids(node: ast.expr) -> set[str]:
    """The ids in ``pytest.mark.promise("a", "b")``, alone or in a list."""
    calls = (n for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "promise")
    return {a.value for c in calls for a in c.args if isinstance(a, ast.Constant)}


def _marked(file: Path) -> dict[str, set[str]]:
    """Test function → promises it keeps; the empty name stands for the whole module."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    whole = {i for n in body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "pytestmark" for i in _ids(n.value)}
    own = {
        n.name: {i for d in n.decorator_list for i in _ids(d)}
        for n in body
        if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")
    }
    return {"": whole, **own}


MARKED = {f.relative_to(ROOT).as_posix(): _marked(f) for f in sorted((ROOT / "tests").rglob("test_*.py"))}


@pytest.mark.parametrize("promise", PROMISES, ids=lambda p: p.id)
def test_a_promise_names_tests_that_exist_and_say_that_they_keep_it(promise):
    assert promise.tests, "a promise without a test is none"
    for test in promise.tests:
        path, _, name = test.partition("::")
        assert path in MARKED, f"there is no {path}"
        assert name in MARKED[path], f"there is no test {name} in {path}"
        assert promise.id in MARKED[path][name], f"{test} does not carry @pytest.mark.promise({promise.id!r})"


def test_no_test_keeps_a_promise_that_was_not_made():
    made = {(p.id, test) for p in PROMISES for test in p.tests}
    found = {(i, f"{path}::{name}" if name else path) for path, tests in MARKED.items() for name, ids in tests.items() for i in ids}
    assert {i for i, _ in found} <= set(KNOWN)
    assert found <= made, f"add to tests/promises.py: {sorted(found - made)}"


def test_ids_are_unique():
    assert len(KNOWN) == len(PROMISES)
