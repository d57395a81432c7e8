"""Tasks that the host carries out itself."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import Any

from celery import shared_task

from pluggarr import host
from pluggarr.protocol import UNKNOWN_METHOD, CallError
from pluggarr.transactions import outside_of_transactions

_performing: ContextVar[bool] = ContextVar("performing", default=False)


def performing() -> bool:
    """Whether a task is what the caller is part of."""
    return _performing.get()


def host_task(name: str, about: str) -> Any:
    """The task of that name: sent it is queued, called it is waited for."""

    def call(*args: Any, **kwargs: Any) -> Any:
        outside_of_transactions(name)
        return host.call("celery.call", {"task": name, "args": list(args), "kwargs": kwargs})

    call.__name__ = call.__qualname__ = name.rpartition(".")[2]
    call.__module__ = name.rpartition(".")[0]
    call.__doc__ = about
    return shared_task(name=name)(call)


def perform(params: dict[str, Any]) -> str:
    """Run a task of this process, as the host asked."""
    from dispatcharr.celery import app

    name = str(params.get("task"))
    task = app.tasks.get(name)
    if task is None:
        raise CallError(UNKNOWN_METHOD, f"this plugin has no task {name!r}")
    options = {"task_id": params["id"]} if params.get("id") else {}
    before = _performing.set(True)
    try:
        result = task.apply(params.get("args") or (), params.get("kwargs") or {}, throw=True, **options)
    finally:
        _performing.reset(before)
    return json.dumps(result.result, default=str)
