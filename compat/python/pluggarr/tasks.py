"""Tasks that the host carries out itself."""

from __future__ import annotations

import json
from typing import Any

from celery import shared_task

from pluggarr import host
from pluggarr.protocol import UNKNOWN_METHOD, CallError
from pluggarr.transactions import outside_of_transactions


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
    result = task.apply(params.get("args") or (), params.get("kwargs") or {}, throw=True, **options)
    return json.dumps(result.result, default=str)
