from __future__ import annotations

import pytest

from tests.publish.sample import Nights


@pytest.fixture
def nights(tmp_path):
    return Nights(tmp_path)
