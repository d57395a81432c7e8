"""Celery without a broker of its own: what is sent goes to the host's queue.

The host runs its own tasks itself; those of a plugin it hands back to the plugin's process.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from celery import Celery, Task
from celery.result import AsyncResult
from celery.utils import uuid

from pluggarr import host
from pluggarr.unsupported import NotSupported

SEVERAL = ("celery.group", "celery.chord", "celery.chord_unlock", "celery.chain", "celery.accumulate")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcharr.settings")


class HostTask(Task):
    """A task whose apply_async goes to the host's queue."""

    def apply_async(
        self,
        args: Any = None,
        kwargs: Any = None,
        task_id: str | None = None,
        producer: Any = None,
        link: Any = None,
        link_error: Any = None,
        shadow: str | None = None,
        **options: Any,
    ) -> AsyncResult:
        """Have it run later, or as soon as the host comes to it."""
        if self.app.conf.task_always_eager:
            return self.apply(args, kwargs, task_id=task_id, link=link, link_error=link_error, **options)
        return enqueue(self.app, self.name, args, kwargs, {**options, "task_id": task_id, "link": link})


class HostCelery(Celery):
    """The app. send_task takes any name, as one that another plugin has."""

    def send_task(
        self, name: str, args: Any = None, kwargs: Any = None, *more: Any, **options: Any
    ) -> AsyncResult:
        """Have a task run that this process may not know."""
        return enqueue(self, name, args, kwargs, options)


def enqueue(app: Celery, name: str, args: Any, kwargs: Any, options: dict[str, Any]) -> AsyncResult:
    """Give a task to the host once the open transaction, if there is one, has ended: until then the
    host could not write down what it is given.
    """
    from django.db import connection

    task_id = options.get("task_id") or uuid()
    request: dict[str, Any] = {
        "id": task_id,
        "task": single(name),
        "args": list(args or ()),
        "kwargs": dict(kwargs or {}),
        "then": [described(one) for one in following(options)],
    }
    if options.get("countdown"):
        request["countdown"] = float(options["countdown"])
    if options.get("eta"):
        eta = options["eta"]
        request["eta"] = eta.isoformat() if isinstance(eta, datetime) else str(eta)
    if connection.in_atomic_block:
        from django.db import transaction

        transaction.on_commit(lambda: host.call("celery.send", request), robust=True)
    else:
        host.call("celery.send", request)
    return AsyncResult(task_id, app=app)


def single(name: str) -> str:
    """The name, when it is that of a task and not of several."""
    if name in SEVERAL:
        raise NotSupported(f"{name} in a chain", "each task follows one other")
    return name


def following(options: dict[str, Any]) -> list[Any]:
    """The tasks that come after one, the next first."""
    links = options.get("link") or []
    links = links if isinstance(links, (list, tuple)) else [links]
    return [*links, *reversed(options.get("chain") or [])]


def described(signature: Any) -> dict[str, Any]:
    """A task that comes after another, for the host."""
    return {
        "id": str((signature.get("options") or {}).get("task_id") or ""),
        "task": single(signature["task"]),
        "args": list(signature.get("args") or ()),
        "kwargs": dict(signature.get("kwargs") or {}),
        "immutable": bool(signature.get("immutable")),
        "countdown": float((signature.get("options") or {}).get("countdown") or 0),
    }


app = HostCelery(
    "dispatcharr",
    task_cls=HostTask,
    control="dispatcharr.control:HostControl",
    backend="dispatcharr.results:HostBackend",
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
