"""Cancelling, many calls, broken frames, forks by the plugin, the end of the stream."""

from __future__ import annotations

import json
import os
import select
import signal
import socket

import pytest

from pluggarr.protocol import INTERNAL, Call, Connection, Methods
from tests.harness import Failure

PLUGIN, CANCELLED, BUSY, INVALID_PARAMS = -32000, -32001, -32004, -32602

BUSY_LOOP = """
import time
class Plugin:
    def run(self, action, params, context):
        log = context["logger"]
        if action == "loop":
            log.info("in")
            while True:
                pass
        if action == "log":
            while True:
                log.info("again")
        if action == "deaf":
            try:
                log.info("in")
                while True:
                    pass
            except BaseException:
                return "caught"
        if action == "late":
            try:
                log.info("in")
                while True:
                    pass
            finally:
                raise OSError("in finally")
        return action
"""


def outcome(worker, call):
    try:
        return worker.answer(call)["result"]
    except Failure as failure:
        return failure.code


@pytest.mark.parametrize(
    ("action", "expected"), [("loop", CANCELLED), ("log", CANCELLED), ("deaf", "caught"), ("late", PLUGIN)]
)
def test_cancel(loaded, action, expected):
    worker = loaded(BUSY_LOOP)
    for _ in range(5):
        call = worker.begin("run", run="r", action=action)
        while worker.hear()["params"]["message"] not in ("in", "again"):
            pass
        worker.cancel(call)
        assert outcome(worker, call) == expected
        assert worker.run("fine")["result"] == "fine"


def test_cancel_storm(loaded):
    """Cancels that come at any moment of a call, also too late, end that call and no other."""
    worker = loaded(BUSY_LOOP)
    calls = []
    for n in range(500):
        call = worker.begin("run", run="r", action="fine")
        if n % 3:
            worker.cancel(call)
        calls.append(call)
    outcomes = [outcome(worker, call) for call in calls]
    assert set(outcomes) <= {"fine", CANCELLED}
    assert all(out == "fine" for n, out in enumerate(outcomes) if n % 3 == 0)
    assert worker.run("fine")["result"] == "fine"
    worker.cancel(calls[0])
    worker.cancel(10_000)
    assert worker.run("fine")["result"] == "fine"


def test_cancel_of_an_import(worker, write):
    folder = write("it", {"plugin.py": "print('in', flush=True)\nwhile True: pass\n"})
    call = worker.begin("hello", protocol=1, key="it", dir=str(folder))
    assert worker.first_line() == "in"
    worker.cancel(call)
    with pytest.raises(Failure) as caught:
        worker.answer(call)
    assert caught.value.code == CANCELLED


def test_blocked_calls_delay_no_other(loaded):
    worker = loaded("""
        import threading
        class Plugin:
            gate = threading.Event()
            def run(self, action, params, context):
                if action == "wait":
                    self.gate.wait()
                self.gate.set() if action == "open" else None
                return action
        """)
    waiting = [worker.begin("run", run="r", action="wait") for _ in range(40)]
    assert worker.run("other")["result"] == "other"
    worker.run("open")
    assert [worker.answer(call)["result"] for call in waiting] == ["wait"] * 40


def test_too_many_calls(loaded):
    worker = loaded(
        "import threading\nclass Plugin:\n    def run(self, *_):\n        threading.Event().wait()\n"
    )
    calls = [worker.begin("run", run="r", action="x") for _ in range(257)]
    with pytest.raises(Failure) as caught:
        worker.answer(calls[-1])
    assert caught.value.code == BUSY
    assert worker.hang_up() == 0


def test_signal_handlers_run_while_nothing_happens(loaded):
    worker = loaded("""
        import signal, logging
        signal.signal(signal.SIGUSR1, lambda *_: logging.warning("caught"))
        signal.signal(signal.SIGUSR2, lambda *_: logging.warning("fails") or 1 / 0)
        def leave(*_):
            raise SystemExit(7)
        signal.signal(signal.SIGTERM, leave)
        class Plugin:
            pass
        """)
    for heard in range(10):
        os.kill(worker.pid, signal.SIGUSR1 if heard % 2 else signal.SIGUSR2)
        while len(worker.logs()) == heard:
            worker.hear()
        worker.call("describe")  # which the handler's end comes before
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.server.exit_of(worker.pid) == 7


def test_a_signal_handler_that_raises_costs_no_answer_and_cuts_none(loaded):
    worker = loaded("""
        import os, signal, sys, threading
        sys.stderr = open(os.devnull, "w")  # nobody reads it
        def late(*_):
            raise TimeoutError("late")
        signal.signal(signal.SIGALRM, late)
        class Plugin:
            def run(self, action, params, context):
                if action == "where":
                    return threading.current_thread() is threading.main_thread()
                return "x" * params["times"]
        """)
    for n in range(300):
        times = 1 if n % 10 else 4_000_000  # more than the stream takes at once
        call = worker.begin("run", run="r", action="x", params={"times": times})
        if times > 1:
            select.select([worker.lines.sock], [], [], 60)
        for _ in range(n * 7):
            pass
        os.kill(worker.pid, signal.SIGALRM)
        assert outcome(worker, call) in ("x" * times, PLUGIN, INTERNAL)
    where = PLUGIN
    while where in (PLUGIN, INTERNAL):  # the last signal may come as late as this
        where = outcome(worker, worker.begin("run", run="r", action="where"))
    assert where is True


@pytest.mark.parametrize(
    ("step", "expected"), [("_begin", INTERNAL), ("_answer", INTERNAL), ("_finish", None)]
)
def test_whatever_is_raised_around_a_call_it_has_an_answer(step, expected):
    class Hit(Call):
        hits = 0

    def hit(self):
        self.hits += 1
        if self.hits == 1:
            raise ZeroDivisionError
        return getattr(Call, step)(self)

    setattr(Hit, step, hit)
    answer = json.loads(Hit(1, lambda _: "true", {}).perform())
    assert answer.get("error", {}).get("code") == expected


def test_exit_while_an_exception_is_printed_is_an_exit(loaded):
    worker = loaded("""
        import os, signal, sys
        def leave(*_):
            raise SystemExit(7)
        signal.signal(signal.SIGUSR1, lambda *_: 1 / 0)
        signal.signal(signal.SIGTERM, leave)
        class Output:
            def write(self, text):
                os.kill(os.getpid(), signal.SIGTERM)
            def flush(self):
                pass
        class Plugin:
            def run(self, *_):
                sys.stderr = Output()
        """)
    worker.run("x")
    os.kill(worker.pid, signal.SIGUSR1)
    assert worker.server.exit_of(worker.pid) == 7


def test_a_run_is_on_the_main_thread_unless_that_is_busy(loaded):
    worker = loaded("""
        import threading
        class Plugin:
            gate = threading.Event()
            def run(self, action, params, context):
                if action == "wait":
                    self.gate.wait()
                return threading.current_thread() is threading.main_thread()
            def stop(self, context):
                self.gate.set()
        """)
    waiting = worker.begin("run", run="r", action="wait")
    assert worker.run("other")["result"] is False
    worker.call("stop")
    assert worker.answer(waiting)["result"] is True
    assert worker.run("other")["result"] is True


def test_logging_in_odd_places_never_blocks(loaded):
    """From signal handlers on the main thread and from finalisers, while that same thread writes."""
    worker = loaded("""
        import logging, os, signal, threading
        signal.signal(signal.SIGALRM, lambda *_: logging.info("tick" * 2000))
        class Loud:
            def __init__(self):
                self.me = self
            def __del__(self):
                logging.info("gone")
        class Plugin:
            @property
            def name(self):
                signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
                for _ in range(300):
                    logging.info("main" * 2000)
                    Loud()
                signal.setitimer(signal.ITIMER_REAL, 0)
                return "done"
        """)
    assert worker.call("describe")["name"] == "done"
    assert {log["message"][:4] for log in worker.logs()} <= {"main", "tick", "gone"}


@pytest.mark.parametrize(
    "frame",
    [b"no json\n", b"[1]\n", b'{"id":1', b"\xff\xfe\n", b'{"jsonrpc":"2.0","id":1,\n'],
    ids=["text", "list", "cut off", "not UTF-8", "half"],
)
def test_broken_frame_ends_the_worker(loaded, frame):
    worker = loaded("class Plugin: pass\n")
    worker.lines.sock.sendall(frame)
    assert worker.hang_up() == 1


@pytest.mark.parametrize("value", ["[" * 9000 + "]" * 9000, "9" * 5000], ids=["deep", "long number"])
def test_what_python_cannot_decode_is_one_failed_call(loaded, value):
    worker = loaded("class Plugin:\n    def run(self, *_): return 1\n")
    frame = (
        '{"jsonrpc":"2.0","id":77,"method":"run","params":{"run":"r","action":"x","params":' + value + "}}\n"
    )
    worker.lines.sock.sendall(frame.encode())
    try:
        assert worker.answer(77) == {"status": "ok", "result": 1}  # a Python that can
    except Failure as failure:
        assert failure.code == INVALID_PARAMS
    assert worker.run()["result"] == 1


def test_unknown_notifications_and_answers_are_ignored(loaded):
    worker = loaded("class Plugin:\n    def run(self, *_): return 1\n")
    worker.lines.send({"jsonrpc": "2.0", "method": "news", "params": {}})
    worker.lines.send({"jsonrpc": "2.0", "id": 9, "result": {}})
    assert worker.run()["result"] == 1


def test_forks_of_the_plugin_leave_the_stream_alone(loaded):
    worker = loaded("""
        import logging, multiprocessing, os, subprocess, sys
        def child(queue):
            logging.warning("from the child")
            queue.put(os.getpid())
        class Plugin:
            def run(self, action, params, context):
                if action == "return":
                    pid = os.fork()
                    if pid == 0:
                        return "the fork"
                    os.waitpid(pid, 0)
                if action == "exit":
                    pid = os.fork()
                    if pid == 0:
                        sys.exit(3)
                    os.waitpid(pid, 0)
                if action == "multiprocessing":
                    fork = multiprocessing.get_context("fork")
                    queue = fork.Queue()
                    process = fork.Process(target=child, args=[queue])
                    process.start()
                    assert queue.get() == process.pid
                    process.join()
                if action == "subprocess":
                    return subprocess.run(["ls", "/proc/self/fd"], capture_output=True, text=True).stdout
                return action
        """)
    for action in ("return", "exit", "multiprocessing"):
        assert worker.run(action)["result"] == action
    assert worker.run("subprocess")["result"].split() == ["0", "1", "2", "3"]
    assert worker.logs() == []
    assert worker.hang_up() == 0
    assert "from the child" in worker.output(worker.err)


def test_a_fork_amid_a_frame_goes_on_without_the_stream():
    ours, theirs = socket.socketpair()
    connection = Connection(theirs.detach(), Methods({}, {}, {}))
    connection._abandon()
    with connection._write:  # as a signal handler that comes while this thread writes
        connection.send(b"{}\n")
    connection.send(b"{}\n")
    assert ours.recv(1) == b""
    ours.close()


def test_the_end_of_the_stream_is_the_end(loaded):
    worker = loaded("""
        import threading, atexit
        class Plugin:
            def __init__(self):
                threading.Thread(target=threading.Event().wait).start()
            def run(self, action, params, context):
                print("unfinished", end="")
                threading.Event().wait()
        """)
    worker.begin("run", run="r", action="x")
    assert worker.call("describe")["name"] == "it"
    assert worker.hang_up() == 0


def test_what_was_printed_arrives(loaded):
    worker = loaded("""
        import sys
        class Plugin:
            def run(self, *_):
                print("é \\udc80")
                print("no newline", end="")
                print("error", file=sys.stderr)
        """)
    worker.run()
    assert worker.hang_up() == 0
    assert worker.output(worker.out) == "é \\udc80\nno newline"
    assert worker.output(worker.err) == "error\n"


def test_a_plugin_that_breaks_its_output_still_ends(loaded):
    source = "import sys\nclass Plugin:\n    def run(self, *_):\n        sys.stdout = sys.stderr = None\n"
    worker = loaded(source)
    worker.run()
    assert worker.hang_up() == 0
