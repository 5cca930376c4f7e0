"""Which files a source's path means: a file, a folder or a glob, narrowed by include and exclude."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from canonry.errors import SourceError
from canonry.ingest.reading import Fault, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from canonry.config import Source

_NOT_CONTENT = {"CVS", "__MACOSX", "Thumbs.db", "desktop.ini"}
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Found:
    """The files of a source.

    Attributes:
        single: Whether the path names one file, whose failure is the source's.
        files: (path inside the source with ``/``, where it lies), in order of path.
        faults: What was found and cannot be read.
    """

    single: bool
    files: tuple[tuple[str, Path], ...]
    faults: tuple[Fault, ...] = ()


def find(source: Source, base: Path, ignore: Iterable[Path] = ()) -> Found:
    """List the files that a source is made of.

    Args:
        source: The configured source; `path`, `include` and `exclude` are read.
        base: What `path` is relative to.
        ignore: Files that belong to the source in another way (its sidecar table).

    Raises:
        SourceError: Nothing is there, or nothing in it.
    """
    root, include = _root(source.path, base)
    if root.is_file():
        return Found(single=True, files=((root.name, root),))
    if not root.is_dir():
        raise SourceError(f"{source.path} does not exist.", "Mend the source's path; it is relative to canonry.yaml.")
    wanted, narrowed, unwanted = matcher(include), matcher(source.include), matcher(source.exclude)
    others = {os.path.realpath(p) for p in ignore}
    files, faults = list[tuple[str, Path]](), list[Fault]()
    for name, path in _walk(root, source.path, faults):
        meant = (not include or wanted(name)) and (not source.include or narrowed(name)) and not unwanted(name)
        if not meant or os.path.realpath(path) in others:
            continue
        if fault := _refusal(name, path, root):
            faults.append(fault)
        else:
            files.append((name, path))
    if not files and not faults:
        raise SourceError(f"There is no file in {source.path}.", "Put the export there, or look at include and exclude.")
    return Found(single=False, files=tuple(sorted(files)), faults=tuple(faults))


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Raises:
        UnreadableFileError: Rule ``unreadable``: the file system refuses.
    """
    try:
        return path.read_bytes()
    except OSError as e:
        raise UnreadableFileError("unreadable", f"It cannot be read: {e.strerror}.", "Look at its permissions.") from e


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Make a test for paths out of globs; ``**/`` also matches no folder, and a folder stands for all that is in it.

    >>> hit = matcher(["**/*.md", "drafts"])
    >>> hit("a.md"), hit("x/y/a.md"), hit("drafts/b.txt"), hit("b.txt")
    (True, True, True, False)
    """
    tests = [_regex(p) for p in patterns]
    return lambda name: any(t.fullmatch(name) for t in tests)


def _regex(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|.", pattern.removeprefix("./").strip("/"), re.DOTALL)
    known = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(known.get(p) or _class(p) for p in parts) + "(?:/.*)?", re.DOTALL)


def _class(part: str) -> str:
    if len(part) == 1:
        return re.escape(part)
    inner = part[1:-1].replace("\\", "\\\\").replace("[", "\\[")
    return f"[^{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"


def _root(path: str, base: Path) -> tuple[Path, list[str]]:
    """Find the folder or file that a path means, and the glob that goes on from there."""
    if (base / path).exists() or not _MAGIC.search(path):
        return base / path, []
    parts = PurePosixPath(path).parts
    plain = next(n for n, part in enumerate(parts) if _MAGIC.search(part))
    return base.joinpath(*parts[:plain]), ["/".join(parts[plain:])]


def _walk(root: Path, shown: str, faults: list[Fault]) -> Iterable[tuple[str, Path]]:
    def refused(error: OSError) -> None:
        if Path(error.filename) == root:
            raise SourceError(f"The folder {shown} cannot be read: {error.strerror}.", "Look at its permissions.") from error
        name = _shown(Path(error.filename).relative_to(root).as_posix())
        faults.append(Fault(name, "unreadable", f"The folder cannot be read: {error.strerror}."))

    for folder, folders, names in os.walk(root, onerror=refused):
        here = Path(folder)
        links = [d for d in folders if _content(d) and (here / d).is_symlink()]
        folders[:] = sorted(d for d in folders if _content(d) and d not in links)
        for name in (*names, *links):
            if _content(name):
                yield (here / name).relative_to(root).as_posix(), here / name


def _content(name: str) -> bool:
    return not name.startswith((".", "~$")) and name not in _NOT_CONTENT


def _refusal(name: str, path: Path, root: Path) -> Fault | None:
    """Say why a path is not read, or None."""
    if _shown(name) != name:
        return Fault(_shown(name), "undecodable", "The file's name is no UTF-8; rename it.")
    if path.is_symlink():
        target = Path(os.path.realpath(path))
        if not target.is_relative_to(os.path.realpath(root)):
            return Fault(name, "outside", "The link leads out of the source's folder and is not followed.")
        if target.is_dir():
            return Fault(name, "linked_folder", "The link leads to a folder of the same source, which is read under its own name.")
    return None if _regular(path) else Fault(name, "unreadable", "It is no regular file, or a link that leads nowhere.")


def _regular(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _shown(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
