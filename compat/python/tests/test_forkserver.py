"""The fork-server, and what a fork is like before and after the plugin runs in it."""

from __future__ import annotations

import os
import pathlib
import signal

import pytest

from tests.harness import Failure, Server, wait_gone

ASK = """
import os, resource, signal, socket, sys, threading, random
class Plugin:
    def run(self, action, params, context):
        return {"is": eval(action)}
"""


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("os.getsid(0) == os.getpgid(0) == os.getpid()", True),
        ("os.readlink('/proc/self/fd/0')", "/dev/null"),
        ("sys.stdin.read()", ""),
        ("os.path.exists('/proc/self/fd/3')", False),
        ("len(os.listdir('/proc/self/fd'))", 5),  # 0, 1, 2, the stream, the listing itself
        ("resource.getrlimit(resource.RLIMIT_NOFILE)", [64, 64]),
        ("resource.getrlimit(resource.RLIMIT_DATA)", [1 << 29, 1 << 29]),
        ("[int(s) for s in signal.valid_signals() if callable(signal.getsignal(s))]", []),
        ("list(signal.pthread_sigmask(signal.SIG_BLOCK, []))", []),
        ("sorted(t.name for t in threading.enumerate())", ["MainThread", "pluggarr-reader"]),
        ("__import__('gc').isenabled()", True),
        ("sys.stdout.encoding + sys.stdout.errors", "utf-8backslashreplace"),
    ],
)
def test_a_fork(server, write, question, answer):
    worker = server.fork(memory=1 << 29, files=64)
    worker.load(write("it", {"plugin.py": ASK}))
    assert worker.run(question)["is"] == answer
    assert worker.hang_up() == 0
    worker.close()


def test_forks_draw_different_random_numbers(server, write):
    folder = write("it", {"plugin.py": ASK})
    drawn = set()
    for _ in range(3):
        worker = server.fork()
        worker.load(folder)
        drawn.add(worker.run("random.random()")["is"])
        worker.hang_up()
        worker.close()
    assert len(drawn) == 3


@pytest.mark.parametrize(
    "body",
    [
        "os.closerange(3, 256)",
        "os.closerange(3, os.sysconf('SC_OPEN_MAX'))",
        "[os.write(3, b'junk') for _ in [0] if os.path.exists('/proc/self/fd/3')]",
        "os.closerange(0, 3)",
        "os.chdir('/'); os.umask(0); sys.setrecursionlimit(60)",
        "socket.setdefaulttimeout(0.001)",
        "sys.modules.clear()",
    ],
)
def test_the_protocol_survives(server, write, body):
    worker = server.fork(files=256)
    worker.load(write("it", {"plugin.py": ASK.replace("return", f"{body}\n        return")}))
    for number in range(3):
        assert worker.run(str(number))["is"] == number
    assert worker.hang_up() == 0
    worker.close()


def test_closing_the_stream_ends_the_worker(worker, write):
    source = "import os\nclass Plugin:\n    def run(self, *_):\n        os.closerange(3, 5000)\n"
    worker.load(write("it", {"plugin.py": source}))
    worker.begin("run", run="r", action="x")
    assert worker.server.exit_of(worker.pid) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("os._exit(7)", 7),
        ("os.abort()", -signal.SIGABRT),
        ("ctypes.string_at(0)", -signal.SIGSEGV),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    ],
)
def test_exit_is_reported(worker, write, body, status):
    source = f"import ctypes, os, signal\nclass Plugin:\n    def run(self, *_):\n        {body}\n"
    worker.load(write("it", {"plugin.py": source}))
    worker.begin("run", run="r", action="x")
    with pytest.raises((EOFError, ConnectionResetError)):
        worker.hear()
    assert worker.server.exit_of(worker.pid) == status
    if status == -signal.SIGSEGV:
        assert "Segmentation fault" in worker.output(worker.err)


def test_memory_limit(server, write):
    worker = server.fork(memory=300 << 20)
    source = "class Plugin:\n    def run(self, *_):\n        return len(bytearray(10 << 30))\n"
    worker.load(write("it", {"plugin.py": source}))
    with pytest.raises(Failure) as caught:
        worker.run()
    assert caught.value.data["type"] == "MemoryError"
    assert worker.hang_up() == 0
    worker.close()


STUBBORN = """
import signal, subprocess, threading
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "1000"])
class Plugin:
    name = str(child.pid)
    def run(self, *_):
        while True:
            pass
"""


@pytest.mark.parametrize("how", ["kill", "hang up", "end of the server", "death of the server"])
def test_a_worker_ends_with_its_group(plugins, write, how):
    server = Server({"DISPATCHARR_PLUGINS_DIR": str(plugins)})
    worker = server.fork()
    child = int(worker.load(write("it", {"plugin.py": STUBBORN}))["name"])
    worker.begin("run", run="r", action="x")
    if how == "kill":
        server.control.send({"kill": worker.pid})
        assert server.exit_of(worker.pid) == -signal.SIGKILL
    elif how == "hang up":
        assert worker.hang_up() == 0
    elif how == "end of the server":
        assert server.close() == 0
    else:
        server.process.kill()
        assert server.close() == -signal.SIGKILL
        wait_gone(worker.pid)  # by PR_SET_PDEATHSIG
        os.kill(child, signal.SIGKILL)  # the host's part: see Server in the Go package
    wait_gone(worker.pid)
    wait_gone(child)
    worker.close()
    server.close()


def test_only_live_workers_are_killed(server, write):
    for pid in (os.getpid(), server.process.pid, 1, -1, 0):
        server.control.send({"kill": pid})
    worker = server.fork()
    worker.load(write("it", {"plugin.py": ASK}))
    assert worker.run("1")["is"] == 1
    worker.hang_up()
    server.control.send({"kill": worker.pid})
    worker.close()
    assert server.process.poll() is None


@pytest.mark.parametrize("line", [b"junk\n", b'{"id":1}\n', b'{"id":1,"fork":{"memory":0}}\n', b"[]\n"])
def test_a_bad_request_ends_the_server(line):
    server = Server({})
    server.control.sock.sendall(line)
    assert server.control.next() is None
    assert server.close() == 0


def test_many_forks_leave_nothing_open(server):
    def files():
        return len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()))

    before = files()
    workers = [server.fork() for _ in range(20)]
    assert files() == before
    for worker in workers:
        worker.close()
        assert server.exit_of(worker.pid) == 0


def test_requests_in_one_write(server):
    """Descriptors find their line however the bytes are cut."""
    workers = server.fork_together(5)
    for worker in workers:
        with pytest.raises(Failure):
            worker.call("describe")
        assert worker.hang_up() == 0
        worker.close()
