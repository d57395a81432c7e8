"""Drives the real fork-server and its workers over their sockets, as the host does."""

from __future__ import annotations

import itertools
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
from typing import Any

ROOT = pathlib.Path(__file__).parent.parent
PATIENCE = 30.0  # seconds after which a test gives up; nothing is expected to take this long


class Failure(Exception):
    """The error a worker answered with."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data: dict[str, Any] = error.get("data") or {}


class Lines:
    """A socket that carries one JSON object a line."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        sock.settimeout(PATIENCE)
        self._reader = sock.makefile("rb")

    def send(self, message: dict[str, Any], *fds: int) -> None:
        data = json.dumps(message).encode() + b"\n"
        if fds:
            socket.send_fds(self.sock, [data], list(fds))
        else:
            self.sock.sendall(data)

    def next(self) -> dict[str, Any] | None:
        """The next message, None at the end."""
        line = self._reader.readline()
        return json.loads(line) if line else None

    def close(self) -> None:
        self._reader.close()
        self.sock.close()


class Worker:
    """One forked worker as the host sees it."""

    def __init__(self, server: Server, stream: socket.socket, out: int, err: int, pid: int) -> None:
        self.server, self.pid, self.lines = server, pid, Lines(stream)
        self.out, self.err = out, err
        self.notes: list[dict[str, Any]] = []
        self.answers: dict[int, dict[str, Any]] = {}
        self._ids = itertools.count(1)

    def begin(self, method: str, **params: Any) -> int:
        call = next(self._ids)
        self.lines.send({"jsonrpc": "2.0", "id": call, "method": method, "params": params})
        return call

    def cancel(self, call: int) -> None:
        self.lines.send({"jsonrpc": "2.0", "method": "$/cancel", "params": {"id": call}})

    def answer(self, call: int) -> Any:
        while call not in self.answers:
            self.hear()
        message = self.answers.pop(call)
        if "error" in message:
            raise Failure(message["error"])
        return message["result"]

    def hear(self) -> dict[str, Any]:
        message = self.lines.next()
        if message is None:
            raise EOFError("the worker hung up")
        if "id" in message:
            self.answers[message["id"]] = message
        else:
            self.notes.append(message)
        return message

    def call(self, method: str, **params: Any) -> Any:
        return self.answer(self.begin(method, **params))

    def hello(self, folder: pathlib.Path, key: str = "", protocol: int = 1) -> Any:
        key, data = key or folder.name, str(folder.parent)
        return self.call("hello", protocol=protocol, key=key, dir=str(folder), data=data)

    def load(self, folder: pathlib.Path, key: str = "") -> Any:
        self.hello(folder, key)
        return self.call("describe")

    def run(self, action: str = "go", params: Any = None, **more: Any) -> Any:
        return self.call("run", **{"run": "r1", "action": action, "params": params, "settings": {}, **more})

    def logs(self) -> list[dict[str, Any]]:
        return [note["params"] for note in self.notes if note["method"] == "log"]

    def first_line(self) -> str:
        """What was printed first, once it was."""
        return os.read(self.out, 65536).decode().partition("\n")[0]

    def output(self, fd: int) -> str:
        """All of one output, once the worker has ended."""
        parts = []
        while data := os.read(fd, 65536):
            parts.append(data)
        return b"".join(parts).decode()

    def hang_up(self) -> int:
        """Close the stream; returns the exit status."""
        self.lines.close()
        return self.server.exit_of(self.pid)

    def close(self) -> None:
        self.lines.close()
        for fd in (self.out, self.err):
            if fd >= 0:
                os.close(fd)
        self.out = self.err = -1


class Server:
    """A running fork-server."""

    def __init__(self, env: dict[str, str]) -> None:
        ours, theirs = socket.socketpair()
        command = (
            "import os, sys; os.dup2(int(sys.argv[1]), 3); "
            "os.execv(sys.executable, [sys.executable, '-m', 'pluggarr.forkserver'])"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", command, str(theirs.fileno())],
            cwd=ROOT,
            env={**os.environ, **env},
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self.control = Lines(ours)
        ready = self.control.next()
        assert ready == {"ready": self.process.pid}
        self.exits: dict[int, int] = {}
        self._ids = itertools.count(1)

    def fork_together(self, count: int) -> list[Worker]:
        """Ask for many workers, with lines that are sent in pieces, before hearing of any."""
        asked = []
        for _ in range(count):
            stream, theirs = socket.socketpair()
            (out, out_w), (err, err_w) = os.pipe(), os.pipe()
            call = next(self._ids)
            line = json.dumps({"id": call, "fork": {"memory": 0, "files": 0, "fds": 3}}).encode() + b"\n"
            socket.send_fds(self.control.sock, [line[:9]], [theirs.fileno(), out_w, err_w])
            self.control.sock.sendall(line[9:])
            theirs.close()
            os.close(out_w)
            os.close(err_w)
            asked.append((call, stream, out, err))
        pids = {}
        while len(pids) < count:
            message = self.hear()
            pids[message["id"]] = message["pid"]
        return [Worker(self, stream, out, err, pids[call]) for call, stream, out, err in asked]

    def fork(self, memory: int = 0, files: int = 256) -> Worker:
        ours, theirs = socket.socketpair()
        out, out_w = os.pipe()
        err, err_w = os.pipe()
        call = next(self._ids)
        request = {"id": call, "fork": {"memory": memory, "files": files, "fds": 3}}
        self.control.send(request, theirs.fileno(), out_w, err_w)
        for close in (theirs.close, lambda: os.close(out_w), lambda: os.close(err_w)):
            close()
        while (message := self.hear()).get("id") != call:
            pass
        return Worker(self, ours, out, err, message["pid"])

    def hear(self) -> dict[str, Any]:
        message = self.control.next()
        assert message is not None, "the fork-server hung up"
        if "exit" in message:
            self.exits[message["exit"]] = message["status"]
        return message

    def exit_of(self, pid: int) -> int:
        while pid not in self.exits:
            self.hear()
        return self.exits[pid]

    def close(self) -> int:
        self.control.close()
        return self.process.wait(PATIENCE)


def wait_gone(pid: int) -> None:
    """Return when no process has this pid any more; one that waits for its parent counts as gone."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state in "ZX":
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} is still there")
