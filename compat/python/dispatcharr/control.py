"""What plugins ask about workers: there is one, this process."""

from __future__ import annotations

from typing import Any

from celery import Celery

from pluggarr import host

NAME = "celery@pluggarr"


class HostInspect:
    """Answers at once, without asking around."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def registered(self, *_: Any) -> dict[str, list[str]]:
        """The names of the tasks that can be run here."""
        return {NAME: sorted(name for name in self._app.tasks if not name.startswith("celery."))}

    registered_tasks = registered

    def ping(self, *_: Any) -> dict[str, dict[str, str]]:
        """That there is a worker."""
        return {NAME: {"ok": "pong"}}

    def active(self, *_: Any, **__: Any) -> dict[str, list[Any]]:
        """What runs: nobody here knows."""
        return {NAME: []}

    scheduled = reserved = revoked = active

    def stats(self, *_: Any) -> dict[str, dict[str, Any]]:
        """Nothing is counted."""
        return {NAME: {}}


class HostControl:
    """``app.control``."""

    def __init__(self, app: Celery | None = None) -> None:
        self._app = app

    def inspect(self, *_: Any, **__: Any) -> HostInspect:
        """Ask about workers."""
        return HostInspect(self._app)

    def ping(self, *_: Any, **__: Any) -> list[dict[str, dict[str, str]]]:
        """That there is a worker."""
        return [{NAME: {"ok": "pong"}}]

    def revoke(self, task_id: Any, *_: Any, **__: Any) -> None:
        """Take back a task that has not begun."""
        host.notify("celery.revoke", {"id": str(task_id)})

    def purge(self, *_: Any, **__: Any) -> int:
        """Take back everything: not from here."""
        return 0
