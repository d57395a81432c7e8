"""Streams for players, which this host does not pass on."""

from __future__ import annotations

from pluggarr.unsupported import NO_STREAMING, unsupported

stream_ts = unsupported("stream_ts", NO_STREAMING)
