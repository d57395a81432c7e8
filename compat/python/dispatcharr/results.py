"""What became of tasks that were sent. The host knows; nothing is kept here."""

from __future__ import annotations

import builtins
import time
from typing import Any, NoReturn

from celery import states
from celery.backends.base import BaseBackend
from celery.exceptions import TaskRevokedError, TimeoutError

from pluggarr import host, tasks
from pluggarr.transactions import outside_of_transactions
from pluggarr.unsupported import NotSupported

FIRST_PAUSE = 0.02  # seconds


class HostBackend(BaseBackend):
    """Where ``AsyncResult`` asks."""

    def _get_task_meta_for(self, task_id: str) -> dict[str, Any]:
        told = host.call("celery.result", {"id": str(task_id)})
        state = told.get("state") or ""
        result = told.get("result")
        if state in (states.FAILURE, states.RETRY):
            result = failure(told.get("error") or "it failed")
        elif state == states.REVOKED:
            result = TaskRevokedError(told.get("error") or "it was taken back")
        return {
            "task_id": task_id,
            "status": state or states.PENDING,
            "result": result,
            "traceback": None,
            "children": [],
            "known": bool(state),
        }

    def wait_for(
        self,
        task_id: str,
        timeout: float | None = None,
        interval: float = 0.5,
        no_ack: bool = True,
        on_interval: Any = None,
    ) -> dict[str, Any]:
        """Wait for the end of a task, but not where there will be none."""
        outside_of_transactions("AsyncResult.get()")
        if tasks.performing():
            raise RuntimeError("a task that waits for another keeps it from its turn: use a chain")
        until = None if timeout is None else time.monotonic() + timeout
        pause = FIRST_PAUSE
        while True:
            meta = self.get_task_meta(task_id)
            if meta["status"] in states.READY_STATES:
                return meta
            if not meta["known"]:
                raise NotSupported(
                    f"The result of task {task_id}",
                    "nobody knows it, for this plugin did not send it since the host was started",
                )
            if on_interval:
                on_interval()
            left = pause if until is None else until - time.monotonic()
            if left <= 0:
                raise TimeoutError("The operation timed out.")
            time.sleep(min(pause, left))
            pause = min(pause * 2, max(interval, FIRST_PAUSE))

    def apply_chord(self, *_: Any, **__: Any) -> NoReturn:
        """Would run a task after several others."""
        raise NotSupported(
            "celery.chord", "this host runs a task after one other, in a chain, not after many"
        )

    def save_group(self, *_: Any, **__: Any) -> NoReturn:
        """Would keep the list of a group's tasks."""
        raise NotSupported("GroupResult.save()", "keep the ids of the tasks instead")

    restore_group = delete_group = save_group

    def store_result(self, *_: Any, **__: Any) -> None:
        """The host keeps what tasks return."""

    def forget(self, *_: Any) -> None:
        """The host forgets by itself."""


def failure(said: str) -> Exception:
    """What a task raised, as what it was where that is one of Python's own exceptions."""
    kind, colon, words = said.partition(": ")
    made = getattr(builtins, kind, None)
    if colon and isinstance(made, type) and issubclass(made, Exception):
        try:
            return made(words)
        except TypeError:  # one that takes more than words
            pass
    return RuntimeError(said)
