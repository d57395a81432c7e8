"""The keys under which a running channel would be found in Redis."""

from __future__ import annotations

from typing import Any


class RedisKeys:
    """All of them begin alike."""

    @staticmethod
    def channel_metadata(channel_id: Any) -> str:
        """The record of a channel, a hash."""
        return f"live:channel:{channel_id}:metadata"

    @staticmethod
    def clients(channel_id: Any) -> str:
        """Who watches, a set."""
        return f"live:channel:{channel_id}:clients"

    @staticmethod
    def client_metadata(channel_id: Any, client_id: Any) -> str:
        """The record of who watches, a hash."""
        return f"live:channel:{channel_id}:clients:{client_id}"

    @staticmethod
    def client_stop(channel_id: Any, client_id: Any) -> str:
        """That somebody is to be sent away."""
        return f"live:channel:{channel_id}:client:{client_id}:stop"

    @staticmethod
    def channel_stopping(channel_id: Any) -> str:
        """That a channel ends."""
        return f"live:channel:{channel_id}:stopping"
