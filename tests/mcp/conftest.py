"""A company with two editions and something that only one of them may read, served once for all tests that only ask."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.flow.company import Company, TinyWorkspace
from tests.flow.test_editions import declare, with_secrets
from tests.mcp.serving import serving, token

SECRETS = [("live", "leave", 1), ("wiki", "leave", 4), ("live", "pricing", 7)]


@pytest.fixture(scope="session")
def two_eyes(tmp_path_factory):
    """The company after its first night; `tokens` are those of its principals."""
    company = Company.small(tmp_path_factory.mktemp("served") / "company", editions=True)
    declare(company)
    with_secrets(company, SECRETS)
    company.config["editions"]["staff"]["principals"] = ["desk", "analyst", "reader", "helper"]
    made = {name: token(name) for name in ("desk", "people", "stranger", "reader", "analyst")}
    made["helper"] = token("helper", acting_for="desk")
    made["climber"] = token("desk", acting_for="people")
    company.config["serve"] = {
        "tokens": [entry for _, entry in made.values()],
        "scopes": {"reader": ["resolve_fact"], "analyst": ["read", "report", "sql"]},
        "limits": {"per_minute": 100_000, "at_once": 8},
    }
    company.run()
    return SimpleNamespace(company=company, tokens={name: secret for name, (secret, _) in made.items()})


@pytest.fixture(scope="session")
def asked(two_eyes):
    """The running server."""
    with serving(TinyWorkspace.open(two_eyes.company.base / "canonry.yaml", {})) as asking:
        asking.tokens = two_eyes.tokens
        yield asking
