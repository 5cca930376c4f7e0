"""Make ``.venv``: the pinned environment, with the CPU build of torch wherever no GPU would use another.

``make setup`` calls it. Needs nothing but Python's standard library. Two settings, from the environment or as ``make setup NAME=value``:

* ``TORCH=any``: take the build of torch that pip prefers, CUDA packages and all.
* ``TORCH_INDEX=URL``: take torch from this package index, such as the one that PyTorch's install page names for the CPU.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CONSTRAINTS = ROOT / "constraints.txt"
EXTRAS = "orchestrator,dev"
OLDEST, NEWEST = (3, 11), (3, 13)

NO_CPU_BUILD = """
No CPU build of torch {version} is within reach, and this machine shows no GPU.
Plain pip would now fetch gigabytes of CUDA packages that nothing here can use. Choose one:

  make {goal} TORCH_INDEX=URL   the package index that PyTorch's install page names for "Compute Platform: CPU",
                               or a mirror of it
  PIP_FIND_LINKS=DIR make {goal}   a folder that holds the CPU wheel
  make {goal} TORCH=any         accept the large download

{reason}"""


class SetupError(Exception):
    """Why the environment could not be made, said to the person who asked for it."""


def main() -> int:
    """Make or mend the environment; say what is done and how long it took."""
    began = time.perf_counter()
    try:
        make_venv()
        install("hatchling", "editables", doing="build backend")
        install_torch(pinned_version("torch"))
        install("--no-build-isolation", "--editable", f"{ROOT}[{EXTRAS}]", doing="canonry and some 170 packages: a minute or more")
        compile_packages()
        say(f"{summary()}; {time.perf_counter() - began:.0f} s")
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


def make_venv() -> None:
    """Make ``.venv`` with the Python that runs this; keep one that works and is recent enough."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise SetupError(f"Python {sys.version.split()[0]} is outside 3.11 to 3.13. Name another: make setup PYTHON=/path/to/python3.12")
    probe = f"import sys, pip; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    if PYTHON.exists() and run(PYTHON, "-c", probe).returncode == 0:
        return
    say(f"Python {sys.version.split()[0]}: making {VENV.name}")
    made = run(sys.executable, "-m", "venv", "--clear", VENV)
    if made.returncode:
        raise SetupError(f"{made.stdout}{made.stderr}\nIf venv is missing: on Debian and Ubuntu it is the package python3-venv.")


def install_torch(version: str) -> None:
    """Install the pinned torch: the CPU build on Linux unless there is a GPU or the person says otherwise.

    On other systems the ordinary build has no CUDA in it, and where a GPU is present pip's own choice is the right one.
    """
    index = os.environ.get("TORCH_INDEX", "").strip()
    wish = os.environ.get("TORCH", "").strip() or "auto"
    if wish not in {"auto", "any"}:
        raise SetupError(f"TORCH={wish} is unknown. Say TORCH=any, or leave it out.")
    if installed_version("torch").split("+")[0] == version and not index:
        return
    if index:
        install("--no-deps", "--force-reinstall", "--index-url", index, f"torch=={version}", doing=f"torch {version} from TORCH_INDEX")
    elif wish == "any" or sys.platform != "linux" or has_gpu():
        install(f"torch=={version}", doing=f"torch {version}, the build that pip prefers")
    else:
        install_cpu_torch(version)


def install_cpu_torch(version: str) -> None:
    """Install torch's CPU build from pip's configured places, else from PyTorch's own index, whose address uv knows.

    Only the CPU index and wheels copied from it carry the local version ``+cpu``, so asking for it by name never brings CUDA.
    """
    say(f"torch {version}, CPU build")
    if pip_install(f"torch=={version}+cpu").returncode == 0:
        return
    say("not among pip's configured places; asking PyTorch's own index, through uv")
    with tempfile.TemporaryDirectory() as folder:
        got = pip_install("--target", folder, "uv")
        if got.returncode == 0:
            uv = Path(folder, "bin", "uv")
            got = run(uv, "pip", "install", "--python", PYTHON, "--no-deps", "--torch-backend", "cpu", f"torch=={version}+cpu")
    if got.returncode:
        goal = os.environ.get("MAKE_GOAL") or "setup"
        raise SetupError(NO_CPU_BUILD.format(version=version, goal=goal, reason=last_words(got)))


def compile_packages() -> None:
    """Write byte code once, on all cores: without it, and where Python is told not to write any, each start takes twice as long."""
    say("byte code")
    run(PYTHON, "-m", "compileall", "-q", "-j", "0", next(VENV.glob("lib/python3*/site-packages")))


def has_gpu() -> bool:
    """Tell whether the kernel shows an NVIDIA GPU."""
    return any(Path("/dev").glob("nvidia[0-9]*"))


def pinned_version(name: str) -> str:
    """Read the one version of a package that ``constraints.txt`` allows."""
    found = re.search(rf"^{re.escape(name)}==(\S+)", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise SetupError(f"{CONSTRAINTS.name} does not pin {name}.")
    return found[1]


def installed_version(name: str) -> str:
    """Return the version of a package inside the environment, or nothing."""
    code = f"import importlib.metadata as m\ntry: print(m.version({name!r}))\nexcept m.PackageNotFoundError: pass"
    return run(PYTHON, "-c", code).stdout.strip()


def summary() -> str:
    """Say what stands in the environment; fail when CUDA packages came in unasked."""
    code = "import importlib.metadata as m; print(*sorted({d.name for d in m.distributions()}))"
    names = run(PYTHON, "-c", code).stdout.split()
    cuda = [name for name in names if name.startswith(("nvidia-", "cuda-", "triton"))]
    if cuda and not (os.environ.get("TORCH") or os.environ.get("TORCH_INDEX") or has_gpu()):
        raise SetupError(f"CUDA packages came in unasked: {', '.join(cuda)}. Remove .venv and try again, or say TORCH=any.")
    return f"{len(names)} packages, torch {installed_version('torch')}, {len(cuda)} of them for CUDA"


def install(*arguments: str | Path, doing: str) -> None:
    """Let the environment's pip install something under the pinned constraints."""
    say(doing)
    got = pip_install(*arguments)
    if got.returncode:
        raise SetupError(f"pip could not install: {doing}\n{last_words(got)}")


def pip_install(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Call pip; byte code comes afterwards, on all cores."""
    return run(
        PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile", "--constraint", CONSTRAINTS, *arguments
    )


def last_words(got: subprocess.CompletedProcess[str]) -> str:
    """Return the end of what a command said, without pip's remarks on places that hold no such package."""
    lines = [line for line in got.stderr.splitlines() if line.strip() and "is ignored: it is neither a file nor a directory" not in line]
    return "\n".join(lines[-12:])


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command quietly and keep what it said."""
    return subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True)


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(f"setup: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
