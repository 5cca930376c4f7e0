"""The tasks of the example company: which can be served today, and what blocks the others."""

from __future__ import annotations

import json

from click.testing import CliRunner

from canonry.cli import cli


def test_tasks_are_listed_with_what_blocks_them_and_evaluated(example):
    def called(*args):
        done = CliRunner().invoke(cli, [*args, "-c", str(example.folder / "canonry.yaml")])
        assert done.exit_code == 0, done.stderr
        return done.stdout

    rows = {r["task"]: r for r in json.loads(called("list", "tasks", "--edition", "staff", "--json"))["rows"]}
    assert (rows["renew_contract"]["status"], rows["renew_contract"]["blocked"]) == ("ok", [])
    quote = rows["quote_rental"]
    assert (quote["principals"], quote["status"]) == (["agent-sales"], "insufficient")
    assert quote["ready"] + len(quote["blocked"]) == quote["subjects"]
    assert "quote_rental" in called("list", "tasks")
    assert json.loads(called("list", "tasks", "--edition", "hr", "--json"))["rows"] == []
    pack = json.loads(
        called("context", "--task", "quote_rental", "--entity", "AS-240", "--as", "agent-sales", "--edition", "staff", "--json")
    )
    assert (pack["status"], pack["unmet"]) == ("ok", [])
    assert [i["heading"] for i in pack["items"] if i["kind"] == "fact"] == ["day_rate", "list_price"]
