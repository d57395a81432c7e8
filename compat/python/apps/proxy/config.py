"""How streams would be passed on."""

from __future__ import annotations

from typing import Any


class BaseConfig:
    """What the settings say of it."""

    DEFAULT_USER_AGENT = "VLC/3.0.20 LibVLC/3.0.20"
    CHUNK_SIZE = 8192
    CONNECTION_TIMEOUT = 10
    MAX_RETRIES = 3

    @classmethod
    def get_proxy_settings(cls) -> dict[str, Any]:
        """The group of settings."""
        from core.models import CoreSettings

        return CoreSettings.get_proxy_settings()

    @classmethod
    def get_redis_chunk_ttl(cls) -> int:
        """How long a piece of a stream would be kept, in seconds."""
        return int(cls.get_proxy_settings().get("redis_chunk_ttl", 60))


class TSConfig(BaseConfig):
    """The same for live streams."""


class HLSConfig(BaseConfig):
    """The same for streams in pieces."""
