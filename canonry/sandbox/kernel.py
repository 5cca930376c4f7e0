"""What the Linux kernel can forbid a process for good, called directly: Landlock for paths, seccomp for system calls, a network of its own.

Numbers and structures are those of the kernel's stable interface (``linux/landlock.h``, ``linux/seccomp.h``, ``linux/filter.h``).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Per machine: the number that seccomp calls its instruction set, and the numbers of the system calls that are named below.
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_CALLS: dict[str, tuple[int | None, int | None]] = {
    "brk": (12, 214),
    "clock_getres": (229, 114),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "close": (3, 57),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "fstat": (5, 80),
    "futex": (202, 98),
    "getcpu": (309, 168),
    "getpid": (39, 172),
    "getrandom": (318, 278),
    "getrusage": (98, 165),
    "gettid": (186, 178),
    "gettimeofday": (96, 169),
    "lseek": (8, 62),
    "madvise": (28, 233),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "nanosleep": (35, 101),
    "pread64": (17, 67),
    "read": (0, 63),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "restart_syscall": (219, 128),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123),
    "sched_yield": (24, 124),
    "sigaltstack": (131, 132),
    "write": (1, 64),
}
# All that a query needs once its file is open: memory, time, the open file, the pipe. No path, no socket, no process, no thread.
QUERY_CALLS = tuple(sorted(_CALLS.keys() - {"readlink", "readlinkat"}))

_SECCOMP, _LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = (317, 277), 444, 445, 446
_PR_SET_NO_NEW_PRIVS, _FILTER_MODE, _ALL_THREADS = 38, 1, 1
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_NEW_NETWORK, _NEW_IPC = 0x40000000, 0x08000000
_READ_FILE, _PATH_BENEATH = 1 << 2, 1
_EVERY_ACCESS = ((5, (1 << 16) - 1), (3, (1 << 15) - 1), (2, (1 << 14) - 1), (1, (1 << 13) - 1))  # from which version of Landlock on
_TCP, _SCOPES = 0b11, 0b11  # bind and connect; abstract sockets and signals to processes outside
_TCP_SINCE, _SCOPES_SINCE = 4, 6

_libc = ctypes.CDLL(None, use_errno=True)


def supported() -> bool:
    """Tell whether the numbers of this machine are known; without them nothing here can be called."""
    return platform.system() == "Linux" and platform.machine() in _MACHINES


def no_new_privileges() -> None:
    """Give up what a set-uid program could give back; the two walls below ask for it."""
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def own_network() -> None:
    """Move this process into a network and a message space without anything in them; needs root."""
    _checked(_libc.unshare(_NEW_NETWORK | _NEW_IPC))


def landlock_version() -> int:
    """Say which version of Landlock the kernel has; 0 when it has none or it is switched off."""
    return max(0, int(_libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


def only_files(files: Iterable[int]) -> None:
    """Forbid this thread every path but these open files, which it may read, and every TCP port, where the kernel knows how.

    Raises:
        OSError: The kernel has no Landlock.
    """
    version = landlock_version()
    access = next((bits for since, bits in _EVERY_ACCESS if version >= since), 0)
    handled = struct.pack("<QQQ", access, _TCP if version >= _TCP_SINCE else 0, _SCOPES if version >= _SCOPES_SINCE else 0)
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _TCP_SINCE else 8
    rules = _checked(_libc.syscall(_LANDLOCK_CREATE, handled, ctypes.c_size_t(size), ctypes.c_uint32(0)))
    for file in files:
        rule = struct.pack("<Qi", _READ_FILE, file)
        _checked(_libc.syscall(_LANDLOCK_ADD, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0)))
    _checked(_libc.syscall(_LANDLOCK_RESTRICT, ctypes.c_int(rules), ctypes.c_uint32(0)))
    os.close(rules)


def only_calls(names: Iterable[str]) -> None:
    """Forbid all threads of this process every system call but these: they fail as not permitted."""
    _filter(_numbers(names), matched=_ALLOW, otherwise=_REFUSE)


def no_calls(names: Iterable[str]) -> None:
    """Forbid all threads of this process these system calls: they fail as not permitted."""
    _filter(_numbers(names), matched=_REFUSE, otherwise=_ALLOW)


def _numbers(names: Iterable[str]) -> list[int]:
    _, column = _MACHINES[platform.machine()]
    return [number for number in (_CALLS[name][column] for name in names) if number is not None]


def _filter(numbers: list[int], *, matched: int, otherwise: int) -> None:
    """Install a filter program: another instruction set ends the process, then each number is compared in turn.

    On x86-64 the calls of the x32 interface have numbers of their own (bit 30 set), which match none of ours.
    """
    machine, column = _MACHINES[platform.machine()]
    steps = [(_LOAD, 0, 0, 4), (_IF_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    steps += [(_IF_EQUAL, len(numbers) - at, 0, number) for at, number in enumerate(numbers)]
    steps += [(_RETURN, 0, 0, otherwise), (_RETURN, 0, 0, matched)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *step) for step in steps))
    program = struct.pack("<HxxxxxxQ", len(steps), ctypes.addressof(code))
    _checked(_libc.syscall(_SECCOMP[column], ctypes.c_uint(_FILTER_MODE), ctypes.c_uint(_ALL_THREADS), program))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
