"""Connections for films, which this host does not make."""

from __future__ import annotations

from pluggarr.unsupported import NO_STREAMING, Unsupported, unsupported


class RedisBackedVODConnection(Unsupported):
    """A connection for a film."""


class MultiWorkerVODConnectionManager(Unsupported):
    """All of them."""

    _check_profile_limits = unsupported("_check_profile_limits", NO_STREAMING)
    _increment_profile_connections = unsupported("_increment_profile_connections", NO_STREAMING)
    _decrement_profile_connections = unsupported("_decrement_profile_connections", NO_STREAMING)
    stream_content_with_session = unsupported("stream_content_with_session", NO_STREAMING)
