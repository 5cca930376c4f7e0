from __future__ import annotations

import gc
import json
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def published(companies):
    company = companies()
    company.run()
    company.put("wiki", "Desk.md", "# The service desk\n\nThe service desk answers calls until 19:00 on every working day of the year.\n")
    company.run(1)
    return company


@pytest.fixture
def kernels(tmp_path):
    """A kernel that is the running interpreter, wherever it was installed."""
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
    }
    (folder / "kernel.json").write_text(json.dumps(spec))
    return KernelSpecManager(kernel_dirs=[str(folder.parent)], ensure_native_kernel=False)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_notebook_runs_from_top_to_bottom_on_a_published_store(path, published, kernels, monkeypatch):
    monkeypatch.setenv("CANONRY_CONFIG", str(published.base / "canonry.yaml"))
    monkeypatch.setenv("PYTHONPATH", str(path.parents[1]))
    book = nbformat.read(path, as_version=4)
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=kernels)
    nbclient.NotebookClient(book, km=manager, timeout=60, resources={"metadata": {"path": str(path.parent)}}).execute()
    shown = "\n".join(o.get("data", {}).get("text/plain", "") for c in book.cells if c.cell_type == "code" for o in c.outputs)
    assert published.manifest.release_id in shown
    del manager
    gc.collect()  # the kernel's client leaves its sockets to the collector; let it be here, where that is known


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_kept_without_outputs_and_without_logic_of_its_own(path):
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert all(not c.outputs and c.execution_count is None for c in cells)
    assert not any(word in c.source for c in cells for word in ("def ", "class ", "lambda", "\nfor ", "\nif "))


def test_there_are_notebooks():
    assert {p.stem for p in NOTEBOOKS} == {"changes", "conflicts"}
