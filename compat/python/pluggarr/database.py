"""Which database Django uses."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

BUSY = 30  # seconds that a statement waits for somebody else who writes
MOST_CONNECTIONS = 8  # to PostgreSQL, of one process at once


def database(url: str) -> dict[str, Any]:
    """Django's description of the database at url, ``sqlite:////path`` or ``postgres://…``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "pluggarr.sqlite",
            "NAME": unquote(parts.path)[1:],
            "OPTIONS": {
                "timeout": BUSY,
                # One that begins by reading and then writes would fail at once when somebody wrote between.
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA synchronous=NORMAL",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "pluggarr.postgres",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": {"application_name": "pluggarr plugin", **dict(parse_qsl(parts.query))},
        }
    return {"ENGINE": "django.db.backends.dummy"}
