"""What a fork does to itself before any plugin code runs in it."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import fcntl
import gc
import io
import os
import random
import resource
import signal
import sys
from typing import NamedTuple

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None)

# Where the stream goes when no limit on files is set; plugins close low numbers, not this one.
HIGH_FD = 1000


class Limits(NamedTuple):
    """What one worker may use; 0 is no limit."""

    memory: int  # bytes of RLIMIT_DATA: heap, private mappings and thread stacks
    files: int  # open files, RLIMIT_NOFILE


def become(fds: list[int], limits: Limits, parent: int) -> int:
    """Turn this fork into a worker and return the descriptor of its stream.

    fds are the stream, standard output, standard error and maybe the door to a cgroup. Afterwards the
    process leads a session and group of its own, dies with its parent, and has files 0, 1, 2 and the
    stream open, no others.
    """
    enter(fds[3:])
    os.setsid()
    die_with(parent)
    adopt()
    reset_signals()
    stream, out, err = fds[:3]
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (out, 1), (err, 2)):
        os.dup2(source, target)
    high = hide(stream, limits.files)
    os.closerange(3, high)
    os.chdir("/")
    limit(limits)
    os.set_blocking(high, True)
    sys.stdout = sys.__stdout__ = text_output(1)
    sys.stderr = sys.__stderr__ = text_output(2)
    faulthandler.enable(file=2, all_threads=False)
    random.seed()
    sys.dont_write_bytecode = True  # a plugin's folder holds what its author put there
    gc.enable()
    return high


def enter(doors: list[int]) -> None:
    """Go to the cgroup that the host made; one that cannot be entered leaves the other limits."""
    for door in doors:
        with contextlib.suppress(OSError):
            os.write(door, b"0")


def text_output(fd: int) -> io.TextIOWrapper:
    """A text file on fd that takes any text and hands on every line at once."""
    raw = open(fd, "wb", closefd=False)  # noqa: SIM115 - lives as long as the process
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends."""
    if not sys.platform.startswith("linux"):
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it ended before the line above


def adopt() -> None:
    """Become the parent of what descendants let go of, so that it is found when this process ends."""
    if sys.platform.startswith("linux"):
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> list[int]:
    """The pids of this process's children; none where the system does not tell."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as listing:
            return [int(pid) for pid in listing.read().split()]
    except OSError:
        return []


def reset_signals() -> None:
    """Give every signal the behaviour a new process has; SIGPIPE stays ignored, as Python has it."""
    for number in (signal.SIGINT, signal.SIGCHLD):  # what Python and the fork-server handle
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def hide(stream: int, files: int) -> int:
    """Move the stream to a close-on-exec number that plugins do not touch by accident.

    With a limit on files that is a number above it: it stays open when the limit comes, and a loop
    that closes "all" files does not reach it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if files > 0 else HIGH_FD
    if soft <= wanted and soft != resource.RLIM_INFINITY:
        soft = wanted + 1 if hard == resource.RLIM_INFINITY else min(wanted + 1, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    most = wanted if soft == resource.RLIM_INFINITY else soft - 1
    return fcntl.fcntl(stream, fcntl.F_DUPFD_CLOEXEC, min(wanted, most))


def limit(limits: Limits) -> None:
    """Set the limits; one that the system allows less of is set as high as it goes."""
    for what, value in ((resource.RLIMIT_DATA, limits.memory), (resource.RLIMIT_NOFILE, limits.files)):
        if value > 0:
            _, hard = resource.getrlimit(what)
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(what, (most, most))
