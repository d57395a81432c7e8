"""Calls of a plugin to the host."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from typing import Any

from pluggarr.host import HostError

LISTEN = 0.2  # seconds after which a waiting thread looks whether its run was cancelled


class Pending:
    """A call that was not answered yet."""

    __slots__ = ("answer", "done")

    def __init__(self) -> None:
        self.done = threading.Event()
        self.answer: dict[str, Any] = {}


class Outgoing:
    """The open calls of one connection."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._ids = itertools.count(1)
        self._open: dict[int, Pending] = {}

    def call(self, method: str, params: dict[str, Any]) -> Any:
        """Ask the host and wait for its answer."""
        call_id, pending = next(self._ids), Pending()
        self._open[call_id] = pending
        request = {"jsonrpc": "2.0", "id": call_id, "method": method, "params": params}
        try:
            self._send(_line(request))
            # A cancel is raised between two instructions, so the waiting is cut into pieces.
            while not pending.done.wait(LISTEN):
                pass
        except BaseException:
            self._send(_line({"jsonrpc": "2.0", "method": "$/cancel", "params": {"id": call_id}}))
            raise
        finally:
            self._open.pop(call_id, None)
        error = pending.answer.get("error")
        if error is not None:
            raise HostError(f"{method}: {error.get('message')}", error.get("code", 0), error.get("data"))
        return pending.answer.get("result")

    def post(self, method: str, params: dict[str, Any]) -> None:
        """Ask the host for something and leave its answer unheard."""
        self._send(_line({"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}))

    def take(self, answer: dict[str, Any]) -> None:
        """Hand an answer to who waits for it. For the reading thread."""
        pending = self._open.get(answer.get("id"))
        if pending is not None:
            pending.answer = answer
            pending.done.set()


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":"), default=str).encode() + b"\n"
