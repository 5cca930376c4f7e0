from __future__ import annotations

import pytest

from canonry.report import page, view
from tests.report.sample import tables


@pytest.fixture(scope="session")
def release():
    return tables()


@pytest.fixture(scope="session")
def report(release):
    return view(release, name="Brightwater")


@pytest.fixture(scope="session")
def html(report):
    return page(report)
