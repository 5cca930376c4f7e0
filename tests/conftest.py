"""What tests of several stages share: a small company on disk, its encoder, and the example company run once with the real model."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings

from canonry import store
from examples import night2
from tests.flow.company import BagOfWords, Company

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from canonry.workspace import RunSummary

_CALM = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
# A night takes a second: shrinking a failure would take minutes. `HYPOTHESIS_PROFILE=long` looks further, and shrinks.
settings.register_profile("canonry", max_examples=10, derandomize=True, phases=[Phase.explicit, Phase.generate], **_CALM)
settings.register_profile("long", max_examples=200, **_CALM)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "canonry"))


def pytest_configure(config):
    config.addinivalue_line("markers", "promise(*ids): which promises of tests/promises.py the test keeps")


@pytest.fixture
def company(tmp_path):
    """Pages on four topics in two sources, two price lists, a table of claims; no night yet."""
    return Company.small(tmp_path / "company")


@pytest.fixture
def two_editions(tmp_path):
    """The same company with the editions staff and hr."""
    return Company.small(tmp_path / "company", editions=True)


@pytest.fixture(scope="session")
def companies(tmp_path_factory):
    """Make as many small companies as a property wants, each in a folder of its own; old ones go when there are many."""
    made: list[Path] = []

    def _small(*, editions: bool = False) -> Company:
        for old in made[:-8]:
            shutil.rmtree(old, ignore_errors=True)
        made.append(tmp_path_factory.mktemp("company"))
        return Company.small(made[-1] / "a", editions=editions)

    return _small


@pytest.fixture
def bag_of_words():
    """The encoder of the small companies."""
    return BagOfWords()


@dataclass(frozen=True)
class Example:
    """The example company after its first night; look, do not touch: copy the folder to change it."""

    folder: Path
    summary: RunSummary

    def tables(self, edition: str = "full") -> dict[str, pl.DataFrame]:
        """All published tables of an edition."""
        manifest = store.needed(self.folder / "store")
        return dict(store.read_tables(store.edition_file(self.folder / "store", manifest, edition), manifest.editions[edition].tables))


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """Run the example company with the real model, once for all workers."""
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "example"
    place.mkdir(exist_ok=True)
    told = place / "summary.pickle"
    with (place / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not told.exists():
            summary = night2.night(night2.copied(place / "brightwater"), date(2026, 3, 2))
            told.write_bytes(pickle.dumps(summary))
    return Example(place / "brightwater", pickle.loads(told.read_bytes()))  # noqa: S301  (our own, of a minute ago)
