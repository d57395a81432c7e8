"""The connections to the SQLite file that the host writes too."""

from __future__ import annotations

import sqlite3
from typing import Any

from django.db.backends.sqlite3 import base

from pluggarr.transactions import WatchedTransactions

# Older ones may damage the file when they reset its log while somebody else writes; the host does it then.
SAFE = (3, 51, 3)


class DatabaseWrapper(WatchedTransactions, base.DatabaseWrapper):
    """A thread's connection."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file."""
        connection = super().get_new_connection(conn_params)
        if sqlite3.sqlite_version_info < SAFE:
            connection.execute("PRAGMA wal_autocheckpoint=0").close()
        return connection
