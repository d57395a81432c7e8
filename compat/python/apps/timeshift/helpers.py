"""Watching the past, which this host does not offer."""

from __future__ import annotations

from pluggarr.unsupported import NO_STREAMING, unsupported

parse_catchup_timestamp = unsupported("parse_catchup_timestamp", NO_STREAMING)
