"""The weights that `benchmarks/train_compare.py` writes."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


def save(path: Path, weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Write weights as float16 in npz; the same weights give the same bytes (no clock in the archive)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(weights):
            array = io.BytesIO()
            np.lib.format.write_array(array, np.ascontiguousarray(weights[name], dtype=np.float16), version=(1, 0))
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), array.getvalue(), zipfile.ZIP_DEFLATED)


def load(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read weights as float32."""
    with np.load(path) as archive:
        return {name: archive[name].astype(np.float32) for name in archive.files}
