"""The worker's end of the protocol: JSON-RPC 2.0, one object a line, both ways at once.

Threads. One thread reads and does nothing else. Calls of "main" methods are answered one after the
other on the process's main thread, because ``signal.signal`` works nowhere else and plugins call it
while they are imported; between calls the main thread waits in a way that lets signal handlers run.
"either" methods are answered there too unless it is busy: plugins look on which thread they are, and
go into the background or not. All other calls are answered on threads that are kept for the next call;
there is always one more, so a call that blocks for ever delays no other.

Cancelling raises :class:`Cancelled` in the thread that answers the call, at its next Python
instruction. Code that sits in a system call is reached when it returns; the host kills what does not.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import queue
import re
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

from pluggarr.outgoing import Outgoing

VERSION = 1
MAX_FRAME = 64 << 20

INVALID_REQUEST = -32600
UNKNOWN_METHOD = -32601
INVALID_PARAMS = -32602
INTERNAL = -32603
PLUGIN = -32000
CANCELLED = -32001
PERMISSION = -32002
VERSION_MISMATCH = -32003
BUSY = -32004
LOAD = -32005

KEPT_THREADS = 8  # idle ones; more are made when needed and end after their call
MAX_THREADS = 256  # calls in flight
SIGNALS_WAIT = 1.0  # seconds a signal handler of the plugin may come late while nothing happens

# Answers a call: takes its params, returns the result as JSON text, or raises CallError.
Handler = Callable[[dict[str, Any]], str]


class Cancelled(BaseException):
    """Raised in a thread whose call the host no longer waits for. Not for plugins to catch."""


class CallError(Exception):
    """The failure a call is answered with."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class Call:
    """One call of the host. Its lock guards the moment at which a cancel may still be raised."""

    __slots__ = ("_cancelled", "_lock", "_thread", "handler", "id", "params")

    def __init__(self, call_id: int, handler: Handler, params: dict[str, Any]) -> None:
        self.id = call_id
        self.handler = handler
        self.params = params
        self._lock = threading.Lock()
        self._thread = 0  # the answering thread, 0 before it began and after it ended
        self._cancelled = False

    def perform(self) -> bytes:
        """Run the handler and return the frame of its answer. After it no cancel can be raised."""
        frame = b""
        while True:
            # A cancel can come between any two instructions, also after the handler's return and
            # inside finish, but only once; so can what a signal handler of the plugin raises.
            try:
                if not frame:
                    self._begin()
                    frame = self._answer()
                self._finish()
            except BaseException as error:
                frame = frame or failed_frame(self.id, error)
            else:
                return frame

    def _answer(self) -> bytes:
        try:
            frame = result_frame(self.id, self.handler(self.params))
            if len(frame) > MAX_FRAME:
                raise CallError(PLUGIN, f"the answer is {len(frame)} bytes long, {MAX_FRAME} are allowed")
            return frame
        except Cancelled:
            raise
        except BaseException as error:
            return failed_frame(self.id, error)

    def _begin(self) -> None:
        with self._lock:
            if not self._cancelled:
                self._thread = threading.get_ident()
                return
        raise Cancelled

    def _finish(self) -> None:
        with self._lock:
            if self._cancelled and self._thread:
                raise_in(self._thread, None)
            self._thread = 0
            self._cancelled = True

    def cancel(self) -> None:
        """Raise Cancelled in the answering thread, or before it begins."""
        with self._lock:
            if not self._cancelled:
                self._cancelled = True
                if self._thread:
                    raise_in(self._thread, Cancelled)


def raise_in(thread: int, exception: type[BaseException] | None) -> None:
    """Raise exception at the next instruction of another thread; None takes one back that waits."""
    what = ctypes.py_object(exception) if exception else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)


def result_frame(call_id: int, text: str) -> bytes:
    """The line that answers a call with a result."""
    return f'{{"jsonrpc":"2.0","id":{call_id},"result":{text}}}\n'.encode()


def error_frame(call_id: int, error: CallError) -> bytes:
    """The line that answers a call with an error."""
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        body["data"] = error.data
    return _line({"jsonrpc": "2.0", "id": call_id, "error": body})


def failed_frame(call_id: int, error: BaseException) -> bytes:
    """The line that answers a call which ended with an exception; an unexpected one is printed."""
    if isinstance(error, Cancelled):
        error = CallError(CANCELLED, "cancelled")
    elif not isinstance(error, CallError):
        with contextlib.suppress(BaseException):  # the plugin's stderr, or a signal handler
            traceback.print_exception(error)
        error = CallError(INTERNAL, f"{type(error).__name__}: {error}")
    return error_frame(call_id, error)


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


class Methods(NamedTuple):
    """What answers each method, by where it does."""

    main: Mapping[str, Handler]  # on the main thread
    either: Mapping[str, Handler]  # on the main thread, or another while that one is busy
    pool: Mapping[str, Handler]  # on any other thread


class Connection:
    """The stream to the host, the calls on it, and the threads that answer them."""

    def __init__(self, fd: int, methods: Methods) -> None:
        """Serve the methods on fd."""
        self._fd = fd
        self._socket = socket.socket(fileno=fd)
        self._methods = methods
        self._main: list[Call] = []  # for the main thread, which is at the first one
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()  # tells it of each
        self._open: dict[int, Call] = {}
        self._idle: list[_Answerer] = []
        self._write = threading.RLock()
        self._unsent: list[tuple[memoryview, list[int]]] = []  # frames, and how much of each was written
        self.alive = True  # False in a fork that plugin code made
        self.outgoing = Outgoing(self.send)

    def serve(self) -> NoReturn:
        """Answer calls until the host hangs up, then end the process. For the main thread."""
        os.register_at_fork(after_in_child=self._abandon)
        threading.Thread(target=self._read, name="pluggarr-reader", daemon=True).start()
        while True:
            try:
                self._answer_main()
            except SystemExit as error:  # it came while another was being printed
                leave(error)
            except BaseException:  # likewise; the first one was printed
                pass

    def _answer_main(self) -> NoReturn:
        while True:
            try:
                self._flush()
                if self._main:
                    self._answer_first(self._main[0])
                else:
                    # A signal that another thread took in does not wake this one, hence the timeout.
                    self._wake.get(timeout=SIGNALS_WAIT)
            except queue.Empty:
                continue
            except SystemExit as error:  # a signal handler of the plugin asked for the end
                leave(error)
            except BaseException:  # a signal handler of the plugin failed
                traceback.print_exc()

    def _answer_first(self, call: Call) -> None:
        try:
            frame = self.perform(call)
        except BaseException as error:  # a signal handler of the plugin failed right after the call
            frame = failed_frame(call.id, error)
        finally:
            del self._main[0]  # before the answer, which may bring the next call at once
        self._unsent.append((memoryview(frame), []))

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Tell the host something that it does not answer."""
        self.send(_line({"jsonrpc": "2.0", "method": method, "params": params}))

    def _read(self) -> None:
        status = 1
        try:
            # Unbuffered reads go through C alone; the descriptor stays the socket's.
            with open(self._fd, "rb", buffering=1 << 16, closefd=False) as lines:
                while (line := lines.readline(MAX_FRAME + 1)).endswith(b"\n"):
                    self._take(line)
            if line:
                print(f"worker: a frame was cut off or too long: {line[:120]!r}", file=sys.stderr)
            else:
                status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            end(status)

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(str(line, "utf-8"))
        except (RecursionError, ValueError) as error:
            self._refuse(line, error)
            return
        method, params = message.get("method"), message.get("params") or {}
        if method == "$/cancel":
            call = self._open.get(params.get("id"))
            if call:
                call.cancel()
        elif method and message.get("id") is not None:
            self._begin(message["id"], method, params)
        elif not method:
            self.outgoing.take(message)

    def _begin(self, call_id: int, method: str, params: dict[str, Any]) -> None:
        main, either, pool = (methods.get(method) for methods in self._methods)
        handler = main or either or pool
        if handler is None:
            self.send(error_frame(call_id, CallError(UNKNOWN_METHOD, f"unknown method {method!r}")))
            return
        call = self._open[call_id] = Call(call_id, handler, params)
        if main or (either and not self._main):
            self._main.append(call)
            self._wake.put(None)
        else:
            self._hand_out(call)

    def _hand_out(self, call: Call) -> None:
        try:
            answerer = self._idle.pop()
        except IndexError:
            try:
                if len(self._open) > MAX_THREADS:
                    raise RuntimeError(f"more than {MAX_THREADS} calls in flight")
                answerer = _Answerer(self)
                answerer.start()
            except (RuntimeError, MemoryError) as error:  # also: no memory for its stack
                self._open.pop(call.id, None)
                self.send(error_frame(call.id, CallError(BUSY, str(error) or "out of memory")))
                return
        answerer.inbox.put(call)

    def perform(self, call: Call) -> bytes:
        """Answer a call on this thread; returns the frame to send."""
        try:
            return call.perform()
        finally:
            self._open.pop(call.id, None)
            if not self.alive:
                os._exit(0)  # a fork that came back from the plugin's code has nothing to do here

    def keep(self, answerer: _Answerer) -> bool:
        """Offer a thread for the next call; False when enough wait already."""
        if len(self._idle) >= KEPT_THREADS:
            return False
        self._idle.append(answerer)
        return True

    def _refuse(self, line: bytes, error: Exception) -> None:
        """Answer a call that cannot be decoded, if it can be told which; else the stream is broken."""
        found = re.match(rb'\{"jsonrpc":"2\.0","id":(\d+),', line)
        if found is None or isinstance(error, json.JSONDecodeError):
            raise error
        message = f"the call cannot be decoded: {error}"
        self.send(error_frame(int(found[1]), CallError(INVALID_PARAMS, message)))

    def send(self, frame: bytes) -> None:
        """Write one frame, whole: a cancel, or what a signal handler raises, is raised after it is out."""
        if not self.alive:
            return
        self._unsent.append((memoryview(frame), []))
        if not self._write._is_owned():  # else this is a signal handler or a finaliser amid the below
            self._flush()

    def _flush(self) -> None:
        raised: BaseException | None = None
        while self._unsent:
            try:
                with self._write:
                    self._write_out()
            except BaseException as error:
                raised = raised or error
        if raised is not None:
            raise raised

    def _write_out(self) -> None:
        try:
            while self._unsent:
                frame, sent = self._unsent[0]
                if rest := frame[sum(sent) :]:
                    # One C call writes and notes how much, so that nothing can be raised in between.
                    sent.extend(map(self._socket.send, (rest,)))
                else:
                    del self._unsent[0]
        except OSError as error:
            if error.__traceback__ and error.__traceback__.tb_next:
                raise  # of a signal handler
            if self.alive:  # without a stream the host would wait for ever
                print(f"worker: the stream is gone: {error}", file=sys.stderr)
                end(1)

    def _abandon(self) -> None:
        """In a fork made by plugin code: the stream is the worker's alone."""
        self.alive = False
        self._write = threading.RLock()
        self._unsent = []
        self._socket.close()


class _Answerer(threading.Thread):
    """A thread that answers one call after the other."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(name="pluggarr-run", daemon=True)
        self.inbox: queue.SimpleQueue[Call] = queue.SimpleQueue()
        self._connection = connection

    def run(self) -> None:
        while True:
            frame = self._connection.perform(self.inbox.get())
            kept = self._connection.keep(self)  # before the answer, which may bring the next call at once
            self._connection.send(frame)
            if not kept:
                return


def leave(error: SystemExit) -> NoReturn:
    """End the process as sys.exit would have."""
    end(error.code if isinstance(error.code, int) else int(error.code is not None))


def end(status: int) -> NoReturn:
    """End the process now. Threads of the plugin do not keep it, nor an output nobody reads."""
    flusher = threading.Thread(target=_flush, daemon=True)
    with contextlib.suppress(RuntimeError, MemoryError):
        flusher.start()
        flusher.join(1.0)
    os._exit(status)


def _flush() -> None:
    for file in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            file.flush()
