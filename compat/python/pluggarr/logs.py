"""Log records of plugins on their way to the host."""

from __future__ import annotations

import contextlib
import logging
import sys
from contextvars import ContextVar
from typing import Any

from pluggarr.protocol import Connection

# The logger plugins get; its name is what Dispatcharr's plugins have always seen.
PLUGIN_LOGGER = "apps.plugins.loader"

MAX_MESSAGE = 64 * 1024  # characters of one record

# The run a record belongs to. Threads of the plugin start without one.
current_run: ContextVar[str] = ContextVar("pluggarr_run", default="")

_formatter = logging.Formatter()


class HostHandler(logging.Handler):
    """Sends every record to the host as a log notification.

    It has no lock of its own, the connection has: a run can be cancelled at any instruction, also
    between taking logging's lock and letting it go, and then no thread could ever log again.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def createLock(self) -> None:
        """Have no lock."""
        self.lock = None

    def _at_fork_reinit(self) -> None:
        """Nothing to do without a lock."""

    def handle(self, record: logging.LogRecord) -> bool:
        """Send record unless a filter keeps it back; logging's own would take the lock."""
        kept = self.filter(record)
        if kept:
            self.emit(kept if isinstance(kept, logging.LogRecord) else record)
        return bool(kept)

    def emit(self, record: logging.LogRecord) -> None:
        """Send record, whatever its arguments are; a log line must never fail the plugin."""
        message = text_of(record)
        if not self._connection.alive:  # a fork the plugin made has only its error output
            with contextlib.suppress(Exception):
                print(message, file=sys.stderr)
            return
        level = level_of(record.levelno)
        params: dict[str, Any] = {"run": current_run.get(), "level": level, "message": message}
        if record.name != PLUGIN_LOGGER:
            params["attrs"] = {"logger": str(record.name)}
        with contextlib.suppress(Exception):
            self._connection.notify("log", params)


def text_of(record: logging.LogRecord) -> str:
    """The record's text, whatever its arguments are."""
    try:
        return _format(record)
    except Exception as error:
        trouble = type(error).__name__
    try:
        return f"{record.msg!r:.1000} (its arguments do not fit: {trouble})"
    except Exception:
        return f"a log record that cannot be shown: {trouble}"


def _format(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.exc_info and record.exc_info[0] is not None:
        message += "\n" + _formatter.formatException(record.exc_info)
    if record.stack_info:
        message += "\n" + _formatter.formatStack(record.stack_info)
    if len(message) > MAX_MESSAGE:
        cut = len(message) - MAX_MESSAGE
        message = f"{message[:MAX_MESSAGE]}… ({cut} characters more)"
    return message


def level_of(number: int) -> str:
    """The protocol's level for one of logging's numbers."""
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warning"
    return "info" if number >= logging.INFO else "debug"


def install(connection: Connection) -> None:
    """Send what any logger says to the host, from INFO on as Dispatcharr does."""
    root = logging.getLogger()
    root.addHandler(HostHandler(connection))
    root.setLevel(logging.INFO)
