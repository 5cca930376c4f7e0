"""One night of the small company under Dagster, shared by the tests that only look at it."""

from __future__ import annotations

import dagster as dg
import pytest

from assets import night as nights
from tests.flow.company import TinyWorkspace
from tests.pipelines.box import Box


@pytest.fixture(scope="session")
def box_of():
    """Give a company a Dagster box; its model is the small one."""
    with pytest.MonkeyPatch.context() as patch, dg.DagsterInstance.ephemeral() as instance:
        patch.setattr(nights, "Workspace", TinyWorkspace)
        yield lambda company: Box(instance, company)


@pytest.fixture(scope="session")
def first(box_of, companies):
    """A night of a company with editions; look, do not touch."""
    box = box_of(companies(editions=True).copy(companies().base.parent / "dagster"))
    return box, box.run()


@pytest.fixture
def box(box_of, company):
    """A company of the test's own."""
    return box_of(company)
