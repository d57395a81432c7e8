"""The connections to the server that the host and all plugins share."""

from __future__ import annotations

import threading
import weakref
from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from pluggarr.database import BUSY, MOST_CONNECTIONS
from pluggarr.transactions import WatchedTransactions

_budget = threading.BoundedSemaphore(MOST_CONNECTIONS)


class DatabaseWrapper(WatchedTransactions, base.DatabaseWrapper):
    """A thread's connection; there are few, so that no plugin takes all that the server has."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, once another thread has closed its connection if need be."""
        if not _budget.acquire(timeout=BUSY):
            message = f"{MOST_CONNECTIONS} connections are open in threads of this plugin; close some"
            raise OperationalError(message)
        try:
            connection = super().get_new_connection(conn_params)
        except BaseException:
            _budget.release()
            raise
        # Also when its thread ended without a word; closing takes the wrapper's reference away.
        weakref.finalize(connection, _budget.release)
        return connection
