"""Tells a plugin that it keeps everybody else waiting."""

from __future__ import annotations

import logging
import time
from typing import Any

SLOW = 2.0  # seconds

logger = logging.getLogger("pluggarr.database")


def outside_of_transactions(what: str) -> None:
    """Raise RuntimeError where the host, asked to do something, would wait for the caller's transaction."""
    from django.db import connection

    if connection.in_atomic_block:
        raise RuntimeError(f"{what}: call it after the transaction, for the host writes to the database too")


class WatchedTransactions:
    """For a database wrapper: warns of transactions that took long, since others wait for their end."""

    _begun = 0.0

    def set_autocommit(self, autocommit: bool, *args: Any, **kwargs: Any) -> None:
        """Begin a transaction, or end one."""
        super().set_autocommit(autocommit, *args, **kwargs)
        if not autocommit:
            self._begun = time.monotonic()
        elif self._begun:
            took, self._begun = time.monotonic() - self._begun, 0.0
            if took > SLOW:
                logger.warning(
                    "a transaction took %.1f s; others wait meanwhile: do slow work outside of atomic()",
                    took,
                )
