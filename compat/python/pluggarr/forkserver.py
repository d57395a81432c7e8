"""The warm parent of all Python workers: imports the costly things once, then forks.

Run as ``python -m pluggarr.forkserver`` with the host on file 3, one JSON object a line.

From the host:
  ``{"id": 7, "fork": {"memory": bytes, "files": n, "fds": 3}}`` with as many descriptors attached, in
  this order: the worker's stream, its standard output, its standard error, and, when there are four,
  the ``cgroup.procs`` of the cgroup it goes to. A limit of 0 is none.
  ``{"kill": pid}`` ends a worker and its process group; a pid that is not a live worker is ignored.

To the host:
  ``{"ready": pid}`` once, ``{"id": 7, "pid": n}`` or ``{"id": 7, "error": text}`` for each fork, and
  ``{"exit": pid, "status": n}`` for each worker that ended (n < 0: killed by signal -n). A worker's
  exit always comes after the answer that names it.

It never has a thread, so that a fork is always a whole process. When the host hangs up it takes its
workers with it and ends.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections import deque
from typing import Any, NoReturn

from pluggarr import child, orm, worker

CONTROL_FD = 3
FDS_PER_FORK = (3, 4)
MAX_LINE = 64 * 1024

# What plugins import most; loaded here once, shared by every worker.
WARM = (
    "concurrent.futures",
    "csv",
    "dataclasses",
    "difflib",
    "hashlib",
    "html",
    "http.server",
    "pathlib",
    "random",
    "shutil",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "urllib.request",
    "xml.etree.ElementTree",
    "zoneinfo",
)


class ForkServer:
    """One fork-server: a control socket and the workers that are alive."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._alive: set[int] = set()  # forked and not yet reaped: only these may be signalled
        self._fds: deque[int] = deque()  # received and not yet claimed by a line
        self._input = b""
        self._wake_read, self._wake_write = os.pipe()

    def serve(self) -> None:
        """Answer the host until it hangs up, then end every worker."""
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        poll = select.poll()
        poll.register(self._wake_read, select.POLLIN)
        poll.register(self._control, select.POLLIN)
        control = self._control.fileno()
        try:
            self._send({"ready": os.getpid()})
            while True:
                ready = {fd for fd, _ in poll.poll()}
                if self._wake_read in ready:
                    self._reap()
                if control in ready and not self._hear():
                    return
        except OSError as error:
            print(f"fork-server: the host is gone: {error}", file=sys.stderr)
        finally:
            self._end_all()

    def _hear(self) -> bool:
        """Take in what the host sent; False when it has hung up."""
        data, ancillary, flags, _ = self._control.recvmsg(MAX_LINE, socket.CMSG_SPACE(16 * 4))
        self._take_fds(ancillary)
        if flags & socket.MSG_CTRUNC:
            # Which line the lost ones belong to cannot be known any more.
            print("fork-server: descriptors were lost, probably too many are open", file=sys.stderr)
            return False
        if not data:
            return False
        self._input += data
        while b"\n" in self._input:
            line, self._input = self._input.split(b"\n", 1)
            if not self._obey(line):
                return False
        return len(self._input) <= MAX_LINE

    def _take_fds(self, ancillary: list[tuple[int, int, bytes]]) -> None:
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds = array.array("i")
                fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
                for fd in fds:
                    os.set_inheritable(fd, False)
                    self._fds.append(fd)

    def _obey(self, line: bytes) -> bool:
        try:
            request = json.loads(line)
            if "kill" in request:
                self._kill(int(request["kill"]))
            else:
                limits = request["fork"]
                if limits["fds"] not in FDS_PER_FORK:
                    raise ValueError("a fork has three descriptors or four")
                fds = [self._fds.popleft() for _ in range(limits["fds"])]
                self._fork(int(request["id"]), fds, child.Limits(int(limits["memory"]), int(limits["files"])))
        except (ValueError, TypeError, KeyError, IndexError) as error:
            print(f"fork-server: not a request: {line[:200]!r}: {error}", file=sys.stderr)
            return False
        return True

    def _fork(self, request: int, fds: list[int], limits: child.Limits) -> None:
        answer: dict[str, Any] = {"id": request}
        try:
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                self._be_worker(fds, limits, parent)
            self._alive.add(pid)
            answer["pid"] = pid
        except OSError as error:
            answer["error"] = f"fork: {error}"
        for fd in fds:
            os.close(fd)
        self._send(answer)

    def _be_worker(self, fds: list[int], limits: child.Limits, parent: int) -> NoReturn:
        """Runs in the fork and never returns to the loop above."""
        try:
            signal.set_wakeup_fd(-1)
            self._control.detach()  # become closes the number, the object must never do it again
            stream = child.become(fds, limits, parent)
            worker.serve(stream)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def _kill(self, pid: int) -> None:
        if pid in self._alive:
            kill_group(pid)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 512)
        with contextlib.suppress(ChildProcessError):
            # WNOWAIT leaves the zombie, so its pid cannot be anybody else's while its group is killed.
            while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT | os.WNOHANG)) is not None:
                self._collect(ended.si_pid)

    def _collect(self, pid: int) -> None:
        kill_group(pid)  # what a worker left in its group ends with it
        _, status = os.waitpid(pid, 0)
        self._end_strays()
        if pid in self._alive:
            self._alive.discard(pid)
            self._send({"exit": pid, "status": os.waitstatus_to_exitcode(status)})

    def _end_strays(self) -> None:
        """End what an ended worker had let go of: nothing else has this process for its parent.

        What those have started in turn comes here when they have ended.
        """
        for pid in child.children():
            if pid not in self._alive:
                kill_group(pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _end_all(self) -> None:
        for pid in self._alive:
            kill_group(pid)
        for pid in self._alive:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        self._alive.clear()
        with contextlib.suppress(ChildProcessError):
            while child.children():
                self._end_strays()
                os.waitpid(-1, 0)

    def _send(self, message: dict[str, Any]) -> None:
        self._control.sendall(json.dumps(message, separators=(",", ":")).encode() + b"\n")


def kill_group(pid: int) -> None:
    """End a worker that is not reaped yet, with everything in its process group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Not yet a leader: it was forked this very moment and has started nothing.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def warm_up() -> None:
    """Import what workers will need; a Python built without one of them still serves."""
    for name in WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def main() -> None:
    """Serve the host on file 3."""
    os.set_inheritable(CONTROL_FD, False)
    control = socket.socket(fileno=CONTROL_FD)
    control.setblocking(True)
    gc.disable()  # a collection before the freeze would only leave holes that forks then fill
    warm_up()
    try:
        orm.load()
    except Exception:  # plugins that need none of it still run
        traceback.print_exc()
    gc.freeze()
    child.adopt()
    ForkServer(control).serve()


if __name__ == "__main__":
    main()
