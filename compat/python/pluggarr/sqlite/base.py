"""The connections to the SQLite file that the host writes too."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3 import base

from pluggarr.database import BUSY
from pluggarr.transactions import WatchedTransactions
from pluggarr.turns import Turns

# Older ones may damage the file when they reset its log while somebody else writes; the host does it then.
SAFE = (3, 51, 3)

LOOK_AGAIN = 0.002  # seconds
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Cursor(base.SQLiteCursorWrapper):
    """A cursor whose statements wait for their turn when they are a transaction of their own."""

    turns: Turns | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        if self.turns is None or self.connection.in_transaction or not writes(query):
            return super().execute(query, params)
        with self.turns.turn():
            return soon(self.connection, lambda: super(Cursor, self).execute(query, params))

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement with one set of parameters after the other."""
        if self.turns is None or self.connection.in_transaction or not writes(query):
            return super().executemany(query, param_list)
        with self.turns.turn():
            return super().executemany(query, param_list)


def soon(connection: sqlite3.Connection, write: Callable[[], Any]) -> Any:
    """Write as soon as nobody else does.

    SQLite would look ever more rarely, and miss the pauses that the host leaves in a long import. Who has
    the turn is the only one of all plugins who looks.
    """
    until = time.monotonic() + BUSY
    connection.execute("PRAGMA busy_timeout = 0").close()
    try:
        while True:
            try:
                return write()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(LOOK_AGAIN)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY * 1000}").close()


def writes(query: str) -> bool:
    """Whether a statement changes rows, as far as its first word says."""
    return query.lstrip()[:7].upper().startswith(WRITES)


class DatabaseWrapper(WatchedTransactions, base.DatabaseWrapper):
    """A thread's connection."""

    _turns: Turns | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file."""
        connection = super().get_new_connection(conn_params)
        if sqlite3.sqlite_version_info < SAFE:
            connection.execute("PRAGMA wal_autocheckpoint=0").close()
        if not self.is_in_memory_db():
            self._turns = Turns(f"{self.settings_dict['NAME']}-turns")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Make a cursor."""
        cursor = self.connection.cursor(factory=Cursor)
        cursor.turns = self._turns
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        if self._turns is None:
            super()._start_transaction_under_autocommit()
            return
        try:
            self._turns.begin()
            with self.wrap_database_errors:
                begin = f"BEGIN {self.transaction_mode}"
                soon(self.connection, lambda: self.connection.execute(begin).close())
        except BaseException:
            self._turns.end()
            raise

    def _commit(self) -> None:
        super()._commit()
        self._end_turn()

    def _rollback(self) -> None:
        super()._rollback()
        self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            if self._turns is not None:
                self._turns.close()
                self._turns = None

    def _end_turn(self) -> None:
        if self._turns is not None:
            self._turns.end()
