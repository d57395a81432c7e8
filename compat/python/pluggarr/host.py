"""The way from plugin code to the host.

There is none in a program that a plugin starts: it has the database, and nobody to ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pluggarr.protocol import Connection
    from pluggarr.worker import Worker

_connection: Connection | None = None
_worker: Worker | None = None


class HostError(RuntimeError):
    """The host did not do what it was asked."""

    def __init__(self, message: str, code: int = 0, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


def attach(connection: Connection, worker: Worker) -> None:
    """Make connection the way to the host, for the plugin of worker."""
    global _connection, _worker
    _connection, _worker = connection, worker


def attached() -> bool:
    """Whether there is a host to ask."""
    return _connection is not None and _connection.alive


def worker() -> Worker | None:
    """The plugin of this process; None in a program that a plugin started."""
    return _worker


def key() -> str:
    """The key of the plugin of this process, "" when there is none."""
    return _worker.key if _worker else ""


def call(method: str, params: dict[str, Any]) -> Any:
    """Ask the host and wait for its answer; HostError when it is none."""
    if _connection is None or not _connection.alive:
        raise HostError(f"{method}: only the plugin's own process can ask the host, not a program it started")
    return _connection.outgoing.call(method, params)


def notify(method: str, params: dict[str, Any]) -> bool:
    """Tell the host something without waiting for its answer; False when there is none."""
    if _connection is None or not _connection.alive:
        return False
    _connection.outgoing.post(method, params)
    return True


def changed() -> None:
    """Tell the host that the plugin may describe itself otherwise now."""
    if attached():
        _connection.notify("changed", {})
